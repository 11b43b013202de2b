/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as text: good ones print to a text that reads the same; bad ones say what is wrong. */
#include "names.h"
#include "pump/program.h"
#include "tap.h"
#include <errno.h>

static char why[300];

static const struct {
	const char *text, *printed;
} basals[] = {
	{"0.25 mL/day", "basal = 0.25 mL/day\n"},
	{"from 00:00 0.25 mL/day", "basal = 0.25 mL/day\n"},
	{"  6 mg/day of morphine,\n\tfrom 22:00 4 mg/day of morphine ",
		"basal = 6 mg/day of morphine, from 22:00 4 mg/day of morphine\n"},
	{"from 22:00 4 mL/day, from 06:30 3 mL/day",
		"basal = from 06:30 3 mL/day, from 22:00 4 mL/day\n"},
	{"1 mL/day, on sat sun from 08:00 2 mL/day",
		"basal = 1 mL/day, on sat sun from 08:00 2 mL/day\n"},
	{"on Mon-FRI 1 mL/day, ON sun - mon from 08:00 2 mL/day",
		"basal = on mon tue wed thu fri from 00:00 1 mL/day, on mon sun from 08:00 2 "
		"mL/day\n"},
	{"on fri-mon 1 mL/day, on tue wed-thu 0 mL/day",
		"basal = on tue wed thu from 00:00 0 mL/day, on mon fri sat sun from 00:00 1 "
		"mL/day\n"},
	{"on mon 1 mL/day, on tue-sun 2 mL/day", "basal = on mon from 00:00 1 mL/day, on tue wed "
						 "thu fri sat sun from 00:00 2 mL/day\n"},
};

static const struct {
	const char *text, *says;
} bad_basals[] = {
	{"", "found '', expected a rate"},
	{"6", "found '6', expected a rate"},
	{"6 mg", "expected a rate"},
	{"6 mg/day", "without a drug"},
	{"6 mg/day of", "nothing more, expected the name of a drug"},
	{"6 mg/day of morphium", "[drug morphium]"},
	{"6 mg/day morphine", "without a drug"},
	{"1 mL/day of morphine", "found a rate of a drug"},
	{"1 mL/day,", "found '', expected 'from HH:MM'"},
	{"1 mL/day, 2 mL/day", "found '2 mL/day', expected 'from HH:MM'"},
	{"1 mL/day from 08:00 2 mL/day", "found 'from 08:00 2 mL/day', expected a comma"},
	{"1 mL/day, from 24:00 2 mL/day", "found '24:00', expected a time of day"},
	{"1 mL/day, from 8:00 2 mL/day", "found '8:00', expected a time of day"},
	{"1 mL/day, from 08:60 2 mL/day", "found '08:60'"},
	{"1 mL/day, from 08.00 2 mL/day", "found '08.00'"},
	{"1 mL/day, from 0x:00 2 mL/day", "found '0x:00'"},
	{"1 mL/day, from 08:00", "expected a rate"},
	{"1 mL/day, from", "expected a time of day"},
	{"1 mL/day, on from 08:00 2 mL/day", "after 'on', expected days"},
	{"1 mL/day, on someday 2 mL/day", "found 'someday 2 mL/day' after 'on'"},
	{"1 mL/day, on mon- 2 mL/day", "after 'mon-', expected a day"},
	{"1 mL/day, from 00:00 2 mL/day", "two rates from 00:00 on mon"},
	{"on mon-wed 1 mL/day, on wed-fri 2 mL/day", "two rates from 00:00 on wed"},
	{"1 mL/day, on sun from 08:00 2 mL/day, from 08:00 3 mL/day",
		"two rates from 08:00 on sun"},
};

static void good_basals(void)
{
	for (size_t i = 0; i < sizeof basals / sizeof *basals; i++) {
		char once[400], again[400];
		struct program program;
		program_init(&program);
		why[0] = 0;
		is(program_parse_basal(&program, basals[i].text, &test_names, why, sizeof why), 0,
			"reads pattern %zu %s", i, why);
		is(program_print(&program, &test_names, once, sizeof once),
			strlen(basals[i].printed), "... prints as long as it is");
		is_text(once, basals[i].printed, "... and as expected");
		once[strlen(once) - 1] = 0;
		program_parse_basal(
			&program, once + strlen("basal = "), &test_names, why, sizeof why);
		program_print(&program, &test_names, again, sizeof again);
		is_text(again, basals[i].printed, "... and the same again");
		program_finish(&program);
	}
}

static void refuses(
	int (*parse)(struct program *, const char *, const struct mix_names *, char *, size_t),
	const char *text, const char *says)
{
	struct program program;
	program_init(&program);
	why[0] = 0;
	is(parse(&program, text, &test_names, why, sizeof why), -EINVAL, "refuses '%s'", text);
	if (!ok(strstr(why, says) != NULL, "... says: %s", says))
		printf("# said: %s\n", why);
	ok(!program.basal_count && !program.has_patient, "... and nothing is taken over");
	program_finish(&program);
}

static void rows_bound(void)
{
	char text[1000];
	struct program program;
	size_t length = 0;
	for (int i = 0; i < PROGRAM_BASAL_MAX; i++)
		length += (size_t)snprintf(text + length, sizeof text - length,
			"%sfrom %02d:00 1 mL/day", i ? ", " : "", i);
	program_init(&program);
	is(program_parse_basal(&program, text, &test_names, why, sizeof why), 0, "24 rows");
	is(program.basal_count, PROGRAM_BASAL_MAX, "... are read");
	snprintf(text + length, sizeof text - length, ", from 00:30 1 mL/day");
	is(program_parse_basal(&program, text, &test_names, why, sizeof why), -EINVAL,
		"25 are not");
	ok(strstr(why, "at most 24") != NULL, "... and it says so");
	is(program.basal_count, PROGRAM_BASAL_MAX, "... the old ones stay");
	is(program_parse_basal(&program, "1 mL/day", &test_names, why, sizeof why), 0,
		"another one");
	is(program.basal_count, 1, "... takes their place");
	program_finish(&program);
}

static const struct {
	const char *text, *printed;
	int64_t duration_ns, lockout_ns, at_most;
} patients[] = {
	{"0.3 mg of morphine over 10 min, lockout 4 h, at most 4 per day",
		"patient bolus = 0.3 mg of morphine over 10 min, lockout 4 h, at most 4 per day\n",
		10 * THECA_MINUTE_NS, 4 * THECA_HOUR_NS, 4},
	{" 0.5 mL , At Most 32 per day , lockout 15 min ",
		"patient bolus = 0.5 mL, lockout 15 min, at most 32 per day\n", 0,
		15 * THECA_MINUTE_NS, 32},
};

static const struct {
	const char *text, *says;
} bad_patients[] = {
	{"", "found '', expected a volume"},
	{"0.3 mg", "without a drug"},
	{"0 mL, lockout 1 h, at most 4 per day", "bolus of 0"},
	{"1 mL/day, lockout 1 h, at most 4 per day", "expected a volume"},
	{"1 mL", "no lockout"},
	{"1 mL, at most 4 per day", "no lockout"},
	{"1 mL, lockout 4 h", "no daily maximum"},
	{"1 mL, lockout 0 h, at most 4 per day", "lockout of 0"},
	{"1 mL, lockout, at most 4 per day", "found a comma, expected"},
	{"1 mL, lockout 4 h, lockout 4 h", "second lockout"},
	{"1 mL, lockout 4 h, at most 4 per day, at most 4 per day", "second 'at most'"},
	{"1 mL, lockout 4 h, at most 0 per day", "found at most 0 boluses, expected 1 to 32"},
	{"1 mL, lockout 4 h, at most 33 per day", "found at most 33 boluses"},
	{"1 mL, lockout 4 h, at most -4 per day", "found '-4', expected a number"},
	{"1 mL, lockout 4 h, at most 4", "expected 'per day'"},
	{"1 mL, lockout 4 h, at most 4 per week", "found 'week' after 'at most 4'"},
	{"1 mL, lockout 4 h, at most 99999999999999999999 per day", "at most 11"},
	{"1 mL, lockout 4 h, never", "found 'never', expected 'lockout DURATION'"},
	{"1 mL over 5 h, lockout 4 h, at most 4 per day", "lockout shorter than the bolus"},
	{"1 mL lockout 4 h, at most 4 per day", "expected a comma"},
};

static void good_patients(void)
{
	for (size_t i = 0; i < sizeof patients / sizeof *patients; i++) {
		char out[200];
		struct program program;
		program_init(&program);
		why[0] = 0;
		is(program_parse_patient(&program, patients[i].text, &test_names, why, sizeof why),
			0, "reads '%s' %s", patients[i].text, why);
		is(program.patient.duration_ns, patients[i].duration_ns, "... over");
		is(program.patient.lockout_ns, patients[i].lockout_ns, "... lockout");
		is(program.patient.at_most, patients[i].at_most, "... at most");
		program_print(&program, &test_names, out, sizeof out);
		is_text(out, patients[i].printed, "... and prints it");
		program_finish(&program);
	}
}

static void contract_rows(void)
{
	struct program program;
	struct theca_program_row rows[3];
	char texts[3][PROGRAM_TEXT];
	struct mix mix;
	mix_parse(&mix, "morphine 20 mg/mL", &test_names, why, sizeof why);
	program_init(&program);
	program_parse_basal(&program, "6 mg/day of morphine, on sun from 22:00 0.1 mL/day",
		&test_names, why, sizeof why);
	program_parse_patient(&program,
		"1 mg of morphine over 5 min, lockout 2 h, at most 3 per day", &test_names, why,
		sizeof why);
	program_resolve(&program, &mix, NULL, NULL, &test_names, why, sizeof why);
	is(program_rows(&program, &test_names, rows, texts), 3, "three rows");
	is(rows[0].kind, THECA_ROW_BASAL, "a basal one");
	is(rows[0].rate_pl_per_day, 300000000, "... its rate");
	is_text(rows[0].as_written, "6 mg/day of morphine", "... as written");
	is(rows[1].weekdays, 0x40, "on Sunday");
	is(rows[1].from_ns, 22 * THECA_HOUR_NS, "... from 22:00");
	is_text(rows[1].as_written, "0.1 mL/day", "... as written");
	is(rows[2].kind, THECA_ROW_PATIENT, "the patient's");
	is(rows[2].volume_pl, 50000000, "... volume");
	is(rows[2].duration_ns, 5 * THECA_MINUTE_NS, "... duration");
	is(rows[2].lockout_ns, 2 * THECA_HOUR_NS, "... lockout");
	is(rows[2].at_most, 3, "... at most");
	is_text(rows[2].as_written, "1 mg of morphine", "... as written");
	char cut[20];
	is(program_print(&program, &test_names, cut, sizeof cut), 135, "print tells what it needs");
	is_text(cut, "basal = 6 mg/day of", "... and ends inside its room");
	program_finish(&program);
}

int main(void)
{
	good_basals();
	for (size_t i = 0; i < sizeof bad_basals / sizeof *bad_basals; i++)
		refuses(program_parse_basal, bad_basals[i].text, bad_basals[i].says);
	rows_bound();
	good_patients();
	for (size_t i = 0; i < sizeof bad_patients / sizeof *bad_patients; i++)
		refuses(program_parse_patient, bad_patients[i].text, bad_patients[i].says);
	contract_rows();
	return done_testing();
}
