/* SPDX-License-Identifier: Apache-2.0 */
/* Who is on the other end of a Unix socket, whether that one may ask, and whether it is still there. */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PEER_NAME 40
#define PEER_PATH sizeof(((struct sockaddr_un *)0)->sun_path)

/* Our own user, root, or a member of the group that owns the socket file. The file's mode says the
 * same; this holds when somebody has widened it. `who` becomes `alice` or `uid 1000`. */
bool peer_allowed(int fd, const char *path, char who[PEER_NAME]);
/* Both directions are closed; a peer that only stopped sending is not gone. */
bool peer_gone(int fd);
/* Makes way for a socket of ours: one that nobody answers on is removed. -EADDRINUSE: a service is
 * there; -EEXIST: it is no socket; -ENAMETOOLONG. */
int peer_clear_path(const char *path);

#endif
