/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/fitting.h"

#include <stdio.h>
#include <string.h>
#include "bench/conversion.h"
#include "bench/sampling.h"
#include "bench/simulation.h"
#include "bench/treatment.h"

#define COURSES_MOST 64 /* a bench of more pumps has no course drawn for each */

static void reject(struct instance *pump, const char *key, const char *why)
{
	conversion_reject(pump->bench, pump->section, key, why);
}

static void fit_program(struct instance *pump, const struct pump_settings *settings)
{
	struct program *program = &pump->pump->program;
	struct mix_names names = bench_drugs(pump->bench);
	struct guard_verdict verdict;
	char why[256] = "";

	program_init(program);
	if (settings->basal &&
		program_parse_basal(program, settings->basal, &names, why, sizeof why))
		reject(pump, "basal", why);
	if (settings->patient_bolus &&
		program_parse_patient(program, settings->patient_bolus, &names, why, sizeof why))
		reject(pump, "patient bolus", why);
	if (!*why && treatment_judge(pump, program, &verdict, why, sizeof why))
		reject(pump, settings->basal ? "basal" : "patient bolus", why);
}

/* Was every drug of the mix made? If not, that has been told already. */
static bool drugs_are_made(const struct instance *pump, const struct mix *mix)
{
	for (uint32_t i = 0; i < mix->count; i++)
		if (bench_instance(pump->bench, mix->parts[i].drug)->state == INSTANCE_CREATED)
			return false;
	return true;
}

static void draw_course(struct instance *pump, const struct pump_settings *settings)
{
	const struct mix *mix = &pump->pump->account.mix;
	const char *drugs[MIX_MAX];

	if (pump->bench->instance_count > COURSES_MOST)
		return;
	for (uint32_t i = 0; i < mix->count; i++)
		drugs[i] = bench_instance(pump->bench, mix->parts[i].drug)->name;
	pump->pump->course = results_course(&pump->bench->results, pump->name, settings->driver,
		settings->holds, mix->count, drugs);
}

bool fitting_mix(struct instance *pump, const struct pump_settings *settings, struct mix *mix)
{
	struct mix_names names = bench_drugs(pump->bench);
	char why[256];

	if (mix_parse(mix, settings->holds, &names, why, sizeof why)) {
		reject(pump, "holds", why);
		return false;
	}
	int result = sampling_declare(pump, mix);
	if (result)
		reject(pump, "holds", strerror(-result));
	return !result;
}

static void fit_line(struct instance *pump, const struct pump_settings *settings)
{
	struct pump_part *part = pump->pump;
	char why[256];

	line_init(&part->line);
	if (strcmp(settings->catheter, "none") &&
		line_parse(&part->line, settings->catheter, why, sizeof why))
		reject(pump, "catheter", why);
	pump_line(&part->account, part->line.dead_volume_pl);
}

static void fill(struct instance *pump, const struct pump_settings *settings, const struct mix *mix)
{
	struct pump *account = &pump->pump->account;
	const struct theca_drug_profile *profiles[MIX_MAX] = {0};
	int64_t filled_pl = settings->filled_pl == THECA_NONE ? account->range.reservoir_pl
							      : settings->filled_pl;
	char why[256];

	for (uint32_t i = 0; i < mix->count; i++)
		profiles[i] = bench_instance(pump->bench, mix->parts[i].drug)->profile;
	struct guard_verdict verdict = pump_judge_fill(account, mix, profiles, filled_pl);
	if (verdict.decision == GUARD_REFUSE) {
		command_explain(pump->bench, &verdict, why, sizeof why);
		reject(pump, verdict.limit == GUARD_RESERVOIR ? "filled" : "holds", why);
	}
	if (pump_fill(account, mix, profiles, filled_pl, 0))
		reject(pump, "holds", "the fill could not be counted");
}

void fitting_pump(
	struct instance *pump, const struct pump_settings *settings, const struct mix *mix)
{
	struct pump_part *part = pump->pump;
	struct theca_pump_range range = {.size = sizeof range};

	if (!pump->module->pump.range || pump->module->pump.range(pump->self, &range)) {
		reject(pump, "driver", "the driver does not say what the pump can do");
		return;
	}
	pump_init(&part->account, &range, 0);
	part->account.plays_program = pump->module->pump.program != NULL;
	part->next_change_ns = THECA_NEVER;
	pump->due.run = treatment_due;
	fit_line(pump, settings);
	simulation_init(pump, settings);
	if (!drugs_are_made(pump, mix))
		return;
	fill(pump, settings, mix);
	fit_program(pump, settings);
	draw_course(pump, settings);
}
