/* SPDX-License-Identifier: Apache-2.0 */
#include "readings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <theca/quantity.h>

#define G_PER_PG 1e-12

int readings_init(struct readings *readings, int64_t interval_ns, size_t count)
{
	*readings = (struct readings){.interval_ns = interval_ns, .count = count};
	readings->mass_g = malloc(count * sizeof(double));
	readings_arm(readings, THECA_NEVER);
	return readings->mass_g ? 0 : -ENOMEM;
}

void readings_finish(struct readings *readings)
{
	free(readings->mass_g);
	*readings = (struct readings){0};
}

void readings_arm(struct readings *readings, int64_t at_ns)
{
	readings->armed_ns = at_ns;
	readings->start_ns = THECA_NONE;
	readings->taken = 0;
	readings->resolution_pg = 0;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

/* The weight at an instant between the last reading and this one. */
static double between(
	const struct readings *readings, int64_t at_ns, int64_t time_ns, int64_t mass_pg)
{
	int64_t gap_ns = time_ns - readings->last_ns;
	if (at_ns != time_ns && gap_ns > readings->interval_ns + readings->interval_ns / 2)
		return NAN;
	double part = (double)(at_ns - readings->last_ns) / (double)gap_ns;
	double before_pg = (double)(readings->last_pg - readings->origin_pg);
	return (before_pg + part * (double)(mass_pg - readings->last_pg)) * G_PER_PG;
}

static void start(struct readings *readings, int64_t time_ns, int64_t mass_pg)
{
	readings->start_ns = time_ns;
	readings->origin_pg = mass_pg;
	readings->mass_g[readings->taken++] = 0;
}

void readings_add(struct readings *readings, int64_t time_ns, int64_t mass_pg)
{
	if (readings->start_ns == THECA_NONE) {
		if (time_ns < readings->armed_ns)
			return;
		start(readings, time_ns, mass_pg);
	} else if (time_ns <= readings->last_ns) {
		return;
	}
	while (readings->taken < readings->count) {
		int64_t at_ns =
			readings->start_ns + (int64_t)readings->taken * readings->interval_ns;
		if (at_ns > time_ns)
			break;
		readings->mass_g[readings->taken++] = between(readings, at_ns, time_ns, mass_pg);
	}
	readings->resolution_pg =
		common_divisor(readings->resolution_pg, mass_pg - readings->origin_pg);
	readings->last_ns = time_ns;
	readings->last_pg = mass_pg;
}

bool readings_complete(const struct readings *readings)
{
	return readings->taken == readings->count;
}

void readings_close(struct readings *readings)
{
	for (size_t i = readings->taken; i < readings->count; i++)
		readings->mass_g[i] = NAN;
}
