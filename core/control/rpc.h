/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC 2.0 as text: bytes to lines, a line to a request, an answer to a line. No socket, no
 * state beyond a line buffer, so that tests and the fuzzer feed it bytes; control.c owns the socket.
 * Stricter than the standard where a slip could move fluid: unknown members, unknown or missing
 * parameters, duplicate keys, parameters by position and batches are refused.
 */
#ifndef RPC_H
#define RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/emit.h"

#define RPC_LINE_MAX 65536 /* bytes of a line, its newline apart */
#define RPC_ID_MAX 128     /* bytes of an id that is a text */
#define RPC_WHY 320

/* JSON-RPC's own error numbers, and ours. */
enum control_error {
	CONTROL_PARSE = -32700,
	CONTROL_INVALID = -32600,
	CONTROL_NO_METHOD = -32601,
	CONTROL_BAD_PARAMS = -32602,
	CONTROL_INTERNAL = -32603,
	CONTROL_REFUSED = -32000,   /* the guard or a holder said no; data.limit names it */
	CONTROL_NEEDS_CONFIRM = -32001, /* a soft limit: ask again with confirm */
	CONTROL_FAILED = -32002,    /* the pump did not do it */
	CONTROL_UNCERTAIN = -32003, /* it is not known whether it did */
	CONTROL_NOT_FOUND = -32004, /* no such instance, plan, alarm */
	CONTROL_STALE = -32005,     /* the plan is not the one that was shown any more */
};

/* Bytes as they come, cut into lines in place. */
struct rpc_lines {
	char *bytes;   /* the caller's, `size` of them */
	size_t size;
	size_t length; /* bytes held */
	size_t taken;  /* ... of which lines were given out */
	size_t seen;   /* ... of which it is known that no newline is after `taken` */
};

void rpc_lines_init(struct rpc_lines *, char *bytes, size_t size);
/* Where the next bytes go, and how many fit; lines given out before are overwritten. */
char *rpc_lines_room(struct rpc_lines *, size_t *room);
void rpc_lines_add(struct rpc_lines *, size_t count);
/* The next whole line without its newline, or NULL; valid until rpc_lines_room(). */
const char *rpc_lines_next(struct rpc_lines *, size_t *length);
bool rpc_lines_waiting(struct rpc_lines *); /* is there a whole line? */
bool rpc_lines_half(const struct rpc_lines *); /* bytes are held that no line has taken */
bool rpc_lines_overlong(const struct rpc_lines *); /* nothing more fits, and still no newline */

/* What one line asks. All pointers are into `root`. */
struct rpc_request {
	json_t *root;
	const json_t *id;     /* NULL: a notification, which gets no answer */
	const char *method;
	const json_t *params; /* an object, or NULL */
};

/* 0, or a control_error and why; `id` is then what the error answers (null if unreadable). After
 * either, rpc_finish(). */
int rpc_read(struct rpc_request *, const char *line, size_t length, char why[RPC_WHY]);
void rpc_finish(struct rpc_request *);
bool rpc_blank(const char *line, size_t length);

/* Holds parameters to a method's line for people: `pump, volume | dose, over?, confirm?`. Names are
 * separated by commas; `?` may be left out; of names joined by `|` one and only one is given. */
int rpc_check_params(const char *expected, const json_t *params, char why[RPC_WHY]);

/* {"jsonrpc":"2.0","id":...,"result": and then one value with key NULL is written. Returns the
 * length so far, for rpc_result_close(). */
size_t rpc_result_open(struct emit *, char *out, size_t size, const json_t *id);
/* Closes it; a result that was not written is null. Returns the length, 0: it did not fit. */
size_t rpc_result_close(struct emit *, size_t opened);
/* A whole error answer; `data_json` (or NULL) is dropped when it does not fit. */
size_t rpc_error(char *out, size_t size, const json_t *id, int error, const char *message,
	const char *data_json);

#endif
