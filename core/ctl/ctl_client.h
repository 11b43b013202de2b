/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of control.h, blocking: one request, wait for its answer. Whoever asked for
 * something that changes the bench and lost the answer does not know whether it happened, and is
 * told so.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What thecactl exits with. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1, /* refused, or failed: it did not happen */
	CTL_USAGE = 2,
	CTL_NO_SERVICE = 3,
	CTL_UNCERTAIN = 4, /* it may have happened */
};

struct ctl_client {
	const char *path;
	int fd;         /* -1: not connected */
	int timeout_ms; /* for one answer */
	int id;
	char *bytes; /* what was read and not taken yet */
	size_t length, size, taken;
	json_t *early; /* notifications that came before an answer */
	int error;     /* of the last call: an enum control_error, or 0 */
	char why[1200];
};

/* CTL_OK or CTL_NO_SERVICE and `why`. */
int ctl_connect(struct ctl_client *, const char *path, int timeout_ms);
void ctl_disconnect(struct ctl_client *);

/* Takes `params` (NULL: none); gives *result, which the caller releases. `changes`: a lost answer
 * is uncertain, not merely no service. Otherwise `error` and `why` say what was wrong. */
int ctl_call(struct ctl_client *, const char *method, json_t *params, bool changes,
	json_t **result);

/* The params of the next notification, NULL after `timeout_ms` (-1: never) or when the connection
 * is lost: `fd` is then -1. */
json_t *ctl_next(struct ctl_client *, int timeout_ms);

#endif
