/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/recovery.h"

#include <stdio.h>
#include <string.h>
#include "bench/command.h"
#include "bench/event.h"
#include "base/log.h"
#include "bench/procedure.h"
#include "bench/scenario.h"

static void refill(struct instance *pump, const struct record *record)
{
	struct mix_names names = bench_drugs(pump->bench);
	const struct theca_drug_profile *profiles[MIX_MAX] = {0};
	struct mix mix;
	char why[160];

	if (mix_parse(&mix, record->event.text, &names, why, sizeof why)) {
		log_line(THECA_ERROR, "%s: the journal's fill '%s': %s: held", pump->name,
			record->event.text, why);
		pump->pump->account.held = true;
		return;
	}
	for (uint32_t i = 0; i < mix.count; i++)
		profiles[i] = bench_instance(pump->bench, mix.parts[i].drug)->profile;
	pump_fill(&pump->pump->account, &mix, profiles, record->event.command.volume_pl,
		record->event.time_ns);
}

static void prescribe(struct instance *pump, const struct record *record)
{
	struct mix_names names = bench_drugs(pump->bench);
	struct program program;
	char text[512], why[160], *rest = text;

	program_init(&program);
	snprintf(text, sizeof text, "%s", record->event.text);
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *value = strstr(line, " = ");
		if (!value)
			continue;
		if (!strncmp(line, "basal", 5))
			program_parse_basal(&program, value + 3, &names, why, sizeof why);
		else
			program_parse_patient(&program, value + 3, &names, why, sizeof why);
	}
	program_finish(&pump->pump->program);
	pump->pump->program = program;
}

static bool moves_fluid(uint32_t verb)
{
	return verb == THECA_SET_RATE || verb == THECA_BOLUS || verb == THECA_PRIME || verb == THECA_PURGE;
}

static void command(struct instance *pump, const struct record *record)
{
	const struct theca_event *event = &record->event;
	struct pump *account = &pump->pump->account;
	bool patient = !strcmp(event->code, "patient");

	pump_advance(account, event->time_ns);
	if (event->kind == THECA_EVENT_INTENT && moves_fluid(event->command.verb))
		pump_begin(account, &event->command, patient, event->time_ns);
	if (event->kind == THECA_EVENT_OUTCOME && event->command.verb == THECA_HALT)
		pump_begin(account, &event->command, false, event->time_ns); /* written after it was done */
	if (event->kind == THECA_EVENT_OUTCOME)
		pump_end(account, event->command.token, event->outcome, event->time_ns);
	if (event->kind == THECA_EVENT_OUTCOME)
		command_halted(pump, &event->command, event->outcome, event->time_ns);
}

static void alarm_again(struct bench *bench, const struct record *record, struct instance *instance)
{
	const struct theca_event *event = &record->event;
	struct theca_alarm alarm = {
		.size = sizeof alarm,
		.priority = event->priority,
		.code = event->code,
		.native_class = event->who,
		.text = event->text,
	};
	uint32_t number = instance ? instance->number : 0;

	if (event->kind == THECA_EVENT_ALARM)
		alarms_raise(&bench->alarms, number, &alarm, event->time_ns);
	else if (event->kind == THECA_EVENT_CLEARED)
		alarms_clear(&bench->alarms, number, event->code, event->time_ns);
	else
		alarms_acknowledge(&bench->alarms, number, event->code, event->who, event->time_ns);
}

/* What was read is taken as it was then: what it settled stays settled. */
static void read_back(struct instance *pump, const struct theca_event *event)
{
	struct theca_readback readback = {
		.size = sizeof readback,
		.delivering = !strcmp(event->code, EVENT_READS_DELIVERING),
		.rate_pl_per_day = event->command.rate_pl_per_day,
		.delivered_pl = event->command.volume_pl,
		.reservoir_pl = THECA_NONE,
	};

	if (!readback.delivering && strcmp(event->code, EVENT_READS_STOPPED))
		return;
	pump_settle(&pump->pump->account, &readback, event->time_ns);
	snprintf(pump->pump->serial_number, sizeof pump->pump->serial_number, "%s", event->text);
}

static void pump_record(struct instance *pump, const struct record *record)
{
	switch (record->event.kind) {
	case THECA_EVENT_FILL: refill(pump, record); break;
	case THECA_EVENT_PROGRAM: prescribe(pump, record); break;
	case THECA_EVENT_INTENT:
	case THECA_EVENT_OUTCOME: command(pump, record); break;
	case THECA_EVENT_STATE: read_back(pump, &record->event); break;
	default: break;
	}
}

/* A pump as the service's end left it: what may still flow counts, what has no end is uncertain.
 * Returns why it is uncertain; NULL: it is not. */
static const char *leave_open(struct instance *pump, int64_t now_ns)
{
	struct pump *account = &pump->pump->account;

	pump_advance(account, now_ns);
	bool flowed = pump_flow_pl_per_day(account) > 0;
	bool open = account->pending.token || account->halting.token;
	if (account->pending.token)
		pump_end(account, account->pending.token, THECA_UNCERTAIN, now_ns);
	if (account->halting.token)
		pump_end(account, account->halting.token, THECA_UNCERTAIN, now_ns);
	account->started = false;
	if (!flowed && !open && !account->uncertain)
		return NULL;
	account->uncertain = true;
	return open ? "a command was open" : flowed ? "it was delivering" : "it was uncertain";
}

/* An earlier recovery, seen again: each pump as it left it. */
static void recovered_before(struct bench *bench, int64_t at_ns)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			leave_open(bench->instances[i], at_ns);
}

void recovery_record(void *user, const struct record *record)
{
	struct bench *bench = user;
	struct recovery *recovery = bench->recovery;
	const struct theca_event *event = &record->event;
	struct instance *instance = bench_find(bench, record->instance_name);

	if (!recovery->resumed)
		recovery->first_wall_ns = record->wall_ns - event->time_ns / bench->clock.speed;
	recovery->resumed = true;
	recovery->last_ns = event->time_ns;
	recovery->last_wall_ns = record->wall_ns;
	if (event->command.token > bench->next_token)
		bench->next_token = event->command.token;
	if (event->kind == THECA_EVENT_FIRED)
		scenario_fired(bench, event->code);
	else if (event->kind == THECA_EVENT_BENCH && !strcmp(event->code, EVENT_RECOVERED))
		recovered_before(bench, event->time_ns);
	else if (event->kind == THECA_EVENT_ALARM || event->kind == THECA_EVENT_CLEARED ||
		 event->kind == THECA_EVENT_ACKNOWLEDGED)
		alarm_again(bench, record, instance);
	else if (instance && instance->module && instance_is(instance, MODULE_PUMP))
		pump_record(instance, record);
	else if (event->kind == THECA_EVENT_PROCEDURE && instance && instance->module &&
		 instance_is(instance, MODULE_PROCEDURE))
		procedure_recall(instance, event);
}

static void recover_pump(struct instance *pump)
{
	const char *why = leave_open(pump, pump->bench->now_ns);

	if (why)
		event_alarm(pump, THECA_HIGH, "uncertain",
			"%s when the service stopped; counts as delivered, doses are blocked until an "
			"interrogation",
			why);
}

/* Bench time goes on as the wall's did. */
static void resume_time(struct recovery *recovery)
{
	struct bench *bench = recovery->bench;
	int64_t down_ns = env_wall_ns() - recovery->last_wall_ns;

	bench->now_ns = recovery->last_ns + (down_ns > 0 ? down_ns * bench->clock.speed : 0);
	if (bench->clock.speed == 1)
		bench->clock.epoch_ns = recovery->first_wall_ns;
}

void recovery_finish(struct recovery *recovery, const struct journal_finding *finding)
{
	struct bench *bench = recovery->bench;

	if (!recovery->resumed)
		return;
	resume_time(recovery);
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		struct instance *pump = bench->instances[i];
		if (instance_is(pump, MODULE_PROCEDURE))
			procedure_cut(pump);
		if (!instance_is(pump, MODULE_PUMP))
			continue;
		recover_pump(pump);
		if (finding->health == JOURNAL_DAMAGED)
			pump->pump->account.held = true;
	}
	if (finding->health == JOURNAL_DAMAGED)
		event_raise(bench, NULL,
			&(struct theca_alarm){.size = sizeof(struct theca_alarm),
				.priority = THECA_HIGH,
				.code = "journal-damaged",
				.text = finding->text});
	event_say(bench, THECA_EVENT_BENCH, NULL, EVENT_RECOVERED, NULL, "%llu records; %s",
		(unsigned long long)finding->records, *finding->text ? finding->text : "the journal is whole");
}
