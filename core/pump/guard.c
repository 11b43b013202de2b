/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judgements. Each is a short list of checks in the order of guard.h; a check leaves its
 * verdict in `first`, and what is there already stays.
 */
#include "pump/guard.h"

#define PL_PER_UL 1000000
#define LONGEST_BOLUS_NS (30 * THECA_DAY_NS) /* what takes longer is a rate */

struct guard_verdict guard_refuse(enum guard_limit limit)
{
	return (struct guard_verdict){.decision = GUARD_REFUSE, .limit = limit};
}

/* -- checks ----------------------------------------------------------------------------------- */

static void refuse(struct guard_verdict *first, enum guard_limit limit, uint32_t dimension,
	int64_t value, int64_t bound)
{
	if (first->decision == GUARD_REFUSE)
		return;
	*first = (struct guard_verdict){.decision = GUARD_REFUSE,
		.limit = limit,
		.dimension = dimension,
		.value = value,
		.bound = bound};
}

static void check_state(struct guard_verdict *first, const struct guard_view *view)
{
	if (view->uncertain)
		refuse(first, GUARD_IS_UNCERTAIN, 0, 0, 0);
	if (view->held)
		refuse(first, GUARD_IS_HELD, 0, 0, 0);
}

/* What flows in all, by rate and bolus, is what the hardware must be able to do. */
static void check_flow(struct guard_verdict *first, const struct guard_view *view,
	int64_t rate_pl_per_day, int64_t bolus_pl_per_day)
{
	const struct theca_pump_range *range = view->range;
	int64_t highest = range->max_rate_pl_per_day;
	if (highest > WINDOW_MOST_PL_PER_DAY)
		highest = WINDOW_MOST_PL_PER_DAY;
	if (rate_pl_per_day < 0 || bolus_pl_per_day < 0) {
		refuse(first, GUARD_RATE_BELOW, THECA_RATE,
			rate_pl_per_day < 0 ? rate_pl_per_day : bolus_pl_per_day,
			range->min_rate_pl_per_day);
		return;
	}
	if (rate_pl_per_day > highest || bolus_pl_per_day > highest - rate_pl_per_day)
		refuse(first, GUARD_RATE_ABOVE, THECA_RATE,
			rate_pl_per_day > INT64_MAX - bolus_pl_per_day
				? INT64_MAX
				: rate_pl_per_day + bolus_pl_per_day,
			highest);
	else if (rate_pl_per_day + bolus_pl_per_day < range->min_rate_pl_per_day ||
		 rate_pl_per_day + bolus_pl_per_day == 0)
		refuse(first, GUARD_RATE_BELOW, THECA_RATE, rate_pl_per_day + bolus_pl_per_day,
			range->min_rate_pl_per_day);
}

/* -- limits of drugs -------------------------------------------------------------------------- */

/* Mixes with the limits of their parts. */
struct parts {
	const struct mix *mix;
	const struct theca_drug_profile *const *profiles;
};

static bool is_stated(int64_t bound)
{
	return bound >= 0; /* THECA_NONE, or nonsense, is not */
}

static bool is_limited(const struct theca_drug_profile *profile)
{
	return profile && is_stated(profile->day_hard_pg);
}

/* The verdict of one limit over all drugs: who passes it furthest. */
struct finding {
	enum guard_limit limit;
	uint32_t dimension;
	size_t part;
	int64_t value, bound;
	bool passed;
};

static void weigh(struct finding *finding, size_t part, int64_t value, int64_t bound)
{
	if (!is_stated(bound) || value <= bound)
		return;
	if (finding->passed && (__int128)value * finding->bound <= (__int128)finding->value * bound)
		return;
	finding->part = part;
	finding->value = value;
	finding->bound = bound;
	finding->passed = true;
}

static void conclude(
	struct guard_verdict *first, const struct parts *parts, const struct finding *finding)
{
	bool is_soft = finding->limit >= GUARD_CONCENTRATION_SOFT;
	if (!finding->passed || first->decision == GUARD_REFUSE ||
		(is_soft && first->decision == GUARD_CONFIRM))
		return;
	const struct theca_drug_profile *profile = parts->profiles[finding->part];
	*first = (struct guard_verdict){
		.decision = is_soft ? GUARD_CONFIRM : GUARD_REFUSE,
		.limit = finding->limit,
		.drug = parts->mix->parts[finding->part].drug,
		.dimension = finding->dimension,
		.value = finding->value,
		.bound = finding->bound,
		.limit_set = profile ? profile->limit_set : NULL,
		.year = profile ? profile->year : 0,
	};
}

/* A drug without a hard daily maximum is refused, whatever the amount. */
static void check_limited(struct guard_verdict *first, const struct parts *parts)
{
	for (size_t i = 0; i < parts->mix->count; i++) {
		struct finding finding = {.limit = GUARD_NO_LIMITS, .part = i, .passed = true};
		if (!is_limited(parts->profiles[i]))
			conclude(first, parts, &finding);
	}
}

/* Which bound of a profile a limit means; the dimension of both sides. */
struct bound_of {
	uint32_t dimension;
	size_t offset;
};

static const struct bound_of bounds[GUARD_LIMITS] = {
	[GUARD_CONCENTRATION_HARD] = {THECA_CONCENTRATION,
		offsetof(struct theca_drug_profile, concentration_hard_pg_per_ul)},
	[GUARD_BOLUS_HARD] = {THECA_MASS, offsetof(struct theca_drug_profile, bolus_hard_pg)},
	[GUARD_HOUR_HARD] = {THECA_MASS, offsetof(struct theca_drug_profile, hour_hard_pg)},
	[GUARD_DAY_HARD] = {THECA_MASS, offsetof(struct theca_drug_profile, day_hard_pg)},
	[GUARD_CONCENTRATION_SOFT] = {THECA_CONCENTRATION,
		offsetof(struct theca_drug_profile, concentration_soft_pg_per_ul)},
	[GUARD_BOLUS_SOFT] = {THECA_MASS, offsetof(struct theca_drug_profile, bolus_soft_pg)},
	[GUARD_HOUR_SOFT] = {THECA_MASS, offsetof(struct theca_drug_profile, hour_soft_pg)},
	[GUARD_DAY_SOFT] = {THECA_MASS, offsetof(struct theca_drug_profile, day_soft_pg)},
};

static int64_t bound_in(const struct theca_drug_profile *profile, enum guard_limit limit)
{
	if (!profile)
		return THECA_NONE;
	return *(const int64_t *)((const char *)profile + bounds[limit].offset);
}

static struct finding look_for(enum guard_limit limit)
{
	return (struct finding){.limit = limit, .dimension = bounds[limit].dimension};
}

static void check_concentration(
	struct guard_verdict *first, const struct parts *parts, enum guard_limit limit)
{
	struct finding finding = look_for(limit);
	for (size_t i = 0; i < parts->mix->count; i++) {
		int64_t bound = bound_in(parts->profiles[i], limit);
		if (limit == GUARD_CONCENTRATION_HARD &&
			(!is_stated(bound) || bound > WINDOW_MOST_PG_PER_UL))
			bound = WINDOW_MOST_PG_PER_UL;
		weigh(&finding, i, parts->mix->parts[i].pg_per_ul, bound);
	}
	conclude(first, parts, &finding);
}

/* Mass in a volume, rounded up; never so large that it would wrap. */
static int64_t mass_pg(int64_t pg_per_ul, int64_t volume_pl)
{
	__int128 mass = ((__int128)pg_per_ul * volume_pl + PL_PER_UL - 1) / PL_PER_UL;
	return mass > INT64_MAX ? INT64_MAX : (int64_t)mass;
}

/* A volume that is given as one, or that adds up in the limit's time. */
static void check_volume(struct guard_verdict *first, const struct parts *parts,
	enum guard_limit limit, int64_t volume_pl)
{
	struct finding finding = look_for(limit);
	for (size_t i = 0; i < parts->mix->count; i++)
		weigh(&finding, i, mass_pg(parts->mix->parts[i].pg_per_ul, volume_pl),
			bound_in(parts->profiles[i], limit));
	conclude(first, parts, &finding);
}

static int64_t span_ns(enum guard_limit limit)
{
	return limit == GUARD_HOUR_HARD || limit == GUARD_HOUR_SOFT ? THECA_HOUR_NS : THECA_DAY_NS;
}

/* What adds up from now on, with what flowed before. */
static void check_sums(struct guard_verdict *first, const struct guard_view *view,
	const struct parts *parts, enum guard_limit limit, const struct window_plan *plan)
{
	struct finding finding = look_for(limit);
	if (first->decision == GUARD_REFUSE)
		return;
	for (size_t i = 0; i < parts->mix->count; i++) {
		int64_t bound = bound_in(parts->profiles[i], limit);
		if (is_stated(bound))
			weigh(&finding, i,
				window_worst_pg(view->window, parts->mix->parts[i].drug,
					span_ns(limit), view->now_ns, plan),
				bound);
	}
	conclude(first, parts, &finding);
}

/* -- a rate ----------------------------------------------------------------------------------- */

struct guard_verdict guard_rate(const struct guard_view *view, int64_t rate_pl_per_day)
{
	struct guard_verdict first = {0};
	struct parts parts = {view->mix, view->profiles};
	struct window_plan plan = {.rate_pl_per_day = rate_pl_per_day};
	check_state(&first, view);
	if (rate_pl_per_day == 0 && view->range->zero_is_legal)
		return first; /* nothing flows but what was allowed already */
	check_flow(&first, view, rate_pl_per_day, 0);
	check_flow(&first, view, rate_pl_per_day, view->bolus_pl_per_day);
	check_limited(&first, &parts);
	check_concentration(&first, &parts, GUARD_CONCENTRATION_HARD);
	check_sums(&first, view, &parts, GUARD_HOUR_HARD, &plan);
	check_sums(&first, view, &parts, GUARD_DAY_HARD, &plan);
	if (view->usable_pl <= 0)
		refuse(&first, GUARD_RESERVOIR, THECA_VOLUME, 0, 0);
	check_sums(&first, view, &parts, GUARD_HOUR_SOFT, &plan);
	check_sums(&first, view, &parts, GUARD_DAY_SOFT, &plan);
	return first;
}

/* -- a bolus ---------------------------------------------------------------------------------- */

/* As a rate; 0 for one at once, which is as fast as the pump can. */
static int64_t bolus_flow(int64_t volume_pl, int64_t duration_ns)
{
	if (duration_ns <= 0)
		return 0;
	__int128 flow = (__int128)volume_pl * THECA_DAY_NS / duration_ns;
	return flow > INT64_MAX ? INT64_MAX : (int64_t)flow;
}

static void check_bolus_flow(
	struct guard_verdict *first, const struct guard_view *view, const struct guard_bolus *bolus)
{
	const struct theca_pump_range *range = view->range;
	int64_t flow = bolus_flow(bolus->volume_pl, bolus->duration_ns);
	if (bolus->volume_pl < 0)
		refuse(first, GUARD_DIRECTION, THECA_VOLUME, bolus->volume_pl, 0);
	else if (bolus->volume_pl == 0 || bolus->duration_ns < 0 ||
		 bolus->duration_ns > LONGEST_BOLUS_NS)
		refuse(first, GUARD_RATE_BELOW, THECA_RATE, flow, range->min_rate_pl_per_day);
	else if (bolus->duration_ns)
		check_flow(first, view, view->rate_pl_per_day, flow);
}

static void check_patient(struct guard_verdict *first, const struct guard_view *view,
	const struct parts *parts, const struct guard_patient *patient)
{
	for (size_t i = 0; i < parts->mix->count; i++) {
		struct finding finding = {.limit = GUARD_PATIENT_BOLUS, .part = i, .passed = true};
		if (!parts->profiles[i] || !parts->profiles[i]->patient_bolus)
			conclude(first, parts, &finding);
	}
	if (!view)
		return;
	if (view->last_bolus_ns != THECA_NONE &&
		view->now_ns - view->last_bolus_ns < patient->lockout_ns)
		refuse(first, GUARD_LOCKOUT, THECA_DURATION, view->now_ns - view->last_bolus_ns,
			patient->lockout_ns);
	if (view->boluses_in_day >= patient->at_most)
		refuse(first, GUARD_COUNT, THECA_COUNT, view->boluses_in_day + 1, patient->at_most);
}

struct guard_verdict guard_bolus(const struct guard_view *view, const struct guard_bolus *bolus)
{
	struct guard_verdict first = {0};
	struct parts parts = {view->mix, view->profiles};
	int64_t dose_pl = bolus->volume_pl - bolus->in_line_pl;
	struct window_plan plan = {.rate_pl_per_day = THECA_NONE,
		.volume_pl = dose_pl > 0 ? dose_pl : 0,
		.duration_ns = bolus->duration_ns};
	check_state(&first, view);
	if (view->bolus_runs)
		refuse(&first, GUARD_BOLUS_RUNS, 0, 0, 0);
	check_bolus_flow(&first, view, bolus);
	if (bolus->volume_pl > WINDOW_MOST_PL)
		refuse(&first, GUARD_RESERVOIR, THECA_VOLUME, bolus->volume_pl, view->usable_pl);
	check_limited(&first, &parts);
	check_concentration(&first, &parts, GUARD_CONCENTRATION_HARD);
	check_volume(&first, &parts, GUARD_BOLUS_HARD, plan.volume_pl);
	check_sums(&first, view, &parts, GUARD_HOUR_HARD, &plan);
	check_sums(&first, view, &parts, GUARD_DAY_HARD, &plan);
	if (bolus->patient)
		check_patient(&first, view, &parts, bolus->patient);
	if (bolus->volume_pl > view->usable_pl)
		refuse(&first, GUARD_RESERVOIR, THECA_VOLUME, bolus->volume_pl, view->usable_pl);
	check_volume(&first, &parts, GUARD_BOLUS_SOFT, plan.volume_pl);
	check_sums(&first, view, &parts, GUARD_HOUR_SOFT, &plan);
	check_sums(&first, view, &parts, GUARD_DAY_SOFT, &plan);
	return first;
}

/* -- a fill ----------------------------------------------------------------------------------- */

/* What flows after it: the rate that does, or the only one that the pump has. */
static int64_t rate_after_fill(const struct guard_view *view)
{
	const struct theca_pump_range *range = view->range;
	bool has_one_rate = range->min_rate_pl_per_day == range->max_rate_pl_per_day;
	if (has_one_rate && range->max_rate_pl_per_day > view->rate_pl_per_day)
		return range->max_rate_pl_per_day;
	return view->rate_pl_per_day;
}

struct guard_verdict guard_fill(const struct guard_view *view, const struct guard_filling *filling)
{
	struct guard_verdict first = {0};
	struct parts filled = {filling->mix, filling->profiles};
	struct parts blend = {filling->blend, filling->blend_profiles};
	int64_t capacity_pl = view->range->reservoir_pl;
	struct window_plan plan = {.rate_pl_per_day = rate_after_fill(view), .mix = filling->blend};
	check_state(&first, view);
	if (view->bolus_runs)
		refuse(&first, GUARD_BOLUS_RUNS, 0, 0, 0);
	if (filling->volume_pl < 0 || filling->volume_pl > capacity_pl ||
		filling->volume_pl > WINDOW_MOST_PL)
		refuse(&first, GUARD_RESERVOIR, THECA_VOLUME, filling->volume_pl, capacity_pl);
	check_limited(&first, &filled);
	check_limited(&first, &blend);
	check_concentration(&first, &filled, GUARD_CONCENTRATION_HARD);
	if (plan.rate_pl_per_day) {
		check_sums(&first, view, &blend, GUARD_HOUR_HARD, &plan);
		check_sums(&first, view, &blend, GUARD_DAY_HARD, &plan);
	}
	check_concentration(&first, &filled, GUARD_CONCENTRATION_SOFT);
	if (plan.rate_pl_per_day) {
		check_sums(&first, view, &blend, GUARD_HOUR_SOFT, &plan);
		check_sums(&first, view, &blend, GUARD_DAY_SOFT, &plan);
	}
	return first;
}

/* -- a program -------------------------------------------------------------------------------- */

/* Patient boluses that can fall into a span: their starts are a lockout apart and each is no longer
 * than it, so what they give together is at most span / lockout of them, rounded up. */
static int64_t program_boluses(const struct guard_program *program, int64_t span)
{
	int64_t lockout_ns = program->lockout_ns, most;
	if (lockout_ns <= 0 || lockout_ns < program->bolus_duration_ns)
		return program->boluses_per_day;
	most = (span - 1) / lockout_ns + 1;
	return most < program->boluses_per_day ? most : program->boluses_per_day;
}

static int64_t program_volume_pl(const struct guard_program *program, int64_t span)
{
	int64_t basal_pl = program->day_volume_pl;
	int64_t hour_pl = program->highest_pl_per_day / 24 + (program->highest_pl_per_day % 24 > 0);
	if (span == THECA_HOUR_NS && hour_pl < basal_pl)
		basal_pl = hour_pl;
	__int128 volume_pl =
		basal_pl + (__int128)program_boluses(program, span) * program->bolus_volume_pl;
	return volume_pl > INT64_MAX ? INT64_MAX : (int64_t)volume_pl;
}

static void check_program_doses(struct guard_verdict *first, const struct parts *parts,
	const struct guard_program *program, bool is_hard)
{
	int64_t hour_pl = program_volume_pl(program, THECA_HOUR_NS);
	int64_t day_pl = program_volume_pl(program, THECA_DAY_NS);
	if (program->is_played && program->highest_pl_per_day > day_pl)
		day_pl = program->highest_pl_per_day;
	check_volume(first, parts, is_hard ? GUARD_BOLUS_HARD : GUARD_BOLUS_SOFT,
		program->bolus_volume_pl);
	check_volume(first, parts, is_hard ? GUARD_HOUR_HARD : GUARD_HOUR_SOFT, hour_pl);
	check_volume(first, parts, is_hard ? GUARD_DAY_HARD : GUARD_DAY_SOFT, day_pl);
}

struct guard_verdict guard_program(
	const struct guard_view *view, const struct guard_program *program)
{
	struct guard_verdict first = {0};
	struct parts parts = {view->mix, view->profiles};
	struct guard_bolus bolus = {program->bolus_volume_pl, program->bolus_duration_ns, 0, NULL};
	struct guard_view calm = {
		.range = view->range, .rate_pl_per_day = program->highest_pl_per_day};
	bool has_bolus = program->bolus_volume_pl != 0;
	check_state(&first, view);
	if (program->lowest_pl_per_day)
		check_flow(&first, view, program->lowest_pl_per_day, 0);
	if (program->highest_pl_per_day)
		check_flow(&first, view, program->highest_pl_per_day, 0);
	if (has_bolus)
		check_bolus_flow(&first, &calm, &bolus);
	check_limited(&first, &parts);
	check_concentration(&first, &parts, GUARD_CONCENTRATION_HARD);
	check_program_doses(&first, &parts, program, true);
	if (has_bolus)
		check_patient(&first, NULL, &parts, NULL);
	check_program_doses(&first, &parts, program, false);
	return first;
}

/* -- with nothing further asked --------------------------------------------------------------- */

static void pass_first(int64_t *least_ns, struct guard_verdict *limit,
	const struct guard_view *view, size_t part, enum guard_limit which)
{
	struct parts parts = {view->mix, view->profiles};
	int64_t bound = bound_in(view->profiles[part], which);
	if (!is_stated(bound))
		return;
	int64_t passes_ns = window_passes_ns(
		view->window, view->mix->parts[part].drug, span_ns(which), bound, view->now_ns);
	if (passes_ns >= *least_ns)
		return;
	struct finding finding = look_for(which);
	finding.part = part;
	finding.passed = true;
	finding.bound = bound;
	finding.value = window_worst_pg(
		view->window, view->mix->parts[part].drug, span_ns(which), view->now_ns, NULL);
	*least_ns = passes_ns;
	*limit = (struct guard_verdict){0};
	conclude(limit, &parts, &finding);
}

int64_t guard_deadline(const struct guard_view *view, struct guard_verdict *limit)
{
	struct parts parts = {view->mix, view->profiles};
	int64_t least_ns = THECA_NEVER;
	bool flows = view->rate_pl_per_day > 0 || view->bolus_runs;
	*limit = (struct guard_verdict){0};
	if (!flows)
		return least_ns; /* a halt would change nothing */
	check_limited(limit, &parts);
	if (limit->decision == GUARD_REFUSE)
		return view->now_ns;
	for (size_t i = 0; i < view->mix->count; i++) {
		pass_first(&least_ns, limit, view, i, GUARD_HOUR_HARD);
		pass_first(&least_ns, limit, view, i, GUARD_DAY_HARD);
	}
	return least_ns;
}
