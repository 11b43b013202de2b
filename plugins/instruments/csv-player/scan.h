/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and times as recorded files hold them, to whole base units: no strtod, no locale. A field
 * is bytes and a length; nothing needs a NUL.
 */
#ifndef CSV_PLAYER_SCAN_H
#define CSV_PLAYER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field {
	const char *bytes;
	size_t length;
};

/* `-12.5`, `1.25e-3` (and `-12,5` with `comma_too`) times `unit` base units, rounded to the nearest.
 * False: not a number, or too large. */
bool scan_decimal(struct field, bool comma_too, int64_t unit, int64_t *value);

/* `2026-01-05T10:00:00.25Z`, also with a blank for the T, without seconds, or with `+01:00`; without
 * a zone it is UTC. Nanoseconds since 1970; years 1970 to 2199. */
bool scan_time(struct field, int64_t *time_ns);

#endif
