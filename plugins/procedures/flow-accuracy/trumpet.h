/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of IEC 60601-2-24's flow test: flow Q_i, mean error A, and the largest and smallest
 * mean error of all observation windows of one length, Ep(max) and Ep(min). Volumes are cumulative, so
 * that a window costs one subtraction. Pure.
 */
#ifndef TRUMPET_H
#define TRUMPET_H

#include <stddef.h>

struct trumpet {
	const double *volume_ml; /* at even instants since the start; NAN: missing */
	size_t count;
	double interval_s;
	double rate_ml_per_h;    /* r, the set rate */
};

/* Of the readings `from` to `until`, both included. */
struct trumpet_mean {
	double error_percent;    /* NAN: fewer than two readings */
	double span_s;           /* between the first and the last reading that are there */
	size_t missing;
};

struct trumpet_window {
	double max_percent, min_percent; /* NAN: no window was whole */
	size_t windows;          /* m = (T - P) / S + 1, less those left out */
	size_t left_out;         /* a missing reading touches them */
};

/* Q_i in mL/h between the readings i - 1 and i (i > 0); NAN: one of them is missing. */
double trumpet_flow_ml_per_h(const struct trumpet *, size_t i);
struct trumpet_mean trumpet_mean(const struct trumpet *, size_t from, size_t until);
struct trumpet_window trumpet_window(
	const struct trumpet *, size_t from, size_t until, size_t intervals);
/* Standard deviation of one reading, from second differences: a steady flow adds nothing to it, the
 * pump's own unsteadiness does, so it is on the safe side. NAN: fewer than eight of them. */
double trumpet_reading_sd_ml(const struct trumpet *, size_t from, size_t until);

#endif
