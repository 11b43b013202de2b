/* SPDX-License-Identifier: Apache-2.0 */
/* Drawings: sound markup, everything inside the frame, long series short, gaps left open. */
#include <math.h>
#include <stdlib.h>

#include "markup.h"
#include "report/svg.h"
#include "tap.h"

#define LONG 200000

static char *draw(const struct theca_series *series, uint32_t count, uint32_t flags)
{
	struct theca_chart chart = {.size = sizeof chart,
		.flags = flags,
		.series_size = sizeof *series,
		.series_count = count,
		.series = series,
		.title = "A <title>",
		.x_label = "time, h",
		.y_label = "flow & rate, mL/h"};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	svg_chart(out, &chart, 800, 300);
	fclose(out);
	return text;
}

static void test_parts(void)
{
	double x[] = {0, 1, 2}, y[] = {1, 3, 2}, level = 2.5;
	struct theca_series series[] = {
		{.name = "flow", .style = THECA_STEPS, .x = x, .y = y, .count = 3},
		{.name = "refill", .style = THECA_POINTS, .x = x, .y = y, .count = 2},
		{.name = "set \"rate\"",
			.style = THECA_LIMIT,
			.x = &level,
			.y = &level,
			.count = 1}};
	char *svg = draw(series, 3, 0);
	ok(markup_is_sound(svg), "a chart is sound markup");
	ok(strstr(svg, "A &lt;title&gt;") != NULL, "texts are escaped");
	ok(strstr(svg, "flow &amp; rate, mL/h") != NULL, "labels with their unit");
	ok(strstr(svg, "set &quot;rate&quot;") != NULL, "each series has its name");
	ok(strstr(svg, "stroke-dasharray=\"5 4\"") != NULL, "a limit is dashed");
	is(markup_count(svg, "<path d=\"M60.0 "), 13,
		"at the left edge: 7 lines of grid, a tick, base, steps drawn and filled, marker, "
		"level");
	ok(!strstr(svg, "nan") && !strstr(svg, "inf"), "numbers only");
	char *again = draw(series, 3, 0);
	is_text(again, svg, "the same chart is the same bytes");
	free(again);
	free(svg);
	svg = draw(series, 1, 0);
	ok(!strstr(svg, ">flow<"), "a series that is alone needs no name");
	free(svg);
}

static void test_marks(void)
{
	double x[] = {0, 1, 2}, y[] = {1, 3, 2}, flat[] = {2, 2, 2}, begins[] = {1, 1},
	       height[] = {0, 3};
	double full[] = {30, 40.00001, 35};
	struct theca_series series[] = {{.name = "Ep(max)", .x = x, .y = y, .count = 3},
		{.name = "mean", .x = x, .y = flat, .count = 3},
		{.name = "T1 begins", .style = THECA_LIMIT, .x = begins, .y = height, .count = 2}};
	char *svg = draw(series, 3, 0);
	is(markup_count(svg, "stroke=\"#fff\"/>"), 4,
		"three markers and one in the key, none on what is flat");
	is(markup_count(svg, "h16\""), 2, "keys of curves, none of the mark");
	char *name = strstr(svg, "T1 begins");
	ok(name && strstr(name, "Ep(max)"), "a mark has its name beside it, before the keys");
	free(svg);
	series[0].y = full;
	svg = draw(series, 1, 0);
	ok(strstr(svg, ">40<") && !strstr(svg, ">50<"), "a hair above a tick needs no further one");
	ok(strstr(svg, ">0<"), "amounts are drawn from zero");
	free(svg);
}

static void test_far_limit(void)
{
	double x[] = {2, 5, 11}, y[] = {1.2, 1, 0.9}, far = 14.5, low = -14.5, near = 2;
	struct theca_series series[] = {{.name = "Ep(max)", .x = x, .y = y, .count = 3},
		{.name = "limit", .style = THECA_LIMIT, .x = x, .y = &far, .count = 1},
		{.name = "limit", .style = THECA_LIMIT, .x = x, .y = &low, .count = 1}};
	char *svg = draw(series, 3, THECA_LOG_X);
	ok(!strstr(svg, "5 4"), "limits far away are not drawn, the curve is not pressed flat");
	ok(strstr(svg, "\xe2\x86\x91") && strstr(svg, ">14.5<"), "an arrow up, with the value");
	ok(strstr(svg, "\xe2\x86\x93") && strstr(svg, "\xe2\x88\x92"
						      "14.5<"),
		"and one down");
	free(svg);
	series[1].y = &near;
	svg = draw(series, 2, THECA_LOG_X);
	ok(strstr(svg, "5 4") && !strstr(svg, "\xe2\x86\x91"), "a near one is drawn");
	free(svg);
}

static void test_nothing(void)
{
	double bad[] = {NAN, INFINITY};
	struct theca_series series = {.name = "n", .x = bad, .y = bad, .count = 2};
	char *svg = draw(&series, 1, 0);
	ok(markup_is_sound(svg) && strstr(svg, "no data"), "nothing to draw is said");
	free(svg);
	svg = draw(NULL, 0, THECA_LOG_X);
	ok(markup_is_sound(svg) && strstr(svg, "no data"), "no series either");
	free(svg);
}

/* The drawn curve of a chart: from its M to its closing quote. */
static void find_curve(const char *svg, char *out, size_t size)
{
	const char *end = strstr(svg, "\" stroke=\"#0072b2\" stroke-width");
	const char *from = end;
	while (from && from > svg && *--from != '"')
		;
	snprintf(out, size, "%.*s", (int)(end - from - 1), from + 1);
}

static void test_gap(void)
{
	double x[] = {0, 1, 2, 3, 4}, y[] = {0, 2, NAN, 1, 0};
	struct theca_series series = {.name = "n", .x = x, .y = y, .count = 5};
	char curve[256];
	char *svg = draw(&series, 1, 0);
	find_curve(svg, curve, sizeof curve);
	is_text(curve, "M60.0 256.0L241.5 34.0M604.5 145.0L786.0 256.0",
		"a missing value leaves a gap");
	free(svg);
	series.style = THECA_STEPS;
	svg = draw(&series, 1, 0);
	find_curve(svg, curve, sizeof curve);
	is_text(curve, "M60.0 256.0H241.5V34.0H423.0V34.0M604.5 145.0H786.0V256.0",
		"a step lasts until the gap begins");
	free(svg);
}

static void test_log(void)
{
	double x[] = {2, 5, 11, 19, 31}, y[] = {5, 4, 3, 2, 1}, zero = 0;
	struct theca_series series[] = {{.name = "Ep(max)", .x = x, .y = y, .count = 5},
		{.name = "bad", .x = &zero, .y = &zero, .count = 1}};
	char *svg = draw(series, 2, THECA_LOG_X);
	ok(strstr(svg, ">11</text>") && strstr(svg, ">31</text>"), "ticks stand at the windows");
	ok(!strstr(svg, "nan") && !strstr(svg, "inf"), "a zero has no place on a logarithmic axis");
	free(svg);
}

static void test_long(void)
{
	double *x = malloc(LONG * sizeof *x), *y = malloc(LONG * sizeof *y);
	for (int i = 0; i < LONG; i++) {
		x[i] = i;
		y[i] = sin(i * 0.01);
	}
	y[LONG / 2] = 7; /* one spike */
	struct theca_series series = {.name = "n", .x = x, .y = y, .count = LONG};
	char *svg = draw(&series, 1, 0);
	ok(strlen(svg) < 60000, "200,000 points make %zu bytes", strlen(svg));
	ok(strstr(svg, " 56.2L"), "a spike of one point is drawn");
	free(svg);
	free(x);
	free(y);
}

static void test_many_names(void)
{
	double x[] = {0, 1}, y[] = {1, 1};
	struct theca_series series[12];
	for (int i = 0; i < 12; i++)
		series[i] = (struct theca_series){.name = "\xc2\xb5 of a series with quite a long "
							  "name, which is cut where the room ends",
			.x = x,
			.y = y,
			.count = 2};
	char *svg = draw(series, 12, 0);
	ok(markup_is_sound(svg), "many long names");
	ok(strstr(svg, "\xe2\x80\xa6</text>") && !strstr(svg, "\xef\xbf\xbd"),
		"are cut between characters");
	free(svg);
}

int main(void)
{
	test_parts();
	test_marks();
	test_far_limit();
	test_nothing();
	test_gap();
	test_log();
	test_long();
	test_many_names();
	return done_testing();
}
