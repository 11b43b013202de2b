/* SPDX-License-Identifier: Apache-2.0 */
/* What verdicts and exhibits are made from: volumes at even instants, and the periods T1 and T2. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "flow-accuracy.h"
#include "trumpet.h"

#define PERCENT_PER_PPM 1e-4

struct findings {
	const struct flow_test *test;
	const char *why; /* NULL: the test is whole */
	bool failed;
	double *volume_ml;
	double density_g_per_ml, ml_per_g, temperature_c;
	struct trumpet trumpet;
	double reading_ml; /* standard uncertainty of one reading; NAN: not known */
};

/* T1 or T2, as readings. */
struct period {
	const char *name, *letter;
	size_t from, until;
	struct trumpet_mean mean;
	struct trumpet_window windows[MOST_WINDOWS];
};

static inline double flow_minutes(int64_t ns)
{
	return (double)ns / (double)THECA_MINUTE_NS;
}

void exhibits_give(const struct findings *, const struct period *, size_t count);

#endif
