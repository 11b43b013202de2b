/* SPDX-License-Identifier: Apache-2.0 */
/* Curves of a therapy, against sums done by hand. */
#include <math.h>
#include <stdlib.h>

#include "report/course.h"
#include "tap.h"

#define H THECA_HOUR_NS
#define D THECA_DAY_NS

#define near(got, want, ...) ok(fabs((got) - (want)) < 1e-9, __VA_ARGS__)

/* 1 mL a day and 24 mg of the drug, points each 6 h over 3.75 days, refilled after 40 h. */
static struct results_course *make(struct results *results)
{
	results_init(results);
	const char *drugs[] = {"morphine"};
	struct results_course *course = results_course(results, "left", "rotor", "", 1, drugs);
	for (int64_t hour = 0; hour <= 90; hour += 6) {
		int64_t delivered_pl = hour * 1000000000 / 24;
		int64_t filled_pl = hour > 40 ? INT64_C(21000000000) : INT64_C(20000000000);
		results_point(course, &(struct results_point){.at_ns = hour * H,
					      .delivered_pl = delivered_pl,
					      .reservoir_pl = filled_pl - delivered_pl,
					      .delivered_pg = {hour * 1000000000}});
	}
	results_refill(course, 40 * H);
	return course;
}

static void test_scale(void)
{
	struct course_scale scale = course_scale(0, 3 * D);
	is_text(scale.bin, "day", "three days are divided into days");
	scale = course_scale(0, 3 * D - 1);
	is_text(scale.bin, "hour", "less is divided into hours");
	is_text(scale.x_label, "time since start, h", "... and says so");
}

static void test_delivered(const struct results_course *course)
{
	near(course_delivered(course, 0, 6 * H), 6e9, "at a point");
	near(course_delivered(course, 0, 8 * H), 8e9, "between points evenly");
	near(course_delivered(course, COURSE_VOLUME, -5), 0, "before the first");
	near(course_delivered(course, 0, 99 * D), 90e9, "after the last");
	near(course_delivered(&(struct results_course){0}, 0, 5), 0, "without points");
}

static void test_reservoir(const struct results_course *course)
{
	struct course_scale scale = course_scale(0, 90 * H);
	struct course_curve level, refills;
	is(course_reservoir(course, &scale, &level, &refills), 0, "a reservoir's curve");
	is(level.count, 18, "a refill adds two points: before and after");
	near(level.x[7], 40.0 / 24, "it stands at its own time");
	near(level.y[7], 20 - 40.0 / 24, "what was left before it");
	near(level.y[8], 21 - 40.0 / 24, "and what was in after it");
	is(refills.count, 1, "it is marked");
	near(refills.y[0], level.y[8], "at the top");
	near(level.y[17], 21 - 3.75, "the last point");
	course_curve_finish(&level);
	course_curve_finish(&refills);
}

static void test_doses(const struct results_course *course)
{
	struct course_scale scale = course_scale(0, 90 * H);
	struct course_curve curve;
	is(course_doses(course, &scale, 0, 1e-9, &curve), 0, "doses per day");
	is(curve.count, 5, "three days, most of a fourth, and the end of the steps");
	near(curve.y[0], 24, "the first day");
	near(curve.y[3], 24, "the fourth counts for a whole one");
	near(curve.x[4], 3.75, "but ends where the run ended");
	near(curve.y[4], curve.y[3], "the last value stands twice");
	course_curve_finish(&curve);
	scale.until_ns = 3 * D + 6 * H;
	course_doses(course, &scale, 0, 1e-9, &curve);
	is(curve.count, 4, "less than half a day is left out");
	course_curve_finish(&curve);
	scale.until_ns = 2 * H;
	course_doses(course, &scale, 0, 1e-9, &curve);
	is(curve.count, 2, "but the only day stands");
	near(curve.y[0], 24, "... counted for a whole one");
	course_curve_finish(&curve);
}

static void test_boluses(struct results_course *course)
{
	static const int64_t hours[] = {1, 2, 23, 24, 50, 95, 99};
	for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
		results_bolus(course, hours[i] * H);
	struct course_scale scale = course_scale(0, 90 * H);
	struct course_curve curve;
	course_boluses(course, &scale, &curve);
	static const double want[] = {3, 1, 1, 1, 1};
	is(curve.count, 5, "bins of boluses");
	for (size_t i = 0; i < 5; i++)
		near(curve.y[i], want[i], "day %zu", i);
	course_curve_finish(&curve);
}

int main(void)
{
	struct results results;
	struct results_course *course = make(&results);
	test_scale();
	test_delivered(course);
	test_reservoir(course);
	test_doses(course);
	test_boluses(course);
	results_finish(&results);
	return done_testing();
}
