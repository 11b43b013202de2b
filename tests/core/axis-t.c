/* SPDX-License-Identifier: Apache-2.0 */
/* Ticks are where a person would put them. */
#include <math.h>

#include "report/axis.h"
#include "tap.h"

static const struct {
	double low, high;
	const char *label;
	bool snug;
	const char *want;
} cases[] = {
	{0, 9.3, "flow, mL", false, "0 2 4 6 8 10"},
	{-21, 23, "error, %", false, "-30 -20 -10 0 10 20 30"},
	{0, 0.0213, "flow, mL/h", false, "0.000 0.005 0.010 0.015 0.020 0.025"},
	{0, 49, "time, h", true, "0 6 12 18 24 30 36 42 48"},
	{0, 180, "time since start, d", true, "0 30 60 90 120 150 180"},
	{0, 120, "time, min", true, "0 15 30 45 60 75 90 105 120"},
	{0, 2, "time, h", true, "0.0 0.5 1.0 1.5 2.0"},
	{5, 5, "x", false, "4.4 4.6 4.8 5.0 5.2 5.4 5.6"},
	{0, 0, "x", false, "-1.0 -0.5 0.0 0.5 1.0"},
	{-0.003, 0.001, "x", false, "-0.003 -0.002 -0.001 0.000 0.001"},
};

static void print_ticks(const struct axis *axis, char *out, size_t size)
{
	char text[32];
	size_t length = 0;
	out[0] = '\0';
	for (int i = 0; i < axis->tick_count; i++)
		length += (size_t)snprintf(out + length, size - length, "%s%s", i ? " " : "",
			axis_text(axis, axis->ticks[i], text));
}

static void test_linear(void)
{
	struct axis axis;
	char got[256];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		axis_linear(&axis, cases[i].low, cases[i].high, cases[i].label,
			cases[i].snug ? 9 : 6, cases[i].snug);
		print_ticks(&axis, got, sizeof got);
		is_text(got, cases[i].want, "%g to %g in `%s`", cases[i].low, cases[i].high,
			cases[i].label);
	}
	ok(fabs(axis_position(&axis, axis.low)) < 1e-12, "the low end is at 0");
	ok(fabs(axis_position(&axis, axis.high) - 1) < 1e-12, "the high end is at 1");
}

/* Whatever the range: ends differ, values lie inside, ticks are few. */
static void test_any_range(void)
{
	bool sound = true;
	for (int exponent = -12; exponent <= 15; exponent++)
		for (double mantissa = 1; mantissa < 10; mantissa += 0.37) {
			double high = mantissa * pow(10, exponent), low = -high / 3;
			struct axis axis;
			axis_linear(&axis, low, high, "x", 6, false);
			sound &= axis_position(&axis, low) > -1e-9 &&
				 axis_position(&axis, high) < 1 + 1e-9;
			sound &= axis.tick_count >= 3 && axis.tick_count <= 9;
		}
	ok(sound, "any range has between 3 and 9 ticks and holds its values");
}

static void test_logarithmic(void)
{
	struct axis axis;
	char got[256];
	axis_logarithmic(&axis, 1.8, 35);
	print_ticks(&axis, got, sizeof got);
	is_text(got, "2 5 10 20", "1, 2, 5 of each decade");
	ok(fabs(axis_position(&axis, sqrt(1.8 * 35)) - 0.5) < 1e-12,
		"the middle is the geometric mean");
	axis_ticks_at(&axis, (double[]){2, 5, 11, 19, 31}, 5);
	print_ticks(&axis, got, sizeof got);
	is_text(got, "2 5 11 19 31", "ticks at given places");
	axis_logarithmic(&axis, 7, 7);
	ok(axis.low < 7 && axis.high > 7, "one value only");
}

int main(void)
{
	test_linear();
	test_any_range();
	test_logarithmic();
	return done_testing();
}
