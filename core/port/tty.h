/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terminals as devices: serial lines that we use, and pseudo-terminals that we offer. Everything
 * here returns at once; the descriptors are non-blocking.
 */
#ifndef TTY_H
#define TTY_H

#include "config/address.h"
#include <stdbool.h>

/* Opens a serial line raw and for us alone: TIOCEXCL keeps other users out, flock() keeps root's
 * programs out that use it too. Returns a descriptor or -errno (-EBUSY: somebody has it).
 * *unsettled: the line did not take the framing (a pseudo-terminal never does); fatal elsewhere. */
int tty_open_serial(const struct address *, bool *unsettled);
/* Gives the line free for others before its descriptor is closed: on a pseudo-terminal whose slave
 * somebody else holds, TIOCEXCL would outlive us. */
void tty_release(int fd);

/* A pseudo-terminal with a link to it. We hold the slave as well: without, the master would be in
 * POLLHUP from a client's leaving to the next one's coming, and a loop would spin. */
struct tty_pair {
	int master, slave;
	char name[64]; /* /dev/pts/7 */
};

/* -EEXIST: `path` is no link to a pseudo-terminal; -EBUSY: one that is alive. */
int tty_open_pty(struct tty_pair *, const char *path);
/* A client has left: what it did not read, its lock and its settings are not for the next one. */
void tty_renew_pty(const struct tty_pair *);
/* A descriptor that is readable when somebody opens or closes the slave, or -errno. */
int tty_watch_pty(const struct tty_pair *);
/* How many more have opened than closed it since the last call. */
int tty_count_visitors(int watch);
/* Removes the link, if it is still ours, and closes the slave; the master is the caller's. */
void tty_unlink_pty(struct tty_pair *, const char *path);

/* Any speed, also odd ones. 0 or -errno. */
int tty_set_speed(int fd, uint32_t baud);

#endif
