/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signals of a bench: numbered, named `instance.name`, with unit and newest value. Names, units
 * and state names are not copied when they are constants of a plugin (NODELETE), else interned by
 * the caller. Pure.
 *
 * What is known of a signal never moves, as plugins keep pointers to it: it lives in chunks. The
 * newest values are one dense array, as they are swept ten times a second.
 */
#ifndef CORE_SIGNAL_H
#define CORE_SIGNAL_H

#include <stdbool.h>
#include "base/units.h"
#include <theca/data.h>

#define SIGNALS_CHUNK 64 /* a power of two */

/* The newest value: small, as 100,000 of them are touched ten times a second. */
struct signal_value {
	int64_t time_ns, value;
	uint32_t quality;
	uint32_t watched; /* somebody's `when` reads it */
};

struct signals {
	struct theca_signal **chunks; /* of SIGNALS_CHUNK each; use signals_info() */
	struct signal_value *values;  /* by number; 0 is not used. Moves at a declaration */
	uint32_t *format_of;          /* likewise: the place in `formats` */
	struct units_format *formats; /* the different ways in which values are printed */
	uint32_t count, room;         /* count: the highest number */
	uint32_t format_count;
	uint64_t next_sequence;
};

int signals_init(struct signals *);
void signals_finish(struct signals *);
/* The new signal's number; -EEXIST: that instance has one of that name; -EINVAL: a bad name, unit,
 * dimension, age or states; -ENOMEM. Numbers of one instance that are declared in a row are in a
 * row. `first` of the instance (0: none yet) makes the check cheap. */
int signals_declare(struct signals *, const struct theca_signal *, uint32_t first);
/* NULL: no such. Valid until signals_finish(). */
static inline const struct theca_signal *signals_info(const struct signals *signals, uint32_t signal)
{
	if (signal - 1 >= signals->count)
		return NULL;
	return &signals->chunks[signal / SIGNALS_CHUNK][signal % SIGNALS_CHUNK];
}
/* Good turns stale at the maximum age (0: never). THECA_NONE time: never reported, or no such. */
struct signal_value signals_value(const struct signals *, uint32_t signal, int64_t now_ns);

/* As people see it, without the unit; the name of a choice is cut at `size`, which is at least 24. No
 * NUL; returns the length, 0: no such signal. */
size_t signals_format(const struct signals *, uint32_t signal, int64_t value, char *out, size_t size);

#endif
