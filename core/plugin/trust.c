/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int trust(const struct stat *status, const char *what, char *why, size_t why_size)
{
	if (status->st_uid && status->st_uid != geteuid()) {
		snprintf(why, why_size, "%sbelongs to user %u, neither root nor us", what,
			(unsigned)status->st_uid);
		return -EPERM;
	}
	if (status->st_mode & (S_IWGRP | S_IWOTH)) {
		snprintf(why, why_size, "%smay be written by %s (mode %04o)", what,
			status->st_mode & S_IWOTH ? "everybody" : "its group",
			(unsigned)status->st_mode & 07777);
		return -EPERM;
	}
	return 0;
}

int trust_file(const struct stat *status, char *why, size_t why_size)
{
	return trust(status, "", why, why_size);
}

static int trust_one_folder(int fd, const char *path, char *why, size_t why_size)
{
	struct stat status;
	char what[300];
	if (fstat(fd, &status)) {
		int error = -errno;
		snprintf(why, why_size, "folder %.256s: %s", path, strerror(-error));
		return error;
	}
	if (status.st_mode & S_ISVTX)
		status.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	snprintf(what, sizeof what, "folder %.256s ", path);
	return trust(&status, what, why, why_size);
}

/* `/a/b` becomes `/a`, `/a` becomes `/`. */
static void cut_last(char *path)
{
	char *slash = strrchr(path, '/');
	slash[slash == path] = 0;
}

/* Up by `..`, so that what is looked at is what lies above, whatever the names say by now. */
static int trust_up(int fd, char *path, char *why, size_t why_size)
{
	for (;;) {
		int error = trust_one_folder(fd, path, why, why_size);
		if (error || !path[1]) {
			close(fd);
			return error;
		}
		int above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		error = -errno;
		close(fd);
		if (above < 0) {
			snprintf(why, why_size, "folder above %.256s: %s", path, strerror(-error));
			return error;
		}
		fd = above;
		cut_last(path);
	}
}

int trust_folder(int fd, const char *path, char *why, size_t why_size)
{
	char *names = strdup(path);
	int own = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = names && own >= 0 ? 0 : -errno;
	if (error) {
		snprintf(why, why_size, "folder %.256s: %s", path, strerror(-error));
		if (own >= 0)
			close(own);
	} else {
		error = trust_up(own, names, why, why_size);
	}
	free(names);
	return error;
}
