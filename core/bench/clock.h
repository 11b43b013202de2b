/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bench time: nanoseconds since the bench's epoch. Virtual time jumps from deadline to deadline;
 * real time runs, scaled time runs faster by a whole factor.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	bool is_virtual;
	int64_t speed;    /* of bench time against wall time; 1: real */
	int64_t epoch_ns; /* unix time of bench time 0 */
	int64_t base_boot_ns, base_ns; /* at that boot time it was this bench time */
};

/* `virtual`, `real`, `real x60`. 0 or -EINVAL with `why`. */
int clock_parse(struct clock *, const char *text, char *why, size_t why_size);
/* The words again: `real x60`. */
const char *clock_words(const struct clock *, char out[32]);
/* From now on time runs, starting at `bench_ns`. */
void clock_run(struct clock *, int64_t bench_ns);
static inline bool clock_runs(const struct clock *clock)
{
	return clock->base_boot_ns != 0;
}
/* Bench time now; not for a virtual clock, whose time is the loop's. */
int64_t clock_now(const struct clock *);
/* Wall nanoseconds from now until a bench time; 0 when it has passed. */
int64_t clock_wait_ns(const struct clock *, int64_t bench_ns);
/* The farthest bench time that may be reached: int64_t nanoseconds with a margin of a year. */
#define CLOCK_LAST_NS (INT64_MAX - INT64_C(31536000000000000))

#endif
