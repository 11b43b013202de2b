/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: what comes when, over midnight and over weekdays; doses in a mix; the fullest day. */
#include "pump/program.h"
#include "names.h"
#include "tap.h"
#include <errno.h>

#define ML_PER_DAY INT64_C(1000000000)

static char why[300];

static void read(struct program *program, const char *text)
{
	program_init(program);
	if (!ok(!program_parse_basal(program, text, &test_names, why, sizeof why), "reads %s",
		    text))
		printf("# said: %s\n", why);
	program_resolve(program, &(struct mix){0}, NULL, NULL, &test_names, why, sizeof why);
}

/* A time of the week of Monday 2026-01-05. */
static int64_t at(int day, int hours, int minutes)
{
	return (20458 + day) * THECA_DAY_NS + hours * THECA_HOUR_NS + minutes * THECA_MINUTE_NS;
}

static void without_rows(void)
{
	struct program program;
	program_init(&program);
	is(program_rate(&program, at(0, 0, 0)), 0, "no basal: rate 0");
	is(program_next_change(&program, at(0, 0, 0)), THECA_NEVER, "... that never changes");
	is(program_day_volume_pl(&program), 0, "... and no volume");
	program_finish(&program);
}

static void one_rate(void)
{
	struct program program;
	read(&program, "0.25 mL/day");
	is(program_rate(&program, at(3, 17, 5)), ML_PER_DAY / 4, "one rate holds always");
	is(program_rate(&program, -1), ML_PER_DAY / 4, "... before 1970 too");
	is(program_next_change(&program, at(3, 17, 5)), THECA_NEVER, "... and never changes");
	is(program_day_volume_pl(&program), ML_PER_DAY / 4, "... for its volume a day");
	program_finish(&program);
	program_finish(&program);
}

static const struct {
	int day, hours, minutes, rate_ml_per_day, next_day, next_hours;
} pattern[] = {
	/* 3 mL/day, on sat sun from 08:00 2 mL/day, from 22:00 1 mL/day */
	{0, 0, 0, 3, 0, 22},
	{0, 21, 59, 3, 0, 22},
	{0, 22, 0, 1, 1, 0},
	{0, 23, 59, 1, 1, 0},
	{4, 22, 30, 1, 5, 0},
	{5, 0, 0, 3, 5, 8},
	{5, 8, 0, 2, 5, 22},
	{6, 21, 0, 2, 6, 22},
	{6, 22, 0, 1, 7, 0},
	{-1, 9, 0, 2, -1, 22},
};

static void day_pattern(void)
{
	struct program program;
	read(&program, "3 mL/day, on sat sun from 08:00 2 mL/day, from 22:00 1 mL/day");
	for (size_t i = 0; i < sizeof pattern / sizeof *pattern; i++) {
		int64_t now_ns = at(pattern[i].day, pattern[i].hours, pattern[i].minutes);
		is(program_rate(&program, now_ns), pattern[i].rate_ml_per_day * ML_PER_DAY,
			"day %d %02d:%02d: %d mL/day", pattern[i].day, pattern[i].hours,
			pattern[i].minutes, pattern[i].rate_ml_per_day);
		is(program_next_change(&program, now_ns),
			at(pattern[i].next_day, pattern[i].next_hours, 0), "... until %02d:00",
			pattern[i].next_hours);
	}
	is(program_rate(&program, at(0, 22, 0) - 1), 3 * ML_PER_DAY, "a nanosecond before");
	is(program_next_change(&program, at(0, 22, 0) - 1), at(0, 22, 0), "... the change is next");
	program_finish(&program);
}

static void over_the_week(void)
{
	struct program program;
	read(&program, "on tue from 10:00 5 mL/day, on fri from 12:00 1 mL/day");
	is(program_rate(&program, at(0, 0, 0)), ML_PER_DAY, "Monday: what began last Friday holds");
	is(program_next_change(&program, at(0, 0, 0)), at(1, 10, 0), "... until Tuesday");
	is(program_rate(&program, at(3, 23, 0)), 5 * ML_PER_DAY, "Thursday: what began on Tuesday");
	is(program_next_change(&program, at(4, 12, 0)), at(8, 10, 0), "and so on to the next week");
	is(program_next_change(&program, INT64_MAX - 5), THECA_NEVER, "time has an end");
	program_finish(&program);
	read(&program, "1 mL/day, from 06:00 1 mL/day, from 07:00 0 mL/day, from 08:00 1 mL/day");
	is(program_next_change(&program, at(0, 8, 0)), at(1, 7, 0), "equal rates are no change");
	is(program_rate(&program, at(0, 7, 30)), 0, "a pause is a rate of 0");
	program_finish(&program);
}

static const struct {
	const char *text;
	int64_t volume_pl;
} days[] = {
	{"1 mL/day, from 12:00 3 mL/day", 2 * ML_PER_DAY},
	{"2 mL/day, from 08:00 3 mL/day, from 16:00 1 mL/day", 2 * ML_PER_DAY},
	/* the fullest 24 h begin at no midnight: Saturday 12:00 to Sunday 12:00 */
	{"on mon-fri 1 mL/day, on sat from 12:00 4 mL/day, on sun from 12:00 1 mL/day",
		4 * ML_PER_DAY},
	/* 18 h of 4 and 6 h of 2, wherever they lie */
	{"on mon 2 mL/day, on wed from 06:00 4 mL/day, on thu 2 mL/day", 3500000000},
	{"on mon from 23:00 24 mL/day, on tue from 01:00 0 mL/day", 2 * ML_PER_DAY},
};

static void fullest_day(void)
{
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		struct program program;
		read(&program, days[i].text);
		is(program_day_volume_pl(&program), days[i].volume_pl, "the fullest day");
		program_finish(&program);
	}
	struct program_basal rows[] = {{.weekdays = THECA_EVERY_DAY, .rate_pl_per_day = 1},
		{.weekdays = 1, .from_ns = 1, .rate_pl_per_day = 2}};
	struct program thin = {.basal_count = 2, .basal = rows};
	is(program_day_volume_pl(&thin), 2, "part of a picolitre is rounded up");
	rows[0].rate_pl_per_day = rows[1].rate_pl_per_day = INT64_MAX;
	is(program_day_volume_pl(&thin), INT64_MAX, "the largest rate does not overflow");
}

static int64_t tens(void *user, int64_t wanted_pl_per_day)
{
	(*(int *)user)++;
	return wanted_pl_per_day / 10 * 10;
}

static void in_a_mix(void)
{
	struct mix mix;
	struct program program;
	int asked = 0;
	mix_parse(&mix, "morphine 20 mg/mL, baclofen 0.003 mg/mL", &test_names, why, sizeof why);
	program_init(&program);
	program_parse_basal(&program,
		"6 mg/day of morphine, from 08:00 0 mg/day of morphine, "
		"from 09:00 0.001 mg/day of baclofen",
		&test_names, why, sizeof why);
	program_parse_patient(&program, "0.3 mg of morphine, lockout 4 h, at most 4 per day",
		&test_names, why, sizeof why);
	is(program_resolve(&program, &mix, NULL, NULL, &test_names, why, sizeof why), 0,
		"resolves");
	is(program.basal[0].rate_pl_per_day, 300000000, "6 mg/day of 20 mg/mL is 0.3 mL/day");
	is(program.basal[1].rate_pl_per_day, 0, "0 stays 0");
	is(program.basal[2].rate_pl_per_day, 333333333, "rounded down");
	is(program.patient.volume_pl, 15000000, "0.3 mg of 20 mg/mL is 15 uL");
	program_resolve(&program, &mix, tens, &asked, &test_names, why, sizeof why);
	is(program.basal[2].rate_pl_per_day, 333333330, "what the strokes make of it");
	is(asked, 2, "0 is not asked for");
	program_finish(&program);
}

static const struct {
	const char *basal, *patient, *says;
} misfits[] = {
	{"1 mg/day of clonidine", NULL,
		"found a dose of clonidine, expected a drug that the pump "
		"holds: morphine 20 mg/mL"},
	{"1 mL/day", "1 mg of clonidine, lockout 1 h, at most 1 per day",
		"found a dose of clonidine"},
	{"0.000000001 mg/day of morphine", NULL, "too small"},
};

static void misfitting(void)
{
	struct mix mix;
	mix_parse(&mix, "morphine 20 mg/mL", &test_names, why, sizeof why);
	for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++) {
		struct program program;
		program_init(&program);
		program_parse_basal(&program, misfits[i].basal, &test_names, why, sizeof why);
		if (misfits[i].patient)
			program_parse_patient(
				&program, misfits[i].patient, &test_names, why, sizeof why);
		why[0] = 0;
		is(program_resolve(&program, &mix, NULL, NULL, &test_names, why, sizeof why),
			-EINVAL, "does not fit the mix: %s", misfits[i].says);
		if (!ok(strstr(why, misfits[i].says) != NULL, "... and says so"))
			printf("# said: %s\n", why);
		program_finish(&program);
	}
}

int main(void)
{
	without_rows();
	one_rate();
	day_pattern();
	over_the_week();
	fullest_day();
	in_a_mix();
	misfitting();
	return done_testing();
}
