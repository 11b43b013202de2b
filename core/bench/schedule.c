/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/schedule.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int schedule_init(struct schedule *schedule, uint32_t owners)
{
	*schedule = (struct schedule){.room = owners};
	schedule->heap = malloc((owners + 1) * sizeof *schedule->heap);
	return schedule->heap ? 0 : -ENOMEM;
}

void schedule_finish(struct schedule *schedule)
{
	free(schedule->heap);
	*schedule = (struct schedule){0};
}

static bool before(const struct due *a, const struct due *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->rank < b->rank;
}

static void put(struct schedule *schedule, uint32_t place, struct due *due)
{
	schedule->heap[place] = due;
	due->place = place;
}

static void rise(struct schedule *schedule, uint32_t place, struct due *due)
{
	for (; place > 1 && before(due, schedule->heap[place / 2]); place /= 2)
		put(schedule, place, schedule->heap[place / 2]);
	put(schedule, place, due);
}

static void sink(struct schedule *schedule, uint32_t place, struct due *due)
{
	for (uint32_t child; (child = 2 * place) <= schedule->count; place = child) {
		if (child < schedule->count &&
			before(schedule->heap[child + 1], schedule->heap[child]))
			child++;
		if (!before(schedule->heap[child], due))
			break;
		put(schedule, place, schedule->heap[child]);
	}
	put(schedule, place, due);
}

static void take_out(struct schedule *schedule, struct due *due)
{
	uint32_t place = due->place;
	struct due *last = schedule->heap[schedule->count--];

	due->place = 0;
	if (last == due)
		return;
	if (place > 1 && before(last, schedule->heap[place / 2]))
		rise(schedule, place, last);
	else
		sink(schedule, place, last);
}

void schedule_set(struct schedule *schedule, struct due *due, int64_t at_ns)
{
	int64_t was_ns = due->at_ns;

	if (at_ns == THECA_NEVER) {
		if (due->place)
			take_out(schedule, due);
		due->at_ns = at_ns;
		return;
	}
	due->at_ns = at_ns;
	if (!due->place)
		rise(schedule, ++schedule->count, due);
	else if (at_ns < was_ns)
		rise(schedule, due->place, due);
	else if (at_ns > was_ns)
		sink(schedule, due->place, due);
}
