/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/lifecycle.h"

#include <errno.h>
#include <string.h>
#include "bench/command.h"
#include "bench/event.h"
#include "base/log.h"
#include "bench/procedure.h"
#include "bench/simulation.h"

#define RESTART_FIRST_NS THECA_SECOND_NS
#define RESTART_LAST_NS (60 * THECA_SECOND_NS)

/* -- a transport's end of the bus ------------------------------------------------------------- */

static int take_samples(void *user, const struct theca_sample *samples, size_t count)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return -EAGAIN;
	return transport->module->transport.publish(transport->self, samples, count);
}

static int take_event(void *user, const struct theca_event *event)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return -EAGAIN;
	return transport->module->transport.event(transport->self, event);
}

static int take_tick(void *user, int64_t now_ns)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return 0;
	return transport->module->transport.tick(transport->self, now_ns);
}

static void cut_off(void *user)
{
	event_alarm(
		user, THECA_MEDIUM, "cut-off", "fell 1 MiB of events behind and gets nothing more");
}

static void subscribe(struct instance *transport)
{
	const struct theca_transport *operations = &transport->module->transport;
	struct bus_sink sink = {
		.user = transport,
		.samples = operations->publish ? take_samples : NULL,
		.event = operations->event ? take_event : NULL,
		.tick = operations->tick ? take_tick : NULL,
		.cut_off = cut_off,
	};
	if (!transport->transport->subscriber)
		transport->transport->subscriber = bus_subscribe(&transport->bench->bus, &sink);
}

/* -- start and stop --------------------------------------------------------------------------- */

static void start(struct instance *);

static void restart(void *user, int64_t now_ns)
{
	struct instance *instance = user;

	(void)now_ns;
	schedule_set(&instance->bench->schedule, &instance->due, THECA_NEVER);
	start(instance);
}

static void failed(struct instance *instance, int error)
{
	struct bench *bench = instance->bench;
	int64_t delay_ns = RESTART_FIRST_NS << (instance->restarts < 6 ? instance->restarts : 6);

	instance->state = INSTANCE_FAILED;
	instance->restarts++;
	event_alarm(instance, THECA_MEDIUM, "not-started", "did not start: %s", strerror(-error));
	log_line(THECA_ERROR, "%s: did not start: %s", instance->name, strerror(-error));
	if (instance_is(instance, MODULE_PUMP))
		return; /* its deadlines are its own; a pump that failed stays failed */
	if (delay_ns > RESTART_LAST_NS)
		delay_ns = RESTART_LAST_NS;
	instance->due.run = restart;
	schedule_set(
		&bench->schedule, &instance->due, bench->now_ns + delay_ns * bench->clock.speed);
}

static void start(struct instance *instance)
{
	const struct theca_plugin *plugin = &instance->module->plugin;
	int result = plugin->start ? plugin->start(instance->self) : 0;

	if (result) {
		failed(instance, result);
		return;
	}
	instance->state = INSTANCE_RUNNING;
	event_clear(instance->bench, instance, "not-started");
	if (instance_is(instance, MODULE_TRANSPORT))
		subscribe(instance);
	if (instance_is(instance, MODULE_PROCEDURE))
		procedure_attach(instance);
	if (instance_is(instance, MODULE_PUMP)) {
		const struct pump *account = &instance->pump->account;
		simulation_contain(instance, &account->mix, pump_reservoir_pl(account));
		command_reschedule(instance);
	}
}

void lifecycle_start_all(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->planning)
			bench->instances[i]->state = INSTANCE_RUNNING;
		else
			start(bench->instances[i]);
}

void lifecycle_stop_all(struct bench *bench)
{
	for (uint32_t i = bench->instance_count; i-- > 0;) {
		struct instance *instance = bench->instances[i];
		if (instance->state != INSTANCE_RUNNING)
			continue;
		instance->state = INSTANCE_STOPPING;
		int result = 0;
		if (instance->module->plugin.stop && !bench->planning)
			result = instance->module->plugin.stop(instance->self);
		if (result != -EINPROGRESS)
			instance->state = INSTANCE_STOPPED;
		if (result && result != -EINPROGRESS)
			log_line(THECA_WARNING, "%s: stop: %s", instance->name, strerror(-result));
	}
}

bool lifecycle_all_stopped(const struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->instances[i]->state == INSTANCE_STOPPING)
			return false;
	return true;
}

const char *lifecycle_word(enum instance_state state)
{
	static const char *const words[] = {"created", "running", "stopping", "stopped", "failed"};
	return words[state];
}
