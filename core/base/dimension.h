/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dimensions and their units as tables: for units.c, which reads, and format.c, which prints.
 * Each unit is a whole number of base units, or, for three of pressure, a fraction.
 */
#ifndef DIMENSION_H
#define DIMENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

#define UNIT_NAME 24   /* longest spelling that is looked at, with NUL */
#define MOST_DIGITS 18 /* after the point: no unit has a base unit finer than that */
#define ICE_POINT_MK 273150

struct unit {
	const char *name;
	uint64_t base;    /* base units in `divisor` of it */
	uint64_t divisor; /* 1, or more where the unit is no whole number of base units */
	int64_t zero;     /* where its zero lies, in base units */
};

struct dimension {
	const char *noun, *example, *usual;
	const struct unit *units; /* the last one has no name; NULL: without units of its own */
	const struct unit *per;   /* time units: then each unit is `UNIT/PER` */
	bool negative;            /* may have a sign */
	bool compound;            /* several stand for their sum: `1 d 12 h` */
};

extern const uint64_t powers_of_ten[MOST_DIGITS + 1];

/* Never NULL. Those that are no quantity have a noun and no units. */
const struct dimension *dimension_of(enum theca_dimension);

/* How names are compared: strcmp, or strcasecmp to guess what was meant. */
typedef int dimension_compare(const char *, const char *);

/* The one spelling that the tables know: `µL` is `uL`, `°C` is `degC`. false: too long for a unit. */
bool dimension_respell(const char *text, size_t length, char name[UNIT_NAME]);
/* Looks a respelled `name` up; on success it is the table's own spelling afterwards. */
bool dimension_find(const struct dimension *, char name[UNIT_NAME], dimension_compare *, struct unit *);
/* The unit that something is printed in; NULL or "": the usual one. */
bool dimension_unit(enum theca_dimension, const char *unit, struct unit *);

#endif
