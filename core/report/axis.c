/* SPDX-License-Identifier: Apache-2.0 */
#include "report/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SLACK 0.01 /* of a step, less than a line's width: 40.00001 mL needs no axis up to 45 */

/* Round steps above 1 of units that are not decimal. */
static const struct {
	const char *suffix;
	double steps[12]; /* 0 at the end */
} rounds[] = {
	{", s", {1, 2, 5, 10, 15, 30, 60, 120, 300, 600}},
	{", min", {1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720}},
	{", h", {1, 2, 3, 6, 12, 24, 48, 96, 168, 336}},
	{", d", {1, 2, 5, 10, 15, 30, 60, 90, 180, 365}},
};

static const double *steps_of(const char *label)
{
	size_t length = strlen(label);
	for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
		size_t suffix = strlen(rounds[i].suffix);
		if (length >= suffix && !strcmp(label + length - suffix, rounds[i].suffix))
			return rounds[i].steps;
	}
	return NULL;
}

/* The smallest round step that is at least `least`. */
static double round_step(double least, const char *label)
{
	const double *steps = least > 0.5 ? steps_of(label) : NULL;
	for (; steps && *steps > 0; steps++)
		if (*steps >= least * (1 - 1e-9))
			return *steps;
	double decade = pow(10, floor(log10(least) + 1e-9));
	for (int i = 0; i < 3; i++) {
		static const double factors[] = {1, 2, 5};
		if (decade * factors[i] >= least * (1 - 1e-9))
			return decade * factors[i];
	}
	return decade * 10;
}

/* Steps are 1, 2 or 5 of a decade, or whole. */
static unsigned decimals_for(double step)
{
	double decade = floor(log10(step) + 1e-9);
	return decade < 0 ? (unsigned)fmin(-decade, 12) : 0;
}

void axis_linear(struct axis *axis, double low, double high, const char *label, int most, bool snug)
{
	if (!(high - low > 1e-9 * fmax(fabs(low), fabs(high)))) {
		double pad = low != 0 ? fabs(low) * 0.1 : 1;
		low -= pad;
		high += pad;
	}
	double step = round_step((high - low) / most, label);
	double slack = snug ? 1e-9 : SLACK;
	double first = snug ? ceil(low / step - slack) : floor(low / step + slack);
	double last = snug ? floor(high / step + slack) : ceil(high / step - slack);
	*axis = (struct axis){.low = snug ? low : first * step,
		.high = snug ? high : last * step,
		.decimals = decimals_for(step)};
	for (double i = first; i <= last && axis->tick_count < AXIS_TICKS; i++)
		axis->ticks[axis->tick_count++] = i * step;
}

void axis_logarithmic(struct axis *axis, double low, double high)
{
	*axis = (struct axis){.low = low, .high = high, .logarithmic = true};
	if (!(high > low)) {
		axis->low = low / 2;
		axis->high = low * 2;
	}
	double decade = pow(10, floor(log10(axis->low)));
	for (; decade <= axis->high; decade *= 10)
		for (int i = 0; i < 3; i++) {
			static const double factors[] = {1, 2, 5};
			double tick = decade * factors[i];
			if (tick >= axis->low && tick <= axis->high &&
				axis->tick_count < AXIS_TICKS)
				axis->ticks[axis->tick_count++] = tick;
		}
}

void axis_ticks_at(struct axis *axis, const double *values, int count)
{
	axis->tick_count = count < AXIS_TICKS ? count : AXIS_TICKS;
	memcpy(axis->ticks, values, (size_t)axis->tick_count * sizeof *values);
}

double axis_position(const struct axis *axis, double value)
{
	if (axis->logarithmic)
		return log(value / axis->low) / log(axis->high / axis->low);
	return (value - axis->low) / (axis->high - axis->low);
}

const char *axis_text(const struct axis *axis, double tick, char out[32])
{
	if (axis->logarithmic)
		snprintf(out, 32, "%.6g", tick);
	else if (fabs(tick) >= 1e7)
		snprintf(out, 32, "%.3g", tick);
	else
		snprintf(out, 32, "%.*f", (int)axis->decimals, tick + 0.0);
	if (out[0] == '-' && !out[strspn(out, "-0.")])
		memmove(out, out + 1, strlen(out));
	return out;
}
