/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define ML_PER_PL 1e-9

struct course_scale course_scale(int64_t from_ns, int64_t until_ns)
{
	struct course_scale scale = {
		from_ns, until_ns, THECA_DAY_NS, THECA_DAY_NS, "time since start, d", "day"};
	if (until_ns - from_ns < 3 * THECA_DAY_NS) {
		scale.unit_ns = scale.bin_ns = THECA_HOUR_NS;
		scale.x_label = "time since start, h";
		scale.bin = "hour";
	}
	return scale;
}

void course_curve_finish(struct course_curve *curve)
{
	free(curve->x);
	free(curve->y);
	*curve = (struct course_curve){0};
}

static int curve_init(struct course_curve *curve, size_t room)
{
	*curve = (struct course_curve){
		malloc((room + 1) * sizeof(double)), malloc((room + 1) * sizeof(double)), 0};
	if (curve->x && curve->y)
		return 0;
	course_curve_finish(curve);
	return -ENOMEM;
}

static void curve_add(
	struct course_curve *curve, const struct course_scale *scale, int64_t at_ns, double y)
{
	curve->x[curve->count] = (double)(at_ns - scale->from_ns) / (double)scale->unit_ns;
	curve->y[curve->count++] = y;
}

/* The first point at or after a time; point_count when there is none. */
static size_t point_from(const struct results_course *course, int64_t at_ns)
{
	size_t low = 0, high = course->point_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (course->points[middle].at_ns < at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double quantity(const struct results_point *point, int drug)
{
	return (double)(drug < 0 ? point->delivered_pl : point->delivered_pg[drug]);
}

double course_delivered(const struct results_course *course, int drug, int64_t at_ns)
{
	size_t next = point_from(course, at_ns);
	if (!course->point_count)
		return 0;
	if (next == 0 || next == course->point_count)
		return quantity(&course->points[next ? next - 1 : 0], drug);
	const struct results_point *before = &course->points[next - 1];
	const struct results_point *after = &course->points[next];
	double part = (double)(at_ns - before->at_ns) / (double)(after->at_ns - before->at_ns);
	return quantity(before, drug) + part * (quantity(after, drug) - quantity(before, drug));
}

/* What it held just before and after a refill between two points: the accounts of both sides,
 * carried to that time by what was delivered meanwhile. */
static void add_refill(const struct results_course *course, const struct course_scale *scale,
	int64_t at_ns, struct course_curve *level, struct course_curve *refills)
{
	size_t next = point_from(course, at_ns);
	if (!next || next == course->point_count)
		return;
	const struct results_point *before = &course->points[next - 1];
	const struct results_point *after = &course->points[next];
	double delivered = course_delivered(course, COURSE_VOLUME, at_ns);
	double low = (double)(before->reservoir_pl + before->delivered_pl) - delivered;
	double high = (double)(after->reservoir_pl + after->delivered_pl) - delivered;
	curve_add(level, scale, at_ns, low * ML_PER_PL);
	curve_add(level, scale, at_ns, high * ML_PER_PL);
	curve_add(refills, scale, at_ns, high * ML_PER_PL);
}

int course_reservoir(const struct results_course *course, const struct course_scale *scale,
	struct course_curve *level, struct course_curve *refills)
{
	if (curve_init(level, course->point_count + 2 * course->refill_count))
		return -ENOMEM;
	if (curve_init(refills, course->refill_count)) {
		course_curve_finish(level);
		return -ENOMEM;
	}
	size_t refill = 0;
	for (size_t i = 0; i < course->point_count && course->points[i].at_ns <= scale->until_ns;
		i++) {
		const struct results_point *point = &course->points[i];
		for (; refill < course->refill_count && course->refills_ns[refill] <= point->at_ns;
			refill++)
			add_refill(course, scale, course->refills_ns[refill], level, refills);
		curve_add(level, scale, point->at_ns, (double)point->reservoir_pl * ML_PER_PL);
	}
	return 0;
}

static size_t bin_count(const struct course_scale *scale)
{
	int64_t span = scale->until_ns - scale->from_ns;
	size_t whole = (size_t)(span > 0 ? span / scale->bin_ns : 0);
	bool rest = span - (int64_t)whole * scale->bin_ns >= scale->bin_ns / 2;
	return whole + rest ? whole + rest : 1;
}

/* The value of each bin holds until the next one's start; the last value stands twice. */
static void close_steps(
	struct course_curve *curve, const struct course_scale *scale, int64_t until_ns)
{
	if (curve->count)
		curve_add(curve, scale, until_ns, curve->y[curve->count - 1]);
}

int course_doses(const struct results_course *course, const struct course_scale *scale, int drug,
	double factor, struct course_curve *curve)
{
	size_t count = bin_count(scale);
	if (curve_init(curve, count + 1))
		return -ENOMEM;
	int64_t until_ns = scale->from_ns;
	for (size_t i = 0; i < count; i++) {
		int64_t from_ns = until_ns;
		until_ns += scale->bin_ns;
		if (until_ns > scale->until_ns && scale->until_ns > from_ns)
			until_ns = scale->until_ns;
		double part = (double)(until_ns - from_ns) / (double)scale->bin_ns;
		double dose = course_delivered(course, drug, until_ns) -
			      course_delivered(course, drug, from_ns);
		curve_add(curve, scale, from_ns, dose / part * factor);
	}
	close_steps(curve, scale, until_ns);
	return 0;
}

int course_boluses(const struct results_course *course, const struct course_scale *scale,
	struct course_curve *curve)
{
	size_t count = bin_count(scale);
	if (curve_init(curve, count + 1))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		curve_add(curve, scale, scale->from_ns + (int64_t)i * scale->bin_ns, 0);
	for (size_t i = 0; i < course->bolus_count; i++) {
		int64_t bin = (course->boluses_ns[i] - scale->from_ns) / scale->bin_ns;
		if (bin >= 0 && (size_t)bin < count)
			curve->y[bin] += 1;
	}
	close_steps(curve, scale, scale->from_ns + (int64_t)count * scale->bin_ns);
	return 0;
}
