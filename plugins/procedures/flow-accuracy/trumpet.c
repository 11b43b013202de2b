/* SPDX-License-Identifier: Apache-2.0 */
#include "trumpet.h"

#include <math.h>

#define S_PER_H 3600.0

static double error_percent(const struct trumpet *trumpet, double volume_ml, double span_s)
{
	double flow_ml_per_h = volume_ml * S_PER_H / span_s;
	return 100 * (flow_ml_per_h - trumpet->rate_ml_per_h) / trumpet->rate_ml_per_h;
}

double trumpet_flow_ml_per_h(const struct trumpet *trumpet, size_t i)
{
	double volume_ml = trumpet->volume_ml[i] - trumpet->volume_ml[i - 1];
	return volume_ml * S_PER_H / trumpet->interval_s;
}

struct trumpet_mean trumpet_mean(const struct trumpet *trumpet, size_t from, size_t until)
{
	struct trumpet_mean mean = {.error_percent = NAN};
	size_t first = until + 1, last = from;
	for (size_t i = from; i <= until; i++) {
		if (isnan(trumpet->volume_ml[i])) {
			mean.missing++;
			continue;
		}
		first = first > i ? i : first;
		last = i;
	}
	if (last <= first)
		return mean;
	mean.span_s = (double)(last - first) * trumpet->interval_s;
	mean.error_percent = error_percent(
		trumpet, trumpet->volume_ml[last] - trumpet->volume_ml[first], mean.span_s);
	return mean;
}

struct trumpet_window trumpet_window(
	const struct trumpet *trumpet, size_t from, size_t until, size_t intervals)
{
	struct trumpet_window window = {.max_percent = NAN, .min_percent = NAN};
	double span_s = (double)intervals * trumpet->interval_s;
	size_t whole = 0; /* readings in a row without a missing one, up to i */
	for (size_t i = from; i <= until; i++) {
		whole = isnan(trumpet->volume_ml[i]) ? 0 : whole + 1;
		if (i < from + intervals)
			continue;
		if (whole <= intervals) {
			window.left_out++;
			continue;
		}
		double volume_ml = trumpet->volume_ml[i] - trumpet->volume_ml[i - intervals];
		double error = error_percent(trumpet, volume_ml, span_s);
		window.windows++;
		window.max_percent = fmax(window.max_percent, error); /* fmax passes over NAN */
		window.min_percent = fmin(window.min_percent, error);
	}
	return window;
}

double trumpet_reading_sd_ml(const struct trumpet *trumpet, size_t from, size_t until)
{
	double sum = 0;
	size_t count = 0;
	for (size_t i = from + 1; i + 1 <= until; i++) {
		double second = trumpet->volume_ml[i + 1] - 2 * trumpet->volume_ml[i] +
				trumpet->volume_ml[i - 1];
		if (isnan(second))
			continue;
		sum += second * second;
		count++;
	}
	return count < 8 ? NAN : sqrt(sum / (double)count / 6);
}
