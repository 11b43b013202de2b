/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard is shown of a pump, and which of its questions a command asks. */
#include "pump/pump.h"

static int64_t usable_pl(const struct pump *pump)
{
	int64_t usable = pump_reservoir_pl(pump) - pump->range.residual_pl;
	return usable > 0 ? usable : 0;
}

static uint32_t presses_kept(const struct pump *pump)
{
	if (!pump->presses)
		return 0;
	return pump->press_count < PUMP_PRESSES ? pump->press_count : PUMP_PRESSES;
}

static int64_t presses_in_day(const struct pump *pump, int64_t now_ns)
{
	int64_t count = 0;
	for (uint32_t i = 0; i < presses_kept(pump); i++)
		count += pump->presses[(pump->press_count - 1 - i) % PUMP_PRESSES] >
			 now_ns - THECA_DAY_NS;
	return count;
}

static struct guard_view view_of(const struct pump *pump, int64_t now_ns)
{
	uint32_t last = (pump->press_count - 1) % PUMP_PRESSES;
	return (struct guard_view){
		.range = &pump->range,
		.mix = &pump->mix,
		.profiles = pump->profiles,
		.window = &pump->window,
		.now_ns = now_ns,
		.rate_pl_per_day = pump->rate_pl_per_day,
		.bolus_pl_per_day = pump_flow_pl_per_day(pump) - pump->rate_pl_per_day,
		.usable_pl = usable_pl(pump),
		.last_bolus_ns = presses_kept(pump) ? pump->presses[last] : THECA_NONE,
		.boluses_in_day = presses_in_day(pump, now_ns),
		.bolus_runs = pump->bolus.volume_pl != 0,
		.uncertain = pump->uncertain,
		.held = pump->held,
	};
}

/* No more than can be counted. */
static int64_t most_presses(const struct program *program)
{
	int64_t at_most = program->patient.at_most;
	return at_most < PUMP_PRESSES ? at_most : PUMP_PRESSES;
}

static struct guard_verdict judge_bolus(const struct pump *pump,
	const struct theca_command *command, const struct program *program, bool patient,
	const struct guard_view *view)
{
	struct guard_patient press = {0};
	struct guard_bolus bolus = {
		.volume_pl = command->volume_pl, .duration_ns = command->duration_ns};
	bolus.in_line_pl = pump_in_line_pl(pump, command->verb, command->volume_pl);
	if (patient && !pump->started)
		return guard_refuse(GUARD_NOT_STARTED);
	if (patient && (!program || !program->has_patient))
		return guard_refuse(GUARD_NO_PROGRAM);
	if (patient) {
		press = (struct guard_patient){program->patient.lockout_ns, most_presses(program)};
		bolus.patient = &press;
	}
	if (command->verb == THECA_PRESS) {
		bolus.volume_pl = program->patient.volume_pl;
		bolus.duration_ns = program->patient.duration_ns;
	}
	return guard_bolus(view, &bolus);
}

struct guard_verdict pump_judge(const struct pump *pump, const struct theca_command *command,
	const struct program *program, bool patient, int64_t now_ns)
{
	struct guard_view view = view_of(pump, now_ns);
	bool draws_back = command->direction != THECA_INFUSE;
	switch (command->verb) {
	case THECA_HALT:
	case THECA_INTERROGATE:
	case THECA_ACKNOWLEDGE:
	case THECA_CONFIGURE:
		return (struct guard_verdict){0};
	case THECA_SET_RATE:
		return draws_back ? guard_refuse(GUARD_DIRECTION)
				  : guard_rate(&view, command->rate_pl_per_day);
	case THECA_BOLUS:
	case THECA_PRIME:
	case THECA_PURGE:
	case THECA_PRESS:
		patient |= command->verb == THECA_PRESS;
		return draws_back ? guard_refuse(GUARD_DIRECTION)
				  : judge_bolus(pump, command, program, patient, &view);
	case THECA_PROGRAM:
	case THECA_START:
		return program ? pump_judge_program(pump, program, now_ns)
			       : guard_refuse(GUARD_NO_PROGRAM);
	case THECA_REFILL:
		return pump_judge_fill(pump, &pump->mix, pump->profiles, command->volume_pl);
	default:
		return guard_refuse(GUARD_NOT_OFFERED);
	}
}

struct guard_verdict pump_judge_fill(const struct pump *pump, const struct mix *mix,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl)
{
	struct guard_view view = view_of(pump, pump->at_ns);
	struct pump_blend blend;
	if (pump_blend(pump, mix, profiles, volume_pl, &blend)) {
		struct guard_verdict crowded = guard_refuse(GUARD_RESERVOIR);
		crowded.dimension = THECA_COUNT;
		crowded.value = MIX_MAX + 1;
		crowded.bound = MIX_MAX;
		return crowded;
	}
	struct guard_filling filling = {mix, &blend.mix, profiles, blend.profiles, volume_pl};
	return guard_fill(&view, &filling);
}

/* The rates that are not 0. */
static void find_rates(struct guard_program *found, const struct program *program)
{
	for (uint32_t i = 0; i < program->basal_count; i++) {
		int64_t rate_pl_per_day = program->basal[i].rate_pl_per_day;
		if (!rate_pl_per_day)
			continue;
		if (!found->lowest_pl_per_day || rate_pl_per_day < found->lowest_pl_per_day)
			found->lowest_pl_per_day = rate_pl_per_day;
		if (rate_pl_per_day > found->highest_pl_per_day)
			found->highest_pl_per_day = rate_pl_per_day;
	}
}

struct guard_verdict pump_judge_program(
	const struct pump *pump, const struct program *program, int64_t now_ns)
{
	struct guard_view view = view_of(pump, now_ns);
	struct guard_program found = {.is_played = !pump->plays_program};
	const struct program_patient *patient = &program->patient;
	if (!program->basal_count && !program->has_patient)
		return guard_refuse(GUARD_NO_PROGRAM);
	find_rates(&found, program);
	found.day_volume_pl = program_day_volume_pl(program);
	if (program->has_patient) {
		found.bolus_volume_pl = patient->volume_pl;
		found.bolus_duration_ns = patient->duration_ns;
		found.boluses_per_day = patient->at_most;
		found.lockout_ns = patient->lockout_ns;
	}
	return guard_program(&view, &found);
}

int64_t pump_deadline(const struct pump *pump, struct guard_verdict *limit)
{
	struct guard_view view = view_of(pump, pump->at_ns);
	return guard_deadline(&view, limit);
}
