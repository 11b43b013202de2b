/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own exact parser and printer of quantities: integers all the way, no strtod, no locale.
 * A quantity is a decimal number (digits, at most one point with digits on both sides), a blank or
 * none, and a unit; durations may be several (`1 d 12 h`). Everything else is refused: no unit or a
 * wrong one, NaN, inf, hex, `1,5`, `.2`, `1.`, exponents, trailing text, more than the dimension's
 * int64_t holds, finer than its base unit. Nothing is clamped or rounded, but for the units that
 * are no whole number of base units (mmHg, psi, cmH2O), which are rounded to the nearest one.
 * `u`, `µ` (U+00B5) and `μ` (U+03BC) all mean micro; `mcg` is ug, `d` is day.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

#define UNITS_WHY 160 /* enough for any message below */

/* The whole text is one quantity of this dimension. 0, -EINVAL, -ERANGE; `why` then says what was
 * found and what is expected: `found '1,5 mg', expected a mass such as 0.3 mg`. */
int units_parse(enum theca_dimension, const char *text, int64_t *value, char why[UNITS_WHY]);

/* A quantity at the start of the text; *end is set to what follows its unit. `why` may be NULL. */
int units_scan(enum theca_dimension, const char *text, const char **end, int64_t *value,
	char why[UNITS_WHY]);

/* `0.25 mL/day`. A NULL unit, or one that the dimension does not know: its usual one, or for
 * durations all that it takes to stay whole (`1 d 12 h`). Decimals: digits after the point, at most 9,
 * -1: as many as needed. Returns the length of what is in `out`; a `size` of 64 is always enough. */
size_t units_print(enum theca_dimension, int64_t value, const char *unit, int decimals, char *out,
	size_t size);

/* The number alone, in a known unit (a NULL one: the usual), fast: for sinks that write millions. No
 * NUL; at most 24 bytes; returns the length. Rounded half away from zero. Beyond 1.8e19 units of the
 * last decimal, which only decimals finer than the base unit can reach, it is printed in whole units. */
struct units_format {
	uint64_t divide;   /* base units per unit, times 10^-decimals folded in */
	uint64_t multiply; /* where the unit is finer than the base unit's 10^decimals */
	uint64_t reciprocal; /* of `divide`: a multiplication instead of a division */
	uint32_t decimals;
	uint32_t offset;   /* 1: millikelvin shown as degC */
};
int units_format_init(struct units_format *, enum theca_dimension, const char *unit, unsigned decimals);
size_t units_format(const struct units_format *, int64_t value, char *out);

/* The usual unit of a dimension: `mL`, `mL/day`, `mg`, `degC`; "" for counts and text. */
const char *units_usual(enum theca_dimension);
/* `a volume`, `a rate`, ... and an example of one, for messages and manuals. */
const char *units_noun(enum theca_dimension);
const char *units_example(enum theca_dimension);
/* Does this dimension know the unit? Numbers know any, counts none but "". */
int units_known(enum theca_dimension, const char *unit);

/* a * b / c, rounded toward minus infinity; -ERANGE when it does not fit. c > 0. */
int units_muldiv(int64_t a, int64_t b, int64_t c, int64_t *result);

#endif
