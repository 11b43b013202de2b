/* SPDX-License-Identifier: Apache-2.0 */
/* Windows: exact sums by hand, and random histories against sums added up another way. */
#include "pump/window.h"
#include "chance.h"
#include "tap.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define HOUR THECA_HOUR_NS
#define DAY THECA_DAY_NS
#define MINUTE THECA_MINUTE_NS
#define ML INT64_C(1000000000)
#define MG INT64_C(1000000000)
#define MG_PER_ML INT64_C(1000000)

enum { MORPHINE = 1, BUPIVACAINE = 2 };

static const struct mix twenty = {
	.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 20 * MG_PER_ML}}};
static const struct mix ten_and_five = {.count = 2,
	.parts = {{.drug = BUPIVACAINE, .pg_per_ul = 5 * MG_PER_ML},
		{.drug = MORPHINE, .pg_per_ul = 10 * MG_PER_ML}}};
static const struct mix water;

static struct window morphine_window(void)
{
	struct window window;
	window_init(&window);
	window_mix(&window, 0, &twenty);
	return window;
}

static int64_t day_mg_at(const struct window *window, int64_t now_ns)
{
	return window_mass_pg(window, MORPHINE, DAY, now_ns);
}

/* -- by hand ---------------------------------------------------------------------------------- */

static void test_rates(void)
{
	struct window window = morphine_window();
	is(window_mass_pg(&window, MORPHINE, DAY, 5 * DAY), 0, "nothing flowed");
	is(window_passes_ns(&window, MORPHINE, DAY, 0, 0), THECA_NEVER, "and 0 is not passed");
	window_rate(&window, 0, ML / 2);
	is(day_mg_at(&window, 12 * HOUR), 5 * MG, "half a day of 10 mg/day");
	is(day_mg_at(&window, 10 * DAY), 10 * MG, "any day of it, however late");
	is(window_mass_pg(&window, MORPHINE, HOUR, 3 * DAY), 416666667, "an hour, rounded up");
	is(window_mass_pg(&window, BUPIVACAINE, DAY, 3 * DAY), 0, "not in the mix");
	window_rate(&window, 10 * DAY, 0);
	is(day_mg_at(&window, 10 * DAY + 18 * HOUR), 2500 * MG / 1000, "it leaves the window");
	is(day_mg_at(&window, 11 * DAY), 0, "and is gone");
	window_finish(&window);
	window_finish(&window);
	ok(!window.rates, "finishing twice is finishing");
}

/* The sums hold exactly at a limit: 180 days at it, and a picolitre a day more. */
static void test_at_the_limit(void)
{
	const int64_t odd_ns[] = {
		0, 1, 7, 999999999, 3 * HOUR + 1, 24 * HOUR - 1, 24 * HOUR, 180 * DAY + 13};
	int wrong = 0;
	for (size_t i = 0; i < sizeof odd_ns / sizeof *odd_ns; i++) {
		struct window window = morphine_window();
		window_rate(&window, 12345, 750000000); /* 15 mg/day */
		wrong +=
			window_passes_ns(&window, MORPHINE, DAY, 15 * MG, odd_ns[i]) != THECA_NEVER;
		wrong += window_worst_pg(&window, MORPHINE, DAY, odd_ns[i], NULL) != 15 * MG;
		wrong += window_passes_ns(&window, MORPHINE, HOUR, 625000000, odd_ns[i]) !=
			 THECA_NEVER;
		window_finish(&window);
	}
	is(wrong, 0, "a rate that gives just the limit passes it never");
	struct window window = morphine_window();
	window_rate(&window, 0, 750000001);
	int64_t at_ns = window_passes_ns(&window, MORPHINE, DAY, 15 * MG, 0);
	ok(at_ns < DAY && at_ns > DAY - 200000,
		"a picolitre a day more does, just before the day is full");
	is(window_worst_pg(&window, MORPHINE, DAY, 0, NULL), 15 * MG + 20, "by 20 pg");
	window_finish(&window);
}

static void test_boluses(void)
{
	struct window window = morphine_window();
	window_bolus(&window, HOUR, HOUR + 10 * MINUTE, ML / 20); /* 1 mg */
	is(window_mass_pg(&window, MORPHINE, HOUR, HOUR), 0, "a bolus begins with nothing");
	is(window_mass_pg(&window, MORPHINE, HOUR, HOUR + 3 * MINUTE), 300 * MG / 1000,
		"flows evenly");
	is(window_mass_pg(&window, MORPHINE, HOUR, 2 * HOUR), MG, "is whole");
	is(window_mass_pg(&window, MORPHINE, HOUR, 2 * HOUR + 9 * MINUTE), 100 * MG / 1000,
		"leaves evenly");
	window_bolus(&window, 10 * HOUR, 10 * HOUR, ML / 20);
	is(window_mass_pg(&window, MORPHINE, HOUR, 10 * HOUR), MG, "one at once is there at once");
	is(window_mass_pg(&window, MORPHINE, HOUR, 11 * HOUR - 1), MG, "for all of the hour");
	is(window_mass_pg(&window, MORPHINE, HOUR, 11 * HOUR), 0,
		"(now - span, now]: then it is gone");
	window_bolus(&window, 20 * HOUR, 21 * HOUR, ML / 20);
	window_cut(&window, 20 * HOUR + 15 * MINUTE);
	is(window_mass_pg(&window, MORPHINE, HOUR, 21 * HOUR), MG / 4,
		"a cut bolus keeps what was given");
	window_bolus(&window, 30 * HOUR, 31 * HOUR, ML / 20);
	window_bolus(&window, 30 * HOUR + 15 * MINUTE, 0, 0);
	is(window_mass_pg(&window, MORPHINE, HOUR, 30 * HOUR + 15 * MINUTE), MG,
		"one that is not trusted is whole");
	window_bolus(&window, 40 * HOUR, 41 * HOUR, ML / 20);
	window_also(&window, 40 * HOUR + 30 * MINUTE, ML / 10);
	is(window_mass_pg(&window, MORPHINE, HOUR, 40 * HOUR + 30 * MINUTE), 2500 * MG / 1000,
		"more than was asked");
	is(window_mass_pg(&window, MORPHINE, HOUR, 41 * HOUR), 3 * MG,
		"beside a bolus that goes on");
	window_finish(&window);
}

/* A fourteenth of a bolus is no whole number of anything, but 14 of them are: no sum is passed by
 * rounding. */
static void test_parts_are_not_passed_by_rounding(void)
{
	const struct mix fourteen = {
		.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 14 * MG_PER_ML}}};
	const int64_t hour_pg = 10000001;
	struct window window;
	int wrong = 0;
	window_init(&window);
	window_mix(&window, 0, &fourteen);
	window_bolus(&window, 1, 1 + 14 * HOUR, hour_pg); /* pl: 1/14 of 14 pg each */
	for (int64_t at_ns = 1; at_ns < 20 * HOUR; at_ns += 7 * MINUTE + 13) {
		int64_t most = window_worst_pg(&window, MORPHINE, HOUR, at_ns, NULL);
		int64_t passes_ns = window_passes_ns(&window, MORPHINE, HOUR, hour_pg, at_ns);
		wrong += most > hour_pg || (at_ns < 14 * HOUR && most != hour_pg);
		wrong += passes_ns != THECA_NEVER;
	}
	is(wrong, 0, "an hour of a bolus of 14 h is just a fourteenth");
	window_finish(&window);
}

static void test_mixes(void)
{
	struct window window;
	window_init(&window);
	window_rate(&window, 0, ML);
	is(window_mass_pg(&window, MORPHINE, DAY, 6 * HOUR), 0, "water is no dose");
	window_mix(&window, 6 * HOUR, &twenty);
	window_mix(&window, 12 * HOUR, &ten_and_five);
	is(day_mg_at(&window, 12 * HOUR), 5 * MG, "a mix counts from when it flows");
	is(day_mg_at(&window, 18 * HOUR), 7500 * MG / 1000, "and the next one after it");
	is(window_mass_pg(&window, BUPIVACAINE, DAY, DAY), 2500 * MG / 1000, "each drug by itself");
	window_bolus(&window, 30 * HOUR, 32 * HOUR, ML);
	window_mix(&window, 31 * HOUR, &water);
	window_rate(&window, 31 * HOUR, 0);
	is(window_mass_pg(&window, BUPIVACAINE, HOUR, 31 * HOUR), 2708333334,
		"a bolus of two mixes counts to the fill");
	is(window_mass_pg(&window, BUPIVACAINE, HOUR, 32 * HOUR), 0, "and is water after it");
	for (int i = 0; i < 100; i++) {
		struct mix mix = {
			.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = MG_PER_ML + i}}};
		window_mix(&window, (40 + 2 * i) * HOUR, &mix);
		window_rate(&window, (40 + 2 * i) * HOUR, ML + i);
	}
	ok(window.mix_count < 20, "mixes that are gone make room");
	int error = 0;
	for (int i = 0; i < 2 * WINDOW_MIXES && !error; i++) {
		struct mix mix = {
			.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 2 * MG_PER_ML + i}}};
		error = window_mix(&window, 300 * HOUR + i, &mix);
	}
	is(error, -ENOSPC, "more mixes in a day than can be told apart are refused");
	window_finish(&window);
}

/* What would be done, and when it would be too much. */
static void test_plans(void)
{
	struct window window = morphine_window();
	struct window_plan rate = {.rate_pl_per_day = ML};
	struct window_plan bolus = {
		.rate_pl_per_day = THECA_NONE, .volume_pl = ML / 20, .duration_ns = MINUTE};
	struct window_plan fill = {.rate_pl_per_day = ML / 4, .mix = &ten_and_five};
	window_rate(&window, 0, ML / 4);           /* 5 mg/day */
	window_bolus(&window, HOUR, HOUR, ML / 5); /* 4 mg */
	is(window_worst_pg(&window, MORPHINE, DAY, 2 * HOUR, NULL), 9 * MG,
		"as it goes on: rate and bolus");
	is(window_worst_pg(&window, MORPHINE, DAY, 25 * HOUR, NULL), 5 * MG,
		"later the rate alone");
	/* fullest as the bolus leaves: 24 h in which 1 h was of the old rate */
	is(window_worst_pg(&window, MORPHINE, DAY, 2 * HOUR, &rate), 23375 * MG / 1000,
		"a higher rate meets the old bolus");
	is(window_worst_pg(&window, MORPHINE, DAY, 2 * HOUR, &bolus), 10 * MG,
		"a bolus on top of both");
	is(window_worst_pg(&window, BUPIVACAINE, DAY, 2 * HOUR, &fill), 1250 * MG / 1000,
		"a drug to come");
	is(window_worst_pg(&window, MORPHINE, DAY, 2 * HOUR, &fill), 6708333334,
		"a weaker mix after the old one");
	int64_t at_ns = window_passes_ns(&window, MORPHINE, DAY, 8 * MG, 2 * HOUR);
	is(at_ns, 19 * HOUR + 12 * MINUTE, "4 mg and 19.2 h of 5 mg/day are 8 mg");
	is(window_passes_ns(&window, MORPHINE, DAY, 9 * MG, 2 * HOUR), THECA_NEVER,
		"9 mg are never passed");
	is(window_passes_ns(&window, MORPHINE, DAY, 4 * MG, 2 * HOUR), 2 * HOUR,
		"passed already: now");
	is(window_passes_ns(&window, MORPHINE, DAY, INT64_MAX, 2 * HOUR), THECA_NEVER,
		"no bound at all");
	window_finish(&window);
}

/* A step down that hides a peak: the rate goes up after a bolus that ended at once. */
static void test_peak_before_a_step(void)
{
	struct window window = morphine_window();
	window_bolus(&window, HOUR, 11 * HOUR, ML / 10);
	window_bolus(&window, HOUR + 30 * MINUTE, 0, 0); /* cut, and the rest at once */
	window_rate(&window, 2 * HOUR, ML / 2);
	is(window_worst_pg(&window, MORPHINE, DAY, 2 * HOUR, NULL), 11691666667,
		"the instant before the rest of a bolus leaves is looked at");
	window_finish(&window);
}

/* -- at random -------------------------------------------------------------------------------- */

#define EVENTS 60

struct piece {
	long double from_ns, until_ns, volume_pl, pg_per_ul[3];
};

/* Flow as a list of even pieces, and its sums by adding them all up. */
struct reference {
	struct piece pieces[4 * EVENTS];
	size_t count;
};

static long double reference_pg(
	const struct reference *flow, uint32_t drug, int64_t span_ns, int64_t now_ns)
{
	long double sum = 0, begin = (long double)now_ns - span_ns;
	for (size_t i = 0; i < flow->count; i++) {
		const struct piece *piece = &flow->pieces[i];
		long double from = fmaxl(piece->from_ns, begin),
			    until = fminl(piece->until_ns, now_ns);
		long double share = 0;
		if (piece->from_ns == piece->until_ns)
			share = piece->from_ns > begin && piece->from_ns <= now_ns;
		else if (until > from)
			share = (until - from) / (piece->until_ns - piece->from_ns);
		sum += share * piece->volume_pl * piece->pg_per_ul[drug] / 1e6L;
	}
	return sum;
}

static void reference_add(struct reference *flow, const struct mix *mix, int64_t from_ns,
	int64_t until_ns, long double volume_pl)
{
	struct piece *piece = &flow->pieces[flow->count++];
	*piece = (struct piece){.from_ns = from_ns, .until_ns = until_ns, .volume_pl = volume_pl};
	for (uint32_t drug = 1; drug <= 2; drug++)
		piece->pg_per_ul[drug] = mix_pg_per_ul(mix, drug);
}

struct trial {
	struct window window;
	struct reference flow;
	const struct mix *mix;
	uint64_t random;
	int64_t now_ns, rate_pl_per_day, rate_from_ns;
	int64_t bolus_until_ns;
};

static void close_rate(struct trial *trial, int64_t until_ns)
{
	if (trial->rate_pl_per_day && until_ns > trial->rate_from_ns)
		reference_add(&trial->flow, trial->mix, trial->rate_from_ns, until_ns,
			(long double)trial->rate_pl_per_day * (until_ns - trial->rate_from_ns) /
				DAY);
	trial->rate_from_ns = until_ns;
}

static void random_event(struct trial *trial)
{
	static const struct mix *const mixes[] = {&twenty, &ten_and_five, &water};
	uint64_t *random = &trial->random;
	bool bolus_runs = trial->bolus_until_ns > trial->now_ns;
	int64_t kind = between(random, 0, 9), volume_pl = between(random, 1, ML / 10);
	if (kind < 5) {
		close_rate(trial, trial->now_ns);
		trial->rate_pl_per_day = between(random, 0, 3) ? between(random, 1, 2 * ML) : 0;
		window_rate(&trial->window, trial->now_ns, trial->rate_pl_per_day);
	} else if (kind < 8 && !bolus_runs) {
		int64_t duration_ns = between(random, 0, 3) ? between(random, 1, 3 * HOUR) : 0;
		trial->bolus_until_ns = trial->now_ns + duration_ns;
		window_bolus(&trial->window, trial->now_ns, trial->bolus_until_ns, volume_pl);
		reference_add(
			&trial->flow, trial->mix, trial->now_ns, trial->bolus_until_ns, volume_pl);
	} else if (kind == 8 && !bolus_runs) {
		close_rate(trial, trial->now_ns);
		trial->mix = mixes[between(random, 0, 2)];
		window_mix(&trial->window, trial->now_ns, trial->mix);
	}
}

static void random_history(struct trial *trial, uint64_t seed)
{
	*trial = (struct trial){.random = seed, .mix = &twenty};
	trial->window = morphine_window();
	for (int i = 0; i < EVENTS; i++) {
		trial->now_ns +=
			between(&trial->random, 0, 2) ? between(&trial->random, 1, 2 * HOUR) : 0;
		random_event(trial);
	}
	close_rate(trial, trial->now_ns);
	/* what goes on */
	reference_add(&trial->flow, trial->mix, trial->now_ns, trial->now_ns + 10 * DAY,
		(long double)trial->rate_pl_per_day * 10);
}

static bool is_near(int64_t got, long double want)
{
	return got >= (int64_t)floorl(want - 1e-3L) && got <= (int64_t)ceill(want + 1e-3L);
}

static int64_t check_sums(struct trial *trial, uint32_t drug, int64_t span_ns)
{
	int64_t wrong = 0;
	long double worst = 0;
	int64_t most = window_worst_pg(&trial->window, drug, span_ns, trial->now_ns, NULL);
	for (int i = 0; i < 40; i++) {
		int64_t at_ns = trial->now_ns + between(&trial->random, 0, 30 * HOUR);
		long double want = reference_pg(&trial->flow, drug, span_ns, at_ns);
		wrong += !is_near(window_mass_pg(&trial->window, drug, span_ns, at_ns), want);
		wrong += want > most + 1e-3L;
	}
	for (size_t i = 0; i < trial->flow.count; i++) {
		const int64_t edges_ns[] = {(int64_t)trial->flow.pieces[i].from_ns,
			(int64_t)trial->flow.pieces[i].until_ns};
		for (size_t j = 0; j < 6; j++) {
			int64_t at_ns = edges_ns[j % 2] + (j < 2          ? 0
								  : j < 4 ? span_ns
									  : span_ns - 1);
			if (at_ns >= trial->now_ns)
				worst = fmaxl(
					worst, reference_pg(&trial->flow, drug, span_ns, at_ns));
		}
	}
	worst = fmaxl(worst, reference_pg(&trial->flow, drug, span_ns, trial->now_ns));
	return wrong + !is_near(most, worst);
}

static int64_t check_passing(struct trial *trial, uint32_t drug, int64_t span_ns)
{
	int64_t most = window_worst_pg(&trial->window, drug, span_ns, trial->now_ns, NULL);
	int64_t bound = between(&trial->random, 0, most), wrong = 0;
	int64_t at_ns = window_passes_ns(&trial->window, drug, span_ns, bound, trial->now_ns);
	wrong +=
		window_passes_ns(&trial->window, drug, span_ns, most, trial->now_ns) != THECA_NEVER;
	if (at_ns == THECA_NEVER)
		return wrong + (most > bound + 1);
	for (int i = 0; i < 20 && at_ns > trial->now_ns; i++) {
		int64_t before_ns = between(&trial->random, trial->now_ns, at_ns);
		wrong += reference_pg(&trial->flow, drug, span_ns, before_ns) > bound + 1e-2L;
	}
	/* early by no more than a nanosecond: soon after it is passed */
	return wrong + !(reference_pg(&trial->flow, drug, span_ns, at_ns + 2) > bound - 1e-2L);
}

static void test_random_histories(uint64_t seed)
{
	int64_t sums = 0, passings = 0;
	for (int i = 0; i < 150; i++) {
		struct trial trial;
		random_history(&trial, seed + (uint64_t)i);
		for (uint32_t drug = 1; drug <= 2; drug++) {
			sums += check_sums(&trial, drug, HOUR) + check_sums(&trial, drug, DAY);
			passings += check_passing(&trial, drug, HOUR) +
				    check_passing(&trial, drug, DAY);
		}
		window_finish(&trial.window);
	}
	is(sums, 0, "sums, and their worst to come, are those of the pieces added up");
	is(passings, 0, "no bound is passed before the time foretold, and it is passed after");
}

/* A plan foretells what comes when it is carried out. */
static void test_plans_come_true(uint64_t seed)
{
	int64_t wrong = 0;
	for (int i = 0; i < 200; i++) {
		struct trial trial;
		random_history(&trial, seed + 1000 + (uint64_t)i);
		struct window_plan plan = {.rate_pl_per_day = between(&trial.random, 0, 2 * ML),
			.volume_pl = between(&trial.random, 0, ML / 10),
			.duration_ns = between(&trial.random, 0, 2 * HOUR),
			.mix = between(&trial.random, 0, 1) ? &ten_and_five : NULL};
		if (trial.bolus_until_ns > trial.now_ns)
			plan.volume_pl = 0, plan.mix = NULL;
		int64_t foretold =
			window_worst_pg(&trial.window, MORPHINE, DAY, trial.now_ns, &plan);
		if (plan.mix)
			window_mix(&trial.window, trial.now_ns, plan.mix);
		window_rate(&trial.window, trial.now_ns, plan.rate_pl_per_day);
		if (plan.volume_pl)
			window_bolus(&trial.window, trial.now_ns, trial.now_ns + plan.duration_ns,
				plan.volume_pl);
		wrong += foretold !=
			 window_worst_pg(&trial.window, MORPHINE, DAY, trial.now_ns, NULL);
		window_finish(&trial.window);
	}
	is(wrong, 0, "a plan foretells the worst of what then is done");
}

/* More changes than are kept: never less drug than there was, and not much more. */
static void test_too_many_changes(uint64_t seed)
{
	struct window window = morphine_window();
	uint64_t random = seed;
	long double truth_pg = 0;
	int64_t at_ns = 0, most_kept = 0, touched = 0;
	for (int i = 0; i < 20000; i++, at_ns += THECA_SECOND_NS) {
		int64_t rate = ML / 2 + between(&random, 0, ML / 100), volume_pl = i % 2 ? 500 : 0;
		window_rate(&window, at_ns, rate);
		window_bolus(&window, at_ns, at_ns + THECA_SECOND_NS / 4, volume_pl);
		truth_pg += (long double)rate / 86400 * 20 + volume_pl * 20;
		touched += window.rates[window.rate_count - 1].rate_pl_per_day != rate;
		if (window.rate_count > most_kept)
			most_kept = window.rate_count;
	}
	int64_t sum = day_mg_at(&window, at_ns);
	ok(most_kept <= WINDOW_PIECES && window.bolus_count <= WINDOW_PIECES, "pieces are bounded");
	ok((long double)sum >= truth_pg - 1 && (long double)sum < truth_pg * 1.02L,
		"merged pieces count no less drug than there was");
	is(touched, 0, "what flows now is not touched");
	window_rate(&window, at_ns, 0);
	is(window_mass_pg(&window, MORPHINE, DAY, at_ns + DAY), 0,
		"and all of it leaves after a day");
	window_finish(&window);
}

static void test_full_layer_and_mix(void)
{
	struct window window = morphine_window();
	for (int i = 0; window.rate_count < WINDOW_PIECES; i++)
		window_rate(&window, i * THECA_SECOND_NS, ML / 2 - i);
	window_mix(&window, 2 * HOUR, &ten_and_five);
	is(window.rates[window.rate_count - 1].rate_pl_per_day, ML / 2 - WINDOW_PIECES + 1,
		"merging leaves alone what flows");
	window_finish(&window);
}

static void test_old_pieces(void)
{
	struct window window = morphine_window();
	for (int64_t i = 0; i < 3000; i++) {
		window_rate(&window, i * HOUR, ML / 2 + i % 2);
		window_bolus(&window, i * HOUR, i * HOUR + MINUTE, 1000);
	}
	ok(window.rate_room <= 64 && window.bolus_room <= 64,
		"months of hourly changes need no more room than a day");
	window_rate(&window, 0, 7);
	is(window.rates[window.rate_count - 1].at_ns, 2999 * HOUR, "time never goes back");
	window_finish(&window);
}

int main(void)
{
	uint64_t seed = seed_of_test(20260105);
	test_rates();
	test_at_the_limit();
	test_boluses();
	test_parts_are_not_passed_by_rounding();
	test_mixes();
	test_plans();
	test_peak_before_a_step();
	test_random_histories(seed);
	test_plans_come_true(seed);
	test_too_many_changes(seed);
	test_full_layer_and_mix();
	test_old_pieces();
	is(window_part_pl(10, 0, 3, 1), 3, "parts are rounded down");
	is(window_part_pl(10, 5, 5, 5), 10, "a bolus at once is whole at once");
	return done_testing();
}
