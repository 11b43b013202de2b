/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's termios2 takes any speed; its header and <termios.h> exclude each other, hence a
 * file. */
#include "port/tty.h"
#include <asm/termbits.h>
#include <errno.h>
#include <sys/ioctl.h>

int tty_set_speed(int fd, uint32_t baud)
{
	struct termios2 settings;
	if (ioctl(fd, TCGETS2, &settings) < 0)
		return -errno;
	settings.c_cflag &= ~(tcflag_t)(CBAUD | CBAUD << IBSHIFT);
	settings.c_cflag |= BOTHER | BOTHER << IBSHIFT;
	settings.c_ispeed = baud;
	settings.c_ospeed = baud;
	return ioctl(fd, TCSETS2, &settings) < 0 ? -errno : 0;
}
