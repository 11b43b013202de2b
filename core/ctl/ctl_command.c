/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of thecactl. Most are a row of the table: words and options become parameters. */
#include "ctl/ctl_command.h"
#include "ctl/ctl_journal.h"
#include "ctl/ctl_program.h"
#include "ctl/ctl_status.h"
#include "base/units.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct ctl_option_row ctl_options[OPT_COUNT] = {
	[OPT_HELP] = {"help", 'h', NULL, NULL, "this text, or a command's"},
	[OPT_VERSION] = {"version", 'V', NULL, NULL, "the version"},
	[OPT_SOCKET] = {"socket", 's', "PATH", NULL, "the service's control socket"},
	[OPT_TIMEOUT] = {"timeout", 't', "DURATION", NULL, "wait so long for an answer: 60 s"},
	[OPT_JSON] = {"json", 'j', NULL, NULL, "print the result as it came, one line"},
	[OPT_CONFIRM] = {"confirm", 0, NULL, "confirm",
		"accept a soft limit; recorded with your name"},
	[OPT_OVER] = {"over", 0, "DURATION", "over", "deliver it in this time: `10 min`"},
	[OPT_ALL] = {"all", 'a', NULL, NULL, "all pumps"},
	[OPT_BASAL] = {"basal", 0, "TEXT", "basal", "as in the bench file: `6 mg/day of morphine`"},
	[OPT_PATIENT_BOLUS] = {"patient-bolus", 0, "TEXT", "patient_bolus", "as in the bench file"},
	[OPT_YES] = {"yes", 'y', NULL, NULL, "commit without asking"},
	[OPT_HOLDS] = {"holds", 0, "TEXT", "holds", "another mix: `morphine 20 mg/mL`"},
	[OPT_INSTANCE] = {"instance", 'i', "NAME", "instance", "whom it concerns"},
	[OPT_FOLLOW] = {"follow", 'f', NULL, NULL, "go on with what happens"},
	[OPT_FROM] = {"from", 'n', "NUMBER", "from", "begin with this event"},
	[OPT_ONCE] = {"once", '1', NULL, NULL, "once, also on a terminal"},
};

/* -- parameters ------------------------------------------------------------------------------- */

/* Words from `first` on, with blanks between: people forget to quote `0.3 mg of morphine`. */
static json_t *joined(const struct ctl_asked *asked, int first)
{
	char text[1024] = "";
	size_t length = 0;
	for (int i = first; i < asked->count && length < sizeof text; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
			i > first ? " " : "", asked->words[i]);
	return length < sizeof text ? json_string(text) : NULL;
}

static json_t *option_value(const struct ctl_asked *asked, enum ctl_option option)
{
	int64_t number;
	if (!ctl_options[option].value)
		return json_true();
	if (option != OPT_FROM)
		return json_string(asked->values[option]);
	if (units_parse(THECA_COUNT, asked->values[option], &number, (char[UNITS_WHY]){0}))
		return NULL;
	return json_integer(number);
}

/* Words and options as the method's parameters; NULL: one of them is not usable, *which. */
static json_t *read_params(const struct ctl_asked *asked, const char **which)
{
	const struct ctl_command *command = asked->command;
	json_t *params = json_object();
	int words = (command->params[0] != NULL) + (command->params[0] && command->params[1]);
	*which = NULL;
	for (int i = 0; i < words && i < asked->count; i++)
		if (json_object_set_new(params, command->params[i],
			    i + 1 < words ? json_string(asked->words[i]) : joined(asked, i)))
			*which = command->params[i];
	for (int i = 0; i < OPT_COUNT; i++)
		if (asked->values[i] && ctl_options[i].param &&
			json_object_set_new(params, ctl_options[i].param, option_value(asked, i)))
			*which = ctl_options[i].name;
	if (!*which)
		return params;
	json_decref(params);
	return NULL;
}

static int complain(struct ctl_asked *asked, int code, const char *why)
{
	snprintf(asked->client.why, sizeof asked->client.why, "%s", why);
	return code;
}

static json_t *params_or_complain(struct ctl_asked *asked)
{
	const char *which;
	json_t *params = read_params(asked, &which);
	if (!params) {
		char why[128];
		snprintf(why, sizeof why, "`%s`: no usable text or number", which);
		complain(asked, CTL_USAGE, why);
	}
	return params;
}

/* -- running ---------------------------------------------------------------------------------- */

static void show_result(struct ctl_asked *asked, const json_t *result)
{
	if (asked->values[OPT_JSON] || !asked->command->show) {
		json_dumpf(result, asked->page.out,
			JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		fputc('\n', asked->page.out);
	} else {
		asked->command->show(&asked->page, result);
	}
}

static int call(struct ctl_asked *asked, json_t *params)
{
	json_t *result;
	int code = ctl_call(
		&asked->client, asked->command->method, params, asked->command->changes, &result);
	if (code == CTL_OK)
		show_result(asked, result);
	json_decref(result);
	return code;
}

static int run_call(struct ctl_asked *asked)
{
	json_t *params = params_or_complain(asked);
	return params ? call(asked, params) : CTL_USAGE;
}

static int run_status(struct ctl_asked *asked)
{
	const char *pump = asked->count > 0 ? asked->words[0] : NULL;
	bool live = !asked->values[OPT_ONCE] && !asked->values[OPT_JSON] && ctl_can_watch();
	json_t *status;
	if (live)
		return ctl_watch(&asked->client, pump, asked->page.colour);
	int code = ctl_get_status(&asked->client, pump, &status);
	if (code == CTL_OK)
		show_result(asked, status);
	json_decref(status);
	return code;
}

static int run_program(struct ctl_asked *asked)
{
	struct ctl_program how = {.json = asked->values[OPT_JSON],
		.yes = asked->values[OPT_YES],
		.confirm = asked->values[OPT_CONFIRM]};
	json_t *params = params_or_complain(asked);
	if (!params)
		return CTL_USAGE;
	json_object_del(params, "confirm"); /* it belongs to the commit */
	return ctl_run_program(&asked->client, &asked->page, params, &how);
}

/* `0.3 mg of morphine` is a dose, `0.1 mL` a volume. */
static bool is_dose(const char *amount)
{
	char why[UNITS_WHY];
	const char *end;
	int64_t mass_pg;
	return strstr(amount, " of ") || !units_scan(THECA_MASS, amount, &end, &mass_pg, why);
}

static int run_bolus(struct ctl_asked *asked)
{
	json_t *params = params_or_complain(asked);
	if (!params)
		return CTL_USAGE;
	json_t *amount = json_object_get(params, "volume");
	if (is_dose(json_string_value(amount))) {
		json_object_set(params, "dose", amount);
		json_object_del(params, "volume");
	}
	return call(asked, params);
}

static int run_halt(struct ctl_asked *asked)
{
	bool all = asked->values[OPT_ALL];
	if (all == (asked->count > 0))
		return complain(asked, CTL_USAGE, "halt: which pump? a name, or --all");
	return run_call(asked);
}

/* `ack CODE` or `ack INSTANCE CODE`. */
static int run_acknowledge(struct ctl_asked *asked)
{
	json_t *params = json_object();
	if (asked->count == 2)
		json_object_set_new(params, "instance", json_string(asked->words[0]));
	json_object_set_new(params, "code", json_string(asked->words[asked->count - 1]));
	return call(asked, params);
}

/* -- events ----------------------------------------------------------------------------------- */

enum { QUIET_MS = 500, RETRY_S = 1 };

/* Prints what comes. `last`: the number of the newest event that is due, 0: unknown. Returns the
 * number of the last one printed. */
static json_int_t print_events(struct ctl_asked *asked, json_int_t last)
{
	json_int_t number = 0;
	json_t *event;
	bool follow = asked->values[OPT_FOLLOW];
	while ((follow || last == 0 || number < last) &&
		(event = ctl_next(&asked->client, follow ? -1 : QUIET_MS))) {
		number = json_integer_value(json_object_get(event, "number"));
		show_result(asked, event);
		fflush(asked->page.out);
		json_decref(event);
	}
	return number;
}

/* Asks from *next on (0: from now) and prints; *next is then where to go on. */
static int follow_from(struct ctl_asked *asked, json_int_t *next)
{
	json_t *result, *params = *next > 0 ? json_pack("{s:I}", "from", *next) : NULL;
	int code = ctl_call(&asked->client, "event.follow", params, false, &result);
	if (code == CTL_OK) {
		json_int_t last = json_integer_value(json_object_get(result, "following"));
		json_int_t number = print_events(asked, last);
		if (number == 0 && *next == 0)
			number = last;
		*next = number > 0 ? number + 1 : *next;
	}
	json_decref(result);
	return code;
}

/* A reader who was cut off, or whose service came back, misses nothing. */
static int run_events(struct ctl_asked *asked)
{
	struct ctl_client *client = &asked->client;
	bool follow = asked->values[OPT_FOLLOW];
	const char *from = asked->values[OPT_FROM];
	int64_t first = follow ? 0 : 1;
	if (from && units_parse(THECA_COUNT, from, &first, (char[UNITS_WHY]){0}))
		return complain(asked, CTL_USAGE, "--from: the number of an event");
	json_int_t next = first;
	for (;;) {
		int code = client->fd < 0 ? ctl_connect(client, client->path, client->timeout_ms)
					  : CTL_OK;
		if (code == CTL_OK)
			code = follow_from(asked, &next);
		if (client->fd >= 0 || (code != CTL_OK && !follow))
			return code;
		sleep(RETRY_S);
	}
}

static int run_journal(struct ctl_asked *asked)
{
	const char *what = asked->count == 2 ? asked->words[0] : "show";
	const char *folder = asked->words[asked->count - 1];
	bool show = !strcmp(what, "show");
	if (!show && strcmp(what, "verify"))
		return complain(asked, CTL_USAGE, "journal: show or verify, and the run's folder");
	return ctl_read_journal(&asked->page, folder, show, asked->values[OPT_JSON],
		asked->client.why, sizeof asked->client.why);
}

int ctl_run(struct ctl_asked *asked)
{
	return asked->command->run ? asked->command->run(asked) : run_call(asked);
}

/* -- the table -------------------------------------------------------------------------------- */

#define BIT(option) (1u << OPT_##option)
#define QUERY .options = BIT(JSON)
#define CHANGE .changes = true, .show = ctl_show_outcome

const struct ctl_command ctl_commands[] = {
	{"status", "[PUMP]", "the bench at a glance; on a terminal it goes on until `q`",
		BIT(JSON) | BIT(ONCE), 0, 1, .show = ctl_show_status, .run = run_status},
	{"start", "PUMP", "begin the configured program", BIT(JSON) | BIT(CONFIRM), 1, 1,
		"pump.start", {"pump"}, CHANGE},
	{"halt", "PUMP | --all", "stop at once", BIT(JSON) | BIT(ALL), 0, 1, "pump.halt", {"pump"},
		.run = run_halt, CHANGE},
	{"bolus", "PUMP AMOUNT", "deliver `0.1 mL`, or `0.3 mg of morphine`",
		BIT(JSON) | BIT(OVER) | BIT(CONFIRM), 2, 32, "pump.bolus", {"pump", "volume"},
		.run = run_bolus, CHANGE},
	{"press", "PUMP", "press the patient's button", BIT(JSON), 1, 1, "pump.press", {"pump"},
		CHANGE},
	{"program", "PUMP", "show a new program beside the old one, ask, and commit it",
		BIT(JSON) | BIT(BASAL) | BIT(PATIENT_BOLUS) | BIT(YES) | BIT(CONFIRM), 1, 1,
		"program.prepare", {"pump"}, .run = run_program},
	{"interrogate", "PUMP", "read the pump; settles what is uncertain", BIT(JSON), 1, 1,
		"pump.interrogate", {"pump"}, CHANGE},
	{"refill", "PUMP VOLUME", "the reservoir was emptied and now holds VOLUME",
		BIT(JSON) | BIT(HOLDS) | BIT(CONFIRM), 2, 8, "pump.refill", {"pump", "volume"},
		CHANGE},
	{"run", "PROCEDURE", "run a bench test", BIT(JSON), 1, 1, "procedure.run", {"procedure"},
		CHANGE},
	{"abort", "PROCEDURE", "end one early", BIT(JSON), 1, 1, "procedure.abort", {"procedure"},
		CHANGE},
	{"alarms", "", "alarms, acknowledged or not", BIT(JSON), 0, 0, "alarm.list",
		.show = ctl_show_alarms},
	{"ack", "[INSTANCE] CODE", "an alarm has been seen; its condition stays", BIT(JSON), 1, 2,
		"alarm.acknowledge", .run = run_acknowledge, CHANGE},
	{"signals", "[INSTANCE]", "signals with value, quality and age", BIT(JSON), 0, 1,
		"signal.list", {"instance"}, .show = ctl_show_signals},
	{"instances", "", "the sections of the bench, and their state", BIT(JSON), 0, 0,
		"instance.list", .show = ctl_show_instances},
	{"plugins", "", "the plugins that the service finds", BIT(JSON), 0, 0, "plugin.list",
		.show = ctl_show_plugins},
	{"events", "", "what has happened, from the journal", BIT(JSON) | BIT(FOLLOW) | BIT(FROM),
		0, 0, "event.follow", .show = ctl_show_event, .run = run_events},
	{"note", "TEXT", "put a remark into the journal", BIT(JSON) | BIT(INSTANCE), 1, 200,
		"note.add", {"text"}, CHANGE},
	{"shutdown", "", "halt the pumps and end the service", BIT(JSON), 0, 0, "bench.shutdown",
		CHANGE},
	{"methods", "", "what the control socket serves", BIT(JSON), 0, 0, "rpc.discover",
		.show = ctl_show_methods},
	{"journal", "[show | verify] FOLDER", "a run's journal, without a service", BIT(JSON), 1, 2,
		.run = run_journal, .offline = true},
	{0},
};
