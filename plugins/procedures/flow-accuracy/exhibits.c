/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of a flow test: start-up curve, trumpet curve, tables of windows and parameters. */
#include "findings.h"

#include <math.h>
#include <stdlib.h>

#define COLUMNS 7
#define CELL 24

/* -- charts ----------------------------------------------------------------------------------- */

static const char *edition(const struct findings *findings)
{
	return findings->test->config->edition == EDITION_2012 ? "IEC 60601-2-24:2012"
							       : "IEC 60601-2-24:1998";
}

static void draw_start_up(const struct findings *findings, const struct period *period)
{
	size_t count = period->until + 1; /* flows, and the end of the last step */
	double *x = malloc(count * sizeof *x), *y = malloc(count * sizeof *y);
	double interval_h = findings->trumpet.interval_s / 3600, top = 0;
	for (size_t i = 1; x && y && i < count; i++) {
		x[i - 1] = (double)(i - 1) * interval_h;
		y[i - 1] = trumpet_flow_ml_per_h(&findings->trumpet, i);
		x[i] = (double)i * interval_h;
		y[i] = y[i - 1];
		top = fmax(top, y[i]);
	}
	double rate = findings->trumpet.rate_ml_per_h, begins = (double)period->from * interval_h;
	double begins_x[] = {begins, begins}, begins_y[] = {0, fmax(top, rate)};
	char caption[200];
	snprintf(caption, sizeof caption,
		"%s. Each step is the mean flow over one sample interval S of %.6g min.",
		edition(findings), findings->trumpet.interval_s / 60);
	struct theca_series series[] = {
		{.name = "flow", .style = THECA_STEPS, .x = x, .y = y, .count = count},
		{.name = "set rate", .style = THECA_LIMIT, .x = &begins, .y = &rate, .count = 1},
		{.name = "T1 begins",
			.style = THECA_LIMIT,
			.x = begins_x,
			.y = begins_y,
			.count = 2}};
	struct theca_chart chart = {.size = sizeof chart,
		.series_size = sizeof *series,
		.series_count = 3,
		.series = series,
		.title = "Start-up curve",
		.x_label = "time, h",
		.y_label = "flow, mL/h",
		.caption = caption};
	if (x && y)
		theca_chart(findings->test->host, &chart);
	free(x);
	free(y);
}

static double shown_limit_percent(const struct flow_config *config)
{
	bool trumpet = config->trumpet_limit_ppm != THECA_NONE;
	return (double)(trumpet ? config->trumpet_limit_ppm : config->mean_limit_ppm) *
	       PERCENT_PER_PPM;
}

static void draw_trumpet(const struct findings *findings, const struct period *period)
{
	const struct theca_list *windows = &findings->test->plan.windows;
	const struct flow_config *config = findings->test->config;
	double x[MOST_WINDOWS], max[MOST_WINDOWS], min[MOST_WINDOWS], mean[MOST_WINDOWS];
	for (size_t i = 0; i < windows->count; i++) {
		x[i] = flow_minutes(windows->values[i]);
		max[i] = period->windows[i].max_percent;
		min[i] = period->windows[i].min_percent;
		mean[i] = period->mean.error_percent;
	}
	double upper = shown_limit_percent(config), lower = -upper;
	const char *limit = config->trumpet_limit_ppm != THECA_NONE ? "limit" : "limit of mean";
	char title[48], mean_name[48], caption[256];
	snprintf(title, sizeof title, "Trumpet curve over %s", period->name);
	snprintf(mean_name, sizeof mean_name, "%s %.2f %%", period->letter,
		period->mean.error_percent);
	snprintf(caption, sizeof caption,
		"%s. The x axis is the length of the observation window, not time; Ep(max) and "
		"Ep(min) are the extremes of the mean error in all windows of that length.",
		edition(findings));
	struct theca_series series[] = {
		{.name = "Ep(max)", .x = x, .y = max, .count = windows->count},
		{.name = "Ep(min)", .x = x, .y = min, .count = windows->count},
		{.name = mean_name, .x = x, .y = mean, .count = windows->count},
		{.name = limit, .style = THECA_LIMIT, .x = x, .y = &upper, .count = 1},
		{.name = limit, .style = THECA_LIMIT, .x = x, .y = &lower, .count = 1}};
	struct theca_chart chart = {.size = sizeof chart,
		.flags = THECA_LOG_X,
		.series_size = sizeof *series,
		.series_count = 5,
		.series = series,
		.title = title,
		.x_label = "observation window, min",
		.y_label = "error of the flow, %",
		.caption = caption};
	theca_chart(findings->test->host, &chart);
}

/* -- tables ----------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void print_cell(
	char cell[CELL], const char *format, double value)
{
	cell[0] = '\0';
	if (!isnan(value))
		snprintf(cell, CELL, format, value);
}

static double flow_of(const struct findings *findings, double percent)
{
	return findings->trumpet.rate_ml_per_h * (1 + percent / 100);
}

static void window_row(const struct findings *findings, const struct period *period, size_t index,
	char cells[COLUMNS][CELL])
{
	const struct trumpet_window *window = &period->windows[index];
	print_cell(cells[0], "%.6g", flow_minutes(findings->test->plan.windows.values[index]));
	print_cell(cells[1], "%.0f", (double)window->windows);
	print_cell(cells[2], "%.0f", (double)window->left_out);
	print_cell(cells[3], "%.2f", window->max_percent);
	print_cell(cells[4], "%.2f", window->min_percent);
	print_cell(cells[5], "%.5f", flow_of(findings, window->max_percent));
	print_cell(cells[6], "%.5f", flow_of(findings, window->min_percent));
}

static void list_windows(const struct findings *findings, const struct period *period)
{
	static const char *const heads[COLUMNS] = {"window P, min", "windows", "left out",
		"Ep(max), %", "Ep(min), %", "most, mL/h", "least, mL/h"};
	size_t count = findings->test->plan.windows.count;
	char texts[MOST_WINDOWS * COLUMNS][CELL], title[48];
	const char *cells[MOST_WINDOWS * COLUMNS];
	for (size_t i = 0; i < count; i++)
		window_row(findings, period, i, &texts[i * COLUMNS]);
	for (size_t i = 0; i < count * COLUMNS; i++)
		cells[i] = texts[i];
	snprintf(title, sizeof title, "Observation windows over %s", period->name);
	struct theca_table table = {.size = sizeof table,
		.columns = COLUMNS,
		.rows = (uint32_t)count,
		.title = title,
		.heads = heads,
		.cells = cells};
	theca_rows(findings->test->host, &table);
}

struct parameters {
	char texts[12][80];
	const char *cells[24];
	uint32_t count;
};

__attribute__((format(printf, 3, 4))) static void parameter(
	struct parameters *parameters, const char *name, const char *format, ...)
{
	char *text = parameters->texts[parameters->count];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof parameters->texts[0], format, arguments);
	va_end(arguments);
	parameters->cells[2 * parameters->count] = name;
	parameters->cells[2 * parameters->count++ + 1] = text;
}

static void parameters_of_weighing(const struct findings *findings, struct parameters *parameters)
{
	const struct flow_test *test = findings->test;
	bool stated = test->config->density_ug_per_ml != THECA_NONE;
	parameter(parameters, "density d", "%.5f g/mL%s", findings->density_g_per_ml,
		stated ? ", as stated" : ", water");
	if (!stated)
		parameter(parameters, "fluid temperature", "%.2f degC", findings->temperature_c);
	parameter(parameters, "volume per weight", "%.5f mL/g, %s", findings->ml_per_g,
		test->config->buoyancy ? "Z, corrected for buoyancy" : "1/d");
	parameter(parameters, "evaporation added", "%.6g mg/day",
		(double)test->config->evaporation_pg_per_day * 1e-9);
	parameter(parameters, "steps of the balance", "%.6g mg",
		(double)test->readings.resolution_pg * 1e-9);
	parameter(parameters, "uncertainty of a reading", "%.3g uL", findings->reading_ml * 1000);
}

static void list_parameters(const struct findings *findings)
{
	static const char *const heads[] = {"parameter", "value"};
	const struct flow_test *test = findings->test;
	const char *instrument = theca_instance(test->host, test->config->instrument);
	struct parameters parameters = {.count = 0};
	parameter(&parameters, "standard", "%s, %s", edition(findings),
		test->config->method == METHOD_CONTINUOUS ? "continuous" : "ambulatory type 1");
	parameter(&parameters, "weighed by", "%.60s", instrument ? instrument : "?");
	parameter(&parameters, "set rate r", "%.6g mL/h (%.6g mL/day)",
		findings->trumpet.rate_ml_per_h, findings->trumpet.rate_ml_per_h * 24);
	parameter(
		&parameters, "sample interval S", "%.6g min", flow_minutes(test->plan.interval_ns));
	parameter(&parameters, "stabilisation", "%.6g min",
		flow_minutes(test->plan.stabilisation_ns));
	parameter(&parameters, "analysis period T1", "%.6g min",
		flow_minutes(test->plan.analysis_ns));
	parameters_of_weighing(findings, &parameters);
	struct theca_table table = {.size = sizeof table,
		.columns = 2,
		.rows = parameters.count,
		.title = "Parameters",
		.heads = heads,
		.cells = parameters.cells};
	theca_rows(test->host, &table);
}

void exhibits_give(const struct findings *findings, const struct period *periods, size_t count)
{
	bool any = findings->test->readings.taken > 1;
	if (any)
		draw_start_up(findings, &periods[0]);
	for (size_t i = 0; any && i < count; i++) {
		draw_trumpet(findings, &periods[i]);
		list_windows(findings, &periods[i]);
	}
	list_parameters(findings);
}
