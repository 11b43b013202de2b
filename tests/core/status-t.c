/* SPDX-License-Identifier: Apache-2.0 */
/* The bench at a glance is JSON, whatever its plugins have said. */
#include <jansson.h>
#include "benchfixture.h"
#include "service/status.h"

#define ML INT64_C(1000000000)

static const char bench_text[] =
	"[bench]\nname = trial\nbegins = 2026-01-05 00:00\nuntil = 30 d\nsample every = 10 min\n"
	"[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n"
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\nbasal = 1 mg/day of m\n[pump q]\ndriver = "
	"puppet\n"
	"[instrument scale]\nplugin = balance\nweighs = p\n[procedure flow]\nplugin = "
	"puppet-procedure\npump = q\n";

static char buffer[65536];

static json_t *parsed(struct emit *emit)
{
	buffer[emit->length] = 0;
	json_t *json = emit->full ? NULL : json_loads(buffer, 0, NULL);
	if (!ok(json, "it is JSON"))
		printf("# %s\n", buffer);
	return json;
}

static struct emit *fresh(void)
{
	static struct emit emit;
	emit_init(&emit, buffer, sizeof buffer - 1);
	return &emit;
}

static const char *text(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* The element of an array whose `key` is `value`. */
static const json_t *among(const json_t *array, const char *key, const char *value)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *found = text(json_array_get(array, i), key);
		if (found && !strcmp(found, value))
			return json_array_get(array, i);
	}
	return NULL;
}

static void test_bench(struct fixture *fixture)
{
	struct emit *emit = fresh();

	status_bench(&fixture->bench, emit);
	json_t *json = parsed(emit);
	const json_t *head = json_object_get(json, "bench"),
		     *pumps = json_object_get(json, "pumps");
	is_text(text(head, "name"), "trial", "the bench's name");
	is_text(text(head, "clock"), "virtual", "clock");
	is_text(text(head, "time"), "2026-01-06T00:00:00Z", "civil time");
	is_text(text(head, "elapsed"), "1 d", "and elapsed");
	is(json_array_size(pumps), 2, "its pumps");
	const json_t *p = among(pumps, "name", "p");
	is_text(text(p, "state"), "delivering", "one delivers");
	is_text(text(p, "delivered"), "1.0000 mL", "has delivered");
	is_text(text(p, "reservoir"), "19.000 mL", "and has this left");
	is_text(text(p, "low_at"), "2026-01-23T00:00:00Z", "until then");
	const json_t *dose = json_array_get(json_object_get(p, "doses"), 0);
	is_text(text(dose, "drug"), "m", "doses by drug");
	is_text(text(dose, "delivered"), "1.000 mg", "given");
	is_text(text(dose, "per_day"), "1.000 mg/day", "and a day");
	is_text(text(among(pumps, "name", "q"), "holder"), "flow", "one is held");
	is_text(text(among(json_object_get(json, "procedures"), "name", "flow"), "state"),
		"running", "by a procedure");
	is(json_array_size(json_object_get(json, "instruments")), 1, "instruments");
	const json_t *alarm = json_array_get(json_object_get(json, "alarms"), 0);
	is_text(text(alarm, "code"), "stall", "alarms");
	is_text(text(alarm, "priority"), "high", "with their priority");
	is_text(text(alarm, "raised"), "2026-01-06T00:00:00Z", "and time");
	json_decref(json);
}

static void test_lists(struct fixture *fixture)
{
	struct emit *emit = fresh();

	status_instances(&fixture->bench, emit);
	json_t *json = parsed(emit);
	is(json_array_size(json), 5, "all instances");
	is_text(text(among(json, "name", "scale"), "kind"), "instrument", "with their kind");
	is_text(text(among(json, "name", "scale"), "state"), "running", "and state");
	json_decref(json);
	status_plugins(&fixture->bench, emit = fresh());
	json = parsed(emit);
	is_text(text(among(json, "name", "rotor"), "kind"), "pump", "plugins that could be loaded");
	json_decref(json);
	status_alarms(&fixture->bench, emit = fresh());
	json = parsed(emit);
	is(json_array_size(json), 1, "alarms");
	json_decref(json);
}

/* A state that has no name must not be looked up beyond the names. */
static void test_signals(struct fixture *fixture)
{
	static const char *const states[] = {"asleep", "awake", NULL};
	struct theca_host *q = &fixture_find(fixture, "q")->host;
	struct theca_signal signal = {
		.size = sizeof signal, .name = "mood", .dimension = THECA_CHOICE, .states = states};
	int number = theca_declare(q, &signal);
	struct theca_sample sample = {.signal = (uint32_t)number, .value = 1};
	struct emit *emit = fresh();

	status_signals(&fixture->bench, fixture_find(fixture, "q"), emit);
	json_t *json = parsed(emit);
	is_text(text(among(json, "signal", "q.mood"), "quality"), "unknown",
		"a signal without a value");
	json_decref(json);
	theca_report(q, &sample, 1);
	status_signals(&fixture->bench, NULL, emit = fresh());
	json = parsed(emit);
	is_text(text(among(json, "signal", "q.mood"), "value"), "awake", "a state by its name");
	is_text(text(among(json, "signal", "p.reservoir_volume"), "unit"), "mL",
		"a quantity with its unit");
	json_decref(json);
	sample.value = 1000000;
	theca_report(q, &sample, 1);
	status_signals(&fixture->bench, NULL, emit = fresh());
	json = parsed(emit);
	is_text(text(among(json, "signal", "q.mood"), "value"), "1000000",
		"a state without a name by its number");
	json_decref(json);
}

int main(void)
{
	struct fixture fixture;
	char why[160];

	fixture_open(&fixture, bench_text);
	sampling_start(&fixture.bench);
	fixture_start(&fixture, "p", NULL);
	procedure_run(fixture_find(&fixture, "flow"), "x", why, sizeof why);
	fixture_until(&fixture, THECA_DAY_NS);
	event_alarm(fixture_find(&fixture, "q"), THECA_HIGH, "stall", "stands");
	test_bench(&fixture);
	test_lists(&fixture);
	test_signals(&fixture);
	fixture_close(&fixture);
	return done_testing();
}
