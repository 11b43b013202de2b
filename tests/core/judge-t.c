/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be done with a pump: each limit reached by a command, each path that moves fluid held to
 * the limits, and lives at random in which only allowed commands are carried out.
 */
#include "chance.h"
#include "drugs.h"
#include "pump/pump.h"
#include "tap.h"
#include <errno.h>

static bool reached[GUARD_LIMITS];
static uint64_t token;

static struct program_basal basal[] = {
	{.weekdays = THECA_EVERY_DAY, .from_ns = 0, .rate_pl_per_day = ML / 4},
	{.weekdays = THECA_EVERY_DAY, .from_ns = 22 * HOUR, .rate_pl_per_day = ML / 8},
	{.weekdays = THECA_EVERY_DAY, .from_ns = 23 * HOUR, .rate_pl_per_day = ML / 4},
};
static struct program therapy = {.basal_count = 2,
	.has_patient = 1,
	.basal = basal,
	.patient = {.volume_pl = ML / 40,
		.duration_ns = 10 * MINUTE,
		.lockout_ns = 4 * HOUR,
		.at_most = 4}};

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

static void carry_out(
	struct pump *pump, struct theca_command command, bool patient, int outcome, int64_t now_ns)
{
	pump_begin(pump, &command, patient, now_ns);
	pump_end(pump, command.token, outcome, now_ns);
}

static void expect(const struct pump *pump, struct theca_command command, bool patient,
	enum guard_limit limit, const char *name)
{
	struct guard_verdict verdict = pump_judge(pump, &command, &therapy, patient, pump->at_ns);
	reached[verdict.limit] = true;
	is(verdict.limit, limit, "%s: %s", name, guard_code(limit));
}

/* -- each limit by a command ------------------------------------------------------------------ */

#define RATE(rate) command_of(THECA_SET_RATE, rate, 0, 0)
#define BOLUS(volume, duration) command_of(THECA_BOLUS, 0, volume, duration)
#define PRESS command_of(THECA_PRESS, 0, 0, 0)
#define REFILL(volume) command_of(THECA_REFILL, 0, volume, 0)

static void test_rates_and_boluses(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	expect(&pump, RATE(ML / 4), false, GUARD_NOTHING, "a rate");
	expect(&pump, RATE(ML * 7 / 10), false, GUARD_DAY_SOFT, "a rate");
	expect(&pump, RATE(ML), false, GUARD_DAY_HARD, "a rate");
	expect(&pump, RATE(3 * ML), false, GUARD_DAY_HARD, "a rate");
	expect(&pump, RATE(5 * ML), false, GUARD_HOUR_HARD, "a rate");
	expect(&pump, RATE(25 * ML), false, GUARD_RATE_ABOVE, "a rate");
	expect(&pump, RATE(1), false, GUARD_RATE_BELOW, "a rate");
	expect(&pump, BOLUS(ML / 50, MINUTE * 10), false, GUARD_NOTHING, "a bolus");
	expect(&pump, BOLUS(ML / 18, MINUTE * 10), false, GUARD_BOLUS_SOFT, "a bolus");
	expect(&pump, BOLUS(ML / 8, MINUTE * 10), false, GUARD_BOLUS_HARD, "a bolus");
	expect(&pump, BOLUS(50 * ML, 0), false, GUARD_BOLUS_HARD, "a bolus");
	struct theca_command back = BOLUS(ML / 50, MINUTE * 10);
	back.direction = THECA_WITHDRAW;
	expect(&pump, back, false, GUARD_DIRECTION, "drawing back");
	back.verb = THECA_SET_RATE;
	expect(&pump, back, false, GUARD_DIRECTION, "drawing back");
	carry_out(&pump, BOLUS(ML / 20, MINUTE), false, THECA_DONE, 0);
	expect(&pump, BOLUS(ML / 50, MINUTE), false, GUARD_BOLUS_RUNS, "another bolus");
	pump_advance(&pump, 10 * MINUTE);
	carry_out(&pump, BOLUS(ML / 25, MINUTE), false, THECA_DONE, 10 * MINUTE);
	pump_advance(&pump, 20 * MINUTE);
	expect(&pump, BOLUS(ML / 50, 2 * MINUTE), false, GUARD_HOUR_SOFT, "a third in the hour");
	expect(&pump, RATE(ML * 7 / 10), false, GUARD_DAY_HARD, "a rate on top of what was given");
	pump_finish(&pump);
	filled(&pump, &twenty, nobody);
	expect(&pump, RATE(ML / 4), false, GUARD_NO_LIMITS, "a drug without limits");
	pump_finish(&pump);
	filled(&pump, &water, nobody);
	expect(&pump, RATE(24 * ML), false, GUARD_NOTHING, "water");
	expect(&pump, BOLUS(39 * ML, 0), false, GUARD_RESERVOIR, "more than is usable");
	expect(&pump, BOLUS(77 * ML / 2, 0), false, GUARD_NOTHING, "all that is");
	carry_out(&pump, BOLUS(77 * ML / 2, 0), false, THECA_DONE, 0);
	expect(&pump, RATE(ML), false, GUARD_RESERVOIR, "a rate of an empty reservoir");
	pump_finish(&pump);
	filled(&pump, &water, nobody);
	carry_out(&pump, BOLUS(ML, HOUR), false, THECA_DONE, 0);
	expect(&pump, RATE(ML), false, GUARD_RATE_ABOVE, "a rate under a bolus at full speed");
	pump_finish(&pump);
}

static void test_presses(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	expect(&pump, PRESS, false, GUARD_NOT_STARTED, "a press before the start");
	pump.started = true;
	therapy.has_patient = 0;
	expect(&pump, PRESS, true, GUARD_NO_PROGRAM, "a press of nothing prescribed");
	therapy.has_patient = 1;
	for (int i = 0; i < 4; i++) {
		int64_t at_ns = 4 * HOUR * (i + 1);
		pump_advance(&pump, at_ns - 1);
		if (i)
			expect(&pump, PRESS, true, GUARD_LOCKOUT, "a nanosecond early");
		pump_advance(&pump, at_ns);
		expect(&pump, PRESS, true, GUARD_NOTHING, "in time");
		carry_out(&pump, BOLUS(ML / 40, 10 * MINUTE), true,
			i == 2 ? THECA_UNCERTAIN : THECA_DONE, at_ns);
		if (i == 2) { /* not known whether it was given: it counts all the same */
			struct theca_readback readback = {
				.rate_pl_per_day = 0, .delivered_pl = THECA_NONE};
			expect(&pump, PRESS, true, GUARD_IS_UNCERTAIN, "while that is not known");
			pump_settle(&pump, &readback, at_ns);
		}
	}
	pump_advance(&pump, 20 * HOUR);
	expect(&pump, PRESS, true, GUARD_COUNT, "a fifth in 24 h");
	pump_advance(&pump, 28 * HOUR - 1);
	expect(&pump, PRESS, true, GUARD_COUNT, "until 24 h after the first");
	pump_advance(&pump, 28 * HOUR);
	expect(&pump, PRESS, true, GUARD_NOTHING, "have gone");
	carry_out(&pump, BOLUS(ML / 40, 10 * MINUTE), true, -EIO, 28 * HOUR);
	expect(&pump, PRESS, true, GUARD_NOTHING, "what certainly failed locks nothing");
	pump_finish(&pump);
	filled(&pump, &twenty_and_twenty, both);
	pump.started = true;
	expect(&pump, PRESS, true, GUARD_PATIENT_BOLUS,
		"a drug that is not for the patient's hand");
	pump_finish(&pump);
}

/* The ring counts to 32; a program that says more gets no more. */
static void test_many_presses(void)
{
	struct program often = therapy;
	struct pump pump;
	int allowed = 0;
	often.patient = (struct program_patient){.volume_pl = 1000000, .at_most = 1000};
	filled(&pump, &twenty, morphine_alone);
	pump.started = true;
	for (int i = 0; i < 100; i++) {
		struct theca_command press = PRESS, bolus = BOLUS(1000000, 0);
		pump_advance(&pump, i * MINUTE);
		if (pump_judge(&pump, &press, &often, true, pump.at_ns).decision == GUARD_ALLOW) {
			carry_out(&pump, bolus, true, THECA_DONE, pump.at_ns);
			allowed++;
		}
	}
	is(allowed, PUMP_PRESSES, "no more presses a day than can be counted");
	pump_finish(&pump);
}

static void test_states(void)
{
	static const uint32_t doses[] = {THECA_SET_RATE, THECA_BOLUS, THECA_PRIME, THECA_PURGE,
		THECA_PRESS, THECA_PROGRAM, THECA_START, THECA_REFILL};
	static const uint32_t always[] = {
		THECA_HALT, THECA_INTERROGATE, THECA_ACKNOWLEDGE, THECA_CONFIGURE};
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	pump.started = true;
	for (int state = 0; state < 2; state++) {
		pump.uncertain = state == 0;
		pump.held = state == 1;
		for (size_t i = 0; i < sizeof doses / sizeof *doses; i++)
			expect(&pump, command_of(doses[i], ML / 4, ML / 50, HOUR), false,
				state ? GUARD_IS_HELD : GUARD_IS_UNCERTAIN, "a dose");
		for (size_t i = 0; i < sizeof always / sizeof *always; i++)
			expect(&pump, command_of(always[i], 0, 0, 0), false, GUARD_NOTHING,
				"always allowed");
	}
	pump.held = false;
	expect(&pump, command_of(THECA_TARE, 0, 0, 0), false, GUARD_NOT_OFFERED,
		"a balance's command");
	expect(&pump, command_of(99, 0, 0, 0), false, GUARD_NOT_OFFERED, "no such command");
	pump_finish(&pump);
}

static void test_fills(void)
{
	struct mix strong = twenty;
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	expect(&pump, REFILL(40 * ML), false, GUARD_NOTHING, "a refill");
	expect(&pump, REFILL(41 * ML), false, GUARD_RESERVOIR, "more than fits");
	expect(&pump, REFILL(-1), false, GUARD_RESERVOIR, "less than nothing");
	strong.parts[0].pg_per_ul = 30 * MG_PER_ML;
	struct guard_verdict verdict = pump_judge_fill(&pump, &strong, morphine_alone, 40 * ML);
	reached[verdict.limit] = true;
	is(verdict.limit, GUARD_CONCENTRATION_SOFT, "a strong mix");
	strong.parts[0].pg_per_ul = 51 * MG_PER_ML;
	verdict = pump_judge_fill(&pump, &strong, morphine_alone, 40 * ML);
	reached[verdict.limit] = true;
	is(verdict.limit, GUARD_CONCENTRATION_HARD, "one too strong, though what stays thins it");
	strong.parts[0].pg_per_ul = 50 * MG_PER_ML;
	carry_out(&pump, RATE(ML / 2), false, THECA_DONE, 0);
	verdict = pump_judge_fill(&pump, &strong, morphine_alone, 40 * ML);
	is(verdict.limit, GUARD_DAY_HARD, "at the rate that flows");
	pump_finish(&pump);
	filled(&pump, &twenty, nobody);
	const struct mix other = {
		.count = 1, .parts = {{.drug = BUPIVACAINE, .pg_per_ul = MG_PER_ML}}};
	const struct theca_drug_profile *const others[] = {&bupivacaine_profile};
	verdict = pump_judge_fill(&pump, &other, others, 40 * ML);
	is(verdict.limit, GUARD_NO_LIMITS, "what stays is judged with it");
	is(verdict.drug, MORPHINE, "and named");
	struct mix many = {.count = MIX_MAX};
	const struct theca_drug_profile *profiles[MIX_MAX];
	for (uint32_t i = 0; i < MIX_MAX; i++) {
		many.parts[i] = (struct mix_part){.drug = 10 + i, .pg_per_ul = MG_PER_ML};
		profiles[i] = &bupivacaine_profile;
	}
	verdict = pump_judge_fill(&pump, &many, profiles, 40 * ML);
	is(verdict.limit, GUARD_RESERVOIR, "more drugs than a mix can hold, with what stays");
	is(pump_fill(&pump, &many, profiles, 40 * ML, 0), -ENOSPC, "it can not be done either");
	is(pump.mix.count, 1, "and changed nothing");
	pump_finish(&pump);
}

static void test_programs(void)
{
	struct pump pump;
	struct program none = {0};
	filled(&pump, &twenty, morphine_alone);
	struct theca_command start = command_of(THECA_START, 0, 0, 0);
	is(pump_judge(&pump, &start, NULL, false, 0).limit, GUARD_NO_PROGRAM, "no program");
	is(pump_judge(&pump, &start, &none, false, 0).limit, GUARD_NO_PROGRAM, "an empty one");
	expect(&pump, start, false, GUARD_NOTHING, "a program");
	basal[1].rate_pl_per_day = 3 * ML / 2; /* 2 h of 30 mg/day */
	expect(&pump, start, false, GUARD_DAY_HARD, "a rate that is not safe when held");
	pump.plays_program = true;
	expect(&pump, start, false, GUARD_NOTHING, "is, in a pump that plays by itself");
	basal[1].rate_pl_per_day = 31 * ML / 10;
	expect(&pump, start, false, GUARD_HOUR_HARD, "with a bolus in its hour it is not");
	basal[1].rate_pl_per_day = 1;
	expect(&pump, start, false, GUARD_RATE_BELOW, "a rate too low to be run");
	basal[0].rate_pl_per_day = 0;
	expect(&pump, start, false, GUARD_RATE_BELOW, "also beside a pause");
	basal[0].rate_pl_per_day = 1;
	basal[1].rate_pl_per_day = 0;
	therapy.basal_count = 3;
	expect(&pump, start, false, GUARD_RATE_BELOW, "wherever it stands");
	therapy.basal_count = 2;
	basal[0].rate_pl_per_day = ML / 4;
	expect(&pump, start, false, GUARD_NOTHING, "0 is a pause");
	basal[1].rate_pl_per_day = ML / 8;
	therapy.patient.at_most = 200;
	therapy.patient.lockout_ns = 0;
	expect(&pump, start, false, GUARD_HOUR_HARD, "presses without end");
	therapy.patient.at_most = 4;
	therapy.patient.lockout_ns = 4 * HOUR;
	pump_finish(&pump);
}

static void test_primes(void)
{
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	expect(&pump, command_of(THECA_PURGE, 0, 2 * ML, HOUR * 3), false, GUARD_NOTHING,
		"a purge before therapy");
	expect(&pump, command_of(THECA_PRIME, 0, ML / 4, HOUR), false, GUARD_BOLUS_HARD,
		"a prime of no known line");
	pump_line(&pump, ML / 4);
	expect(&pump, command_of(THECA_PRIME, 0, ML / 4, HOUR), false, GUARD_NOTHING,
		"a prime of the line's volume");
	carry_out(&pump, command_of(THECA_PRIME, 0, ML / 4, HOUR), false, THECA_DONE, 0);
	pump_advance(&pump, HOUR);
	expect(&pump, command_of(THECA_PRIME, 0, ML / 4, HOUR), false, GUARD_BOLUS_HARD,
		"a second one is a bolus");
	carry_out(&pump, RATE(ML / 4), false, THECA_DONE, HOUR);
	pump_advance(&pump, 2 * HOUR);
	expect(&pump, command_of(THECA_PURGE, 0, 2 * ML, HOUR * 3), false, GUARD_BOLUS_HARD,
		"a purge in therapy too");
	pump_finish(&pump);
}

static void test_deadline(void)
{
	struct guard_verdict limit;
	struct pump pump;
	filled(&pump, &twenty, morphine_alone);
	carry_out(&pump, RATE(ML * 3 / 4), false, THECA_DONE, 0);
	pump_advance(&pump, 5 * DAY + 1);
	is(pump_deadline(&pump, &limit), THECA_NEVER, "the limit itself may flow for ever");
	struct theca_readback readback = {
		.delivering = 1, .rate_pl_per_day = ML * 15 / 10, .delivered_pl = THECA_NONE};
	pump_settle(&pump, &readback, 6 * DAY);
	ok(pump_deadline(&pump, &limit) - 6 * DAY < 1000,
		"twice of it, found by a read-back, may not");
	is(limit.limit, GUARD_DAY_HARD, "by its limit");
	carry_out(&pump, command_of(THECA_HALT, 0, 0, 0), false, THECA_DONE, 6 * DAY + HOUR);
	is(pump_deadline(&pump, &limit), THECA_NEVER, "a pump that stands still needs no halt");
	pump_finish(&pump);
}

/* -- lives at random -------------------------------------------------------------------------- */

struct life {
	struct pump pump;
	uint64_t random;
	int64_t filled_pl, removed_pl; /* what went in; what was taken out at fills */
	int allowed, refused, over, wrong;
};

static struct theca_command random_command(struct life *life)
{
	uint64_t *random = &life->random;
	int64_t kind = between(random, 0, 9);
	if (kind < 5)
		return RATE(between(random, 0, 9) ? between(random, ML / 20, ML) : 0);
	if (kind < 8)
		return BOLUS(between(random, 1, ML / 12),
			between(random, 0, 3) ? between(random, 0, 2 * HOUR) : 0);
	return kind == 8 ? command_of(THECA_HALT, 0, 0, 0) : PRESS;
}

static void random_fill(struct life *life)
{
	struct mix mix = twenty_and_twenty;
	struct pump *pump = &life->pump;
	mix.parts[0].pg_per_ul = between(&life->random, 1, 30) * MG_PER_ML;
	mix.parts[1].pg_per_ul = between(&life->random, 1, 15) * MG_PER_ML;
	if (pump_judge_fill(pump, &mix, both, 40 * ML).decision == GUARD_REFUSE)
		return;
	int64_t left_pl = pump_reservoir_pl(pump);
	int64_t stays_pl = left_pl < implant.residual_pl ? left_pl : implant.residual_pl;
	life->wrong += pump_fill(pump, &mix, both, 40 * ML, pump->at_ns) != 0;
	life->removed_pl += left_pl - stays_pl;
	life->filled_pl += 40 * ML - stays_pl;
}

/* Soft limits are confirmed, hard ones never; an end may be good, bad or unknown. */
static void random_act(struct life *life)
{
	static const int outcomes[] = {
		THECA_DONE, THECA_DONE, THECA_DONE, THECA_DONE, -EIO, THECA_UNCERTAIN};
	struct pump *pump = &life->pump;
	struct theca_command command = random_command(life);
	bool patient = command.verb == THECA_PRESS;
	int outcome = outcomes[between(&life->random, 0, 5)];
	struct guard_verdict verdict = pump_judge(pump, &command, &therapy, patient, pump->at_ns);
	if (verdict.decision == GUARD_REFUSE) {
		life->refused++;
		return;
	}
	life->allowed++;
	if (patient)
		command = BOLUS(therapy.patient.volume_pl, therapy.patient.duration_ns);
	carry_out(pump, command, patient, outcome, pump->at_ns);
	if (pump->uncertain && between(&life->random, 0, 1)) {
		struct theca_readback readback = {.delivering = pump->rate_pl_per_day > 0,
			.rate_pl_per_day = pump->rate_pl_per_day,
			.delivered_pl = THECA_NONE};
		pump_settle(pump, &readback, pump->at_ns);
	}
}

static void check_sums(struct life *life)
{
	const struct pump *pump = &life->pump;
	const struct window *window = &pump->window;
	life->over +=
		window_mass_pg(window, MORPHINE, DAY, pump->at_ns) > morphine_profile.day_hard_pg;
	life->over +=
		window_mass_pg(window, MORPHINE, HOUR, pump->at_ns) > morphine_profile.hour_hard_pg;
	life->over += window_mass_pg(window, BUPIVACAINE, DAY, pump->at_ns) >
		      bupivacaine_profile.day_hard_pg;
	if (pump_reservoir_pl(pump))
		life->wrong += pump_left_pl(pump) + pump_reservoir_pl(pump) + life->removed_pl !=
			       life->filled_pl;
}

/* The pump is looked at as the service does: at what comes next, and at the guard's deadline. */
static void live_until(struct life *life, int64_t until_ns)
{
	struct pump *pump = &life->pump;
	struct guard_verdict limit;
	while (pump->at_ns < until_ns) {
		int64_t next_ns = pump_next(pump), halt_ns = pump_deadline(pump, &limit);
		int64_t sample_ns = pump->at_ns + between(&life->random, 1, HOUR);
		int64_t at_ns = until_ns;
		at_ns = next_ns < at_ns ? next_ns : at_ns;
		at_ns = sample_ns < at_ns ? sample_ns : at_ns;
		at_ns = halt_ns < at_ns ? halt_ns : at_ns;
		pump_advance(pump, at_ns);
		check_sums(life);
		/* all that was allowed stays allowed with nothing further asked: no halt is ever
		 * needed */
		life->wrong += halt_ns <= at_ns;
		if (halt_ns <= at_ns)
			carry_out(pump, command_of(THECA_HALT, 0, 0, 0), false, THECA_DONE, at_ns);
	}
}

static void random_life(struct life *life, uint64_t seed)
{
	*life = (struct life){.random = seed, .filled_pl = 40 * ML};
	filled(&life->pump, &twenty, both);
	life->pump.started = true;
	for (int i = 0; i < 150; i++) {
		live_until(life, life->pump.at_ns + between(&life->random, 1, 6 * HOUR));
		random_act(life);
		if (!between(&life->random, 0, 19))
			random_fill(life);
	}
}

static void test_random_lives(uint64_t seed)
{
	int allowed = 0, refused = 0, over = 0, wrong = 0;
	for (uint64_t i = 0; i < 40; i++) {
		struct life life;
		random_life(&life, seed + i);
		allowed += life.allowed;
		refused += life.refused;
		over += life.over;
		wrong += life.wrong;
		pump_finish(&life.pump);
	}
	printf("# %d commands allowed, %d refused\n", allowed, refused);
	ok(allowed > 500 && refused > 500, "lives try much and are refused much");
	is(over, 0, "no hard sum is ever passed by allowed commands");
	is(wrong, 0, "what was filled in is delivered, left or removed, and no halt was needed");
}

/* Twice the concentration at half the rate: the same lives are allowed. */
static void test_same_doses(uint64_t seed)
{
	int different = 0;
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t random = seed + i;
		struct pump strong, weak;
		filled(&strong, &twenty, morphine_alone);
		filled(&weak, &ten, morphine_alone);
		for (int64_t at_ns = 0; at_ns < 20 * DAY; at_ns += between(&random, 1, 8 * HOUR)) {
			int64_t amount = between(&random, ML / 10, ML / 2),
				kind = between(&random, 0, 2);
			struct theca_command a = kind ? RATE(amount) : BOLUS(amount / 5, 3 * HOUR);
			struct theca_command b =
				kind ? RATE(2 * amount) : BOLUS(amount / 5 * 2, 3 * HOUR);
			pump_advance(&strong, at_ns);
			pump_advance(&weak, at_ns);
			struct guard_verdict of_a = pump_judge(&strong, &a, NULL, false, at_ns);
			struct guard_verdict of_b = pump_judge(&weak, &b, NULL, false, at_ns);
			if (of_a.limit == GUARD_RESERVOIR || of_b.limit == GUARD_RESERVOIR)
				break;
			different += of_a.limit != of_b.limit;
			if (of_a.decision == GUARD_REFUSE)
				continue;
			carry_out(&strong, a, false, THECA_DONE, at_ns);
			carry_out(&weak, b, false, THECA_DONE, at_ns);
		}
		pump_finish(&strong);
		pump_finish(&weak);
	}
	is(different, 0, "twice the concentration and half the rate: the same verdicts");
}

int main(void)
{
	uint64_t seed = seed_of_test(20260105);
	test_rates_and_boluses();
	test_presses();
	test_many_presses();
	test_states();
	test_fills();
	test_programs();
	test_primes();
	test_deadline();
	test_random_lives(seed);
	test_same_doses(seed);
	for (int limit = 0; limit < GUARD_LIMITS; limit++)
		ok(reached[limit], "reached by a command: %s", guard_code(limit));
	return done_testing();
}
