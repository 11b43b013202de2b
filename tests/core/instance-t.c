/* SPDX-License-Identifier: Apache-2.0 */
/* From a bench file to instances: every fault is found and said with its place; what is right is
 * there in its order, with its options. */
#include "benchfixture.h"
#include "bench/settings.h"

#define ML INT64_C(1000000000)
#define UNTIL "[bench]\nuntil = 1 d\n"
#define DRUG "[drug m]\nplugin = puppet-drug\nday hard = 10 mg\n"
#define PUMP "[pump p]\ndriver = puppet\n"

/* The text, and what the first error says after the file's name. */
static const struct {
	const char *text, *why;
} wrong[] = {
	/* keys */
	{UNTIL PUMP "reservior = 3 mL\n",
		"5: [pump p] reservior: unknown key; did you mean 'reservoir'?"},
	{UNTIL PUMP "shoe size = 43\n", "5: [pump p] shoe size: unknown key"},
	{UNTIL PUMP "reservoir = 3\n", "5: [pump p] reservoir: "},
	{UNTIL PUMP "sample every = 0 s\n", "5: [pump p] sample every: "},
	{UNTIL "[pump p]\n", "3: [pump p] driver: missing, expected the name of a plugin"},
	{UNTIL "[pump p]\ndriver = puppet-drug\n",
		"4: [pump p] driver: found 'puppet-drug', which is a plugin of kind drug, expected "
		"one of kind pump"},
	{UNTIL "[pump p]\ndriver = no-such\n", "4: [pump p] driver: "},
	{UNTIL PUMP "[procedure f]\nplugin = flow-accuracy\npump = p\nrate = 1 mL/day\n",
		"5: [procedure f] instrument: missing, expected "},
	/* names */
	{UNTIL PUMP "[drug p]\nplugin = puppet-drug\n",
		"5: [drug p]: found name 'p' again, first as [pump p] at line 3"},
	{UNTIL "[pump left]\ndriver = puppet\n[procedure f]\nplugin = puppet-procedure\npump = "
	       "lift\n",
		"7: [procedure f] pump: there is no [pump lift] or [instrument lift]; did you mean "
		"'left'?"},
	{UNTIL PUMP DRUG "[procedure f]\nplugin = puppet-procedure\npump = m\n",
		"10: [procedure f] pump: 'm' is a drug"},
	/* what a pump holds and gives */
	{UNTIL PUMP "holds = m 1 mg/mL\n", "5: [pump p] holds: "},
	{UNTIL PUMP "filled = 21 mL\n", "5: [pump p] filled: reservoir: "},
	{UNTIL PUMP "basal = 1 mg/day of m\n", "5: [pump p] basal: "},
	{UNTIL DRUG PUMP "holds = m 1 mg/mL\npatient bolus = often\n",
		"9: [pump p] patient bolus: "},
	{UNTIL PUMP "catheter = garden hose\n", "5: [pump p] catheter: "},
	/* [bench] */
	{"[bench]\nuntil = 1 d\nclock = sundial\n" PUMP,
		"3: [bench] clock: found 'sundial', expected virtual, real"},
	{"[bench]\nuntil = 1 d\nbegins = tomorrow\n" PUMP,
		"3: [bench] begins: found 'tomorrow', expected a time such as 2026-01-05 08:00"},
	{"[bench]\nclock = real\nbegins = 2026-01-01\n" PUMP,
		"3: [bench] begins: a real clock begins when it is started: leave this out"},
	{"[bench]\nunitl = 1 d\n" PUMP, "2: [bench] unitl: unknown key; did you mean 'until'?"},
	{"[bench]\nname = x\n" PUMP,
		"1: [bench] until: missing, expected how long this virtual bench runs"},
	{"[bench]\nbegins = 2261-01-01\nuntil = 3650 d\n" PUMP,
		"3: [bench] until: ends after the year 2261"},
};

static void test_wrong(void)
{
	struct fixture fixture;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char want[256];
		fixture_load(&fixture, wrong[i].text);
		char *errors = fixture_errors(&fixture);
		snprintf(want, sizeof want, "%s:%s", fixture.file, wrong[i].why);
		is(fixture.errors, 1, "one error: %s", wrong[i].why);
		if (!ok(errors && strstr(errors, want), "said with its place"))
			printf("# got %s\n", errors ? errors : "(null)");
		free(errors);
		fixture_close(&fixture);
	}
}

/* Several faults are all said at once; two sections of one plugin have options of their own. */
static void test_collected(void)
{
	struct fixture fixture;

	fixture_load(&fixture, UNTIL PUMP
		"reservoir = 3\nholds = gold 1 mg/mL\n[pump q]\ndriver = puppet\nx = 1\n");
	is(fixture.errors, 2, "a section stops at its own faults, others are looked at too");
	fixture_close(&fixture);
	fixture_open(&fixture,
		UNTIL "[pump a]\ndriver = puppet\nreservoir = 10 mL\n[pump b]\ndriver = puppet\n"
		      "[pump c]\ndriver = puppet\nreservoir = 30 mL\nfilled = 25 mL\n");
	is(fixture_puppet(&fixture, "a")->config->reservoir_pl, 10 * ML, "one states an option");
	is(fixture_puppet(&fixture, "b")->config->reservoir_pl, 20 * ML,
		"the next has the initial value");
	is(fixture_puppet(&fixture, "c")->config->reservoir_pl, 30 * ML, "the third its own");
	is(pump_reservoir_pl(&fixture_find(&fixture, "b")->pump->account), 20 * ML,
		"not filled otherwise is full");
	is(pump_reservoir_pl(&fixture_find(&fixture, "c")->pump->account), 25 * ML, "or as stated");
	fixture_close(&fixture);
}

static void test_order(void)
{
	static const char *const names[] = {"m", "p", "q", "scale", "flow", "out"};
	struct fixture fixture;

	fixture_open(&fixture, "[transport out]\nplugin = null\n[procedure flow]\nplugin = "
			       "puppet-procedure\npump = q\n"
			       "[pump p]\ndriver = puppet\nsample every = 5 s\n[instrument "
			       "scale]\nplugin = balance\n"
			       "weighs = p\nsample every = 2 s\n[pump q]\ndriver = puppet\n" DRUG
			       "[bench]\nuntil = 1 d\nsample every = 7 s\n");
	is(fixture.bench.instance_count, 6, "all are there");
	for (uint32_t i = 0; i < 6; i++)
		is_text(bench_instance(&fixture.bench, i + 1)->name, names[i],
			"in order of kind, then file");
	is(fixture_find(&fixture, "p")->sample_every_ns, 5 * THECA_SECOND_NS,
		"a pump's own period");
	is(fixture_find(&fixture, "q")->sample_every_ns, 7 * THECA_SECOND_NS, "or the bench's");
	is(fixture_find(&fixture, "scale")->sample_every_ns, 2 * THECA_SECOND_NS,
		"an instrument's too");
	is(fixture_find(&fixture, "out")->sample_every_ns, 7 * THECA_SECOND_NS,
		"others have the bench's");
	ok(fixture_find(&fixture, "flow")->procedure->pump == fixture_find(&fixture, "q"),
		"a procedure knows the pump it will hold");
	is_text(fixture.bench.settings.name, "bench", "a bench without a name has its file's");
	is_text(lifecycle_word(fixture_find(&fixture, "p")->state), "running", "they run");
	fixture_close(&fixture);
}

/* Keys that plugins may not use are those of the service, whatever they become. */
static void test_settings(void)
{
	for (enum module_kind kind = 0; kind < MODULE_KINDS; kind++) {
		struct schema schema = settings_of(kind);
		ok(schema_find(schema, settings_plugin_key(kind)), "%s: the plugin's key is one",
			module_kind_word(kind));
		char why[256] = "", config[256] = {0};
		const struct schema none = {NULL, 0};
		is(schema_check(schema, sizeof config, none, why, sizeof why), 0,
			"the table is sound %s", why);
	}
	char why[256] = "";
	is(schema_check(settings_bench(), sizeof(struct settings), (struct schema){NULL, 0}, why,
		   sizeof why),
		0, "[bench]: the table is sound %s", why);
}

int main(void)
{
	test_wrong();
	test_collected();
	test_order();
	test_settings();
	return done_testing();
}
