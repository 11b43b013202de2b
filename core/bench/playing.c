/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/playing.h"

#include <errno.h>
#include <string.h>
#include "bench/event.h"

#define RETRY_NS (THECA_SECOND_NS / 10)

/* When the program changes next, in bench time. */
static void follow_program(struct instance *pump)
{
	struct pump_part *part = pump->pump;
	struct bench *bench = pump->bench;
	int64_t change_ns = THECA_NEVER;

	if (part->account.started)
		change_ns =
			program_next_change(&part->program, bench_unix_ns(bench, bench->now_ns));
	part->next_change_ns =
		change_ns == THECA_NEVER ? THECA_NEVER : change_ns - bench->clock.epoch_ns;
}

/* Nothing of the program was done: the therapy has not begun after all. */
static void not_started(struct instance *pump, const char *who, const char *reason)
{
	pump->pump->starting = false;
	pump->pump->account.started = false;
	follow_program(pump);
	event_say(pump->bench, THECA_EVENT_STATE, pump, "not-started", who, "%s", reason);
}

/* What the program asked for has ended; certainly not done is no longer what is prescribed. */
static void played(struct instance *pump, struct playing *playing, uint64_t token, int outcome,
	const char *reason)
{
	struct playing asked = *playing;

	*playing = (struct playing){0};
	if (outcome >= 0) {
		pump->pump->starting = false;
		event_clear(pump->bench, pump, "program-failed");
	} else if (pump->pump->starting)
		not_started(pump, asked.who, *reason ? reason : "the first rate was not taken");
	else if (pump->pump->account.started &&
		 outcome != -ECANCELED) /* a halt that overtook it has said so */
		event_alarm(pump, THECA_HIGH, "program-failed",
			"the program's next rate was not set (%s); the old one goes on",
			strerror(-outcome));
	if (asked.ended)
		asked.ended(asked.user, token, outcome, reason);
}

static void rate_played(void *user, uint64_t token, int outcome, const char *reason)
{
	struct instance *pump = user;
	played(pump, &pump->pump->playing[0], token, outcome, reason);
}

static void halt_played(void *user, uint64_t token, int outcome, const char *reason)
{
	struct instance *pump = user;
	played(pump, &pump->pump->playing[1], token, outcome, reason);
}

/* Makes the pump do what the program says now. */
static int play(struct instance *pump, const struct playing *asked, const char *accepted_by,
	struct guard_verdict *verdict)
{
	struct pump_part *part = pump->pump;
	struct bench *bench = pump->bench;
	int64_t rate = program_rate(&part->program, bench_unix_ns(bench, bench->now_ns));
	bool halts = rate == 0 && !part->account.range.zero_is_legal;
	struct command_request request = {
		.target = pump,
		.command = {.verb = halts ? THECA_HALT : THECA_SET_RATE, .rate_pl_per_day = rate},
		.who = asked->who,
		.accepted_by = accepted_by,
		.account_only = part->plays_itself,
		.ended = halts ? halt_played : rate_played,
		.user = pump,
	};
	if (halts ? pump->halting : pump->pending)
		return -EBUSY; /* somebody may wait for its end: his place is taken */
	follow_program(pump);
	part->playing[halts] = *asked;
	if (halts && part->account.rate_pl_per_day == 0) { /* boluses only: nothing to send */
		halt_played(pump, 0, THECA_DONE, "");
		command_reschedule(pump);
		return 0;
	}
	return command_submit(bench, &request, verdict, NULL);
}

/* The pump has taken the program over: from now on the account follows it. */
static void handed_over(void *user, uint64_t token, int outcome, const char *reason)
{
	struct instance *pump = user;
	struct playing asked = pump->pump->playing[0];
	struct guard_verdict verdict;

	if (outcome < 0) {
		played(pump, &pump->pump->playing[0], token, outcome, reason);
		return;
	}
	pump->pump->plays_itself = true;
	play(pump, &asked, NULL, &verdict);
	if (outcome == THECA_UNCERTAIN) /* it may play it: it counts, and nothing more is given */
		pump->pump->account.uncertain = true;
}

/* A pump that plays programs itself gets the whole of it first. */
static int hand_over(struct instance *pump, const struct playing *asked, const char *accepted_by,
	struct guard_verdict *verdict)
{
	struct command_request request = {
		.target = pump,
		.command = {.verb = THECA_PROGRAM},
		.who = asked->who,
		.accepted_by = accepted_by,
		.ended = handed_over,
		.user = pump,
	};
	if (pump->pending)
		return -EBUSY;
	pump->pump->playing[0] = *asked;
	return command_submit(pump->bench, &request, verdict, NULL);
}

/* What is prescribed is brought to the pump, whole or rate by rate. */
static int carry_out(struct instance *pump, const struct playing *asked, const char *accepted_by,
	struct guard_verdict *verdict)
{
	if (pump->module->pump.program && !pump->pump->plays_itself)
		return hand_over(pump, asked, accepted_by, verdict);
	return play(pump, asked, accepted_by, verdict);
}

int playing_begin(struct instance *pump, const struct playing *asked, struct guard_verdict *verdict)
{
	pump->pump->starting = true;
	int result = carry_out(pump, asked, pump->pump->accepted_by, verdict);
	if (result)
		not_started(pump, asked->who, "the first rate was not taken");
	return result;
}

void playing_next(struct instance *pump, const char *who)
{
	struct guard_verdict verdict;
	struct playing asked = {.who = who};
	int result = carry_out(pump, &asked, pump->pump->accepted_by, &verdict);

	if (result == -EBUSY) /* another command is open: the change waits for its end */
		pump->pump->next_change_ns = pump->bench->now_ns + RETRY_NS;
	else if (result)
		event_alarm(pump, THECA_HIGH, "program-refused",
			"the program's next rate was refused (%s); the old one goes on",
			result == -EACCES ? guard_code(verdict.limit) : strerror(-result));
	else
		event_clear(pump->bench, pump, "program-refused");
	command_reschedule(pump);
}

void playing_end(struct instance *pump)
{
	pump->pump->starting = false;
	follow_program(pump);
	command_reschedule(pump);
}
