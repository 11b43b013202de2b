/* SPDX-License-Identifier: Apache-2.0 */
/* Peers of a Unix socket (see peer.h). What cannot be found out is refused. */
#include "control/peer.h"
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void name_peer(uid_t uid, char who[PEER_NAME])
{
	struct passwd entry, *found = NULL;
	char texts[1024];
	if (!getpwuid_r(uid, &entry, texts, sizeof texts, &found) && found)
		snprintf(who, PEER_NAME, "%s", entry.pw_name);
	else
		snprintf(who, PEER_NAME, "uid %u", (unsigned)uid);
}

static bool in_group(int fd, const struct ucred *peer, gid_t group)
{
	gid_t groups[256];
	socklen_t size = sizeof groups;
	if (peer->gid == group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size))
		return false;
	for (size_t i = 0; i < size / sizeof *groups; i++)
		if (groups[i] == group)
			return true;
	return false;
}

bool peer_allowed(int fd, const char *path, char who[PEER_NAME])
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	struct stat file;
	snprintf(who, PEER_NAME, "somebody");
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return false;
	name_peer(peer.uid, who);
	if (peer.uid == 0 || peer.uid == geteuid())
		return true;
	return !lstat(path, &file) && in_group(fd, &peer, file.st_gid);
}

bool peer_gone(int fd)
{
	struct pollfd peer = {.fd = fd};
	return poll(&peer, 1, 0) > 0 && peer.revents & (POLLHUP | POLLERR | POLLNVAL);
}

/* 0: somebody answers. */
static int try_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	int rc = connect(fd, (struct sockaddr *)&address, sizeof address) ? -errno : 0;
	close(fd);
	return rc;
}

int peer_clear_path(const char *path)
{
	struct stat file;
	if (strlen(path) >= PEER_PATH)
		return -ENAMETOOLONG;
	if (lstat(path, &file))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(file.st_mode))
		return -EEXIST;
	if (try_connect(path) != -ECONNREFUSED)
		return -EADDRINUSE; /* it answers, or its queue is full, or we may not ask */
	return unlink(path) ? -errno : 0;
}
