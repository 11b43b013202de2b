/* SPDX-License-Identifier: Apache-2.0 */
/* What the methods of the control socket share: parameters read from JSON, answers written to it. */
#ifndef METHOD_H
#define METHOD_H

#include "bench/command.h"
#include "control/control.h"

/* -- parameters: who finds one wrong fails the request ------------------------------------------ */

const char *parameter_text(const json_t *params, const char *key); /* NULL: not there */
/* Who accepts soft limits: the asker, when the request says so; else NULL. */
const char *parameter_accepting(
	struct bench *, const struct control_request *, const json_t *params);
/* The instance of this kind that a parameter names; NULL: the request has been failed. */
struct instance *parameter_instance(struct bench *, struct control_request *, const json_t *params,
	const char *key, enum module_kind);
struct instance *parameter_pump(struct bench *, struct control_request *, const json_t *params);
/* 0, or -EINVAL and the request has been failed. */
int parameter_quantity(struct control_request *, enum theca_dimension, const char *text, int64_t *value);

/* -- answers ---------------------------------------------------------------------------------- */

/* Who asks, as it is journalled. */
const char *method_asker(struct bench *, const struct control_request *);
/* A command_ended: the end of a command is the answer to the request that is `user`. */
void method_answer(void *user, uint64_t token, int outcome, const char *reason);
/* What submitting said, when it was not taken. */
void method_refuse(struct bench *, struct control_request *, int result, const struct guard_verdict *);
/* Results of a method: what is missing; done at once. */
int method_missing(struct control_request *, const char *what);
int method_done(struct emit *reply);

#endif
