/* SPDX-License-Identifier: Apache-2.0 */
/* The four renderings of one run, with names that try to be markup. */
#include <math.h>
#include <stdlib.h>

#include "markup.h"
#include "report/report.h"
#include "tap.h"

#define EVIL "<script>alert('x')</script>"

static const struct theca_verdict verdicts[] = {
	{.size = sizeof *verdicts,
		.passed = 1,
		.decimals = 2,
		.name = "mean error over T1",
		.unit = "%",
		.value = -0.42,
		.lower = -14.5,
		.upper = 14.5,
		.uncertainty = 0.06},
	{.size = sizeof *verdicts,
		.decimals = 1,
		.name = "window #15 " EVIL,
		.unit = "%",
		.value = 23.1,
		.lower = -20,
		.upper = 20,
		.uncertainty = NAN,
		.reason = "said \"too much\"\nby \\ far"},
	{.size = sizeof *verdicts,
		.skipped = 1,
		.name = "mean error over T2",
		.value = NAN,
		.lower = NAN,
		.upper = NAN,
		.uncertainty = NAN,
		.reason = "no time # left"},
};

static void add_procedure(struct results *results)
{
	double x[] = {2, 5, 11}, y[] = {3, 2, 1};
	struct theca_series series = {.name = "Ep(max)", .x = x, .y = y, .count = 3};
	struct theca_chart chart = {.size = sizeof chart,
		.flags = THECA_LOG_X,
		.series_size = sizeof series,
		.series_count = 1,
		.series = &series,
		.title = "Trumpet curve",
		.x_label = "window, min",
		.y_label = "error, %",
		.caption = EVIL};
	const char *heads[] = {"window, min", EVIL}, *cells[] = {"2", "-1.5", "5", EVIL};
	struct theca_table table = {.size = sizeof table,
		.columns = 2,
		.rows = 2,
		.title = "Windows",
		.heads = heads,
		.cells = cells};
	struct results_procedure *procedure =
		results_procedure(results, "flow", "flow-accuracy", "dut", 0);
	procedure->ended_ns = 49 * THECA_HOUR_NS;
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		results_verdict(procedure, &verdicts[i]);
	results_chart(procedure, &chart);
	results_table(procedure, &table);
}

static void add_course(struct results *results)
{
	const char *drugs[] = {"morphine", EVIL};
	struct results_course *course =
		results_course(results, "left", "rotor", "morphine 20 mg/mL, " EVIL, 2, drugs);
	for (int64_t day = 0; day <= 90; day++)
		results_point(
			course, &(struct results_point){.at_ns = day * THECA_DAY_NS,
					.rate_pl_per_day = 300000000,
					.delivered_pl = day * 300000000,
					.reservoir_pl = INT64_C(40000000000) - day * 300000000,
					.delivered_pg = {day * INT64_C(6000000000), day * 20000}});
	results_refill(course, 30 * THECA_DAY_NS);
	results_bolus(course, 4 * THECA_DAY_NS);
	course->refused = 2;
	course->next_refill_ns = 120 * THECA_DAY_NS;
	results_state(course, "delivering");
}

static void make(struct results *results)
{
	results_init(results);
	results->bench = strdup("demo " EVIL);
	results->clock = strdup("virtual");
	results->epoch_ns = INT64_C(1767571200) * THECA_SECOND_NS; /* 2026-01-05 */
	results->ended_ns = 90 * THECA_DAY_NS;
	results_fact(results, "", "operator", EVIL);
	results_fact(results, "left", "serial number", "NGP1");
	results_fact(results, "", "bench.ini", "[bench]\nname = <demo>\n");
	results_name(results, 4, "left");
	add_procedure(results);
	add_course(results);
	struct alarm alarm = {.instance = 4,
		.priority = THECA_HIGH,
		.code = "motor-stall",
		.text = "The rotor " EVIL " stalls.",
		.raised_ns = THECA_DAY_NS,
		.cleared_ns = THECA_NONE,
		.acknowledged_ns = THECA_NONE,
		.number = 3};
	results_alarm(results, &alarm);
}

/* A pump that stood still for most of the run: charts end where it did. */
static void test_idle(void)
{
	struct results results;
	size_t size;
	results_init(&results);
	results.bench = strdup("idle");
	results.clock = strdup("virtual");
	results.ended_ns = 90 * THECA_DAY_NS;
	struct results_course *course = results_course(&results, "dut", "rotor", "water", 0, NULL);
	for (int64_t day = 0; day <= 90; day++)
		results_point(
			course, &(struct results_point){.at_ns = day * THECA_DAY_NS,
					.delivered_pl = day < 4 ? day * 500000000 : 2000000000});
	results_fact(&results, "dut", "serial number", "SIM1");
	results_fact(&results, "dut", "plugin", "rotor 1");
	results_fact(&results, "dut", "source",
		"a text of more than ninety characters would swamp the narrow column in which the "
		"short "
		"facts of an instance stand");
	char *html = report_html(&results, &size);
	ok(markup_is_sound(html), "it is sound markup");
	ok(strstr(html, "It delivered nothing after 1970-01-05T00:00:00Z"),
		"it says when it stopped");
	ok(strstr(html, "serial number SIM1, driver rotor"), "the section says which pump");
	ok(strstr(html, "<h3>dut <small>rotor 1</small></h3>"),
		"the plugin stands beside the name");
	ok(strstr(html, "<table class=\"sources\">"), "a long fact has the page's width");
	ok(!strstr(html, "patient boluses"), "no button, no count of boluses");
	free(html);
	results_finish(&results);
}

static void has(const char *text, const char *what)
{
	ok(strstr(text, what) != NULL, "it says `%s`", what);
}

static void test_html(const struct results *results)
{
	size_t size;
	char *html = report_html(results, &size), *again = report_html(results, &size);
	is(strlen(html), size, "a page of %zu bytes", size);
	is_text(again, html, "the same results are the same bytes");
	ok(markup_is_sound(html), "it is sound markup");
	ok(!strstr(html, "<script"), "no name becomes a script");
	ok(!strstr(html, "src=") && !strstr(html, "href=") && !strstr(html, "url("),
		"nothing is loaded from elsewhere");
	ok(!strstr(html, "nan") && !strstr(html, "(null)"), "nothing half-written");
	static const char *const words[] = {"Not for clinical use", "1 FAILED", "NGP1",
		"\xe2\x88\x92"
		"0.42 %",
		"\xe2\x88\x92"
		"14.50 to 14.50 %",
		"0.06 %", "no time # left", "Trumpet curve", "Therapy: left", "27.000 mL",
		"540.0 mg", "1.800 ug", "2026-05-05", "Refilled 2026-02-04", "present at the end",
		"name = &lt;demo&gt;", "size:A4", "morphine delivered per day",
		"Patient boluses per day"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		has(html, words[i]);
	is(markup_count(html, "<svg "), 5, "a trumpet, the reservoir, two doses, boluses");
	free(html);
	free(again);
}

static const char tap_wanted[] = "TAP version 13\n"
				 "1..3\n"
				 "ok 1 - flow: mean error over T1\n"
				 "  ---\n"
				 "  value: -0.42\n"
				 "  unit: \"%\"\n"
				 "  lower: -14.50\n"
				 "  upper: 14.50\n"
				 "  uncertainty: 0.06\n"
				 "  ...\n"
				 "not ok 2 - flow: window \\#15 " EVIL "\n"
				 "  ---\n"
				 "  value: 23.1\n"
				 "  unit: \"%\"\n"
				 "  lower: -20.0\n"
				 "  upper: 20.0\n"
				 "  reason: \"said \\\"too much\\\" by \\\\ far\"\n"
				 "  ...\n"
				 "ok 3 - flow: mean error over T2 # SKIP no time \\# left\n"
				 "  ---\n"
				 "  reason: \"no time # left\"\n"
				 "  ...\n";

static void test_tap(const struct results *results)
{
	size_t size;
	char *tap = report_tap(results, &size);
	is_text(tap, tap_wanted, "TAP with diagnostics");
	free(tap);
}

static void test_junit(const struct results *results)
{
	size_t size;
	char *junit = report_junit(results, &size);
	ok(markup_is_sound(junit), "JUnit is sound markup");
	has(junit, "<testsuite name=\"flow\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" "
		   "time=\"176400.000\" timestamp=\"2026-01-05T00:00:00Z\">");
	has(junit, "<failure message=\"23.1 %, allowed -20.0 to 20.0 %: said &quot;too much&quot;");
	has(junit, "<skipped message=\"no time # left\"/>");
	has(junit, "<property name=\"left: serial number\" value=\"NGP1\"/>");
	ok(!strstr(junit, "bench.ini"), "a text of lines is no property");
	free(junit);
}

static int line_width(const char *line)
{
	int width = 0;
	for (; *line && *line != '\n'; line++)
		width += (*line & 0xc0) != 0x80;
	return width;
}

static void test_summary(struct results *results)
{
	size_t size;
	char *text = report_summary(results, 100, false, &size);
	static const char *const words[] = {"Not for clinical use.", "90 d of bench time, complete",
		"delivered   27.000 mL: 540.0 mg morphine", "13.000 mL, next refill 2026-05-05",
		"(refilled 1 time)", "1 bolus given, 2 presses refused",
		"HIGH    left  motor-stall", "pass     flow  mean error over T1",
		"  -0.42 %  -14.50 to 14.50 %\n", "3 verdicts, 1 failed"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		has(text, words[i]);
	ok(!strchr(text, '\033'), "no colours unless asked for");
	ok(!strstr(text, " \n"), "no blanks at the ends of lines");
	free(text);
	results_state(results->courses[0], "\033[2Jhalted");
	text = report_summary(results, 0, true, &size);
	ok(strstr(text, "\033[1;31mFAIL"), "colours when asked for");
	ok(!strstr(text, "\033[2J"), "no name drives the terminal");
	free(text);
}

static void test_width(void)
{
	struct results results;
	results_init(&results);
	results.bench = strdup("b");
	results_course(&results, "p", "m",
		"a mix with so many drugs that it does not fit in forty-four", 0, NULL);
	size_t size;
	char *text = report_summary(&results, 44, false, &size);
	is(line_width(strstr(text, "p  m  ")), 44, "a sentence gives way to the width");
	has(text, "\xe2\x80\xa6");
	free(text);
	results_finish(&results);
}

static void test_empty(void)
{
	struct results results;
	size_t size;
	results_init(&results);
	results.bench = strdup("empty");
	results.clock = strdup("real");
	results.complete = false;
	char *html = report_html(&results, &size), *tap = report_tap(&results, &size);
	char *junit = report_junit(&results, &size);
	char *summary = report_summary(&results, 80, false, &size);
	ok(markup_is_sound(html) && strstr(html, "cut short"), "a page of nothing, cut short");
	has(html, "No procedure gave a verdict");
	is_text(tap, "TAP version 13\n1..0 # SKIP this bench has no procedure\n", "no procedure");
	ok(markup_is_sound(junit), "no suites");
	has(summary, "Verdicts\n  none\n");
	free(tap);
	results_procedure(&results, "flow", "flow-accuracy", "", 0);
	tap = report_tap(&results, &size);
	ok(strstr(tap, "ok 1 - flow: verdict # SKIP the procedure gave none"),
		"a procedure without a verdict is skipped");
	free(html);
	free(tap);
	free(junit);
	free(summary);
	results_finish(&results);
}

int main(void)
{
	struct results results;
	make(&results);
	test_html(&results);
	test_tap(&results);
	test_junit(&results);
	test_summary(&results);
	results_finish(&results);
	test_width();
	test_idle();
	test_empty();
	return done_testing();
}
