/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/command.h"
#include "bench/event.h"
#include "bench/host_files.h"
#include "base/log.h"
#include "port/port.h"
#include "bench/procedure.h"
#include "bench/simulation.h"
#include "bench/treatment.h"

static struct instance *self_of(struct theca_host *host)
{
	return (struct instance *)host;
}

/* -- words ------------------------------------------------------------------------------------ */

static void host_log(struct theca_host *host, int level, const char *text)
{
	log_line(level, "%s: %s", self_of(host)->name, text);
}

static void host_complain(struct theca_host *host, const char *option, const char *text)
{
	struct instance *instance = self_of(host);
	const struct config_entry *entry = option ? config_get(instance->section, option) : NULL;

	config_error(instance->bench->config, entry ? entry->place : instance->section->place,
		instance->section, option, "%s", text);
}

static const char *host_name(struct theca_host *host)
{
	return self_of(host)->name;
}

static const char *host_instance(struct theca_host *host, uint32_t number)
{
	struct instance *instance = bench_instance(self_of(host)->bench, number);
	return instance ? instance->name : NULL;
}

static int host_identify(struct theca_host *host, const char *key, const char *value)
{
	return results_fact(&self_of(host)->bench->results, self_of(host)->name, key, value);
}

/* -- time and chance -------------------------------------------------------------------------- */

static int64_t host_now(struct theca_host *host)
{
	return bench_now(self_of(host)->bench);
}

static uint64_t host_random(struct theca_host *host)
{
	return env_random_next(&self_of(host)->random);
}

static int host_wake(struct theca_host *host, int64_t at_ns)
{
	struct instance *instance = self_of(host);

	schedule_set(&instance->bench->schedule, &instance->wake,
		at_ns < instance->bench->now_ns ? instance->bench->now_ns : at_ns);
	return 0;
}

/* -- signals ---------------------------------------------------------------------------------- */

static int host_declare(struct theca_host *host, const struct theca_signal *signal)
{
	struct instance *instance = self_of(host);
	struct bench *bench = instance->bench;
	struct theca_signal own = {0};

	memcpy(&own, signal, signal->size < sizeof own ? signal->size : sizeof own);
	own.size = sizeof own;
	own.instance = instance->number;
	if (!own.max_age_ns)
		own.max_age_ns = 3 * instance->sample_every_ns;
	if (own.name)
		own.name = bench_intern(bench, own.name);
	if (own.unit)
		own.unit = bench_intern(bench, own.unit);
	int number = signals_declare(&bench->signals, &own, instance->first_signal);
	if (number > 0) {
		instance->signals_apart |= instance->last_signal && (uint32_t)number != instance->last_signal + 1;
		instance->last_signal = (uint32_t)number;
		if (!instance->first_signal)
			instance->first_signal = (uint32_t)number;
	}
	return number;
}

static bool own_signal(const struct instance *instance, uint32_t signal)
{
	return signal >= instance->first_signal && signal <= instance->last_signal && signal &&
	       (!instance->signals_apart ||
		       signals_info(&instance->bench->signals, signal)->instance == instance->number);
}

/* One sample in, checked; false: refused and counted. */
static inline bool take_in(struct instance *instance, struct theca_sample *sample)
{
	struct bench *bench = instance->bench;

	if (!sample->time_ns)
		sample->time_ns = bench->now_ns;
	if (!own_signal(instance, sample->signal) || sample->time_ns > bench->now_ns ||
		sample->quality > THECA_INVALID) {
		instance->foreign_reports++;
		return false;
	}
	sample->sequence = bench->signals.next_sequence++;
	sample->reserved = 0;
	host_value(bench, sample->signal, sample->time_ns, sample->value, sample->quality);
	return true;
}

static int report_some(struct instance *instance, const struct theca_sample *samples, size_t count)
{
	struct theca_sample *out = bus_reserve(&instance->bench->bus, count);
	size_t taken = 0;

	bench_now(instance->bench);
	for (size_t i = 0; i < count; i++) {
		out[taken] = samples[i];
		taken += take_in(instance, &out[taken]);
	}
	if (!instance->bench->planning)
		bus_commit(&instance->bench->bus, taken);
	return taken == count ? 0 : -EINVAL;
}

static int host_report(struct theca_host *host, const struct theca_sample *samples, size_t count)
{
	int result = 0;

	while (count) {
		size_t some = count < BUS_BATCH ? count : BUS_BATCH;
		int refused = report_some(self_of(host), samples, some);
		result = refused ? refused : result;
		samples += some;
		count -= some;
	}
	return result;
}

static int host_find(struct theca_host *host, uint32_t number, const char *name)
{
	struct bench *bench = self_of(host)->bench;
	struct instance *instance = bench_instance(bench, number);

	for (uint32_t i = instance ? instance->first_signal : 0; i && i <= instance->last_signal; i++) {
		const struct theca_signal *signal = signals_info(&bench->signals, i);
		if (signal->instance == number && !strcmp(signal->name, name))
			return (int)i;
	}
	return -ENOENT;
}

static const struct theca_signal *host_signal(struct theca_host *host, uint32_t signal)
{
	return signals_info(&self_of(host)->bench->signals, signal);
}

static int host_latest(struct theca_host *host, uint32_t signal, struct theca_sample *sample)
{
	struct bench *bench = self_of(host)->bench;

	if (!signals_info(&bench->signals, signal))
		return -ENOENT;
	struct signal_value value = signals_value(&bench->signals, signal, bench->now_ns);
	if (value.time_ns == THECA_NONE)
		return -EAGAIN;
	*sample = (struct theca_sample){.time_ns = value.time_ns,
		.value = value.value,
		.signal = signal,
		.quality = (uint16_t)value.quality};
	return 0;
}

static size_t host_format(struct theca_host *host, uint32_t signal, int64_t value, char out[THECA_FORMAT_MAX])
{
	return signals_format(&self_of(host)->bench->signals, signal, value, out, THECA_FORMAT_MAX);
}

static size_t host_format_time(struct theca_host *host, int64_t at_ns, unsigned digits, char out[32])
{
	return env_format_time(bench_unix_ns(self_of(host)->bench, at_ns), digits, out);
}

/* -- alarms and commands ---------------------------------------------------------------------- */

static int host_raise(struct theca_host *host, const struct theca_alarm *alarm)
{
	struct theca_alarm own = {0};

	memcpy(&own, alarm, alarm->size < sizeof own ? alarm->size : sizeof own);
	if (!own.code || !own.text || own.priority < THECA_LOW || own.priority > THECA_HIGH)
		return -EINVAL;
	bench_now(self_of(host)->bench);
	event_raise(self_of(host)->bench, self_of(host), &own);
	return 0;
}

static int host_clear(struct theca_host *host, const char *code)
{
	event_clear(self_of(host)->bench, self_of(host), code);
	return 0;
}

static int host_done(struct theca_host *host, uint64_t token, int outcome, const char *reason)
{
	bench_now(self_of(host)->bench);
	return command_done(self_of(host), token, outcome, reason);
}

static void keep_text(char *out, size_t size, const char *text)
{
	if (text)
		snprintf(out, size, "%s", text);
}

/* What a read-back changed in the account is journalled, so that recovery counts as we do. */
static void settle(struct instance *pump, const struct theca_readback *readback, bool is_new)
{
	struct pump *account = &pump->pump->account;

	pump_advance(account, pump->bench->now_ns);
	const struct pump before = *account;
	pump_settle(account, readback, pump->bench->now_ns);
	if (!is_new && before.uncertain == account->uncertain && before.bolus_pl == account->bolus_pl &&
		before.settled_pl_per_day == account->settled_pl_per_day &&
		before.counter_pl == account->counter_pl)
		return;
	struct theca_event event = {
		.kind = THECA_EVENT_STATE,
		.instance = pump->number,
		.command = {.size = sizeof event.command,
			.verb = THECA_INTERROGATE,
			.rate_pl_per_day = readback->rate_pl_per_day,
			.volume_pl = readback->delivered_pl},
		.code = readback->delivering ? EVENT_READS_DELIVERING : EVENT_READS_STOPPED,
		.text = pump->pump->serial_number,
	};
	event_emit(pump->bench, &event);
}

static int host_readback(struct theca_host *host, const struct theca_readback *readback)
{
	struct instance *pump = self_of(host);

	if (!instance_is(pump, MODULE_PUMP))
		return -EINVAL;
	struct pump_part *part = pump->pump;
	bool swapped = part->serial_number[0] && readback->serial_number &&
		       strcmp(part->serial_number, readback->serial_number);
	if (swapped) {
		part->account.held = true;
		event_alarm(pump, THECA_HIGH, "another-pump", "serial number %s, not %s: held",
			readback->serial_number, part->serial_number);
	} else {
		bool is_new = readback->serial_number && !part->serial_number[0];
		keep_text(part->serial_number, sizeof part->serial_number, readback->serial_number);
		keep_text(part->model, sizeof part->model, readback->model);
		settle(pump, readback, is_new);
		if (!part->account.uncertain)
			event_clear(pump->bench, pump, "uncertain");
		command_reschedule(pump);
	}
	if (readback->serial_number)
		host_identify(host, "serial number", readback->serial_number);
	if (readback->model)
		host_identify(host, "model", readback->model);
	if (readback->firmware)
		host_identify(host, "firmware", readback->firmware);
	return 0;
}

static int host_stopped(struct theca_host *host)
{
	if (self_of(host)->state == INSTANCE_STOPPING)
		self_of(host)->state = INSTANCE_STOPPED;
	return 0;
}

static void tell_asker(void *user, uint64_t token, int outcome, const char *reason)
{
	struct instance *asker = user;

	if (asker->state == INSTANCE_RUNNING && asker->module->plugin.ended)
		asker->module->plugin.ended(asker->self, token, outcome, reason);
}

static int ask_therapy(struct instance *asker, struct instance *pump, uint32_t verb, const char *who)
{
	struct guard_verdict verdict;

	if (verb == THECA_START)
		return treatment_start(pump, who, pump->bench->settings.soft_limits_accepted_by, tell_asker, asker, &verdict);
	if (verb == THECA_PRESS)
		return treatment_press(pump, who, tell_asker, asker, &verdict);
	return treatment_halt(pump, who, asker, tell_asker, asker);
}

static int host_ask(struct theca_host *host, uint32_t number, const struct theca_command *command,
	uint64_t *token)
{
	struct instance *asker = self_of(host);
	struct instance *target = bench_instance(asker->bench, number);
	struct guard_verdict verdict;
	char who[64];

	if (!target || !(instance_is(target, MODULE_PUMP) || instance_is(target, MODULE_INSTRUMENT)))
		return -ENOENT;
	*token = 0;
	snprintf(who, sizeof who, "%s %s", module_kind_word(asker->module->kind), asker->name);
	struct command_request request = {
		.target = target,
		.who = bench_intern(asker->bench, who),
		.asker = asker,
		.accepted_by = asker->bench->settings.soft_limits_accepted_by,
		.ended = tell_asker,
		.user = asker,
	};
	memcpy(&request.command, command,
		command->size < sizeof *command ? command->size : sizeof *command);
	if (instance_is(target, MODULE_PUMP) &&
		(command->verb == THECA_START || command->verb == THECA_PRESS || command->verb == THECA_HALT))
		return ask_therapy(asker, target, command->verb, request.who);
	return command_submit(asker->bench, &request, &verdict, token);
}

static int host_arrived(struct theca_host *host, uint32_t number, struct theca_arrival *arrival)
{
	struct instance *instance = self_of(host);
	struct instance *pump = bench_instance(instance->bench, number);

	if (!instance_is(instance, MODULE_INSTRUMENT) || !instance->module->instrument.simulated)
		return -EPERM;
	if (!pump || !instance_is(pump, MODULE_PUMP))
		return -ENOENT;
	simulation_arrived(pump, arrival);
	return 0;
}

/* -- results ---------------------------------------------------------------------------------- */

static struct results_procedure *results_of(struct theca_host *host)
{
	struct instance *instance = self_of(host);
	return instance_is(instance, MODULE_PROCEDURE) ? instance->procedure->results : NULL;
}

static int host_verdict(struct theca_host *host, const struct theca_verdict *verdict)
{
	if (!results_of(host))
		return -EPERM;
	event_say(self_of(host)->bench, THECA_EVENT_PROCEDURE, self_of(host),
		verdict->skipped  ? "verdict-skipped"
		: verdict->passed ? "verdict-passed"
				  : "verdict-failed",
		self_of(host)->name, "%s", verdict->name);
	return results_verdict(results_of(host), verdict);
}

static int host_chart(struct theca_host *host, const struct theca_chart *chart)
{
	return results_of(host) ? results_chart(results_of(host), chart) : -EPERM;
}

static int host_rows(struct theca_host *host, const struct theca_table *table)
{
	return results_of(host) ? results_table(results_of(host), table) : -EPERM;
}

static int host_finish(struct theca_host *host)
{
	return results_of(host) ? procedure_finish(self_of(host)) : -EPERM;
}

/* -- ports and loop --------------------------------------------------------------------------- */

static void port_log(void *user, int level, const char *text)
{
	struct instance *instance = user;
	host_log(&instance->host, level, text);
}

static int host_port_open(struct theca_host *host, const char *address,
	const struct theca_port_events *events, void *user, struct theca_port **port)
{
	struct instance *instance = self_of(host);

	if (instance->bench->clock.is_virtual) {
		host_log(host, THECA_ERROR, "a virtual bench opens no port: use clock = real, or a "
					    "simulated instrument");
		return -ENOTSUP;
	}
	return port_open(port, instance->bench->loop, address, events, user, port_log, instance);
}

static int host_is_virtual(struct theca_host *host)
{
	return self_of(host)->bench->clock.is_virtual;
}

static void *host_loop(struct theca_host *host)
{
	return self_of(host)->bench->loop;
}

const struct theca_host_api host_api = {
	.size = sizeof host_api,
	.log = host_log,
	.complain = host_complain,
	.name = host_name,
	.now = host_now,
	.random = host_random,
	.wake = host_wake,
	.declare = host_declare,
	.report = host_report,
	.raise = host_raise,
	.clear = host_clear,
	.done = host_done,
	.readback = host_readback,
	.stopped = host_stopped,
	.identify = host_identify,
	.table = host_table,
	.load = host_load,
	.create_file = host_create_file,
	.find = host_find,
	.signal = host_signal,
	.latest = host_latest,
	.instance = host_instance,
	.ask = host_ask,
	.arrived = host_arrived,
	.verdict = host_verdict,
	.chart = host_chart,
	.rows = host_rows,
	.finish = host_finish,
	.port_open = host_port_open,
	.port_write = port_write,
	.port_answered = port_answered,
	.port_close = port_close,
	.loop = host_loop,
	.format = host_format,
	.format_time = host_format_time,
	.is_virtual = host_is_virtual,
};
