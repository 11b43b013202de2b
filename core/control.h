/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: JSON-RPC 2.0, one object a line, on a Unix socket of mode 0660 whose peers are
 * checked (SO_PEERCRED: our own user, root, or a member of the socket's group). Requests are parsed
 * by jansson with duplicates refused; answers are written by emit.h without allocation. A client is
 * bounded in line length (64 KiB), open requests (32), unread output (1 MiB: then it is cut off) and
 * idle half lines (10 s); it can hurt nobody but itself. At most 64 clients.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <jansson.h>
#include <uv.h>
#include "emit.h"

struct control;
struct control_request; /* one open request; ends by control_answer() or control_fail() */

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

/* A handler writes its result into `reply` (a value under the key "result" is opened by the caller:
 * write with key NULL one object, array or scalar) and returns 0; or it returns CONTROL_LATER and
 * ends the request later; or it calls control_fail() and returns CONTROL_LATER. */
#define CONTROL_LATER 1

struct control_method {
	const char *name;   /* `pump.bolus` */
	const char *params; /* one line for people and for rpc.discover: `pump, volume, over?` */
	const char *help;   /* one sentence */
	int (*call)(void *user, struct control_request *, const json_t *params, struct emit *reply);
};

/* `methods` ends with a NULL name; `rpc.discover` is added by itself. -EADDRINUSE when a service
 * answers there; a dead socket file is replaced. */
int control_open(struct control **, uv_loop_t *, const char *path, const struct control_method *,
	void *user);
void control_close(struct control *); /* stops listening, closes clients, removes the file */
/* Closed and freed? For the loop's end; control_close() must come first. */

/* Who asks: `alice` or `uid 1000`; valid during the request. */
const char *control_who(const struct control_request *);
/* Starts a result that comes later: write one value with key NULL, then control_answer(). */
struct emit *control_reply(struct control_request *);
void control_answer(struct control_request *);
__attribute__((format(printf, 4, 5))) void control_fail(struct control_request *, int error,
	const char *data_json, const char *format, ...);

/* Notifications: a client that called a method which subscribes gets these lines. `json` is one
 * complete object without newline. Clients above 1 MiB of unread output are cut off. */
void control_subscribe(struct control_request *);
void control_notify(struct control *, const char *json, size_t length);
size_t control_subscribers(const struct control *);

#endif
