/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: JSON-RPC 2.0, one object a line, on a Unix socket of mode 0660 whose peers are
 * checked (SO_PEERCRED: our own user, root, or a member of the socket's group). Requests are parsed
 * by jansson with duplicates refused; answers are written by emit.h without allocation. A client is
 * bounded in line length (64 KiB), open requests (32), unread output (1 MiB: then it is cut off) and
 * idle half lines (10 s); it can hurt nobody but itself: no more than a few of one client's requests
 * are served before it is the others' turn. At most 64 clients. SIGPIPE must be ignored by main.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <jansson.h>
#include <uv.h>
#include "base/emit.h"
#include "control/rpc.h" /* enum control_error */

struct control;
struct control_request; /* one open request; ends by control_answer() or control_fail() */

/* A handler writes its result into `reply` (a value under the key "result" is opened by the caller:
 * write with key NULL one object, array or scalar) and returns 0; or it returns CONTROL_LATER and
 * ends the request later; or it calls control_fail() and returns CONTROL_LATER. */
#define CONTROL_LATER 1

typedef int control_handler(void *user, struct control_request *, const json_t *params,
	struct emit *reply);

struct control_method {
	const char *name;   /* `pump.bolus` */
	const char *params; /* `pump, volume | dose, over?`: people read it in rpc.discover, and every
	                     * request is held to it before the handler sees it (rpc_check_params);
	                     * NULL: the handler checks names itself */
	const char *help;   /* one sentence */
	/* `params` is an object, empty when the request had none. */
	control_handler *call;
	unsigned flags;     /* CONTROL_URGENT */
};

/* Served also when the client's 32 open requests are used up: a halt never waits. */
#define CONTROL_URGENT 1u

/* `methods` ends with a NULL name; `rpc.discover` is added by itself. -EADDRINUSE when a service
 * answers there; a dead socket file is replaced, any other file is not (-EEXIST). After an error
 * the loop must still turn once, to close what was begun. */
int control_open(struct control **, uv_loop_t *, const char *path, const struct control_method *,
	void *user);
/* Stops listening, closes clients, removes the file; may be called from a handler. The memory goes
 * when the loop has turned and the last open request has ended, whose answer is dropped. */
void control_close(struct control *);
/* How long a half line may last; for tests. */
void control_set_patience(struct control *, uint64_t half_line_ms);

/* Who asks: `alice` or `uid 1000`; valid during the request. */
const char *control_who(const struct control_request *);
/* Starts a result that comes later: write one value with key NULL, then control_answer(), with no
 * other control_reply() between. Every request ends exactly once, also when its client has gone. */
struct emit *control_reply(struct control_request *);
void control_answer(struct control_request *);
__attribute__((format(printf, 4, 5))) void control_fail(struct control_request *, int error,
	const char *data_json, const char *format, ...);

/* Notifications: a client that called a method which subscribes gets these lines. `json` is one
 * complete object without newline. Clients above 1 MiB of unread output are cut off. */
void control_subscribe(struct control_request *);
void control_notify(struct control *, const char *json, size_t length);
/* The same to this request's client alone: what happened before it subscribed. */
void control_tell(struct control_request *, const char *json, size_t length);
size_t control_subscribers(const struct control *);

#endif
