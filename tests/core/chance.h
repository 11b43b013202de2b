/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs of events for property tests: the seed is printed, SEED=n repeats one. */
#ifndef TEST_CHANCE_H
#define TEST_CHANCE_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* splitmix64 */
static inline uint64_t chance(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* From low to high, both included. */
static inline int64_t between(uint64_t *state, int64_t low, int64_t high)
{
	return low + (int64_t)(chance(state) % (uint64_t)(high - low + 1));
}

static inline uint64_t seed_of_test(uint64_t usual)
{
	const char *text = getenv("SEED");
	uint64_t seed = text ? strtoull(text, NULL, 10) : usual;
	printf("# seed %" PRIu64 "\n", seed);
	return seed;
}

#endif
