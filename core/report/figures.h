/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures as people read them: measured values, limits, volumes, doses, spans and moments. All give
 * `out` back, so that they stand inside a printf. Pure.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdint.h>
#include <theca/procedure.h>

#define FIGURE_MAX 80
typedef char figure[FIGURE_MAX];

/* `-0.12`; never `-0.00`; NAN: "". */
const char *figure_number(double value, unsigned decimals, figure out);
/* `0.5 %`, `-14.5 to 14.5 %`, `at least 60 min`; not stated: "". */
const char *figure_value(const struct theca_verdict *, figure out);
const char *figure_allowed(const struct theca_verdict *, figure out);
const char *figure_uncertainty(const struct theca_verdict *, figure out);
/* `pass`, `FAIL`, `skipped`: told apart without colour. */
const char *figure_result(const struct theca_verdict *);

const char *figure_volume(int64_t pl, figure out); /* `12.345 mL` */
const char *figure_rate(int64_t pl_per_day, figure out); /* `0.5 mL/day` */
const char *figure_mass(int64_t pg, figure out);   /* in mg, below 1 mg in ug */
const char *figure_span(int64_t ns, figure out);   /* `180 d`, `2 h 5 min`, `3.2 s` */
/* Moments are unix nanoseconds. `2026-01-05`; `2026-01-05T08:30:00Z` */
const char *figure_date(int64_t unix_ns, figure out);
const char *figure_moment(int64_t unix_ns, figure out);

#endif
