/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due when: a binary heap of deadlines. Two at the same time run in order of `rank`, so a
 * virtual bench is the same each time.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

/* One owner's next deadline; lives inside its owner. Zeroed but for `run`, `user` and `rank`. */
struct due {
	int64_t at_ns;
	uint32_t rank;
	uint32_t place; /* in the heap, from 1; 0: not in it */
	void (*run)(void *user, int64_t now_ns);
	void *user;
};

struct schedule {
	struct due **heap; /* heap[1..count] */
	uint32_t count, room;
};

/* Makes room for so many owners; 0 or -ENOMEM. Setting never allocates after that. */
int schedule_init(struct schedule *, uint32_t owners);
void schedule_finish(struct schedule *);
/* Due at that time from now on; THECA_NEVER takes it out. */
void schedule_set(struct schedule *, struct due *, int64_t at_ns);
static inline struct due *schedule_first(const struct schedule *schedule)
{
	return schedule->count ? schedule->heap[1] : NULL;
}
static inline int64_t schedule_next_ns(const struct schedule *schedule)
{
	return schedule->count ? schedule->heap[1]->at_ns : THECA_NEVER;
}

#endif
