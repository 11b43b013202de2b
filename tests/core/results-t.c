/* SPDX-License-Identifier: Apache-2.0 */
/* Results keep copies: what the giver does to its own data afterwards does not matter. */
#include <math.h>
#include <stdlib.h>

#include "report/results.h"
#include "tap.h"

static void test_facts(void)
{
	struct results results;
	results_init(&results);
	char value[] = "A. Tester";
	is(results_fact(&results, "", "operator", value), 0, "a fact is taken");
	value[0] = 'B';
	is_text(results.facts[0].value, "A. Tester", "its value is a copy");
	results_fact(&results, "left", "operator", "C");
	results_fact(&results, "", "operator", "D");
	is(results.fact_count, 2, "a fact said again replaces the former, in its group only");
	is_text(results.facts[0].value, "D", "the newer value stands");
	for (int i = 0; i < 100; i++) {
		char key[16];
		snprintf(key, sizeof key, "key %d", i);
		results_fact(&results, NULL, key, NULL);
	}
	is(results.fact_count, 102, "any number of facts");
	is_text(results.facts[101].key, "key 99", "in order");
	is_text(results.facts[101].value, "", "no value is an empty one");
	results_finish(&results);
	is(results.fact_count, 0, "finished: empty");
	results_finish(&results);
}

static void test_names(void)
{
	struct results results;
	results_init(&results);
	results_name(&results, 3, "left");
	is_text(results_name_of(&results, 3), "left", "an instance has its name");
	is_text(results_name_of(&results, 4), "?", "an instance that nobody named");
	is_text(results_name_of(&results, 0), "bench", "0 is the bench");
	results_finish(&results);
}

static void add_verdict(struct results_procedure *procedure, uint32_t passed, uint32_t skipped)
{
	char name[] = "mean error";
	struct theca_verdict verdict = {.size = sizeof verdict,
		.passed = passed,
		.skipped = skipped,
		.name = name,
		.value = 1.5,
		.lower = NAN,
		.upper = 5,
		.uncertainty = NAN,
		.unit = "%"};
	results_verdict(procedure, &verdict);
	name[0] = 'x';
}

static void test_verdicts(void)
{
	struct results results;
	results_init(&results);
	struct results_procedure *procedure =
		results_procedure(&results, "flow", "flow-accuracy", NULL, 5);
	is(procedure->began_ns, 5, "a procedure began");
	is(procedure->ended_ns, THECA_NONE, "... and has not ended");
	is_text(procedure->pump, "", "... without a pump");
	add_verdict(procedure, 1, 0);
	add_verdict(procedure, 0, 0);
	add_verdict(procedure, 0, 1);
	is(procedure->verdict_count, 3, "three verdicts");
	is_text(procedure->verdicts[0].name, "mean error", "texts are copies");
	ok(procedure->verdicts[0].reason == NULL, "no reason stays none");
	is(results_failed(&results), 1, "skipped is not failed");
	results_finish(&results);
}

/* A plugin built against a later header: its structs are longer than ours. */
struct longer_series {
	struct theca_series series;
	double further[2];
};

static void test_charts(void)
{
	struct results results;
	results_init(&results);
	struct results_procedure *procedure = results_procedure(&results, "p", "q", "r", 0);
	double x[] = {1, 2, 3}, y[] = {4, 5, 6};
	struct longer_series series[] = {{.series = {.name = "a", .x = x, .y = y, .count = 3}},
		{.series = {.name = "b", .style = THECA_LIMIT, .x = x, .y = y, .count = 1}}};
	struct theca_chart chart = {.size = sizeof chart,
		.flags = THECA_LOG_X,
		.series_size = sizeof *series,
		.series_count = 2,
		.series = &series[0].series,
		.title = "t",
		.x_label = "x",
		.y_label = "y",
		.caption = NULL};
	is(results_chart(procedure, &chart), 0, "a chart is taken");
	y[2] = 60;
	const struct theca_chart *kept = &procedure->charts[0];
	is(kept->series_size, sizeof(struct theca_series), "rows are ours, whatever theirs were");
	is_text(kept->series[1].name, "b", "the second row is found by the row size");
	is(kept->series[1].style, THECA_LIMIT, "... with its style");
	ok(kept->series[0].y[2] == 6, "numbers are copies");
	is(kept->flags, THECA_LOG_X, "flags are kept");
	ok(kept->caption == NULL, "no caption stays none");
	chart.size = offsetof(struct theca_chart, caption);
	chart.caption = (const char *)1; /* behind the end of an older, shorter struct */
	results_chart(procedure, &chart);
	ok(procedure->charts[1].caption == NULL, "nothing is read behind a struct's own size");
	results_finish(&results);
}

static void test_tables(void)
{
	struct results results;
	results_init(&results);
	struct results_procedure *procedure = results_procedure(&results, "p", "q", "r", 0);
	const char *heads[] = {"a", "b"};
	char cell[] = "1";
	const char *cells[] = {cell, "2", "3", NULL};
	struct theca_table table = {.size = sizeof table,
		.columns = 2,
		.rows = 2,
		.title = "t",
		.heads = heads,
		.cells = cells};
	is(results_table(procedure, &table), 0, "a table is taken");
	cell[0] = '9';
	is_text(procedure->tables[0].cells[0], "1", "cells are copies");
	is_text(procedure->tables[0].cells[3], "", "a missing cell is an empty one");
	is_text(procedure->tables[0].heads[1], "b", "heads too");
	results_finish(&results);
}

static void test_courses(void)
{
	struct results results;
	results_init(&results);
	const char *drugs[] = {"morphine", "clonidine"};
	struct results_course *course =
		results_course(&results, "left", "rotor", "morphine 20 mg/mL", 2, drugs);
	is_text(course->drugs[1], "clonidine", "drugs by their place in the mix");
	is(course->next_refill_ns, THECA_NEVER, "no refill is foreseen");
	for (int64_t i = 0; i < 1000; i++) {
		results_point(course, &(struct results_point){.at_ns = i, .delivered_pg = {i}});
		results_refill(course, i);
		results_bolus(course, -i);
	}
	is(course->point_count, 1000, "any number of points");
	is(course->points[999].delivered_pg[0], 999, "as they were given");
	is(course->refills_ns[777], 777, "refills");
	is(course->boluses_ns[999], -999, "boluses");
	results_state(course, "delivering");
	results_state(course, "halted");
	is_text(course->state, "halted", "the last state stands");
	results_finish(&results);
}

static void test_alarms(void)
{
	struct results results;
	results_init(&results);
	struct alarm alarm = {
		.instance = 1, .code = "stall", .number = 7, .cleared_ns = THECA_NONE};
	results_alarm(&results, &alarm);
	alarm.number = 8;
	results_alarm(&results, &alarm);
	is(results.alarm_count, 2, "two alarms");
	alarm.number = 7;
	alarm.cleared_ns = 50;
	results_alarm(&results, &alarm);
	is(results.alarm_count, 2, "the same alarm again is not another one");
	is(results.alarms[0].cleared_ns, 50, "it is now cleared");
	results_finish(&results);
}

int main(void)
{
	test_facts();
	test_names();
	test_verdicts();
	test_charts();
	test_tables();
	test_courses();
	test_alarms();
	return done_testing();
}
