/* SPDX-License-Identifier: Apache-2.0 */
/* Mixes: texts good and bad, volume <-> mass at its bounds, blending. */
#include "pump/mix.h"
#include "names.h"
#include "tap.h"
#include <errno.h>

static const struct {
	const char *text, *printed;
	uint32_t count;
} good[] = {
	{"water", "water", 0},
	{"  Water ", "water", 0},
	{"morphine 20 mg/mL", "morphine 20 mg/mL", 1},
	{"morphine 20 mg/mL, bupivacaine 5 mg/mL", "morphine 20 mg/mL, bupivacaine 5 mg/mL", 2},
	{" baclofen\t500 ug/mL ,\n ziconotide 0.025 mg/mL ",
		"baclofen 0.5 mg/mL, ziconotide 0.025 mg/mL", 2},
	{"morphine 1 mg/mL, bupivacaine 1 mg/mL, baclofen 1 mg/mL, ziconotide 1 mg/mL, "
	 "clonidine 1 mg/mL, fentanyl 1 mg/mL",
		"morphine 1 mg/mL, bupivacaine 1 mg/mL, baclofen 1 mg/mL, ziconotide 1 mg/mL, "
		"clonidine 1 mg/mL, fentanyl 1 mg/mL",
		6},
};

static const struct {
	const char *text, *says;
} bad[] = {
	{"", "found nothing"},
	{"morphine 20 mg/mL,", "found nothing"},
	{"morphine 20 mg/mL,,baclofen 1 mg/mL", "found a comma"},
	{"morphin 20 mg/mL", "[drug morphin]"},
	{"20 mg/mL morphine", "'20'"},
	{"morphine", "morphine: found "},
	{"morphine, baclofen 1 mg/mL", "morphine: found "},
	{"morphine 20", "morphine: "},
	{"morphine 20 mL/day", "morphine: "},
	{"morphine 1,5 mg/mL", "morphine: "},
	{"morphine 0 mg/mL", "concentration 0"},
	{"morphine 1 mg/mL, morphine 2 mg/mL", "morphine is named twice"},
	{"morphine 1 mg/mL; baclofen 2 mg/mL", "expected a comma"},
	{"morphine 1 mg/mL baclofen 2 mg/mL", "found 'baclofen 2 mg/mL', expected a comma"},
	{"water, morphine 1 mg/mL", "water beside drugs"},
	{"morphine 1 mg/mL, water", "water beside drugs"},
	{"morphine 1 mg/mL, bupivacaine 1 mg/mL, baclofen 1 mg/mL, ziconotide 1 mg/mL, "
	 "clonidine 1 mg/mL, fentanyl 1 mg/mL, hydromorphone 1 mg/mL",
		"hydromorphone is drug number 7, expected at most 6"},
};

static void texts(void)
{
	char why[200], out[300];
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct mix mix;
		is(mix_parse(&mix, good[i].text, &test_names, why, sizeof why), 0, "reads '%.30s'",
			good[i].printed);
		is(mix.count, good[i].count, "... %u drugs", good[i].count);
		is(mix_print(&mix, &test_names, out, sizeof out), strlen(good[i].printed),
			"length");
		is_text(out, good[i].printed, "... and prints it");
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mix mix = {.count = 77};
		why[0] = 0;
		is(mix_parse(&mix, bad[i].text, &test_names, why, sizeof why), -EINVAL,
			"refuses '%s'", bad[i].text);
		if (!ok(strstr(why, bad[i].says) != NULL, "... saying %s", bad[i].says))
			printf("# said: %s\n", why);
		is(mix.count, 77, "... and leaves the mix alone");
	}
}

static void cut_short(void)
{
	char out[12], why[200];
	struct mix mix;
	mix_parse(&mix, "morphine 20 mg/mL, baclofen 1 mg/mL", &test_names, why, sizeof why);
	is(mix_print(&mix, &test_names, out, sizeof out), 35, "print tells the length it needs");
	is_text(out, "morphine 20", "... and ends inside its room");
}

static void arithmetic(void)
{
	is(mix_mass_pg(20000000, 300000), 6000000, "20 mg/mL x 0.3 uL is 6 ug");
	is(mix_mass_pg(3, 999999), 2, "mass is rounded down");
	is(mix_mass_pg(0, 300000), 0, "no drug, no mass");
	is(mix_mass_pg(INT64_MAX, 2000000), THECA_NONE, "a mass too large");
	is(mix_volume_pl(20000000, 6000000), 300000, "6 ug of 20 mg/mL is 0.3 uL");
	is(mix_volume_pl(3, 1), 333333, "volume is rounded down");
	is(mix_volume_pl(0, 1), THECA_NONE, "a volume of what is not in the mix");
	is(mix_volume_pl(1, INT64_MAX / 10), THECA_NONE, "a volume too large");
	is(mix_rate_pl_per_day(20000000, INT64_C(6000000000)), 300000000,
		"6 mg/day of 20 mg/mL is 0.3 mL/day");
	is(mix_rate_pl_per_day(0, 5), THECA_NONE, "a rate of what is not in the mix");
}

static struct mix mix_of(uint32_t drug, int64_t pg_per_ul, uint32_t other, int64_t other_pg_per_ul)
{
	struct mix mix = {.count = other ? 2 : 1};
	mix.parts[0] = (struct mix_part){.drug = drug, .pg_per_ul = pg_per_ul};
	mix.parts[1] = (struct mix_part){.drug = other, .pg_per_ul = other_pg_per_ul};
	return mix;
}

static void blending(void)
{
	struct mix mix = mix_of(1, 20000000, 2, 5000000), other = mix_of(2, 9000000, 3, 1);
	is(mix_blend(&mix, 1000, &other, 3000), 0, "two mixes join");
	is(mix.count, 3, "... all drugs are there");
	is(mix_index(&mix, 1), 0, "... the old ones keep their place");
	is(mix_index(&mix, 3), 2, "... the new one is last");
	is(mix_pg_per_ul(&mix, 1), 5000000, "... one is diluted");
	is(mix_pg_per_ul(&mix, 2), 8000000, "... one is weighed");
	is(mix_pg_per_ul(&mix, 3), 1, "... 0.75 is rounded to 1");
	struct mix water = {0}, before = mix;
	is(mix_blend(&mix, 1, &water, 3), 0, "water joins");
	is(mix.count, 2, "... and what is diluted to nothing is left out");
	is(mix_pg_per_ul(&mix, 3), 0, "... so it is not in the mix");
	mix = before;
	is(mix_blend(&mix, 5, &other, 0), 0, "nothing is added");
	ok(!memcmp(&mix, &before, sizeof mix), "... and nothing changes");
	is(mix_blend(&mix, 0, &other, 7), 0, "an empty vessel");
	is(mix_pg_per_ul(&mix, 2), 9000000, "... takes the other mix");
	is(mix_index(&mix, 1), -1, "... and keeps nothing of its own");
	is(mix_blend(&mix, -1, &other, 7), -EINVAL, "a negative volume is refused");
}

static void blending_bounds(void)
{
	struct mix full = {.count = MIX_MAX};
	for (uint32_t i = 0; i < MIX_MAX; i++)
		full.parts[i] = (struct mix_part){.drug = i + 1, .pg_per_ul = 1000};
	struct mix seventh = mix_of(7, 1000, 0, 0), before = full;
	is(mix_blend(&full, 10, &seventh, 10), -ENOSPC, "a seventh drug does not fit");
	ok(!memcmp(&full, &before, sizeof full), "... and the mix stays");
	is(mix_blend(&full, 1000000, &seventh, 1), 0, "a trace that rounds to nothing does");
	struct mix strong = mix_of(1, INT64_MAX, 0, 0), same = strong;
	is(mix_blend(&strong, INT64_MAX, &same, INT64_MAX), 0, "the largest numbers");
	is(mix_pg_per_ul(&strong, 1), INT64_MAX, "... do not overflow");
}

int main(void)
{
	texts();
	cut_short();
	arithmetic();
	blending();
	blending_bounds();
	return done_testing();
}
