/* SPDX-License-Identifier: Apache-2.0 */
/* The device side's commands: MT-SICS levels 0 and 1, and what else clients send; a row each. */
#include "device.h"
#include <stdlib.h>
#include <string.h>

#define TARE_MAX_PG                                                                                \
	INT64_C(1000000000000000000) /* a tonne: sums of masses stay far from overflow */

/* -- SR: the weight whenever it has changed --------------------------------------------------- */

static int64_t step_pg(const struct device *device)
{
	struct sics_mass one = {.digits = 1, .decimals = (uint32_t)device->config->decimals};
	int64_t size_pg = 1;
	snprintf(one.unit, sizeof one.unit, "%s", device_units[device->config->unit]);
	sics_mass_pg(&one, &size_pg);
	return size_pg;
}

/* Not stated: an eighth of the last stable weight, at least 30 steps. */
static int64_t threshold_pg(const struct device *device, const struct client *client)
{
	int64_t eighth_pg = llabs(client->watched_pg) / 8, least_pg = 30 * step_pg(device);
	if (client->threshold_pg)
		return client->threshold_pg;
	return eighth_pg > least_pg ? eighth_pg : least_pg;
}

static void tick_watching(struct device *device, struct client *client)
{
	int64_t mass_pg;
	enum sics_status status = device_weigh(device, &mass_pg);
	if (!device_has_weight(status))
		return;
	int64_t now_pg = device_shown_pg(device, mass_pg);
	if (client->watching == WATCH_FOR_REST && status == SICS_STABLE) {
		client->watching = WATCH_FOR_CHANGE;
		client->watched_pg = now_pg;
		device_say_mass(device, client, "S", SICS_STABLE, now_pg);
	} else if (client->watching == WATCH_FOR_CHANGE &&
		   llabs(now_pg - client->watched_pg) >= threshold_pg(device, client)) {
		client->watching = WATCH_FOR_REST;
		device_say_mass(device, client, "S", SICS_DYNAMIC, now_pg);
	}
}

void device_tick(struct device *device, struct client *client, int64_t now_ns)
{
	if (client->waits_as)
		device_tick_waiting(device, client, now_ns);
	if (client->streams)
		device_say_weight(device, client);
	if (client->watching)
		tick_watching(device, client);
}

/* -- the commands ----------------------------------------------------------------------------- */

struct entry {
	char level;
	const char *name;
	void (*run)(struct device *, struct client *, const struct entry *, const char *argument);
	bool takes_argument;
	const char *text; /* of a fixed answer */
};

static void say_text(struct device *device, struct client *client, const char *id, const char *text)
{
	struct sics_answer answer = {.status = SICS_DONE};
	snprintf(answer.id, sizeof answer.id, "%s", id);
	snprintf(answer.text, sizeof answer.text, "\"%.80s\"", text);
	device_send(device, client, &answer);
}

static void do_text(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	say_text(device, client, entry->name, entry->text);
}

static void do_model(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	say_text(device, client, entry->name, device->config->model);
}

static void do_serial_number(struct device *device, struct client *client,
	const struct entry *entry, const char *argument)
{
	(void)argument;
	say_text(device, client, entry->name, device->config->serial_number);
}

/* As after switching on, but the load is not taken for zero. */
static void do_cancel(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)entry, (void)argument;
	device->tare_pg = 0;
	say_text(device, client, "I4", device->config->serial_number);
}

static void do_weight(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	client->streams = !strcmp(entry->name, "SIR");
	device_say_weight(device, client);
}

static void do_watch(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	struct sics_mass threshold;
	(void)entry;
	client->threshold_pg = 0;
	if (*argument && (sics_read_mass(argument, &threshold) ||
				 sics_mass_pg(&threshold, &client->threshold_pg) ||
				 client->threshold_pg <= 0)) {
		device_say(device, client, "S", SICS_WRONG);
		return;
	}
	client->watching = WATCH_FOR_REST;
	tick_watching(device, client);
}

static void do_when_stable(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	device_when_stable(
		device, client, entry->name, device->config->stability_timeout_ns, false);
}

/* `SC 500`: stable, or after half a second as it is. */
static void do_timed_weight(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	int64_t timeout_ms = 0;
	size_t length = strspn(argument, "0123456789");
	(void)entry;
	if (length == 0 || length > 6 || argument[length]) {
		device_say(device, client, "S", SICS_WRONG);
		return;
	}
	for (size_t i = 0; i < length; i++)
		timeout_ms = timeout_ms * 10 + (argument[i] - '0');
	device_when_stable(device, client, "S", timeout_ms * 1000000, true);
}

/* `M21 0 0`: tell weights in grams. No other unit can be chosen by a client. */
static void do_unit(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	bool grams = !strcmp(device_units[device->config->unit], "g");
	device_say(device, client, entry->name,
		grams && !strcmp(argument, "0 0") ? SICS_DONE : SICS_WRONG);
}

static void do_errand(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	device_run_errand(device, client, entry->name);
}

/* A tare given as a number changes what is shown, not the instrument. */
static void do_tare_value(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	struct sics_mass mass;
	int64_t tare_pg = device->tare_pg;
	bool wrong =
		*argument && (sics_read_mass(argument, &mass) || sics_mass_pg(&mass, &tare_pg));
	if (wrong || (*argument && (tare_pg < 0 || tare_pg > TARE_MAX_PG))) {
		device_say(device, client, entry->name, SICS_WRONG);
		return;
	}
	device->tare_pg = tare_pg;
	device_say_mass(device, client, entry->name, SICS_DONE, tare_pg);
}

static void do_tare_clear(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	device->tare_pg = 0;
	device_say(device, client, entry->name, SICS_DONE);
}

/* The display is not there to be looked at: a text goes to the log. */
static void do_display(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	char text[SICS_LINE_MAX];
	bool quoted = sics_quoted(argument, text, sizeof text);
	if (quoted)
		theca_log(device->host, THECA_INFO, "display: %s", text);
	device_say(device, client, entry->name,
		quoted || !entry->takes_argument ? SICS_DONE : SICS_WRONG);
}

/* There are no keys whose pressing could be told. */
static void do_keys(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	bool known = strlen(argument) == 1 && strchr("1234", *argument);
	device_say(device, client, entry->name, known ? SICS_DONE : SICS_WRONG);
}

static void do_list(struct device *, struct client *, const struct entry *, const char *);

static const struct entry table[] = {
	{'0', "I0", do_list, false, NULL},
	{'0', "I1", do_text, false, "01\" \"2.30\" \"2.22\" \"\" \""},
	{'0', "I2", do_model, false, NULL},
	{'0', "I3", do_text, false, "1.00 simulated"},
	{'0', "I4", do_serial_number, false, NULL},
	{'0', "I5", do_text, false, "THECA1"},
	{'0', "S", do_when_stable, false, NULL},
	{'0', "SI", do_weight, false, NULL},
	{'0', "SIR", do_weight, false, NULL},
	{'0', "Z", do_when_stable, false, NULL},
	{'0', "ZI", do_errand, false, NULL},
	{'0', "@", do_cancel, false, NULL},
	{'1', "D", do_display, true, NULL},
	{'1', "DW", do_display, false, NULL},
	{'1', "K", do_keys, true, NULL},
	{'1', "SR", do_watch, true, NULL},
	{'1', "T", do_when_stable, false, NULL},
	{'1', "TA", do_tare_value, true, NULL},
	{'1', "TAC", do_tare_clear, false, NULL},
	{'1', "TI", do_errand, false, NULL},
	{'2', "M21", do_unit, true, NULL},
	{'2', "SC", do_timed_weight, true, NULL},
};

#define ENTRIES (sizeof table / sizeof *table)

static void do_list(struct device *device, struct client *client, const struct entry *entry,
	const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < ENTRIES; i++) {
		struct sics_answer answer = {.status = i + 1 < ENTRIES ? SICS_MORE : SICS_DONE};
		snprintf(answer.id, sizeof answer.id, "%s", entry->name);
		snprintf(answer.text, sizeof answer.text, "%c \"%s\"", table[i].level,
			table[i].name);
		device_send(device, client, &answer);
	}
}

static const struct entry *find_entry(const char *name)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

static void say_error(struct device *device, struct client *client, enum sics_status status)
{
	const struct sics_answer answer = {.status = status};
	device_send(device, client, &answer);
}

/* Whatever a client still had under way ends with its next command. */
void device_execute(struct device *device, struct client *client, const char *line)
{
	struct sics_request request;
	const struct entry *entry = NULL;
	if (sics_read_request(line, &request) == 0)
		entry = find_entry(request.name);
	if (!entry || (*request.argument && !entry->takes_argument)) {
		say_error(device, client, SICS_SYNTAX);
		return;
	}
	client->waits_as = NULL;
	client->streams = false;
	client->watching = WATCH_NOTHING;
	entry->run(device, client, entry, request.argument);
}

void device_misheard(struct device *device, struct client *client)
{
	say_error(device, client, SICS_TRANSMISSION);
}
