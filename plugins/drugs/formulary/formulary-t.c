/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles from the shipped formulary and from wrong ones. The service's own reader of tables is
 * used: what this test reads is what a bench reads. */
#include <fakehost.h>
#include "base/ini.h"
#include "config/schema.h"
#include <tap.h>

#ifndef TOP_SRCDIR
#define TOP_SRCDIR "."
#endif

struct config { /* as in formulary.c */
	const char *file, *drug, *limits;
};

static const struct theca_plugin *const plugin = &theca_plugin_v1;

/* -- theca_table() as the service does it -------------------------------------------------------
 */

static char shelf[1 << 16]; /* what the texts of a table live in */
static size_t shelf_used;
static const char *file_text; /* NULL: no such file */
static char table_error_text[256];

struct table {
	const char *section;
	struct schema schema;
	void *into;
	bool found, failed;
};

static void *keep(void *user, const void *bytes, size_t size)
{
	(void)user;
	if (shelf_used + size > sizeof shelf)
		return NULL;
	shelf_used += size;
	return memcpy(shelf + shelf_used - size, bytes, size);
}

static void on_error(void *user, struct ini_place place, const char *text)
{
	snprintf(table_error_text, sizeof table_error_text, "%d: %s", place.line, text);
	((struct table *)user)->failed = true;
}

static void on_entry(void *user, const struct ini_entry *entry)
{
	const struct schema_context context = {.keep = keep, .folder = "."};
	struct table *table = user;
	char why[256] = "unknown key";
	if (strcmp(entry->section ? entry->section : "", table->section) != 0)
		return;
	table->found = true;
	if (!entry->key)
		return;
	const struct theca_option *option = schema_find(table->schema, entry->key);
	if (!option || schema_set(option, entry->value, table->into, &context, why, sizeof why))
		on_error(user, entry->place, why);
}

static int read_table(struct theca_host *host, const char *file, const char *section,
	const struct theca_option *options, size_t option_size, void *into)
{
	const struct schema_context context = {.keep = keep, .folder = "."};
	struct table table = {.section = section, .schema = {options, option_size}, .into = into};
	const struct ini_handler handler = {&table, on_entry, on_error};
	char why[256];
	(void)host;
	if (!file_text)
		return -ENOENT;
	if (schema_defaults(table.schema, into, &context, why, sizeof why))
		return -EINVAL;
	ini_read(file, file_text, strlen(file_text), &handler);
	if (table.failed)
		return -EINVAL;
	return table.found ? 0 : -ENOENT;
}

/* -- rig ----------------------------------------------------------------------------------------
 */

struct rig {
	struct fake fake;
	struct config config;
	struct theca_drug_profile profile;
	void *self;
};

static int open_rig(struct rig *rig, const char *text, const char *drug, const char *limits)
{
	*rig = (struct rig){.config = {"formulary.ini", drug, limits}};
	fake_init(&rig->fake);
	rig->fake.api.table = read_table;
	shelf_used = 0;
	*table_error_text = 0;
	file_text = text;
	int result = plugin->create(&rig->fake.host, &rig->config, &rig->self);
	rig->profile.size = sizeof rig->profile;
	if (!result)
		result = plugin->drug->profile(rig->self, &rig->profile);
	return result;
}

static void close_rig(struct rig *rig)
{
	plugin->destroy(rig->self);
}

static char *read_shipped(void)
{
	static char text[1 << 16];
	FILE *file = fopen(TOP_SRCDIR "/configs/formulary.ini", "r");
	size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
	text[size] = 0;
	if (file)
		fclose(file);
	ok(size > 0, "configs/formulary.ini can be read");
	return text;
}

/* -- the shipped file ---------------------------------------------------------------------------
 */

#define UG INT64_C(1000000)
#define MG INT64_C(1000000000)

static void test_shipped(const char *text)
{
	static const struct {
		const char *drug, *limits;
		uint32_t patient_bolus;
		int64_t day_soft_pg, day_hard_pg, concentration_hard_pg_per_ul;
		int days_stable;
	} profiles[] = {
		{"morphine", "pacc-2017", 1, 15 * MG, 25 * MG, 50000000, 90},
		{"hydromorphone", "pacc-2017", 1, 10 * MG, 25 * MG, 35000000, 120},
		{"fentanyl", "pacc-2017", 1, 1000 * UG, 2000 * UG, 10000000, 0},
		{"sufentanil", "pacc-2017", 1, 500 * UG, 1000 * UG, 5000000, 0},
		{"bupivacaine", "pacc-2017", 1, 15 * MG, 214 * MG / 10, 37000000, 90},
		{"ziconotide", "pacc-2017", 0, 192 * UG / 10, 192 * UG / 10, 100000, 40},
		{"clonidine", "pacc-2017", 1, 600 * UG, 2000 * UG, 2000000, 90},
		{"ropivacaine", "site", 1, 20 * MG, 30 * MG, 10000000, 0},
		{"baclofen", "label", 0, 800 * UG, 2003 * UG, 2000000, 0},
		{"morphine", "label", 1, 10 * MG, 20 * MG, 25000000, 90},
		{"ziconotide", "label", 0, THECA_NONE, 192 * UG / 10, 100000, 40},
	};
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
		struct rig rig;
		is(open_rig(&rig, text, profiles[i].drug, profiles[i].limits), 0, "%s by %s %s%s",
			profiles[i].drug, profiles[i].limits, rig.fake.complaint, table_error_text);
		const struct theca_drug_profile *got = &rig.profile;
		is(got->patient_bolus, profiles[i].patient_bolus, "... patient bolus");
		is(got->day_soft_pg, profiles[i].day_soft_pg, "... day soft");
		is(got->day_hard_pg, profiles[i].day_hard_pg, "... day hard");
		is(got->concentration_hard_pg_per_ul, profiles[i].concentration_hard_pg_per_ul,
			"... concentration hard");
		is(got->stable_ns,
			profiles[i].days_stable ? profiles[i].days_stable * THECA_DAY_NS
						: THECA_NONE,
			"... stable");
		is_text(got->limit_set, profiles[i].limits, "... limit set");
		ok(got->year >= 2010, "... its year");
		ok(got->source && (strstr(got->source, "[S") || strstr(got->source, "(U-")),
			"... its source has a tag");
		close_rig(&rig);
	}
}

static void test_consistency(const char *text)
{
	static const char *const drugs[] = {"morphine", "hydromorphone", "fentanyl", "sufentanil",
		"bupivacaine", "ziconotide", "clonidine"};
	for (size_t i = 0; i < sizeof drugs / sizeof *drugs; i++) {
		struct rig rig;
		open_rig(&rig, text, drugs[i], "pacc-2017");
		const struct theca_drug_profile *got = &rig.profile;
		ok(got->bolus_hard_pg <= got->hour_hard_pg &&
				got->hour_hard_pg < got->day_hard_pg &&
				got->day_hard_pg / 24 < got->hour_hard_pg,
			"%s: a bolus fits into its hour, the day's rate too", drugs[i]);
		close_rig(&rig);
	}
}

static void test_density(const char *text)
{
	struct rig rig;
	open_rig(&rig, text, "fentanyl", "pacc-2017");
	is(rig.profile.density_ug_per_ml, 993600, "fentanyl's density");
	close_rig(&rig);
	open_rig(&rig, text, "morphine", "pacc-2017");
	is(rig.profile.density_ug_per_ml, THECA_NONE, "morphine's is not known");
	close_rig(&rig);
}

/* -- names and errors ---------------------------------------------------------------------------
 */

static void test_own_name(void)
{
	struct rig rig;
	is(open_rig(&rig, "[drug fake]\n[limits x fake]\nday hard = 1 mg\n", NULL, "x"), 0,
		"without `drug` it is the section's own name");
	is(rig.profile.day_hard_pg, MG, "its limit");
	is(rig.profile.day_soft_pg, THECA_NONE, "what is left out is not stated");
	is(rig.profile.year, THECA_NONE, "nor the year");
	is(rig.profile.patient_bolus, 0, "no patient bolus unless stated");
	is_text(rig.profile.source, "source not stated", "nor a source");
	close_rig(&rig);
}

static void test_older_caller(const char *text)
{
	struct rig rig;
	struct theca_drug_profile profile = {
		.size = offsetof(struct theca_drug_profile, stable_ns), .stable_ns = 42};
	open_rig(&rig, text, "morphine", "pacc-2017");
	plugin->drug->profile(rig.self, &profile);
	is(profile.stable_ns, 42, "a caller with an older struct gets no more than that");
	is(profile.size, offsetof(struct theca_drug_profile, stable_ns), "... and keeps its size");
	is(profile.day_hard_pg, 25 * MG, "... but all of that");
	close_rig(&rig);
}

static void test_wrong(const char *shipped)
{
	static const struct {
		const char *what, *text, *drug, *limits;
		int result;
		const char *complaint;
	} cases[] = {
		{"an unknown drug", NULL, "aspirin", "pacc-2017", -ENOENT,
			"drug: found no [drug aspirin] in formulary.ini"},
		{"a set without the drug", NULL, "baclofen", "pacc-2017", -ENOENT,
			"limits: found no [limits pacc-2017 baclofen] in formulary.ini, but there "
			"is the "
			"set label"},
		{"an unknown set", NULL, "ropivacaine", "moon", -ENOENT,
			"limits: found no [limits moon ropivacaine] in formulary.ini, but there is "
			"the "
			"set site"},
		{"no set at all", "[drug a]\n", "a", "x", -ENOENT,
			"limits: found no [limits x a] in formulary.ini"},
		{"no hard daily maximum", "[drug a]\n[limits x a]\nday soft = 1 mg\n", "a", "x",
			-EINVAL, "limits: [limits x a] states no `day hard`"},
		{"soft above hard",
			"[drug a]\n[limits x a]\nday hard = 1 mg\nbolus soft = 2 mg\n"
			"bolus hard = 1 mg\n",
			"a", "x", -EINVAL, "limits: [limits x a] bolus soft is above bolus hard"},
		{"a wrong unit", "[drug a]\n[limits x a]\nday hard = 1 mL\n", "a", "x", -EINVAL,
			""},
		{"an unknown key", "[drug a]\nnight = 1 mg\n", "a", "x", -EINVAL, ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig rig;
		const char *text = cases[i].text ? cases[i].text : shipped;
		is(open_rig(&rig, text, cases[i].drug, cases[i].limits), cases[i].result, "%s",
			cases[i].what);
		is_text(rig.fake.complaint, cases[i].complaint, "... says so");
		ok(!rig.self, "... and makes nothing");
	}
}

int main(void)
{
	const char *shipped = read_shipped();
	is(plugin->config_size, sizeof(struct config), "the config struct is as here");
	test_shipped(shipped);
	test_consistency(shipped);
	test_density(shipped);
	test_own_name();
	test_older_caller(shipped);
	test_wrong(shipped);
	return done_testing();
}
