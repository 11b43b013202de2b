/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void outbox_init(struct outbox *box, size_t bound)
{
	*box = (struct outbox){.bound = bound};
}

void outbox_finish(struct outbox *box)
{
	while (box->count)
		outbox_pop(box);
	free(box->ring);
	*box = (struct outbox){.bound = box->bound};
}

const struct outbox_message *outbox_front(const struct outbox *box)
{
	return box->count ? &box->ring[box->first] : NULL;
}

void outbox_pop(struct outbox *box)
{
	free(box->ring[box->first].topic);
	box->first = (box->first + 1) % box->room;
	box->count--;
}

static bool grow(struct outbox *box)
{
	size_t room = box->room ? 2 * box->room : 64;
	struct outbox_message *ring = malloc(room * sizeof *ring);
	if (!ring)
		return false;
	for (size_t i = 0; i < box->count; i++)
		ring[i] = box->ring[(box->first + i) % box->room];
	free(box->ring);
	*box = (struct outbox){
		.ring = ring, .count = box->count, .room = room, .bound = box->bound};
	return true;
}

uint32_t outbox_push(
	struct outbox *box, const char *topic, const char *payload, size_t length, uint32_t samples)
{
	size_t topic_size = strlen(topic) + 1;
	char *copy = malloc(topic_size + length);
	if (!copy || (box->count < box->bound && box->count == box->room && !grow(box))) {
		free(copy);
		return samples;
	}
	uint32_t lost = 0;
	if (box->count == box->bound) {
		lost = box->ring[box->first].samples;
		outbox_pop(box);
	}
	memcpy(copy, topic, topic_size);
	memcpy(copy + topic_size, payload, length);
	box->ring[(box->first + box->count++) % box->room] =
		(struct outbox_message){copy, copy + topic_size, length, samples};
	return lost;
}
