/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms: a list that is short on a good day, kept in the order in which people want to see it. */
#include "bus/alarm.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_ROOM 8

void alarms_init(struct alarms *alarms)
{
	*alarms = (struct alarms){0};
}

void alarms_finish(struct alarms *alarms)
{
	free(alarms->items);
	alarms_init(alarms);
}

static struct alarm *find(const struct alarms *alarms, uint32_t instance, const char *code)
{
	for (size_t i = 0; i < alarms->count; i++) {
		struct alarm *alarm = &alarms->items[i];
		if (alarm->instance == instance && !strcmp(alarm->code, code))
			return alarm;
	}
	return NULL;
}

const struct alarm *alarms_find(const struct alarms *alarms, uint32_t instance, const char *code)
{
	return find(alarms, instance, code);
}

uint32_t alarms_highest(const struct alarms *alarms)
{
	return alarms->count ? alarms->items[0].priority : 0;
}

/* As much as fits, no character of UTF-8 cut in two. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	if (length >= size) {
		length = size - 1;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	if (length)
		memcpy(out, text, length);
	out[length] = 0;
}

static void take_out(struct alarms *alarms, struct alarm *alarm)
{
	size_t behind = (size_t)(alarms->items + alarms->count - alarm) - 1;
	memmove(alarm, alarm + 1, behind * sizeof *alarm);
	alarms->count--;
}

/* Behind all of its priority: it is the youngest of them. */
static struct alarm *put_in(struct alarms *alarms, uint32_t priority)
{
	size_t at = alarms->count;
	while (at && alarms->items[at - 1].priority < priority)
		at--;
	struct alarm *alarm = &alarms->items[at];
	memmove(alarm + 1, alarm, (alarms->count - at) * sizeof *alarm);
	alarms->count++;
	return alarm;
}

static int make_room(struct alarms *alarms)
{
	if (alarms->count < alarms->room)
		return 0;
	size_t room = alarms->room ? 2 * alarms->room : SMALLEST_ROOM;
	struct alarm *items = realloc(alarms->items, room * sizeof *items);
	if (!items)
		return -ENOMEM;
	alarms->items = items;
	alarms->room = room;
	return 0;
}

static bool is_valid(const struct theca_alarm *alarm)
{
	return alarm->priority >= THECA_LOW && alarm->priority <= THECA_HIGH && alarm->code &&
	       *alarm->code && strlen(alarm->code) < sizeof((struct alarm){0}).code;
}

static void fill(
	struct alarm *alarm, uint32_t instance, const struct theca_alarm *raised, int64_t now_ns)
{
	*alarm = (struct alarm){
		.instance = instance,
		.priority = raised->priority,
		.raised_ns = now_ns,
		.cleared_ns = THECA_NONE,
		.acknowledged_ns = THECA_NONE,
	};
	copy_text(alarm->code, sizeof alarm->code, raised->code);
	copy_text(alarm->native_code, sizeof alarm->native_code, raised->native_code);
	copy_text(alarm->native_class, sizeof alarm->native_class, raised->native_class);
	copy_text(alarm->text, sizeof alarm->text, raised->text);
}

int alarms_raise(
	struct alarms *alarms, uint32_t instance, const struct theca_alarm *raised, int64_t now_ns)
{
	if (!is_valid(raised))
		return -EINVAL;
	struct alarm *alarm = find(alarms, instance, raised->code);
	if (alarm && alarm->cleared_ns == THECA_NONE)
		return 0;
	if (alarm)
		take_out(alarms, alarm);
	if (make_room(alarms))
		return -ENOMEM;
	alarm = put_in(alarms, raised->priority);
	fill(alarm, instance, raised, now_ns);
	alarm->number = ++alarms->raised;
	return 1;
}

int alarms_clear(struct alarms *alarms, uint32_t instance, const char *code, int64_t now_ns)
{
	struct alarm *alarm = find(alarms, instance, code);
	if (!alarm || alarm->cleared_ns != THECA_NONE)
		return 0;
	alarm->cleared_ns = now_ns;
	if (alarm->acknowledged_ns != THECA_NONE)
		take_out(alarms, alarm);
	return 1;
}

int alarms_acknowledge(
	struct alarms *alarms, uint32_t instance, const char *code, const char *who, int64_t now_ns)
{
	struct alarm *alarm = find(alarms, instance, code);
	if (!alarm)
		return -ENOENT;
	if (alarm->acknowledged_ns != THECA_NONE)
		return 0;
	alarm->acknowledged_ns = now_ns;
	copy_text(alarm->acknowledged_by, sizeof alarm->acknowledged_by, who);
	if (alarm->cleared_ns != THECA_NONE)
		take_out(alarms, alarm);
	return 1;
}
