/* SPDX-License-Identifier: Apache-2.0 */
/* The guard: each limit reached, just kept and just passed; the order of checks; the sentences. */
#include "pump/guard.h"
#include "drugs.h"
#include "names.h"
#include "tap.h"

static bool reached[GUARD_LIMITS];

struct rig {
	struct window window;
	struct guard_view view;
};

static void rig_init(
	struct rig *rig, const struct mix *mix, const struct theca_drug_profile *const *profiles)
{
	window_init(&rig->window);
	window_mix(&rig->window, 0, mix);
	rig->view = (struct guard_view){.range = &implant,
		.mix = mix,
		.profiles = profiles,
		.window = &rig->window,
		.usable_pl = 20 * ML,
		.last_bolus_ns = THECA_NONE};
}

static void expect(
	struct guard_verdict verdict, enum guard_limit limit, const char *words, const char *name)
{
	char text[200];
	guard_explain(&verdict, &test_names, text, sizeof text);
	reached[verdict.limit] = true;
	is(verdict.limit, limit, "%s: %s", name, guard_code(limit));
	enum guard_decision decision = limit == GUARD_NOTHING              ? GUARD_ALLOW
				       : limit >= GUARD_CONCENTRATION_SOFT ? GUARD_CONFIRM
									   : GUARD_REFUSE;
	if (verdict.decision != decision)
		is(verdict.decision, decision, "%s: decision", name);
	if (words && strcmp(words, text))
		is_text(text, words, "%s: sentence", name);
}

/* -- rates ------------------------------------------------------------------------------------ */

static void test_rates(void)
{
	static const struct {
		int64_t rate_pl_per_day;
		enum guard_limit limit;
		const char *words;
	} cases[] = {
		{ML / 4, GUARD_NOTHING, "allowed"},
		{ML * 6 / 10, GUARD_NOTHING, NULL},
		{ML * 6 / 10 + 1, GUARD_DAY_SOFT,
			"24 h sum of morphine would be 12.00000002 mg, above the soft limit of 12 "
			"mg/day (test-2026)"},
		{ML * 3 / 4, GUARD_DAY_SOFT, NULL},
		{ML * 3 / 4 + 1, GUARD_DAY_HARD,
			"24 h sum of morphine would be 15.00000002 mg, above the hard limit of 15 "
			"mg/day (test-2026)"},
		{ML * 81 / 100, GUARD_DAY_HARD,
			"24 h sum of morphine would be 16.2 mg, above the hard limit of 15 mg/day "
			"(test-2026)"},
		{ML * 36 / 10 + 1, GUARD_HOUR_HARD,
			"1 h sum of morphine would be 3.000000001 mg, above the hard limit of 3 "
			"mg/h (test-2026)"},
		{ML / 1000 * 48 - 1, GUARD_RATE_BELOW,
			"flow would be 0.047999999 mL/day, below the lowest of 0.048 mL/day (the "
			"pump's hardware)"},
		{0, GUARD_RATE_BELOW, NULL},
		{-1, GUARD_RATE_BELOW, NULL},
		{INT64_MIN, GUARD_RATE_BELOW, NULL},
		{24 * ML + 1, GUARD_RATE_ABOVE, NULL},
		{30 * ML, GUARD_RATE_ABOVE,
			"flow would be 30 mL/day, above the highest of 24 mL/day (the pump's "
			"hardware)"},
		{INT64_MAX, GUARD_RATE_ABOVE, NULL},
	};
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect(guard_rate(&rig.view, cases[i].rate_pl_per_day), cases[i].limit,
			cases[i].words, "rate");
	window_finish(&rig.window);
}

static void test_rates_and_history(void)
{
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	window_rate(&rig.window, 0, ML / 2);                      /* 10 mg/day */
	window_bolus(&rig.window, 20 * HOUR, 20 * HOUR, ML / 10); /* 2 mg */
	rig.view.now_ns = DAY;
	expect(guard_rate(&rig.view, ML / 2), GUARD_NOTHING, NULL, "12 mg at the fullest");
	expect(guard_rate(&rig.view, ML / 2 + 1), GUARD_DAY_SOFT, NULL,
		"20 h of a bit more, with the old bolus");
	/* as the bolus leaves: 4 h of 10 mg/day, 20 h of the new rate, 2 mg */
	int64_t most = (15 * MG - 2 * MG - 10 * MG / 6) * 24 / 20 / 20 * 1000 / 1000;
	expect(guard_rate(&rig.view, most), GUARD_DAY_SOFT, NULL, "just within the hard limit");
	expect(guard_rate(&rig.view, most + 1000), GUARD_DAY_HARD, NULL, "just over it");
	rig.view.now_ns = 45 * HOUR;
	expect(guard_rate(&rig.view, most + 1000), GUARD_DAY_SOFT, NULL,
		"allowed once it has left");
	window_finish(&rig.window);
}

static void test_zero_and_water(void)
{
	struct theca_pump_range bench = implant;
	struct rig rig;
	bench.zero_is_legal = 1;
	rig_init(&rig, &twenty, nobody);
	rig.view.range = &bench;
	expect(guard_rate(&rig.view, 0), GUARD_NOTHING, NULL, "0 where it is a rate");
	expect(guard_rate(&rig.view, ML), GUARD_NO_LIMITS,
		"morphine has no stated hard daily maximum", "no profile at all");
	rig.view.uncertain = true;
	expect(guard_rate(&rig.view, 0), GUARD_IS_UNCERTAIN, NULL, "even 0 waits for a read-back");
	window_finish(&rig.window);
	rig_init(&rig, &water, nobody);
	expect(guard_rate(&rig.view, 24 * ML), GUARD_NOTHING, NULL, "water has no dose limits");
	expect(guard_rate(&rig.view, 24 * ML + 1), GUARD_RATE_ABOVE, NULL, "but the hardware has");
	rig.view.usable_pl = 0;
	expect(guard_rate(&rig.view, ML), GUARD_RESERVOIR,
		"reservoir: nothing is left that could be delivered", "an empty reservoir");
	window_finish(&rig.window);
}

static void test_binding_drug(void)
{
	struct rig rig;
	rig_init(&rig, &twenty_and_twenty, both);
	struct guard_verdict verdict = guard_rate(&rig.view, ML);
	expect(verdict, GUARD_DAY_HARD,
		"24 h sum of bupivacaine would be 20 mg, above the hard limit of 10 mg/day (house, "
		"2019)",
		"two drugs pass, one passes further");
	is(verdict.drug, BUPIVACAINE, "it binds");
	const struct theca_drug_profile *const unstated[] = {
		&morphine_profile, &(struct theca_drug_profile){.day_hard_pg = THECA_NONE}};
	rig.view.profiles = unstated;
	verdict = guard_rate(&rig.view, ML / 4);
	expect(verdict, GUARD_NO_LIMITS, NULL, "one of two has no limits");
	is(verdict.drug, BUPIVACAINE, "and is named");
	window_finish(&rig.window);
}

/* -- boluses ---------------------------------------------------------------------------------- */

static void test_boluses(void)
{
	static const struct {
		int64_t volume_pl, duration_ns;
		enum guard_limit limit;
		const char *words;
	} cases[] = {
		{ML / 40, 10 * MINUTE, GUARD_NOTHING, NULL},
		{ML / 40, 0, GUARD_NOTHING, NULL},
		{ML / 20 + 1, 10 * MINUTE, GUARD_BOLUS_SOFT,
			"a bolus of morphine would be 1.00000002 mg, above the soft limit of 1 mg "
			"(test-2026)"},
		{ML / 10, HOUR, GUARD_BOLUS_SOFT, NULL},
		{ML / 10 + 1, HOUR, GUARD_BOLUS_HARD,
			"a bolus of morphine would be 2.00000002 mg, above the hard limit of 2 mg "
			"(test-2026)"},
		{0, MINUTE, GUARD_RATE_BELOW, NULL},
		{ML / 40, -1, GUARD_RATE_BELOW, NULL},
		{ML / 40, 31 * DAY, GUARD_RATE_BELOW, NULL},
		{-ML, MINUTE, GUARD_DIRECTION, "drawing back is never allowed"},
		{ML / 40, THECA_SECOND_NS, GUARD_RATE_ABOVE, NULL},
		{INT64_MAX, 0, GUARD_RESERVOIR, NULL},
		{INT64_MAX, 1, GUARD_RATE_ABOVE, NULL},
	};
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect(guard_bolus(&rig.view, &(struct guard_bolus){.volume_pl = cases[i].volume_pl,
						      .duration_ns = cases[i].duration_ns}),
			cases[i].limit, cases[i].words, "bolus");
	window_finish(&rig.window);
}

static void test_boluses_and_history(void)
{
	struct guard_bolus bolus = {.volume_pl = ML / 20, .duration_ns = 10 * MINUTE}; /* 1 mg */
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	window_rate(&rig.window, 0, ML * 24 / 100); /* 0.2 mg/h */
	rig.view.rate_pl_per_day = ML * 24 / 100;
	rig.view.now_ns = 30 * MINUTE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "the first");
	window_bolus(&rig.window, 30 * MINUTE, 40 * MINUTE, ML / 20);
	rig.view.now_ns = 45 * MINUTE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_HOUR_SOFT,
		"1 h sum of morphine would be 2.2 mg, above the soft limit of 2 mg/h (test-2026)",
		"a second one in the hour");
	window_bolus(&rig.window, 45 * MINUTE, 55 * MINUTE, ML / 20);
	rig.view.now_ns = HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_HOUR_HARD, NULL, "a third");
	for (int i = 2; i < 10; i++)
		window_bolus(&rig.window, i * HOUR, i * HOUR + MINUTE, ML / 20);
	rig.view.now_ns = 12 * HOUR; /* 4.8 mg/day and 10 boluses */
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_HARD,
		"24 h sum of morphine would be 15.8 mg, above the hard limit of 15 mg/day "
		"(test-2026)",
		"one more in the day");
	bolus.volume_pl = ML / 100;
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_SOFT, NULL,
		"15 mg in all are not above it");
	bolus.volume_pl++;
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_HARD, NULL, "a picolitre more is");
	bolus.volume_pl = ML;
	bolus.in_line_pl = ML - ML / 1000;
	bolus.duration_ns = HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_RATE_ABOVE, NULL, "a fast prime");
	bolus.duration_ns = 2 * HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_SOFT, NULL,
		"what fills the line is no dose");
	window_finish(&rig.window);
}

/* What the hardware says is not believed beyond all reason, and masses are rounded up. */
static void test_far_ends(void)
{
	struct theca_drug_profile open_ended = bupivacaine_profile;
	const struct theca_drug_profile *const profiles[] = {&open_ended};
	struct theca_pump_range huge = implant;
	struct mix mix = {.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 1500000}}};
	struct guard_bolus bolus = {.volume_pl = 666666667, .duration_ns = HOUR};
	struct rig rig;
	huge.max_rate_pl_per_day = INT64_MAX;
	open_ended.day_hard_pg = INT64_MAX;
	open_ended.bolus_hard_pg = MG;
	rig_init(&rig, &mix, profiles);
	expect(guard_bolus(&rig.view, &bolus), GUARD_BOLUS_HARD, NULL, "half a picogram too much");
	bolus.volume_pl--;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "half of one less");
	rig.view.rate_pl_per_day = ML;
	bolus.duration_ns = 31 * DAY;
	expect(guard_bolus(&rig.view, &bolus), GUARD_RATE_BELOW, NULL, "a bolus of a month");
	rig.view.range = &huge;
	expect(guard_rate(&rig.view, WINDOW_MOST_PL_PER_DAY), GUARD_NOTHING, NULL, "100 L/day");
	expect(guard_rate(&rig.view, WINDOW_MOST_PL_PER_DAY + 1), GUARD_RATE_ABOVE, NULL, "more");
	rig.view.bolus_pl_per_day = ML;
	expect(guard_rate(&rig.view, WINDOW_MOST_PL_PER_DAY), GUARD_RATE_ABOVE, NULL,
		"with a bolus that runs");
	mix.parts[0].pg_per_ul = WINDOW_MOST_PG_PER_UL + 1;
	expect(guard_rate(&rig.view, ML), GUARD_CONCENTRATION_HARD, NULL, "denser than anything");
	open_ended.concentration_hard_pg_per_ul = INT64_MAX;
	expect(guard_rate(&rig.view, ML), GUARD_CONCENTRATION_HARD, NULL, "whatever is allowed");
	window_finish(&rig.window);
}

static void test_patient_boluses(void)
{
	struct guard_patient patient = {.lockout_ns = 4 * HOUR, .at_most = 4};
	struct guard_bolus bolus = {
		.volume_pl = ML / 100, .duration_ns = 10 * MINUTE, .patient = &patient};
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "the first has no lockout");
	rig.view.last_bolus_ns = HOUR;
	rig.view.now_ns = 5 * HOUR - 1;
	expect(guard_bolus(&rig.view, &bolus), GUARD_LOCKOUT, NULL, "a nanosecond too early");
	rig.view.now_ns = 3 * HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_LOCKOUT,
		"the last patient bolus began 2 h ago, within the lockout of 4 h", "too early");
	rig.view.now_ns = 5 * HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "from start to start");
	rig.view.boluses_in_day = 4;
	expect(guard_bolus(&rig.view, &bolus), GUARD_COUNT,
		"it would be patient bolus 5 in 24 h, above the program's 4", "one too many");
	rig.view.usable_pl = ML / 200;
	rig.view.boluses_in_day = 0;
	expect(guard_bolus(&rig.view, &bolus), GUARD_RESERVOIR,
		"reservoir: 10 uL are more than the 5 uL that are possible", "more than is left");
	rig.view.bolus_runs = true;
	expect(guard_bolus(&rig.view, &bolus), GUARD_BOLUS_RUNS, "a bolus is being given",
		"one runs");
	window_finish(&rig.window);
	rig_init(&rig, &twenty_and_twenty, both);
	expect(guard_bolus(&rig.view, &bolus), GUARD_PATIENT_BOLUS,
		"bupivacaine may not be given at the patient's press (house, 2019)", "a drug");
	bolus.patient = NULL;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "an operator may");
	window_finish(&rig.window);
}

/* -- fills and programs ----------------------------------------------------------------------- */

static struct guard_verdict fill(const struct rig *rig, int64_t pg_per_ul, int64_t volume_pl)
{
	struct mix mix = {.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = pg_per_ul}}};
	struct guard_filling filling = {&mix, &mix, morphine_alone, morphine_alone, volume_pl};
	return guard_fill(&rig->view, &filling);
}

static void test_fills(void)
{
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	expect(fill(&rig, 20 * MG_PER_ML, 40 * ML), GUARD_NOTHING, NULL, "a full reservoir");
	expect(fill(&rig, 20 * MG_PER_ML, 40 * ML + 1), GUARD_RESERVOIR, NULL, "too full");
	expect(fill(&rig, 20 * MG_PER_ML, -1), GUARD_RESERVOIR, NULL, "less than nothing");
	expect(fill(&rig, 20 * MG_PER_ML + 1, 40 * ML), GUARD_CONCENTRATION_SOFT, NULL, "strong");
	expect(fill(&rig, 60 * MG_PER_ML, 40 * ML), GUARD_CONCENTRATION_HARD,
		"concentration of morphine would be 60 mg/mL, above the hard limit of 50 mg/mL "
		"(test-2026)",
		"too strong");
	rig.view.rate_pl_per_day = ML / 2;
	window_rate(&rig.window, 0, ML / 2);
	rig.view.now_ns = 3 * DAY;
	expect(fill(&rig, 20 * MG_PER_ML, 40 * ML), GUARD_NOTHING, NULL, "the same while it runs");
	expect(fill(&rig, 40 * MG_PER_ML, 40 * ML), GUARD_DAY_HARD,
		"24 h sum of morphine would be 20 mg, above the hard limit of 15 mg/day "
		"(test-2026)",
		"twice as strong at the rate that runs");
	rig.view.bolus_runs = true;
	expect(fill(&rig, 20 * MG_PER_ML, 40 * ML), GUARD_BOLUS_RUNS, NULL, "in a bolus");
	window_finish(&rig.window);
	/* a pump without electronics: filling is its dose command */
	struct theca_pump_range constant = implant;
	constant.min_rate_pl_per_day = constant.max_rate_pl_per_day = ML;
	rig_init(&rig, &twenty, morphine_alone);
	rig.view.range = &constant;
	expect(fill(&rig, 20 * MG_PER_ML, 40 * ML), GUARD_DAY_HARD, NULL, "1 mL/day of 20 mg/mL");
	expect(fill(&rig, 10 * MG_PER_ML, 40 * ML), GUARD_NOTHING, NULL, "1 mL/day of 10 mg/mL");
	window_finish(&rig.window);
}

static void test_programs(void)
{
	static const struct {
		struct guard_program program;
		enum guard_limit limit;
	} cases[] = {
		{{ML / 4, ML / 4, ML / 4, 0, 0, 0, 0, true}, GUARD_NOTHING},
		{{ML / 4, ML / 2, ML * 3 / 4, 0, 0, 0, 0, true}, GUARD_DAY_SOFT},
		{{ML / 4, ML / 2, ML * 3 / 4 + 1, 0, 0, 0, 0, true}, GUARD_DAY_HARD},
		/* high for an hour: safe in a pump that goes on by itself, not when it is held */
		{{ML / 4, ML * 2, ML / 2, 0, 0, 0, 0, false}, GUARD_NOTHING},
		{{ML / 4, ML * 2, ML / 2, 0, 0, 0, 0, true}, GUARD_DAY_HARD},
		{{ML / 1000, ML / 4, ML / 4, 0, 0, 0, 0, true}, GUARD_RATE_BELOW},
		{{ML / 4, 25 * ML, ML / 4, 0, 0, 0, 0, true}, GUARD_RATE_ABOVE},
		{{ML / 4, 4 * ML, ML / 2, 0, 0, 0, 0, false}, GUARD_HOUR_HARD},
		{{ML / 4, ML * 3, ML / 2, 0, 0, 0, 0, false}, GUARD_HOUR_SOFT},
		{{ML / 4, ML / 4, ML / 4, ML / 40, 10 * MINUTE, 4, 4 * HOUR, true}, GUARD_NOTHING},
		/* 5 mg and 20 boluses of 0.5 mg */
		{{ML / 4, ML / 4, ML / 4, ML / 40, 10 * MINUTE, 20, HOUR, true}, GUARD_DAY_SOFT},
		{{ML / 4, ML / 4, ML / 4, ML / 40, 10 * MINUTE, 21, HOUR, true}, GUARD_DAY_HARD},
		/* a lockout of 3 h lets 8 of them through, whatever the count says */
		{{ML / 4, ML / 4, ML / 4, ML / 40, 10 * MINUTE, 30, 3 * HOUR, true}, GUARD_NOTHING},
		{{0, 0, 0, ML / 20, 10 * MINUTE, 4, 10 * MINUTE, true}, GUARD_HOUR_HARD},
		/* boluses longer than their lockout run on into the hour: all are counted */
		{{0, 0, 0, ML / 40, 2 * HOUR, 4, HOUR, true}, GUARD_NOTHING},
		{{0, 0, 0, ML / 40, 2 * HOUR, 7, HOUR, true}, GUARD_HOUR_HARD},
		{{0, 0, 0, ML / 40, HOUR, 7, HOUR, true}, GUARD_NOTHING},
		{{0, 0, 0, ML / 9, 10 * MINUTE, 1, HOUR, true}, GUARD_BOLUS_HARD},
		{{0, 0, 0, ML / 15, 10 * MINUTE, 1, HOUR, true}, GUARD_BOLUS_SOFT},
		{{0, 0, 0, ML / 40, THECA_SECOND_NS, 1, HOUR, true}, GUARD_RATE_ABOVE},
		{{0, 0, 0, -1, MINUTE, 1, HOUR, true}, GUARD_DIRECTION},
	};
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect(guard_program(&rig.view, &cases[i].program), cases[i].limit, NULL,
			"program");
	window_finish(&rig.window);
	rig_init(&rig, &twenty_and_twenty, both);
	expect(guard_program(&rig.view, &cases[9].program), GUARD_PATIENT_BOLUS, NULL, "a drug");
	rig.view.profiles = nobody;
	expect(guard_program(&rig.view, &cases[0].program), GUARD_NO_LIMITS, NULL, "no limits");
	rig.view.held = true;
	expect(guard_program(&rig.view, &cases[0].program), GUARD_IS_HELD, NULL, "held");
	window_finish(&rig.window);
}

/* -- order, deadline, words ------------------------------------------------------------------- */

/* Everything is wrong at once: taken away one by one, the verdicts come in the order promised. */
static void test_order(void)
{
	static struct theca_drug_profile profile;
	const struct theca_drug_profile *const profiles[] = {&profile};
	struct guard_patient patient = {.lockout_ns = HOUR, .at_most = 0};
	struct guard_bolus bolus = {.volume_pl = ML, .duration_ns = MINUTE, .patient = &patient};
	struct rig rig;
	profile = morphine_profile;
	profile.patient_bolus = 0;
	profile.day_hard_pg = THECA_NONE;
	rig_init(&rig, &twenty, profiles);
	rig.view.uncertain = rig.view.held = rig.view.bolus_runs = true;
	rig.view.last_bolus_ns = 0;
	rig.view.usable_pl = 0;
	expect(guard_bolus(&rig.view, &bolus), GUARD_IS_UNCERTAIN, NULL, "order 1");
	rig.view.uncertain = false;
	expect(guard_bolus(&rig.view, &bolus), GUARD_IS_HELD, NULL, "order 2");
	rig.view.held = false;
	expect(guard_bolus(&rig.view, &bolus), GUARD_BOLUS_RUNS, NULL, "order 3");
	rig.view.bolus_runs = false;
	expect(guard_bolus(&rig.view, &bolus), GUARD_RATE_ABOVE, NULL, "order 4");
	bolus.duration_ns = 2 * HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NO_LIMITS, NULL, "order 5");
	profile.day_hard_pg = 15 * MG;
	profile.concentration_hard_pg_per_ul = MG_PER_ML;
	expect(guard_bolus(&rig.view, &bolus), GUARD_CONCENTRATION_HARD, NULL, "order 6");
	profile.concentration_hard_pg_per_ul = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_BOLUS_HARD, NULL, "order 7");
	profile.bolus_hard_pg = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_HOUR_HARD, NULL, "order 8");
	profile.hour_hard_pg = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_HARD, NULL, "order 9");
	profile.day_hard_pg = 25 * MG;
	expect(guard_bolus(&rig.view, &bolus), GUARD_PATIENT_BOLUS, NULL, "order 10");
	profile.patient_bolus = 1;
	expect(guard_bolus(&rig.view, &bolus), GUARD_LOCKOUT, NULL, "order 11");
	rig.view.now_ns = HOUR;
	expect(guard_bolus(&rig.view, &bolus), GUARD_COUNT, NULL, "order 12");
	patient.at_most = 1;
	expect(guard_bolus(&rig.view, &bolus), GUARD_RESERVOIR, NULL, "order 13");
	rig.view.usable_pl = ML;
	expect(guard_bolus(&rig.view, &bolus), GUARD_BOLUS_SOFT, NULL, "order 14");
	profile.bolus_soft_pg = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_HOUR_SOFT, NULL, "order 15");
	profile.hour_soft_pg = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_DAY_SOFT, NULL, "order 16");
	profile.day_soft_pg = THECA_NONE;
	expect(guard_bolus(&rig.view, &bolus), GUARD_NOTHING, NULL, "order 17");
	window_finish(&rig.window);
}

static void test_deadline(void)
{
	struct guard_verdict limit;
	struct rig rig;
	rig_init(&rig, &twenty, morphine_alone);
	window_rate(&rig.window, 0, ML * 3 / 4);
	is(guard_deadline(&rig.view, &limit), THECA_NEVER,
		"nothing flows by the account: nothing to halt");
	rig.view.rate_pl_per_day = ML * 3 / 4;
	is(guard_deadline(&rig.view, &limit), THECA_NEVER, "15 mg/day for ever");
	is(limit.limit, GUARD_NOTHING, "no limit then");
	window_rate(&rig.window, DAY, ML * 3 / 2);
	rig.view.now_ns = DAY + 1;
	rig.view.rate_pl_per_day = ML * 3 / 2;
	int64_t at_ns = guard_deadline(&rig.view, &limit);
	ok(at_ns >= DAY && at_ns <= DAY + 1000, "already full, and more flows: at once");
	expect(limit, GUARD_DAY_HARD,
		"24 h sum of morphine would be 30 mg, above the hard limit of 15 mg/day "
		"(test-2026)",
		"deadline");
	window_finish(&rig.window);
	rig_init(&rig, &twenty, morphine_alone);
	window_rate(&rig.window, 0, 6 * ML); /* 5 mg/h */
	rig.view.rate_pl_per_day = 6 * ML;
	is(guard_deadline(&rig.view, &limit), 36 * MINUTE, "3 mg/h are passed after 36 min");
	expect(limit, GUARD_HOUR_HARD, NULL, "deadline");
	rig.view.profiles = nobody;
	is(guard_deadline(&rig.view, &limit), 0, "a drug without limits flows: at once");
	expect(limit, GUARD_NO_LIMITS, NULL, "deadline");
	window_finish(&rig.window);
}

/* Twice the concentration and half the rate are the same dose. */
static void test_only_doses_count(void)
{
	int different = 0;
	for (int64_t rate = ML / 10; rate < 5 * ML; rate += ML / 20 + 2) {
		struct rig strong, weak;
		rig_init(&strong, &twenty, morphine_alone);
		rig_init(&weak, &ten, morphine_alone);
		struct guard_verdict a = guard_rate(&strong.view, rate / 2);
		struct guard_verdict b = guard_rate(&weak.view, rate / 2 * 2);
		different += a.limit != b.limit || a.value != b.value;
		struct guard_bolus half = {.volume_pl = rate / 12, .duration_ns = 3 * HOUR};
		struct guard_bolus whole = {.volume_pl = rate / 12 * 2, .duration_ns = 3 * HOUR};
		a = guard_bolus(&strong.view, &half);
		b = guard_bolus(&weak.view, &whole);
		different += a.limit != b.limit || a.value != b.value;
		window_finish(&strong.window);
		window_finish(&weak.window);
	}
	is(different, 0, "twice the concentration and half the volume give the same verdicts");
}

static void test_words(void)
{
	char text[200], tiny[12];
	size_t longest = 0;
	for (int limit = 0; limit < GUARD_LIMITS; limit++) {
		struct guard_verdict verdict = {.limit = limit,
			.drug = 7,
			.dimension = THECA_CONCENTRATION,
			.value = INT64_MAX,
			.bound = INT64_MAX,
			.limit_set = "a-rather-long-name-of-a-set",
			.year = 2026};
		size_t length = guard_explain(&verdict, &test_names, text, sizeof text);
		longest = length > longest ? length : longest;
		for (int other = 0; other < limit; other++)
			if (!strcmp(guard_code(limit), guard_code(other)))
				ok(false, "code %s twice", guard_code(limit));
	}
	ok(longest < 199, "200 bytes are enough");
	struct guard_verdict refused = guard_refuse(GUARD_NOT_OFFERED);
	expect(refused, GUARD_NOT_OFFERED, "the pump has no such operation",
		"refused by the caller");
	is(guard_explain(&refused, NULL, tiny, sizeof tiny), 11, "a short buffer is cut");
	is_text(tiny, "the pump ha", "and ended");
	is_text(guard_code((enum guard_limit)99), "unknown", "no such limit");
	struct guard_verdict small = {.limit = GUARD_BOLUS_HARD,
		.drug = BACLOFEN,
		.dimension = THECA_MASS,
		.value = 75123456,
		.bound = 75000000,
		.limit_set = "x",
		.decision = GUARD_REFUSE};
	guard_explain(&small, &test_names, text, sizeof text);
	is_text(text, "a bolus of baclofen would be 75.123 ug, above the hard limit of 75 ug (x)",
		"a readable unit");
}

int main(void)
{
	test_rates();
	test_rates_and_history();
	test_zero_and_water();
	test_binding_drug();
	test_boluses();
	test_boluses_and_history();
	test_far_ends();
	test_patient_boluses();
	test_fills();
	test_programs();
	test_order();
	test_deadline();
	test_only_doses_count();
	test_words();
	for (int limit = 0; limit < GUARD_LIMITS; limit++)
		if (limit != GUARD_NOT_STARTED && limit != GUARD_NO_PROGRAM) /* pump-t.c */
			ok(reached[limit], "reached: %s", guard_code(limit));
	return done_testing();
}
