/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket: a real socket, a table of made-up methods, clients that behave and do not. */
#include "control/control.h"
#include "control/peer.h"
#include "tap.h"
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct bench {
	uv_loop_t loop;
	struct control *control;
	struct control_request *open[64];
	size_t open_count, calls;
	char path[64], who[64];
} bench;

/* -- made-up methods -------------------------------------------------------------------------- */

static int call_echo(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *b = user;
	b->calls++;
	snprintf(b->who, sizeof b->who, "%s", control_who(request));
	emit_text(reply, NULL, json_string_value(json_object_get(params, "text")));
	return 0;
}

static int call_later(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *b = user;
	(void)params, (void)reply;
	b->open[b->open_count++] = request;
	return CONTROL_LATER;
}

static int call_refuse(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)user, (void)params, (void)reply;
	control_fail(
		request, CONTROL_REFUSED, "{\"limit\":\"daily dose\"}", "%d mg is \"too much\"", 7);
	return CONTROL_LATER;
}

static int call_broken(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)user, (void)request, (void)params, (void)reply;
	return -EIO;
}

static int call_nothing(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)user, (void)request, (void)params, (void)reply;
	return 0;
}

static int call_count(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *b = user;
	(void)request, (void)params, (void)reply;
	b->calls++;
	return 0;
}

static int call_huge(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	char text[4096] = "";
	(void)user, (void)request;
	long long pieces = json_integer_value(json_object_get(params, "pieces"));
	memset(text, 'x', sizeof text - 1);
	emit_open(reply, NULL, '[');
	for (long long i = 0; i < pieces; i++)
		emit_text(reply, NULL, text);
	emit_close(reply, ']');
	return 0;
}

static int call_follow(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)user, (void)params;
	control_subscribe(request);
	control_tell(request, "{\"before\":1}", 12);
	emit_int(reply, NULL, 1);
	return 0;
}

static int call_quit(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *b = user;
	(void)request, (void)params;
	emit_bool(reply, NULL, true);
	control_close(b->control);
	b->control = NULL;
	return 0;
}

static const struct control_method methods[] = {
	{"echo", "text", "Says it again.", call_echo, 0},
	{"later", "", "Answers when it pleases.", call_later, 0},
	{"halt", "pump?", "Waits for nobody.", call_later, CONTROL_URGENT},
	{"refuse", "", "Says no.", call_refuse, 0},
	{"broken", "", "Fails inside.", call_broken, 0},
	{"nothing", "", "Writes no result.", call_nothing, 0},
	{"count", "", "Counts.", call_count, 0},
	{"huge", "pieces", "Writes much.", call_huge, 0},
	{"follow", "from?", "Subscribes.", call_follow, 0},
	{"dose", "pump, volume | dose, over?", "Has choices.", call_nothing, 0},
	{"free", NULL, "Checks names itself.", call_nothing, 0},
	{"quit", "", "Closes the service.", call_quit, 0},
	{0},
};

/* -- a client --------------------------------------------------------------------------------- */

static char received[2 << 20]; /* what the last hear() got, without its newline */

static int dial(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, bench.path, sizeof bench.path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address))
		printf("# connect: %s\n", strerror(errno));
	return fd;
}

static void turn(unsigned times)
{
	while (times-- > 0)
		uv_run(&bench.loop, UV_RUN_NOWAIT);
}

static void say_bytes(int fd, const char *bytes, size_t length)
{
	for (size_t sent = 0, tries = 0; sent < length && tries < 10000; tries++) {
		ssize_t rc = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);
		if (rc < 0 && errno != EAGAIN)
			return;
		sent += rc > 0 ? (size_t)rc : 0;
		turn(1);
	}
}

static void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text));
}

/* Takes one line of what has come; -1: not whole yet, 0: closed. */
static int take_line(int fd, size_t *length)
{
	ssize_t peeked = recv(fd, received + *length, sizeof received - *length, MSG_PEEK);
	if (peeked <= 0)
		return peeked < 0 && errno == EAGAIN ? -1 : 0;
	char *newline = memchr(received + *length, '\n', (size_t)peeked);
	size_t take = newline ? (size_t)(newline - received) - *length + 1 : (size_t)peeked;
	*length += (size_t)recv(fd, received + *length, take, 0);
	if (!newline)
		return -1;
	*newline = '\0';
	return 1;
}

/* The next line, "(closed)", or "(silent)". */
static const char *hear(int fd)
{
	size_t length = 0;
	for (int tries = 0; tries < 3000; tries++) {
		turn(1);
		int rc = take_line(fd, &length);
		if (rc >= 0)
			return rc ? received : "(closed)";
	}
	return "(silent)";
}

static bool contains(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	printf("# got '%.300s'\n# want '%s' in it\n", text, part);
	return false;
}

#define ECHO_A "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"text\":\"a\"}}\n"
#define ANSWER_A "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\"}"
#define CALL(method) "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" method "\"}\n"
#define CALL_WITH(method, params)                                                                  \
	"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" method "\",\"params\":" params "}\n"

/* -- one line, one answer --------------------------------------------------------------------- */

static const struct line_case {
	const char *name, *line, *answer; /* the answer contains this; "": silence */
} line_cases[] = {
	{"a call", ECHO_A, ANSWER_A},
	{"an id that is a text", "{\"jsonrpc\":\"2.0\",\"id\":\"q\\\"1\",\"method\":\"nothing\"}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":\"q\\\"1\",\"result\":null}"},
	{"an id that is null", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"nothing\"}\n",
		"\"id\":null,\"result\":null"},
	{"a 64-bit id", "{\"jsonrpc\":\"2.0\",\"id\":9223372036854775807,\"method\":\"nothing\"}\n",
		"\"id\":9223372036854775807,"},
	{"a carriage return at the end",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}\r\n", "\"result\":null"},
	{"a number with a point as id", "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"nothing\"}\n",
		"\"id\":null,\"error\":{\"code\":-32600"},
	{"no JSON", "hello\n", "\"id\":null,\"error\":{\"code\":-32700"},
	{"text after the object", "{} {}\n", "-32700"},
	{"a NUL byte escaped", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000\"}\n",
		"-32700"},
	{"bytes that are no UTF-8", "{\"jsonrpc\":\"\xff\xfe\"}\n", "-32700"},
	{"an integer of 20 digits", "{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999}\n",
		"-32700"},
	{"a duplicate key",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"method\":\"halt\"}\n",
		"duplicate object key"},
	{"a duplicate parameter", CALL_WITH("echo", "{\"text\":\"a\",\"text\":\"b\"}"),
		"duplicate object key"},
	{"a batch", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}]\n",
		"-32600,\"message\":\"batches are not served"},
	{"a bare text", "\"halt\"\n", "-32700"},
	{"another version", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"nothing\"}\n",
		"\"id\":1,\"error\":{\"code\":-32600"},
	{"no version", "{\"id\":1,\"method\":\"nothing\"}\n", "-32600"},
	{"no method", "{\"jsonrpc\":\"2.0\",\"id\":1}\n", "-32600"},
	{"a method that is a number", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":1}\n", "-32600"},
	{"an unknown method", CALL("fly"),
		"\"id\":7,\"error\":{\"code\":-32601,\"message\":\"no method"},
	{"a member too many",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"halt\",\"param\":{\"pump\":\"l\"}}\n",
		"unknown member `param`"},
	{"parameters by position", CALL_WITH("echo", "[\"a\"]"), "-32602"},
	{"a refusal with data", CALL("refuse"),
		"\"error\":{\"code\":-32000,\"message\":\"7 mg is \\\"too "
		"much\\\"\",\"data\":{\"limit\":"
		"\"daily dose\"}}}"},
	{"a handler that fails", CALL("broken"), "-32603,\"message\":\"broken: Input/output error"},
	{"the list of methods", CALL("rpc.discover"),
		"\"result\":{\"methods\":[{\"name\":\"echo\",\"params\":\"text\""},
	{"an answer longer than 1 MiB", CALL_WITH("huge", "{\"pieces\":300}"),
		"-32603,\"message\":\"the answer is longer"},
	{"a parameter that is missing", CALL("echo"), "`text` is missing"},
	{"no parameters at all where two are needed", CALL("dose"), "`pump` is missing"},
	{"neither of a choice", CALL_WITH("dose", "{\"pump\":\"l\"}"),
		"`volume | dose` is missing"},
	{"both of a choice", CALL_WITH("dose", "{\"pump\":\"l\",\"dose\":1,\"volume\":2}"),
		"only one of `volume | dose`"},
	{"one of a choice", CALL_WITH("dose", "{\"dose\":1,\"pump\":\"l\",\"over\":3}"),
		"\"result\":null"},
	{"an unknown parameter", CALL_WITH("dose", "{\"dose\":1,\"pump\":\"l\",\"volum\":3}"),
		"no parameter `volum`"},
	{"part of a parameter's name", CALL_WITH("dose", "{\"dose\":1,\"pump\":\"l\",\"ove\":3}"),
		"no parameter `ove`"},
	{"any parameter where the handler checks", CALL_WITH("free", "{\"x\":1}"),
		"\"result\":null"},
	{"a notification",
		"{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":{\"text\":\"a\"}}\n", ""},
	{"a notification that is refused", "{\"jsonrpc\":\"2.0\",\"method\":\"refuse\"}\n", ""},
	{"a notification of no method", "{\"jsonrpc\":\"2.0\",\"method\":\"fly\"}\n", ""},
	{"an empty line", " \r\n\n", ""},
};

static void test_lines(void)
{
	int fd = dial();
	for (size_t i = 0; i < sizeof line_cases / sizeof *line_cases; i++) {
		const struct line_case *c = &line_cases[i];
		say(fd, c->line);
		if (!*c->answer)
			say(fd, ECHO_A); /* the first answer is this one's */
		const char *answer = hear(fd);
		ok(contains(answer, *c->answer ? c->answer : ANSWER_A), "%s", c->name);
		json_t *parsed = json_loads(answer, JSON_REJECT_DUPLICATES, NULL);
		if (!parsed)
			ok(false, "%s: the answer is JSON", c->name);
		json_decref(parsed);
	}
	ok(!strcmp(bench.who, "root") || getuid() != 0, "the handler learns who asks");
	close(fd);
}

static void test_nesting(void)
{
	char line[60001];
	int fd = dial();
	memset(line, '[', sizeof line);
	memcpy(line + sizeof line - 2, "\n", 2);
	say(fd, line);
	ok(contains(hear(fd), "-32700"), "60,000 brackets are refused");
	for (size_t i = 0; i + 6 < sizeof line; i += 5)
		memcpy(line + i, "{\"a\":", 5);
	say(fd, line);
	ok(contains(hear(fd), "-32700"), "12,000 objects in each other are refused");
	say(fd, ECHO_A);
	is_text(hear(fd), ANSWER_A, "and the client may go on");
	close(fd);
}

/* -- lines as the kernel cuts them ------------------------------------------------------------ */

static void test_split(void)
{
	int fd = dial();
	for (const char *at = ECHO_A; *at; at++) {
		say_bytes(fd, at, 1);
		turn(2);
	}
	is_text(hear(fd), ANSWER_A, "a request that comes byte by byte");
	say(fd, ECHO_A "{\"jsonrpc\":\"2.0\",");
	is_text(hear(fd), ANSWER_A, "a request and the beginning of the next");
	say(fd, "\"id\":2,\"method\":\"nothing\"}\n");
	ok(contains(hear(fd), "\"id\":2,"), "... whose rest comes later");
	close(fd);
}

static void test_pipeline(void)
{
	enum { COUNT = 500 };
	char all[COUNT * sizeof ECHO_A + 64], want[64];
	size_t length = 0, right = 0;
	for (int i = 0; i < COUNT; i++)
		length += (size_t)sprintf(
			all + length, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"count\"}\n", i);
	int fd = dial(), other = dial();
	turn(3);
	ok(send(fd, all, length, 0) == (ssize_t)length &&
			send(other, ECHO_A, sizeof ECHO_A - 1, 0) > 0,
		"500 requests of one client, then one of another");
	size_t calls = bench.calls;
	turn(1);
	is(bench.calls - calls, 16 + 1, "a turn: 16 of the one, and the other's");
	is(recv(other, received, sizeof received, 0), sizeof ANSWER_A, "... which is answered");
	for (int i = 0; i < COUNT; i++) {
		sprintf(want, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":null}", i);
		right += !strcmp(hear(fd), want);
	}
	is(right, COUNT, "all 500 answers, in order");
	close(fd);
	close(other);
}

static void test_long_lines(void)
{
	char line[2 * RPC_LINE_MAX];
	int fd = dial();
	memset(line, ' ', sizeof line);
	memcpy(line, ECHO_A, sizeof ECHO_A - 2);
	line[RPC_LINE_MAX] = '\n';
	say_bytes(fd, line, RPC_LINE_MAX + 1);
	is_text(hear(fd), ANSWER_A, "a line of 65536 bytes");
	line[RPC_LINE_MAX] = ' ';
	say_bytes(fd, line, RPC_LINE_MAX + 1);
	ok(contains(hear(fd), "a line has at most 65536 bytes"), "one byte more is refused");
	is_text(hear(fd), "(closed)", "... and the client cut off");
	close(fd);
}

static void test_half_line(void)
{
	int fd = dial(), good = dial();
	turn(5);
	control_set_patience(bench.control, 40);
	say(fd, "{\"jsonrpc\":");
	say(good, ECHO_A);
	is_text(hear(good), ANSWER_A, "somebody else is served beside half a line");
	usleep(30000);
	turn(5);
	say(fd, "\"2.0\",");
	usleep(30000);
	turn(5);
	ok(contains(hear(fd), "half a line"), "a half line, fed now and then, ends after its time");
	is_text(hear(fd), "(closed)", "... with the client");
	say(good, ECHO_A);
	is_text(hear(good), ANSWER_A, "an idle client without half a line stays");
	control_set_patience(bench.control, 10000);
	close(fd);
	close(good);
}

/* -- requests that end later ------------------------------------------------------------------ */

static void answer_open(size_t i, const char *text)
{
	emit_text(control_reply(bench.open[i]), NULL, text);
	control_answer(bench.open[i]);
}

static void test_later(void)
{
	int fd = dial();
	bench.open_count = 0;
	say(fd, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"later\"}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"later\"}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"later\"}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"later\"}\n" ECHO_A);
	is_text(hear(fd), ANSWER_A, "open requests do not hold up the next one");
	is(bench.open_count, 4, "four are open");
	answer_open(3, "for nobody");
	answer_open(1, "second");
	is_text(hear(fd), "{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"result\":\"second\"}",
		"an answer out of order carries its id; a notification has none");
	control_fail(bench.open[2], CONTROL_UNCERTAIN, NULL, "the line went dead");
	is_text(hear(fd),
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32003,\"message\":"
		"\"the line went dead\"}}",
		"a request that fails later");
	close(fd);
	turn(5);
	answer_open(0, "too late");
	ok(true, "answering after the client has gone harms nobody");
}

static void test_half_closed(void)
{
	int fd = dial();
	bench.open_count = 0;
	say(fd, CALL("later"));
	shutdown(fd, SHUT_WR);
	turn(5);
	answer_open(0, "still here");
	ok(contains(hear(fd), "still here"), "a client that only stopped sending gets its answer");
	is_text(hear(fd), "(closed)", "... and then the end");
	close(fd);
}

static void test_open_limit(void)
{
	int fd = dial();
	bench.open_count = 0;
	for (int i = 0; i < 33; i++)
		say(fd, CALL("later"));
	ok(contains(hear(fd), "32 requests are open already"), "the 33rd open request is refused");
	is(bench.open_count, 32, "... and not called");
	say(fd, CALL("halt"));
	turn(3);
	is(bench.open_count, 33, "a halt is served nevertheless");
	say(fd, ECHO_A);
	ok(contains(hear(fd), "32 requests"), "another request is not");
	for (size_t i = 0; i < 33; i++)
		answer_open(i, "x");
	for (size_t i = 0; i < 33; i++)
		hear(fd);
	say(fd, ECHO_A);
	is_text(hear(fd), ANSWER_A, "it is when they have ended");
	close(fd);
}

/* -- subscribers, and those who never read ---------------------------------------------------- */

static void test_follow(void)
{
	int fd = dial(), other = dial();
	say(fd, CALL("follow"));
	is_text(hear(fd), "{\"before\":1}", "what was before");
	ok(contains(hear(fd), "\"id\":7,\"result\":1"), "the answer of a subscription");
	is(control_subscribers(bench.control), 1, "one follows");
	control_notify(bench.control, "{\"event\":1}", 11);
	is_text(hear(fd), "{\"event\":1}", "an event reaches a follower");
	say(other, ECHO_A);
	is_text(hear(other), ANSWER_A, "... and nobody else");
	close(fd);
	turn(5);
	is(control_subscribers(bench.control), 0, "closing ends a subscription");
	close(other);
}

static void test_deaf_follower(void)
{
	int fd = dial(), deaf = dial();
	char event[4000];
	size_t heard = 0, sent = 0;
	memset(event, 'e', sizeof event);
	say(deaf, CALL("follow"));
	say(fd, CALL("follow"));
	hear(fd);
	hear(fd);
	for (; sent < 2000 && control_subscribers(bench.control) == 2; sent++) {
		control_notify(bench.control, event, sizeof event);
		heard += strlen(hear(fd)) == sizeof event;
	}
	ok(sent > 260 && sent < 400, "a follower that never reads is cut off after 1 MiB (%zu kB)",
		sent * 4);
	is(heard, sent, "... while the other got all");
	control_notify(bench.control, event, sizeof event);
	is(strlen(hear(fd)), sizeof event, "... and goes on");
	close(fd);
	close(deaf);
	turn(5);
}

static void test_never_reads(void)
{
	int fd = dial(), other = dial();
	const char *ask = CALL_WITH("huge", "{\"pieces\":20}");
	bool cut = false;
	for (int i = 0; i < 100 && !cut; i++) {
		cut = send(fd, ask, strlen(ask), MSG_NOSIGNAL) < 0 && errno == EPIPE;
		turn(3);
	}
	ok(cut, "a client that asks and never reads is cut off");
	say(other, ECHO_A);
	is_text(hear(other), ANSWER_A, "... and hurts nobody else");
	close(fd);
	close(other);
}

static void test_slow_reader(void)
{
	int fd = dial();
	say(fd, CALL_WITH("huge", "{\"pieces\":250}") ECHO_A);
	turn(5);
	is(strlen(hear(fd)), 250 * 4098 - 1 + 36, "an answer of a megabyte, read slowly");
	json_t *answer = json_loads(received, 0, NULL);
	is(json_array_size(json_object_get(answer, "result")), 250, "... is whole");
	json_decref(answer);
	is_text(hear(fd), ANSWER_A, "... and the next one after it");
	close(fd);
}

/* -- who and how many ------------------------------------------------------------------------- */

static void test_crowd(void)
{
	int fds[65];
	turn(5);
	for (size_t i = 0; i < 65; i++) {
		fds[i] = dial();
		turn(2);
	}
	ok(contains(hear(fds[64]), "64 clients are connected already"), "the 65th client is told");
	is_text(hear(fds[64]), "(closed)", "... and sent away");
	say(fds[63], ECHO_A);
	is_text(hear(fds[63]), ANSWER_A, "the 64th is served");
	close(fds[0]);
	close(fds[64]);
	turn(5);
	fds[64] = dial();
	say(fds[64], ECHO_A);
	is_text(hear(fds[64]), ANSWER_A, "when one leaves, another may come");
	for (size_t i = 1; i < 65; i++)
		close(fds[i]);
	turn(5);
}

enum { SERVED, REFUSED, SILENT, NO_ENTRY };

/* In a child: gives up root, connects, asks. */
static int ask_as(uid_t user, gid_t group)
{
	char line[256] = "";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, bench.path, sizeof bench.path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (setgroups(1, &group) || setgid(user) || setuid(user) ||
		connect(fd, (struct sockaddr *)&address, sizeof address))
		return NO_ENTRY;
	if (send(fd, ECHO_A, sizeof ECHO_A - 1, MSG_NOSIGNAL) < 0)
		line[0] = '\0'; /* refused already; the reason is there to read */
	if (recv(fd, line, sizeof line - 1, 0) <= 0)
		return SILENT;
	return strstr(line, "may not use") ? REFUSED : strstr(line, ANSWER_A) ? SERVED : SILENT;
}

static int served_as(uid_t user, gid_t group)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0)
		_exit(ask_as(user, group));
	while (waitpid(child, &status, WNOHANG) == 0)
		turn(1);
	return WEXITSTATUS(status);
}

static void test_peers(void)
{
	struct stat file;
	stat(bench.path, &file);
	is(file.st_mode & 07777, 0660, "the socket's mode");
	if (getuid() != 0) {
		ok(true, "# SKIP other users need root");
		return;
	}
	is(served_as(65534, 65534), NO_ENTRY, "another user cannot connect");
	is(chmod(bench.path, 0666), 0, "where the mode has been widened");
	is(served_as(65534, 65534), REFUSED, "... it is refused");
	is(served_as(65534, file.st_gid), SERVED, "a member of the socket's group is served");
}

/* -- opening and closing ---------------------------------------------------------------------- */

static void test_open_dead(void)
{
	struct control *second = NULL;
	struct stat file;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *path = address.sun_path;
	snprintf(path, sizeof address.sun_path, "%s.dead", bench.path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	is(bind(fd, (struct sockaddr *)&address, sizeof address), 0, "a socket that nobody reads");
	close(fd);
	is(control_open(&second, &bench.loop, path, methods, NULL), 0, "... is replaced");
	control_close(second);
	turn(3);
	is(stat(path, &file), -1, "closing removes the file");
	FILE *plain = fopen(path, "w");
	if (plain)
		fclose(plain);
	is(control_open(&second, &bench.loop, path, methods, NULL), -EEXIST,
		"a file that is no socket is left alone");
	unlink(path);
}

static void test_open_errors(void)
{
	struct control *second = NULL;
	char longer[200];
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	is(control_open(&second, &bench.loop, bench.path, methods, NULL), -EADDRINUSE,
		"a second service finds the first");
	is(control_open(&second, &bench.loop, longer, methods, NULL), -ENAMETOOLONG,
		"a path too long for a socket");
	ok(control_open(&second, &bench.loop, "/nonexistent/x.sock", methods, NULL) < 0,
		"a folder that is not there");
	ok(!second, "an error gives nothing back");
	turn(3);
}

static void test_close(void)
{
	int fd = dial(), busy = dial();
	bench.open_count = 0;
	say(busy, CALL("later"));
	turn(3);
	say(fd, CALL("quit") ECHO_A);
	is_text(hear(fd), "(closed)", "a handler may close the service");
	is_text(hear(busy), "(closed)", "... and with it all clients");
	answer_open(0, "after the end");
	turn(3);
	close(fd);
	close(busy);
	is(uv_loop_close(&bench.loop), 0, "nothing is left in the loop");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&bench.loop);
	snprintf(bench.path, sizeof bench.path, "/tmp/theca-control-%d.sock", (int)getpid());
	is(control_open(&bench.control, &bench.loop, bench.path, methods, &bench), 0, "open");
	test_lines();
	test_nesting();
	test_split();
	test_pipeline();
	test_long_lines();
	test_half_line();
	test_later();
	test_half_closed();
	test_open_limit();
	test_follow();
	test_deaf_follower();
	test_never_reads();
	test_slow_reader();
	test_crowd();
	test_peers();
	test_open_dead();
	test_open_errors();
	test_close();
	return done_testing();
}
