/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums over a window: a walk over the edges of its pieces. A sum over (t - span, t] is what had
 * flowed by t less what had flowed by t - span: two cursors over the pieces that only go forward,
 * so a walk costs one step a piece. Totals wrap modulo 2^128, differences are exact.
 */
#include "pump/window.h"
#include <stdbool.h>

typedef unsigned __int128 wide;

#define PL_PER_UL 1000000
/* A sum counts in picograms / (PL_PER_UL * THECA_DAY_NS). Parts of boluses are rounded, by less
 * than a millionth of a picogram in all, and as much is no passing of a bound. */
#define SUMS_PER_PG ((wide)PL_PER_UL * THECA_DAY_NS)
#define ROUNDING ((wide)THECA_DAY_NS)
#define MOST_PG INT64_C(1000000000000000000)

/* -- what had flowed by a time ---------------------------------------------------------------- */

/* Pieces, and how strong each of their mixes is in the one drug that is asked for. */
struct flow {
	const struct window_rate *rates;
	const struct window_bolus *boluses;
	const int64_t *pg_per_ul; /* by mix */
	uint32_t rate_count, bolus_count;
};

struct cursor {
	const struct flow *flow;
	uint32_t rate, bolus; /* pieces that may still flow; those before are in `passed` */
	wide passed;
};

/* In 1 / THECA_DAY_NS pl. */
static wide rate_volume(const struct window_rate *rate, int64_t until_ns)
{
	return (wide)((__int128)rate->rate_pl_per_day * (until_ns - rate->at_ns));
}

static wide bolus_volume(const struct window_bolus *bolus, int64_t at_ns)
{
	int64_t all_ns = bolus->until_ns - bolus->from_ns;
	if (at_ns >= bolus->until_ns)
		return (wide)bolus->volume_pl * THECA_DAY_NS;
	wide part = (wide)bolus->volume_pl * (uint64_t)(at_ns - bolus->from_ns);
	wide whole = part / (uint64_t)all_ns, rest = part % (uint64_t)all_ns;
	return whole * THECA_DAY_NS + rest * THECA_DAY_NS / (uint64_t)all_ns;
}

static wide of_mix(const struct flow *flow, uint32_t mix, wide volume)
{
	return volume * (wide)flow->pg_per_ul[mix];
}

static wide rates_by(struct cursor *cursor, int64_t at_ns)
{
	const struct flow *flow = cursor->flow;
	while (cursor->rate + 1 < flow->rate_count &&
		flow->rates[cursor->rate + 1].at_ns <= at_ns) {
		const struct window_rate *rate = &flow->rates[cursor->rate++];
		cursor->passed += of_mix(flow, rate->mix, rate_volume(rate, rate[1].at_ns));
	}
	const struct window_rate *flowing = flow->rates + cursor->rate;
	if (!flow->rate_count || flowing->at_ns >= at_ns)
		return 0;
	return of_mix(flow, flowing->mix, rate_volume(flowing, at_ns));
}

static wide boluses_by(struct cursor *cursor, int64_t at_ns)
{
	const struct flow *flow = cursor->flow;
	while (cursor->bolus < flow->bolus_count &&
		flow->boluses[cursor->bolus].until_ns <= at_ns) {
		const struct window_bolus *bolus = &flow->boluses[cursor->bolus++];
		cursor->passed += of_mix(flow, bolus->mix, bolus_volume(bolus, at_ns));
	}
	const struct window_bolus *running = flow->boluses + cursor->bolus;
	if (cursor->bolus == flow->bolus_count || running->from_ns >= at_ns)
		return 0;
	return of_mix(flow, running->mix, bolus_volume(running, at_ns));
}

/* All that flowed by a time, which never falls. */
static wide flowed_by(struct cursor *cursor, int64_t at_ns)
{
	wide running = rates_by(cursor, at_ns) + boluses_by(cursor, at_ns);
	return cursor->passed + running;
}

static void earliest(int64_t *least_ns, int64_t edge_ns, int64_t after_ns)
{
	if (edge_ns > after_ns && edge_ns < *least_ns)
		*least_ns = edge_ns;
}

/* The next time at which the slope changes. A bolus at once is a step between two instants. */
static int64_t next_edge_ns(const struct cursor *cursor, int64_t after_ns)
{
	const struct flow *flow = cursor->flow;
	int64_t least_ns = THECA_NEVER;
	for (uint32_t i = cursor->rate; i < flow->rate_count && i < cursor->rate + 2; i++)
		earliest(&least_ns, flow->rates[i].at_ns, after_ns);
	for (uint32_t i = cursor->bolus; i < flow->bolus_count && i < cursor->bolus + 2; i++) {
		const struct window_bolus *bolus = &flow->boluses[i];
		if (bolus->from_ns == bolus->until_ns)
			earliest(&least_ns, bolus->from_ns - 1, after_ns);
		earliest(&least_ns, bolus->from_ns, after_ns);
		earliest(&least_ns, bolus->until_ns, after_ns);
	}
	return least_ns;
}

/* -- sums ------------------------------------------------------------------------------------- */

#define LAYERS 3 /* what flows; what of it would stop; what would flow instead */

struct walk {
	struct flow flows[LAYERS];
	struct cursor lead[LAYERS], tail[LAYERS]; /* at t and at t - span */
	size_t count;
	int64_t pg_per_ul[WINDOW_MIXES + 1], flowing_pg_per_ul, planned_pg_per_ul;
	struct window_rate stopped, started;
	struct window_bolus given;
	int64_t span_ns, at_ns;
};

static void walk_init(struct walk *walk, const struct window *window, uint32_t drug,
	int64_t span_ns, int64_t now_ns)
{
	walk->count = 1;
	walk->span_ns = span_ns;
	walk->at_ns = now_ns;
	walk->pg_per_ul[0] = 0;
	for (uint32_t i = 1; i <= window->mix_count; i++)
		walk->pg_per_ul[i] = mix_pg_per_ul(&window->mixes[i - 1], drug);
	walk->flows[0] = (struct flow){window->rates, window->boluses, walk->pg_per_ul,
		window->rate_count, window->bolus_count};
	walk->lead[0] = walk->tail[0] = (struct cursor){.flow = &walk->flows[0]};
	walk->flowing_pg_per_ul = walk->pg_per_ul[window->mix];
}

static void add_flow(struct walk *walk, struct flow flow)
{
	walk->flows[walk->count] = flow;
	walk->lead[walk->count] = walk->tail[walk->count] =
		(struct cursor){.flow = &walk->flows[walk->count]};
	walk->count++;
}

static int64_t flowing_pl_per_day(const struct window *window)
{
	return window->rate_count ? window->rates[window->rate_count - 1].rate_pl_per_day : 0;
}

/* What would be done lies over what flows: the old rate is taken away, the new one is added. */
static void add_plan(struct walk *walk, const struct window *window, uint32_t drug,
	const struct window_plan *plan)
{
	int64_t flowing = flowing_pl_per_day(window), now_ns = walk->at_ns;
	bool other_rate = plan->rate_pl_per_day != THECA_NONE;
	walk->planned_pg_per_ul =
		plan->mix ? mix_pg_per_ul(plan->mix, drug) : walk->flowing_pg_per_ul;
	walk->stopped = (struct window_rate){.at_ns = now_ns, .rate_pl_per_day = -flowing};
	walk->started = (struct window_rate){
		.at_ns = now_ns, .rate_pl_per_day = other_rate ? plan->rate_pl_per_day : flowing};
	walk->given = (struct window_bolus){
		.from_ns = now_ns,
		.until_ns = now_ns + plan->duration_ns,
		.volume_pl = plan->volume_pl,
	};
	bool changes = other_rate || plan->mix;
	if (changes)
		add_flow(walk, (struct flow){.rates = &walk->stopped,
				       .pg_per_ul = &walk->flowing_pg_per_ul,
				       .rate_count = 1});
	add_flow(walk, (struct flow){&walk->started, &walk->given, &walk->planned_pg_per_ul,
			       changes, plan->volume_pl != 0});
}

static wide walk_sum(struct walk *walk)
{
	wide sum = 0;
	for (size_t i = 0; i < walk->count; i++)
		sum += flowed_by(&walk->lead[i], walk->at_ns) -
		       flowed_by(&walk->tail[i], walk->at_ns - walk->span_ns);
	return (__int128)sum < 0 ? 0 : sum; /* by rounding alone */
}

/* On to the next edge. False: there is none, the sum stays. */
static bool walk_on(struct walk *walk)
{
	int64_t least_ns = THECA_NEVER;
	for (size_t i = 0; i < walk->count; i++) {
		int64_t lead_ns = next_edge_ns(&walk->lead[i], walk->at_ns);
		int64_t tail_ns = next_edge_ns(&walk->tail[i], walk->at_ns - walk->span_ns);
		earliest(&least_ns, lead_ns, walk->at_ns);
		if (tail_ns < THECA_NEVER - walk->span_ns)
			earliest(&least_ns, tail_ns + walk->span_ns, walk->at_ns);
	}
	walk->at_ns = least_ns;
	return least_ns != THECA_NEVER;
}

static int64_t picograms(wide sum)
{
	if (sum >= (wide)MOST_PG * SUMS_PER_PG)
		return INT64_MAX;
	return (int64_t)((sum + SUMS_PER_PG - 1 - ROUNDING) / SUMS_PER_PG);
}

int64_t window_mass_pg(const struct window *window, uint32_t drug, int64_t span_ns, int64_t now_ns)
{
	struct walk walk;
	walk_init(&walk, window, drug, span_ns, now_ns);
	return picograms(walk_sum(&walk));
}

int64_t window_worst_pg(const struct window *window, uint32_t drug, int64_t span_ns, int64_t now_ns,
	const struct window_plan *plan)
{
	struct walk walk;
	wide most = 0;
	walk_init(&walk, window, drug, span_ns, now_ns);
	if (plan)
		add_plan(&walk, window, drug, plan);
	do {
		wide sum = walk_sum(&walk);
		if (sum > most)
			most = sum;
	} while (walk_on(&walk));
	return picograms(most);
}

/* Where the line from `low` to `high`, `length_ns` apart, reaches `bound`: rounded down. */
static int64_t reaches_ns(wide low, wide high, wide bound, int64_t length_ns)
{
	wide part = bound - low, all = high - low;
	while (all >> 62) {
		part >>= 1;
		all = (all >> 1) + 1;
	}
	return (int64_t)(part * (uint64_t)length_ns / all);
}

int64_t window_passes_ns(const struct window *window, uint32_t drug, int64_t span_ns,
	int64_t bound_pg, int64_t now_ns)
{
	struct walk walk;
	wide before, sum;
	if (bound_pg >= MOST_PG)
		return THECA_NEVER;
	wide bound = (wide)bound_pg * SUMS_PER_PG + 2 * ROUNDING;
	walk_init(&walk, window, drug, span_ns, now_ns);
	sum = walk_sum(&walk);
	if (sum > bound)
		return now_ns;
	for (int64_t from_ns = now_ns; walk_on(&walk); from_ns = walk.at_ns) {
		before = sum;
		sum = walk_sum(&walk);
		if (sum > bound)
			return from_ns + reaches_ns(before, sum, bound, walk.at_ns - from_ns);
	}
	return THECA_NEVER;
}
