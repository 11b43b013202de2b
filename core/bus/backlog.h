/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for one subscriber of the bus: samples in a ring that grows up to a bound, events as
 * deep copies in a list, bounded by their bytes. First in, first out.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include <stddef.h>
#include <stdint.h>
#include <theca/data.h>

struct backlog_samples {
	struct theca_sample *ring;
	size_t first, count, room; /* room: a power of two, or 0 */
};

/* Appends, at most up to `bound` (a power of two or SIZE_MAX): where the room ends the oldest go.
 * How many went, of those that waited or of these. */
size_t backlog_samples_push(struct backlog_samples *, const struct theca_sample *, size_t count,
	size_t bound);
/* The oldest, as many as lie together; 0: none. */
size_t backlog_samples_front(const struct backlog_samples *, const struct theca_sample **);
void backlog_samples_pop(struct backlog_samples *, size_t count);
void backlog_samples_finish(struct backlog_samples *);

struct backlog_event;

struct backlog_events {
	struct backlog_event *first, *last;
	size_t count, bytes;
};

/* 0; -ENOBUFS: more than `bound` bytes would wait; -ENOMEM. */
int backlog_events_push(struct backlog_events *, const struct theca_event *, size_t bound);
const struct theca_event *backlog_events_front(const struct backlog_events *); /* NULL: none */
void backlog_events_pop(struct backlog_events *);
void backlog_events_finish(struct backlog_events *);

#endif
