/* SPDX-License-Identifier: Apache-2.0 */
#include "service/plan.h"

#include <stdlib.h>
#include <string.h>
#include "bench/command.h"
#include "bench/lifecycle.h"
#include "bench/sampling.h"
#include "bench/scenario.h"
#include "config/schema.h"
#include "bench/treatment.h"
#include "base/units.h"

#define LONGEST_NS (30 * THECA_DAY_NS) /* of a bench that states no end */

/* What a pump has had at the last midnight. */
struct day {
	int64_t delivered_pg[MIX_MAX], delivered_pl;
	unsigned boluses, refused;
};

struct plan {
	struct bench *bench;
	FILE *out;
	struct day *days; /* by instance number */
	unsigned starts, boluses, refills, refused;
};

static void stamp(struct plan *plan, int64_t at_ns)
{
	char time[32];

	env_format_time(bench_unix_ns(plan->bench, at_ns), 0, time);
	time[10] = ' ';
	fprintf(plan->out, "%.16s  day %-6.2f ", time, (double)at_ns / (double)THECA_DAY_NS);
}

static void say(struct plan *plan, const struct theca_event *event, const char *verdict)
{
	const struct instance *instance = bench_instance(plan->bench, event->instance);
	char amount[64] = "";

	if (event->command.verb == THECA_REFILL || event->command.verb == THECA_BOLUS)
		units_print(THECA_VOLUME, event->command.volume_pl, "mL", -1, amount, sizeof amount);
	else if (event->command.verb == THECA_SET_RATE)
		units_print(THECA_RATE, event->command.rate_pl_per_day, "mL/day", -1, amount, sizeof amount);
	stamp(plan, event->time_ns);
	fprintf(plan->out, "%-12s %-10s %-18s %s%s%s\n", instance ? instance->name : "bench",
		event->command.verb ? record_verb_word(event->command.verb) : event->code, amount, verdict,
		*event->text ? ": " : "", event->text);
}

/* Boluses and rate changes are summed up by day; what starts, fills, or is refused has its line. */
static void on_event(void *user, const struct theca_event *event)
{
	struct plan *plan = user;
	struct day *day = &plan->days[event->instance];
	bool patient = !strcmp(event->who, "patient");

	if (event->kind == THECA_EVENT_INTENT && event->command.verb == THECA_BOLUS) {
		plan->boluses++;
		day->boluses++;
	} else if (event->kind == THECA_EVENT_STATE && !strcmp(event->code, "started")) {
		plan->starts++;
		say(plan, event, "allowed");
	} else if (event->kind == THECA_EVENT_FILL) {
		plan->refills++;
		say(plan, event, "allowed");
	} else if (event->kind == THECA_EVENT_REFUSED && patient) {
		day->refused++; /* a lockout is no surprise */
	} else if (event->kind == THECA_EVENT_REFUSED) {
		plan->refused++;
		say(plan, event, "REFUSED");
	} else if (event->kind == THECA_EVENT_ALARM) {
		say(plan, event, "ALARM");
	} else if (event->kind == THECA_EVENT_NOTE && *event->code) {
		say(plan, event, "accepted");
	}
}

/* One line for a pump's day: the dose of each drug, boluses given and refused. */
static void say_day(struct plan *plan, struct instance *pump)
{
	struct pump *account = &pump->pump->account;
	struct day *day = &plan->days[pump->number];
	char text[64];

	pump_advance(account, plan->bench->now_ns);
	int64_t volume_pl = pump_delivered_pl(account) - day->delivered_pl;
	if (volume_pl || day->boluses || day->refused) {
		stamp(plan, plan->bench->now_ns - THECA_DAY_NS);
		units_print(THECA_VOLUME, volume_pl, "mL", 4, text, sizeof text);
		fprintf(plan->out, "%-12s day's dose %-18s", pump->name, text);
		for (uint32_t i = 0; i < account->mix.count; i++) {
			const struct theca_drug_profile *profile = account->profiles[i];
			int64_t mass_pg = pump_delivered_pg(account, i) - day->delivered_pg[i];
			units_print(THECA_MASS, mass_pg, "mg", 3, text, sizeof text);
			fprintf(plan->out, " %s %s", bench_instance(plan->bench, account->mix.parts[i].drug)->name,
				text);
			units_print(THECA_MASS, profile->day_hard_pg, "mg", -1, text, sizeof text);
			fprintf(plan->out, " (hard limit %s)%s", text, i + 1 < account->mix.count ? "," : "");
		}
		if (day->boluses || day->refused)
			fprintf(plan->out, "; boluses %u given, %u refused", day->boluses, day->refused);
		fputc('\n', plan->out);
	}
	*day = (struct day){.delivered_pl = pump_delivered_pl(account)};
	for (uint32_t i = 0; i < account->mix.count; i++)
		day->delivered_pg[i] = pump_delivered_pg(account, i);
}

/* The rate a procedure will ask for, by its option of that name. */
static void say_procedure(struct plan *plan, const struct instance *procedure)
{
	const struct theca_plugin *plugin = &procedure->module->plugin;
	const struct theca_option *option =
		schema_find((struct schema){plugin->options, plugin->option_size}, "rate");
	const struct instance *pump = procedure->procedure->pump;
	char text[256] = "allowed", rate[64];
	int64_t value;

	if (!option || option->type != THECA_RATE || !pump)
		return;
	memcpy(&value, (const char *)procedure->config + option->offset, sizeof value);
	if (value == THECA_NONE)
		return;
	struct theca_command command = {.size = sizeof command, .verb = THECA_SET_RATE, .rate_pl_per_day = value};
	struct guard_verdict verdict = pump_judge(&pump->pump->account, &command, NULL, false, 0);
	if (verdict.decision == GUARD_REFUSE)
		plan->refused++;
	if (verdict.decision != GUARD_ALLOW)
		command_explain(plan->bench, &verdict, text, sizeof text);
	units_print(THECA_RATE, value, NULL, -1, rate, sizeof rate);
	fprintf(plan->out, "procedure %s holds %s at %s: %s\n", procedure->name, pump->name, rate, text);
}

static void head(struct plan *plan)
{
	struct bench *bench = plan->bench;
	const char *name, *text;
	char until[64];

	units_print(THECA_DURATION, bench->settings.until_ns, NULL, -1, until, sizeof until);
	fprintf(plan->out, "Plan of %s: %s. Nothing is run. Not for clinical use.\n\n", bench->settings.name, until);
	for (size_t i = 0; (name = scenario_line(bench, i, &text)); i++)
		fprintf(plan->out, "scenario  %-14s %s\n", name, text);
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PROCEDURE))
			say_procedure(plan, bench->instances[i]);
	fputc('\n', plan->out);
}

/* What happens at midnight belongs to the day that begins; at the bench's end, to the last one. */
static void play_day(struct plan *plan, int64_t until_ns)
{
	struct bench *bench = plan->bench;

	int64_t last_ns = until_ns < bench->settings.until_ns ? until_ns - 1 : until_ns;
	while (schedule_next_ns(&bench->schedule) <= last_ns && !bench->stopping) {
		struct due *due = schedule_first(&bench->schedule);
		if (due->at_ns > bench->now_ns)
			bench->now_ns = due->at_ns;
		due->run(due->user, bench->now_ns);
	}
	bench->now_ns = until_ns;
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			say_day(plan, bench->instances[i]);
}

int plan_print(struct bench *bench, FILE *out)
{
	struct plan plan = {.bench = bench, .out = out};

	plan.days = calloc(bench->instance_count + 1, sizeof *plan.days);
	if (!plan.days)
		return 1;
	bench->clock.is_virtual = true;
	bench->turning = true;
	if (bench->settings.until_ns == THECA_NONE)
		bench->settings.until_ns = LONGEST_NS;
	bench->on_event = on_event;
	bench->on_event_user = &plan;
	head(&plan);
	lifecycle_start_all(bench);
	sampling_start(bench);
	scenario_start(bench, false);
	for (int64_t day_ns = 0; day_ns < bench->settings.until_ns && !bench->stopping;) {
		day_ns += THECA_DAY_NS;
		play_day(&plan, day_ns < bench->settings.until_ns ? day_ns : bench->settings.until_ns);
	}
	fprintf(out, "\n%u starts, %u boluses, %u refills; %u refused\n", plan.starts, plan.boluses,
		plan.refills, plan.refused);
	free(plan.days);
	return plan.refused != 0;
}
