/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: names and units checked, numbers in a row, pointers that stay, age. */
#include "bus/signal.h"
#include "tap.h"
#include <errno.h>

static const char *const states[] = {"stopped", "delivering", NULL};
static const char *const no_states[] = {NULL};

static const struct {
	const char *name, *unit;
	uint32_t dimension, decimals;
	const char *const *states;
	int64_t max_age_ns;
	int want;
	const char *what;
} declared[] = {
	{"delivered_volume", "mL", THECA_VOLUME, 3, NULL, 0, 1, "a volume"},
	{"flow", NULL, THECA_RATE, 0, NULL, 0, 2, "no unit: the usual one"},
	{"a", "rpm", THECA_NUMBER, 9, NULL, 5, 3, "a number of any unit"},
	{"state", NULL, THECA_CHOICE, 0, states, 0, 4, "states"},
	{"abcdefghijklmnopqrstuvwxyz_01234", NULL, THECA_COUNT, 0, NULL, 0, 5, "32 characters"},
	{"alive", NULL, THECA_FLAG, 0, NULL, 0, 6, "a flag"},
	{"flow", NULL, THECA_RATE, 0, NULL, 0, -EEXIST, "a name twice"},
	{"abcdefghijklmnopqrstuvwxyz_012345", NULL, THECA_COUNT, 0, NULL, 0, -EINVAL,
		"33 characters"},
	{NULL, NULL, THECA_COUNT, 0, NULL, 0, -EINVAL, "no name"},
	{"", NULL, THECA_COUNT, 0, NULL, 0, -EINVAL, "an empty name"},
	{"Flow", NULL, THECA_RATE, 0, NULL, 0, -EINVAL, "a capital"},
	{"1flow", NULL, THECA_RATE, 0, NULL, 0, -EINVAL, "a digit first"},
	{"_flow", NULL, THECA_RATE, 0, NULL, 0, -EINVAL, "a line first"},
	{"flow.x", NULL, THECA_RATE, 0, NULL, 0, -EINVAL, "a point"},
	{"other", "mL", THECA_RATE, 0, NULL, 0, -EINVAL, "a foreign unit"},
	{"other", NULL, THECA_RATE, 10, NULL, 0, -EINVAL, "ten decimals"},
	{"other", NULL, THECA_RATE, 0, NULL, -1, -EINVAL, "a negative age"},
	{"other", NULL, THECA_CHOICE, 0, NULL, 0, -EINVAL, "a choice without states"},
	{"other", NULL, THECA_CHOICE, 0, no_states, 0, -EINVAL, "a choice of none"},
	{"other", NULL, THECA_TEXT, 0, NULL, 0, -EINVAL, "a text is no signal"},
	{"other", NULL, 0, 0, NULL, 0, -EINVAL, "no dimension"},
	{"other", NULL, 99, 0, NULL, 0, -EINVAL, "an unknown dimension"},
};

static struct theca_signal signal_of(size_t i, uint32_t instance)
{
	return (struct theca_signal){.size = sizeof(struct theca_signal),
		.name = declared[i].name,
		.unit = declared[i].unit,
		.dimension = declared[i].dimension,
		.decimals = declared[i].decimals,
		.states = declared[i].states,
		.max_age_ns = declared[i].max_age_ns,
		.instance = instance};
}

static void declaring(void)
{
	struct signals signals;
	signals_init(&signals);
	for (size_t i = 0; i < sizeof declared / sizeof *declared; i++) {
		struct theca_signal signal = signal_of(i, 7);
		is(signals_declare(&signals, &signal, i ? 1 : 0), declared[i].want, "%s",
			declared[i].what);
	}
	is(signals.count, 6, "what is refused takes no number");
	struct theca_signal other = signal_of(1, 8);
	is(signals_declare(&signals, &other, 0), 7, "another instance may have the same name");
	is_text(signals_info(&signals, 4)->states[1], "delivering", "states are kept");
	ok(!signals_info(&signals, 0) && !signals_info(&signals, 8), "no such numbers");
	is(signals.next_sequence, 1, "samples count from 1");
	signals_finish(&signals);
	signals_finish(&signals);
}

#define MANY 20000

static void many(void)
{
	struct signals signals;
	const struct theca_signal *early[MANY / 1000];
	bool in_a_row = true, stay = true;
	signals_init(&signals);
	for (uint32_t i = 1; i <= MANY; i++) {
		struct theca_signal signal = signal_of(0, i);
		in_a_row &= signals_declare(&signals, &signal, 0) == (int)i;
		if (i % 1000 == 1)
			early[i / 1000] = signals_info(&signals, i);
	}
	for (uint32_t i = 1; i <= MANY; i += 1000)
		stay &= early[i / 1000] == signals_info(&signals, i) &&
			early[i / 1000]->instance == i;
	ok(in_a_row, "%d signals in a row", MANY);
	ok(stay, "... and what is known of one never moves");
	is(signals.values[MANY].time_ns, THECA_NONE, "... nor has the last a value");
	signals_finish(&signals);
}

static void age(void)
{
	struct signals signals;
	signals_init(&signals);
	struct theca_signal ages = signal_of(2, 1), lasts = signal_of(0, 1);
	uint32_t old = (uint32_t)signals_declare(&signals, &ages, 0);
	uint32_t lasting = (uint32_t)signals_declare(&signals, &lasts, old);
	is(signals_value(&signals, old, 100).time_ns, THECA_NONE, "never reported");
	is(signals_value(&signals, old, 100).quality, THECA_INVALID, "... is not good");
	is(signals_value(&signals, 99, 100).time_ns, THECA_NONE, "no such signal");
	signals.values[old] = (struct signal_value){.time_ns = 100, .value = 42, .watched = 1};
	signals.values[lasting] = signals.values[old];
	is(signals_value(&signals, old, 105).quality, THECA_GOOD, "good up to its age");
	is(signals_value(&signals, old, 106).quality, THECA_STALE, "stale beyond");
	is(signals_value(&signals, old, 106).value, 42, "... with its value");
	is(signals_value(&signals, old, 106).watched, 1, "... and who watches");
	is(signals_value(&signals, lasting, THECA_NEVER).quality, THECA_GOOD, "without age: good");
	signals.values[old].quality = THECA_INVALID;
	is(signals_value(&signals, old, 106).quality, THECA_INVALID, "invalid stays invalid");
	signals_finish(&signals);
}

static void printing(void)
{
	static const struct {
		uint32_t number; /* row of `declared`, from 1 */
		int64_t value;
		const char *want, *what;
	} cases[] = {
		{1, 1234567890, "1.235", "a volume in mL with three decimals"},
		{2, 250000000, "0", "a rate in its usual unit, rounded"},
		{3, -1500000, "-1.500000000", "a number of a unit of its own"},
		{4, 1, "delivering", "a choice by its name"},
		{4, 2, "2", "... by its number where it has none"},
		{4, -1, "-1", "... or is negative"},
		{5, 42, "42", "a count"},
		{6, 1, "1", "a flag"},
		{7, 1, "", "no such signal"},
	};
	static const char *const long_names[] = {"abcdefghijklmnopqrstuvwxyz", NULL};
	struct signals signals;
	char out[24] = "";
	signals_init(&signals);
	for (size_t i = 0; i < 6; i++) {
		struct theca_signal signal = signal_of(i, 1);
		signals_declare(&signals, &signal, 0);
	}
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		out[signals_format(&signals, cases[i].number, cases[i].value, out, sizeof out)] = 0;
		is_text(out, cases[i].want, "%s", cases[i].what);
	}
	is_text(signals_info(&signals, 2)->unit, "mL/day", "the usual unit is filled in");
	is_text(signals_info(&signals, 4)->unit, "", "... where there is one");
	struct theca_signal lengthy = signal_of(3, 1);
	lengthy.states = long_names;
	uint32_t number = (uint32_t)signals_declare(&signals, &lengthy, 0);
	is(signals_format(&signals, number, 0, out, sizeof out), 24, "a long name is cut");
	signals_finish(&signals);
}

int main(void)
{
	printing();
	declaring();
	many();
	age();
	return done_testing();
}
