/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one interpreter of programs. A basal pattern repeats each week: every row begins at its time
 * on each of its weekdays, and holds until any row begins. So all questions are about the distance
 * from a time of the week to the starts before and after it.
 */
#include "pump/program.h"
#include "base/units.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define WEEK_NS (7 * THECA_DAY_NS)
#define THURSDAY 3 /* 1970-01-01 */

void program_init(struct program *program)
{
	*program = (struct program){0};
}

void program_finish(struct program *program)
{
	free(program->basal);
	program_init(program);
}

/* -- doses in a mix -------------------------------------------------------------------------- */

struct resolver {
	const struct mix *mix;
	const struct mix_names *names;
	char *why;
	size_t why_size;
};

/* An amount of a drug as the volume (or rate) that carries it. */
static int resolve_dose(
	const struct resolver *resolver, const struct program_dose *dose, int64_t *volume)
{
	const char *name =
		dose->drug ? resolver->names->name(resolver->names->user, dose->drug) : "";
	int64_t pg_per_ul = mix_pg_per_ul(resolver->mix, dose->drug);
	*volume = dose->amount;
	if (!dose->drug)
		return 0;
	if (!pg_per_ul) {
		char held[200];
		mix_print(resolver->mix, resolver->names, held, sizeof held);
		snprintf(resolver->why, resolver->why_size,
			"found a dose of %s, expected a drug that the pump holds: %s", name, held);
		return -EINVAL;
	}
	*volume = mix_volume_pl(pg_per_ul, dose->amount);
	if (*volume != THECA_NONE && (*volume || !dose->amount))
		return 0;
	snprintf(resolver->why, resolver->why_size,
		"the dose of %s is too %s in this mix: no whole number of picolitres holds it",
		name, *volume ? "large" : "small");
	return -EINVAL;
}

static int resolve_basal(const struct resolver *resolver, struct program *program,
	int64_t (*nearest)(void *, int64_t), void *nearest_user)
{
	for (uint32_t i = 0; i < program->basal_count; i++) {
		int64_t rate_pl_per_day;
		int error = resolve_dose(resolver, &program->basal[i].dose, &rate_pl_per_day);
		if (error)
			return error;
		if (nearest && rate_pl_per_day)
			rate_pl_per_day = nearest(nearest_user, rate_pl_per_day);
		program->basal[i].rate_pl_per_day = rate_pl_per_day;
	}
	return 0;
}

int program_resolve(struct program *program, const struct mix *mix,
	int64_t (*nearest)(void *, int64_t), void *nearest_user, const struct mix_names *names,
	char *why, size_t why_size)
{
	struct resolver resolver = {mix, names, why, why_size};
	int error = resolve_basal(&resolver, program, nearest, nearest_user);
	if (!error && program->has_patient)
		error = resolve_dose(
			&resolver, &program->patient.dose, &program->patient.volume_pl);
	return error;
}

/* -- what comes when ------------------------------------------------------------------------- */

static int64_t time_of_week_ns(int64_t unix_ns)
{
	int64_t since_ns = (unix_ns % WEEK_NS + THURSDAY * THECA_DAY_NS) % WEEK_NS;
	return since_ns < 0 ? since_ns + WEEK_NS : since_ns;
}

static int64_t start_ns(const struct program_basal *row, unsigned weekday)
{
	return weekday * THECA_DAY_NS + row->from_ns;
}

/* From one time of the week on to another, 0 to less than a week. */
static int64_t ahead_ns(int64_t from_ns, int64_t to_ns)
{
	return to_ns >= from_ns ? to_ns - from_ns : to_ns - from_ns + WEEK_NS;
}

/* The row that began last. */
static const struct program_basal *row_at(const struct program *program, int64_t week_ns)
{
	const struct program_basal *latest = NULL;
	int64_t least_ns = WEEK_NS;
	for (uint32_t i = 0; i < program->basal_count; i++)
		for (unsigned weekday = 0; weekday < 7; weekday++) {
			const struct program_basal *row = &program->basal[i];
			int64_t age_ns = ahead_ns(start_ns(row, weekday), week_ns);
			if (row->weekdays >> weekday & 1 && age_ns < least_ns) {
				least_ns = age_ns;
				latest = row;
			}
		}
	return latest;
}

static int64_t rate_at(const struct program *program, int64_t week_ns)
{
	const struct program_basal *row = row_at(program, week_ns);
	return row ? row->rate_pl_per_day : 0;
}

int64_t program_rate(const struct program *program, int64_t unix_ns)
{
	return rate_at(program, time_of_week_ns(unix_ns));
}

/* How long from here the rate stays; THECA_NEVER: it does not change. */
static int64_t steady_ns(const struct program *program, int64_t week_ns)
{
	int64_t rate_pl_per_day = rate_at(program, week_ns), least_ns = THECA_NEVER;
	for (uint32_t i = 0; i < program->basal_count; i++)
		for (unsigned weekday = 0; weekday < 7; weekday++) {
			const struct program_basal *row = &program->basal[i];
			int64_t wait_ns = ahead_ns(week_ns, start_ns(row, weekday));
			if (row->weekdays >> weekday & 1 &&
				row->rate_pl_per_day != rate_pl_per_day && wait_ns < least_ns)
				least_ns = wait_ns;
		}
	return least_ns;
}

int64_t program_next_change(const struct program *program, int64_t unix_ns)
{
	int64_t wait_ns = steady_ns(program, time_of_week_ns(unix_ns));
	return wait_ns < THECA_NEVER - (unix_ns > 0 ? unix_ns : 0) ? unix_ns + wait_ns
								   : THECA_NEVER;
}

/* The volume of the 24 h from a time of the week, in 1 / THECA_DAY_NS pl. */
static __int128 day_volume(const struct program *program, int64_t week_ns)
{
	__int128 volume = 0;
	int64_t left_ns = THECA_DAY_NS;
	while (left_ns) {
		int64_t piece_ns = steady_ns(program, week_ns);
		if (piece_ns > left_ns)
			piece_ns = left_ns;
		volume += (__int128)rate_at(program, week_ns) * piece_ns;
		week_ns = (week_ns + piece_ns) % WEEK_NS;
		left_ns -= piece_ns;
	}
	return volume;
}

static bool is_same_each_day(const struct program *program)
{
	uint32_t weekdays = THECA_EVERY_DAY;
	for (uint32_t i = 0; i < program->basal_count; i++)
		weekdays &= program->basal[i].weekdays;
	return weekdays == THECA_EVERY_DAY;
}

/* The sum over 24 h is a line of straight pieces over where they begin: its maximum is where they
 * begin or end with a row. When all days are the same, so are all the sums. */
int64_t program_day_volume_pl(const struct program *program)
{
	bool any_is_most = is_same_each_day(program);
	__int128 most = any_is_most ? day_volume(program, 0) : 0;
	for (uint32_t i = 0; i < program->basal_count && !any_is_most; i++)
		for (unsigned weekday = 0; weekday < 14; weekday++) {
			const struct program_basal *row = &program->basal[i];
			if (!(row->weekdays >> weekday % 7 & 1))
				continue;
			int64_t from_ns = start_ns(row, weekday % 7);
			if (weekday >= 7)
				from_ns = ahead_ns(THECA_DAY_NS, from_ns);
			__int128 volume = day_volume(program, from_ns);
			if (volume > most)
				most = volume;
		}
	most = (most + THECA_DAY_NS - 1) / THECA_DAY_NS;
	return most > INT64_MAX ? INT64_MAX : (int64_t)most;
}
