/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/procedure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "bench/event.h"

static const struct theca_procedure *operations(const struct instance *procedure)
{
	return &procedure->module->procedure;
}

static int take_samples(void *user, const struct theca_sample *samples, size_t count)
{
	struct instance *procedure = user;

	if (procedure->procedure->running && operations(procedure)->samples)
		operations(procedure)->samples(procedure->self, samples, count);
	return (int)count;
}

static int take_event(void *user, const struct theca_event *event)
{
	struct instance *procedure = user;

	if (procedure->procedure->running && operations(procedure)->event)
		operations(procedure)->event(procedure->self, event);
	return 0;
}

int procedure_attach(struct instance *procedure)
{
	struct bus_sink sink = {.user = procedure, .samples = take_samples, .event = take_event};
	return bus_subscribe(&procedure->bench->bus, &sink) ? 0 : -ENOMEM;
}

static int hold(struct instance *procedure, char *why, size_t why_size)
{
	struct instance *pump = procedure->procedure->pump;

	if (!pump)
		return 0;
	if (pump->pump->holder)
		snprintf(why, why_size, "%s is held by procedure %s", pump->name,
			pump->pump->holder->name);
	else if (pump->pump->account.started)
		snprintf(why, why_size, "%s is under therapy: halt it first", pump->name);
	else {
		pump->pump->holder = procedure;
		if (pump->pump->course)
			pump->pump->course->held = true;
		return 0;
	}
	return -EBUSY;
}

static void release(struct instance *procedure)
{
	struct instance *pump = procedure->procedure->pump;

	if (pump && pump->pump->holder == procedure)
		pump->pump->holder = NULL;
}

static void ended(struct instance *procedure, const char *code, const char *who, const char *text)
{
	procedure->procedure->running = false;
	procedure->procedure->done = true;
	procedure->bench->may_end = true;
	if (procedure->procedure->results)
		procedure->procedure->results->ended_ns = procedure->bench->now_ns;
	release(procedure);
	event_say(procedure->bench, THECA_EVENT_PROCEDURE, procedure, code, who, "%s", text);
}

int procedure_run(struct instance *procedure, const char *who, char *why, size_t why_size)
{
	struct procedure_part *part = procedure->procedure;
	struct bench *bench = procedure->bench;

	if (part->running) {
		snprintf(why, why_size, "%s runs already", procedure->name);
		return -EALREADY;
	}
	int result = hold(procedure, why, why_size);
	if (result)
		return result;
	part->results = results_procedure(&bench->results, procedure->name,
		procedure->module->plugin.name, part->pump ? part->pump->name : "", bench->now_ns);
	part->running = true;
	event_say(bench, THECA_EVENT_PROCEDURE, procedure, "began", who, "holds %s",
		part->pump ? part->pump->name : "no pump");
	result = operations(procedure)->begin(procedure->self, bench->now_ns);
	if (result) {
		snprintf(why, why_size, "%s did not begin: error %d", procedure->name, -result);
		ended(procedure, "failed", who, why);
	}
	return result;
}

int procedure_finish(struct instance *procedure)
{
	if (!procedure->procedure->running)
		return -EALREADY;
	ended(procedure, "ended", procedure->name, "the procedure has ended");
	return 0;
}

void procedure_abort(struct instance *procedure, const char *who)
{
	struct procedure_part *part = procedure->procedure;

	if (!part->running)
		return;
	if (operations(procedure)->abort)
		operations(procedure)->abort(procedure->self, who);
	if (part->running) /* abort may have finished it itself */
		ended(procedure, "aborted", who, "cut short");
}

/* -- after a restart -------------------------------------------------------------------------- */

static struct theca_verdict bare_verdict(const char *name, const char *reason)
{
	return (struct theca_verdict){.size = sizeof(struct theca_verdict),
		.name = name,
		.reason = reason,
		.value = NAN,
		.lower = NAN,
		.upper = NAN,
		.uncertainty = NAN};
}

static void begin_again(struct instance *procedure, int64_t at_ns)
{
	struct procedure_part *part = procedure->procedure;

	part->results = results_procedure(&procedure->bench->results, procedure->name,
		procedure->module->plugin.name, part->pump ? part->pump->name : "", at_ns);
	part->running = part->results != NULL;
}

void procedure_recall(struct instance *procedure, const struct theca_event *event)
{
	static const char prefix[] = "verdict-";
	struct procedure_part *part = procedure->procedure;

	if (!strcmp(event->code, "began")) {
		begin_again(procedure, event->time_ns);
	} else if (part->results && !strncmp(event->code, prefix, sizeof prefix - 1)) {
		const char *how = event->code + sizeof prefix - 1;
		struct theca_verdict verdict =
			bare_verdict(event->text, "judged before the service was restarted");
		verdict.passed = !strcmp(how, "passed");
		verdict.skipped = !strcmp(how, "skipped");
		results_verdict(part->results, &verdict);
	} else if (part->running) {
		part->running = false;
		part->done = true;
		part->results->ended_ns = event->time_ns;
	}
}

void procedure_cut(struct instance *procedure)
{
	static const char what[] = "carried to its end",
			  why[] = "the service stopped in the middle of it: run it again";
	struct theca_verdict verdict = bare_verdict(what, why);

	if (!procedure->procedure->running)
		return;
	results_verdict(procedure->procedure->results, &verdict);
	event_say(procedure->bench, THECA_EVENT_PROCEDURE, procedure, "verdict-failed", "service",
		"%s", what);
	ended(procedure, "aborted", "service", why);
}

int64_t procedure_progress_ppm(const struct instance *procedure)
{
	if (!procedure->procedure->running)
		return procedure->procedure->done ? 1000000 : 0;
	if (!operations(procedure)->progress_ppm)
		return 0;
	return operations(procedure)->progress_ppm(procedure->self, procedure->bench->now_ns);
}

bool procedure_any(const struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PROCEDURE) &&
			bench->instances[i]->procedure->running)
			return true;
	return false;
}
