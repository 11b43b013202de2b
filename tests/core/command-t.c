/* SPDX-License-Identifier: Apache-2.0 */
/* The one way of a command: who may ask, what is on record, what counts, and how it can end. */
#include "benchfixture.h"

#define ML INT64_C(1000000000)

static const char bench_text[] =
	"[bench]\nuntil = 30 d\n"
	"[drug m]\nplugin = puppet-drug\nday soft = 5 mg\nday hard = 10 mg\n"
	"bolus soft = 1 mg\nbolus hard = 2 mg\n"
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\n"
	"basal = 1 mg/day of m\n"
	"[pump fixed]\ndriver = puppet-fixed\n"
	"[pump blind]\ndriver = puppet-blind\nholds = m 1 mg/mL\n"
	"[procedure flow]\nplugin = puppet-procedure\npump = p\n";

/* The same bench on a clock that waits for the disk; the test says when it is there. */
static void wait_for_disk(struct fixture *fixture)
{
	fixture->bench.clock.is_virtual = false;
	fixture->bench.clock.speed = 1;
}

static struct pump *account(struct fixture *fixture, const char *name)
{
	return &fixture_find(fixture, name)->pump->account;
}

static void test_done(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), 0,
		"a rate within the limits is taken");
	is(puppet->last[THECA_SET_RATE].rate_pl_per_day, ML, "the driver is given it");
	is(puppet->last[THECA_SET_RATE].size, sizeof(struct theca_command), "with its size");
	ok(puppet->last[THECA_SET_RATE].token, "and a token");
	is(fixture.ends, 1, "its end is told once");
	is(fixture.outcome, THECA_DONE, "it is done");
	is(fixture_said(&fixture, "intent p set-rate operator"), 1, "the intent is on record");
	is(fixture_said(&fixture, "outcome p set-rate operator"), 1, "and the outcome");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "the account knows the rate");
	is(command_done(fixture_find(&fixture, "p"), puppet->last[THECA_SET_RATE].token, THECA_DONE,
		   NULL),
		-ENOENT, "an end said twice is no end");
	is(fixture.ends, 1, "and is not told");
	fixture_until(&fixture, 2 * THECA_DAY_NS);
	is(pump_delivered_pl(account(&fixture, "p")), 2 * ML, "two days of it are counted");
	fixture_close(&fixture);
}

/* What the guard says no to: nothing is sent, and the reason is on record. */
static void test_refused(void)
{
	static const struct {
		uint32_t verb;
		int64_t amount;
		enum guard_limit limit;
		const char *words, *what;
	} cases[] = {
		{THECA_SET_RATE, 11 * ML, GUARD_DAY_HARD,
			"24 h sum of m would be 11 mg, above the hard limit of 10 mg/day "
			"(test-2026)",
			"a day limit"},
		{THECA_SET_RATE, 1000, GUARD_RATE_BELOW, NULL, "a rate below the pump's lowest"},
		{THECA_SET_RATE, 25 * ML, GUARD_RATE_ABOVE, NULL, "a rate above its highest"},
		{THECA_SET_RATE, 0, GUARD_RATE_BELOW, NULL, "0 where it is no rate"},
		{THECA_BOLUS, 3 * ML, GUARD_BOLUS_HARD, NULL, "a bolus"},
		{THECA_REFILL, 21 * ML, GUARD_RESERVOIR, NULL, "more than fits"},
		{THECA_PURGE, ML, GUARD_NOT_OFFERED, "the pump has no such operation",
			"no such operation"},
	};
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fixture_forget(&fixture);
		is(fixture_command(&fixture, "p", cases[i].verb, cases[i].amount, "operator"),
			-EACCES, "refused, whoever accepts soft limits: %s", cases[i].what);
		is(fixture.verdict.limit, cases[i].limit, "by that limit (%s)",
			fixture_words(&fixture));
		if (cases[i].words)
			is_text(fixture_words(&fixture), cases[i].words, "it says why");
		is(fixture_said(&fixture, "refused p "), 1, "the refusal is on record");
		is(fixture_said(&fixture, "intent"), 0, "no intent is");
		is(fixture.ends, 0, "nobody is told an end");
	}
	is(puppet->order_count, 0, "the driver has seen nothing");
	struct command_request tare = {.target = fixture_find(&fixture, "fixed"),
		.command = {.verb = THECA_HALT},
		.who = "x"};
	is(command_submit(&fixture.bench, &tare, NULL, NULL), -EACCES,
		"a pump that cannot halt says so");
	fixture_close(&fixture);
}

static void test_soft(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	is(fixture_command(&fixture, "p", THECA_SET_RATE, 6 * ML, NULL), -EACCES,
		"a soft limit wants a word");
	is(fixture.verdict.decision, GUARD_CONFIRM, "the verdict asks for it");
	is(fixture.verdict.limit, GUARD_DAY_SOFT, "and names the limit");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, 6 * ML, "Dr. Who"), 0,
		"accepted by name it is taken");
	is(fixture_said(&fixture, "note p day-soft Dr. Who: soft limit accepted: 24 h sum of m"), 1,
		"who accepted what is on record");
	is(fixture_puppet(&fixture, "p")->calls[THECA_SET_RATE], 1, "the driver is called");
	struct command_request press = {.target = fixture_find(&fixture, "p"),
		.command = {.verb = THECA_BOLUS, .volume_pl = 3 * ML / 2},
		.who = "patient",
		.patient = true,
		.accepted_by = "Dr. Who"};
	is(command_submit(&fixture.bench, &press, &fixture.verdict, NULL), -EACCES,
		"nobody accepts for a patient's press");
	fixture_close(&fixture);
}

static void test_busy(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	puppet->answers[THECA_SET_RATE] = PUPPET_LATER;
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), 0,
		"taken, to be answered later");
	is(fixture.ends, 0, "no end yet");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "the higher rate counts at once");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML / 2, NULL), -EBUSY,
		"another one has to wait");
	is(fixture_command(&fixture, "p", THECA_INTERROGATE, 0, NULL), -EBUSY, "a reading too");
	is(puppet->order_count, 1, "the driver has seen one");
	is(fixture_halt(&fixture, "p"), 0, "a halt has not");
	is(puppet->order[1], THECA_HALT, "the driver gets it at once");
	is(fixture.ends, 1, "and it is done");
	puppet_end(puppet, THECA_SET_RATE, THECA_DONE);
	is(fixture.ends, 2, "now the first has its end");
	ok(account(&fixture, "p")->rate_pl_per_day == ML,
		"answered after the halt, its rate counts on");
	fixture_close(&fixture);
}

/* On a running clock an intent is on disk before the driver is called. */
static void test_disk(void)
{
	struct fixture fixture;
	struct theca_event event = {.kind = THECA_EVENT_NOTE};

	fixture_open(&fixture, bench_text);
	wait_for_disk(&fixture);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), 0, "taken");
	is(puppet->order_count, 0, "without a journal no dose is given");
	is(fixture.outcome, -EIO, "it ends at once: %s", fixture.reason);
	is(account(&fixture, "p")->rate_pl_per_day, 0, "and counts as nothing");
	is(fixture_command(&fixture, "p", THECA_INTERROGATE, 0, NULL), 0,
		"reading needs no record");
	is(puppet->calls[THECA_INTERROGATE], 1, "it is sent");
	is(fixture_halt(&fixture, "p"), 0, "a halt needs none either");
	is(puppet->calls[THECA_HALT], 1, "it is sent");

	struct journal_options options = {.folder = fixture.folder, .user = &fixture};
	struct journal_finding finding;
	is(journal_open(&fixture.bench.journal, &options, NULL, &finding), 0, "with a journal");
	fixture_forget(&fixture);
	puppet->order_count = 0;
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), 0, "a rate is taken");
	is(puppet->order_count, 0, "and not sent before it is on disk");
	uint64_t intent = fixture.bench.last_event;
	command_durable(&fixture.bench, intent - 1);
	is(puppet->order_count, 0, "an older record does not do");
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 10, NULL), -EBUSY,
		"it is open meanwhile");
	command_durable(&fixture.bench, intent);
	is(puppet->calls[THECA_SET_RATE], 1, "now it is sent");
	is(fixture.ends, 1, "and done");

	fixture_forget(&fixture);
	puppet->order_count = 0;
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 10, NULL), 0,
		"a bolus waits for the disk");
	intent = fixture.bench.last_event;
	is(fixture_halt(&fixture, "p"), 0, "a halt comes");
	is(puppet->order_count, 1, "the driver sees one command");
	is(puppet->order[0], THECA_HALT, "it is the halt");
	is(fixture_said(&fixture, "outcome p bolus operator: overtaken by a halt"), 1,
		"the bolus was overtaken");
	command_durable(&fixture.bench, intent + 10);
	is(puppet->calls[THECA_BOLUS], 0, "and is never sent");
	is(pump_state(account(&fixture, "p")), PUMP_STOPPED, "the pump stands");
	event_emit(&fixture.bench, &event);
	journal_close(fixture.bench.journal);
	fixture.bench.journal = NULL;
	fixture_close(&fixture);
}

/* Halts overtake only their own pump's commands; the others still find the disk. */
static void test_overtaken_among_others(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	wait_for_disk(&fixture);
	struct journal_options options = {.folder = fixture.folder, .user = &fixture};
	struct journal_finding finding;
	journal_open(&fixture.bench.journal, &options, NULL, &finding);
	fixture_command(&fixture, "fixed", THECA_SET_RATE, ML, NULL);
	fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL);
	fixture_halt(&fixture, "p");
	fixture_command(&fixture, "p", THECA_SET_RATE, ML / 2, NULL);
	command_durable(&fixture.bench, fixture.bench.last_event);
	is(fixture_puppet(&fixture, "fixed")->calls[THECA_SET_RATE], 1,
		"the other pump's command was sent");
	is(fixture_puppet(&fixture, "p")->calls[THECA_SET_RATE], 1,
		"of the halted one's only that after the halt");
	is(fixture_puppet(&fixture, "p")->last[THECA_SET_RATE].rate_pl_per_day, ML / 2,
		"which is the second");
	journal_close(fixture.bench.journal);
	fixture.bench.journal = NULL;
	fixture_close(&fixture);
}

static void test_uncertain(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	puppet->answers[THECA_BOLUS] = PUPPET_UNCERTAIN;
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 2, NULL), 0, "a bolus is sent");
	is(fixture.outcome, THECA_UNCERTAIN, "its end is not known");
	is(pump_delivered_pl(account(&fixture, "p")), ML / 2, "it counts as delivered");
	ok(fixture_alarm(&fixture, "p", "uncertain"), "an alarm says so");
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 2, "operator"), -EACCES,
		"the next is refused");
	is(fixture.verdict.limit, GUARD_IS_UNCERTAIN, "for that reason");
	is(fixture_command(&fixture, "p", THECA_INTERROGATE, 0, NULL), 0, "reading is allowed");
	is(fixture_halt(&fixture, "p"), 0, "a halt too");
	theca_readback(puppet->host, &(struct theca_readback){.size = sizeof(struct theca_readback),
					     .rate_pl_per_day = 0,
					     .delivered_pl = THECA_NONE,
					     .reservoir_pl = THECA_NONE});
	ok(!fixture_alarm(&fixture, "p", "uncertain"), "a read-back settles it");
	puppet->answers[THECA_BOLUS] = PUPPET_DONE;
	is(fixture_command(&fixture, "p", THECA_BOLUS, ML / 2, NULL), 0,
		"and doses are allowed again");
	fixture_close(&fixture);
}

static void test_uncertain_and_blind(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "blind");
	puppet->answers[THECA_BOLUS] = PUPPET_UNCERTAIN;
	fixture_command(&fixture, "blind", THECA_BOLUS, ML / 2, NULL);
	puppet->answers[THECA_BOLUS] = PUPPET_DONE;
	is(fixture_command(&fixture, "blind", THECA_BOLUS, ML / 2, NULL), -EACCES,
		"a pump that cannot be read is uncertain, too");
	is(fixture_command(&fixture, "blind", THECA_INTERROGATE, 0, NULL), -EACCES, "and stays so");
	puppet->answers[THECA_HALT] = PUPPET_FAILS;
	fixture_halt(&fixture, "blind");
	ok(account(&fixture, "blind")->uncertain, "also after a halt that failed");
	puppet->answers[THECA_HALT] = PUPPET_DONE;
	is(fixture_halt(&fixture, "blind"), 0, "a halt that was done");
	ok(!fixture_alarm(&fixture, "blind", "uncertain"), "settles it");
	is(fixture_command(&fixture, "blind", THECA_BOLUS, ML / 2, NULL), 0, "and doses are allowed");
	is(pump_delivered_pl(account(&fixture, "blind")), ML, "on top of what was counted");
	fixture_close(&fixture);
}

static void test_deadline(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	puppet->answers[THECA_SET_RATE] = PUPPET_LATER;
	fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL);
	fixture_until(&fixture, COMMAND_DEADLINE_NS - 1);
	is(fixture.ends, 0, "a late answer is waited for");
	fixture_until(&fixture, COMMAND_DEADLINE_NS);
	is(fixture.outcome, THECA_UNCERTAIN, "for so long, then its end is not known");
	is_text(fixture.reason, "no answer in time", "and says why");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "the rate counts as flowing");
	is(command_done(fixture_find(&fixture, "p"), puppet->last[THECA_SET_RATE].token, 0, NULL),
		-ENOENT, "an answer after that is nobody's");
	puppet->answers[THECA_HALT] = PUPPET_LATER;
	fixture_halt(&fixture, "p");
	fixture_until(&fixture, 3 * COMMAND_DEADLINE_NS);
	is(fixture.ends, 2, "a halt without an answer ends too");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "and the rate still counts");
	fixture_close(&fixture);
}

static void test_failure(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	struct puppet *puppet = fixture_puppet(&fixture, "p");
	fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL);
	puppet->answers[THECA_SET_RATE] = PUPPET_FAILS;
	is(fixture_command(&fixture, "p", THECA_SET_RATE, 2 * ML, NULL), 0,
		"a rate that fails later is taken");
	is(fixture.outcome, -EIO, "and ends so");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "the old rate counts again");
	puppet->answers[THECA_SET_RATE] = PUPPET_REFUSES;
	is(fixture_command(&fixture, "p", THECA_SET_RATE, 2 * ML, NULL), 0,
		"so is one the driver does not take");
	is(fixture.outcome, -EIO, "its end is the driver's error");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "the old rate counts again");
	is(fixture.ends, 3, "each end was told once");
	puppet->answers[THECA_HALT] = PUPPET_FAILS;
	fixture_halt(&fixture, "p");
	is(account(&fixture, "p")->rate_pl_per_day, ML, "a halt that failed stops nothing");
	ok(fixture_alarm(&fixture, "p", "halt-failed"), "and raises an alarm, whoever asked");
	puppet->answers[THECA_HALT] = PUPPET_DONE;
	fixture_halt(&fixture, "p");
	ok(!fixture_alarm(&fixture, "p", "halt-failed"), "until one is done");
	fixture_close(&fixture);
}

static void test_held(void)
{
	struct fixture fixture;
	char why[160];
	uint64_t token;

	fixture_open(&fixture, bench_text);
	struct instance *flow = fixture_find(&fixture, "flow"), *pump = fixture_find(&fixture, "p");
	struct puppet_procedure *procedure = flow->self;
	is(procedure_run(flow, "operator", why, sizeof why), 0, "a procedure takes its pump");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, "operator"), -EACCES,
		"others are refused");
	is_text(fixture_words(&fixture),
		"held by procedure flow: only reading and a halt are allowed",
		"the refusal names the holder");
	is_text(fixture_last(&fixture, "refused"),
		"refused p held operator: held by procedure flow: only "
		"reading and a halt are allowed",
		"also on record");
	is(fixture_start(&fixture, "p", NULL), -EACCES, "no therapy starts");
	is(fixture.verdict.limit, GUARD_IS_HELD, "for the same reason");
	is(fixture_command(&fixture, "p", THECA_REFILL, 10 * ML, NULL), -EACCES, "no refill");
	is(fixture_command(&fixture, "p", THECA_INTERROGATE, 0, NULL), 0, "reading is allowed");
	struct theca_command rate = {
		.size = sizeof rate, .verb = THECA_SET_RATE, .rate_pl_per_day = ML};
	is(theca_ask(procedure->host, pump->number, &rate, &token), 0, "the holder is let in");
	is(procedure->ends, 1, "and told the end");
	is(fixture_puppet(&fixture, "p")->calls[THECA_SET_RATE], 1, "the driver is called");
	is(fixture_halt(&fixture, "p"), 0, "a halt is let in, whoever asks");
	procedure_abort(flow, "operator");
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), 0,
		"afterwards everybody is again");
	fixture_close(&fixture);
}

static void test_stopping(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	fixture.bench.stopping = true;
	is(fixture_command(&fixture, "p", THECA_SET_RATE, ML, NULL), -ESHUTDOWN,
		"a bench that stops begins nothing");
	is(fixture_halt(&fixture, "p"), 0, "but halts");
	fixture_close(&fixture);
}

int main(void)
{
	test_done();
	test_refused();
	test_soft();
	test_busy();
	test_disk();
	test_overtaken_among_others();
	test_uncertain();
	test_uncertain_and_blind();
	test_deadline();
	test_failure();
	test_held();
	test_stopping();
	return done_testing();
}
