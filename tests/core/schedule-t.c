/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of deadlines against the simplest thing that could be right: a list that is searched. */
#include "chance.h"
#include "bench/schedule.h"
#include "tap.h"

#define OWNERS 40
#define STEPS 20000

/* The one that is to run first: by time, then by rank. */
static const struct due *naive_first(const struct due *owners)
{
	const struct due *first = NULL;
	for (size_t i = 0; i < OWNERS; i++)
		if (owners[i].at_ns != THECA_NEVER &&
			(!first || owners[i].at_ns < first->at_ns ||
				(owners[i].at_ns == first->at_ns && owners[i].rank < first->rank)))
			first = &owners[i];
	return first;
}

static void test_against_list(void)
{
	struct due owners[OWNERS] = {{0}};
	uint64_t random = seed_of_test(20261122);
	struct schedule schedule;
	int wrong = 0;

	schedule_init(&schedule, OWNERS);
	for (size_t i = 0; i < OWNERS; i++) {
		owners[i].rank = (uint32_t)((i * 7) % OWNERS);
		schedule_set(&schedule, &owners[i], THECA_NEVER);
	}
	for (int step = 0; step < STEPS && !wrong; step++) {
		struct due *one = &owners[between(&random, 0, OWNERS - 1)];
		int64_t at_ns = between(&random, 0, 9) ? between(&random, 0, 50) : THECA_NEVER;
		schedule_set(&schedule, one, at_ns);
		const struct due *want = naive_first(owners), *got = schedule_first(&schedule);
		wrong += got != want ||
			 schedule_next_ns(&schedule) != (want ? want->at_ns : THECA_NEVER);
	}
	is(wrong, 0, "%d changes among %d owners: always the right one is first", STEPS, OWNERS);
	int64_t before_ns = -1;
	uint32_t before_rank = 0;
	for (struct due *due; (due = schedule_first(&schedule));) {
		wrong += due->at_ns < before_ns ||
			 (due->at_ns == before_ns && due->rank < before_rank);
		before_ns = due->at_ns;
		before_rank = due->rank;
		schedule_set(&schedule, due, THECA_NEVER);
	}
	is(wrong, 0, "emptied, they come in order of time, then rank");
	is(schedule.count, 0, "and nothing is left");
	schedule_finish(&schedule);
}

static void test_few(void)
{
	struct due first = {.rank = 1}, second = {.rank = 2};
	struct schedule schedule;

	schedule_init(&schedule, 2);
	ok(!schedule_first(&schedule), "nothing is due");
	is(schedule_next_ns(&schedule), THECA_NEVER, "never");
	schedule_set(&schedule, &second, 5);
	schedule_set(&schedule, &first, 5);
	ok(schedule_first(&schedule) == &first, "at the same time the lower rank is first");
	schedule_set(&schedule, &first, 6);
	ok(schedule_first(&schedule) == &second, "moved later it is second");
	schedule_set(&schedule, &second, THECA_NEVER);
	schedule_set(&schedule, &second, THECA_NEVER);
	ok(schedule_first(&schedule) == &first, "taken out twice is taken out");
	schedule_set(&schedule, &first, -7);
	is(schedule_next_ns(&schedule), -7, "a time before the epoch is a time");
	schedule_finish(&schedule);
}

int main(void)
{
	test_few();
	test_against_list();
	return done_testing();
}
