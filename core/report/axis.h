/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One axis of a chart: its ends, where its ticks are and what stands at them. Steps are round in the
 * unit that the label ends with (hours by 6 and 12, days by 30), so that nobody reads 4.8 h. Pure.
 */
#ifndef AXIS_H
#define AXIS_H

#include <stdbool.h>

#define AXIS_TICKS 16

struct axis {
	double low, high; /* low < high, also when all values are one */
	bool logarithmic;
	unsigned decimals;
	int tick_count;
	double ticks[AXIS_TICKS];
};

/* Ends are widened to ticks, or with `snug` kept. At most about `most` ticks (<= AXIS_TICKS - 2). */
void axis_linear(struct axis *, double low, double high, const char *label, int most, bool snug);
/* Ticks at 1, 2, 5 of each decade; 0 < low. */
void axis_logarithmic(struct axis *, double low, double high);
/* Ticks at these values instead, at most AXIS_TICKS of them. */
void axis_ticks_at(struct axis *, const double *values, int count);
/* Where a value is: 0 at the low end, 1 at the high end. */
double axis_position(const struct axis *, double value);
/* The text at a tick. */
const char *axis_text(const struct axis *, double tick, char out[32]);

#endif
