/* SPDX-License-Identifier: Apache-2.0 */
/* The timetable of a bench that is not run: the same guard, and no driver called. */
#include "benchfixture.h"
#include "service/plan.h"

#define HEAD                                                                                       \
	"[bench]\nname = trial\nbegins = 2026-01-05 00:00\nuntil = 3 d\n"                          \
	"[drug m]\nplugin = puppet-drug\nday soft = 5 mg\nday hard = 10 mg\n"                      \
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\n"

/* What is printed, malloc'ed; the calls that the driver has seen. */
static char *plan(const char *ini, int *status, unsigned *calls)
{
	struct fixture fixture;
	char *text = NULL;
	size_t size;

	fixture_read(&fixture, ini, true);
	is(fixture.errors, 0, "a bench without errors");
	FILE *out = open_memstream(&text, &size);
	*status = plan_print(&fixture.bench, out);
	fclose(out);
	*calls = fixture_puppet(&fixture, "p")->order_count +
		 fixture_puppet(&fixture, "p")->starts + fixture_puppet(&fixture, "p")->polls;
	fixture_close(&fixture);
	return text;
}

static unsigned count_of(const char *text, const char *words)
{
	unsigned count = 0;
	for (const char *at = text; (at = strstr(at, words)); at += strlen(words))
		count++;
	return count;
}

static void test_therapy(void)
{
	unsigned calls;
	int status;
	char *text = plan(HEAD
		"basal = 2 mg/day of m\n"
		"patient bolus = 0.1 mg of m over 30 min, lockout 4 h, at most 4 per day\n"
		"[scenario]\nbegin = at 0 d, start p\npain = every 3 h, press p\n"
		"fill = at 2 d, refill p 20 mL\nscan = at 1 d, magnet 1.5 T for 40 min on p\n",
		&status, &calls);

	is(status, 0, "nothing was refused but presses");
	is(calls, 0, "no driver was started, polled or commanded");
	ok(strstr(text, "Plan of trial: 3 d. Nothing is run. Not for clinical use."),
		"it says what it is");
	ok(strstr(text, "scenario  begin          at 0 d, start p"),
		"the scenario's lines are listed");
	ok(strstr(text, "2026-01-05 00:00  day 0.00   p            started"),
		"the start has its line");
	ok(strstr(text, "2026-01-07 00:00  day 2.00   p            refill     20 mL"),
		"the refill too");
	is(count_of(text, "day's dose"), 3, "each day has one");
	ok(strstr(text, "m 2.400 mg (hard limit 10 mg); boluses 4 given, 3 refused"),
		"with its doses and presses");
	ok(strstr(text, "1 starts, 12 boluses, 1 refills; 0 refused"), "and the whole a sum");
	free(text);
}

static void test_refused(void)
{
	unsigned calls;
	int status;
	char *text = plan(HEAD "basal = 6 mg/day of m\n[scenario]\nbegin = at 0 d, start p\n",
		&status, &calls);

	is(status, 1, "a refusal makes the plan fail");
	ok(strstr(text, "REFUSED: 24 h sum of m would be 6 mg, above the soft limit of 5 mg/day "
			"(test-2026)"),
		"the guard's own words");
	free(text);
	text = plan("[bench]\nclock = virtual\nuntil = 1 d\nsoft limits accepted by = Dr. Who\n"
		    "[drug m]\nplugin = puppet-drug\nday soft = 5 mg\nday hard = 10 mg\n"
		    "[pump p]\ndriver = puppet\nholds = m 1 mg/mL\nbasal = 6 mg/day of m\n"
		    "[scenario]\nbegin = at 0 d, start p\n",
		&status, &calls);
	is(status, 0, "accepted by name in the file it is allowed");
	ok(strstr(text, "accepted: soft limit accepted: 24 h sum of m"), "and shown");
	free(text);
}

static void test_procedure(void)
{
	unsigned calls;
	int status;
	char *text = plan(HEAD
		"[instrument s]\nplugin = balance\nweighs = p\n[procedure f]\nplugin = "
		"flow-accuracy\n"
		"pump = p\ninstrument = s\nrate = 25 mL/day\n[scenario]\ngo = at 0 d, run f\n",
		&status, &calls);

	is(status, 1, "a rate that the pump cannot give fails the plan");
	ok(strstr(text, "procedure f holds p at 25 mL/day: flow would be 25 mL/day, above the "
			"highest of 24 mL/day"),
		"before anything is run");
	is(calls, 0, "nothing is");
	free(text);
}

int main(void)
{
	test_therapy();
	test_refused();
	test_procedure();
	return done_testing();
}
