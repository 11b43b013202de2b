/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way of a command: holder and guard say yes, its intent is on disk, the driver is called,
 * its outcome is journalled. A halt goes first and is written after. Who bypasses this file
 * bypasses the guard; nobody does.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "bench/bench.h"

#define COMMAND_DEADLINE_NS (10 * THECA_SECOND_NS) /* wall time: unanswered by then it is uncertain */

struct command_request {
	struct instance *target; /* a pump or an instrument */
	struct theca_command command; /* size and token are filled in */
	const char *who;         /* interned */
	struct instance *asker;  /* a procedure that may hold the pump; NULL */
	bool patient;            /* at the patient's press */
	const char *accepted_by; /* who accepts a soft limit for this, interned; NULL: nobody */
	bool account_only;       /* the pump does it by itself; only the account follows */
	const struct mix *mix;   /* a refill's; NULL: as before */
	command_ended *ended;    /* called once if this returns 0, perhaps before it returns; NULL */
	void *user;
};

/* 0: taken. -EACCES: the guard said no, or wants a confirmation (`verdict`); -EBUSY: another command
 * of this pump is open; -ENOTSUP: it has no such operation; else the driver's own. */
int command_submit(struct bench *, const struct command_request *, struct guard_verdict *verdict,
	uint64_t *token);

/* theca_done() arrives here. 0 or -ENOENT. */
int command_done(struct instance *, uint64_t token, int outcome, const char *reason);
/* A pump that cannot be read is settled by a halt that was done: now it is known what it does. What
 * was counted stays. */
void command_halted(struct instance *pump, const struct theca_command *, int outcome, int64_t now_ns);
/* All intents up to this number are on disk. */
void command_durable(struct bench *, uint64_t number);
/* The bench time at which the pump's open command is given up; THECA_NEVER. */
int64_t command_deadline(const struct instance *);
void command_expire(struct instance *);
/* Another thing of this pump changed: account, program, model. Sets its next deadline. */
void command_reschedule(struct instance *pump);
/* The refusal of a pump that a procedure holds, with its name. */
struct guard_verdict command_held(const struct instance *pump);
/* A sentence for a refusal, with the drugs' names. */
void command_explain(struct bench *, const struct guard_verdict *, char *out, size_t size);

#endif
