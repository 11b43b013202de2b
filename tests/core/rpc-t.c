/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-RPC as text: lines out of pieces, requests, parameters held to a method's line, answers. */
#include "control/rpc.h"
#include "tap.h"
#include <stdlib.h>

/* -- lines ------------------------------------------------------------------------------------ */

static void put(struct rpc_lines *lines, const char *text)
{
	size_t room;
	char *to = rpc_lines_room(lines, &room);
	size_t length = strlen(text) < room ? strlen(text) : room;
	memcpy(to, text, length);
	rpc_lines_add(lines, length);
}

static bool next_is(struct rpc_lines *lines, const char *want)
{
	size_t length;
	const char *line = rpc_lines_next(lines, &length);
	if (!line || !want)
		return !line && !want;
	return length == strlen(want) && !memcmp(line, want, length);
}

static void test_lines(void)
{
	struct rpc_lines lines;
	char bytes[8];
	rpc_lines_init(&lines, bytes, sizeof bytes);
	ok(next_is(&lines, NULL) && !rpc_lines_half(&lines), "nothing in nothing");
	put(&lines, "ab");
	ok(next_is(&lines, NULL) && rpc_lines_half(&lines), "half a line");
	put(&lines, "c\n\nd");
	ok(rpc_lines_waiting(&lines) && rpc_lines_waiting(&lines), "a line waits, and goes on to");
	ok(next_is(&lines, "abc"), "a line of two pieces");
	ok(next_is(&lines, ""), "an empty line");
	ok(next_is(&lines, NULL) && rpc_lines_half(&lines), "the beginning of another");
	put(&lines, "efghijk");
	ok(!rpc_lines_waiting(&lines) && rpc_lines_overlong(&lines), "a line that does not fit");
	rpc_lines_init(&lines, bytes, sizeof bytes);
	put(&lines, "1234567\n");
	ok(next_is(&lines, "1234567") && !rpc_lines_half(&lines), "a line that just fits");
	put(&lines, "x\n");
	ok(next_is(&lines, "x"), "the room is used again");
}

/* Whatever the pieces, the lines are the same. */
static void test_pieces(void)
{
	static const char text[] = "one\n\ntwo two\nthree\n4\n";
	static const char *const want[] = {"one", "", "two two", "three", "4", NULL};
	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct rpc_lines lines;
		char bytes[64], part[64];
		size_t got = 0, right = 0, length;
		rpc_lines_init(&lines, bytes, sizeof bytes);
		for (size_t at = 0; at < sizeof text - 1; at += piece) {
			const char *line;
			snprintf(part, sizeof part, "%.*s", (int)piece, text + at);
			put(&lines, part);
			for (; (line = rpc_lines_next(&lines, &length)); got++)
				right += want[got] && strlen(want[got]) == length &&
					 !memcmp(line, want[got], length);
		}
		if (got != 5 || right != 5)
			ok(false, "pieces of %zu bytes", piece);
	}
	ok(true, "lines from pieces of 1 to %zu bytes", sizeof text - 1);
}

static void test_blank(void)
{
	ok(rpc_blank("", 0) && rpc_blank(" \t\r", 3), "blank lines");
	ok(!rpc_blank(" x", 2) && !rpc_blank("\0", 1), "lines that are not");
}

/* -- parameters ------------------------------------------------------------------------------- */

static const struct params_case {
	const char *expected, *params, *why; /* why NULL: all right */
} params_cases[] = {
	{"", NULL, NULL},
	{"", "{}", NULL},
	{"", "{\"a\":1}", "no parameter `a`; there is: none"},
	{"a", "{\"a\":1}", NULL},
	{"a", "{\"a\":null}", NULL},
	{"a", NULL, "`a` is missing; there is: a"},
	{"a?", NULL, NULL},
	{"a?", "{\"a\":1}", NULL},
	{"a?", "{\"b\":1}", "no parameter `b`; there is: a?"},
	{"a, b", "{\"b\":1}", "`a` is missing; there is: a, b"},
	{"a, b?", "{\"a\":1}", NULL},
	{"a,b?", "{\"a\":1,\"b\":2}", NULL},
	{"ab, abc?", "{\"abc\":1,\"ab\":2}", NULL},
	{"abc", "{\"ab\":1}", "`abc` is missing; there is: abc"},
	{"ab?", "{\"abc\":1}", "no parameter `abc`; there is: ab?"},
	{"a | b", "{\"a\":1}", NULL},
	{"a | b", "{\"b\":1}", NULL},
	{"a | b", "{}", "`a | b` is missing; there is: a | b"},
	{"a | b", "{\"a\":1,\"b\":2}", "only one of `a | b` can be given"},
	{"a | b?", "{}", NULL},
	{"a | b | c, d", "{\"c\":1,\"d\":2}", NULL},
	{"a | b?", "{\"a\":1,\"b\":2}", "only one of `a | b?` can be given"},
	{"a", "{\"a\":1,\"\":2}", "no parameter ``; there is: a"},
	{"a", "{\"a\":1,\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\":2}",
		"no parameter `(a long name)`; there is: a"},
	{"with_2_words?", "{\"with_2_words\":1}", NULL},
};

static void test_params(void)
{
	for (size_t i = 0; i < sizeof params_cases / sizeof *params_cases; i++) {
		const struct params_case *c = &params_cases[i];
		json_t *params = c->params ? json_loads(c->params, 0, NULL) : NULL;
		char why[RPC_WHY] = "";
		int rc = rpc_check_params(c->expected, params, why);
		ok(rc == (c->why ? CONTROL_BAD_PARAMS : 0) && !strcmp(why, c->why ? c->why : ""),
			"`%s` given %s", c->expected, c->params ? c->params : "nothing");
		if (strcmp(why, c->why ? c->why : ""))
			printf("# got %s\n# want %s\n", why, c->why ? c->why : "nothing");
		json_decref(params);
	}
}

/* -- requests and answers --------------------------------------------------------------------- */

static void test_request(void)
{
	struct rpc_request request;
	char why[RPC_WHY], id[RPC_ID_MAX + 64];
	const char *line =
		"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"m\",\"params\":{\"a\":1}}";
	is(rpc_read(&request, line, strlen(line), why), 0, "a request");
	is_text(request.method, "m", "its method");
	is_text(json_string_value(request.id), "x", "its id");
	is(json_object_size(request.params), 1, "its parameters");
	rpc_finish(&request);
	line = "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}";
	is(rpc_read(&request, line, strlen(line), why), 0, "a notification");
	ok(!request.id && !request.params, "it has neither id nor parameters");
	rpc_finish(&request);
	for (int extra = 0; extra < 2; extra++) {
		int length = snprintf(id, sizeof id,
			"{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":"
			"\"%0*d\"}",
			RPC_ID_MAX + extra, 0);
		is(rpc_read(&request, id, (size_t)length, why), extra ? CONTROL_INVALID : 0,
			"an id of %d bytes", RPC_ID_MAX + extra);
		ok(extra ? json_is_null(request.id) : json_is_string(request.id), "... is %s",
			extra ? "not repeated" : "kept");
		rpc_finish(&request);
	}
	is(rpc_read(&request, "{\"a\":1,\"a\":2}", 13, why), CONTROL_PARSE, "a duplicate key");
	is_text(why, "not JSON: duplicate object key, at byte 10", "... and where it is");
	rpc_finish(&request);
}

static void test_answers(void)
{
	char out[64];
	struct emit emit;
	json_t *id = json_integer(-5);
	size_t opened = rpc_result_open(&emit, out, sizeof out, id);
	emit_open(&emit, NULL, '[');
	emit_int(&emit, NULL, 1);
	emit_close(&emit, ']');
	size_t length = rpc_result_close(&emit, opened);
	ok(length == strlen("{\"jsonrpc\":\"2.0\",\"id\":-5,\"result\":[1]}") &&
			!memcmp(out, "{\"jsonrpc\":\"2.0\",\"id\":-5,\"result\":[1]}", length),
		"a result");
	opened = rpc_result_open(&emit, out, sizeof out, id);
	emit_text(&emit, NULL, "something that is longer than the buffer");
	is(rpc_result_close(&emit, opened), 0, "a result that does not fit");
	is(rpc_error(out, sizeof out, id, CONTROL_FAILED, "something longer than that", NULL), 0,
		"an error that does not fit");
	char wide[128];
	length = rpc_error(wide, 80, id, -1, "m", "{\"data\":\"longer than all the rest of it\"}");
	wide[length] = '\0';
	is_text(wide, "{\"jsonrpc\":\"2.0\",\"id\":-5,\"error\":{\"code\":-1,\"message\":\"m\"}}",
		"data that does not fit is left out");
	json_decref(id);
}

int main(void)
{
	test_lines();
	test_pieces();
	test_blank();
	test_params();
	test_request();
	test_answers();
	return done_testing();
}
