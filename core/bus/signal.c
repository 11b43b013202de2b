/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: declared once, looked at often. */
#include "bus/signal.h"
#include "base/units.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 32
#define SMALLEST_ROOM 64

int signals_init(struct signals *signals)
{
	*signals = (struct signals){.next_sequence = 1};
	return 0;
}

void signals_finish(struct signals *signals)
{
	for (uint32_t i = 0; i < signals->room / SIGNALS_CHUNK; i++)
		free(signals->chunks[i]);
	free(signals->chunks);
	free(signals->values);
	free(signals->formats);
	free(signals->format_of);
	*signals = (struct signals){0};
}

static bool valid_name(const char *name)
{
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	if (!name || *name < 'a' || *name > 'z')
		return false;
	size_t length = strspn(name, rest);
	return !name[length] && length <= NAME_MAX_LENGTH;
}

/* A number has a unit of its own (`rpm`); the other quantities take the units that they know. */
static bool valid_unit(const struct theca_signal *signal)
{
	if (!signal->unit || signal->dimension == THECA_NUMBER)
		return true;
	return units_known((enum theca_dimension)signal->dimension, signal->unit);
}

static bool valid_dimension(const struct theca_signal *signal)
{
	if (signal->dimension == THECA_CHOICE)
		return signal->states && signal->states[0];
	return signal->dimension == THECA_FLAG ||
	       (signal->dimension >= THECA_VOLUME && signal->dimension <= THECA_COUNT);
}

static bool is_taken(
	const struct signals *signals, const struct theca_signal *signal, uint32_t first)
{
	for (uint32_t i = first; i && i <= signals->count; i++) {
		const struct theca_signal *other = signals_info(signals, i);
		if (other->instance == signal->instance && !strcmp(other->name, signal->name))
			return true;
	}
	return false;
}

/* Twice the room; what fails on the way leaves it as it was. */
static int grow(struct signals *signals)
{
	uint32_t room = signals->room ? 2 * signals->room : SMALLEST_ROOM;
	void *values = realloc(signals->values, room * sizeof *signals->values);
	if (values)
		signals->values = values;
	void *formats = realloc(signals->format_of, room * sizeof *signals->format_of);
	if (formats)
		signals->format_of = formats;
	void *chunks = realloc(signals->chunks, room / SIGNALS_CHUNK * sizeof *signals->chunks);
	if (chunks)
		signals->chunks = chunks;
	if (!values || !formats || !chunks)
		return -ENOMEM;
	for (uint32_t i = signals->room / SIGNALS_CHUNK; i < room / SIGNALS_CHUNK; i++)
		signals->chunks[i] = NULL;
	signals->room = room;
	return 0;
}

/* Room for this number; a chunk is made when its first signal comes. */
static int make_room(struct signals *signals, uint32_t number)
{
	if (number >= signals->room && grow(signals))
		return -ENOMEM;
	struct theca_signal **chunk = &signals->chunks[number / SIGNALS_CHUNK];
	if (!*chunk)
		*chunk = malloc(SIGNALS_CHUNK * sizeof **chunk);
	return *chunk ? 0 : -ENOMEM;
}

static bool is_same_format(const struct units_format *a, const struct units_format *b)
{
	return a->divide == b->divide && a->multiply == b->multiply && a->decimals == b->decimals &&
	       a->offset == b->offset;
}

/* The place of such a format, new or not; -ENOMEM. There are few: one a dimension, usually. */
static int keep_format(struct signals *signals, const struct units_format *format)
{
	for (uint32_t i = 0; i < signals->format_count; i++)
		if (is_same_format(&signals->formats[i], format))
			return (int)i;
	size_t size = (signals->format_count + 1) * sizeof *signals->formats;
	struct units_format *formats = realloc(signals->formats, size);
	if (!formats)
		return -ENOMEM;
	signals->formats = formats;
	formats[signals->format_count] = *format;
	return (int)signals->format_count++;
}

int signals_declare(struct signals *signals, const struct theca_signal *signal, uint32_t first)
{
	if (!valid_name(signal->name) || !valid_dimension(signal) || !valid_unit(signal) ||
		signal->decimals > 9 || signal->max_age_ns < 0)
		return -EINVAL;
	if (is_taken(signals, signal, first))
		return -EEXIST;
	uint32_t number = signals->count + 1;
	enum theca_dimension dimension = (enum theca_dimension)signal->dimension;
	const char *unit = signal->unit ? signal->unit : units_usual(dimension);
	struct units_format format = {0};
	units_format_init(&format, dimension, unit, signal->decimals);
	int place = keep_format(signals, &format);
	if (place < 0 || number > INT32_MAX / 2 || make_room(signals, number))
		return -ENOMEM;
	struct theca_signal *info =
		&signals->chunks[number / SIGNALS_CHUNK][number % SIGNALS_CHUNK];
	*info = *signal;
	info->unit = unit;
	signals->format_of[number] = (uint32_t)place;
	signals->values[number] =
		(struct signal_value){.time_ns = THECA_NONE, .quality = THECA_INVALID};
	signals->count = number;
	return (int)number;
}

struct signal_value signals_value(const struct signals *signals, uint32_t signal, int64_t now_ns)
{
	const struct theca_signal *info = signals_info(signals, signal);
	if (!info)
		return (struct signal_value){.time_ns = THECA_NONE, .quality = THECA_INVALID};
	struct signal_value value = signals->values[signal];
	if (value.quality == THECA_GOOD && info->max_age_ns && value.time_ns != THECA_NONE &&
		now_ns - value.time_ns > info->max_age_ns)
		value.quality = THECA_STALE;
	return value;
}

static const char *state_name(const struct theca_signal *info, int64_t value)
{
	for (int64_t i = 0; info->states[i]; i++)
		if (i == value)
			return info->states[i];
	return NULL;
}

size_t signals_format(
	const struct signals *signals, uint32_t signal, int64_t value, char *out, size_t size)
{
	const struct theca_signal *info = signals_info(signals, signal);
	if (!info)
		return 0;
	const char *name = info->dimension == THECA_CHOICE ? state_name(info, value) : NULL;
	if (!name)
		return units_format(&signals->formats[signals->format_of[signal]], value, out);
	size_t length = strnlen(name, size);
	memcpy(out, name, length);
	return length;
}
