/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves from the cumulative points of a therapy's course: what the reservoir held, what was
 * delivered per day, how often the patient pressed. Between points accounts run evenly. Pure.
 */
#ifndef COURSE_H
#define COURSE_H

#include <stddef.h>
#include <stdint.h>
#include "report/results.h"

#define COURSE_VOLUME -1 /* instead of a drug's place in the mix */

/* How the time of a run is divided: x in days and bins of a day, or for short runs hours. */
struct course_scale {
	int64_t from_ns, until_ns;
	int64_t unit_ns;     /* of x */
	int64_t bin_ns;
	const char *x_label; /* `time since start, d` */
	const char *bin;     /* `day` */
};
struct course_scale course_scale(int64_t from_ns, int64_t until_ns);

struct course_curve {
	double *x, *y;
	size_t count;
};
void course_curve_finish(struct course_curve *);

/* Picolitres or picograms delivered by then. */
double course_delivered(const struct results_course *, int drug, int64_t at_ns);
/* Millilitres in the reservoir, with the jump where a refill was; and the refills' own tops.
 * 0 or -ENOMEM; then nothing is to be freed. */
int course_reservoir(const struct results_course *, const struct course_scale *,
	struct course_curve *level, struct course_curve *refills);
/* Per bin, as steps, times `factor`. A last bin shorter than half is left out, a longer one counts
 * for a whole one. */
int course_doses(const struct results_course *, const struct course_scale *, int drug, double factor,
	struct course_curve *);
int course_boluses(const struct results_course *, const struct course_scale *, struct course_curve *);

#endif
