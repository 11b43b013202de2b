/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address of a port, as text and as its parts. Pure: nothing is opened or looked up here, so a
 * bench can be checked on a machine that has none of its devices.
 *
 *	serial:/dev/ttyUSB0,19200,8N1   framing may be left out: 8N1
 *	tcp:host:port                   [::1]:5025 for a literal IPv6 address
 *	pty:/path
 *	listen:host:port                port 0: any free one, which the log tells
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#define ADDRESS_MAX 256

enum address_kind { ADDRESS_SERIAL, ADDRESS_TCP, ADDRESS_PTY, ADDRESS_LISTEN };

struct address {
	enum address_kind kind;
	char path[ADDRESS_MAX];    /* serial, pty */
	char host[ADDRESS_MAX];    /* tcp, listen */
	char service[6];           /* the port's number in digits */
	uint32_t baud;
	uint8_t data_bits, stop_bits;
	char parity;               /* 'N', 'E', 'O' */
};

/* 0, or -EINVAL with what was expected in `why`. */
int address_parse(struct address *, const char *text, char *why, size_t why_size);

#endif
