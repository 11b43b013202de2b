/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/env.h"
#include "base/units.h"

#define SPEED_MAX 100000 /* above it the loop's millisecond is more than a minute of the bench */

int clock_parse(struct clock *clock, const char *text, char *why, size_t why_size)
{
	*clock = (struct clock){.speed = 1};
	if (!strcmp(text, "virtual")) {
		clock->is_virtual = true;
		return 0;
	}
	if (!strcmp(text, "real"))
		return 0;
	char reason[UNITS_WHY];
	if (!strncmp(text, "real x", 6) &&
		!units_parse(THECA_COUNT, text + 6, &clock->speed, reason) && clock->speed >= 1) {
		if (clock->speed <= SPEED_MAX)
			return 0;
		snprintf(why, why_size, "found '%s', expected at most real x%d", text, SPEED_MAX);
		return -EINVAL;
	}
	snprintf(why, why_size, "found '%s', expected virtual, real or a speed such as real x60", text);
	return -EINVAL;
}

const char *clock_words(const struct clock *clock, char out[32])
{
	if (clock->is_virtual || clock->speed == 1)
		return clock->is_virtual ? "virtual" : "real";
	snprintf(out, 32, "real x%d", (int)clock->speed);
	return out;
}

void clock_run(struct clock *clock, int64_t bench_ns)
{
	clock->base_boot_ns = env_boot_ns();
	clock->base_ns = bench_ns;
}

int64_t clock_now(const struct clock *clock)
{
	return clock->base_ns + (env_boot_ns() - clock->base_boot_ns) * clock->speed;
}

int64_t clock_wait_ns(const struct clock *clock, int64_t bench_ns)
{
	int64_t left = bench_ns - clock_now(clock);
	return left <= 0 ? 0 : (left + clock->speed - 1) / clock->speed;
}
