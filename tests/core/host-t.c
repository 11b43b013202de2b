/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin may call: everything is there, and what a plugin says is checked like any input. */
#include <errno.h>
#include "benchfixture.h"
#include "bench/host.h"

#define ML INT64_C(1000000000)

static const char bench_text[] = "[bench]\nbegins = 2026-01-05 00:00\nuntil = 30 d\nseed = 7\n"
				 "[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n"
				 "[pump p]\ndriver = puppet\nholds = m 1 mg/mL\n"
				 "[pump q]\ndriver = puppet\n"
				 "[instrument scale]\nplugin = balance\nweighs = p\n"
				 "[procedure flow]\nplugin = puppet-procedure\npump = p\n";

static struct theca_host *host_of(struct fixture *fixture, const char *name)
{
	return &fixture_find(fixture, name)->host;
}

static void test_complete(void)
{
	const void *const *functions = (const void *const *)((const char *)&host_api +
							     offsetof(struct theca_host_api, log));
	size_t count = (sizeof host_api - offsetof(struct theca_host_api, log)) / sizeof *functions,
	       missing = 0;

	for (size_t i = 0; i < count; i++)
		missing += !functions[i];
	is(host_api.size, sizeof host_api, "the table says its size");
	is(missing, 0, "all %zu functions are there", count);
}

static void test_report(void)
{
	struct fixture fixture;
	struct theca_sample latest;

	fixture_open(&fixture, bench_text);
	struct theca_host *p = host_of(&fixture, "p"), *q = host_of(&fixture, "q");
	int own = theca_declare(p, &(struct theca_signal){.size = sizeof(struct theca_signal),
					   .name = "pressure",
					   .dimension = THECA_PRESSURE});
	ok(own > 0, "a signal is declared");
	is(theca_declare(p, &(struct theca_signal){.size = sizeof(struct theca_signal),
				    .name = "pressure",
				    .dimension = THECA_PRESSURE}),
		-EEXIST, "not twice");
	is(theca_find(p, fixture_find(&fixture, "p")->number, "pressure"), own, "it is found");
	is(theca_find(p, fixture_find(&fixture, "q")->number, "pressure"), -ENOENT,
		"not in another instance");
	is(theca_latest(p, (uint32_t)own, &latest), -EAGAIN, "it has no value yet");
	is(theca_latest(p, 9999, &latest), -ENOENT, "what is no signal has none ever");
	fixture.bench.now_ns = THECA_HOUR_NS;
	const struct theca_sample good = {.signal = (uint32_t)own, .value = 5};
	is(theca_report(p, &good, 1), 0, "a sample is taken");
	is(theca_latest(p, (uint32_t)own, &latest), 0, "and is the newest");
	is(latest.value, 5, "with its value");
	is(latest.time_ns, THECA_HOUR_NS, "and the time of now");
	const struct theca_sample wrong[] = {
		{.signal = (uint32_t)own, .value = 6, .time_ns = THECA_HOUR_NS + 1},
		{.signal = (uint32_t)own, .value = 6, .quality = 3}, {.signal = 0, .value = 6},
		{.signal = fixture_find(&fixture, "q")->first_signal, .value = 6},
		{.signal = 9999, .value = 6}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		is(theca_report(p, &wrong[i], 1), -EINVAL, "refused: %s",
			(const char *const[]){"a time to come", "no quality", "no signal",
				"another's signal", "no such signal"}[i]);
	is(fixture_find(&fixture, "p")->foreign_reports, 5, "they are counted");
	is(theca_report(q, &good, 1), -EINVAL, "nobody else reports it");
	theca_latest(p, (uint32_t)own, &latest);
	is(latest.value, 5, "and the value stands");
	struct theca_sample many[5000];
	uint64_t sequence = fixture.bench.signals.next_sequence;
	for (size_t i = 0; i < 5000; i++)
		many[i] = (struct theca_sample){.signal = (uint32_t)own, .value = (int64_t)i};
	is(theca_report(p, many, 5000), 0, "more than a batch is taken");
	is(fixture.bench.signals.next_sequence, sequence + 5000, "each with its number");
	fixture_close(&fixture);
}

static void test_random(void)
{
	static const char more[] = "[bench]\nuntil = 1 d\nseed = 7\n[pump a]\ndriver = "
				   "puppet\n[pump p]\ndriver = puppet\n";
	static const char other[] = "[bench]\nuntil = 1 d\nseed = 8\n[pump p]\ndriver = puppet\n";
	struct fixture fixture;
	uint64_t first[8];
	unsigned same = 0, neighbours = 0, seeds = 0;

	fixture_open(&fixture, bench_text);
	for (int i = 0; i < 8; i++) {
		first[i] = theca_random(host_of(&fixture, "p"));
		neighbours += first[i] == theca_random(host_of(&fixture, "q"));
	}
	fixture_close(&fixture);
	fixture_open(&fixture, more);
	for (int i = 0; i < 8; i++) {
		theca_random(host_of(&fixture, "a"));
		same += first[i] == theca_random(host_of(&fixture, "p"));
	}
	fixture_close(&fixture);
	fixture_open(&fixture, other);
	for (int i = 0; i < 8; i++)
		seeds += first[i] == theca_random(host_of(&fixture, "p"));
	fixture_close(&fixture);
	is(same, 8, "an instance has its numbers, whoever else is there");
	is(neighbours, 0, "and its neighbour others");
	is(seeds, 0, "another seed gives others");
}

static void test_wake(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	theca_wake(puppet->host, THECA_MINUTE_NS);
	fixture_until(&fixture, THECA_MINUTE_NS - 1);
	is(puppet->wakes, 0, "not woken before the time");
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->wakes, 1, "woken once");
	theca_wake(puppet->host, 5);
	fixture_until(&fixture, THECA_HOUR_NS);
	is(puppet->wakes, 2, "a time that has passed is now");
	theca_wake(puppet->host, 2 * THECA_HOUR_NS);
	theca_wake(puppet->host, THECA_NEVER);
	fixture_until(&fixture, 3 * THECA_HOUR_NS);
	is(puppet->wakes, 2, "never takes it back");
	is(theca_now(puppet->host), 3 * THECA_HOUR_NS, "now is the bench's");
	is(theca_is_virtual(puppet->host), 1, "which is virtual");
	fixture_close(&fixture);
}

static void test_readback(void)
{
	struct fixture fixture;
	struct theca_readback found = {.size = sizeof found,
		.serial_number = "SN 1",
		.model = "M",
		.firmware = "1.0",
		.rate_pl_per_day = 0,
		.delivered_pl = THECA_NONE,
		.reservoir_pl = THECA_NONE};

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	struct pump *account = &fixture_find(&fixture, "p")->pump->account;
	is(theca_readback(puppet->host, &found), 0, "a pump says who it is");
	is(pump_state(account), PUMP_STOPPED, "nothing is wrong");
	is(theca_readback(puppet->host, &found), 0, "again the same");
	found.serial_number = "SN 2";
	theca_readback(puppet->host, &found);
	is(pump_state(account), PUMP_HELD, "another serial number: held");
	ok(fixture_alarm(&fixture, "p", "another-pump"), "with an alarm");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, "x"), -EACCES, "no dose for it");
	is(fixture.verdict.limit, GUARD_IS_HELD, "for that reason");
	is(theca_readback(host_of(&fixture, "scale"), &found), -EINVAL, "only a pump reads back");
	fixture_close(&fixture);
}

static void test_ask(void)
{
	struct fixture fixture;
	uint64_t token = 99;
	char why[160];
	struct theca_command command = {.size = sizeof command, .verb = THECA_START};

	fixture_open(&fixture, bench_text);
	struct puppet_procedure *flow = fixture_find(&fixture, "flow")->self;
	uint32_t p = fixture_find(&fixture, "p")->number;
	is(theca_ask(flow->host, 77, &command, &token), -ENOENT, "no such instance");
	is(theca_ask(flow->host, fixture_find(&fixture, "m")->number, &command, &token), -ENOENT,
		"a drug takes no commands");
	is(theca_ask(flow->host, p, &command, &token), -EACCES,
		"a start without a program is refused");
	command.verb = THECA_SET_RATE;
	command.rate_pl_per_day = 100 * ML;
	is(theca_ask(flow->host, p, &command, &token), -EACCES, "the guard is asked");
	command.rate_pl_per_day = ML;
	is(theca_ask(flow->host, p, &command, &token), 0, "what it allows is done");
	is(flow->ends, 1, "and the asker told");
	is(flow->last_token, token, "by its token");
	is(fixture_said(&fixture, "intent p set-rate procedure flow"), 1, "the record says who");
	command.verb = THECA_HALT;
	is(theca_ask(flow->host, p, &command, &token), 0, "a halt");
	is(fixture_puppet(&fixture, "p")->calls[THECA_HALT], 1, "too");
	is(theca_finish(flow->host), -EPERM, "what does not run does not finish");
	is(procedure_run(fixture_find(&fixture, "flow"), "x", why, sizeof why), 0, "begun");
	is(procedure_run(fixture_find(&fixture, "flow"), "x", why, sizeof why), -EALREADY,
		"not twice");
	is(theca_verdict(flow->host, &(struct theca_verdict){.size = sizeof(struct theca_verdict),
					     .name = "good",
					     .passed = 1,
					     .unit = "%"}),
		0, "a verdict");
	is(fixture_said(&fixture, "procedure flow verdict-passed"), 1, "is on record");
	is(theca_verdict(fixture_puppet(&fixture, "p")->host, &(struct theca_verdict){0}), -EPERM,
		"a pump gives none");
	is(theca_finish(flow->host), 0, "finished");
	ok(!fixture_find(&fixture, "p")->pump->holder, "it holds nothing any more");
	struct theca_arrival arrival = {.size = sizeof arrival};
	is(theca_arrived(host_of(&fixture, "scale"), p, &arrival), 0,
		"a simulated instrument sees the truth");
	is(theca_arrived(flow->host, p, &arrival), -EPERM, "a procedure does not");
	is(theca_arrived(host_of(&fixture, "scale"), 3000, &arrival), -ENOENT,
		"of no pump there is none");
	fixture_close(&fixture);
}

static void test_files(void)
{
	static const struct theca_option options[] = {{.name = "volume",
							      .type = THECA_VOLUME,
							      .offset = 0,
							      .initial = "1 mL",
							      .help = "A."},
		{0}};
	struct fixture fixture;
	const char *data = NULL;
	size_t size = 0;
	int64_t volume_pl = 0;

	fixture_open(&fixture, bench_text);
	struct theca_host *p = host_of(&fixture, "p");
	fixture_write(&fixture, "table.ini",
		"[one]\nvolume = 3 mL\n[two]\n[bad]\nvolume = 3 mL/day\n[odd]\nmass = 3 mg\n");
	is(theca_load(p, "table.ini", &data, &size), 0, "a file beside the bench's is read");
	is(size, strlen(data), "whole");
	is(theca_load(p, "none.ini", &data, &size), -ENOENT, "one that is not there is not");
	is(theca_table(p, "table.ini", "one", options, &volume_pl), 0,
		"a section of it is a table");
	is(volume_pl, 3 * ML, "with its value");
	is(theca_table(p, "table.ini", "two", options, &volume_pl), 0, "what is not stated");
	is(volume_pl, ML, "is initial");
	is(theca_table(p, "table.ini", "three", options, &volume_pl), -ENOENT, "no such section");
	is(theca_table(p, "table.ini", "bad", options, &volume_pl), -EINVAL, "a wrong value");
	is(theca_table(p, "table.ini", "odd", options, &volume_pl), -EINVAL, "an unknown key");
	is(theca_table(p, "none.ini", "one", options, &volume_pl), -EINVAL, "no file");
	is(config_errors(fixture.bench.config), 3, "what is wrong in it is an error of the bench");
	is(theca_create_file(p, "x.csv"), -ENOTSUP,
		"a bench without a run has no folder for files");
	char text[32];
	theca_format_time(p, THECA_HOUR_NS, 0, text);
	is_text(text, "2026-01-05T01:00:00Z", "civil time");
	is_text(theca_name(p), "p", "its name");
	is_text(theca_instance(p, fixture_find(&fixture, "q")->number), "q", "another's");
	ok(!theca_instance(p, 88), "nobody's");
	fixture_close(&fixture);
}

static void test_alarms(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct theca_host *p = host_of(&fixture, "p");
	struct theca_alarm alarm = {
		.size = sizeof alarm, .priority = THECA_MEDIUM, .code = "stall", .text = "stands"};
	is(theca_raise(p, &alarm), 0, "an alarm");
	ok(fixture_alarm(&fixture, "p", "stall"), "is there");
	theca_raise(p, &alarm);
	is(fixture_said(&fixture, "alarm p stall"), 1, "said once");
	theca_clear(p, "stall");
	ok(!fixture_alarm(&fixture, "p", "stall"), "and gone");
	alarm.priority = 9;
	is(theca_raise(p, &alarm), -EINVAL, "no such priority");
	alarm = (struct theca_alarm){.size = sizeof alarm, .priority = THECA_LOW, .code = "x"};
	is(theca_raise(p, &alarm), -EINVAL, "no text");
	fixture_close(&fixture);
}

int main(void)
{
	test_complete();
	test_report();
	test_random();
	test_wake();
	test_readback();
	test_ask();
	test_files();
	test_alarms();
	return done_testing();
}
