/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service that is killed: one bench writes what it does on a tape, another one reads the tape up
 * to some record and must know no less drug than the first had given.
 */
#include "benchfixture.h"
#include "bench/recovery.h"

#define ML INT64_C(1000000000)
#define TAPE 128

static const char bench_text[] =
	"[bench]\nclock = real\n"
	"[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n"
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\n"
	"basal = 1 mg/day of m, from 00:20 2 mg/day of m\n"
	"patient bolus = 0.1 mg of m over 30 min, lockout 1 h, at most 4 per day\n"
	"[scenario]\nlater = at 5 h, note later\nsoon = every 20 min, note soon\n";

static struct tape {
	struct bench *bench;
	struct record records[TAPE];
	char texts[TAPE][4][200];
	int64_t delivered_pl[TAPE]; /* by the first bench's account after the record */
	size_t count;
} tape;

static const char *keep(size_t i, const char *text)
{
	return snprintf(tape.texts[tape.count][i], sizeof tape.texts[0][0], "%s", text) < 0
		       ? ""
		       : tape.texts[tape.count][i];
}

static void on_event(void *user, const struct theca_event *event)
{
	const struct instance *instance = bench_instance(tape.bench, event->instance);
	struct record *record = &tape.records[tape.count];

	(void)user;
	if (tape.count == TAPE)
		return;
	*record = (struct record){.event = *event};
	record->event.number = tape.count + 1;
	record->event.code = keep(0, event->code);
	record->event.who = keep(1, event->who);
	record->event.text = keep(2, event->text);
	record->instance_name = keep(3, instance ? instance->name : "");
	tape.delivered_pl[tape.count++] =
		pump_delivered_pl(&bench_find(tape.bench, "p")->pump->account);
}

static void begin(struct fixture *fixture)
{
	fixture_open(fixture, bench_text);
	fixture->bench.clock.is_virtual = true; /* nothing waits for a disk */
	fixture->bench.on_event = on_event;
	tape.bench = &fixture->bench;
	tape.count = 0;
	scenario_start(&fixture->bench, false);
}

/* Another service reads the first `count` records, `down_ns` after the last. */
static void recover(
	struct fixture *fixture, size_t count, int64_t down_ns, enum journal_health health)
{
	struct recovery recovery = {.bench = &fixture->bench};
	struct journal_finding finding = {.health = health, .records = count, .text = ""};
	int64_t wall_ns = env_wall_ns() - down_ns;

	fixture_load(fixture, bench_text);
	fixture->bench.recovery = &recovery;
	for (size_t i = 0; i < count; i++) {
		struct record record = tape.records[i];
		record.wall_ns =
			wall_ns - (tape.records[count - 1].event.time_ns - record.event.time_ns);
		recovery_record(&fixture->bench, &record);
	}
	recovery_finish(&recovery, &finding);
	fixture->bench.recovery = NULL;
}

static struct pump *account(struct fixture *fixture)
{
	return &fixture_find(fixture, "p")->pump->account;
}

/* A morning: start, a press, a bolus without an answer, a halt, a refill. */
static void live(struct fixture *fixture)
{
	struct puppet *puppet = fixture_puppet(fixture, "p");

	fixture_until(fixture, 10 * THECA_MINUTE_NS);
	fixture_start(fixture, "p", NULL);
	fixture_until(fixture, 30 * THECA_MINUTE_NS);
	fixture_press(fixture, "p");
	fixture_until(fixture, 45 * THECA_MINUTE_NS);
	fixture_command(fixture, "p", THECA_REFILL, 15 * ML, NULL);
	fixture_until(fixture, 65 * THECA_MINUTE_NS);
	puppet->answers[THECA_BOLUS] = PUPPET_LATER;
	fixture_command(fixture, "p", THECA_BOLUS, ML / 5, NULL);
	fixture_until(fixture, 66 * THECA_MINUTE_NS);
	fixture_halt(fixture, "p");
	fixture_until(fixture, 90 * THECA_MINUTE_NS);
}

/* Killed after any record: what is known is no less than what was given. */
static void test_killed_anywhere(void)
{
	struct fixture first;
	unsigned less = 0, started = 0, unsaid = 0;

	begin(&first);
	live(&first);
	ok(tape.count > 15, "the tape has %zu records", tape.count);
	for (size_t count = 1; count <= tape.count; count++) {
		struct fixture second;
		recover(&second, count, 0, JOURNAL_CLEAN);
		const struct pump *pump = account(&second);
		const struct theca_event *last = &tape.records[count - 1].event;
		bool sent = last->kind == THECA_EVENT_INTENT && last->command.verb == THECA_BOLUS;
		int64_t given_pl =
			tape.delivered_pl[count - 1] + (sent ? last->command.volume_pl : 0);
		bool may_flow = pump_flow_pl_per_day(pump) > 0;
		less += pump_delivered_pl(pump) < given_pl;
		started += pump->started;
		unsaid += may_flow && !fixture_alarm(&second, "p", "uncertain");
		fixture_close(&second);
	}
	is(less, 0, "killed after each of them, no drug is forgotten");
	is(started, 0, "no therapy is resumed");
	is(unsaid, 0, "what may flow is said");
	fixture_close(&first);
}

static void test_delivering(void)
{
	struct fixture first, second;

	begin(&first);
	fixture_start(&first, "p", NULL);
	fixture_until(&first, THECA_HOUR_NS);
	event_say(&first.bench, THECA_EVENT_NOTE, NULL, "", NULL, "the last word");
	int64_t given_pl = pump_delivered_pl(account(&first));
	recover(&second, tape.count, 3 * THECA_HOUR_NS, JOURNAL_CLEAN);
	ok(second.bench.now_ns >= 4 * THECA_HOUR_NS &&
			second.bench.now_ns < 4 * THECA_HOUR_NS + 5 * THECA_SECOND_NS,
		"time has gone on by the wall's");
	int64_t more_pl = pump_delivered_pl(account(&second)) - given_pl;
	ok(more_pl >= ML / 4 && more_pl < ML / 4 + ML / 10000,
		"3 h at 2 mL/day have flowed meanwhile");
	is(pump_state(account(&second)), PUMP_UNCERTAIN, "the pump's state is not known");
	ok(second.bench.next_token >= first.bench.next_token, "no token is used twice");
	lifecycle_start_all(&second.bench);
	second.bench.running = true;
	is(fixture_start(&second, "p", "x"), -EACCES, "nothing starts");
	is(second.verdict.limit, GUARD_IS_UNCERTAIN, "before it has been read");
	theca_readback(fixture_puppet(&second, "p")->host,
		&(struct theca_readback){.size = sizeof(struct theca_readback),
			.delivered_pl = THECA_NONE,
			.reservoir_pl = THECA_NONE});
	is(fixture_start(&second, "p", NULL), 0, "after that it can be started");
	fixture_close(&second);
	fixture_close(&first);
}

static void test_halted(void)
{
	struct fixture first, second;

	begin(&first);
	fixture_start(&first, "p", NULL);
	fixture_until(&first, THECA_HOUR_NS);
	fixture_halt(&first, "p");
	int64_t given_pl = pump_delivered_pl(account(&first));
	recover(&second, tape.count, THECA_HOUR_NS, JOURNAL_CLEAN);
	is(pump_delivered_pl(account(&second)), given_pl,
		"a pump that was halted gave nothing more");
	is(pump_state(account(&second)), PUMP_STOPPED, "it stands");
	ok(!fixture_alarm(&second, "p", "uncertain"), "and there is no doubt");
	fixture_close(&second);
	fixture_close(&first);
}

static void test_open_bolus(void)
{
	struct fixture first, second;

	begin(&first);
	fixture_puppet(&first, "p")->answers[THECA_BOLUS] = PUPPET_LATER;
	fixture_command(&first, "p", THECA_BOLUS, ML / 2, NULL);
	recover(&second, tape.count, 0, JOURNAL_CLEAN);
	is(pump_delivered_pl(account(&second)), ML / 2, "a bolus without an end counts as given");
	ok(account(&second)->uncertain, "and is uncertain");
	ok(strstr(alarms_find(&second.bench.alarms, fixture_find(&second, "p")->number, "uncertain")
			   ->text,
		   "a command was open"),
		"the alarm says why");
	fixture_close(&second);
	fixture_close(&first);
}

static void test_rest(void)
{
	struct mix_names names;
	struct program program;
	struct fixture first, second;
	char why[160], text[512];

	begin(&first);
	names = bench_drugs(&first.bench);
	program_init(&program);
	program_parse_basal(&program, "3 mg/day of m", &names, why, sizeof why);
	treatment_prescribe(fixture_find(&first, "p"), &program, "doctor", NULL, &first.verdict);
	program_finish(&program);
	fixture_command(&first, "p", THECA_REFILL, 7 * ML, NULL);
	event_alarm(fixture_find(&first, "p"), THECA_HIGH, "motor-stall", "stands");
	event_acknowledge(&first.bench, fixture_find(&first, "p"), "motor-stall", "nurse");
	event_alarm(fixture_find(&first, "p"), THECA_LOW, "battery", "low");
	event_clear(&first.bench, fixture_find(&first, "p"), "battery");
	fixture_until(&first, 50 * THECA_MINUTE_NS);
	recover(&second, tape.count, THECA_HOUR_NS, JOURNAL_CLEAN);
	names = bench_drugs(&second.bench);
	program_print(&fixture_find(&second, "p")->pump->program, &names, text, sizeof text);
	is_text(text, "basal = 3 mg/day of m\n", "the last prescription holds");
	is(pump_reservoir_pl(account(&second)), 7 * ML, "the last fill too");
	const struct alarm *stall = alarms_find(
		&second.bench.alarms, fixture_find(&second, "p")->number, "motor-stall");
	ok(stall && !strcmp(stall->acknowledged_by, "nurse"),
		"an alarm is there, and who has seen it");
	ok(!fixture_alarm(&second, "p", "battery"), "one that has gone has gone");
	fixture_forget(&second);
	scenario_start(&second.bench, true);
	is(fixture_said(&second, "fired bench soon missed"), 3,
		"what the scenario missed is said, once each");
	is(fixture_said(&second, "note bench soon"), 0, "and not made up for");
	fixture_until(&second, 2 * THECA_HOUR_NS);
	is(fixture_said(&second, "note bench soon"), 1, "it goes on in its time");
	fixture_until(&second, 6 * THECA_HOUR_NS);
	is(fixture_said(&second, "note bench later"), 1, "also what is still to come");
	fixture_close(&second);
	fixture_close(&first);
}

static void test_damaged(void)
{
	struct fixture first, second, third;

	begin(&first);
	fixture_start(&first, "p", NULL);
	fixture_halt(&first, "p");
	recover(&second, tape.count, 0, JOURNAL_DAMAGED);
	is(pump_state(account(&second)), PUMP_HELD, "a damaged journal holds the pumps");
	ok(alarms_find(&second.bench.alarms, 0, "journal-damaged"), "with an alarm");
	is(fixture_command(&second, "p", THECA_BOLUS, ML / 10, "x"), -EACCES, "no dose");
	is_text(fixture_words(&second), "the pump is held: only reading and a halt are allowed",
		"for that reason");
	recover(&third, 0, 0, JOURNAL_NEW);
	is(third.bench.now_ns, 0, "a new journal begins at 0");
	is(fixture_said(&third, ""), 0, "and says nothing");
	fixture_close(&third);
	fixture_close(&second);
	fixture_close(&first);
}

int main(void)
{
	test_killed_anywhere();
	test_delivering();
	test_halted();
	test_open_bolus();
	test_rest();
	test_damaged();
	return done_testing();
}
