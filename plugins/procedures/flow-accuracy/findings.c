/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flow test has to say: start-up curve, trumpet curve, tables, and the verdicts with their
 * expanded uncertainty (k = 2) from the resolution and the scatter of the readings.
 */
#include "findings.h"

#include <math.h>
#include <stdlib.h>

#include "fluid.h"

#define S_PER_NS 1e-9
#define WORTHY 0.1 /* a measurement should be ten times finer than its limit [S138] */

/* -- from weights to volumes ------------------------------------------------------------------ */

static double temperature_c(const struct flow_test *test)
{
	if (test->config->temperature_mk != THECA_NONE)
		return (double)test->config->temperature_mk / 1000 - 273.15;
	if (test->temperature_count)
		return test->temperature_sum_c / (double)test->temperature_count;
	return 20;
}

static double evaporation_g_per_s(const struct flow_test *test)
{
	return (double)test->config->evaporation_pg_per_day * 1e-12 / 86400;
}

static void weigh_out(struct findings *findings)
{
	const struct flow_test *test = findings->test;
	const struct flow_config *config = test->config;
	double interval_s = (double)test->plan.interval_ns * S_PER_NS;
	findings->temperature_c = temperature_c(test);
	findings->density_g_per_ml = config->density_ug_per_ml != THECA_NONE
					     ? (double)config->density_ug_per_ml * 1e-6
					     : fluid_water_g_per_ml(findings->temperature_c);
	findings->ml_per_g = fluid_ml_per_g(findings->density_g_per_ml, config->buoyancy);
	for (size_t i = 0; i < test->readings.count; i++) {
		double lost_g = evaporation_g_per_s(test) * (double)i * interval_s;
		findings->volume_ml[i] = (test->readings.mass_g[i] + lost_g) * findings->ml_per_g;
	}
	findings->trumpet = (struct trumpet){.volume_ml = findings->volume_ml,
		.count = test->readings.count,
		.interval_s = interval_s,
		.rate_ml_per_h = (double)config->rate_pl_per_day * 1e-9 / 24};
}

static size_t reading_at(const struct findings *findings, int64_t time_ns)
{
	return (size_t)(time_ns / findings->test->plan.interval_ns);
}

/* A rectangle of one resolution step, and the scatter over T1. */
static double reading_uncertainty_ml(const struct findings *findings, const struct period *period)
{
	double step_ml =
		(double)findings->test->readings.resolution_pg * 1e-12 * findings->ml_per_g;
	double sd_ml = trumpet_reading_sd_ml(&findings->trumpet, period->from, period->until);
	if (isnan(sd_ml))
		return NAN;
	return sqrt(step_ml * step_ml / 12 + sd_ml * sd_ml);
}

/* Expanded, in percent of the rate: a volume over a span is the difference of two readings. */
static double uncertainty_percent(const struct findings *findings, double span_s)
{
	double wanted_ml = findings->trumpet.rate_ml_per_h * span_s / 3600;
	return 2 * 100 * sqrt(2) * findings->reading_ml / wanted_ml;
}

static struct period judge_period(
	const struct findings *findings, const char *name, const char *letter, int64_t until_ns)
{
	const struct flow_plan *plan = &findings->test->plan;
	struct period period = {.name = name,
		.letter = letter,
		.from = reading_at(findings, until_ns - plan->analysis_ns),
		.until = reading_at(findings, until_ns)};
	period.mean = trumpet_mean(&findings->trumpet, period.from, period.until);
	for (size_t i = 0; i < plan->windows.count; i++)
		period.windows[i] = trumpet_window(&findings->trumpet, period.from, period.until,
			reading_at(findings, plan->windows.values[i]));
	return period;
}

/* -- verdicts --------------------------------------------------------------------------------- */

static struct theca_verdict new_verdict(const char *name, const char *unit, uint32_t decimals)
{
	return (struct theca_verdict){.size = sizeof(struct theca_verdict),
		.name = name,
		.unit = unit,
		.decimals = decimals,
		.value = NAN,
		.lower = NAN,
		.upper = NAN,
		.uncertainty = NAN};
}

/* A part of the data that was not taken when the test was cut short can not be judged. */
static bool was_reached(const struct findings *findings, const struct period *period)
{
	return !findings->why || findings->test->readings.taken > period->until;
}

static bool is_long_enough(const struct findings *findings, const struct period *period)
{
	return period->mean.span_s >= (double)findings->test->config->least_analysed_ns * 1e-9 - 1e-6;
}

static const char *obstacle(const struct findings *findings, const struct period *period)
{
	if (!was_reached(findings, period))
		return findings->why;
	return is_long_enough(findings, period) ? NULL : "too few readings to analyse";
}

static void judge(
	const struct findings *findings, struct theca_verdict *verdict, const char *unable)
{
	if (unable || isnan(verdict->value)) {
		verdict->skipped = 1;
		verdict->reason = unable ? unable : "no reading to judge by";
		verdict->value = verdict->uncertainty = NAN;
	} else {
		verdict->passed =
			!(verdict->value < verdict->lower) && !(verdict->value > verdict->upper);
		if (!verdict->reason && verdict->uncertainty > WORTHY * verdict->upper)
			verdict->reason = "U is more than a tenth of the limit";
	}
	theca_verdict(findings->test->host, verdict);
}

static void judge_mean(const struct findings *findings, const struct period *period)
{
	char name[48];
	double limit = (double)findings->test->config->mean_limit_ppm * PERCENT_PER_PPM;
	snprintf(name, sizeof name, "mean error %s over %s", period->letter, period->name);
	struct theca_verdict verdict = new_verdict(name, "%", 2);
	verdict.value = period->mean.error_percent;
	verdict.lower = -limit;
	verdict.upper = limit;
	verdict.uncertainty = uncertainty_percent(findings, period->mean.span_s);
	char reason[64];
	snprintf(reason, sizeof reason, "%zu readings are missing in %s", period->mean.missing,
		period->name);
	verdict.reason = period->mean.missing ? reason : NULL;
	judge(findings, &verdict, obstacle(findings, period));
}

static void judge_window(const struct findings *findings, const struct period *period, size_t index)
{
	int64_t window_ns = findings->test->plan.windows.values[index];
	const struct trumpet_window *window = &period->windows[index];
	double limit = (double)findings->test->config->trumpet_limit_ppm * PERCENT_PER_PPM;
	char name[64];
	snprintf(name, sizeof name, "trumpet over %s, %.6g min", period->name,
		flow_minutes(window_ns));
	struct theca_verdict verdict = new_verdict(name, "%", 2);
	bool above = fabs(window->max_percent) >= fabs(window->min_percent);
	verdict.value = above ? window->max_percent : window->min_percent;
	verdict.lower = -limit;
	verdict.upper = limit;
	verdict.uncertainty = uncertainty_percent(findings, (double)window_ns * S_PER_NS);
	char reason[80];
	snprintf(reason, sizeof reason, "%zu windows are left out, readings are missing in them",
		window->left_out);
	verdict.reason = window->left_out ? reason : NULL;
	judge(findings, &verdict, obstacle(findings, period));
}

static void judge_span(const struct findings *findings, const struct period *period)
{
	struct theca_verdict verdict = new_verdict("time analysed in T1", "min", 1);
	verdict.value = period->mean.span_s / 60;
	verdict.lower = (double)findings->test->config->least_analysed_ns / (double)THECA_MINUTE_NS;
	judge(findings, &verdict, was_reached(findings, period) ? NULL : findings->why);
}

static size_t count_missing(const struct findings *findings)
{
	size_t missing = 0;
	for (size_t i = 0; i < findings->trumpet.count; i++)
		missing += isnan(findings->volume_ml[i]);
	return missing;
}

static void judge_data(const struct findings *findings)
{
	char reason[256];
	size_t missing = count_missing(findings), count = findings->trumpet.count;
	struct theca_verdict verdict = new_verdict("data complete", "%", 2);
	verdict.value = 100 * (1 - (double)missing / (double)count);
	verdict.lower = 100 - (double)findings->test->config->missing_ppm * PERCENT_PER_PPM;
	snprintf(reason, sizeof reason, "%s%s%zu of %zu readings are missing",
		findings->failed ? findings->why : "", findings->failed ? "; " : "", missing,
		count);
	if (missing || findings->failed)
		verdict.reason = reason;
	if (findings->failed)
		theca_verdict(findings->test->host, &verdict); /* however much there was */
	else
		judge(findings, &verdict, findings->why);
}

static void give_verdicts(
	const struct findings *findings, const struct period *periods, size_t count)
{
	judge_data(findings);
	judge_span(findings, &periods[0]);
	for (size_t i = 0; i < count; i++) {
		judge_mean(findings, &periods[i]);
		if (findings->test->config->trumpet_limit_ppm == THECA_NONE)
			continue;
		for (size_t j = 0; j < findings->test->plan.windows.count; j++)
			judge_window(findings, &periods[i], j);
	}
}

void findings_give(const struct flow_test *test, const char *why, bool failed)
{
	struct findings findings = {.test = test, .why = why, .failed = failed};
	struct period periods[2];
	size_t count = test->config->set_change_ns == THECA_NONE ? 1 : 2;
	findings.volume_ml = malloc(test->readings.count * sizeof(double));
	if (!findings.volume_ml)
		return;
	weigh_out(&findings);
	periods[0] = judge_period(
		&findings, "T1", "A", test->plan.stabilisation_ns + test->plan.analysis_ns);
	if (count == 2)
		periods[1] = judge_period(&findings, "T2", "B", test->config->set_change_ns);
	findings.reading_ml = reading_uncertainty_ml(&findings, &periods[0]);
	give_verdicts(&findings, periods, count);
	exhibits_give(&findings, periods, count);
	free(findings.volume_ml);
}
