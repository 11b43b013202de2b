/* SPDX-License-Identifier: Apache-2.0 */
/* What is sampled, when, and what the account's own signals say. */
#include "benchfixture.h"

#define ML INT64_C(1000000000)

static const char bench_text[] =
	"[bench]\nuntil = 30 d\nsample every = 10 min\n"
	"[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n[drug my-drug]\nplugin = "
	"puppet-drug\nday hard = 10 mg\n"
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL, my-drug 2 mg/mL\nbasal = 1 mg/day of m\n"
	"[pump q]\ndriver = puppet\nsample every = 25 min\n"
	"[transport out]\nplugin = puppet-transport\n";

static int64_t value(struct fixture *fixture, const char *name)
{
	struct instance *pump = fixture_find(fixture, "p");
	struct theca_sample sample = {.value = THECA_NONE};
	int signal = theca_find(&pump->host, pump->number, name);

	if (signal > 0)
		theca_latest(&pump->host, (uint32_t)signal, &sample);
	return sample.value;
}

static void test_signals(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	sampling_start(&fixture.bench);
	fixture_until(&fixture, 0);
	is(value(&fixture, "reservoir_volume"), 20 * ML, "the first sample is at the start");
	is(value(&fixture, "state"), PUMP_STOPPED, "the pump stands");
	fixture_start(&fixture, "p", NULL);
	fixture_until(&fixture, THECA_DAY_NS);
	is(value(&fixture, "rate"), ML, "rate");
	is(value(&fixture, "delivered_volume"), ML, "volume");
	is(value(&fixture, "delivered_m"), INT64_C(1000000000), "mass of a drug, 1 mg");
	is(value(&fixture, "delivered_my_drug"), INT64_C(2000000000),
		"and of the other, by a name that is one");
	is(value(&fixture, "reservoir_volume"), 19 * ML, "what is left");
	is(value(&fixture, "state"), PUMP_DELIVERING, "state");
	struct mix_names names = bench_drugs(&fixture.bench);
	struct mix mix;
	char why[160];
	mix_parse(&mix, "my-drug 1 mg/mL", &names, why, sizeof why);
	struct command_request refill = {.target = fixture_find(&fixture, "p"),
		.command = {.verb = THECA_REFILL, .volume_pl = 20 * ML},
		.who = "x",
		.mix = &mix};
	is(command_submit(&fixture.bench, &refill, NULL, NULL), 0, "filled with one of them alone");
	int64_t before_pg = value(&fixture, "delivered_m");
	fixture_until(&fixture, 2 * THECA_DAY_NS);
	ok(value(&fixture, "delivered_m") >= before_pg, "its signals stay with their drugs");
	ok(value(&fixture, "delivered_m") < before_pg + 100000000,
		"though only the residual holds the other");
	ok(value(&fixture, "delivered_my_drug") > INT64_C(2900000000),
		"the one that is filled counts on");
	fixture_close(&fixture);
}

static void test_periods(void)
{
	struct fixture fixture;

	fixture_open(&fixture, bench_text);
	sampling_start(&fixture.bench);
	fixture_until(&fixture, 100 * THECA_MINUTE_NS);
	is(fixture_puppet(&fixture, "p")->polls, 11, "each pump is polled in its period");
	is(fixture_puppet(&fixture, "q")->polls, 5, "of its own");
	is(fixture_puppet(&fixture, "out")->calls[0], 11 * 6 + 5 * 4, "their signals go out");
	is(fixture_puppet(&fixture, "out")->calls[2], 16, "a tick for each group");
	fixture.bench.now_ns = 1003 * THECA_MINUTE_NS + 1; /* a service that was late */
	unsigned before = fixture_puppet(&fixture, "p")->polls;
	fixture_until(&fixture, 1003 * THECA_MINUTE_NS + 1);
	is(fixture_puppet(&fixture, "p")->polls, before + 1, "what was missed is not made up for");
	fixture_until(&fixture, 1010 * THECA_MINUTE_NS - 1);
	is(fixture_puppet(&fixture, "p")->polls, before + 1, "the phase is kept");
	fixture_until(&fixture, 1010 * THECA_MINUTE_NS);
	is(fixture_puppet(&fixture, "p")->polls, before + 2, "to the instant");
	fixture_find(&fixture, "q")->state = INSTANCE_FAILED;
	before = fixture_puppet(&fixture, "q")->polls;
	fixture_until(&fixture, 2000 * THECA_MINUTE_NS);
	is(fixture_puppet(&fixture, "q")->polls, before, "a pump that has failed is not polled");
	fixture_find(&fixture, "q")->state = INSTANCE_RUNNING;
	fixture_close(&fixture);
}

int main(void)
{
	test_signals();
	test_periods();
	return done_testing();
}
