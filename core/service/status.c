/* SPDX-License-Identifier: Apache-2.0 */
#include "service/status.h"

#include <stdio.h>
#include <string.h>
#include "bench/lifecycle.h"
#include "bench/procedure.h"
#include "bench/run.h"
#include "bench/treatment.h"
#include "base/units.h"

#define LISTED_MOST 200 /* of a kind at a glance; the others by pump.status */

static void emit_time(struct emit *emit, const struct bench *bench, const char *key, int64_t at_ns)
{
	char text[32];

	if (at_ns == THECA_NONE || at_ns == THECA_NEVER) {
		emit_text(emit, key, NULL);
		return;
	}
	env_format_time(bench_unix_ns(bench, at_ns), 0, text);
	emit_text(emit, key, text);
}

/* A quantity with so many decimals as people read: 0.333 mL/day. */
static void emit_rounded(struct emit *emit, const char *key, enum theca_dimension dimension, int64_t value,
	const char *unit, int decimals)
{
	char text[64];

	units_print(dimension, value, unit, decimals, text, sizeof text);
	emit_text(emit, key, text);
}

static void doses(const struct instance *pump, struct emit *emit)
{
	const struct pump *account = &pump->pump->account;

	emit_open(emit, "doses", '[');
	for (uint32_t i = 0; i < account->mix.count; i++) {
		const struct mix_part *part = &account->mix.parts[i];
		emit_open(emit, NULL, '{');
		emit_text(emit, "drug", bench_instance(pump->bench, part->drug)->name);
		emit_quantity(emit, "concentration", THECA_CONCENTRATION, part->pg_per_ul);
		emit_rounded(emit, "delivered", THECA_MASS, pump_delivered_pg(account, i), "mg", 3);
		emit_rounded(emit, "per_day", THECA_DOSE_RATE,
			mix_mass_pg(part->pg_per_ul, account->rate_pl_per_day), "mg/day", 3);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

static int64_t alarms_of(const struct bench *bench, uint32_t number)
{
	int64_t count = 0;

	for (size_t i = 0; i < bench->alarms.count; i++)
		count += bench->alarms.items[i].instance == number;
	return count;
}

static struct signal_value signal_of(struct instance *instance, const char *name)
{
	int number = theca_find(&instance->host, instance->number, name);

	if (number > 0)
		return signals_value(&instance->bench->signals, (uint32_t)number, instance->bench->now_ns);
	return (struct signal_value){.time_ns = THECA_NONE};
}

void status_pump(struct instance *pump, struct emit *emit)
{
	struct pump_part *part = pump->pump;
	struct pump *account = &part->account;
	struct bench *bench = pump->bench;

	pump_advance(account, bench->now_ns);
	struct signal_value battery = signal_of(pump, "battery");
	emit_open(emit, NULL, '{');
	emit_text(emit, "name", pump->name);
	emit_text(emit, "driver", pump->module->name);
	emit_text(emit, "state", pump_state_names[pump_state(account)]);
	emit_text(emit, "holder", part->holder ? part->holder->name : NULL);
	emit_rounded(emit, "rate", THECA_RATE, account->rate_pl_per_day, "mL/day", 4);
	emit_rounded(emit, "flow", THECA_RATE, pump_flow_pl_per_day(account), "mL/day", 4);
	emit_rounded(emit, "delivered", THECA_VOLUME, pump_delivered_pl(account), "mL", 4);
	doses(pump, emit);
	emit_rounded(emit, "reservoir", THECA_VOLUME, pump_reservoir_pl(account), "mL", 3);
	emit_time(emit, bench, "low_at", treatment_low_ns(pump));
	if (battery.time_ns == THECA_NONE)
		emit_text(emit, "battery", NULL);
	else
		emit_rounded(emit, "battery", THECA_RATIO, battery.value, "%", 1);
	emit_int(emit, "alarms", alarms_of(bench, pump->number));
	emit_bool(emit, "stale", battery.time_ns != THECA_NONE && battery.quality == THECA_STALE);
	emit_close(emit, '}');
}

static void emit_value(
	struct emit *emit, const struct bench *bench, uint32_t signal, struct signal_value value)
{
	const struct theca_signal *info = signals_info(&bench->signals, signal);
	char text[64];

	if (value.time_ns == THECA_NONE)
		emit_text(emit, "value", NULL);
	else if (info->dimension == THECA_CHOICE) {
		text[signals_format(&bench->signals, signal, value.value, text, sizeof text - 1)] = 0;
		emit_text(emit, "value", text);
	} else if (info->dimension == THECA_FLAG)
		emit_text(emit, "value", value.value ? "yes" : "no");
	else {
		units_print(info->dimension, value.value, info->unit, (int)info->decimals, text, sizeof text);
		emit_text(emit, "value", text);
	}
	static const char *const qualities[] = {"good", "stale", "invalid"};
	emit_text(emit, "quality", value.time_ns == THECA_NONE ? "unknown" : qualities[value.quality]);
}

/* The signals of one instance: `full` names them as the bus does and gives their age. */
static void signals_of(struct instance *instance, bool full, struct emit *emit)
{
	struct bench *bench = instance->bench;
	char text[80];

	for (uint32_t i = instance->first_signal; i && i <= instance->last_signal; i++) {
		const struct theca_signal *info = signals_info(&bench->signals, i);
		struct signal_value value = signals_value(&bench->signals, i, bench->now_ns);
		if (info->instance != instance->number)
			continue;
		snprintf(text, sizeof text, "%s.%s", instance->name, info->name);
		emit_open(emit, NULL, '{');
		emit_text(emit, full ? "signal" : "name", full ? text : info->name);
		if (full)
			emit_text(emit, "unit", info->unit ? info->unit : units_usual(info->dimension));
		emit_value(emit, bench, i, value);
		if (full && value.time_ns != THECA_NONE)
			emit_quantity(emit, "age", THECA_DURATION,
				(bench->now_ns - value.time_ns) / 1000000 * 1000000);
		emit_close(emit, '}');
	}
}

void status_signals(struct bench *bench, const struct instance *only, struct emit *emit)
{
	emit_open(emit, NULL, '[');
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (!only || bench->instances[i] == only)
			signals_of(bench->instances[i], true, emit);
	emit_close(emit, ']');
}

static void status_instrument(struct instance *instrument, struct emit *emit)
{
	emit_open(emit, NULL, '{');
	emit_text(emit, "name", instrument->name);
	emit_text(emit, "plugin", instrument->module->name);
	emit_text(emit, "state", lifecycle_word(instrument->state));
	emit_open(emit, "signals", '[');
	signals_of(instrument, false, emit);
	emit_close(emit, ']');
	emit_close(emit, '}');
}

static void status_procedure(struct instance *procedure, struct emit *emit)
{
	const struct procedure_part *part = procedure->procedure;

	emit_open(emit, NULL, '{');
	emit_text(emit, "name", procedure->name);
	emit_text(emit, "state", part->running ? "running" : part->done ? "done" : "idle");
	emit_real(emit, "progress", (double)procedure_progress_ppm(procedure) * 1e-6);
	emit_text(emit, "pump", part->pump ? part->pump->name : NULL);
	emit_close(emit, '}');
}

static void alarm_list(struct bench *bench, const char *key, struct emit *emit)
{
	static const char *const priorities[] = {"none", "low", "medium", "high"};

	emit_open(emit, key, '[');
	for (size_t i = 0; i < bench->alarms.count; i++) {
		const struct alarm *alarm = &bench->alarms.items[i];
		const struct instance *instance = bench_instance(bench, alarm->instance);
		emit_open(emit, NULL, '{');
		emit_text(emit, "instance", instance ? instance->name : "");
		emit_text(emit, "code", alarm->code);
		emit_text(emit, "priority", priorities[alarm->priority & 3]);
		emit_text(emit, "text", alarm->text);
		emit_time(emit, bench, "raised", alarm->raised_ns);
		emit_time(emit, bench, "cleared", alarm->cleared_ns);
		emit_text(emit, "acknowledged_by",
			alarm->acknowledged_ns == THECA_NONE ? NULL : alarm->acknowledged_by);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

void status_alarms(struct bench *bench, struct emit *emit)
{
	alarm_list(bench, NULL, emit);
}

static void list(struct bench *bench, const char *key, enum module_kind kind,
	void (*one)(struct instance *, struct emit *), struct emit *emit)
{
	uint32_t listed = 0;

	emit_open(emit, key, '[');
	for (uint32_t i = 0; i < bench->instance_count && listed < LISTED_MOST; i++)
		if (instance_is(bench->instances[i], kind)) {
			one(bench->instances[i], emit);
			listed++;
		}
	emit_close(emit, ']');
}

static void head(struct bench *bench, struct emit *emit)
{
	char clock[32];

	emit_open(emit, "bench", '{');
	emit_text(emit, "name", bench->settings.name);
	emit_text(emit, "clock", clock_words(&bench->clock, clock));
	emit_time(emit, bench, "time", bench->now_ns);
	emit_quantity(emit, "elapsed", THECA_DURATION, bench->now_ns / THECA_SECOND_NS * THECA_SECOND_NS);
	if (bench->settings.until_ns == THECA_NONE)
		emit_text(emit, "until", NULL);
	else
		emit_quantity(emit, "until", THECA_DURATION, bench->settings.until_ns);
	emit_bool(emit, "running", bench->running && !bench->stopping);
	emit_text(emit, "version", VERSION_TEXT);
	emit_text(emit, "folder", bench->run ? run_folder(bench->run) : NULL);
	emit_close(emit, '}');
}

void status_bench(struct bench *bench, struct emit *emit)
{
	emit_open(emit, NULL, '{');
	head(bench, emit);
	list(bench, "pumps", MODULE_PUMP, status_pump, emit);
	list(bench, "instruments", MODULE_INSTRUMENT, status_instrument, emit);
	list(bench, "procedures", MODULE_PROCEDURE, status_procedure, emit);
	alarm_list(bench, "alarms", emit);
	emit_close(emit, '}');
}

void status_instances(struct bench *bench, struct emit *emit)
{
	emit_open(emit, NULL, '[');
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		const struct instance *instance = bench->instances[i];
		emit_open(emit, NULL, '{');
		emit_text(emit, "name", instance->name);
		emit_text(emit, "kind", module_kind_word(instance->module->kind));
		emit_text(emit, "plugin", instance->module->name);
		emit_text(emit, "state", lifecycle_word(instance->state));
		emit_int(emit, "restarts", instance->restarts);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

static void status_plugin(void *user, const char *name, const struct module *module, const char *why)
{
	struct emit *emit = user;

	emit_open(emit, NULL, '{');
	emit_text(emit, "name", name);
	if (module) {
		emit_text(emit, "kind", module_kind_word(module->kind));
		emit_text(emit, "version", module->plugin.version);
		emit_text(emit, "summary", module->plugin.summary);
		emit_text(emit, "file", module->path);
	} else
		emit_text(emit, "error", why);
	emit_close(emit, '}');
}

void status_plugins(struct bench *bench, struct emit *emit)
{
	emit_open(emit, NULL, '[');
	modules_list(bench->modules, status_plugin, emit);
	emit_close(emit, ']');
}
