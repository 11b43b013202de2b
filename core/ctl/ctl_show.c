/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The results of queries as people read them. What is not known is shown as `?`, what there is none
 * of as `-`; a stale value is marked, never shown like a good one.
 */
#include "ctl/ctl_show.h"
#include <stdlib.h>
#include <string.h>

#define UNKNOWN "?"
#define NONE "-"
#define BAR 20

static void add_member(
	struct ctl_table *table, const json_t *object, const char *key, const char *otherwise)
{
	ctl_table_add(table, CTL_PLAIN, ctl_member(object, key, otherwise));
}

static void add_time(struct ctl_table *table, const json_t *object, const char *key)
{
	char text[40];
	ctl_table_add(table, CTL_PLAIN, ctl_time(object, key, NONE, text));
}

/* -- alarms ----------------------------------------------------------------------------------- */

static enum ctl_style priority_style(const char *priority)
{
	return !strcmp(priority, "high")     ? CTL_RED
	       : !strcmp(priority, "medium") ? CTL_YELLOW
					     : CTL_PLAIN;
}

static void add_alarm(struct ctl_table *table, const json_t *alarm)
{
	const char *priority = ctl_member(alarm, "priority", UNKNOWN);
	const char *by = ctl_member(alarm, "acknowledged_by", NULL);
	bool cleared = ctl_member(alarm, "cleared", NULL) != NULL;
	ctl_table_add(table, priority_style(priority), priority);
	add_member(table, alarm, "instance", NONE);
	add_member(table, alarm, "code", UNKNOWN);
	add_time(table, alarm, "raised");
	ctl_table_format(table, CTL_PLAIN, "%s%s%s", cleared ? "cleared" : "active",
		by ? ", seen by " : "", by ? by : "");
	add_member(table, alarm, "text", "");
}

static struct ctl_table alarm_table(const json_t *alarms)
{
	struct ctl_table table;
	const json_t *alarm;
	size_t i;
	ctl_table_init(&table, "ALARM|OF|CODE|SINCE|STATE|", "llllll");
	json_array_foreach(alarms, i, alarm) add_alarm(&table, alarm);
	return table;
}

void ctl_show_alarms(const struct ctl_page *page, const json_t *alarms)
{
	if (json_array_size(alarms) == 0) {
		fputs("no alarms\n", page->out);
		return;
	}
	struct ctl_table table = alarm_table(alarms);
	ctl_table_print(&table, page);
}

/* -- status: the bench ------------------------------------------------------------------------ */

static void show_bench(const struct ctl_page *page, const json_t *bench)
{
	char time[40], until[40];
	bool running = json_is_true(json_object_get(bench, "running"));
	ctl_put_styled(page, CTL_BOLD, ctl_member(bench, "name", "bench"));
	ctl_put(page, "   ");
	ctl_put_styled(page, running ? CTL_GREEN : CTL_YELLOW, running ? "running" : "not running");
	ctl_put(page, "   ");
	ctl_put(page, ctl_time(bench, "time", UNKNOWN, time));
	ctl_put(page, "   ");
	ctl_put(page, ctl_member(bench, "elapsed", UNKNOWN));
	if (ctl_member(bench, "until", NULL)) {
		ctl_put(page, " of ");
		ctl_put(page, ctl_time(bench, "until", "", until));
	}
	ctl_put(page, "   clock ");
	ctl_put(page, ctl_member(bench, "clock", UNKNOWN));
	ctl_put_styled(page, CTL_DIM, "   theca ");
	ctl_put_styled(page, CTL_DIM, ctl_member(bench, "version", UNKNOWN));
	fputc('\n', page->out);
}

/* -- status: pumps ---------------------------------------------------------------------------- */

static void add_pump_state(struct ctl_table *table, const json_t *pump)
{
	bool stale = json_is_true(json_object_get(pump, "stale"));
	const char *holder = ctl_member(pump, "holder", "");
	ctl_table_format(table, stale ? CTL_YELLOW : CTL_PLAIN, "%s%s%s%s",
		ctl_member(pump, "state", UNKNOWN), *holder ? ", held by " : "", holder,
		stale ? " (STALE)" : "");
}

/* A quantity of a pump that has not answered for long is an old one, and looks like one. */
static void add_quantity(struct ctl_table *table, const json_t *pump, const char *key)
{
	bool stale = json_is_true(json_object_get(pump, "stale"));
	ctl_table_add(table, stale ? CTL_YELLOW : CTL_PLAIN, ctl_member(pump, key, UNKNOWN));
}

static void add_pump(struct ctl_table *table, const json_t *pump)
{
	json_int_t alarms = json_integer_value(json_object_get(pump, "alarms"));
	add_member(table, pump, "name", UNKNOWN);
	add_pump_state(table, pump);
	ctl_table_format(table, alarms > 0 ? CTL_RED : CTL_PLAIN, "%lld", (long long)alarms);
	add_quantity(table, pump, "rate");
	add_quantity(table, pump, "flow");
	add_quantity(table, pump, "delivered");
	add_quantity(table, pump, "reservoir");
	ctl_table_format(table, CTL_PLAIN, "%.10s", ctl_member(pump, "low_at", NONE)); /* its day */
	add_member(table, pump, "battery", NONE);
}

static void show_pumps(const struct ctl_page *page, const json_t *pumps)
{
	struct ctl_table table;
	const json_t *pump;
	size_t i;
	ctl_table_init(&table, "PUMP|STATE|ALARMS|RATE|FLOW|DELIVERED|RESERVOIR|LOW BY|BATTERY",
		"llrrrrrlr");
	json_array_foreach(pumps, i, pump) add_pump(&table, pump);
	ctl_table_section(&table, page);
}

static void add_doses(struct ctl_table *table, const json_t *pump)
{
	const json_t *dose;
	size_t i;
	json_array_foreach(json_object_get(pump, "doses"), i, dose)
	{
		add_member(table, pump, "name", UNKNOWN);
		add_member(table, dose, "drug", UNKNOWN);
		add_member(table, dose, "concentration", UNKNOWN);
		add_member(table, dose, "delivered", UNKNOWN);
		add_member(table, dose, "per_day", UNKNOWN);
	}
}

static void show_doses(const struct ctl_page *page, const json_t *pumps)
{
	struct ctl_table table;
	const json_t *pump;
	size_t i;
	ctl_table_init(&table, "PUMP|DRUG|CONCENTRATION|DELIVERED|DOSE / 24 H", "llrrr");
	json_array_foreach(pumps, i, pump) add_doses(&table, pump);
	ctl_table_section(&table, page);
}

/* -- status: instruments and procedures ------------------------------------------------------- */

static void add_value(struct ctl_table *table, const json_t *signal)
{
	const char *quality = ctl_member(signal, "quality", UNKNOWN);
	bool good = !strcmp(quality, "good");
	ctl_table_add(table, good ? CTL_PLAIN : CTL_YELLOW, ctl_member(signal, "value", UNKNOWN));
	ctl_table_add(table, good ? CTL_PLAIN : CTL_YELLOW, quality);
}

static void add_instrument(struct ctl_table *table, const json_t *instrument)
{
	const json_t *signals = json_object_get(instrument, "signals"), *signal;
	size_t count = json_array_size(signals);
	for (size_t i = 0; i < count || i == 0; i++) {
		signal = json_array_get(signals, i);
		ctl_table_add(table, CTL_PLAIN, i ? "" : ctl_member(instrument, "name", UNKNOWN));
		ctl_table_add(table, CTL_PLAIN, i ? "" : ctl_member(instrument, "plugin", UNKNOWN));
		ctl_table_add(table, CTL_PLAIN, i ? "" : ctl_member(instrument, "state", UNKNOWN));
		add_member(table, signal, "name", NONE);
		add_value(table, signal);
	}
}

static void show_instruments(const struct ctl_page *page, const json_t *instruments)
{
	struct ctl_table table;
	const json_t *instrument;
	size_t i;
	ctl_table_init(&table, "INSTRUMENT|PLUGIN|STATE|SIGNAL|VALUE|QUALITY", "llllrl");
	json_array_foreach(instruments, i, instrument) add_instrument(&table, instrument);
	ctl_table_section(&table, page);
}

static void add_progress(struct ctl_table *table, double part)
{
	char bar[BAR + 1];
	part = part > 1 ? 1 : part > 0 ? part : 0; /* a NaN is 0 too */
	memset(bar, '.', BAR);
	memset(bar, '#', (size_t)(part * BAR));
	bar[BAR] = '\0';
	ctl_table_format(table, CTL_PLAIN, "[%s] %3d %%", bar, (int)(part * 100));
}

static void show_procedures(const struct ctl_page *page, const json_t *procedures)
{
	struct ctl_table table;
	const json_t *procedure;
	size_t i;
	ctl_table_init(&table, "PROCEDURE|PUMP|STATE|PROGRESS", "llll");
	json_array_foreach(procedures, i, procedure)
	{
		add_member(&table, procedure, "name", UNKNOWN);
		add_member(&table, procedure, "pump", NONE);
		add_member(&table, procedure, "state", UNKNOWN);
		add_progress(&table, json_number_value(json_object_get(procedure, "progress")));
	}
	ctl_table_section(&table, page);
}

void ctl_show_status(const struct ctl_page *page, const json_t *status)
{
	struct ctl_table alarms = alarm_table(json_object_get(status, "alarms"));
	const json_t *pumps = json_object_get(status, "pumps");
	show_bench(page, json_object_get(status, "bench"));
	ctl_table_section(&alarms, page);
	show_pumps(page, pumps);
	show_doses(page, pumps);
	show_instruments(page, json_object_get(status, "instruments"));
	show_procedures(page, json_object_get(status, "procedures"));
}

/* -- lists ------------------------------------------------------------------------------------ */

void ctl_show_signals(const struct ctl_page *page, const json_t *signals)
{
	struct ctl_table table;
	const json_t *signal;
	size_t i;
	ctl_table_init(&table, "SIGNAL|VALUE|UNIT|QUALITY|AGE", "lrllr");
	json_array_foreach(signals, i, signal)
	{
		const char *quality = ctl_member(signal, "quality", UNKNOWN);
		enum ctl_style style = strcmp(quality, "good") ? CTL_YELLOW : CTL_PLAIN;
		add_member(&table, signal, "signal", UNKNOWN);
		ctl_table_add(&table, style, ctl_member(signal, "value", UNKNOWN));
		add_member(&table, signal, "unit", "");
		ctl_table_add(&table, style, quality);
		add_member(&table, signal, "age", UNKNOWN);
	}
	ctl_table_print(&table, page);
}

void ctl_show_instances(const struct ctl_page *page, const json_t *instances)
{
	struct ctl_table table;
	const json_t *instance;
	size_t i;
	ctl_table_init(&table, "INSTANCE|KIND|PLUGIN|STATE|RESTARTS", "llllr");
	json_array_foreach(instances, i, instance)
	{
		add_member(&table, instance, "name", UNKNOWN);
		add_member(&table, instance, "kind", UNKNOWN);
		add_member(&table, instance, "plugin", UNKNOWN);
		add_member(&table, instance, "state", UNKNOWN);
		ctl_table_format(&table, CTL_PLAIN, "%lld",
			(long long)json_integer_value(json_object_get(instance, "restarts")));
	}
	ctl_table_print(&table, page);
}

void ctl_show_plugins(const struct ctl_page *page, const json_t *plugins)
{
	struct ctl_table table;
	const json_t *plugin;
	size_t i;
	ctl_table_init(&table, "PLUGIN|KIND|VERSION|", "llll");
	json_array_foreach(plugins, i, plugin)
	{
		const char *error = ctl_member(plugin, "error", NULL);
		add_member(&table, plugin, "name", UNKNOWN);
		add_member(&table, plugin, "kind", error ? UNKNOWN : NONE);
		add_member(&table, plugin, "version", error ? UNKNOWN : NONE);
		ctl_table_add(&table, error ? CTL_RED : CTL_PLAIN,
			error ? error : ctl_member(plugin, "summary", ""));
	}
	ctl_table_print(&table, page);
}

void ctl_show_methods(const struct ctl_page *page, const json_t *result)
{
	struct ctl_table table;
	const json_t *method;
	size_t i;
	ctl_table_init(&table, "METHOD|PARAMETERS|", "lll");
	json_array_foreach(json_object_get(result, "methods"), i, method)
	{
		add_member(&table, method, "name", UNKNOWN);
		add_member(&table, method, "params", "");
		add_member(&table, method, "help", "");
	}
	ctl_table_print(&table, page);
}

void ctl_show_outcome(const struct ctl_page *page, const json_t *result)
{
	const char *pump = ctl_member(result, "pump", NULL);
	if (pump) {
		ctl_put(page, pump);
		ctl_put(page, ": ");
	}
	const char *text = ctl_member(result, "text", "");
	ctl_put(page, *text ? text : ctl_member(result, "outcome", "done"));
	fputc('\n', page->out);
}

/* -- events ----------------------------------------------------------------------------------- */

/* What a command was, from its parts: ` bolus 0.1 mL over 10 min`. */
static void put_command(const struct ctl_page *page, const json_t *event)
{
	static const char *const parts[][2] = {{"verb", " "}, {"rate", " "}, {"volume", " "},
		{"duration", " over "}, {"outcome", ": "}, {"error", " "}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *text = ctl_member(event, parts[i][0], NULL);
		if (text) {
			fputs(parts[i][1], page->out);
			ctl_put(page, text);
		}
	}
}

static void put_if(const struct ctl_page *page, const char *before, const char *text,
	enum ctl_style style, const char *after)
{
	if (!text)
		return;
	fputs(before, page->out);
	ctl_put_styled(page, style, text);
	fputs(after, page->out);
}

void ctl_show_event(const struct ctl_page *page, const json_t *event)
{
	char time[40], head[128];
	const char *priority = ctl_member(event, "priority", NULL);
	snprintf(head, sizeof head, "%6lld  %s  %-12s %-12s",
		(long long)json_integer_value(json_object_get(event, "number")),
		ctl_time(event, "time", UNKNOWN, time), ctl_member(event, "instance", NONE),
		ctl_member(event, "kind", UNKNOWN));
	ctl_put(page, head);
	put_if(page, " ", priority, priority_style(priority ? priority : ""), "");
	put_if(page, " ", ctl_member(event, "code", NULL), CTL_PLAIN, "");
	put_command(page, event);
	put_if(page, "  ", ctl_member(event, "text", NULL), CTL_PLAIN, "");
	put_if(page, "  (", ctl_member(event, "who", NULL), CTL_DIM, ")");
	fputc('\n', page->out);
}
