/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/treatment.h"

#include <errno.h>
#include <string.h>
#include "bench/event.h"
#include "bench/playing.h"
#include "bench/simulation.h"

static int64_t nearest(void *user, int64_t wanted_pl_per_day)
{
	const struct instance *pump = user;
	return pump->module->pump.nearest(pump->self, wanted_pl_per_day);
}

static int resolve(struct instance *pump, struct program *program, char *why, size_t why_size)
{
	struct mix_names names = bench_drugs(pump->bench);
	bool steps = pump->module->pump.nearest && pump->self;

	return program_resolve(program, &pump->pump->account.mix, steps ? nearest : NULL, pump, &names,
		why, why_size);
}

int treatment_judge(struct instance *pump, struct program *program, struct guard_verdict *verdict,
	char *why, size_t why_size)
{
	int result = resolve(pump, program, why, why_size);
	if (result)
		return result;
	*verdict = pump_judge_program(&pump->pump->account, program, pump->bench->now_ns);
	return 0;
}

static int refuse(struct instance *pump, const struct guard_verdict *verdict, uint32_t verb, const char *who)
{
	char text[256];
	command_explain(pump->bench, verdict, text, sizeof text);
	struct theca_event event = {
		.kind = THECA_EVENT_REFUSED,
		.instance = pump->number,
		.command = {.size = sizeof event.command, .verb = verb},
		.code = guard_code(verdict->limit),
		.who = who,
		.text = text,
	};
	event_emit(pump->bench, &event);
	return -EACCES;
}

int64_t treatment_low_ns(const struct instance *pump)
{
	const struct pump_part *part = pump->pump;
	const struct program_patient *patient = &part->program.patient;
	const struct pump *account = &part->account;
	int64_t rate_pl_per_day = account->rate_pl_per_day, boluses_pl;

	if (account->started) {
		rate_pl_per_day = program_day_volume_pl(&part->program);
		if (part->program.has_patient && (__builtin_mul_overflow(patient->volume_pl,
							  patient->at_most, &boluses_pl) ||
							 __builtin_add_overflow(rate_pl_per_day,
								 boluses_pl, &rate_pl_per_day)))
			rate_pl_per_day = INT64_MAX;
	}
	return pump_reaches_ns(account, account->range.low_reservoir_pl, rate_pl_per_day);
}

/* Allowed as a whole, or accepted by name? */
static int admit(struct instance *pump, struct guard_verdict *verdict, const char *who, const char *accepted_by)
{
	char text[256];

	if (verdict->decision == GUARD_ALLOW)
		return 0;
	if (verdict->decision == GUARD_REFUSE || !accepted_by)
		return refuse(pump, verdict, THECA_START, who);
	command_explain(pump->bench, verdict, text, sizeof text);
	event_say(pump->bench, THECA_EVENT_NOTE, pump, guard_code(verdict->limit), accepted_by,
		"soft limit accepted: %s", text);
	return 0;
}

int treatment_start(struct instance *pump, const char *who, const char *accepted_by, command_ended *ended,
	void *user, struct guard_verdict *verdict)
{
	struct pump_part *part = pump->pump;
	char why[160];

	*verdict = (struct guard_verdict){0};
	if (part->account.started)
		return -EALREADY;
	if (!part->program.basal_count && !part->program.has_patient) {
		*verdict = guard_refuse(GUARD_NO_PROGRAM);
		return refuse(pump, verdict, THECA_START, who);
	}
	if (part->holder) {
		*verdict = command_held(pump);
		return refuse(pump, verdict, THECA_START, who);
	}
	simulation_advance(pump);
	pump_advance(&part->account, pump->bench->now_ns);
	int result = treatment_judge(pump, &part->program, verdict, why, sizeof why);
	if (!result)
		result = admit(pump, verdict, who, accepted_by);
	if (result)
		return result;
	part->accepted_by = accepted_by;
	part->account.started = true;
	part->plays_itself = false;
	event_say(pump->bench, THECA_EVENT_STATE, pump, "started", who, "therapy started");
	return playing_begin(pump, &(struct playing){ended, user, who}, verdict);
}

int treatment_press(struct instance *pump, const char *who, command_ended *ended, void *user,
	struct guard_verdict *verdict)
{
	struct pump_part *part = pump->pump;
	const struct program_patient *patient = &part->program.patient;
	struct command_request request = {
		.target = pump,
		.command = {.verb = THECA_BOLUS},
		.who = who,
		.patient = true,
		.ended = ended,
		.user = user,
	};
	int result;

	if (!part->account.started || !part->program.has_patient) {
		*verdict = guard_refuse(part->account.started ? GUARD_NO_PROGRAM : GUARD_NOT_STARTED);
		result = refuse(pump, verdict, THECA_PRESS, who);
	} else {
		request.command.volume_pl = patient->volume_pl;
		request.command.duration_ns = patient->duration_ns;
		result = command_submit(pump->bench, &request, verdict, NULL);
	}
	if (part->course && result) /* what was taken is counted by its outcome */
		part->course->refused++;
	return result;
}

int treatment_halt(struct instance *pump, const char *who, struct instance *asker, command_ended *ended,
	void *user)
{
	struct guard_verdict verdict;
	struct command_request request = {
		.target = pump,
		.command = {.verb = THECA_HALT},
		.who = who,
		.asker = asker,
		.ended = ended,
		.user = user,
	};
	int result = command_submit(pump->bench, &request, &verdict, NULL);

	if (result == -EACCES) /* it cannot halt: what it does goes on */
		return result;
	if (pump->pump->account.started) {
		pump->pump->account.started = false;
		event_say(pump->bench, THECA_EVENT_STATE, pump, "halted", who, "therapy halted");
	}
	playing_end(pump);
	return result;
}

int treatment_prescribe(struct instance *pump, struct program *program, const char *who, const char *accepted_by,
	struct guard_verdict *verdict)
{
	struct pump_part *part = pump->pump;
	struct mix_names names = bench_drugs(pump->bench);
	char why[160], text[512];

	pump_advance(&part->account, pump->bench->now_ns);
	int result = treatment_judge(pump, program, verdict, why, sizeof why);
	if (!result)
		result = admit(pump, verdict, who, accepted_by);
	if (result)
		return result;
	program_finish(&part->program);
	part->program = *program;
	program_init(program);
	program_print(&part->program, &names, text, sizeof text);
	event_say(pump->bench, THECA_EVENT_PROGRAM, pump, "prescribed", who, "%s", text);
	part->accepted_by = accepted_by;
	part->plays_itself = false;
	if (part->account.started)
		playing_next(pump, who);
	return 0;
}

/* A limit would be passed if this went on: the guard halts. */
static void halt_at_limit(struct instance *pump)
{
	struct guard_verdict verdict;
	char text[256];

	if (pump_deadline(&pump->pump->account, &verdict) > pump->bench->now_ns) {
		pump->pump->limit_reached = false;
		return;
	}
	if (pump->pump->limit_reached)
		return;
	pump->pump->limit_reached = true;
	command_explain(pump->bench, &verdict, text, sizeof text);
	event_alarm(pump, THECA_HIGH, "limit-reached", "halted by the guard: %.120s", text);
	if (pump->module->pump.halt)
		treatment_halt(pump, "guard", NULL, NULL, NULL);
}

/* Low and empty by the account, whatever the pump itself says (SR-20). */
static void watch_reservoir(struct instance *pump)
{
	const struct pump *account = &pump->pump->account;
	int64_t left_pl = pump_reservoir_pl(account);

	if (!pump_flow_pl_per_day(account))
		return;
	if (left_pl <= account->range.low_reservoir_pl)
		event_alarm(pump, THECA_LOW, "low-reservoir", "the reservoir is low: %.2f mL by the account",
			(double)left_pl / 1e9);
	if (left_pl <= account->range.residual_pl)
		event_alarm(pump, THECA_HIGH, "empty-reservoir", "nothing is left that could be delivered");
}

void treatment_due(void *user, int64_t now_ns)
{
	struct instance *pump = user;
	struct pump_part *part = pump->pump;

	simulation_advance(pump);
	pump_advance(&part->account, now_ns);
	if (part->simulation_ns <= now_ns)
		simulation_changed(pump);
	if (part->magnet_until_ns <= now_ns) {
		part->magnet_until_ns = THECA_NEVER;
		simulation_magnet(pump, 0);
		event_say(pump->bench, THECA_EVENT_STATE, pump, "magnet-gone", "scenario",
			"the magnetic field is gone");
	}
	command_expire(pump);
	if (part->next_change_ns <= now_ns)
		playing_next(pump, "program");
	halt_at_limit(pump);
	watch_reservoir(pump);
	command_reschedule(pump);
}
