/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, failing, trying again, stopping. */
#include <errno.h>
#include "benchfixture.h"

static const char bench_text[] =
	"[bench]\nuntil = 1 d\n[pump p]\ndriver = puppet\n[pump q]\ndriver = puppet\n"
	"[transport out]\nplugin = null\n";

static void test_pump_that_fails(void)
{
	struct fixture fixture;

	fixture_load(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	puppet->start_result = -EIO;
	lifecycle_start_all(&fixture.bench);
	is(fixture_find(&fixture, "p")->state, INSTANCE_FAILED,
		"a pump that does not start has failed");
	ok(fixture_alarm(&fixture, "p", "not-started"), "an alarm says so");
	is(fixture_find(&fixture, "q")->state, INSTANCE_RUNNING, "the other one runs");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->starts, 1, "a pump is not tried again: its state is a person's business");
	fixture_close(&fixture);
}

static void test_stop(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *p = fixture_puppet(&fixture, "p"), *q = fixture_puppet(&fixture, "q");
	p->stop_result = -EINPROGRESS;
	q->stop_result = -EIO;
	lifecycle_stop_all(&fixture.bench);
	is(p->stops, 1, "all are asked to stop");
	is(fixture_find(&fixture, "q")->state, INSTANCE_STOPPED,
		"one that fails at it has stopped");
	ok(!lifecycle_all_stopped(&fixture.bench), "one that needs time is waited for");
	theca_stopped(p->host);
	ok(lifecycle_all_stopped(&fixture.bench), "until it says so");
	lifecycle_stop_all(&fixture.bench);
	is(p->stops, 1, "nobody is asked twice");
	theca_stopped(q->host);
	is(fixture_find(&fixture, "q")->state, INSTANCE_STOPPED, "who has stopped stays so");
	fixture_close(&fixture);
}

/* A transport is tried again after 1 s, 2 s, 4 s ... 60 s. */
static void test_back_off(void)
{
	static const int64_t after_s[] = {0, 1, 3, 7, 15, 31, 63, 123, 183, 243};
	struct fixture fixture;
	unsigned restarts = 0;

	fixture_load(
		&fixture, "[bench]\nuntil = 1 d\n[transport out]\nplugin = puppet-transport\n");
	struct puppet *puppet = fixture_puppet(&fixture, "out");
	puppet->start_result = -ECONNREFUSED;
	lifecycle_start_all(&fixture.bench);
	for (size_t i = 1; i < sizeof after_s / sizeof *after_s; i++) {
		fixture_until(&fixture, after_s[i] * THECA_SECOND_NS - 1);
		restarts += puppet->starts == i;
		fixture_until(&fixture, after_s[i] * THECA_SECOND_NS);
		restarts += puppet->starts == i + 1;
	}
	is(restarts, 18, "tried again with back-off");
	is(fixture_said(&fixture, "alarm out not-started"), 1, "said once");
	puppet->start_result = 0;
	fixture_until(&fixture, 303 * THECA_SECOND_NS);
	is(fixture_find(&fixture, "out")->state, INSTANCE_RUNNING, "until it starts");
	ok(!fixture_alarm(&fixture, "out", "not-started"), "then the alarm has gone");
	event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, "x", NULL, "hello");
	is(puppet->calls[1], 1, "and it gets what is said from then on");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->starts, 11, "it is not started again");
	fixture_close(&fixture);
}

int main(void)
{
	test_pump_that_fails();
	test_stop();
	test_back_off();
	return done_testing();
}
