/* SPDX-License-Identifier: Apache-2.0 */
/* The line: kinds, plugs, occlusion, leak, what is drawn back; nothing is ever lost on the way. */
#include "pump/line.h"
#include "tap.h"
#include <errno.h>

static char why[200];

static struct mix mix_of(uint32_t drug, int64_t pg_per_ul)
{
	struct mix mix = {.count = pg_per_ul != 0};
	mix.parts[0] = (struct mix_part){.drug = drug, .pg_per_ul = pg_per_ul};
	return mix;
}

static struct line line_of(const char *text)
{
	struct line line;
	line_init(&line);
	if (!ok(!line_parse(&line, text, why, sizeof why), "a line: %s", text))
		printf("# said: %s\n", why);
	return line;
}

static const struct {
	const char *text;
	int64_t dead_volume_pl, compliance_pl_per_pa, leak_ppm;
} kinds[] = {
	{"none", 0, 0, 0},
	{"ascenda 89 cm", 195800000, 0, 0},
	{" Ascenda 114 cm ", 250800000, 0, 0},
	{"prometra 110 cm", 286000000, 0, 0},
	{"tubing 30 cm of 0.5 mm", 58904862, 0, 0},
	{"tubing 1 m of 1 mm, swells 2 uL at 100 kPa", 785398163, 20, 0},
	{"none, leaks 5 %", 0, 0, 50000},
	{"none, leaks 100 %, swells 1 mL at 1 kPa", 0, 1000000, 1000000},
};

static const struct {
	const char *text, *says;
} bad_kinds[] = {
	{"", "found '', expected 'none'"},
	{"catheter 10 cm", "found 'catheter 10 cm', expected 'none', 'ascenda LENGTH'"},
	{"ascenda", "found nothing more, expected"},
	{"ascenda 89", "89"},
	{"ascenda 0 cm", "length of 0"},
	{"ascenda 200 m", "at most 10000 cm"},
	{"ascenda 2 mL", "2 mL"},
	{"ascenda 89 cm of 1 mm", "found 'of 1 mm', expected a comma"},
	{"tubing 30 cm", "expected 'of'"},
	{"tubing 30 cm of", "nothing more"},
	{"tubing 30 cm of 0 mm", "diameter of 0"},
	{"tubing 30 cm of 1 m", "at most 10 cm"},
	{"none, shrinks", "found 'shrinks', expected 'swells"},
	{"none, swells 1 uL", "expected 'at'"},
	{"none, swells 1 uL at 0 kPa", "less than 1 pL/Pa"},
	{"none, leaks 101 %", "outside 0 to 100 %"},
	{"none none", "found 'none', expected a comma"},
};

static void parsing(void)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct line line = line_of(kinds[i].text);
		is(line.dead_volume_pl, kinds[i].dead_volume_pl, "... its volume");
		is(line.compliance_pl_per_pa, kinds[i].compliance_pl_per_pa, "... its compliance");
		is(line.leak_ppm, kinds[i].leak_ppm, "... its leak");
	}
	for (size_t i = 0; i < sizeof bad_kinds / sizeof *bad_kinds; i++) {
		struct line line, before;
		line_init(&line);
		before = line;
		why[0] = 0;
		is(line_parse(&line, bad_kinds[i].text, why, sizeof why), -EINVAL, "refuses '%s'",
			bad_kinds[i].text);
		if (!ok(strstr(why, bad_kinds[i].says) != NULL, "... says %s", bad_kinds[i].says))
			printf("# said: %s\n", why);
		ok(!memcmp(&line, &before, sizeof line), "... and the line stays");
	}
}

static void without_line(void)
{
	struct line line;
	struct mix morphine = mix_of(1, 20000000);
	line_init(&line);
	is(line_mix(&line, &morphine, 1003001), 0, "a mix");
	line_push(&line, 7);
	is(line.arrived_pl, 7, "no line: what leaves arrives");
	is(line.arrived_fluid_pg, 7021, "... 7021.007 pg of fluid");
	is(line_arrived_pg(&line, 1), 140, "... 140 pg of morphine");
	for (int i = 0; i < 999; i++)
		line_push(&line, 7);
	is(line.arrived_fluid_pg, 7021007, "remainders of the fluid are carried");
	line_push(&line, INT64_C(1) << 41);
	is(line.arrived_pl, (INT64_C(1) << 41) + 7000, "a huge push");
	line_push(&line, -(INT64_C(1) << 41));
	is(line.arrived_pl, 7000, "... is drawn back");
	is(line.arrived_fluid_pg, 7021007, "... with its mass");
	is(line_arrived_pg(&line, 1), 140000, "... and its morphine");
	is(line_mix(&line, &morphine, 0), -EINVAL, "no density");
	is(line_mix(&line, &morphine, 5000000), -EINVAL, "a density of nothing on earth");
	is(line_pressure_pa(&line), 101325, "normal pressure, unless told otherwise");
	line_finish(&line);
	line_finish(&line);
}

static void plugs(void)
{
	struct line line = line_of("tubing 10 cm of 1 mm");
	int64_t dead_pl = line.dead_volume_pl;
	struct mix morphine = mix_of(1, 1000000), baclofen = mix_of(3, 500000),
		   water = mix_of(0, 0);
	line_mix(&line, &morphine, 1000000);
	line_push(&line, dead_pl - 1);
	is(line.arrived_pl, 0, "the first of the fluid fills the line");
	line_push(&line, 11);
	is(line.arrived_pl, 10, "a full line gives what it gets");
	line_mix(&line, &baclofen, 2000000);
	line_push(&line, dead_pl);
	is(line_arrived_pg(&line, 1), dead_pl + 10, "the old mix leaves first");
	is(line_arrived_pg(&line, 3), 0, "... and nothing of the new one");
	line_push(&line, 100);
	is(line_arrived_pg(&line, 3), 50, "... then the new one");
	is(line.arrived_fluid_pg, (dead_pl + 10 + 200) * 1000, "each with its density");
	is(line.older_count, 0, "one mix fills the line");
	for (int i = 0; i < 20; i++) {
		line_mix(&line, i % 2 ? &morphine : &water, 1000000);
		line_push(&line, 1000);
	}
	is(line.older_count, 20, "twenty mixes are under way");
	line_push(&line, dead_pl - 21000);
	is(line_arrived_pg(&line, 3), dead_pl / 2 - 450,
		"what was in front of them has not all left");
	line_push(&line, 1000 + 20000);
	is(line_arrived_pg(&line, 1), dead_pl + 10 + 10000, "... then they come");
	is(line.older_count, 0, "... all");
	line_mix(&line, &morphine, 1000000);
	is(line.older_count, 0, "the same mix again is no new plug");
	line_finish(&line);
}

static void occlusion(void)
{
	struct line line = line_of("tubing 10 cm of 1 mm, swells 10 uL at 100 kPa");
	struct mix morphine = mix_of(1, 1000000);
	line.outlet_pa = 100000;
	line_mix(&line, &morphine, 1000000);
	line_push(&line, line.dead_volume_pl);
	is(line_occlude(&line, true), 0, "occluded");
	line_push(&line, 5000000);
	is(line.arrived_pl, 0, "nothing arrives");
	is(line_stored_pl(&line), 5000000, "... it is stored");
	is(line_pressure_pa(&line), 150000, "... and the pressure rises by 50 kPa");
	line_push(&line, -1000000);
	is(line_pressure_pa(&line), 140000, "drawing back lets it fall");
	is(line_occlude(&line, false), 4000000, "opening releases a bolus");
	is(line.arrived_pl, 4000000, "... that arrives");
	is(line_pressure_pa(&line), 100000, "... and the pressure is gone");
	is(line_arrived_pg(&line, 1), 4000000, "... the drug has come");
	line_finish(&line);
	line = line_of("none");
	line_occlude(&line, true);
	line_push(&line, 1);
	is(line_pressure_pa(&line), 101325 + LINE_BLOCKED_PA, "a stiff line blocks at once");
	is(line_occlude(&line, false), 1, "... and holds next to nothing");
	line_finish(&line);
}

static void leaking(void)
{
	struct line line = line_of("none, leaks 5 %");
	struct mix morphine = mix_of(1, 1000000);
	line_mix(&line, &morphine, 1000000);
	for (int i = 0; i < 100; i++)
		line_push(&line, 7);
	is(line.leaked_pl, 35, "5 %% of 100 x 7 leak");
	is(line.arrived_pl, 665, "... the rest arrives");
	is(line_masses(&line, 1).leaked_ag, 35000000, "... the drug likewise");
	line_finish(&line);
}

static void drawing_back(void)
{
	struct line line = line_of("tubing 10 cm of 1 mm");
	int64_t dead_pl = line.dead_volume_pl;
	struct mix morphine = mix_of(1, 1000000);
	line_mix(&line, &morphine, 1000000);
	line_push(&line, dead_pl + 500);
	line_push(&line, -200);
	is(line.arrived_pl, 300, "what is drawn back is taken in at the end");
	is(line.held_pl, dead_pl, "... the line stays full");
	is(line_arrived_pg(&line, 1), 500, "... the drug there stays there");
	line_push(&line, -100);
	is(line.older_count, 1, "... it is one plug of fluid");
	line_push(&line, 300);
	is(line_arrived_pg(&line, 1), 500, "... which leaves first");
	line_push(&line, 1);
	is(line_arrived_pg(&line, 1), 501, "... then the drug again");
	line_push(&line, -dead_pl - 50);
	is(line_masses(&line, 1).held_ag, 0,
		"more than the line holds: all the drug is drawn back");
	is(line.arrived_pl, 501 - dead_pl - 50, "... all of it from the end");
	is(line_arrived_pg(&line, 1), 501, "... without drugs");
	line_finish(&line);
	line = line_of("tubing 10 cm of 1 mm");
	line_push(&line, 500);
	line_push(&line, -200);
	is(line.held_pl, 300, "a line that is not full takes in nothing");
	is(line.arrived_pl, 0, "... and nothing came");
	line_finish(&line);
}

static void drawing_back_two(void)
{
	struct line line = line_of("tubing 10 cm of 1 mm");
	int64_t dead_pl = line.dead_volume_pl;
	struct mix morphine = mix_of(1, 1000000), baclofen = mix_of(3, 1000000);
	line_mix(&line, &morphine, 1000000);
	line_push(&line, dead_pl);
	line_mix(&line, &baclofen, 1000000);
	line_push(&line, 100);
	line_push(&line, -150);
	is(line_masses(&line, 3).held_ag, 0, "the newest mix goes back first");
	is(line_masses(&line, 1).held_ag, (dead_pl - 150) * 1000000, "... then the older one");
	is(line.arrived_pl, -50, "... and the end takes in as much");
	line_push(&line, 50);
	is(line_arrived_pg(&line, 1), 100, "which leaves first again");
	is(line_masses(&line, 3).held_ag, 50000000, "... behind it the newest mix");
	line_finish(&line);
}

/* A small generator of our own: the same numbers everywhere. */
static uint32_t next(uint32_t *state)
{
	return *state = *state * 1664525 + 1013904223;
}

static void conservation(void)
{
	struct line line = line_of("ascenda 1 cm, leaks 3 %, swells 1 uL at 1 kPa");
	__int128 pushed_ag[4] = {0};
	int64_t pushed_pl = 0;
	uint32_t state = 1, lost = 0;
	struct mix mix = {0};
	for (int i = 0; i < 20000; i++) {
		uint32_t what = next(&state) >> 16;
		if (what % 50 == 0) {
			mix.count = 2;
			mix.parts[0] =
				(struct mix_part){.drug = 1 + what % 2, .pg_per_ul = what + 1};
			mix.parts[1] = (struct mix_part){.drug = 3, .pg_per_ul = 70000 - what};
			line_mix(&line, &mix, 990000 + what);
		} else if (what % 50 == 1) {
			line_occlude(&line, !line.occluded);
		} else if (what % 50 == 2) {
			line.leak_ppm = what % 3 * 12345;
		}
		int64_t volume_pl = next(&state) >> 12;
		line_push(&line, volume_pl);
		pushed_pl += volume_pl;
		for (uint32_t drug = 1; drug < 4; drug++) {
			struct line_masses masses = line_masses(&line, drug);
			pushed_ag[drug] += (__int128)volume_pl * mix_pg_per_ul(&mix, drug);
			lost += masses.arrived_ag + masses.held_ag + masses.leaked_ag !=
				pushed_ag[drug];
		}
		lost += line.arrived_pl + line.held_pl + line.leaked_pl != pushed_pl;
	}
	is(lost, 0, "20,000 pushes, mixes, occlusions and leaks: every attogram is somewhere");
	ok(line.arrived_pl > 0 && line.leaked_pl > 0 && line.held_pl > 0,
		"... and went everywhere");
	ok(line_arrived_pg(&line, 1) > 0 && line_arrived_pg(&line, 3) > 0, "... all drugs did");
	line_finish(&line);
}

/* facts.md 3.4: degC, 0.00001 g/mL. */
static const struct {
	int celsius, density;
} water[] = {{15, 99910}, {18, 99860}, {20, 99821}, {21, 99800}, {22, 99777}, {23, 99754},
	{24, 99730}, {25, 99705}, {30, 99565}, {35, 99403}, {37, 99333}, {40, 99222}};

static void densities(void)
{
	for (size_t i = 0; i < sizeof water / sizeof *water; i++) {
		int64_t density = line_water_density_ug_per_ml(273150 + 1000 * water[i].celsius);
		is((density + 5) / 10, water[i].density, "water at %d degC", water[i].celsius);
	}
	is(line_water_density_ug_per_ml(277130), 999975, "its maximum is at 3.98 degC");
	is(line_water_density_ug_per_ml(0), line_water_density_ug_per_ml(273150),
		"ice is not water");
	is(line_water_density_ug_per_ml(500000), line_water_density_ug_per_ml(373150),
		"nor is steam");
}

int main(void)
{
	parsing();
	without_line();
	plugs();
	occlusion();
	leaking();
	drawing_back();
	drawing_back_two();
	conservation();
	densities();
	return done_testing();
}
