/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of ports: a kind, a colon, and what that kind needs. */
#include "config/address.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_EXAMPLE "serial:/dev/ttyUSB0,19200,8N1"

/* Digits only, from `least` to `most`; text[length] is where it must end. */
static bool read_number(
	const char *text, size_t length, uint32_t least, uint32_t most, uint32_t *out)
{
	uint64_t value = 0;
	if (length == 0 || length > 9)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*out = (uint32_t)value;
	return value >= least && value <= most;
}

static bool copy_part(char *out, size_t size, const char *text, size_t length)
{
	if (length == 0 || length >= size)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
			return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

static const char *parse_framing(struct address *address, const char *text)
{
	if (strlen(text) != 3 || !strchr("78", text[0]) || !strchr("NEO", text[1]) ||
		!strchr("12", text[2]))
		return "expected 7 or 8 bits, parity N, E or O, and 1 or 2 stop bits, such as 8N1";
	address->data_bits = (uint8_t)(text[0] - '0');
	address->parity = text[1];
	address->stop_bits = (uint8_t)(text[2] - '0');
	return NULL;
}

static const char *parse_serial(struct address *address, const char *text)
{
	size_t length = strcspn(text, ",");
	if (!copy_part(address->path, sizeof address->path, text, length))
		return "expected a device, such as " SERIAL_EXAMPLE;
	if (!text[length])
		return "expected a speed behind the device, such as " SERIAL_EXAMPLE;
	text += length + 1;
	length = strcspn(text, ",");
	if (!read_number(text, length, 50, 4000000, &address->baud))
		return "expected a speed from 50 to 4000000, such as " SERIAL_EXAMPLE;
	return parse_framing(address, text[length] ? text + length + 1 : "8N1");
}

static const char *parse_pty(struct address *address, const char *text)
{
	if (!copy_part(address->path, sizeof address->path, text, strlen(text)))
		return "expected a path without blanks, such as pty:/tmp/balance";
	return NULL;
}

/* `host:port` or `[host]:port`; the last colon parts them. */
static const char *parse_host(struct address *address, const char *text, uint32_t least)
{
	const char *colon = strrchr(text, ':');
	const char *end = colon;
	uint32_t number;
	if (!colon)
		return "expected host:port";
	if (text[0] == '[') {
		if (end == text || end[-1] != ']')
			return "expected [address]:port";
		text++, end--;
	} else if (memchr(text, ':', (size_t)(colon - text))) {
		return "expected brackets around an IPv6 address: [::1]:5025";
	}
	if (!copy_part(address->host, sizeof address->host, text, (size_t)(end - text)))
		return "expected a host before the port";
	if (!read_number(colon + 1, strlen(colon + 1), least, 65535, &number))
		return "expected a port number up to 65535";
	snprintf(address->service, sizeof address->service, "%u", (unsigned)number % 65536);
	return NULL;
}

static const char *parse_tcp(struct address *address, const char *text)
{
	return parse_host(address, text, 1);
}

static const char *parse_listen(struct address *address, const char *text)
{
	return parse_host(address, text, 0);
}

static const struct {
	const char *prefix;
	enum address_kind kind;
	const char *(*parse)(struct address *, const char *text);
} kinds[] = {
	{"serial:", ADDRESS_SERIAL, parse_serial},
	{"tcp:", ADDRESS_TCP, parse_tcp},
	{"pty:", ADDRESS_PTY, parse_pty},
	{"listen:", ADDRESS_LISTEN, parse_listen},
};

int address_parse(struct address *address, const char *text, char *why, size_t why_size)
{
	const char *wrong = "expected serial:DEVICE,SPEED, tcp:HOST:PORT, pty:PATH or "
			    "listen:HOST:PORT";
	*address = (struct address){.data_bits = 8, .parity = 'N', .stop_bits = 1};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t length = strlen(kinds[i].prefix);
		if (strncmp(text, kinds[i].prefix, length))
			continue;
		address->kind = kinds[i].kind;
		wrong = kinds[i].parse(address, text + length);
		break;
	}
	if (!wrong)
		return 0;
	snprintf(why, why_size, "%s", wrong);
	return -EINVAL;
}
