/* SPDX-License-Identifier: Apache-2.0 */
/* Option tables to structs: each type, each complaint by its text, unsound tables, near names. */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "config/schema.h"
#include "tap.h"

struct config {
	int64_t rate_pl_per_day, volume_pl, temperature_mk, rounds, duration_ns;
	int32_t mode, on;
	const char *text, *file, *port;
	uint32_t pump;
	struct theca_list windows, rates;
};

#define AT(field) .offset = offsetof(struct config, field)

static const char *const modes[] = {"fast", "slow", "very slow", NULL};

static const struct theca_option options[] = {
	{.name = "rate",
		.type = THECA_RATE,
		AT(rate_pl_per_day),
		.initial = "0.5 mL/day",
		.min = "0.05 mL/day",
		.max = "24 mL/day",
		.help = "A."},
	{.name = "volume", .type = THECA_VOLUME, AT(volume_pl), .help = "B."},
	{.name = "temperature",
		.type = THECA_TEMPERATURE,
		.flags = THECA_OPTIONAL,
		AT(temperature_mk),
		.min = "0 degC",
		.help = "C."},
	{.name = "rounds",
		.type = THECA_COUNT,
		AT(rounds),
		.initial = "3",
		.max = "10",
		.help = "D."},
	{.name = "duration",
		.type = THECA_DURATION,
		AT(duration_ns),
		.initial = "1 h 30 min",
		.help = "E."},
	{.name = "mode",
		.type = THECA_CHOICE,
		AT(mode),
		.initial = "slow",
		.choices = modes,
		.help = "F."},
	{.name = "on", .type = THECA_FLAG, AT(on), .initial = "yes", .help = "G."},
	{.name = "text", .type = THECA_TEXT, .flags = THECA_OPTIONAL, AT(text), .help = "H."},
	{.name = "file", .type = THECA_FILE, AT(file), .initial = "x.csv", .help = "I."},
	{.name = "port", .type = THECA_PORT, AT(port), .initial = "tcp:localhost:1", .help = "J."},
	{.name = "pump",
		.type = THECA_INSTANCE,
		.flags = THECA_OPTIONAL | THECA_REF_PUMP,
		AT(pump),
		.help = "K."},
	{.name = "windows",
		.type = THECA_DURATION,
		.flags = THECA_LIST,
		AT(windows),
		.initial = "2 min, 5 min",
		.min = "1 s",
		.max = "1 h",
		.help = "L."},
	{.name = "rates",
		.type = THECA_RATE,
		.flags = THECA_LIST | THECA_OPTIONAL,
		AT(rates),
		.help = "M."},
	{0},
};

static const struct schema schema = {options, sizeof *options};
static struct arena arena;

static void *keep(void *user, const void *bytes, size_t size)
{
	return arena_keep(user, bytes, size, 16);
}

static uint32_t resolve(
	void *user, const struct theca_option *option, const char *name, char *why, size_t why_size)
{
	(void)user;
	if (!strcmp(name, "left"))
		return 7;
	if (strcmp(name, "silent") != 0)
		snprintf(why, why_size, "found '%s', expected a %s", name,
			option->flags & THECA_REF_PUMP ? "pump" : "section");
	return 0;
}

static const struct schema_context context = {&arena, resolve, keep, "benches"};

static int set(struct config *config, const char *name, const char *text, char why[512])
{
	*why = 0;
	return schema_set(schema_find(schema, name), text, config, &context, why, 512);
}

/* -- values ------------------------------------------------------------------------------------ */

static void test_defaults(void)
{
	struct config config;
	char why[512] = "";

	memset(&config, 0x55, sizeof config);
	is(schema_defaults(schema, &config, &context, why, sizeof why), 0, "defaults are set");
	is_text(why, "", "without a word");
	is(config.rate_pl_per_day, 500000000, "a rate");
	ok(config.volume_pl == THECA_NONE, "a required quantity is not stated yet");
	ok(config.temperature_mk == THECA_NONE, "an optional one neither");
	is(config.rounds, 3, "a count");
	is(config.duration_ns, 90 * THECA_MINUTE_NS, "a duration");
	is(config.mode, 1, "a choice");
	is(config.on, 1, "a flag");
	ok(!config.text, "an optional text is NULL");
	is_text(config.file, "benches/x.csv", "a file is relative to the folder");
	is_text(config.port, "tcp:localhost:1", "a port");
	is(config.pump, 0, "an instance that is not stated");
	is(config.windows.count, 2, "a list");
	is(config.windows.values[1], 5 * THECA_MINUTE_NS, "and its values");
	ok(!config.rates.values && !config.rates.count, "an empty list");
}

static void test_set(void)
{
	struct config config = {0};
	char why[512];

	is(set(&config, "rate", "12.5 uL/h", why), 0, "a rate is taken");
	is(config.rate_pl_per_day, 300000000, "and converted");
	is(set(&config, "rate", "0.05 mL/day", why), 0, "the least value is one");
	is(set(&config, "rate", "24 mL/day", why), 0, "so is the largest");
	is(config.rate_pl_per_day, 24000000000, "in full");
	is(set(&config, "temperature", "-0 degC", why), -EINVAL, "no zero with a sign");
	is(set(&config, "mode", "very slow", why), 0, "a choice of two words");
	is(config.mode, 2, "is its number");
	is(set(&config, "on", "no", why), 0, "a flag");
	is(config.on, 0, "is 0");
	is(set(&config, "text", "a b, c", why), 0, "a text");
	is_text(config.text, "a b, c", "is kept");
	is(set(&config, "file", "/x", why), 0, "an absolute file");
	is_text(config.file, "/x", "stays so");
	is(set(&config, "port", "serial:/dev/ttyUSB0,9600,8N1", why), 0, "a serial port");
	is(set(&config, "pump", "left", why), 0, "an instance");
	is(config.pump, 7, "is its number");
	is(set(&config, "windows", " 1 s ,2 min 30 s,1 h", why), 0, "a list");
	is(config.windows.count, 3, "of three");
	is(config.windows.values[1], 150 * THECA_SECOND_NS, "without the blanks");
}

static const struct {
	const char *option, *text, *want;
} refused[] = {
	{"rate", "50 mL/day", "found '50 mL/day', expected at most 24 mL/day"},
	{"rate", "0 mL/day", "found '0 mL/day', expected at least 0.05 mL/day"},
	{"rate", "24.000000001 mL/day", "found '24.000000001 mL/day', expected at most 24 mL/day"},
	{"rounds", "11", "found '11', expected at most 10"},
	{"mode", "sloww", "found 'sloww', expected fast, slow or very slow; did you mean `slow`?"},
	{"mode", "idle", "found 'idle', expected fast, slow or very slow"},
	{"mode", "", "found '', expected fast, slow or very slow"},
	{"on", "true", "found 'true', expected yes or no"},
	{"on", "Yes", "found 'Yes', expected yes or no"},
	{"text", "", "found nothing, expected a text"},
	{"file", "", "found nothing, expected a text"},
	{"port", "/dev/ttyUSB0",
		"found '/dev/ttyUSB0', expected serial:DEVICE,SPEED, tcp:HOST:PORT, pty:PATH "
		"or listen:HOST:PORT"},
	{"port", "tcp:",
		"found 'tcp:', expected host:port"},
	{"pump", "right", "found 'right', expected a pump"},
	{"pump", "silent", "found 'silent', expected the name of a section"},
	{"windows", "1 s, 2 h", "found '2 h', expected at most 1 h"},
	{"windows", "1 s,,2 s", "found '1 s,,2 s', expected a duration at each comma"},
	{"windows", "1 s,", "found '1 s,', expected a duration at each comma"},
	{"windows", "", "found '', expected a duration at each comma"},
};

/* What units.c says is its own; here only that it comes through, and that nothing is written. */
static const struct {
	const char *option, *text;
} no_quantities[] = {{"rate", "nan"}, {"rate", "inf mL/day"}, {"rate", "1"}, {"rate", "1 mL"},
	{"rate", "1,5 mL/day"}, {"rate", ".2 mL/day"}, {"rate", "1. mL/day"},
	{"rate", "1e3 mL/day"}, {"rate", "0x1p3 mL/day"}, {"rate", "-1 mL/day"},
	{"rate", "1 mL/day x"}, {"volume", "1e999 mL"}, {"volume", ""}, {"windows", "1 s, x"},
	{"rates", "1 mL/day; 2 mL/day"}};

static void test_refused(void)
{
	struct config config, before;
	char why[512];

	memset(&config, 0x55, sizeof config);
	before = config;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		is(set(&config, refused[i].option, refused[i].text, why), -EINVAL, "%s = %s",
			refused[i].option, refused[i].text);
		is_text(why, refused[i].want, "says why");
	}
	for (size_t i = 0; i < sizeof no_quantities / sizeof *no_quantities; i++) {
		is(set(&config, no_quantities[i].option, no_quantities[i].text, why), -EINVAL,
			"%s = %s", no_quantities[i].option, no_quantities[i].text);
		ok(strstr(why, "expected"), "says why: %s", why);
	}
	ok(!memcmp(&config, &before, sizeof config), "what is refused is not written");
	char text[300];
	memset(text, '1', 299);
	text[299] = 0;
	is(set(&config, "windows", text, why), -EINVAL, "a very long element");
	is(schema_set(&options[0], text, &config, &context, why, 20), -EINVAL, "a short `why`");
	is(strlen(why), 19, "is cut");
}

/* -- tables ------------------------------------------------------------------------------------ */

static void test_access(void)
{
	struct long_row {
		struct theca_option option;
		char more[24]; /* of a later version */
	} rows[] = {{{.name = "a"}, "x"}, {{.name = "b"}, "y"}, {{0}, ""}};
	const struct schema later = {&rows[0].option, sizeof *rows}, none = {NULL, 0};

	is(schema_count(schema), 13, "a table is counted");
	is_text(schema_at(schema, 1)->name, "volume", "by number");
	ok(!schema_at(schema, 13) && !schema_at(schema, 99), "not beyond its end");
	ok(schema_find(schema, "mode") == &options[5] && !schema_find(schema, "mod"), "by name");
	is(schema_count(later), 2, "longer rows are stepped over");
	is_text(schema_find(later, "b")->name, "b", "and found");
	is(schema_count(none), 0, "no table");
	ok(!schema_at(none, 0) && !schema_find(none, "a"), "has no rows");
}

static const char *const *const no_choices = (const char *const[]){NULL};

#define GOOD .name = "a", .type = THECA_RATE, .help = "A."
static const struct {
	struct theca_option option;
	const char *want;
} unsound[] = {
	{{GOOD}, NULL},
	{{GOOD, .initial = "1 mL/day", .min = "1 mL/day", .max = "1 mL/day"}, NULL},
	{{.name = "A", .type = THECA_RATE, .help = "A."},
		"found option name 'A', expected words of a-z, 0-9, `-` and `_`"},
	{{.name = "a ", .type = THECA_RATE, .help = "A."},
		"found option name 'a ', expected words of a-z, 0-9, `-` and `_`"},
	{{.name = "a=b", .type = THECA_RATE, .help = "A."},
		"found option name 'a=b', expected words of a-z, 0-9, `-` and `_`"},
	{{.name = "driver", .type = THECA_RATE, .help = "A."},
		"option `driver` bears the name of a key of the service"},
	{{.name = "a", .type = 99, .help = "A."},
		"option `a`: found type 99, expected a known one"},
	{{.name = "a", .type = 0, .help = "A."}, "option `a`: found type 0, expected a known one"},
	{{.name = "a", .type = 20, .help = "A."},
		"option `a`: found type 20, expected a known one"},
	{{.name = "a", .type = THECA_TEXT, .flags = THECA_LIST, .help = "A."},
		"option `a`: found type 34 as a list, expected a known one"},
	{{GOOD, .offset = 4}, "option `a` lies at 4, expected a multiple of 8"},
	{{GOOD, .offset = 16}, "option `a` lies at 16, beyond the struct of 16 bytes"},
	{{GOOD, .offset = (size_t)-8},
		"option `a` lies at 18446744073709551608, beyond the struct of "
		"16 bytes"},
	{{GOOD, .flags = THECA_LIST, .offset = 8},
		"option `a` lies at 8, beyond the struct of 16 bytes"},
	{{GOOD, .initial = "5 mL/day", .max = "4 mL/day"},
		"option `a`, initial value: found '5 mL/day', expected at most 4 mL/day"},
	{{GOOD, .min = "5 mL/day", .max = "4 mL/day"},
		"option `a`: found at least 5 mL/day and at most 4 mL/day"},
	{{.name = "a", .type = THECA_TEXT, .min = "1", .help = "A."},
		"option `a` has bounds and is no quantity"},
	{{.name = "a", .type = THECA_CHOICE, .help = "A."}, "option `a` is a choice of nothing"},
	{{.name = "a", .type = THECA_CHOICE, .choices = modes, .initial = "x", .help = "A."},
		"option `a`, initial value: found 'x', expected fast, slow or very slow"},
	{{.name = "a", .type = THECA_INSTANCE, .help = "A."},
		"option `a` names sections of no kind"},
	{{.name = "a",
		 .type = THECA_INSTANCE,
		 .flags = THECA_REF_PUMP,
		 .initial = "x",
		 .help = "A."},
		"option `a` has a section as initial value"},
	{{.name = "a", .type = THECA_RATE}, "option `a` has no help"},
};

static void test_check(void)
{
	static const struct theca_option words[] = {{.name = "driver"}, {.name = "plugin"}, {0}};
	const struct schema reserved = {words, sizeof *words}, none = {NULL, 0};
	char why[512] = "";

	is(schema_check(schema, sizeof(struct config), reserved, why, sizeof why), 0,
		"a sound table: %s", why);
	is(schema_check((struct schema){NULL, 0}, 0, none, why, sizeof why), 0, "no table");
	for (size_t i = 0; i < sizeof unsound / sizeof *unsound; i++) {
		const struct theca_option rows[] = {unsound[i].option, {0}};
		const struct schema table = {rows, sizeof *rows};
		int error = schema_check(table, 16, reserved, why, sizeof why);
		is(error, unsound[i].want ? -EINVAL : 0, "table %zu", i);
		if (unsound[i].want)
			is_text(why, unsound[i].want, "says why");
	}
	const struct theca_option bounds[] = {{GOOD, .max = "4 mL"}, {0}},
				  twice[] = {{GOOD}, {GOOD}, {0}};
	const struct theca_option choice[] = {
		{.name = "a", .type = THECA_CHOICE, .choices = no_choices, .help = "A."}, {0}};
	is(schema_check((struct schema){bounds, sizeof *bounds}, 16, none, why, 512), -EINVAL,
		"a bad bound");
	ok(strstr(why, "option `a`, largest value: ") == why, "says why: %s", why);
	is(schema_check((struct schema){twice, sizeof *twice}, 16, none, why, 512), -EINVAL,
		"a name twice");
	is_text(why, "option `a` is there twice", "says why");
	is(schema_check((struct schema){choice, sizeof *choice}, 16, none, why, 512), -EINVAL,
		"no choices");
	is(schema_check((struct schema){options, 16}, 999, none, why, 512), -EINVAL, "short rows");
	const struct theca_option unknown[] = {{.name = "a", .type = 99}, {0}};
	struct config config;
	is(schema_defaults((struct schema){unknown, sizeof *unknown}, &config, &context, why, 512),
		-EINVAL, "an unknown type has no default");
	is(schema_set(unknown, "x", &config, &context, why, 512), -EINVAL, "nor takes a text");
}

/* -- near names -------------------------------------------------------------------------------- */

static void test_nearest(void)
{
	static const char *const names[] = {
		"reservoir", "basal", "holds", "patient bolus", "catheter", "tare", "rate"};
	static const struct {
		const char *wrong, *want;
	} cases[] = {{"resevoir", "reservoir"}, {"basel", "basal"}, {"hold", "holds"},
		{"patient_bolus", "patient bolus"}, {"Patient Bolus", "patient bolus"},
		{"patientbolus", "patient bolus"}, {"cahteter", "catheter"}, {"rat", "rate"},
		{"trae", "tare"}, {"volume", NULL}, {"x", NULL}, {"", NULL}, {"RATE", "rate"},
		{"bosol", NULL}};
	char text[300];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_text(schema_nearest(cases[i].wrong, names, sizeof names / sizeof *names),
			cases[i].want, "'%s'", cases[i].wrong);
	memset(text, 'r', 299);
	text[299] = 0;
	ok(!schema_nearest(text, names, 7), "a very long name is near nothing");
	ok(!schema_nearest("rate", names, 0), "no names");
}

int main(void)
{
	test_defaults();
	test_set();
	test_refused();
	test_access();
	test_check();
	test_nearest();
	arena_finish(&arena);
	return done_testing();
}
