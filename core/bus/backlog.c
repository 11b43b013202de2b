/* SPDX-License-Identifier: Apache-2.0 */
/* Queues of the bus. They are empty as long as everybody keeps up, and take no memory then. */
#include "bus/backlog.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_ROOM 4096

/* -- samples --------------------------------------------------------------------------------- */

/* Twice the room, the oldest first again. */
static int grow(struct backlog_samples *samples)
{
	size_t room = samples->room ? 2 * samples->room : SMALLEST_ROOM;
	struct theca_sample *ring = malloc(room * sizeof *ring);
	if (!ring)
		return -ENOMEM;
	size_t to_end = samples->room - samples->first;
	if (to_end > samples->count)
		to_end = samples->count;
	if (samples->count) {
		memcpy(ring, samples->ring + samples->first, to_end * sizeof *ring);
		memcpy(ring + to_end, samples->ring, (samples->count - to_end) * sizeof *ring);
	}
	free(samples->ring);
	samples->ring = ring;
	samples->room = room;
	samples->first = 0;
	return 0;
}

static void append(struct backlog_samples *samples, const struct theca_sample *added, size_t count)
{
	size_t at = (samples->first + samples->count) & (samples->room - 1);
	size_t to_end = samples->room - at;
	if (to_end > count)
		to_end = count;
	memcpy(samples->ring + at, added, to_end * sizeof *added);
	memcpy(samples->ring, added + to_end, (count - to_end) * sizeof *added);
	samples->count += count;
}

size_t backlog_samples_push(struct backlog_samples *samples, const struct theca_sample *added,
	size_t count, size_t bound)
{
	size_t dropped = 0;
	while (samples->count + count > samples->room && samples->room < bound)
		if (grow(samples))
			break;
	if (count > samples->room) { /* of these themselves the oldest */
		dropped = count - samples->room;
		added += dropped;
		count = samples->room;
	}
	if (samples->count + count > samples->room) {
		size_t oldest = samples->count + count - samples->room;
		backlog_samples_pop(samples, oldest);
		dropped += oldest;
	}
	if (count)
		append(samples, added, count);
	return dropped;
}

size_t backlog_samples_front(
	const struct backlog_samples *samples, const struct theca_sample **front)
{
	if (!samples->count)
		return 0;
	size_t to_end = samples->room - samples->first;
	*front = samples->ring + samples->first;
	return to_end < samples->count ? to_end : samples->count;
}

void backlog_samples_pop(struct backlog_samples *samples, size_t count)
{
	if (!count)
		return;
	samples->count -= count;
	/* An empty ring starts again at its beginning: the rest of it need not become resident. */
	samples->first = samples->count ? (samples->first + count) & (samples->room - 1) : 0;
}

void backlog_samples_finish(struct backlog_samples *samples)
{
	free(samples->ring);
	*samples = (struct backlog_samples){0};
}

/* -- events ---------------------------------------------------------------------------------- */

struct backlog_event {
	struct backlog_event *next;
	size_t bytes;
	struct theca_event event; /* its texts point into `texts` */
	char texts[];
};

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 1;
}

/* Copies a text to *at and steps behind it; NULL becomes "". */
static const char *keep(char **at, const char *text)
{
	char *kept = *at;
	size_t size = text_size(text);
	memcpy(kept, text ? text : "", size);
	*at += size;
	return kept;
}

int backlog_events_push(
	struct backlog_events *events, const struct theca_event *event, size_t bound)
{
	size_t bytes = sizeof(struct backlog_event) + text_size(event->code) +
		       text_size(event->who) + text_size(event->text);
	if (events->bytes + bytes > bound)
		return -ENOBUFS;
	struct backlog_event *kept = malloc(bytes);
	if (!kept)
		return -ENOMEM;
	char *at = kept->texts;
	*kept = (struct backlog_event){.bytes = bytes, .event = *event};
	kept->event.code = keep(&at, event->code);
	kept->event.who = keep(&at, event->who);
	kept->event.text = keep(&at, event->text);
	*(events->last ? &events->last->next : &events->first) = kept;
	events->last = kept;
	events->count++;
	events->bytes += bytes;
	return 0;
}

const struct theca_event *backlog_events_front(const struct backlog_events *events)
{
	return events->first ? &events->first->event : NULL;
}

void backlog_events_pop(struct backlog_events *events)
{
	struct backlog_event *first = events->first;
	if (!first)
		return;
	events->first = first->next;
	if (!events->first)
		events->last = NULL;
	events->count--;
	events->bytes -= first->bytes;
	free(first);
}

void backlog_events_finish(struct backlog_events *events)
{
	while (events->first)
		backlog_events_pop(events);
}
