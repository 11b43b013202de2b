/* SPDX-License-Identifier: Apache-2.0 */
/* A therapy from start to halt: what the pump is told and when, and what happens when it cannot. */
#include "benchfixture.h"
#include <errno.h>

#define ML INT64_C(1000000000)
#define HEAD                                                                                       \
	"[bench]\nbegins = 2026-01-05 00:00\nuntil = 30 d\n"                                       \
	"[drug m]\nplugin = puppet-drug\nday soft = 5 mg\nday hard = 10 mg\n"
#define PUMP "[pump p]\nholds = m 1 mg/mL\n"
#define DAYS "basal = 1 mg/day of m, from 08:00 2 mg/day of m, from 20:00 3 mg/day of m\n"

static struct pump *account(struct fixture *fixture)
{
	return &fixture_find(fixture, "p")->pump->account;
}

static void test_day_pattern(void)
{
	static const struct {
		int64_t at_ns, rate_pl_per_day;
	} changes[] = {{8 * THECA_HOUR_NS, 2 * ML}, {20 * THECA_HOUR_NS, 3 * ML},
		{24 * THECA_HOUR_NS, ML}, {32 * THECA_HOUR_NS, 2 * ML}};
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\n" DAYS);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->order_count, 0, "a prescription alone delivers nothing");
	is(fixture_start(&fixture, "p", NULL), 0, "a start begins it");
	is(fixture.outcome, THECA_DONE, "the first rate is done");
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, ML, "it is that of the hour");
	is(fixture_start(&fixture, "p", NULL), -EALREADY, "it can not be started twice");
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		fixture_until(&fixture, changes[i].at_ns - 1);
		is(puppet->calls[THECA_SET_RATE], i + 1, "no change before its time");
		fixture_until(&fixture, changes[i].at_ns);
		is(puppet->last[THECA_SET_RATE].rate_pl_per_day, changes[i].rate_pl_per_day,
			"then change %zu", i);
	}
	is(pump_delivered_pl(account(&fixture)), 2125 * ML / 1000,
		"the volume of each rate is counted");
	is(fixture_halt(&fixture, "p"), 0, "a halt");
	is(fixture_said(&fixture, "state p halted operator"), 1, "ends the therapy");
	fixture_until(&fixture, 10 * THECA_DAY_NS);
	is(puppet->calls[THECA_SET_RATE], 5, "and its program goes on no more");
	is(pump_state(account(&fixture)), PUMP_STOPPED, "the pump stands");
	is(fixture_start(&fixture, "p", NULL), 0, "it can be started again");
	fixture_close(&fixture);
}

static void test_no_program(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\n");
	is(fixture_start(&fixture, "p", NULL), -EACCES, "nothing prescribed, nothing started");
	is(fixture.verdict.limit, GUARD_NO_PROGRAM, "for that reason");
	is(fixture_said(&fixture, "refused p no-program operator"), 1, "on record");
	is(fixture_press(&fixture, "p"), -EACCES, "a press is refused");
	is(fixture.verdict.limit, GUARD_NOT_STARTED, "nothing is started");
	fixture_close(&fixture);
}

static void test_press(void)
{
	struct fixture fixture;
	unsigned given = 0;

	fixture_open(&fixture, HEAD PUMP
		"driver = puppet\nbasal = 1 mg/day of m\n"
		"patient bolus = 0.25 mg of m over 30 min, lockout 2 h, at most 3 per day\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	is(fixture_press(&fixture, "p"), -EACCES, "no press before the start");
	is(fixture_start(&fixture, "p", NULL), 0, "the start");
	is(fixture_press(&fixture, "p"), 0, "a press gives a bolus");
	is(puppet->last[THECA_BOLUS].volume_pl, ML / 4, "of the prescribed volume");
	is(puppet->last[THECA_BOLUS].duration_ns, 30 * THECA_MINUTE_NS, "over the prescribed time");
	fixture_until(&fixture, 2 * THECA_HOUR_NS - 1);
	is(fixture_press(&fixture, "p"), -EACCES, "not within the lockout");
	is(fixture.verdict.limit, GUARD_LOCKOUT, "for that reason");
	for (int hour = 2; hour < 24; hour++) {
		fixture_until(&fixture, hour * THECA_HOUR_NS);
		given += !fixture_press(&fixture, "p");
	}
	is(given, 2, "three in a day are given");
	is(fixture.verdict.limit, GUARD_COUNT, "then the count refuses");
	fixture_until(&fixture, 24 * THECA_HOUR_NS);
	is(fixture_press(&fixture, "p"), 0, "until the first is a day old");
	is(puppet->calls[THECA_BOLUS], 4, "the driver has seen those that were allowed");
	fixture_close(&fixture);
}

static void test_zero_rate(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP
		"driver = puppet\n"
		"basal = 1 mg/day of m, from 12:00 0 mg/day of m, from 18:00 2 mg/day of m\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, 12 * THECA_HOUR_NS);
	is(puppet->calls[THECA_HALT], 1, "a pump without a rate of 0 is halted for it");
	is(pump_flow_pl_per_day(account(&fixture)), 0, "it stands");
	ok(account(&fixture)->started, "but the therapy goes on");
	fixture_until(&fixture, 18 * THECA_HOUR_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 2 * ML, "and so does its program");
	fixture_halt(&fixture, "p");
	fixture_until(&fixture, 36 * THECA_HOUR_NS);
	is(fixture_start(&fixture, "p", NULL), 0, "it may begin with nothing");
	is(fixture.outcome, THECA_DONE, "which is done at once");
	is(puppet->calls[THECA_HALT], 2, "a standing pump is not halted again");
	fixture_until(&fixture, 42 * THECA_HOUR_NS);
	is(puppet->calls[THECA_SET_RATE], 3, "the program goes on from there");
	fixture_close(&fixture);

	fixture_open(&fixture, HEAD PUMP "driver = puppet\nzero is legal = yes\n"
					 "basal = 1 mg/day of m, from 12:00 0 mg/day of m\n");
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, 12 * THECA_HOUR_NS);
	is(fixture_puppet(&fixture, "p")->calls[THECA_HALT], 0, "where 0 is a rate it is set");
	is(fixture_puppet(&fixture, "p")->last[THECA_SET_RATE].rate_pl_per_day, 0, "as one");
	fixture_close(&fixture);
}

static int prescribe(struct fixture *fixture, const char *basal, const char *accepted_by)
{
	struct mix_names names = bench_drugs(&fixture->bench);
	struct program program;
	char why[160];

	program_init(&program);
	if (program_parse_basal(&program, basal, &names, why, sizeof why))
		printf("Bail out! %s\n", why);
	int result = treatment_prescribe(
		fixture_find(fixture, "p"), &program, "doctor", accepted_by, &fixture->verdict);
	program_finish(&program);
	return result;
}

static void test_prescribe(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\nbasal = 1 mg/day of m\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	is(prescribe(&fixture, "2 mg/day of m", NULL), 0, "another program before the start");
	is(puppet->order_count, 0, "moves nothing");
	fixture_start(&fixture, "p", NULL);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 2 * ML, "and is the one that is started");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(prescribe(&fixture, "3 mg/day of m, from 06:00 4 mg/day of m", NULL), 0,
		"another one while it runs");
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 3 * ML, "is played at once");
	fixture_until(&fixture, 6 * THECA_HOUR_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 4 * ML, "with its own changes");
	is(prescribe(&fixture, "11 mg/day of m", "doctor"), -EACCES,
		"one above the hard limit is refused");
	is(fixture.verdict.limit, GUARD_DAY_HARD, "by it");
	is(prescribe(&fixture, "1 mg/day of m, from 07:00 1.5 mg/day of m", NULL), 0,
		"and the next is none the worse");
	fixture_until(&fixture, 7 * THECA_HOUR_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 3 * ML / 2, "it goes on");
	is(fixture_said(&fixture, "program p prescribed doctor: basal = "), 3, "each is on record");

	puppet->answers[THECA_BOLUS] = PUPPET_LATER;
	fixture_command(&fixture, "p", THECA_BOLUS, ML / 10, NULL);
	is(prescribe(&fixture, "2 mg/day of m", NULL), 0, "while a command is open");
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 3 * ML / 2, "the new rate waits");
	puppet_end(puppet, THECA_BOLUS, THECA_DONE);
	fixture_until(&fixture, 7 * THECA_HOUR_NS + THECA_SECOND_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 2 * ML, "until its end, no longer");
	fixture_close(&fixture);
}

/* What was accepted at the start holds for the rates of that program, not for another one. */
static void test_acceptance(void)
{
	struct fixture fixture;

	fixture_open(&fixture,
		HEAD PUMP "driver = puppet\nbasal = 6 mg/day of m, from 12:00 7 mg/day of m\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	is(fixture_start(&fixture, "p", NULL), -EACCES, "above a soft limit it does not start");
	is(fixture.verdict.decision, GUARD_CONFIRM, "without a word");
	is(fixture_start(&fixture, "p", "Dr. Who"), 0, "accepted it does");
	is(prescribe(&fixture, "8 mg/day of m", NULL), -EACCES,
		"another program wants its own word");
	fixture_until(&fixture, 12 * THECA_HOUR_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 7 * ML,
		"a refused one does not take the first's away");
	ok(!fixture_alarm(&fixture, "p", "program-refused"), "nothing is refused");
	fixture_close(&fixture);
}

static void test_failing_start(void)
{
	static const struct {
		enum puppet_answer answer;
		const char *what;
	} cases[] = {{PUPPET_FAILS, "fails"}, {PUPPET_REFUSES, "is not taken"}};
	struct fixture fixture;

	for (size_t i = 0; i < 2; i++) {
		fixture_open(&fixture, HEAD PUMP "driver = puppet\n" DAYS);
		struct puppet *puppet = fixture_puppet(&fixture, "p");
		puppet->answers[THECA_SET_RATE] = cases[i].answer;
		fixture_start(&fixture, "p", NULL);
		is(fixture.outcome, -EIO, "a first rate that %s", cases[i].what);
		ok(!account(&fixture)->started, "starts no therapy");
		is(fixture_said(&fixture, "state p not-started operator"), 1, "and that is said");
		puppet->answers[THECA_SET_RATE] = PUPPET_DONE;
		fixture_until(&fixture, 9 * THECA_HOUR_NS);
		is(puppet->calls[THECA_SET_RATE], 1, "nothing begins later by itself");
		is(fixture_start(&fixture, "p", NULL), 0, "it can be started then");
		puppet->answers[THECA_SET_RATE] = cases[i].answer;
		fixture_until(&fixture, 21 * THECA_HOUR_NS);
		ok(fixture_alarm(&fixture, "p", "program-failed"),
			"a later rate that %s raises an alarm", cases[i].what);
		is(account(&fixture)->rate_pl_per_day, 2 * ML, "the old rate goes on");
		puppet->answers[THECA_SET_RATE] = PUPPET_DONE;
		fixture_until(&fixture, 25 * THECA_HOUR_NS);
		ok(!fixture_alarm(&fixture, "p", "program-failed"), "until the next one is set");
		fixture_close(&fixture);
	}
}

/* A change that comes while the first rate is open must not take the place of who waits for it. */
static void test_waiting(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\n" DAYS);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	fixture_until(&fixture, 8 * THECA_HOUR_NS - 1);
	puppet->answers[THECA_SET_RATE] = PUPPET_LATER;
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, 8 * THECA_HOUR_NS + THECA_SECOND_NS);
	is(fixture.ends, 0, "the first rate is open at the time of the next");
	puppet->answers[THECA_SET_RATE] = PUPPET_DONE;
	puppet_end(puppet, THECA_SET_RATE, THECA_DONE);
	is(fixture.ends, 1, "who waits for the start is told");
	fixture_until(&fixture, 8 * THECA_HOUR_NS + 2 * THECA_SECOND_NS);
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, 2 * ML, "and the next rate follows");
	fixture_close(&fixture);
}

/* A pump found to deliver more than it was told is halted before a hard limit is passed. */
static void test_limit(void)
{
	struct theca_readback found = {.size = sizeof found,
		.delivering = 1,
		.rate_pl_per_day = 20 * ML,
		.delivered_pl = THECA_NONE,
		.reservoir_pl = THECA_NONE};
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\nbasal = 1 mg/day of m\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	fixture_start(&fixture, "p", NULL);
	theca_readback(puppet->host, &found);
	command_reschedule(fixture_find(&fixture, "p"));
	fixture_until(&fixture, 12 * THECA_HOUR_NS - THECA_MINUTE_NS);
	is(puppet->calls[THECA_HALT], 0, "below the limit it is let be");
	fixture_until(&fixture, 12 * THECA_HOUR_NS + THECA_MINUTE_NS);
	is(puppet->calls[THECA_HALT], 1, "at the limit it is halted");
	ok(pump_delivered_pg(account(&fixture), 0) <= 10 * ML, "having given no more than it");
	ok(fixture_alarm(&fixture, "p", "limit-reached"), "an alarm says so");
	ok(!account(&fixture)->started, "the therapy has ended");
	fixture_until(&fixture, 2 * THECA_DAY_NS);
	is(puppet->calls[THECA_HALT], 1, "it is halted once");
	theca_readback(puppet->host, &found);
	command_reschedule(fixture_find(&fixture, "p"));
	fixture_until(&fixture, 3 * THECA_DAY_NS);
	is(puppet->calls[THECA_HALT], 2, "and again when it passes the limit again");
	fixture_close(&fixture);

	fixture_open(&fixture, HEAD PUMP "driver = puppet-fixed\nbasal = 1 mg/day of m\n");
	is(fixture_start(&fixture, "p", NULL), 0, "a pump that cannot halt starts");
	is(fixture_halt(&fixture, "p"), -EACCES, "and refuses a halt");
	ok(account(&fixture)->started, "its therapy goes on");
	is(fixture_said(&fixture, "state p halted"), 0, "nobody says otherwise");
	theca_readback(fixture_puppet(&fixture, "p")->host, &found);
	command_reschedule(fixture_find(&fixture, "p"));
	fixture_until(&fixture, THECA_DAY_NS);
	ok(fixture_alarm(&fixture, "p", "limit-reached"),
		"a pump that cannot halt raises the alarm");
	is(fixture_said(&fixture, "alarm p limit-reached"), 1, "once");
	fixture_close(&fixture);
}

/* A pump that plays programs itself: it gets the whole, the account follows. */
static void test_player(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet-player\n" DAYS);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	puppet->answers[THECA_PROGRAM] = PUPPET_LATER;
	is(fixture_start(&fixture, "p", NULL), 0, "the program is handed over");
	is(puppet->calls[THECA_PROGRAM], 1, "whole");
	is(puppet->rows, 3, "with its rows");
	is(fixture.ends, 0, "its end is waited for");
	puppet_end(puppet, THECA_PROGRAM, THECA_DONE);
	is(fixture.ends, 1, "then the start has its end");
	is(account(&fixture)->rate_pl_per_day, ML, "the account counts the first rate");
	fixture_until(&fixture, 9 * THECA_HOUR_NS);
	is(account(&fixture)->rate_pl_per_day, 2 * ML, "and the later ones");
	is(puppet->calls[THECA_SET_RATE], 0, "the pump is told none");
	is(prescribe(&fixture, "4 mg/day of m", NULL), 0, "another program");
	puppet_end(puppet, THECA_PROGRAM, THECA_DONE);
	is(puppet->calls[THECA_PROGRAM], 2, "is handed over too");
	is(account(&fixture)->rate_pl_per_day, 4 * ML, "and counted");
	fixture_halt(&fixture, "p");
	is(puppet->calls[THECA_HALT], 1, "a halt is sent");
	is(account(&fixture)->rate_pl_per_day, 0, "and counts");

	puppet->answers[THECA_PROGRAM] = PUPPET_FAILS;
	fixture_start(&fixture, "p", NULL);
	is(fixture.outcome, -EIO, "a program the pump does not take");
	ok(!account(&fixture)->started, "starts nothing");
	is(account(&fixture)->rate_pl_per_day, 0, "and counts nothing");
	puppet->answers[THECA_PROGRAM] = PUPPET_UNCERTAIN;
	fixture_start(&fixture, "p", NULL);
	is(account(&fixture)->rate_pl_per_day, 4 * ML, "one it may have taken counts as playing");
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 10, "x"), -EACCES,
		"and no dose is given");
	is(fixture.verdict.limit, GUARD_IS_UNCERTAIN, "until it is read");
	fixture_close(&fixture);
}

/* A boluses-only program; a reservoir that runs low and empty. */
static void test_reservoir(void)
{
	struct fixture fixture;

	fixture_open(&fixture, HEAD PUMP "driver = puppet\nfilled = 4 mL\nbasal = 1 mg/day of m\n");
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, 2 * THECA_DAY_NS - THECA_HOUR_NS);
	ok(!fixture_alarm(&fixture, "p", "low-reservoir"), "enough is left");
	fixture_until(&fixture, 2 * THECA_DAY_NS + THECA_HOUR_NS);
	ok(fixture_alarm(&fixture, "p", "low-reservoir"), "low");
	ok(!fixture_alarm(&fixture, "p", "empty-reservoir"), "not empty");
	fixture_until(&fixture, 3 * THECA_DAY_NS + THECA_HOUR_NS);
	ok(fixture_alarm(&fixture, "p", "empty-reservoir"), "empty");
	is(fixture_command(&fixture, "p", THECA_REFILL, 20 * ML, NULL), 0, "filled");
	ok(!fixture_alarm(&fixture, "p", "low-reservoir"), "neither low");
	ok(!fixture_alarm(&fixture, "p", "empty-reservoir"), "nor empty");
	is(fixture_said(&fixture, "fill p"), 1, "the fill is on record");
	is(pump_reservoir_pl(account(&fixture)), 20 * ML, "and counted");
	fixture_close(&fixture);
}

int main(void)
{
	test_day_pattern();
	test_no_program();
	test_press();
	test_zero_rate();
	test_prescribe();
	test_acceptance();
	test_failing_start();
	test_waiting();
	test_limit();
	test_player();
	test_reservoir();
	return done_testing();
}
