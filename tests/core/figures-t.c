/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as they stand in a report. */
#include <math.h>

#include "report/figures.h"
#include "tap.h"

static void test_numbers(void)
{
	static const struct {
		double value;
		unsigned decimals;
		const char *want;
	} cases[] = {{-0.424, 2, "-0.42"}, {-0.004, 2, "0.00"}, {3, 0, "3"}, {NAN, 2, ""},
		{1e300, 2, "1e+300"}, {0.5, 30, "0.500000000"}};
	figure text;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_text(figure_number(cases[i].value, cases[i].decimals, text), cases[i].want,
			"%g with %u decimals", cases[i].value, cases[i].decimals);
}

static void test_verdicts(void)
{
	static const struct {
		double lower, upper;
		const char *want;
	} cases[] = {{-14.5, 14.5, "-14.5 to 14.5 %"}, {60, NAN, "at least 60.0 %"},
		{NAN, 5, "at most 5.0 %"}, {NAN, NAN, ""}};
	struct theca_verdict verdict = {
		.decimals = 1, .unit = "%", .value = 2.25, .uncertainty = NAN};
	figure text;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		verdict.lower = cases[i].lower;
		verdict.upper = cases[i].upper;
		is_text(figure_allowed(&verdict, text), cases[i].want, "allowed: %s",
			cases[i].want);
	}
	is_text(figure_value(&verdict, text), "2.2 %", "a value with its unit");
	is_text(figure_uncertainty(&verdict, text), "", "no uncertainty, no unit");
	verdict.unit = NULL;
	is_text(figure_value(&verdict, text), "2.2", "a value without a unit");
	is_text(figure_result(&verdict), "FAIL", "failed");
	verdict.passed = 1;
	is_text(figure_result(&verdict), "pass", "passed");
	verdict.skipped = 1;
	is_text(figure_result(&verdict), "skipped", "skipped is neither");
}

static void test_quantities(void)
{
	figure text;
	is_text(figure_volume(INT64_C(12345678901), text), "12.346 mL", "a volume");
	is_text(figure_volume(0, text), "0.000 mL", "no volume");
	is_text(figure_rate(500000000, text), "0.5 mL/day", "a rate");
	is_text(figure_mass(INT64_C(942600000000), text), "942.6 mg", "a mass");
	is_text(figure_mass(INT64_C(1500000000), text), "1.500 mg", "four digits");
	is_text(figure_mass(INT64_C(999000000), text), "999.0 ug", "less than a milligram");
	is_text(figure_mass(INT64_C(12345000000000), text), "12345 mg", "more than four digits");
	is_text(figure_mass(0, text), "0 mg", "none");
}

static void test_times(void)
{
	static const struct {
		int64_t ns;
		const char *want;
	} cases[] = {{180 * THECA_DAY_NS, "180 d"}, {49 * THECA_HOUR_NS, "2 d 1 h"},
		{125 * THECA_MINUTE_NS, "2 h 5 min"}, {90 * THECA_SECOND_NS, "1 min 30 s"},
		{3200000000, "3.2 s"}, {0, "0 s"}, {THECA_DAY_NS + THECA_MINUTE_NS, "1 d"}};
	figure text;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_text(figure_span(cases[i].ns, text), cases[i].want, "%s", cases[i].want);
	int64_t at_ns = INT64_C(1767601800) * THECA_SECOND_NS;
	is_text(figure_date(at_ns, text), "2026-01-05", "a date");
	is_text(figure_moment(at_ns, text), "2026-01-05T08:30:00Z", "a moment");
}

int main(void)
{
	test_numbers();
	test_verdicts();
	test_quantities();
	test_times();
	return done_testing();
}
