/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC 2.0 as text (see rpc.h). jansson does the parsing; what is added here is what may be
 * asked, and messages that say what was wrong with it.
 */
#include "control/rpc.h"
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 40 /* of a client's own words that a message repeats */

/* -- lines ------------------------------------------------------------------------------------ */

void rpc_lines_init(struct rpc_lines *lines, char *bytes, size_t size)
{
	*lines = (struct rpc_lines){.bytes = bytes, .size = size};
}

char *rpc_lines_room(struct rpc_lines *lines, size_t *room)
{
	if (lines->taken > 0) {
		lines->length -= lines->taken;
		lines->seen -= lines->taken;
		memmove(lines->bytes, lines->bytes + lines->taken, lines->length);
		lines->taken = 0;
	}
	*room = lines->size - lines->length;
	return lines->bytes + lines->length;
}

void rpc_lines_add(struct rpc_lines *lines, size_t count)
{
	lines->length += count;
}

bool rpc_lines_waiting(struct rpc_lines *lines)
{
	const char *from = lines->bytes + lines->seen;
	const char *newline = lines->seen < lines->length
				      ? memchr(from, '\n', lines->length - lines->seen)
				      : NULL;
	lines->seen = newline ? (size_t)(newline - lines->bytes) : lines->length;
	return newline != NULL;
}

const char *rpc_lines_next(struct rpc_lines *lines, size_t *length)
{
	if (!rpc_lines_waiting(lines))
		return NULL;
	const char *line = lines->bytes + lines->taken;
	*length = lines->seen - lines->taken;
	lines->taken = ++lines->seen;
	return line;
}

bool rpc_lines_half(const struct rpc_lines *lines)
{
	return lines->taken < lines->length;
}

bool rpc_lines_overlong(const struct rpc_lines *lines)
{
	return lines->length - lines->taken == lines->size;
}

bool rpc_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

/* -- requests --------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static int wrong(
	char why[RPC_WHY], int error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why, RPC_WHY, format, arguments);
	va_end(arguments);
	return error;
}

/* A name of the client's, but not a screenful of it. */
static const char *shown(const char *name)
{
	return strlen(name) <= NAME_MAX_BYTES ? name : "(a long name)";
}

static int not_json(char why[RPC_WHY], json_error_t *error)
{
	/* what follows "near" repeats the input, cut anywhere: no use in a message */
	char *near = strstr(error->text, " near ");
	if (near)
		*near = '\0';
	return wrong(why, CONTROL_PARSE, "not JSON: %s, at byte %d", error->text, error->position);
}

static bool id_usable(const json_t *id)
{
	if (json_is_string(id))
		return json_string_length(id) <= RPC_ID_MAX;
	return json_is_integer(id) || json_is_null(id);
}

static int read_id(struct rpc_request *request, char why[RPC_WHY])
{
	const json_t *id = json_object_get(request->root, "id");
	if (id && !id_usable(id))
		return wrong(why, CONTROL_INVALID,
			"`id` is a whole number, a text of at most %d bytes, or null", RPC_ID_MAX);
	request->id = id;
	return 0;
}

static int check_members(const json_t *root, char why[RPC_WHY])
{
	static const char *const members[] = {"jsonrpc", "id", "method", "params", NULL};
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)root, name, value)
	{
		size_t i = 0;
		while (members[i] && strcmp(members[i], name))
			i++;
		if (!members[i])
			return wrong(why, CONTROL_INVALID,
				"unknown member `%s`; a request has jsonrpc, id, method, params",
				shown(name));
	}
	return 0;
}

static int read_members(struct rpc_request *request, char why[RPC_WHY])
{
	const char *version = json_string_value(json_object_get(request->root, "jsonrpc"));
	if (!version || strcmp(version, "2.0"))
		return wrong(why, CONTROL_INVALID, "`jsonrpc` is \"2.0\" in each request");
	request->method = json_string_value(json_object_get(request->root, "method"));
	if (!request->method)
		return wrong(why, CONTROL_INVALID, "`method` is missing, or not a text");
	request->params = json_object_get(request->root, "params");
	if (request->params && !json_is_object(request->params))
		return wrong(why, CONTROL_BAD_PARAMS,
			"`params` is an object: parameters have names, not positions");
	return check_members(request->root, why);
}

int rpc_read(struct rpc_request *request, const char *line, size_t length, char why[RPC_WHY])
{
	json_error_t error;
	*request = (struct rpc_request){.id = json_null()};
	request->root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	if (!request->root)
		return not_json(why, &error);
	if (json_is_array(request->root))
		return wrong(why, CONTROL_INVALID,
			"batches are not served: send one request a line, as many as you like");
	if (!json_is_object(request->root))
		return wrong(why, CONTROL_INVALID, "a request is an object");
	int rc = read_id(request, why);
	return rc ? rc : read_members(request, why);
}

void rpc_finish(struct rpc_request *request)
{
	json_decref(request->root);
	*request = (struct rpc_request){0};
}

/* -- parameters ------------------------------------------------------------------------------- */

/* One group of a method's line: `pump`, `over?`, `volume | dose`. */
struct group {
	size_t given; /* how many of its names are there */
	bool optional;
	const char *text; /* into the line */
	int length;
};

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static bool is_given(const json_t *params, const char *name, size_t length)
{
	char key[NAME_MAX_BYTES + 1];
	snprintf(key, sizeof key, "%.*s", (int)length, name);
	return json_object_get(params, key) != NULL;
}

/* Reads one group and returns what follows it. */
static const char *read_group(const char *text, const json_t *params, struct group *group)
{
	*group = (struct group){.text = text};
	for (; *text && *text != ','; text++) {
		size_t length = name_length(text);
		if (length > 0) {
			group->given += is_given(params, text, length);
			text += length - 1;
		} else if (*text == '?') {
			group->optional = true;
		}
	}
	group->length = (int)(text - group->text);
	return text + strspn(text, ", ");
}

static bool is_expected(const char *expected, const char *name)
{
	size_t wanted = strlen(name), length;
	for (; *expected; expected += length ? length : 1) {
		length = name_length(expected);
		if (length == wanted && !memcmp(expected, name, length))
			return true;
	}
	return false;
}

static int unknown_name(const char *expected, const json_t *params, char why[RPC_WHY])
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)params, name, value)
	{
		if (!is_expected(expected, name))
			return wrong(why, CONTROL_BAD_PARAMS, "no parameter `%s`; there is: %s",
				shown(name), *expected ? expected : "none");
	}
	return 0;
}

int rpc_check_params(const char *expected, const json_t *params, char why[RPC_WHY])
{
	size_t given = 0;
	for (const char *at = expected; *at;) {
		struct group group;
		at = read_group(at, params, &group);
		given += group.given;
		if (group.given == 0 && !group.optional)
			return wrong(why, CONTROL_BAD_PARAMS, "`%.*s` is missing; there is: %s",
				group.length, group.text, expected);
		if (group.given > 1)
			return wrong(why, CONTROL_BAD_PARAMS, "only one of `%.*s` can be given",
				group.length, group.text);
	}
	return given == json_object_size(params) ? 0 : unknown_name(expected, params, why);
}

/* -- answers ---------------------------------------------------------------------------------- */

static void open_answer(struct emit *emit, char *out, size_t size, const json_t *id)
{
	emit_init(emit, out, size);
	emit_open(emit, NULL, '{');
	emit_text(emit, "jsonrpc", "2.0");
	if (json_is_integer(id))
		emit_int(emit, "id", json_integer_value(id));
	else
		emit_text(emit, "id", json_string_value(id));
}

size_t rpc_result_open(struct emit *emit, char *out, size_t size, const json_t *id)
{
	open_answer(emit, out, size, id);
	emit_raw(emit, "result", "");
	emit->comma = false; /* the value comes right after the colon */
	return emit->length;
}

size_t rpc_result_close(struct emit *emit, size_t opened)
{
	if (emit->length == opened)
		emit_raw(emit, NULL, "null");
	emit_close(emit, '}');
	return emit->full ? 0 : emit->length;
}

size_t rpc_error(char *out, size_t size, const json_t *id, int error, const char *message,
	const char *data_json)
{
	struct emit emit;
	open_answer(&emit, out, size, id);
	emit_open(&emit, "error", '{');
	emit_int(&emit, "code", error);
	emit_text(&emit, "message", message);
	bool full = emit.full;
	if (data_json)
		emit_raw(&emit, "data", data_json);
	emit.full = full; /* better an answer without data than none */
	emit_close(&emit, '}');
	emit_close(&emit, '}');
	return emit.full ? 0 : emit.length;
}
