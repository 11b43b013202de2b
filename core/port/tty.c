/* SPDX-License-Identifier: Apache-2.0 */
/* Serial lines and pseudo-terminals: opening, locking, framing, the link to a slave. */
#include "port/tty.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define OPEN_FLAGS (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
#define FRAMING (CSIZE | CSTOPB | PARENB | PARODD)

/* -- serial lines ----------------------------------------------------------------------------- */

static tcflag_t framing_of(const struct address *address)
{
	tcflag_t flags = address->data_bits == 7 ? CS7 : CS8;
	if (address->stop_bits == 2)
		flags |= CSTOPB;
	if (address->parity != 'N')
		flags |= PARENB;
	if (address->parity == 'O')
		flags |= PARODD;
	return flags;
}

static bool is_pseudo_terminal(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && major(status.st_rdev) >= 136 &&
	       major(status.st_rdev) <= 143;
}

static int make_raw(int fd, const struct address *address)
{
	struct termios settings;
	if (tcgetattr(fd, &settings) < 0)
		return -errno;
	cfmakeraw(&settings);
	settings.c_cflag &= ~(tcflag_t)(FRAMING | CRTSCTS);
	settings.c_cflag |= framing_of(address) | CLOCAL | CREAD;
	settings.c_cc[VMIN] = 1; /* with 0, a read of nothing would look like the end */
	settings.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &settings) == 0 || errno == EINVAL)
		return 0;
	return -errno;
}

/* Of a part that the line cannot do, tcsetattr() says EINVAL, or nothing; so look. */
static int verify(int fd, const struct address *address, bool *unsettled)
{
	struct termios settings;
	if (tcgetattr(fd, &settings) < 0)
		return -errno;
	*unsettled = (settings.c_cflag & FRAMING) != framing_of(address);
	return *unsettled && !is_pseudo_terminal(fd) ? -ENOTSUP : 0;
}

static int lock_line(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return ioctl(fd, TIOCEXCL) < 0 ? -errno : 0;
}

static int prepare_line(int fd, const struct address *address, bool *unsettled)
{
	int failure = isatty(fd) ? lock_line(fd) : -ENOTTY;
	if (!failure)
		failure = make_raw(fd, address);
	if (!failure)
		failure = tty_set_speed(fd, address->baud);
	if (!failure)
		failure = verify(fd, address, unsettled);
	if (!failure)
		tcflush(fd, TCIOFLUSH); /* what was said before we listened */
	return failure;
}

int tty_open_serial(const struct address *address, bool *unsettled)
{
	int fd = open(address->path, OPEN_FLAGS);
	if (fd < 0)
		return -errno;
	int failure = prepare_line(fd, address, unsettled);
	if (!failure)
		return fd;
	close(fd);
	return failure;
}

void tty_release(int fd)
{
	ioctl(fd, TIOCNXCL);
	flock(fd, LOCK_UN);
}

/* -- pseudo-terminals ------------------------------------------------------------------------- */

/* Whoever offers a slave holds a record lock on it. It is another kind of lock than a client's
 * flock(), so the two do not meet, and the kernel drops it with a crashed service. */
static int mark_alive(int slave)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(slave, F_OFD_SETLK, &lock) < 0 ? -errno : 0;
}

static bool is_alive(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, OPEN_FLAGS);
	if (fd < 0)
		return errno == EBUSY; /* a client has it for itself: then its device lives */
	bool alive = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return alive;
}

/* What a link points to; false: no link. */
static bool read_link(const char *path, char *target, size_t size)
{
	ssize_t length = readlink(path, target, size - 1);
	target[length < 0 ? 0 : length] = '\0';
	return length > 0;
}

/* A crashed service leaves its link behind; only such a one may be replaced. Its number may have
 * come to us in the meantime: then the lock on it is our own. */
static int may_replace(const char *path, const char *name)
{
	char target[64];
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!read_link(path, target, sizeof target) || strncmp(target, "/dev/pts/", 9))
		return -EEXIST;
	return strcmp(target, name) && is_alive(target) ? -EBUSY : 0;
}

static int make_link(const char *name, const char *path)
{
	char beside[ADDRESS_MAX + 8];
	int failure = may_replace(path, name);
	if (failure)
		return failure;
	snprintf(beside, sizeof beside, "%s.new", path);
	unlink(beside);
	if (symlink(name, beside) < 0)
		return -errno;
	if (rename(beside, path) == 0)
		return 0;
	failure = -errno;
	unlink(beside);
	return failure;
}

static int make_plain(int slave)
{
	static const struct address plain = {.data_bits = 8, .parity = 'N', .stop_bits = 1};
	return make_raw(slave, &plain);
}

static int open_slave(struct tty_pair *pair)
{
	if (grantpt(pair->master) < 0 || unlockpt(pair->master) < 0)
		return -errno;
	int failure = ptsname_r(pair->master, pair->name, sizeof pair->name);
	if (failure)
		return -failure;
	pair->slave = open(pair->name, OPEN_FLAGS);
	if (pair->slave < 0)
		return -errno;
	failure = make_plain(pair->slave);
	return failure ? failure : mark_alive(pair->slave);
}

static void close_slave(struct tty_pair *pair)
{
	if (pair->slave >= 0)
		close(pair->slave);
	pair->slave = -1;
}

int tty_open_pty(struct tty_pair *pair, const char *path)
{
	*pair = (struct tty_pair){.master = posix_openpt(OPEN_FLAGS), .slave = -1};
	if (pair->master < 0)
		return -errno;
	int failure = open_slave(pair);
	if (!failure)
		failure = make_link(pair->name, path);
	if (!failure)
		return 0;
	close_slave(pair);
	close(pair->master);
	return failure;
}

void tty_renew_pty(const struct tty_pair *pair)
{
	tcflush(pair->slave, TCIFLUSH);
	ioctl(pair->slave, TIOCNXCL);
	make_plain(pair->slave);
}

int tty_watch_pty(const struct tty_pair *pair)
{
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch < 0)
		return -errno;
	if (inotify_add_watch(watch, pair->name, IN_OPEN | IN_CLOSE) >= 0)
		return watch;
	int failure = -errno;
	close(watch);
	return failure;
}

int tty_count_visitors(int watch)
{
	struct inotify_event events[64]; /* without names: of one file */
	int balance = 0;
	ssize_t size;
	while ((size = read(watch, events, sizeof events)) > 0)
		for (size_t i = 0; i < (size_t)size / sizeof *events; i++)
			balance += events[i].mask & IN_OPEN    ? 1
				   : events[i].mask & IN_CLOSE ? -1
							       : 0;
	return balance;
}

void tty_unlink_pty(struct tty_pair *pair, const char *path)
{
	char target[64];
	if (read_link(path, target, sizeof target) && !strcmp(target, pair->name))
		unlink(path);
	close_slave(pair);
}
