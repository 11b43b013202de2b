/* SPDX-License-Identifier: Apache-2.0 */
/* Timed happenings: when each line fires, what it does, and what is wrong with a line. */
#include "benchfixture.h"

#define ML INT64_C(1000000000)
#define BENCH                                                                                      \
	"[bench]\nbegins = 2026-01-05 00:00\nuntil = 90 d\n"                                       \
	"[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n"                                       \
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\nbasal = 1 mg/day of m\nsample every = 10 "  \
	"min\n"                                                                                    \
	"patient bolus = 0.1 mg of m over 30 min, lockout 1 h, at most 4 per day\n"                \
	"[pump q]\ndriver = puppet\n[procedure flow]\nplugin = puppet-procedure\npump = "          \
	"q\n[scenario]\n"

/* -- when a line fires ------------------------------------------------------------------------ */

static const struct {
	const char *line;
	int64_t until_ns;
	unsigned fired;
	const char *what;
} times[] = {
	{"at 0 d, note x", 0, 1, "at the start"},
	{"at 2 d 10:00, note x", 58 * THECA_HOUR_NS - 1, 0, "not before a time of day"},
	{"at 2 d 10:00, note x", 58 * THECA_HOUR_NS, 1, "at a time of day"},
	{"at 2 d 10:00, note x", 80 * THECA_DAY_NS, 1, "once"},
	{"every 6 h, note x", 24 * THECA_HOUR_NS, 4, "every period, the first after one"},
	{"every 6 h from 1 d, note x", 30 * THECA_HOUR_NS, 2, "every period from a time"},
	{"every 6 h from 0 d until 1 d, note x", 80 * THECA_DAY_NS, 5,
		"every period until a time, itself too"},
	{"every 1 d from 5 d until 4 d, note x", 80 * THECA_DAY_NS, 0,
		"never, when the end is before"},
};

static void test_times(void)
{
	struct fixture fixture;
	char text[1024];

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		snprintf(text, sizeof text, BENCH "it = %s\n", times[i].line);
		fixture_open(&fixture, text);
		scenario_start(&fixture.bench, false);
		fixture_until(&fixture, times[i].until_ns);
		is(fixture_said(&fixture, "note bench it scenario: x"), times[i].fired, "%s",
			times[i].what);
		is(fixture_said(&fixture, "fired bench it scenario"), times[i].fired,
			"each is on record");
		fixture_close(&fixture);
	}
}

static void test_condition(void)
{
	struct fixture fixture;

	fixture_open(&fixture,
		BENCH "begin = at 0 d, start p\nlow = when p.reservoir_volume < 19 mL, note low\n"
		      "goes = when p.state = delivering, note goes\n"
		      "end = at 1 d 12:00, refill p 20 mL\n");
	scenario_start(&fixture.bench, false);
	sampling_start(&fixture.bench);
	fixture_until(&fixture, THECA_DAY_NS - THECA_HOUR_NS);
	is(fixture_said(&fixture, "note bench low"), 0,
		"a condition that is not true does not fire");
	is(fixture_said(&fixture, "note bench goes"), 1, "one on a state does when it comes");
	fixture_until(&fixture, THECA_DAY_NS + 2 * THECA_HOUR_NS);
	is(fixture_said(&fixture, "note bench low"), 1, "nor more than once while it is");
	fixture_until(&fixture, 2 * THECA_DAY_NS);
	is(fixture_said(&fixture, "note bench low"), 1, "refilled it is no longer true");
	fixture_until(&fixture, 3 * THECA_DAY_NS);
	is(fixture_said(&fixture, "note bench low"), 2, "and fires when it becomes true again");
	fixture_close(&fixture);
}

/* -- what it does ----------------------------------------------------------------------------- */

static void test_actions(void)
{
	struct fixture fixture;

	fixture_open(&fixture, BENCH "a = at 1 h, start p\nb = at 2 h, press p\nc = at 3 h, halt "
				     "p\nd = at 4 h, refill p 15 mL\n"
				     "e = at 5 h, refill p 10 mL with m 2 mg/mL\nf = at 6 h, "
				     "magnet 1.5 T for 30 min on p\n"
				     "g = at 7 h, run flow\nh = at 8 h, start q\ni = at 9 h, "
				     "magnet 3 T for 10 min\nj = at 10 h, press p\n"
				     "k = at 11 h, refill p 30 mL\nl = at 12 h, stop\n");
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	struct instance *p = fixture_find(&fixture, "p"), *q = fixture_find(&fixture, "q");
	scenario_start(&fixture.bench, false);
	ok(!scenario_ended(&fixture.bench), "something is to come");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->calls[THECA_SET_RATE], 1, "start");
	is(fixture_said(&fixture, "state p started scenario a"), 1, "by its name");
	fixture_until(&fixture, 2 * THECA_HOUR_NS);
	is(puppet->calls[THECA_BOLUS], 1, "press");
	is(fixture_said(&fixture, "intent p patient patient"), 1, "by the patient");
	fixture_until(&fixture, 3 * THECA_HOUR_NS);
	is(puppet->calls[THECA_HALT], 1, "halt");
	fixture_until(&fixture, 4 * THECA_HOUR_NS);
	is(pump_reservoir_pl(&p->pump->account), 15 * ML, "refill");
	is_text(fixture_last(&fixture, "fill p"), "fill p refill scenario d: m 1 mg/mL",
		"with what it held");
	fixture_until(&fixture, 5 * THECA_HOUR_NS);
	is_text(fixture_last(&fixture, "fill p"), "fill p refill scenario e: m 2 mg/mL",
		"or with another mix");
	fixture_until(&fixture, 6 * THECA_HOUR_NS);
	is(p->pump->surroundings.magnetic_field_ut, 1500000, "magnet");
	is(q->pump->surroundings.magnetic_field_ut, 0, "on one pump");
	fixture_until(&fixture, 6 * THECA_HOUR_NS + 30 * THECA_MINUTE_NS);
	is(p->pump->surroundings.magnetic_field_ut, 0, "for its time");
	is(fixture_said(&fixture, "state p magnet-gone"), 1, "its end is on record");
	fixture_until(&fixture, 7 * THECA_HOUR_NS);
	is(((struct puppet_procedure *)fixture_find(&fixture, "flow")->self)->begins, 1, "run");
	fixture_until(&fixture, 8 * THECA_HOUR_NS);
	is(fixture_said(&fixture, "refused q no-program scenario h"), 1, "a refusal is on record");
	fixture_until(&fixture, 9 * THECA_HOUR_NS);
	is(p->pump->surroundings.magnetic_field_ut, 3000000, "magnet on all:");
	is(q->pump->surroundings.magnetic_field_ut, 3000000, "on each");
	fixture_until(&fixture, 11 * THECA_HOUR_NS);
	is(fixture_said(&fixture, "refused p not-started patient"), 1,
		"a press without a therapy is refused");
	is(fixture_said(&fixture, "refused p reservoir scenario k"), 1,
		"and a fill that does not fit");
	fixture_until(&fixture, 12 * THECA_HOUR_NS);
	ok(fixture.bench.stopping, "stop");
	ok(scenario_ended(&fixture.bench), "nothing more is to come");
	fixture_close(&fixture);
}

/* -- after a restart -------------------------------------------------------------------------- */

static void test_resumed(void)
{
	struct fixture fixture;

	fixture_open(&fixture, BENCH "once = at 1 h, note once\noften = every 1 h, note often\n"
				     "late = at 9 h, note late\n");
	scenario_fired(&fixture.bench, "once");
	scenario_fired(&fixture.bench, "often");
	scenario_fired(&fixture.bench, "somebody");
	fixture.bench.now_ns = 4 * THECA_HOUR_NS + 1;
	scenario_start(&fixture.bench, true);
	is(fixture_said(&fixture, "fired bench once"), 0,
		"what had fired is neither fired nor missed");
	is(fixture_said(&fixture, "fired bench often missed"), 3, "what was missed is said");
	fixture_until(&fixture, 10 * THECA_HOUR_NS);
	is(fixture_said(&fixture, "note bench once"), 0, "no firing happens twice");
	is(fixture_said(&fixture, "note bench often"), 6, "the rest comes in its time");
	is(fixture_said(&fixture, "note bench late"), 1, "and so does what is later");
	const char *text;
	is_text(scenario_line(&fixture.bench, 2, &text), "late", "lines can be listed");
	is_text(text, "at 9 h, note late", "as written");
	ok(!scenario_line(&fixture.bench, 3, &text), "to their end");
	fixture_close(&fixture);
}

/* -- what is wrong ---------------------------------------------------------------------------- */

static const struct {
	const char *line, *why;
} wrong[] = {
	{"", "found nothing, expected a value"},
	{"on 2 d, note x", "found 'on 2 d, note x', expected at, every or when"},
	{"at 2 d", "found '', expected a comma and what to do"},
	{"at 2 d, jump p",
		"found 'jump p', expected start, halt, press, refill, run, magnet, note or stop"},
	{"at 2, start p", NULL},
	{"at 2 d 25:00, start p", "found '25:00, start p', expected a time of day such as 10:00"},
	{"at 2 d 1:00, start p", NULL},
	{"at 2 d, start nobody", "found 'nobody', expected a pump of this bench"},
	{"at 2 d, start flow", "found 'flow', expected a pump of this bench"},
	{"at 2 d, run p", "found 'p', expected a procedure of this bench"},
	{"at 2 d, start p now", "found 'now' after the end"},
	{"at 2 d, refill p", NULL},
	{"at 2 d, refill p 5 mL with heroin 1 mg/mL", NULL},
	{"at 2 d, magnet 1 T on p", "found 'on p', expected for and a duration"},
	{"every 1 ms, press p", "found less than 1 s, expected 1 s or more"},
	{"every 0 s, press p", NULL},
	{"when p.nothing < 2 mL, press p",
		"found 'p.nothing', expected a signal such as left.reservoir_volume"},
	{"when reservoir_volume < 2 mL, press p", NULL},
	{"when p.reservoir_volume 2 mL, press p",
		"found '2 mL, press p', expected <, <=, >, >= or ="},
	{"when p.reservoir_volume < 2 mL/day, press p", NULL},
	{"when p.state = sleepy, press p", "found 'sleepy', expected a state of state"},
};

static void test_wrong(void)
{
	struct fixture fixture;
	char text[1024], said[256];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(text, sizeof text, BENCH "it = %s\n", wrong[i].line);
		fixture_load(&fixture, text);
		char *errors = fixture_errors(&fixture);
		is(fixture.errors, 1, "'%s' is an error", wrong[i].line);
		snprintf(said, sizeof said, "it: %s", wrong[i].why ? wrong[i].why : "");
		if (!ok(errors && strstr(errors, said), "and it is said"))
			printf("# got %s# want %s\n", errors ? errors : "(null)", said);
		free(errors);
		fixture_close(&fixture);
	}
}

int main(void)
{
	test_times();
	test_condition();
	test_actions();
	test_resumed();
	test_wrong();
	return done_testing();
}
