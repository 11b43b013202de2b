/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of ports: what is one, what is none, and the parts. */
#include "config/address.h"
#include <tap.h>

static const struct {
	const char *text, *path, *host, *service;
	enum address_kind kind;
	uint32_t baud;
	const char *framing;
} good[] = {
	{"serial:/dev/ttyUSB0,19200,8N1", "/dev/ttyUSB0", "", "", ADDRESS_SERIAL, 19200, "8N1"},
	{"serial:/dev/ttyUSB0,9600,7E2", "/dev/ttyUSB0", "", "", ADDRESS_SERIAL, 9600, "7E2"},
	{"serial:/dev/ttyUSB0,1200,7O1", "/dev/ttyUSB0", "", "", ADDRESS_SERIAL, 1200, "7O1"},
	{"serial:balance.pty,4000000", "balance.pty", "", "", ADDRESS_SERIAL, 4000000, "8N1"},
	{"serial:/dev/serial/by-path/pci-0:1.0,50", "/dev/serial/by-path/pci-0:1.0", "", "",
		ADDRESS_SERIAL, 50, "8N1"},
	{"tcp:balance.lab:4001", "", "balance.lab", "4001", ADDRESS_TCP, 0, "8N1"},
	{"tcp:[::1]:5025", "", "::1", "5025", ADDRESS_TCP, 0, "8N1"},
	{"tcp:127.0.0.1:65535", "", "127.0.0.1", "65535", ADDRESS_TCP, 0, "8N1"},
	{"pty:/tmp/balance", "/tmp/balance", "", "", ADDRESS_PTY, 0, "8N1"},
	{"listen:0.0.0.0:0", "", "0.0.0.0", "0", ADDRESS_LISTEN, 0, "8N1"},
	{"listen:[::]:10", "", "::", "10", ADDRESS_LISTEN, 0, "8N1"},
};

static const struct {
	const char *text, *why; /* part of the reason */
} bad[] = {
	{"", "expected serial:"},
	{"serial", "expected serial:"},
	{"/dev/ttyUSB0", "expected serial:"},
	{"udp:host:1", "expected serial:"},
	{"Serial:/dev/ttyUSB0,9600", "expected serial:"},
	{"serial:", "expected a device"},
	{"serial:,9600", "expected a device"},
	{"serial:/dev/tty USB0,9600", "expected a device"},
	{"serial:/dev/ttyUSB0", "expected a speed behind"},
	{"serial:/dev/ttyUSB0,", "speed from 50"},
	{"serial:/dev/ttyUSB0,fast", "speed from 50"},
	{"serial:/dev/ttyUSB0,49", "speed from 50"},
	{"serial:/dev/ttyUSB0,4000001", "speed from 50"},
	{"serial:/dev/ttyUSB0,+9600", "speed from 50"},
	{"serial:/dev/ttyUSB0,99999999999999999999", "speed from 50"},
	{"serial:/dev/ttyUSB0,9600,", "7 or 8 bits"},
	{"serial:/dev/ttyUSB0,9600,9N1", "7 or 8 bits"},
	{"serial:/dev/ttyUSB0,9600,8n1", "7 or 8 bits"},
	{"serial:/dev/ttyUSB0,9600,8N3", "7 or 8 bits"},
	{"serial:/dev/ttyUSB0,9600,8N1,x", "7 or 8 bits"},
	{"tcp:", "host:port"},
	{"tcp:host", "host:port"},
	{"tcp::80", "a host before"},
	{"tcp:host:", "port number"},
	{"tcp:host:0", "port number"},
	{"tcp:host:65536", "port number"},
	{"tcp:host:http", "port number"},
	{"tcp:::1:80", "brackets"},
	{"tcp:[::1:80", "[address]"},
	{"tcp:[]:80", "a host before"},
	{"tcp:[:80", "[address]"},
	{"listen:host", "host:port"},
	{"pty:", "a path"},
	{"pty:/tmp/a b", "a path"},
	{"pty:/tmp/a\t", "a path"},
};

static void test_good(void)
{
	struct address address;
	char why[128];
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		is(address_parse(&address, good[i].text, why, sizeof why), 0, "%s", good[i].text);
		is(address.kind, good[i].kind, "... its kind");
		is_text(address.path, good[i].path, "... its path");
		is_text(address.host, good[i].host, "... its host");
		is_text(address.service, good[i].service, "... its port");
		is(address.baud, good[i].baud, "... its speed");
		is(address.data_bits, good[i].framing[0] - '0', "... its data bits");
		is(address.parity, good[i].framing[1], "... its parity");
		is(address.stop_bits, good[i].framing[2] - '0', "... its stop bits");
	}
}

static void test_bad(void)
{
	struct address address;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char why[128] = "";
		ok(address_parse(&address, bad[i].text, why, sizeof why) < 0 &&
				strstr(why, bad[i].why),
			"'%s' is refused: %s", bad[i].text, why);
	}
}

static void test_long(void)
{
	struct address address;
	char text[2000], why[128];
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	memcpy(text, "pty:", 4);
	ok(address_parse(&address, text, why, sizeof why) < 0, "a path of 2000 bytes is refused");
	memcpy(text, "tcp:", 4);
	memcpy(text + sizeof text - 4, ":80", 4);
	ok(address_parse(&address, text, why, sizeof why) < 0, "so is such a host");
	ok(address_parse(&address, text, why, 4) < 0 && strlen(why) == 3, "the reason is cut");
}

int main(void)
{
	test_good();
	test_bad();
	test_long();
	return done_testing();
}
