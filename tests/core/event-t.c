/* SPDX-License-Identifier: Apache-2.0 */
/* What is said reaches everybody, once; an alarm is said when it comes and when it goes. */
#include <errno.h>
#include "benchfixture.h"

static const char bench_text[] = "[bench]\nuntil = 30 d\n[pump p]\ndriver = puppet\n[transport "
				 "out]\nplugin = puppet-transport\n";

static void test_say(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	unsigned before = fixture_puppet(&fixture, "out")->calls[1];
	is(event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, NULL, NULL, "%d mL", 5), 0,
		"without a journal there is no number");
	is_text(fixture_last(&fixture, ""), "note bench : 5 mL", "absent texts are empty");
	is(fixture_puppet(&fixture, "out")->calls[1], before + 1, "who is on the bus hears it");
	fixture.bench.planning = true;
	event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, "x", "me", "planned");
	is(fixture_puppet(&fixture, "out")->calls[1], before + 1,
		"nobody outside hears what is only planned");
	is_text(fixture_last(&fixture, ""), "note bench x me: planned", "the plan does");
	fixture.bench.planning = false;

	struct journal_options options = {.folder = fixture.folder, .user = &fixture};
	struct journal_finding finding;
	is(journal_open(&fixture.bench.journal, &options, NULL, &finding), 0, "with a journal");
	is(event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, "x", "me", "a"), 1,
		"events are numbered");
	is(event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, "x", "me", "b"), 2, "in order");
	is(fixture.bench.last_event, 2, "the last one is known");
	journal_close(fixture.bench.journal);
	fixture.bench.journal = NULL;
	fixture_close(&fixture);
}

static void test_alarms(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct instance *p = fixture_find(&fixture, "p");
	event_alarm(p, THECA_HIGH, "stall", "at %d rpm", 7);
	event_alarm(p, THECA_HIGH, "stall", "again");
	is(fixture_said(&fixture, "alarm p stall: at 7 rpm"), 1, "an alarm is said once");
	is(fixture.bench.results.alarm_count, 1, "the report has it");
	event_clear(&fixture.bench, p, "stall");
	event_clear(&fixture.bench, p, "stall");
	is(fixture_said(&fixture, "cleared p stall"), 1, "its end once");
	ok(alarms_find(&fixture.bench.alarms, p->number, "stall"),
		"nobody has seen it: it stays in the list");
	is(event_acknowledge(&fixture.bench, p, "stall", "nurse"), 0, "seen");
	is(fixture_said(&fixture, "acknowledged p stall nurse"), 1, "by whom is said");
	ok(!alarms_find(&fixture.bench.alarms, p->number, "stall"), "then it leaves");
	is(event_acknowledge(&fixture.bench, p, "stall", "nurse"), -ENOENT,
		"what is not there cannot be seen");
	is(event_acknowledge(&fixture.bench, NULL, "stall", "nurse"), -ENOENT, "nor of the bench");
	event_alarm(p, THECA_HIGH, "stall", "a new one");
	is(fixture.bench.results.alarm_count, 2, "it may come again");
	event_clear(&fixture.bench, p, "never-raised");
	is(fixture_said(&fixture, "cleared"), 1, "what was not there does not end");
	fixture_close(&fixture);
}

int main(void)
{
	test_say();
	test_alarms();
	return done_testing();
}
