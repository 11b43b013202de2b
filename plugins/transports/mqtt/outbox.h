/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that wait for the broker, first in, first out, and bounded by their number: the library's
 * own queue has no bound. Where the room ends the oldest goes, and its samples are counted.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stddef.h>
#include <stdint.h>

struct outbox_message {
	char *topic;         /* NUL after it, then the payload; one allocation */
	const char *payload;
	size_t length;
	uint32_t samples;    /* in it */
};

struct outbox {
	struct outbox_message *ring;
	size_t first, count, room, bound;
};

void outbox_init(struct outbox *, size_t bound);
void outbox_finish(struct outbox *);
/* Copies. Returns how many samples were lost: the oldest message's, or this one's. */
uint32_t outbox_push(struct outbox *, const char *topic, const char *payload, size_t length,
	uint32_t samples);
const struct outbox_message *outbox_front(const struct outbox *); /* NULL: none */
void outbox_pop(struct outbox *);

#endif
