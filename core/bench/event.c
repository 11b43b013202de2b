/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/event.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

uint64_t event_emit(struct bench *bench, struct theca_event *event)
{
	struct instance *instance = bench_instance(bench, event->instance);

	event->size = sizeof *event;
	event->time_ns = bench->now_ns;
	event->code = or_empty(event->code);
	event->who = or_empty(event->who);
	event->text = or_empty(event->text);
	event->number = 0;
	if (bench->journal)
		event->number = journal_append(bench->journal, event, instance ? instance->name : "");
	bench->last_event = event->number ? event->number : bench->last_event;
	if (!bench->planning)
		bus_event(&bench->bus, event);
	if (bench->on_event)
		bench->on_event(bench->on_event_user, event);
	return event->number;
}

uint64_t event_say(struct bench *bench, uint32_t kind, const struct instance *instance,
	const char *code, const char *who, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	struct theca_event event = {
		.kind = kind,
		.instance = instance ? instance->number : 0,
		.code = code,
		.who = who,
		.text = text,
	};
	return event_emit(bench, &event);
}

void event_raise(struct bench *bench, struct instance *instance, const struct theca_alarm *alarm)
{
	uint32_t number = instance ? instance->number : 0;

	if (alarms_raise(&bench->alarms, number, alarm, bench->now_ns) != 1)
		return;
	struct theca_event event = {
		.kind = THECA_EVENT_ALARM,
		.instance = number,
		.priority = alarm->priority,
		.code = alarm->code,
		.who = alarm->native_class,
		.text = alarm->text,
	};
	event_emit(bench, &event);
	const struct alarm *latched = alarms_find(&bench->alarms, number, alarm->code);
	if (latched)
		results_alarm(&bench->results, latched);
	if (!bench->clock.is_virtual && !bench->planning)
		log_line(THECA_WARNING, "%s: %s: %s", instance ? instance->name : "bench", alarm->code,
			alarm->text);
}

void event_clear(struct bench *bench, struct instance *instance, const char *code)
{
	uint32_t number = instance ? instance->number : 0;

	const struct alarm *latched = alarms_find(&bench->alarms, number, code);
	struct alarm gone = latched ? *latched : (struct alarm){0};
	if (alarms_clear(&bench->alarms, number, code, bench->now_ns) != 1)
		return;
	gone.cleared_ns = bench->now_ns; /* an acknowledged one has left the list */
	results_alarm(&bench->results, &gone);
	event_say(bench, THECA_EVENT_CLEARED, instance, code, NULL, "the condition has gone");
}

int event_acknowledge(struct bench *bench, struct instance *instance, const char *code, const char *who)
{
	uint32_t number = instance ? instance->number : 0;
	const struct alarm *latched = alarms_find(&bench->alarms, number, code);
	struct alarm seen = latched ? *latched : (struct alarm){0};
	int done = alarms_acknowledge(&bench->alarms, number, code, who, bench->now_ns);

	if (done != 1)
		return done < 0 ? done : 0;
	seen.acknowledged_ns = bench->now_ns; /* one whose condition has gone has left the list */
	snprintf(seen.acknowledged_by, sizeof seen.acknowledged_by, "%s", who ? who : "");
	results_alarm(&bench->results, &seen);
	event_say(bench, THECA_EVENT_ACKNOWLEDGED, instance, code, who, "acknowledged");
	return 0;
}

void event_alarm(struct instance *instance, enum theca_priority priority, const char *code,
	const char *format, ...)
{
	char text[160];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	event_raise(instance->bench, instance,
		&(struct theca_alarm){
			.size = sizeof(struct theca_alarm),
			.priority = priority,
			.code = code,
			.text = text,
		});
}
