/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course_section.h"

#include <stdlib.h>
#include <string.h>

#include "report/course.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/xml.h"

#define CHART_HEIGHT 205

static const struct results_point *last_point(const struct results_course *course)
{
	static const struct results_point none;
	return course->point_count ? &course->points[course->point_count - 1] : &none;
}

/* A chart of one curve and, where there are any, marked points on it. */
static void draw(FILE *out, const struct course_scale *scale, const char *title,
	const char *y_label, uint32_t style, const struct course_curve *curve,
	const struct course_curve *marks)
{
	struct theca_series series[] = {
		{.name = "", .style = style, .x = curve->x, .y = curve->y, .count = curve->count},
		{.name = "", .style = THECA_POINTS}};
	uint32_t count = marks && marks->count ? 2 : 1;
	if (count == 2) {
		series[1].x = marks->x;
		series[1].y = marks->y;
		series[1].count = marks->count;
	}
	struct theca_chart chart = {.size = sizeof chart,
		.series_size = sizeof *series,
		.series_count = count,
		.series = series,
		.title = title,
		.x_label = scale->x_label,
		.y_label = y_label};
	page_chart(out, &chart, CHART_HEIGHT);
}

static void draw_reservoir(
	FILE *out, const struct results_course *course, const struct course_scale *scale)
{
	struct course_curve level, refills;
	if (course_reservoir(course, scale, &level, &refills))
		return;
	draw(out, scale, refills.count ? "Reservoir, refills marked" : "Reservoir", "volume, mL",
		THECA_LINE, &level, &refills);
	course_curve_finish(&level);
	course_curve_finish(&refills);
}

/* The unit in which the largest value is at least one. */
static const char *mass_unit(const struct course_curve *curve, double *factor)
{
	double largest = 0;
	for (size_t i = 0; i < curve->count; i++)
		largest = curve->y[i] > largest ? curve->y[i] : largest;
	*factor = largest >= 1e9 ? 1e-9 : 1e-6;
	return largest >= 1e9 ? "mg" : "ug";
}

static void draw_dose(
	FILE *out, const struct results_course *course, const struct course_scale *scale, int drug)
{
	struct course_curve curve;
	const char *what = drug < 0 ? "Volume" : course->drugs[drug], *unit = "mL";
	double factor = 1e-9;
	if (course_doses(course, scale, drug, 1, &curve))
		return;
	if (drug >= 0)
		unit = mass_unit(&curve, &factor);
	for (size_t i = 0; i < curve.count; i++)
		curve.y[i] *= factor;
	char title[128], label[64];
	snprintf(title, sizeof title, "%.96s delivered per %s", what, scale->bin);
	snprintf(label, sizeof label, "per %s, %s", scale->bin, unit);
	draw(out, scale, title, label, THECA_STEPS, &curve, NULL);
	course_curve_finish(&curve);
}

static void draw_boluses(
	FILE *out, const struct results_course *course, const struct course_scale *scale)
{
	struct course_curve curve;
	if (!course->bolus_count || course_boluses(course, scale, &curve))
		return;
	char title[64];
	snprintf(title, sizeof title, "Patient boluses per %s", scale->bin);
	draw(out, scale, title, "boluses", THECA_STEPS, &curve, NULL);
	course_curve_finish(&curve);
}

/* -- totals ----------------------------------------------------------------------------------- */

static void count_fact(FILE *out, const char *key, size_t count)
{
	char text[24];
	snprintf(text, sizeof text, "%zu", count);
	page_fact(out, key, text);
}

static void moment_fact(FILE *out, const struct results *results, const char *key, int64_t at_ns)
{
	figure text;
	bool known = at_ns != THECA_NEVER && at_ns != THECA_NONE;
	page_fact(out, key, known ? figure_date(results->epoch_ns + at_ns, text) : "not foreseen");
}

static void dose_facts(FILE *out, const struct results_course *course)
{
	const struct results_point *last = last_point(course);
	char key[96];
	figure total, mean;
	double days = course->point_count ? (double)(last->at_ns - course->points[0].at_ns) /
						    (double)THECA_DAY_NS
					  : 0;
	for (size_t i = 0; i < course->drug_count; i++) {
		int64_t pg = last->delivered_pg[i];
		char value[2 * FIGURE_MAX];
		snprintf(key, sizeof key, "%.60s", course->drugs[i]);
		figure_mass(pg, total);
		if (days >= 1)
			snprintf(value, sizeof value, "%s (mean %s per day)", total,
				figure_mass((int64_t)((double)pg / days), mean));
		else
			snprintf(value, sizeof value, "%s", total);
		page_fact(out, key, value);
	}
}

static void presses_facts(FILE *out, const struct results_course *course)
{
	if (!course->bolus_count && !course->refused)
		return;
	count_fact(out, "patient boluses", course->bolus_count);
	count_fact(out, "presses refused", (size_t)course->refused);
}

/* The accounts count what may have been delivered; what truly was, only an instrument tells. */
static void totals(FILE *out, const struct results *results, const struct results_course *course)
{
	const struct results_point *last = last_point(course);
	figure text;
	fputs("<div class=\"groups\">\n", out);
	page_facts_open(out, "Delivered", "by the account of commands");
	page_fact(out, "holds", course->holds);
	page_fact(out, "volume", figure_volume(last->delivered_pl, text));
	dose_facts(out, course);
	presses_facts(out, course);
	page_facts_close(out);
	page_facts_open(out, "At the end", NULL);
	page_fact(out, "state", course->state);
	page_fact(out, "rate", figure_rate(last->rate_pl_per_day, text));
	page_fact(out, "reservoir", figure_volume(last->reservoir_pl, text));
	moment_fact(out, results, "next refill by", course->next_refill_ns);
	count_fact(out, "refills so far", course->refill_count);
	page_facts_close(out);
	fputs("</div>\n", out);
}

static void refill_dates(
	FILE *out, const struct results *results, const struct results_course *course)
{
	figure text;
	if (!course->refill_count)
		return;
	fputs("<p class=\"muted\">Refilled ", out);
	for (size_t i = 0; i < course->refill_count; i++) {
		fputs(i ? ", " : "", out);
		xml_text(out, figure_date(results->epoch_ns + course->refills_ns[i], text));
	}
	fputs(".</p>\n", out);
}

/* -- the part of the run that is worth drawing ------------------------------------------------- */

static bool same_amounts(const struct results_point *a, const struct results_point *b)
{
	return a->delivered_pl == b->delivered_pl && a->reservoir_pl == b->reservoir_pl;
}

/* When the last of it was delivered or filled. */
static int64_t busy_until_ns(const struct results_course *course)
{
	size_t last = course->point_count - 1;
	while (last &&
		same_amounts(&course->points[last - 1], &course->points[course->point_count - 1]))
		last--;
	return course->points[last].at_ns;
}

/* A pump that stood still for most of the run is drawn for the time when it did not. */
static struct course_scale drawn(
	FILE *out, const struct results *results, const struct results_course *course)
{
	int64_t from_ns = results->began_ns, until_ns = last_point(course)->at_ns;
	int64_t busy_ns = busy_until_ns(course);
	figure text;
	if (busy_ns <= from_ns || busy_ns - from_ns > (until_ns - from_ns) / 2)
		return course_scale(from_ns, until_ns);
	fprintf(out,
		"<p class=\"muted\">It delivered nothing after %s; the charts end there.</p>\n",
		figure_moment(results->epoch_ns + busy_ns, text));
	return course_scale(from_ns, busy_ns);
}

static const char *fact_of(const struct results *results, const char *group, const char *key)
{
	for (size_t i = 0; i < results->fact_count; i++)
		if (!strcmp(results->facts[i].group, group) && !strcmp(results->facts[i].key, key))
			return results->facts[i].value;
	return NULL;
}

/* `SynchroMed II class, serial number SIM041291, driver rotor`: what the pump says of itself. */
static void describe(
	const struct results *results, const struct results_course *course, char *out, size_t size)
{
	const char *model = fact_of(results, course->pump, "model");
	const char *serial = fact_of(results, course->pump, "serial number");
	snprintf(out, size, "%.80s%s%s%.40s%s%.60s", model ? model : "", model ? ", " : "",
		serial ? "serial number " : "", serial ? serial : "",
		model || serial ? ", driver " : "", course->model);
}

static void charts(FILE *out, const struct results *results, const struct results_course *course)
{
	struct course_scale scale = drawn(out, results, course);
	draw_reservoir(out, course, &scale);
	refill_dates(out, results, course);
	for (size_t i = 0; i < course->drug_count; i++)
		draw_dose(out, course, &scale, (int)i);
	if (!course->drug_count)
		draw_dose(out, course, &scale, COURSE_VOLUME);
	draw_boluses(out, course, &scale);
}

void course_section(FILE *out, const struct results *results, const struct results_course *course)
{
	char title[160], aside[256];
	snprintf(title, sizeof title, "%s: %.100s", course->held ? "Device under test" : "Therapy",
		course->pump);
	describe(results, course, aside, sizeof aside);
	page_section(out, "course", title, aside);
	totals(out, results, course);
	if (course->point_count > 1)
		charts(out, results, course);
	page_section_end(out);
}
