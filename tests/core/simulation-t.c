/* SPDX-License-Identifier: Apache-2.0 */
/* The truth behind a simulated pump: what leaves it, what arrives, what its surroundings do to it.
 */
#include "benchfixture.h"
#include "bench/simulation.h"

#define ML INT64_C(1000000000)

static int64_t arrived_pl(struct fixture *fixture, const char *name)
{
	struct theca_arrival arrival = {.size = sizeof arrival};
	simulation_arrived(fixture_find(fixture, name), &arrival);
	return arrival.volume_pl;
}

static void test_flow(void)
{
	struct fixture fixture;

	fixture_open(&fixture,
		"[bench]\nuntil = 30 d\n[pump bare]\ndriver = rotor\nbasal = 1 mL/day\n"
		"[pump tube]\ndriver = rotor\nbasal = 1 mL/day\ncatheter = ascenda 89 cm\n"
		"[pump off]\ndriver = rotor\n[pump real]\ndriver = puppet\n");
	is(fixture_start(&fixture, "bare", NULL), 0, "a pump without a line starts");
	is(fixture_start(&fixture, "tube", NULL), 0, "and one with");
	fixture_until(&fixture, 10 * THECA_DAY_NS);
	int64_t bare_pl = arrived_pl(&fixture, "bare"), tube_pl = arrived_pl(&fixture, "tube");
	ok(bare_pl > 17 * ML / 2 && bare_pl < 23 * ML / 2,
		"what arrives is about what is asked (%.3f mL)", (double)bare_pl / 1e9);
	ok(tube_pl > 8 * ML && tube_pl < 23 * ML / 2, "through a catheter too (%.3f mL)",
		(double)tube_pl / 1e9);
	is(arrived_pl(&fixture, "off"), 0, "from a pump that stands nothing");
	is(arrived_pl(&fixture, "real"), 0, "of a real pump nothing is known");
	is(arrived_pl(&fixture, "bare"), bare_pl, "to ask changes nothing");
	fixture_halt(&fixture, "bare");
	int64_t halted_pl = arrived_pl(&fixture, "bare");
	fixture_until(&fixture, 12 * THECA_DAY_NS);
	ok(arrived_pl(&fixture, "bare") - halted_pl < ML / 100, "after a halt nothing more");
	fixture_close(&fixture);
}

static void test_surroundings(void)
{
	struct fixture fixture;

	fixture_open(&fixture,
		"[bench]\nuntil = 30 d\n[pump p]\ndriver = rotor\nbasal = 1 mL/day\n"
		"temperature = 38 degC\nambient pressure = 90 kPa\noutlet pressure = 1 kPa\n");
	const struct theca_surroundings *around = &fixture_find(&fixture, "p")->pump->surroundings;
	is(around->temperature_mk, 311150, "where it is warm it is warm");
	is(around->ambient_pa, 90000, "where air is thin");
	is(around->outlet_pa, 91000, "the outlet's pressure is above it");
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, THECA_DAY_NS);
	int64_t before_pl = arrived_pl(&fixture, "p");
	simulation_magnet(fixture_find(&fixture, "p"), 3000000);
	fixture_until(&fixture, THECA_DAY_NS + 20 * THECA_HOUR_NS);
	int64_t during_pl = arrived_pl(&fixture, "p") - before_pl;
	ok(during_pl < ML / 10, "a strong magnet stalls the motor (%.3f mL)",
		(double)during_pl / 1e9);
	fixture_close(&fixture);
}

int main(void)
{
	test_flow();
	test_surroundings();
	return done_testing();
}
