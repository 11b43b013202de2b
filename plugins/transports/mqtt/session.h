/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library holds of a connection, and the thread that connects it. The thread and the loop
 * share a session; whoever parts last frees it.
 */
#ifndef SESSION_H
#define SESSION_H

#include <mosquitto.h>
#include <stdatomic.h>
#include "broker.h"

struct session {
	struct mosquitto *mosquitto;
	char *host;
	int port, keep_alive_s;
	bool again;  /* it has been connected before */
	int result;  /* of the last attempt: 0 or MOSQ_ERR_... */
	int error;   /* errno of it */
	int end;     /* the thread closes it when the attempt has ended */
	atomic_bool parted; /* one of both is done with it */
	char why[160]; /* the library's last words about an error, or "" */
	struct broker *broker; /* for the callbacks, which come on the loop only */
};

typedef void session_connected(struct mosquitto *, void *session, int reason, int flags,
	const mosquitto_property *);
typedef void session_published(struct mosquitto *, void *session, int id, int reason,
	const mosquitto_property *);

/* NULL: out of memory, or the settings are not usable; `why` says which (160 bytes). */
struct session *session_create(const struct broker_settings *, struct broker *,
	session_connected *, session_published *, char *why);
void session_destroy(struct session *);
/* Begins an attempt in its thread, which closes `end` at its end. Until then the session is the
 * thread's. 0 or -errno: no thread, `end` is still open. */
int session_connect(struct session *, int end);
/* The attempt has ended: the session is the loop's again. */
void session_take_back(struct session *);
/* Nobody waits for the attempt. The session is not the caller's any more. */
void session_abandon(struct session *);
/* Connected: the library's words are not wanted any more; they cost as much as a message. */
void session_hush(struct session *);
/* In words, for people. */
const char *session_error(const struct session *, int result, int error);

#endif
