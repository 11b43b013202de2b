/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bench/event.h"
#include "base/log.h"
#include "bench/simulation.h"

void command_explain(
	struct bench *bench, const struct guard_verdict *verdict, char *out, size_t size)
{
	struct mix_names names = bench_drugs(bench);
	guard_explain(verdict, &names, out, size);
}

static uint64_t journal(struct open_command *open, uint32_t kind, int outcome, const char *reason)
{
	struct theca_event event = {
		.kind = kind,
		.instance = open->target->number,
		.outcome = outcome,
		.command = open->command,
		.code = open->patient ? "patient" : "",
		.who = open->who,
		.text = reason,
	};
	return event_emit(open->target->bench, &event);
}

static void journal_refusal(
	const struct command_request *request, const struct guard_verdict *verdict)
{
	char text[256];
	command_explain(request->target->bench, verdict, text, sizeof text);
	struct theca_event event = {
		.kind = THECA_EVENT_REFUSED,
		.instance = request->target->number,
		.command = request->command,
		.code = guard_code(verdict->limit),
		.who = request->who,
		.text = text,
	};
	event.command.size = sizeof event.command;
	event_emit(request->target->bench, &event);
}

typedef int operation(void *self, const struct theca_command *);

/* Which operation of the driver a verb is; NULL: it has none. */
static operation *operation_of(const struct instance *target, uint32_t verb)
{
	const struct theca_pump *pump = &target->module->pump;
	const struct theca_instrument *instrument = &target->module->instrument;

	if (instance_is(target, MODULE_INSTRUMENT))
		switch (verb) {
		case THECA_TARE:
			return instrument->tare;
		case THECA_ZERO:
			return instrument->zero;
		case THECA_ACKNOWLEDGE:
			return instrument->acknowledge;
		case THECA_CONFIGURE:
			return instrument->configure;
		default:
			return NULL;
		}
	switch (verb) {
	case THECA_SET_RATE:
		return pump->set_rate;
	case THECA_BOLUS:
		return pump->bolus;
	case THECA_HALT:
		return pump->halt;
	case THECA_INTERROGATE:
		return pump->interrogate;
	case THECA_REFILL:
		return pump->refill;
	case THECA_PRIME:
		return pump->prime;
	case THECA_PURGE:
		return pump->purge;
	case THECA_ACKNOWLEDGE:
		return pump->acknowledge;
	case THECA_CONFIGURE:
		return pump->configure;
	default:
		return NULL;
	}
}

static bool moves_fluid(uint32_t verb)
{
	return verb == THECA_SET_RATE || verb == THECA_BOLUS || verb == THECA_PRIME ||
	       verb == THECA_PURGE || verb == THECA_HALT;
}

void command_reschedule(struct instance *pump)
{
	struct pump_part *part = pump->pump;
	struct guard_verdict limit;
	int64_t at_ns = pump_next(&part->account);
	int64_t deadline_ns = pump_deadline(&part->account, &limit);
	if (deadline_ns <= pump->bench->now_ns && part->limit_reached)
		deadline_ns =
			THECA_NEVER; /* the guard has acted; asking again would change nothing */
	const int64_t others[] = {part->next_change_ns, part->simulation_ns, part->magnet_until_ns,
		command_deadline(pump), deadline_ns};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i] < at_ns)
			at_ns = others[i];
	schedule_set(&pump->bench->schedule, &pump->due, at_ns);
}

static struct open_command **slot_of(struct instance *target, uint32_t verb)
{
	return verb == THECA_HALT ? &target->halting : &target->pending;
}

void command_halted(struct instance *pump, const struct theca_command *command, int outcome, int64_t now_ns)
{
	const struct theca_readback stopped = {
		.size = sizeof stopped, .delivered_pl = THECA_NONE, .reservoir_pl = THECA_NONE};

	struct pump *account = &pump->pump->account;
	bool is_clear = !account->halt_is_late && !account->pending.token;

	if (command->verb == THECA_HALT && outcome == THECA_DONE && is_clear &&
		!pump->module->pump.interrogate)
		pump_settle(account, &stopped, now_ns);
}

/* The report counts what the patient got, not what the button asked for. */
static void count_press(struct open_command *open, int outcome)
{
	struct results_course *course = open->target->pump->course;

	if (!course || !open->patient)
		return;
	if (outcome < 0)
		course->refused++;
	else
		results_bolus(course, open->target->bench->now_ns);
}

/* What must not depend on whether somebody waits for the end. */
static void alarm_at_end(struct instance *pump, uint32_t verb, int outcome)
{
	if (outcome == THECA_UNCERTAIN)
		event_alarm(pump, THECA_HIGH, "uncertain",
			"the end of a command is not known; it counts as delivered, doses are "
			"blocked until an interrogation");
	if (verb != THECA_HALT)
		return;
	if (outcome < 0)
		event_alarm(pump, THECA_HIGH, "halt-failed",
			"the pump was not halted (%s); it counts as delivering", strerror(-outcome));
	else if (outcome == THECA_DONE)
		event_clear(pump->bench, pump, "halt-failed");
}

/* The end of a command, however it comes: account, journal, whoever asked. */
static void finish(struct open_command *open, int outcome, const char *reason)
{
	struct instance *target = open->target;
	struct bench *bench = target->bench;

	*slot_of(target, open->command.verb) = NULL;
	if (open->sent && instance_is(target, MODULE_PUMP) && moves_fluid(open->command.verb))
		pump_end(&target->pump->account, open->command.token, outcome, bench->now_ns);
	journal(open, THECA_EVENT_OUTCOME, outcome, reason);
	if (instance_is(target, MODULE_PUMP)) {
		count_press(open, outcome);
		command_halted(target, &open->command, outcome, bench->now_ns);
		if (!target->pump->account.uncertain)
			event_clear(bench, target, "uncertain");
		alarm_at_end(target, open->command.verb, outcome);
		simulation_changed(target);
		command_reschedule(target);
	}
	if (open->ended)
		open->ended(open->user, open->command.token, outcome, reason ? reason : "");
	free(open);
}

static void apply_refill(struct open_command *open)
{
	struct instance *pump = open->target;
	struct pump_part *part = pump->pump;
	const struct theca_drug_profile *profiles[MIX_MAX] = {0};
	char holds[256];
	struct mix_names names = bench_drugs(pump->bench);

	for (size_t i = 0; i < open->mix.count; i++)
		profiles[i] = bench_instance(pump->bench, open->mix.parts[i].drug)->profile;
	int result = pump_fill(
		&part->account, &open->mix, profiles, open->command.volume_pl, pump->bench->now_ns);
	if (result) {
		part->account.held = true;
		event_alarm(pump, THECA_HIGH, "fill-not-counted",
			"held: the fill could not be counted: %s", strerror(-result));
		return;
	}
	simulation_contain(pump, &part->account.mix, open->command.volume_pl);
	mix_print(&open->mix, &names, holds, sizeof holds);
	struct theca_event event = {
		.kind = THECA_EVENT_FILL,
		.instance = pump->number,
		.command = open->command,
		.who = open->who,
		.text = holds,
	};
	event_emit(pump->bench, &event);
	if (part->course)
		results_refill(part->course, pump->bench->now_ns);
	event_clear(pump->bench, pump, "low-reservoir");
	event_clear(pump->bench, pump, "empty-reservoir");
}

/* The whole program, for a pump that plays it by itself. */
static int send_program(struct open_command *open)
{
	struct instance *pump = open->target;
	const struct program *held = &pump->pump->program;
	struct mix_names names = bench_drugs(pump->bench);
	struct theca_program_row rows[PROGRAM_BASAL_MAX + 1];
	char texts[PROGRAM_BASAL_MAX + 1][PROGRAM_TEXT];
	struct theca_program program = {
		.size = sizeof program,
		.row_size = sizeof *rows,
		.rows = rows,
		.count = program_rows(held, &names, rows, texts),
	};
	return pump->module->pump.program(pump->self, &open->command, &program);
}

/* The driver is called now. */
static void dispatch(struct open_command *open)
{
	struct instance *target = open->target;
	struct bench *bench = target->bench;
	uint32_t verb = open->command.verb;
	operation *call = operation_of(target, verb);
	bool pump = instance_is(target, MODULE_PUMP);
	uint64_t token = open->command.token;

	if (pump &&
		verb == THECA_REFILL) { /* the syringe has done it, whatever the electronics say */
		simulation_advance(target);
		apply_refill(open);
	}
	if (pump && moves_fluid(verb)) {
		simulation_advance(target);
		pump_begin(&target->pump->account, &open->command, open->patient, bench->now_ns);
	}
	open->sent = true;
	open->deadline_ns = bench->now_ns + COMMAND_DEADLINE_NS * bench->clock.speed;
	if (bench->planning || open->account_only || (!call && verb != THECA_PROGRAM)) {
		command_done(target, token, THECA_DONE, NULL);
		return;
	}
	int result = call ? call(target->self, &open->command) : send_program(open);
	if (result < 0)
		command_done(target, token, result, "the driver did not take it");
	else if (*slot_of(target, verb) == open && pump)
		command_reschedule(target); /* not answered yet: its deadline counts */
}

/* Who holds the pump lets nobody else in, halt excepted; reading never hurts. */
static bool held_by_another(const struct command_request *request)
{
	uint32_t verb = request->command.verb;
	struct instance *holder = request->target->pump->holder;

	return holder && holder != request->asker && verb != THECA_HALT &&
	       verb != THECA_INTERROGATE && verb != THECA_ACKNOWLEDGE;
}

struct guard_verdict command_held(const struct instance *pump)
{
	const struct instance *holder = pump->pump->holder;
	struct guard_verdict verdict = guard_refuse(GUARD_IS_HELD);

	verdict.holder = holder ? holder->name : NULL;
	return verdict;
}

static struct guard_verdict judge(const struct command_request *request)
{
	struct pump_part *part = request->target->pump;
	const struct theca_command *command = &request->command;
	int64_t now_ns = request->target->bench->now_ns;

	if (held_by_another(request))
		return command_held(request->target);
	if (command->verb == THECA_REFILL) {
		const struct theca_drug_profile *profiles[MIX_MAX] = {0};
		const struct mix *mix = request->mix ? request->mix : &part->account.mix;
		for (size_t i = 0; i < mix->count; i++)
			profiles[i] =
				bench_instance(request->target->bench, mix->parts[i].drug)->profile;
		return pump_judge_fill(&part->account, mix, profiles, command->volume_pl);
	}
	if (request->account_only) /* the pump does it in any case: it only has to be counted */
		return (struct guard_verdict){0};
	if (command->verb == THECA_PROGRAM)
		return pump_judge_program(&part->account, &part->program, now_ns);
	if (!operation_of(request->target, command->verb))
		return guard_refuse(GUARD_NOT_OFFERED);
	return pump_judge(&part->account, command, &part->program, request->patient, now_ns);
}

/* A soft limit needs a person's word, for this command or for what the file says; it is recorded.
 */
static bool confirmed(const struct command_request *request, const struct guard_verdict *verdict)
{
	struct bench *bench = request->target->bench;
	char text[256];

	if (!request->accepted_by || request->patient)
		return false;
	command_explain(bench, verdict, text, sizeof text);
	event_say(bench, THECA_EVENT_NOTE, request->target, guard_code(verdict->limit),
		request->accepted_by, "soft limit accepted: %s", text);
	return true;
}

static int allowed(const struct command_request *request, struct guard_verdict *verdict)
{
	*verdict = judge(request);
	if (verdict->decision == GUARD_ALLOW ||
		(verdict->decision == GUARD_CONFIRM && confirmed(request, verdict)))
		return 0;
	journal_refusal(request, verdict);
	return -EACCES;
}

/* A halt goes ahead of what has not been sent: that certainly did not happen. */
static void overtake(struct instance *pump)
{
	struct open_command *open = pump->pending;
	struct bench *bench = pump->bench;

	if (!open || open->sent)
		return;
	for (struct open_command **link = &bench->unsynced; *link; link = &(*link)->next)
		if (*link == open) {
			*link = open->next;
			break;
		}
	bench->unsynced_tail = &bench->unsynced;
	while (*bench->unsynced_tail)
		bench->unsynced_tail = &(*bench->unsynced_tail)->next;
	finish(open, -ECANCELED, "overtaken by a halt");
}

static struct open_command *open_new(const struct command_request *request)
{
	struct open_command *open = malloc(sizeof *open);
	struct bench *bench = request->target->bench;

	if (!open)
		return NULL;
	*open = (struct open_command){
		.target = request->target,
		.command = request->command,
		.who = request->who,
		.patient = request->patient,
		.account_only = request->account_only,
		.deadline_ns = THECA_NEVER,
		.ended = request->ended,
		.user = request->user,
	};
	if (request->mix)
		open->mix = *request->mix;
	else if (instance_is(request->target, MODULE_PUMP))
		open->mix = request->target->pump->account.mix;
	open->command.size = sizeof open->command;
	open->command.token = ++bench->next_token;
	return open;
}

static bool increases_dose(uint32_t verb)
{
	return verb != THECA_HALT && verb != THECA_INTERROGATE && verb != THECA_ACKNOWLEDGE;
}

/* Intent on disk first where more can be delivered; a virtual clock does not sync. */
static void proceed(struct open_command *open)
{
	struct bench *bench = open->target->bench;

	if (open->command.verb == THECA_HALT) {
		dispatch(open); /* `open` may be gone after this; its outcome is its record */
		return;
	}
	open->intent = journal(open, THECA_EVENT_INTENT, 0, NULL);
	if (bench->clock.is_virtual || bench->planning || !increases_dose(open->command.verb)) {
		dispatch(open);
		return;
	}
	if (!open->intent) {
		finish(open, -EIO, "the journal has failed: no dose without a record");
		return;
	}
	open->next = NULL;
	*bench->unsynced_tail = open;
	bench->unsynced_tail = &open->next;
}

static int submit_to_pump(const struct command_request *request, struct guard_verdict *verdict)
{
	struct instance *pump = request->target;

	simulation_advance(pump);
	pump_advance(&pump->pump->account, pump->bench->now_ns);
	int result = allowed(request, verdict);
	if (result)
		return result;
	if (request->command.verb == THECA_HALT)
		overtake(pump);
	else if (pump->bench->stopping)
		return -ESHUTDOWN;
	return 0;
}

int command_submit(struct bench *bench, const struct command_request *request,
	struct guard_verdict *verdict, uint64_t *token)
{
	struct guard_verdict unused;
	uint64_t own_token;
	bool pump = instance_is(request->target, MODULE_PUMP);

	(void)bench;
	verdict = verdict ? verdict : &unused;
	token = token ? token : &own_token;
	*verdict = (struct guard_verdict){0};
	if (!pump && !operation_of(request->target, request->command.verb))
		return -ENOTSUP;
	int result = pump ? submit_to_pump(request, verdict) : 0;
	if (result)
		return result;
	if (*slot_of(request->target, request->command.verb))
		return -EBUSY;
	struct open_command *open = open_new(request);
	if (!open)
		return -ENOMEM;
	*token = open->command.token;
	*slot_of(open->target, open->command.verb) = open;
	proceed(open);
	return 0;
}

int command_done(struct instance *target, uint64_t token, int outcome, const char *reason)
{
	struct open_command *const opens[] = {target->pending, target->halting};
	for (size_t i = 0; i < 2; i++)
		if (opens[i] && opens[i]->command.token == token && opens[i]->sent) {
			finish(opens[i], outcome, reason);
			return 0;
		}
	return -ENOENT;
}

void command_durable(struct bench *bench, uint64_t number)
{
	while (bench->unsynced && bench->unsynced->intent <= number) {
		struct open_command *open = bench->unsynced;
		bench->unsynced = open->next;
		if (!bench->unsynced)
			bench->unsynced_tail = &bench->unsynced;
		simulation_advance(open->target);
		dispatch(open);
	}
}

int64_t command_deadline(const struct instance *target)
{
	const struct open_command *const opens[] = {target->pending, target->halting};
	int64_t deadline_ns = THECA_NEVER;

	for (size_t i = 0; i < 2; i++)
		if (opens[i] && opens[i]->sent && opens[i]->deadline_ns < deadline_ns)
			deadline_ns = opens[i]->deadline_ns;
	return deadline_ns;
}

void command_expire(struct instance *target)
{
	struct open_command *const opens[] = {target->pending, target->halting};

	for (size_t i = 0; i < 2; i++)
		if (opens[i] && opens[i]->deadline_ns <= target->bench->now_ns)
			finish(opens[i], THECA_UNCERTAIN, "no answer in time");
}
