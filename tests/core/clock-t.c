/* SPDX-License-Identifier: Apache-2.0 */
/* Words of clocks, and a clock that runs. */
#include <errno.h>
#include <theca/quantity.h>
#include "bench/clock.h"
#include "base/env.h"
#include "tap.h"

static void test_words(void)
{
	static const struct {
		const char *text, *words, *why;
		bool is_virtual;
		int64_t speed;
	} cases[] = {
		{"virtual", "virtual", NULL, true, 1},
		{"real", "real", NULL, false, 1},
		{"real x1", "real", NULL, false, 1},
		{"real x60", "real x60", NULL, false, 60},
		{"real x100000", "real x100000", NULL, false, 100000},
		{"real x100001", NULL, "found 'real x100001', expected at most real x100000", false,
			0},
		{"real x0", NULL,
			"found 'real x0', expected virtual, real or a speed such as real x60",
			false, 0},
		{"real x-2", NULL, NULL, false, 0},
		{"real x1.5", NULL, NULL, false, 0},
		{"real x", NULL, NULL, false, 0},
		{"Real", NULL, NULL, false, 0},
		{"", NULL, NULL, false, 0},
		{"real x99999999999999999999", NULL, NULL, false, 0},
	};
	char why[256], words[32];
	struct clock clock;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int result = clock_parse(&clock, cases[i].text, why, sizeof why);
		is(result, cases[i].words ? 0 : -EINVAL, "'%s'", cases[i].text);
		if (cases[i].why)
			is_text(why, cases[i].why, "says why");
		if (!cases[i].words)
			continue;
		is(clock.is_virtual, cases[i].is_virtual, "virtual or not");
		is(clock.speed, cases[i].speed, "its speed");
		is_text(clock_words(&clock, words), cases[i].words, "its words");
	}
}

static void test_running(void)
{
	struct clock clock = {.speed = 1000};

	clock_run(&clock, THECA_DAY_NS);
	int64_t wall_ns = env_boot_ns(), first_ns = clock_now(&clock);
	ok(first_ns >= THECA_DAY_NS, "it begins where it is told");
	while (env_boot_ns() < wall_ns + 2000000)
		;
	int64_t went_ns = clock_now(&clock) - first_ns;
	ok(went_ns >= 1990 * INT64_C(1000000), "2 ms at x1000 are 2 s at least");
	is(clock_wait_ns(&clock, first_ns), 0, "what has passed is not waited for");
	int64_t wait_ns = clock_wait_ns(&clock, clock_now(&clock) + 1000 * THECA_SECOND_NS);
	ok(wait_ns > 0 && wait_ns <= THECA_SECOND_NS, "1000 s at x1000 are a second of the wall");
	clock_run(&clock, 5);
	ok(clock_now(&clock) < THECA_DAY_NS, "it can be set");
	ok(clock_wait_ns(&clock, clock_now(&clock) + 1001) >= 0,
		"a wait is rounded up, never below 0");
}

int main(void)
{
	test_words();
	test_running();
	return done_testing();
}
