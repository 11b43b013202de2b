/* SPDX-License-Identifier: Apache-2.0 */
/* Programming in two steps: what is committed is what was shown, or nothing. */
#include <jansson.h>
#include "benchfixture.h"
#include "service/prescribe.h"

#define ML INT64_C(1000000000)

static const char bench_text[] =
	"[bench]\nuntil = 30 d\n"
	"[drug m]\nplugin = puppet-drug\nday soft = 5 mg\nday hard = 10 mg\n"
	"[pump p]\ndriver = puppet\nholds = m 1 mg/mL\nbasal = 1 mg/day of m\n"
	"patient bolus = 0.1 mg of m over 30 min, lockout 1 h, at most 4 per day\n";

/* What program.prepare answers, parsed. */
static json_t *prepare(
	struct fixture *fixture, const char *basal, const char *patient_bolus, char *why)
{
	static char text[8192];
	struct emit emit;

	*why = 0;
	emit_init(&emit, text, sizeof text - 1);
	if (prescribe_prepare(fixture_find(fixture, "p"), basal, patient_bolus, &emit, why, 256))
		return NULL;
	text[emit.length] = 0;
	return json_loads(text, 0, NULL);
}

static int commit(struct fixture *fixture, const json_t *page, const char *accepted_by)
{
	return prescribe_commit(&fixture->bench,
		(uint64_t)json_integer_value(json_object_get(page, "plan")),
		json_string_value(json_object_get(page, "sha256")), "doctor", accepted_by,
		&fixture->verdict);
}

static const char *at(const json_t *page, const char *side, const char *key, size_t i)
{
	return json_string_value(
		json_array_get(json_object_get(json_object_get(page, side), key), i));
}

static const char *program_text(struct fixture *fixture)
{
	struct mix_names names = bench_drugs(&fixture->bench);
	program_print(&fixture_find(fixture, "p")->pump->program, &names, fixture->path,
		sizeof fixture->path);
	return fixture->path;
}

static void test_shown(void)
{
	struct fixture fixture;
	char why[256];

	fixture_open(&fixture, bench_text);
	json_t *page = prepare(&fixture, "2 mg/day of m, from 12:00 3 mg/day of m", NULL, why);
	ok(page, "a page is shown %s", why);
	is_text(at(page, "old", "lines", 0), "basal = 1 mg/day of m", "the old program");
	is_text(at(page, "new", "lines", 0), "basal = 2 mg/day of m, from 12:00 3 mg/day of m",
		"beside the new one");
	is_text(at(page, "new", "lines", 1), at(page, "old", "lines", 1),
		"what is not given stays");
	const json_t *total =
		json_array_get(json_object_get(json_object_get(page, "new"), "totals"), 0);
	is_text(json_string_value(json_object_get(total, "drug")), "m", "24 h totals by drug");
	is_text(json_string_value(json_object_get(total, "per_day")), "2.500 mg/day",
		"of the basal");
	is_text(json_string_value(json_object_get(total, "per_day_with_boluses")), "2.900 mg/day",
		"and with all boluses");
	is_text(json_string_value(json_object_get(json_object_get(page, "verdict"), "decision")),
		"allow", "and the guard's verdict");
	is_text(program_text(&fixture),
		"basal = 1 mg/day of m\npatient bolus = 0.1 mg of m over 30 min, lockout 1 h, at "
		"most 4 per day\n",
		"nothing is prescribed yet");
	is(commit(&fixture, page, NULL), 0, "committed");
	ok(strstr(program_text(&fixture), "basal = 2 mg/day of m, from 12:00 3 mg/day of m\n"),
		"it is");
	is(commit(&fixture, page, NULL), -ENOENT, "once");
	json_decref(page);
	page = prepare(
		&fixture, NULL, "0.2 mg of m over 30 min, lockout 2 h, at most 2 per day", why);
	is(commit(&fixture, page, NULL), 0, "the patient's bolus alone");
	ok(strstr(program_text(&fixture), "basal = 2 mg/day of m, from 12:00"),
		"leaves the basal as it is");
	ok(strstr(program_text(&fixture), "patient bolus = 0.2 mg"), "and is another");
	json_decref(page);
	fixture_close(&fixture);
}

static void test_limits(void)
{
	struct fixture fixture;
	char why[256];

	fixture_open(&fixture, bench_text);
	json_t *page = prepare(&fixture, "6 mg/day of m", NULL, why);
	is_text(json_string_value(json_object_get(json_object_get(page, "verdict"), "decision")),
		"confirm", "a soft limit is shown");
	is(commit(&fixture, page, NULL), -EACCES, "and refused without a word");
	is(commit(&fixture, page, "doctor"), 0, "the same page, accepted");
	is(fixture_said(&fixture, "note p day-soft doctor: soft limit accepted"), 1,
		"is prescribed, on record");
	json_decref(page);
	page = prepare(&fixture, "11 mg/day of m", NULL, why);
	is_text(json_string_value(json_object_get(json_object_get(page, "verdict"), "code")),
		"day-hard", "a hard one is shown too");
	is(commit(&fixture, page, "doctor"), -EACCES, "and refused whoever accepts");
	json_decref(page);
	fixture_close(&fixture);
}

static void test_stale(void)
{
	struct fixture fixture;
	char why[256];

	fixture_open(&fixture, bench_text);
	json_t *first = prepare(&fixture, "2 mg/day of m", NULL, why);
	json_t *second = prepare(&fixture, "3 mg/day of m", NULL, why);
	is(commit(&fixture, second, NULL), 0, "of two pages one is committed");
	is(commit(&fixture, first, NULL), -ESTALE,
		"the other shows an old program that is no more");
	json_decref(first);
	first = prepare(&fixture, "2 mg/day of m", NULL, why);
	json_object_set_new(first, "sha256", json_string("0"));
	is(commit(&fixture, first, NULL), -ESTALE, "another hash is another page");
	json_decref(first);
	first = prepare(&fixture, "2 mg/day of m", NULL, why);
	for (int i = 0; i < 16; i++)
		json_decref(prepare(&fixture, "4 mg/day of m", NULL, why));
	is(commit(&fixture, first, NULL), -ENOENT, "16 pages later it is forgotten");
	is(prescribe_commit(&fixture.bench, 0, "", "doctor", NULL, &fixture.verdict), -ENOENT,
		"there is no page 0");
	is(prescribe_commit(&fixture.bench, 99, "", "doctor", NULL, &fixture.verdict), -ENOENT,
		"nor one to come");
	ok(strstr(program_text(&fixture), "basal = 3 mg/day of m\n"),
		"the program is the one that was committed");
	json_decref(first);
	json_decref(second);

	json_t *page = prepare(&fixture, "2 mg/day of m", NULL, why);
	fixture_command(&fixture, "p", THECA_REFILL, 20 * ML, NULL);
	struct mix_names names = bench_drugs(&fixture.bench);
	struct mix mix;
	mix_parse(&mix, "m 2 mg/mL", &names, why, sizeof why);
	struct command_request refill = {.target = fixture_find(&fixture, "p"),
		.command = {.verb = THECA_REFILL, .volume_pl = 20 * ML},
		.who = "nurse",
		.mix = &mix};
	is(command_submit(&fixture.bench, &refill, NULL, NULL), 0,
		"the pump is filled with another mix");
	is(commit(&fixture, page, NULL), -ESTALE, "then what was shown is no more");
	json_decref(page);
	fixture_close(&fixture);
}

static void test_wrong(void)
{
	static const struct {
		const char *basal, *patient;
	} cases[] = {{"2 mg/day", NULL}, {"2 mg/day of nothing", NULL}, {"", NULL},
		{NULL, "0.1 mg of m"}, {NULL, "often"}};
	struct fixture fixture;
	char why[256], text[600];

	fixture_open(&fixture, bench_text);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *page = prepare(&fixture, cases[i].basal, cases[i].patient, why);
		ok(!page && *why, "wrong program %zu: %s", i, why);
		json_decref(page);
	}
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	ok(!prepare(&fixture, text, NULL, why), "a program that is too long: %s", why);
	for (uint64_t plan = 1; plan < 10; plan++)
		if (prescribe_commit(&fixture.bench, plan, "", "doctor", NULL, &fixture.verdict) != -ENOENT)
			ok(false, "page %d is none", (int)plan);
	fixture_close(&fixture);
}

int main(void)
{
	test_shown();
	test_limits();
	test_stale();
	test_wrong();
	return done_testing();
}
