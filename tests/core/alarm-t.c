/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms: they latch, each of condition and acknowledgement alone does not end one, and all pairs
 * of priorities stand in order. */
#include "bus/alarm.h"
#include "tap.h"
#include <errno.h>

static int raise_one(struct alarms *alarms, uint32_t instance, const char *code, uint32_t priority,
	int64_t now_ns)
{
	struct theca_alarm alarm = {.size = sizeof alarm,
		.priority = priority,
		.code = code,
		.native_code = "E7",
		.native_class = "critical",
		.text = "The motor stands still."};
	return alarms_raise(alarms, instance, &alarm, now_ns);
}

/* What is done one after the other: r raise, c clear, a acknowledge; the answers; who is left. */
static const struct {
	const char *steps;
	int answers[5];
	size_t left;
	bool present, acknowledged;
} lives[] = {
	{"r", {1}, 1, true, false},
	{"rr", {1, 0}, 1, true, false},
	{"rc", {1, 1}, 1, false, false},
	{"rcc", {1, 1, 0}, 1, false, false},
	{"ra", {1, 1}, 1, true, true},
	{"raa", {1, 1, 0}, 1, true, true},
	{"rar", {1, 1, 0}, 1, true, true},
	{"rca", {1, 1, 1}, 0, false, false},
	{"rac", {1, 1, 1}, 0, false, false},
	{"rcr", {1, 1, 1}, 1, true, false},
	{"rcrac", {1, 1, 1, 1, 1}, 0, false, false},
	{"racr", {1, 1, 1, 1}, 1, true, false},
	{"c", {0}, 0, false, false},
	{"a", {-ENOENT}, 0, false, false},
	{"raca", {1, 1, 1, -ENOENT}, 0, false, false},
};

static int step(struct alarms *alarms, char what, int64_t now_ns)
{
	if (what == 'r')
		return raise_one(alarms, 3, "motor-stall", THECA_HIGH, now_ns);
	if (what == 'c')
		return alarms_clear(alarms, 3, "motor-stall", now_ns);
	return alarms_acknowledge(alarms, 3, "motor-stall", "A. Tester", now_ns);
}

static void latching(void)
{
	for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
		struct alarms alarms;
		alarms_init(&alarms);
		for (int at = 0; lives[i].steps[at]; at++)
			is(step(&alarms, lives[i].steps[at], 100 + at), lives[i].answers[at],
				"%.*s", at + 1, lives[i].steps);
		is(alarms.count, lives[i].left, "... leaves %zu", lives[i].left);
		const struct alarm *alarm = alarms_find(&alarms, 3, "motor-stall");
		if (alarm) {
			is(alarm->cleared_ns == THECA_NONE, lives[i].present, "... present");
			is(alarm->acknowledged_ns != THECA_NONE, lives[i].acknowledged,
				"... acknowledged");
		}
		alarms_finish(&alarms);
	}
}

static void keeping(void)
{
	struct alarms alarms;
	alarms_init(&alarms);
	is(alarms_highest(&alarms), 0, "no alarm");
	raise_one(&alarms, 3, "motor-stall", THECA_MEDIUM, 5);
	step(&alarms, 'a', 6);
	const struct alarm *alarm = alarms_find(&alarms, 3, "motor-stall");
	is_text(alarm->native_code, "E7", "the pump's own code");
	is_text(alarm->native_class, "critical", "... and class");
	is_text(alarm->text, "The motor stands still.", "... and text are kept");
	is_text(alarm->acknowledged_by, "A. Tester", "... and who acknowledged");
	is(alarm->raised_ns, 5, "... and when it was raised");
	is(alarm->acknowledged_ns, 6, "... and acknowledged");
	ok(!alarms_find(&alarms, 4, "motor-stall"), "another instance has none");
	ok(!alarms_find(&alarms, 3, "motor"), "another code is another alarm");
	alarms_clear(&alarms, 3, "motor-stall", 7);
	raise_one(&alarms, 3, "motor-stall", THECA_MEDIUM, 8);
	is(alarms_find(&alarms, 3, "motor-stall")->number, 2, "the next one has the next number");
	is(alarms_acknowledge(&alarms, 3, "motor-stall", NULL, 9), 1, "nobody in particular");
	alarms_finish(&alarms);
	alarms_finish(&alarms);
}

static bool in_order(const struct alarms *alarms)
{
	for (size_t i = 1; i < alarms->count; i++) {
		const struct alarm *before = &alarms->items[i - 1], *after = before + 1;
		if (before->priority < after->priority ||
			(before->priority == after->priority &&
				before->raised_ns > after->raised_ns))
			return false;
	}
	return true;
}

static void pairs(void)
{
	for (uint32_t first = THECA_LOW; first <= THECA_HIGH; first++)
		for (uint32_t second = THECA_LOW; second <= THECA_HIGH; second++) {
			struct alarms alarms;
			alarms_init(&alarms);
			raise_one(&alarms, 1, "one", first, 10);
			raise_one(&alarms, 2, "other", second, 20);
			is(alarms.count, 2, "%u and %u: both are there", first, second);
			is(alarms_highest(&alarms), first > second ? first : second,
				"... the highest is seen");
			ok(in_order(&alarms), "... first");
			alarms_finish(&alarms);
		}
}

static void flood(void)
{
	struct alarms alarms;
	bool orderly = true;
	alarms_init(&alarms);
	for (uint32_t i = 0; i < 300; i++) {
		raise_one(&alarms, i, "flood", 1 + i * 7 % 3, i);
		if (i % 5 == 4) {
			alarms_clear(&alarms, i - 2, "flood", i);
			orderly &= raise_one(&alarms, i - 2, "flood", THECA_HIGH, i) == 1;
		}
		orderly &= in_order(&alarms);
	}
	ok(orderly, "300 alarms, some raised again: always in order");
	is(alarms.count, 300, "... none lost");
	for (uint32_t i = 0; i < 300; i++) {
		alarms_clear(&alarms, i, "flood", 1000);
		alarms_acknowledge(&alarms, i, "flood", "x", 1001);
		orderly &= in_order(&alarms);
	}
	is(alarms.count, 0, "... and all end");
	ok(orderly, "... in order");
	alarms_finish(&alarms);
}

static const struct {
	const char *code;
	uint32_t priority;
	int want;
	const char *what;
} codes[] = {
	{NULL, THECA_HIGH, -EINVAL, "no code"},
	{"", THECA_HIGH, -EINVAL, "an empty code"},
	{"a234567890123456789012345678901", THECA_LOW, 1, "a code of 31 bytes"},
	{"a2345678901234567890123456789012", THECA_LOW, -EINVAL, "one of 32"},
	{"stall", 0, -EINVAL, "no priority"},
	{"stall", 4, -EINVAL, "a fourth priority"},
};

static void bounds(void)
{
	struct alarms alarms;
	char longest[200];
	alarms_init(&alarms);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		is(raise_one(&alarms, 1, codes[i].code, codes[i].priority, 1), codes[i].want, "%s",
			codes[i].what);
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = 0;
	memcpy(longest + 126, "\xc3\xa9", 2);
	struct theca_alarm alarm = {.priority = THECA_LOW, .code = "long", .text = longest};
	alarms_raise(&alarms, 1, &alarm, 1);
	is(strlen(alarms_find(&alarms, 1, "long")->text), 126, "no character is cut in two");
	is_text(alarms_find(&alarms, 1, "long")->native_code, "", "what is not stated is empty");
	alarms_finish(&alarms);
}

int main(void)
{
	latching();
	keeping();
	pairs();
	flood();
	bounds();
	return done_testing();
}
