/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs: basal day patterns and patient boluses, as written and as rates of one mix. The one
 * interpreter: whoever plays a program asks this file what comes when. Pure. Times of day are civil
 * time of the bench: nanoseconds since 1970 UTC, days of 24 h, no zones.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "pump/mix.h"
#include <theca/data.h>

#define PROGRAM_BASAL_MAX 24
#define PROGRAM_TEXT 64
#define PROGRAM_AT_MOST 32 /* patient boluses a day; pump.h remembers as many */

/* A dose as written: a volume or rate outright (drug 0), or mass of a drug. */
struct program_dose {
	uint32_t drug;
	uint32_t reserved;
	int64_t amount; /* pl, pl_per_day, pg or pg_per_day */
};

struct program_basal {
	uint32_t weekdays; /* bit 0 Monday; THECA_EVERY_DAY */
	uint32_t reserved;
	int64_t from_ns;   /* since midnight */
	struct program_dose dose;
	int64_t rate_pl_per_day; /* by program_resolve() */
};

struct program_patient {
	struct program_dose dose;
	int64_t volume_pl; /* by program_resolve() */
	int64_t duration_ns;
	int64_t lockout_ns;
	int64_t at_most; /* in any 24 h */
};

struct program {
	uint32_t basal_count; /* 0: no basal */
	uint32_t has_patient;
	struct program_basal *basal; /* malloc'ed, sorted by from_ns, then weekdays */
	struct program_patient patient;
};

void program_init(struct program *);
void program_finish(struct program *);

/* prescription.c turns text into programs and back; program.c says what comes when.
 *
 * `6 mg/day of morphine, from 22:00 4 mg/day of morphine`, `0.25 mL/day`,
 * `1 mg/day of x, on sat sun from 08:00 2 mg/day of x`. The first part, and one that names its days
 * (`on mon-fri`), start at 00:00 without a `from`. A row holds until the next one begins, also over
 * midnight and over the days that others name. 0, -EINVAL with `why`, -ENOMEM. */
int program_parse_basal(struct program *, const char *text, const struct mix_names *, char *why,
	size_t why_size);
/* `0.3 mg of morphine over 10 min, lockout 4 h, at most 4 per day`. `over` may be left out (0: as
 * fast as the pump can); the lockout is no shorter than it. */
int program_parse_patient(struct program *, const char *text, const struct mix_names *, char *why,
	size_t why_size);
/* Doses to rates and volumes in this mix; rates above 0 pass through `nearest` (may be NULL). -EINVAL
 * with `why`: a drug that the mix does not hold, a dose too large or too small for a number. */
int program_resolve(struct program *, const struct mix *, int64_t (*nearest)(void *, int64_t),
	void *nearest_user, const struct mix_names *, char *why, size_t why_size);

/* The basal rate at a civil time; 0 without a basal. */
int64_t program_rate(const struct program *, int64_t unix_ns);
/* The first civil time after `unix_ns` at which the rate differs; THECA_NEVER. */
int64_t program_next_change(const struct program *, int64_t unix_ns);
/* Basal volume over the 24 h, from whatever time of day, that hold most; rounded up. */
int64_t program_day_volume_pl(const struct program *);
/* The text that would parse to the same program, for showing and for the journal:
 * `basal = ...` and `patient bolus = ...`, a line each, in order of `from`. Returns the length that
 * it needs, like snprintf. */
size_t program_print(const struct program *, const struct mix_names *, char *out, size_t size);
/* As rows of the contract; `rows` has room for basal_count + 1. Returns how many. as_written texts
 * are put into `texts`, PROGRAM_TEXT bytes each. */
size_t program_rows(const struct program *, const struct mix_names *, struct theca_program_row *rows,
	char (*texts)[PROGRAM_TEXT]);

#endif
