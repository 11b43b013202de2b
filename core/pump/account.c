/* SPDX-License-Identifier: Apache-2.0 */
/* A pump's accounts: what was delivered, what is left, and when that changes by itself. */
#include "pump/pump.h"

#define PL_PER_UL 1000000 /* so a volume in pl times pg/uL is millionths of a picogram */

/* -- up to now -------------------------------------------------------------------------------- */

static void account_rate(struct pump *pump, int64_t step_ns)
{
	unsigned __int128 volume = (unsigned __int128)pump->rate_pl_per_day * (uint64_t)step_ns;
	if (volume >> 64) {
		pump->step_pl = (int64_t)(volume / THECA_DAY_NS);
		pump->step_rest = (int64_t)(volume % THECA_DAY_NS);
	} else {
		pump->step_pl = (int64_t)((uint64_t)volume / THECA_DAY_NS);
		pump->step_rest = (int64_t)((uint64_t)volume % THECA_DAY_NS);
	}
	pump->delivered_pl += pump->step_pl;
	pump->delivered_rest += pump->step_rest;
	if (pump->delivered_rest >= THECA_DAY_NS) {
		pump->delivered_rest -= THECA_DAY_NS;
		pump->delivered_pl++;
	}
}

static int64_t in_line_of(const struct pump_bolus *bolus)
{
	return bolus->given_pl < bolus->in_line_pl ? bolus->given_pl : bolus->in_line_pl;
}

static void account_bolus(struct pump *pump)
{
	struct pump_bolus *bolus = &pump->bolus;
	int64_t before_pl = bolus->given_pl, in_line_before_pl = in_line_of(bolus);
	bolus->given_pl =
		window_part_pl(bolus->volume_pl, bolus->from_ns, bolus->until_ns, pump->at_ns);
	int64_t in_line_pl = in_line_of(bolus) - in_line_before_pl;
	pump->in_line_pl += in_line_pl;
	pump->bolus_pl += bolus->given_pl - before_pl - in_line_pl;
	if (pump->at_ns >= bolus->until_ns)
		*bolus = (struct pump_bolus){0};
}

void pump_advance_far(struct pump *pump, int64_t now_ns)
{
	int64_t step_ns = now_ns - pump->at_ns;
	if (step_ns > 0) {
		account_rate(pump, step_ns);
		pump->at_ns = now_ns;
	}
	pump->step_ns = step_ns > 0 ? step_ns : THECA_NONE;
	if (pump->bolus.volume_pl) {
		account_bolus(pump);
		pump->step_ns = THECA_NONE;
	}
}

/* -- volumes ---------------------------------------------------------------------------------- */

int64_t pump_delivered_pl(const struct pump *pump)
{
	return pump->delivered_pl + pump->bolus_pl;
}

int64_t pump_left_pl(const struct pump *pump)
{
	return pump_delivered_pl(pump) + pump->in_line_pl;
}

/* Below 0 when the pump should have run dry. */
static int64_t content_pl(const struct pump *pump)
{
	return pump->filled_pl - (pump_left_pl(pump) - pump->at_fill_pl - pump->in_line_at_fill_pl);
}

int64_t pump_reservoir_pl(const struct pump *pump)
{
	int64_t left_pl = content_pl(pump);
	return left_pl > 0 ? left_pl : 0;
}

static int64_t bolus_flow_pl_per_day(const struct pump_bolus *bolus)
{
	int64_t duration_ns = bolus->until_ns - bolus->from_ns;
	if (!bolus->volume_pl || duration_ns <= 0)
		return 0;
	__int128 flow = (__int128)bolus->volume_pl * THECA_DAY_NS / duration_ns;
	return flow > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)flow;
}

int64_t pump_flow_pl_per_day(const struct pump *pump)
{
	return pump->rate_pl_per_day + bolus_flow_pl_per_day(&pump->bolus);
}

/* -- masses ----------------------------------------------------------------------------------- */

int64_t pump_delivered_drug_pg(const struct pump *pump, uint32_t drug)
{
	__int128 mass = (__int128)mix_pg_per_ul(&pump->mix, drug) *
			(pump_delivered_pl(pump) - pump->at_fill_pl);
	for (uint32_t i = 0; i < pump->given_count; i++)
		if (pump->given[i].drug == drug)
			mass += (__int128)pump->given[i].given_pg * PL_PER_UL + pump->given[i].rest;
	return (int64_t)(mass / PL_PER_UL);
}

int64_t pump_delivered_pg(const struct pump *pump, size_t part)
{
	if (part >= pump->mix.count)
		return 0;
	return pump_delivered_drug_pg(pump, pump->mix.parts[part].drug);
}

/* -- what comes by itself --------------------------------------------------------------------- */

/* The time after which a rate has moved this much more than the accounts say. */
static int64_t moved_ns(const struct pump *pump, int64_t volume_pl, int64_t rate_pl_per_day)
{
	if (volume_pl <= 0)
		return pump->at_ns;
	if (rate_pl_per_day <= 0)
		return THECA_NEVER;
	__int128 volume = (__int128)volume_pl * THECA_DAY_NS - pump->delivered_rest;
	__int128 at_ns = pump->at_ns + (volume + rate_pl_per_day - 1) / rate_pl_per_day;
	return at_ns > THECA_NEVER ? THECA_NEVER : (int64_t)at_ns;
}

int64_t pump_reaches_ns(const struct pump *pump, int64_t volume_pl, int64_t rate_pl_per_day)
{
	return moved_ns(pump, content_pl(pump) - volume_pl, rate_pl_per_day);
}

/* When the reservoir passes a level that it is above; with a bolus, a picolitre or two late, so
 * that whoever wakes up then finds it passed. */
static int64_t level_ns(const struct pump *pump, int64_t level_pl)
{
	int64_t above_pl = content_pl(pump) - level_pl, at_ns;
	if (above_pl <= 0)
		return THECA_NEVER;
	at_ns = moved_ns(pump, above_pl, pump->rate_pl_per_day);
	if (pump->bolus.volume_pl) {
		int64_t sooner_ns = moved_ns(pump, above_pl + 2, pump_flow_pl_per_day(pump));
		at_ns = sooner_ns < at_ns ? sooner_ns : at_ns;
	}
	return at_ns > pump->at_ns ? at_ns : pump->at_ns + 1;
}

int64_t pump_next(const struct pump *pump)
{
	const int64_t times_ns[] = {pump->bolus.volume_pl ? pump->bolus.until_ns : THECA_NEVER,
		level_ns(pump, pump->range.low_reservoir_pl),
		level_ns(pump, pump->range.residual_pl)};
	int64_t next_ns = THECA_NEVER;
	for (size_t i = 0; i < sizeof times_ns / sizeof *times_ns; i++)
		if (times_ns[i] < next_ns)
			next_ns = times_ns[i];
	return next_ns;
}
