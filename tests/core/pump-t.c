/* SPDX-License-Identifier: Apache-2.0 */
/* A pump's accounts and states: what counts from when, until when, to the picolitre. */
#include "pump/pump.h"
#include "chance.h"
#include "drugs.h"
#include "tap.h"
#include <errno.h>

static uint64_t token;

static struct theca_command command_of(
	uint32_t verb, int64_t rate_pl_per_day, int64_t volume_pl, int64_t duration_ns)
{
	return (struct theca_command){.size = sizeof(struct theca_command),
		.verb = verb,
		.token = ++token,
		.rate_pl_per_day = rate_pl_per_day,
		.volume_pl = volume_pl,
		.duration_ns = duration_ns};
}

static void filled(
	struct pump *pump, const struct mix *mix, const struct theca_drug_profile *const *profiles)
{
	pump_init(pump, &implant, 0);
	pump_fill(pump, mix, profiles, 40 * ML, 0);
}

static uint64_t begin(struct pump *pump, uint32_t verb, int64_t rate_pl_per_day, int64_t volume_pl,
	int64_t duration_ns, int64_t now_ns)
{
	struct theca_command command = command_of(verb, rate_pl_per_day, volume_pl, duration_ns);
	pump_begin(pump, &command, false, now_ns);
	return command.token;
}

static void set_rate(struct pump *pump, int64_t rate_pl_per_day, int64_t now_ns)
{
	pump_end(pump, begin(pump, THECA_SET_RATE, rate_pl_per_day, 0, 0, now_ns), THECA_DONE,
		now_ns);
}

static void give(struct pump *pump, int64_t volume_pl, int64_t duration_ns, int64_t now_ns)
{
	pump_end(pump, begin(pump, THECA_BOLUS, 0, volume_pl, duration_ns, now_ns), THECA_DONE,
		now_ns);
}

static void halt(struct pump *pump, int64_t now_ns)
{
	pump_end(pump, begin(pump, THECA_HALT, 0, 0, 0, now_ns), THECA_DONE, now_ns);
}

static int64_t day_pg(const struct pump *pump)
{
	return window_mass_pg(&pump->window, MORPHINE, DAY, pump->at_ns);
}

/* -- accounts --------------------------------------------------------------------------------- */

static void compare(const struct pump *a, const struct pump *b, const char *what)
{
	is(pump_delivered_pl(a), pump_delivered_pl(b), "%s: volume", what);
	is(a->delivered_rest, b->delivered_rest, "%s: and what is left of a picolitre", what);
	is(pump_delivered_pg(a, 0), pump_delivered_pg(b, 0), "%s: mass", what);
	is(pump_reservoir_pl(a), pump_reservoir_pl(b), "%s: reservoir", what);
}

/* 180 days of 1-second steps, and of random ones, are one step of 180 days. */
static void test_steps_add_up(uint64_t seed)
{
	const int64_t rates[] = {123456789, 48000001};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct pump once, seconds, random;
		struct pump *const pumps[] = {&once, &seconds, &random};
		uint64_t state = seed + i;
		for (size_t j = 0; j < 3; j++) {
			filled(pumps[j], &twenty, morphine_alone);
			set_rate(pumps[j], rates[i], 12345);
		}
		pump_advance(&once, 180 * DAY + 12345);
		for (int64_t at_ns = 12345; at_ns < 180 * DAY; at_ns += THECA_SECOND_NS)
			pump_advance(&seconds, at_ns);
		pump_advance(&seconds, 180 * DAY + 12345);
		for (int64_t at_ns = 12345; at_ns < 180 * DAY;
			at_ns += between(&state, 1, 2 * MINUTE))
			pump_advance(&random, at_ns);
		pump_advance(&random, 180 * DAY + 12345);
		is(pump_delivered_pl(&once), rates[i] * 180, "180 days at %lld pl/day",
			(long long)rates[i]);
		compare(&seconds, &once, "seconds");
		compare(&random, &once, "random steps");
		for (size_t j = 0; j < 3; j++)
			pump_finish(pumps[j]);
	}
}

/* With boluses, rate changes and fills the path is the same, however often it is looked at. */
static void random_life(struct pump *pump, uint64_t seed, int64_t most_step_ns)
{
	uint64_t life = seed, steps = seed ^ (uint64_t)most_step_ns;
	int64_t at_ns = 0;
	filled(pump, &twenty, morphine_alone);
	for (int i = 0; i < 60; i++) {
		int64_t next_ns = at_ns + between(&life, 1, 12 * HOUR), kind = between(&life, 0, 5);
		int64_t amount = between(&life, 1, ML / 10),
			duration_ns = between(&life, 0, 2 * HOUR);
		while (most_step_ns && (at_ns += between(&steps, 1, most_step_ns)) < next_ns)
			pump_advance(pump, at_ns);
		at_ns = next_ns;
		pump_advance(pump, at_ns);
		if (kind < 2)
			set_rate(pump, amount * 5, at_ns);
		else if (kind < 4)
			give(pump, amount, duration_ns, at_ns);
		else if (kind == 4)
			halt(pump, at_ns);
		else
			pump_fill(pump, i % 2 ? &twenty : &ten, morphine_alone, 40 * ML, at_ns);
	}
	pump_advance(pump, at_ns + DAY);
}

static void test_lives_add_up(uint64_t seed)
{
	int different = 0;
	for (uint64_t i = 0; i < 20; i++) {
		struct pump once, often;
		random_life(&once, seed + i, 0);
		random_life(&often, seed + i, 20 * MINUTE);
		different += pump_delivered_pl(&once) != pump_delivered_pl(&often);
		different += pump_delivered_pg(&once, 0) != pump_delivered_pg(&often, 0);
		different += pump_reservoir_pl(&once) != pump_reservoir_pl(&often);
		different += day_pg(&once) != day_pg(&often);
		pump_finish(&once);
		pump_finish(&often);
	}
	is(different, 0, "a life is the same whether it is looked at once or often");
}

static void test_boluses_count(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	give(&pump, ML / 20, 10 * MINUTE, HOUR);
	is(pump_state(&pump), PUMP_BOLUS, "a bolus runs");
	is(pump_next(&pump), HOUR + 10 * MINUTE, "and will end");
	is(pump_flow_pl_per_day(&pump), ML / 4 + ML / 20 * 144, "on top of the rate");
	pump_advance(&pump, HOUR + 5 * MINUTE);
	is(pump_delivered_pl(&pump), ML / 40 + ML / 4 * 65 / 1440, "half of it is given");
	pump_advance(&pump, 2 * HOUR);
	is(pump_state(&pump), PUMP_DELIVERING, "it ended on the way");
	is(pump_delivered_pl(&pump), ML / 20 + ML / 48, "all of it is given");
	pump_advance(&pump, HOUR);
	is(pump.at_ns, 2 * HOUR, "accounts never go back");
	give(&pump, ML / 20, 0, 2 * HOUR);
	is(pump_delivered_pl(&pump), ML / 10 + ML / 48, "at once is at once");
	is(day_pg(&pump), 2 * MG + 416666667, "and in the window");
	give(&pump, ML / 20, HOUR, 2 * HOUR);
	give(&pump, ML / 20, HOUR, 2 * HOUR + 30 * MINUTE);
	is(pump.bolus_pl, 3 * ML / 20, "a bolus that another cuts off counts to its end");
	is(day_pg(&pump), 3 * MG + 520833334, "in the window too");
	pump_finish(&pump);
	pump_finish(&pump);
}

/* -- what counts from when -------------------------------------------------------------------- */

static void test_rates_in_flight(void)
{
	static const struct {
		const char *name;
		int64_t before, asked;
		int outcome;
		int64_t meanwhile, after; /* that counts */
	} cases[] = {
		{"up, done", ML / 4, ML / 2, THECA_DONE, ML / 2, ML / 2},
		{"up, failed", ML / 4, ML / 2, -EIO, ML / 2, ML / 4},
		{"up, unknown", ML / 4, ML / 2, THECA_UNCERTAIN, ML / 2, ML / 2},
		{"down, done", ML / 2, ML / 4, THECA_DONE, ML / 2, ML / 4},
		{"down, failed", ML / 2, ML / 4, -EIO, ML / 2, ML / 2},
		{"down, unknown", ML / 2, ML / 4, THECA_UNCERTAIN, ML / 2, ML / 2},
		{"from 0, done", 0, ML / 4, THECA_DONE, ML / 4, ML / 4},
		{"from 0, failed", 0, ML / 4, -EIO, ML / 4, 0},
		{"to 0, unknown", ML / 4, 0, THECA_UNCERTAIN, ML / 4, ML / 4},
		{"unknown in an unknown way", ML / 4, ML, 7, ML, ML},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pump pump;
		filled(&pump, &twenty, morphine_alone);
		set_rate(&pump, cases[i].before, 0);
		uint64_t open = begin(&pump, THECA_SET_RATE, cases[i].asked, 0, 0, DAY);
		is(pump.rate_pl_per_day, cases[i].meanwhile, "%s: while it is open", cases[i].name);
		is(pump_end(&pump, open, cases[i].outcome, 2 * DAY), 0, "%s: ends", cases[i].name);
		is(pump.rate_pl_per_day, cases[i].after, "%s: after it", cases[i].name);
		is(pump.uncertain, cases[i].outcome > 0, "%s: certain or not", cases[i].name);
		pump_advance(&pump, 3 * DAY);
		is(pump_delivered_pl(&pump), cases[i].before + cases[i].meanwhile + cases[i].after,
			"%s: volume; what was counted stays counted", cases[i].name);
		is(day_pg(&pump), cases[i].after * 20, "%s: window", cases[i].name);
		is(pump_end(&pump, open, THECA_DONE, 3 * DAY), -ENOENT, "%s: ends once",
			cases[i].name);
		pump_finish(&pump);
	}
}

static void test_boluses_in_flight(void)
{
	static const struct {
		const char *name;
		int outcome;
		int64_t at_end, at_last; /* volume */
	} cases[] = {
		{"done", THECA_DONE, ML / 40, ML / 20},
		{"failed", -EIO, ML / 40, ML / 40},
		{"unknown", THECA_UNCERTAIN, ML / 20, ML / 20},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pump pump;
		struct theca_command bolus = command_of(THECA_BOLUS, 0, ML / 20, HOUR);
		filled(&pump, &twenty, morphine_alone);
		pump_begin(&pump, &bolus, true, DAY);
		pump_end(&pump, bolus.token, cases[i].outcome, DAY + 30 * MINUTE);
		is(pump_delivered_pl(&pump), cases[i].at_end, "%s: at its end", cases[i].name);
		is(day_pg(&pump), cases[i].at_end * 20, "%s: in the window", cases[i].name);
		pump_advance(&pump, DAY + 2 * HOUR);
		is(pump_delivered_pl(&pump), cases[i].at_last, "%s: in the end", cases[i].name);
		is(day_pg(&pump), cases[i].at_last * 20, "%s: in the window", cases[i].name);
		is(pump.press_count, cases[i].outcome >= 0, "%s: remembered or not", cases[i].name);
		pump_finish(&pump);
	}
}

/* Counted ahead, for the pump may be done with it before we know. */
static void test_doses_at_once(void)
{
	static const struct {
		const char *name;
		int outcome;
		int64_t after;
	} cases[] = {
		{"done", THECA_DONE, ML / 20},
		{"busy", -EBUSY, 0},
		{"unknown", THECA_UNCERTAIN, ML / 20},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pump pump;
		struct theca_command bolus = command_of(THECA_BOLUS, 0, ML / 20, 0);
		filled(&pump, &twenty, morphine_alone);
		give(&pump, ML / 40, 0, DAY);
		pump_begin(&pump, &bolus, false, 2 * DAY - HOUR);
		is(pump_delivered_pl(&pump), ML / 40 + ML / 20, "%s: counts at once", cases[i].name);
		pump_end(&pump, bolus.token, cases[i].outcome, 2 * DAY - HOUR + 1);
		is(pump_delivered_pl(&pump), ML / 40 + cases[i].after, "%s: after it", cases[i].name);
		is(day_pg(&pump), (ML / 40 + cases[i].after) * 20, "%s: in the window", cases[i].name);
		is(pump_reservoir_pl(&pump), 40 * ML - ML / 40 - cases[i].after, "%s: what is left",
			cases[i].name);
		pump_finish(&pump);
	}
}

static void test_halts(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	give(&pump, ML / 20, HOUR, DAY);
	uint64_t first = begin(&pump, THECA_HALT, 0, 0, 0, DAY + 15 * MINUTE);
	is(pump.rate_pl_per_day, ML / 4, "the rate counts until the halt is done");
	pump_end(&pump, first, -EIO, DAY + 20 * MINUTE);
	is(pump_state(&pump), PUMP_BOLUS, "a halt that failed stops nothing");
	pump_end(&pump, begin(&pump, THECA_HALT, 0, 0, 0, DAY + 30 * MINUTE), THECA_DONE,
		DAY + 30 * MINUTE);
	is(pump_state(&pump), PUMP_STOPPED, "one that is done stops rate and bolus");
	is(pump_end(&pump, token, THECA_DONE, DAY + 30 * MINUTE), -ENOENT, "and is over");
	pump_advance(&pump, 3 * DAY);
	is(pump_delivered_pl(&pump), ML / 4 + ML / 40 + ML / 192, "half of the bolus was given");
	is(pump_next(&pump), THECA_NEVER, "nothing more comes by itself");
	pump_finish(&pump);

	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	pump_end(&pump, begin(&pump, THECA_HALT, 0, 0, 0, DAY), THECA_UNCERTAIN, DAY);
	is(pump_state(&pump), PUMP_UNCERTAIN, "a halt of unknown end");
	is(pump.rate_pl_per_day, ML / 4, "counts as none");
	halt(&pump, 2 * DAY);
	is(pump.rate_pl_per_day, 0, "a second halt ends the account");
	is(pump_state(&pump), PUMP_UNCERTAIN, "but only a read-back makes it certain");
	pump_finish(&pump);
}

/* A command that is open when a halt is done may come after it: it counts until it ends. */
static void test_halt_ahead(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	uint64_t up = begin(&pump, THECA_SET_RATE, ML / 2, 0, 0, DAY);
	halt(&pump, DAY);
	is(pump.rate_pl_per_day, ML / 2, "an open rate counts on after a halt");
	pump_end(&pump, up, -ECANCELED, DAY);
	is(pump.rate_pl_per_day, 0, "until it certainly did not happen");
	uint64_t bolus = begin(&pump, THECA_BOLUS, 0, ML / 20, HOUR, 2 * DAY);
	halt(&pump, 2 * DAY);
	is(pump_state(&pump), PUMP_BOLUS, "so does an open bolus");
	pump_end(&pump, bolus, -ECANCELED, 2 * DAY + 6 * MINUTE);
	pump_advance(&pump, 3 * DAY);
	is(pump_delivered_pl(&pump), ML / 4 + ML / 200, "what was counted meanwhile stays");
	begin(&pump, THECA_SET_RATE, ML / 8, 0, 0, 3 * DAY);
	uint64_t second = begin(&pump, THECA_SET_RATE, ML / 16, 0, 0, 3 * DAY);
	is(pump_state(&pump), PUMP_UNCERTAIN, "a command nobody waited for is uncertain");
	pump_end(&pump, second, THECA_DONE, 3 * DAY);
	is(pump.rate_pl_per_day, ML / 16, "the next one is what it is");
	is(pump_end(&pump, 0, THECA_DONE, 3 * DAY), -ENOENT, "no token is no command");
	uint64_t late = begin(&pump, THECA_HALT, 0, 0, 0, 4 * DAY);
	set_rate(&pump, ML / 4, 4 * DAY);
	pump_end(&pump, late, THECA_DONE, 4 * DAY);
	is(pump.rate_pl_per_day, ML / 4, "a halt does not end what was begun after it");
	halt(&pump, 4 * DAY);
	is(pump.rate_pl_per_day, 0, "the next halt does");
	pump_finish(&pump);
}

/* -- read-backs ------------------------------------------------------------------------------- */

static struct theca_readback says(bool delivering, int64_t rate_pl_per_day, int64_t counter_pl)
{
	return (struct theca_readback){.size = sizeof(struct theca_readback),
		.delivering = delivering,
		.rate_pl_per_day = rate_pl_per_day,
		.delivered_pl = counter_pl,
		.reservoir_pl = THECA_NONE};
}

static void settle(struct pump *pump, struct theca_readback readback, int64_t now_ns)
{
	pump_settle(pump, &readback, now_ns);
}

static void test_settling(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	settle(&pump, says(true, ML / 8, THECA_NONE), HOUR);
	is(pump.rate_pl_per_day, ML / 4, "less than what counts is not believed");
	settle(&pump, says(false, 0, THECA_NONE), HOUR);
	is(pump.rate_pl_per_day, ML / 4, "nor is nothing");
	settle(&pump, says(true, ML / 2, THECA_NONE), HOUR);
	is(pump.rate_pl_per_day, ML / 2, "more is");
	pump_end(&pump, begin(&pump, THECA_SET_RATE, ML, 0, 0, DAY), THECA_UNCERTAIN, DAY);
	settle(&pump, says(true, THECA_NONE, THECA_NONE), DAY);
	ok(pump.uncertain && pump.rate_pl_per_day == ML,
		"delivering at a rate untold settles nothing");
	settle(&pump, says(true, INT64_MAX, THECA_NONE), DAY);
	settle(&pump, says(true, -1, THECA_NONE), DAY);
	ok(pump.uncertain && pump.rate_pl_per_day == ML, "nor does nonsense");
	settle(&pump, says(true, ML / 2, THECA_NONE), DAY);
	ok(!pump.uncertain && pump.rate_pl_per_day == ML / 2,
		"where an end was unknown, the pump is believed");
	pump_end(&pump, begin(&pump, THECA_SET_RATE, ML, 0, 0, 2 * DAY), THECA_UNCERTAIN, 2 * DAY);
	settle(&pump, says(false, THECA_NONE, THECA_NONE), 2 * DAY);
	is(pump_state(&pump), PUMP_STOPPED, "also that it stands still");
	give(&pump, ML / 20, HOUR, 2 * DAY);
	pump_end(&pump, begin(&pump, THECA_SET_RATE, ML, 0, 0, 2 * DAY), THECA_UNCERTAIN, 2 * DAY);
	settle(&pump, says(false, 0, THECA_NONE), 2 * DAY + 30 * MINUTE);
	is(pump_state(&pump), PUMP_STOPPED, "with the bolus that ran");
	settle(&pump, says(true, THECA_NONE, THECA_NONE), 3 * DAY);
	is(pump_state(&pump), PUMP_STOPPED, "a rate untold makes nothing uncertain");
	settle(&pump, says(true, -5, THECA_NONE), 2 * DAY);
	is(pump_state(&pump), PUMP_UNCERTAIN, "nonsense makes uncertain");
	pump_finish(&pump);
}

static void test_counters(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	set_rate(&pump, ML / 4, 0);
	settle(&pump, says(true, ML / 4, 7 * ML), DAY);
	is(pump_delivered_pl(&pump), ML / 4, "the first count is only remembered");
	settle(&pump, says(true, ML / 4, 7 * ML + ML / 8), 2 * DAY);
	is(pump_delivered_pl(&pump), ML / 2, "less than the account is not believed");
	settle(&pump, says(true, ML / 4, 8 * ML), 2 * DAY);
	is(pump_delivered_pl(&pump), 5 * ML / 4, "more is: 1 mL since the first count");
	is(day_pg(&pump), 20 * MG, "in the window too");
	settle(&pump, says(true, ML / 4, 8 * ML), 2 * DAY);
	is(pump_delivered_pl(&pump), 5 * ML / 4, "but once");
	settle(&pump, says(true, ML / 4, 1000), 2 * DAY);
	settle(&pump, says(true, ML / 4, 1000 + ML / 4 + 5), 3 * DAY);
	is(pump_delivered_pl(&pump), 6 * ML / 4 + 5, "a counter that fell begins anew");
	settle(&pump, says(true, ML / 4, INT64_MAX / 4), 3 * DAY);
	ok(pump.uncertain && pump_delivered_pl(&pump) == 6 * ML / 4 + 5,
		"more than the reservoir holds is nonsense");
	settle(&pump, says(true, ML / 4, ML), 3 * DAY);
	ok(!pump.uncertain, "until it talks sense");
	int64_t before_pl = pump_delivered_pl(&pump);
	begin(&pump, THECA_BOLUS, 0, ML / 20, 0, 3 * DAY);
	pump_end(&pump, token, THECA_UNCERTAIN, 3 * DAY);
	settle(&pump, says(true, ML / 4, ML), 3 * DAY); /* it did not happen, but stays counted */
	settle(&pump, says(true, ML / 4, ML + 9), 3 * DAY);
	is(pump_delivered_pl(&pump), before_pl + ML / 20 + 9, "and hides nothing that comes");
	give(&pump, ML / 20, HOUR, 4 * DAY);
	before_pl = pump_delivered_pl(&pump);
	settle(&pump, says(true, ML / 4, 3 * ML), 4 * DAY + 30 * MINUTE);
	is(pump_state(&pump), PUMP_BOLUS, "a bolus goes on beside what is added");
	ok(pump_delivered_pl(&pump) > before_pl + ML, "which is");
	pump_finish(&pump);
}

/* -- fills ------------------------------------------------------------------------------------ */

static void test_fills(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	is(pump_reservoir_pl(&pump), 40 * ML, "filled");
	set_rate(&pump, ML, 0);
	pump_advance(&pump, 10 * DAY);
	is(pump_reservoir_pl(&pump), 30 * ML, "10 days at 1 mL/day");
	is(pump_delivered_pg(&pump, 0), 200 * MG, "200 mg");
	is(pump_fill(&pump, &ten, morphine_alone, 30 * ML, 10 * DAY), 0, "another mix");
	is(pump.mix.parts[0].pg_per_ul, 10500000,
		"blends with the residual: (1.5 * 20 + 28.5 * 10) / 30");
	is(pump_delivered_pg(&pump, 0), 200 * MG, "what was given stays given");
	pump_advance(&pump, 20 * DAY);
	is(pump_delivered_pg(&pump, 0), 305 * MG, "then the blend is");
	is(day_pg(&pump), 10500 * MG / 1000, "in the window too");
	is(pump_reservoir_pl(&pump), 20 * ML, "volume after the second fill");
	const struct mix bupivacaine = {
		.count = 1, .parts = {{.drug = BUPIVACAINE, .pg_per_ul = 5 * MG_PER_ML}}};
	const struct theca_drug_profile *const profiles[] = {&bupivacaine_profile};
	pump_fill(&pump, &bupivacaine, profiles, 40 * ML, 20 * DAY);
	is(pump.mix.count, 2, "what stayed is still there");
	ok(pump.profiles[mix_index(&pump.mix, MORPHINE)] == &morphine_profile &&
			pump.profiles[mix_index(&pump.mix, BUPIVACAINE)] == &bupivacaine_profile,
		"each with its limits");
	for (int i = 0; i < 12; i++) /* until none is left, by rounding */
		pump_fill(&pump, &bupivacaine, profiles, 40 * ML, 20 * DAY);
	is(pump.mix.count, 1, "and thins out");
	is(pump_delivered_drug_pg(&pump, MORPHINE), 305 * MG, "its account stays");
	is(pump_delivered_drug_pg(&pump, BACLOFEN), 0, "of a drug that never was there, nothing");
	is(pump_delivered_pg(&pump, 5), 0, "nor of a part that is not");
	is(pump_fill(&pump, &twenty, morphine_alone, -1, 20 * DAY), -ERANGE, "no such volume");
	struct mix heavy = {.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = INT64_MAX}}};
	is(pump_fill(&pump, &heavy, morphine_alone, ML, 20 * DAY), -ERANGE, "no such mix");
	pump_finish(&pump);
}

/* Picograms that a fill leaves over go to the next one: many fills are as one. */
static void test_masses_add_up(uint64_t seed)
{
	const struct mix odd = {.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 1234567}}};
	struct pump once, often;
	filled(&once, &odd, morphine_alone);
	filled(&often, &odd, morphine_alone);
	set_rate(&once, 123456789, 0);
	set_rate(&often, 123456789, 0);
	for (int64_t at_ns = 0; at_ns < 10 * DAY; at_ns += between(&seed, 1, HOUR))
		pump_fill(&often, &odd, morphine_alone, 40 * ML, at_ns);
	pump_advance(&once, 10 * DAY);
	pump_advance(&often, 10 * DAY);
	is(pump_delivered_pg(&once, 0), INT64_C(1234567890) * 1234567 / 1000000,
		"ten days of an odd mix");
	is(pump_delivered_pg(&often, 0), pump_delivered_pg(&once, 0), "are the same by many fills");
	pump_finish(&once);
	pump_finish(&often);
}

static void test_reservoir(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	is(pump_reaches_ns(&pump, 2 * ML, pump.rate_pl_per_day), THECA_NEVER,
		"standing still it never gets low");
	set_rate(&pump, ML / 2 + 7, 1);
	int64_t low_ns = pump_next(&pump);
	is(pump_reaches_ns(&pump, 2 * ML, pump.rate_pl_per_day), low_ns, "next it gets low");
	pump_advance(&pump, 3 * DAY + 12345);
	is(pump_next(&pump), low_ns, "which is the same from later on");
	pump_advance(&pump, low_ns - 1);
	is(pump_reservoir_pl(&pump), 2 * ML + 1, "not a nanosecond earlier");
	pump_advance(&pump, low_ns);
	is(pump_reservoir_pl(&pump), 2 * ML, "low");
	int64_t empty_ns = pump_next(&pump);
	is(empty_ns, pump_reaches_ns(&pump, 3 * ML / 2, pump.rate_pl_per_day), "then empty");
	pump_advance(&pump, empty_ns);
	is(pump_next(&pump), THECA_NEVER, "then nothing");
	is(pump_reaches_ns(&pump, 2 * ML, pump.rate_pl_per_day), empty_ns, "reached long ago: now");
	pump_advance(&pump, 200 * DAY);
	is(pump_reservoir_pl(&pump), 0, "never below 0");
	ok(pump_delivered_pl(&pump) > 99 * ML, "the account goes on until a halt");
	pump_finish(&pump);
	/* low within a bolus: a few wakes, not one a nanosecond */
	pump_init(&pump, &implant, 0);
	pump_fill(&pump, &twenty, morphine_alone, 2 * ML + 1000003, 0);
	set_rate(&pump, 48000001, 0);
	give(&pump, 3000017, HOUR, 0);
	int wakes = 0;
	while (pump_reservoir_pl(&pump) > 2 * ML && wakes < 100) {
		wakes++;
		pump_advance(&pump, pump_next(&pump));
	}
	is(wakes, 1, "low within a bolus is met by one wake");
	ok(pump_reservoir_pl(&pump) > 2 * ML - 10, "and not much too late");
	pump_finish(&pump);
}

static void test_primes(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	begin(&pump, THECA_PURGE, 0, ML, 0, 0);
	is(pump_delivered_pl(&pump), 0, "a purge before therapy is no dose");
	is(pump_reservoir_pl(&pump), 39 * ML, "but leaves the reservoir");
	pump_finish(&pump);
	filled(&pump, &twenty, morphine_alone);
	pump_line(&pump, ML / 5);
	pump_end(&pump, begin(&pump, THECA_PRIME, 0, ML / 4, HOUR, 0), THECA_DONE, 0);
	pump_advance(&pump, 30 * MINUTE);
	is(pump_delivered_pl(&pump), 0, "a prime fills the line first");
	pump_advance(&pump, HOUR);
	is(pump_delivered_pl(&pump), ML / 20, "what is more than it holds is a dose");
	is(day_pg(&pump), MG, "in the window too");
	is(pump_left_pl(&pump), ML / 4, "all of it left the pump");
	pump_end(&pump, begin(&pump, THECA_PRIME, 0, ML / 10, 0, HOUR), THECA_DONE, HOUR);
	pump_end(&pump, begin(&pump, THECA_PURGE, 0, ML / 10, 0, HOUR), THECA_DONE, HOUR);
	is(pump_delivered_pl(&pump), ML / 4, "a line that is full takes no more");
	is(pump_reservoir_pl(&pump), 40 * ML - ML / 4 - ML / 5, "reservoir");
	is(pump_delivered_pg(&pump, 0), 5 * MG, "doses");
	pump_fill(&pump, &twenty, morphine_alone, 40 * ML, HOUR);
	is(pump_reservoir_pl(&pump), 40 * ML, "full again");
	is(pump_delivered_pg(&pump, 0), 5 * MG, "with the same doses");
	pump_finish(&pump);
}

static void test_states(void)
{
	struct theca_pump_range range = implant;
	struct pump pump;
	for (int i = 0; i < PUMP_STATES; i++)
		ok(pump_state_names[i] != NULL, "state %s", pump_state_names[i]);
	ok(!pump_state_names[PUMP_STATES], "and no more");
	range.zero_is_legal = 1;
	pump_init(&pump, &range, 0);
	is(pump_state(&pump), PUMP_STOPPED, "stopped");
	pump.started = true;
	is(pump_state(&pump), PUMP_DELIVERING, "0 is a rate of a therapy that runs");
	pump.uncertain = true;
	is(pump_state(&pump), PUMP_UNCERTAIN, "uncertain");
	pump.held = true;
	is(pump_state(&pump), PUMP_HELD, "held");
	ok(sizeof pump <= 1024, "a pump is small: %zu bytes", sizeof pump);
	pump_finish(&pump);
}

int main(void)
{
	uint64_t seed = seed_of_test(20260105);
	test_steps_add_up(seed);
	test_lives_add_up(seed);
	test_boluses_count();
	test_rates_in_flight();
	test_boluses_in_flight();
	test_doses_at_once();
	test_halts();
	test_halt_ahead();
	test_settling();
	test_counters();
	test_fills();
	test_masses_add_up(seed);
	test_reservoir();
	test_primes();
	test_states();
	return done_testing();
}
