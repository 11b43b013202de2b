/* SPDX-License-Identifier: Apache-2.0 */
/* Ports on real pseudo-terminals and on TCP at 127.0.0.1: each end is a port of ours, or a bare fd.
 */
#include "port/port.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <tap.h>
#include <termios.h>
#include <unistd.h>

struct end {
	struct theca_port *port;
	int opened, closed, silent, error;
	uint32_t client;
	char bytes[256 * 1024];
	size_t count;
	char last_log[256];
	int logs;
	bool echo, close_when_asked, close_at_once;
};

static uv_loop_t loop;
static char folder[] = "/tmp/port-t-XXXXXX";

static void on_opened(void *user, uint32_t client)
{
	struct end *end = user;
	end->opened++;
	end->client = client;
	if (end->close_at_once)
		port_close(end->port);
}

static void on_received(void *user, uint32_t client, const uint8_t *bytes, size_t count)
{
	struct end *end = user;
	if (end->count + count < sizeof end->bytes)
		memcpy(end->bytes + end->count, bytes, count);
	end->count += count;
	end->bytes[end->count] = '\0';
	end->client = client;
	if (end->echo)
		port_write(end->port, client, bytes, count, 0);
	if (end->close_when_asked)
		port_close(end->port);
}

static void on_silent(void *user)
{
	((struct end *)user)->silent++;
}

static void on_closed(void *user, uint32_t client, int error)
{
	struct end *end = user;
	end->closed++;
	end->client = client;
	end->error = error;
}

static const struct theca_port_events events = {
	.size = sizeof events,
	.opened = on_opened,
	.received = on_received,
	.silent = on_silent,
	.closed = on_closed,
};

static void on_log(void *user, int level, const char *text)
{
	struct end *end = user;
	(void)level;
	snprintf(end->last_log, sizeof end->last_log, "%s", text);
	end->logs++;
}

static int open_end(struct end *end, const char *address)
{
	end->port = NULL;
	return port_open(&end->port, &loop, address, &events, end, on_log, end);
}

static void on_tick(uv_timer_t *timer)
{
	--*(int *)timer->data;
}

/* Runs the loop until the counter has reached `want`, at most that long. */
static bool reaches(const int *counter, int want, int most_ms)
{
	int left_ms = most_ms;
	uv_timer_t timer;
	uv_timer_init(&loop, &timer);
	timer.data = &left_ms;
	uv_timer_start(&timer, on_tick, 1, 1);
	while (*counter < want && left_ms > 0)
		uv_run(&loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
	return *counter >= want;
}

static void run_for(int ms)
{
	const int never = 0;
	reaches(&never, 1, ms);
}

static bool reads(struct end *end, const char *want, int most_ms)
{
	for (int waited_ms = 0; end->count < strlen(want) && waited_ms < most_ms; waited_ms += 5)
		run_for(5);
	return end->count == strlen(want) && !memcmp(end->bytes, want, end->count);
}

static void close_end(struct end *end)
{
	port_close(end->port);
	run_for(1);
	free(end);
}

static struct end *new_end(void)
{
	return calloc(1, sizeof(struct end));
}

static const char *in_folder(char out[128], const char *form)
{
	snprintf(out, 128, form, folder);
	return out;
}

static int count_descriptors(void)
{
	int count = 0;
	DIR *all = opendir("/proc/self/fd");
	while (readdir(all))
		count++;
	closedir(all);
	return count;
}

static int64_t cpu_us(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* -- pseudo-terminals ------------------------------------------------------------------------- */

static void test_talk(void)
{
	char text[128], path[128];
	struct end *device = new_end(), *driver = new_end();
	device->echo = true;
	is(open_end(device, in_folder(text, "pty:%s/a")), 0, "a pseudo-terminal is offered");
	is(device->opened, 0, "nothing is told from inside port_open()");
	ok(reaches(&device->logs, 1, 500), "then it is there: %s", device->last_log);
	is(device->opened, 0, "but nobody else");
	is(port_write(device->port, 0, (const uint8_t *)"x", 1, 0), -ENOTCONN,
		"so nothing is sent");
	is(open_end(driver, in_folder(text, "serial:%s/a,19200,8N1")), 0, "a serial line");
	is(port_write(driver->port, 0, (const uint8_t *)"x", 1, 0), -ENOTCONN,
		"before it is open, nobody is there");
	ok(reaches(&driver->opened, 1, 500), "it opens");
	is(port_write(driver->port, 0, (const uint8_t *)"SI\r\n", 4, 0), 0, "a line is written");
	ok(reads(driver, "SI\r\n", 500), "and comes back untouched, CR and LF too");
	is(port_write(driver->port, 3, (const uint8_t *)"x", 1, 0), -ENOTCONN, "no client 3 there");
	uint8_t all[256];
	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	driver->count = 0;
	port_write(driver->port, 0, all, sizeof all, 0);
	for (int i = 0; i < 100 && driver->count < 256; i++)
		run_for(5);
	ok(driver->count == 256 && !memcmp(driver->bytes, all, 256), "all 256 bytes pass");
	close_end(driver);
	close_end(device);
	is(access(in_folder(path, "%s/a"), F_OK), -1, "the link goes with its device");
}

static void test_parity_warns(void)
{
	char text[128];
	struct end *device = new_end(), *driver = new_end();
	open_end(device, in_folder(text, "pty:%s/parity"));
	reaches(&device->logs, 1, 500);
	open_end(driver, in_folder(text, "serial:%s/parity,12345,7E1"));
	ok(reaches(&driver->opened, 1, 500), "7E1 at an odd speed opens on a pseudo-terminal");
	is(driver->logs, 2, "with a warning: %s", driver->last_log);
	close_end(driver);
	close_end(device);
}

static void test_exclusive(void)
{
	char text[128], path[128];
	struct end *device = new_end(), *first = new_end(), *second = new_end();
	open_end(device, in_folder(text, "pty:%s/one"));
	reaches(&device->logs, 1, 500);
	open_end(first, in_folder(text, "serial:%s/one,9600,8N1"));
	reaches(&first->opened, 1, 500);
	open_end(second, text);
	ok(!reaches(&second->opened, 1, 150), "a second user does not get the line");
	ok(strstr(second->last_log, "busy"), "and the log says why: %s", second->last_log);
	is(second->logs, 1, "once");
	in_folder(path, "%s/one");
	int fd = open(path, O_RDWR | O_NOCTTY);
	ok(fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0, "nor does another program");
	int exclusive = 0;
	if (fd >= 0)
		ioctl(fd, TIOCGEXCL, &exclusive);
	ok(fd < 0 || exclusive, "TIOCEXCL is set as well");
	close(fd);
	port_close(first->port);
	ok(reaches(&second->opened, 1, 1000), "when the first leaves, the second gets it");
	close_end(second);
	free(first);
	fd = open(path, O_RDWR | O_NOCTTY);
	exclusive = 1;
	ok(fd >= 0 && ioctl(fd, TIOCGEXCL, &exclusive) == 0 && !exclusive, "and leaves it free");
	close(fd);
	close_end(device);
}

static void test_link(void)
{
	char text[128], path[128], target[64] = "";
	struct end *device = new_end(), *rival = new_end(), *blocked = new_end();
	in_folder(path, "%s/link");
	is(symlink("/dev/pts/99999", path), 0, "a link that a crashed service left");
	open_end(device, in_folder(text, "pty:%s/link"));
	ok(reaches(&device->logs, 1, 500) && strstr(device->last_log, "offered"), "is replaced");
	open_end(rival, text);
	ok(!reaches(&rival->opened, 1, 150), "one that is alive is not");
	ok(strstr(rival->last_log, "busy"), "%s", rival->last_log);
	close_end(rival);
	ok(readlink(path, target, sizeof target - 1) > 0, "and stays");
	in_folder(path, "%s/file");
	close(open(path, O_CREAT | O_WRONLY, 0600));
	open_end(blocked, in_folder(text, "pty:%s/file"));
	ok(!reaches(&blocked->opened, 1, 150), "a file in the way is not touched");
	ok(strstr(blocked->last_log, "exists"), "%s", blocked->last_log);
	close_end(blocked);
	is(access(path, F_OK), 0, "it is still there");
	unlink(path);
	close_end(device);
}

static void test_comers_and_goers(void)
{
	char text[128], path[128];
	struct end *device = new_end();
	device->echo = true;
	open_end(device, in_folder(text, "pty:%s/busy"));
	reaches(&device->logs, 1, 500);
	in_folder(path, "%s/busy");
	int before = count_descriptors(), answered = 0;
	for (int i = 0; i < 200; i++) {
		int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
		char byte = 0;
		device->count = 0;
		if (write(fd, "?", 1) == 1)
			for (int tries = 0; tries < 200 && byte != '?'; tries++) {
				run_for(tries > 20);
				if (read(fd, &byte, 1) < 1)
					byte = 0;
			}
		answered += byte == '?';
		close(fd);
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	is(answered, 200, "200 clients come, ask, and go");
	is(count_descriptors(), before, "no descriptor is left over");
	int64_t used_us = cpu_us();
	run_for(200);
	used_us = cpu_us() - used_us;
	ok(used_us < 50000, "without a client nothing spins: %d us in 0.2 s", (int)used_us);
	ok(device->opened > 0 && device->closed == device->opened, "%d comings, as many goings",
		device->opened);
	close_end(device);
}

/* A client that crashes leaves its settings and its lock, and what it did not read. */
static void test_next_client(void)
{
	char text[128], path[128], bytes[16];
	struct end *device = new_end();
	struct termios settings;
	int exclusive = 1;
	open_end(device, in_folder(text, "pty:%s/next"));
	reaches(&device->logs, 1, 500);
	in_folder(path, "%s/next");
	int fd = open(path, O_RDWR | O_NOCTTY);
	ok(reaches(&device->opened, 1, 500), "a client comes");
	tcgetattr(fd, &settings);
	settings.c_lflag |= ICANON | ECHO;
	tcsetattr(fd, TCSANOW, &settings);
	ioctl(fd, TIOCEXCL);
	is(port_write(device->port, 0, (const uint8_t *)"old", 3, 0), 0, "it is told something");
	run_for(5);
	close(fd);
	ok(reaches(&device->closed, 1, 500), "it goes");
	is(device->error, 0, "in order");
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	ok(fd >= 0 && ioctl(fd, TIOCGEXCL, &exclusive) == 0 && !exclusive, "its lock is gone");
	tcgetattr(fd, &settings);
	ok(!(settings.c_lflag & (ICANON | ECHO)), "so are its settings");
	is(read(fd, bytes, sizeof bytes), -1, "and what it was told");
	device->count = 0; /* the first client's echo */
	ok(write(fd, "?", 1) == 1, "a word");
	close(fd);
	run_for(60);
	is(device->count, 1, "that comes with its sender's leaving is heard");
	is(device->opened, device->closed, "nobody is there any more");
	close_end(device);
}

/* By a link that goes with the plug: a pseudo-terminal's number is the next one's as soon as it is
 * free, and that may be another test's. */
static void test_unplug(void)
{
	char text[128], slave[64], link[96];
	struct end *driver = new_end();
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	grantpt(master);
	unlockpt(master);
	ptsname_r(master, slave, sizeof slave);
	snprintf(link, sizeof link, "%s/plug", folder);
	is(symlink(slave, link), 0, "a plug");
	snprintf(text, sizeof text, "serial:%s,9600,8N1", link);
	open_end(driver, text);
	ok(reaches(&driver->opened, 1, 500), "a line is open");
	port_write(driver->port, 0, (const uint8_t *)"?", 1, INT64_C(60000000));
	unlink(link);
	close(master);
	ok(reaches(&driver->closed, 1, 500), "the plug is pulled");
	is(driver->error, -EIO, "it is an error");
	is(port_write(driver->port, 0, (const uint8_t *)"x", 1, 0), -ENOTCONN, "nobody is there");
	run_for(150);
	is(driver->silent, 0, "the deadline went with the line");
	is(driver->opened, 1, "there is nothing to open");
	close_end(driver);
}

static void test_deadline(void)
{
	char text[128];
	struct end *device = new_end(), *driver = new_end();
	open_end(device, in_folder(text, "pty:%s/mute"));
	reaches(&device->logs, 1, 500);
	open_end(driver, in_folder(text, "serial:%s/mute,9600,8N1"));
	reaches(&driver->opened, 1, 500);
	uint64_t before = uv_hrtime();
	port_write(driver->port, 0, (const uint8_t *)"?", 1, INT64_C(30000000));
	ok(reaches(&driver->silent, 1, 500), "no answer: the deadline passes");
	ok(uv_hrtime() - before >= 29000000, "not too early");
	run_for(60);
	is(driver->silent, 1, "once");
	port_write(driver->port, 0, (const uint8_t *)"?", 1, INT64_C(30000000));
	port_answered(driver->port);
	run_for(60);
	is(driver->silent, 1, "an answer disarms it");
	port_write(driver->port, 0, (const uint8_t *)"?", 1, INT64_C(30000000));
	port_write(driver->port, 0, (const uint8_t *)"?", 1, 0);
	run_for(60);
	is(driver->silent, 1, "a later write without one replaces it");
	close_end(driver);
	close_end(device);
}

static void test_flood(void)
{
	char text[128], path[128];
	struct end *device = new_end();
	static uint8_t block[1000];
	memset(block, 'b', sizeof block);
	open_end(device, in_folder(text, "pty:%s/flood"));
	reaches(&device->logs, 1, 500);
	int fd = open(in_folder(path, "%s/flood"), O_RDWR | O_NOCTTY | O_NONBLOCK);
	reaches(&device->opened, 1, 500);
	int failure = 0, blocks = 0;
	for (; !failure && blocks < 1000; blocks += !failure)
		failure = port_write(device->port, 0, block, sizeof block, 0);
	is(failure, -ENOBUFS, "nobody reads: after %d kB no more is kept", blocks);
	int count = 0;
	for (int empty = 0; empty < 20; empty++) {
		run_for(1);
		for (ssize_t got; (got = read(fd, block, sizeof block)) > 0; empty = 0)
			count += (int)got;
	}
	is(count, blocks * 1000, "who reads at last gets all that was taken");
	is(port_write(device->port, 0, (const uint8_t *)"next", 4, 0), 0, "and it goes on");
	run_for(5);
	is(read(fd, block, sizeof block), 4, "in order");
	close(fd);
	close_end(device);
}

/* The number of a crashed service's pseudo-terminal is the next one's at once. */
static void test_own_number(void)
{
	char text[128], path[128], slave[64];
	struct end *device = new_end();
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	ptsname_r(master, slave, sizeof slave);
	in_folder(path, "%s/own");
	is(symlink(slave, path), 0, "a link that a crashed service left");
	close(master);
	open_end(device, in_folder(text, "pty:%s/own"));
	ok(reaches(&device->logs, 1, 500) && strstr(device->last_log, "offered"),
		"is replaced, whoever has its number now: %s", device->last_log);
	close_end(device);
}

/* -- TCP -------------------------------------------------------------------------------------- */

/* Its port's number is in the log: `listen:127.0.0.1:0: listening on 127.0.0.1:40123`. */
static int listen_anywhere(struct end *server, char address[64])
{
	open_end(server, "listen:127.0.0.1:0");
	reaches(&server->logs, 1, 1000);
	const char *on = strstr(server->last_log, " on ");
	snprintf(address, 64, "tcp:%s", on ? on + 4 : "");
	return on ? 0 : -1;
}

static void test_tcp(void)
{
	char address[64];
	struct end *server = new_end(), *one = new_end(), *two = new_end();
	server->echo = true;
	is(listen_anywhere(server, address), 0, "%s", server->last_log);
	open_end(one, address);
	ok(reaches(&one->opened, 1, 1000) && reaches(&server->opened, 1, 500), "a client");
	is(server->client, 1, "is number 1");
	open_end(two, address);
	ok(reaches(&two->opened, 1, 1000) && reaches(&server->opened, 2, 500), "another");
	is(server->client, 2, "is number 2");
	is(one->client, 0, "on its own side a connection is number 0");
	port_write(one->port, 0, (const uint8_t *)"one", 3, 0);
	port_write(two->port, 0, (const uint8_t *)"two", 3, 0);
	ok(reads(one, "one", 500) && reads(two, "two", 500), "each gets its own answers");
	is(port_write(server->port, 0, (const uint8_t *)"x", 1, 0), -ENOTCONN,
		"there is no client 0");
	close_end(one);
	ok(reaches(&server->closed, 1, 500), "one leaves");
	is(server->client, 1, "it was number 1");
	is(server->error, 0, "in order");
	is(port_write(server->port, 1, (const uint8_t *)"x", 1, 0), -ENOTCONN, "it is not there");
	is(port_write(server->port, 2, (const uint8_t *)"x", 1, 0), 0, "the other one is");
	close_end(two);
	close_end(server);
}

static void test_reconnect(void)
{
	char address[64], again[80];
	struct end *server = new_end(), *client = new_end(), *back = new_end();
	listen_anywhere(server, address);
	open_end(client, address);
	reaches(&client->opened, 1, 1000);
	close_end(server);
	ok(reaches(&client->closed, 1, 500), "the server goes");
	run_for(250);
	is(client->opened, 1, "it cannot be reached");
	ok(strstr(client->last_log, "refused"), "%s", client->last_log);
	int logs = client->logs;
	snprintf(again, sizeof again, "listen:%s", address + 4);
	open_end(back, again);
	ok(reaches(&client->opened, 2, 2000), "when it comes back, so does the connection");
	is(client->logs, logs + 1, "and attempts in between were silent");
	close_end(client);
	close_end(back);
}

static void test_too_many(void)
{
	char address[64];
	enum { MANY = 17 };
	struct end *server = new_end(), *clients[MANY];
	listen_anywhere(server, address);
	for (int i = 0; i < MANY; i++) {
		clients[i] = new_end();
		open_end(clients[i], address);
		reaches(&clients[i]->opened, 1, 500);
	}
	run_for(20);
	is(server->opened, MANY - 1, "16 clients are taken");
	is(clients[MANY - 1]->closed, 1, "the next one is hung up on");
	for (int i = 0; i < MANY; i++)
		close_end(clients[i]);
	close_end(server);
}

/* -- the end ---------------------------------------------------------------------------------- */

static void test_close_inside(void)
{
	char text[128];
	struct end *device = new_end(), *driver = new_end(), *hasty = new_end();
	device->close_when_asked = true;
	open_end(device, in_folder(text, "pty:%s/inside"));
	reaches(&device->logs, 1, 500);
	open_end(driver, in_folder(text, "serial:%s/inside,9600,8N1"));
	reaches(&driver->opened, 1, 500);
	port_write(driver->port, 0, (const uint8_t *)"bye", 3, 0);
	ok(reaches(&driver->closed, 1, 500), "a port may be closed by what it received");
	close_end(driver);
	hasty->close_at_once = true;
	open_end(hasty, "listen:127.0.0.1:0");
	reaches(&hasty->logs, 1, 500);
	snprintf(text, sizeof text, "tcp:%.60s", strstr(hasty->last_log, " on ") + 4);
	driver = new_end();
	open_end(driver, text);
	reaches(&hasty->opened, 1, 500);
	run_for(10);
	is(hasty->opened, 1, "and while it opens");
	ok(reaches(&driver->closed, 1, 500), "its client sees it");
	close_end(driver);
	free(device);
	free(hasty);
}

static void test_close_early(void)
{
	static const char *const addresses[] = {"tcp:localhost:1", "tcp:192.0.2.1:80",
		"listen:localhost:0", "serial:/dev/none,9600,8N1", "tcp:name.invalid:80"};
	struct end *end = new_end();
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		is(open_end(end, addresses[i]), 0, "%s", addresses[i]);
		port_close(end->port);
		is(open_end(end, addresses[i]), 0, "... once more");
		uv_run(&loop, UV_RUN_NOWAIT);
		uv_run(&loop, UV_RUN_NOWAIT);
		port_close(end->port);
	}
	run_for(20);
	is(end->opened + end->closed, 0, "closing at any moment is silent");
	port_close(NULL);
	free(end);
}

static void test_bad_addresses(void)
{
	static const char *const addresses[] = {"", "serial:/dev/ttyS0", "tcp:host", "udp:host:1"};
	char why[128], long_address[600];
	struct end *end = new_end();
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		is(port_check(addresses[i], why, sizeof why), -EINVAL, "no: '%s'", addresses[i]);
		is(open_end(end, addresses[i]), -EINVAL, "it is not opened either");
	}
	snprintf(long_address, sizeof long_address, "pty:/%0500d", 1);
	is(open_end(end, long_address), -EINVAL, "nor is a very long one");
	is(port_check("tcp:host:80", why, sizeof why), 0, "a good one passes");
	ok(end->port == NULL, "nothing was made");
	free(end);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		return 1;
	uv_loop_init(&loop);
	test_talk();
	test_parity_warns();
	test_exclusive();
	test_link();
	test_own_number();
	test_comers_and_goers();
	test_next_client();
	test_unplug();
	test_deadline();
	test_flood();
	test_tcp();
	test_reconnect();
	test_too_many();
	test_close_inside();
	test_close_early();
	test_bad_addresses();
	uv_run(&loop, UV_RUN_DEFAULT);
	is(uv_loop_close(&loop), 0, "nothing is left on the loop");
	is(rmdir(folder), 0, "nor in the folder");
	return done_testing();
}
