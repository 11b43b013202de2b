/* SPDX-License-Identifier: Apache-2.0 */
/* Option tables to words: the three forms whole; that the template loads and the manual is clean.
 */
#include <stdlib.h>
#include <theca/plugin.h>
#include <unistd.h>

#include "config/config.h"
#include "config/describe.h"
#include "tap.h"

struct settings {
	int64_t volume_pl, rate_pl_per_day, strokes;
	struct theca_list windows;
	int32_t mode, on;
	const char *holds, *label, *file, *port;
	uint32_t pump;
};

#define AT(field) .offset = offsetof(struct settings, field)

static const char *const modes[] = {"fast", "slow", "very slow", NULL};

static const struct theca_option options[] = {
	{.name = "reservoir",
		.type = THECA_VOLUME,
		AT(volume_pl),
		.initial = "40 mL",
		.min = "1 mL",
		.max = "60 mL",
		.help = "What the reservoir takes [S33]."},
	{.name = "rate",
		.type = THECA_RATE,
		AT(rate_pl_per_day),
		.min = "0.5 mL/day",
		.help = "The rate of the test. It is held for all of it, e.g. for a day."},
	{.name = "windows",
		.type = THECA_DURATION,
		.flags = THECA_LIST,
		AT(windows),
		.initial = "2 min, 5 min",
		.max = "1 h",
		.help = "Observation windows of the trumpet curve, over which the error of the "
			"delivered "
			"volume is taken at its largest and at its least."},
	{.name = "mode",
		.type = THECA_CHOICE,
		AT(mode),
		.initial = "slow",
		.choices = modes,
		.help = ".5 of it is in C:\\x, or so."},
	{.name = "port",
		.type = THECA_PORT,
		.flags = THECA_OPTIONAL,
		AT(port),
		.help = "Where it is."},
	{.name = "pump",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_PUMP,
		AT(pump),
		.help = "What is tested, such as `dut`."},
	{0},
};

static const struct theca_option core_options[] = {
	{.name = "driver", .type = THECA_TEXT, AT(label), .help = "The plugin."},
	{.name = "holds", .type = THECA_TEXT, AT(holds), .help = "The mix, such as `water`."},
	{.name = "on", .type = THECA_FLAG, AT(on), .help = "Is it?"},
	{0},
};

static const struct schema core = {core_options, sizeof *core_options};
static const struct theca_plugin plugin = {.size = sizeof plugin,
	.option_size = sizeof(struct theca_option),
	.name = "tester",
	.version = "1.2",
	.summary = "Tests a pump.",
	.options = options};

static const char text_form[] =
	"tester 1.2 (pump)\n"
	"  Tests a pump.\n"
	"\n"
	"A section [pump NAME] with driver = tester takes:\n"
	"  reservoir = 40 mL\n"
	"      What the reservoir takes [S33]. A volume from 1 mL to 60 mL.\n"
	"  rate\n"
	"      The rate of the test. It is held for all of it, e.g. for a day. A rate of\n"
	"      at least 0.5 mL/day. Required.\n"
	"  windows = 2 min, 5 min\n"
	"      Observation windows of the trumpet curve, over which the error of the\n"
	"      delivered volume is taken at its largest and at its least. A duration of\n"
	"      at most 1 h, or several with commas between.\n"
	"  mode = slow\n"
	"      .5 of it is in C:\\x, or so. One of fast, slow or very slow.\n"
	"  port\n"
	"      Where it is. A port. May be left out.\n"
	"  pump\n"
	"      What is tested, such as `dut`. The name of a pump. Required.\n"
	"\n"
	"and, as every [pump NAME]:\n"
	"  holds\n"
	"      The mix, such as `water`. A text. Required.\n"
	"  on\n"
	"      Is it? Yes or no. Required.\n";

static const char ini_form[] =
	"; Tests a pump.\n"
	"; A line that begins with `;key =` shows what holds without it.\n"
	"[pump example]\n"
	"driver = tester\n"
	"\n"
	"; The mix, such as `water`. A text. Required.\n"
	"holds = water\n"
	"\n"
	"; Is it? Yes or no. Required.\n"
	"on = yes\n"
	"\n"
	"; What the reservoir takes [S33]. A volume from 1 mL to 60 mL.\n"
	";reservoir = 40 mL\n"
	"\n"
	"; The rate of the test. It is held for all of it, e.g. for a day. A rate of at\n"
	"; least 0.5 mL/day. Required.\n"
	"rate = 0.5 mL/day\n"
	"\n"
	"; Observation windows of the trumpet curve, over which the error of the\n"
	"; delivered volume is taken at its largest and at its least. A duration of at\n"
	"; most 1 h, or several with commas between.\n"
	";windows = 2 min, 5 min\n"
	"\n"
	"; .5 of it is in C:\\x, or so. One of fast, slow or very slow.\n"
	";mode = slow\n"
	"\n"
	"; Where it is. A port. May be left out.\n"
	";port = serial:/dev/ttyUSB0,9600,8N1\n"
	"\n"
	"; What is tested, such as `dut`. The name of a pump. Required.\n"
	"pump = dut\n";

static const char man_form[] =
	".It Cm reservoir No = Ar volume\n"
	"What the reservoir takes [S33].\n"
	"A volume from 1 mL to 60 mL.\n"
	"Default: 40 mL.\n"
	".It Cm rate No = Ar rate\n"
	"The rate of the test.\n"
	"It is held for all of it, e.g. for a day.\n"
	"A rate of at least 0.5 mL/day.\n"
	"Required.\n"
	".It Cm windows No = Ar duration\n"
	"Observation windows of the trumpet curve, over which the error of the\n"
	"delivered volume is taken at its largest and at its least.\n"
	"A duration of at most 1 h, or several with commas between.\n"
	"Default: 2 min, 5 min.\n"
	".It Cm mode No = Ar word\n"
	"\\&.5 of it is in C:\\ex, or so.\n"
	"One of fast, slow or very slow.\n"
	"Default: slow.\n"
	".It Cm port No = Ar port\n"
	"Where it is.\n"
	"A port.\n"
	"May be left out.\n"
	".It Cm pump No = Ar section\n"
	"What is tested, such as `dut`.\n"
	"The name of a pump.\n"
	"Required.\n";

/* Freed by the next call; NULL frees only. */
static const char *describe(enum describe_form form, const struct theca_plugin *what,
	const char *kind, struct schema more)
{
	static char *text;
	size_t size;

	free(text);
	text = NULL;
	FILE *file = open_memstream(&text, &size);
	if (what)
		describe_plugin(file, form, what, kind, more);
	fclose(file);
	return text;
}

static void test_forms(void)
{
	const struct schema none = {NULL, 0};
	const struct theca_plugin bare = {
		.name = "null", .version = "1", .summary = "Drops samples."};

	is_text(describe(DESCRIBE_TEXT, &plugin, "pump", core), text_form, "help");
	is_text(describe(DESCRIBE_INI, &plugin, "pump", core), ini_form, "a template");
	is_text(describe(DESCRIBE_MAN, &plugin, "pump", none), man_form, "the items of a manual");
	is_text(describe(DESCRIBE_TEXT, &bare, "transport", none),
		"null 1 (transport)\n  Drops samples.\n\n"
		"A section [transport NAME] with plugin = null takes no keys of the plugin's "
		"own.\n",
		"help of a plugin without options");
	is_text(describe(DESCRIBE_INI, &bare, "transport", none),
		"; Drops samples.\n; A line that begins with `;key =` shows what holds without "
		"it.\n"
		"[transport example]\nplugin = null\n",
		"and its template");
	is_text(describe(DESCRIBE_MAN, &bare, "transport", none), "", "and its items");
}

/* -- the template is a bench ------------------------------------------------------------------- */

static uint32_t resolve(
	void *user, const struct theca_option *option, const char *name, char *why, size_t why_size)
{
	(void)user, (void)option, (void)name, (void)why, (void)why_size;
	return 1;
}

static void *keep(void *user, const void *bytes, size_t size)
{
	return config_keep(user, bytes, size);
}

/* Does every key of the template have a value that its option takes? */
static int count_bad(const char *text)
{
	struct config *config = config_from_text("template", text, strlen(text));
	const struct schema own = {options, sizeof *options};
	const struct schema_context context = {config, resolve, keep, "."};
	struct settings settings;
	size_t sections;
	char why[512];
	const struct config_section *section = config_sections(config, &sections);
	int bad = (int)config_errors(config) + (sections != 1);

	for (size_t i = 0; sections && i < section->count; i++) {
		const struct config_entry *entry = &section->entries[i];
		const struct theca_option *option = schema_find(own, entry->key);
		option = option ? option : schema_find(core, entry->key);
		bool good = option &&
			    !schema_set(option, entry->value, &settings, &context, why, sizeof why);
		if (!good)
			printf("# %s = %s\n", entry->key, entry->value);
		bad += !good;
	}
	config_destroy(config);
	return bad;
}

/* The template with its commented keys as keys. */
static const char *uncommented(const char *text)
{
	static char out[4096];
	size_t length = 0;

	for (const char *at = text; *at; at++)
		if (*at != ';' || (at > text && at[-1] != '\n') || at[1] == ' ')
			out[length++] = *at;
	out[length] = 0;
	return out;
}

static void test_template(void)
{
	const char *text = describe(DESCRIBE_INI, &plugin, "pump", core);
	char value[1000] = "";

	is(count_bad(text), 0, "the template loads");
	is(count_bad(uncommented(text)), 0, "also with all its keys");
	for (int i = 0; i < 99; i++)
		strcat(value, i ? ", 1 min" : "1 min");
	struct theca_option many[] = {options[2], {0}};
	many[0].initial = value;
	struct theca_plugin other = plugin;
	other.options = many;
	text = describe(DESCRIBE_INI, &other, "pump", core);
	is(count_bad(text), 0, "a long value goes on in further lines, commented ones");
	is(count_bad(uncommented(text)), 0, "or not");
}

/* -- mandoc finds nothing ---------------------------------------------------------------------- */

static void test_lint(void)
{
	char name[] = "/tmp/theca-describe-XXXXXX", command[128];
	FILE *page = fdopen(mkstemp(name), "w");

	fprintf(page,
		".Dd January 5, 2026\n.Dt TESTER 7\n.Os\n.Sh NAME\n.Nm tester\n.Nd test a pump\n"
		".Sh DESCRIPTION\nIt tests.\n.Ss Options\n.Bl -tag -width Ds\n%s.El\n",
		describe(DESCRIBE_MAN, &plugin, "pump", core));
	fclose(page);
	snprintf(command, sizeof command, "mandoc -T lint -W all %s 2>&1 | sed 's/^/# /'", name);
	FILE *lint = popen(command, "r");
	size_t lines = 0;
	for (char line[256]; lint && fgets(line, sizeof line, lint); lines++)
		fputs(line, stdout);
	pclose(lint);
	if (system("command -v mandoc >/dev/null 2>&1"))
		ok(true, "# SKIP no mandoc here");
	else
		is(lines, 0, "mandoc has nothing to say");
	unlink(name);
}

int main(void)
{
	test_forms();
	test_template();
	test_lint();
	describe(DESCRIBE_TEXT, NULL, NULL, core);
	return done_testing();
}
