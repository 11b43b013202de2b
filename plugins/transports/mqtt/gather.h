/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples become messages: what one instance said at one time is one JSON object, and with a group
 * those of several instances are one message. What a signal is called in JSON and to whom it belongs
 * is worked out once.
 */
#ifndef GATHER_H
#define GATHER_H

#include "text.h"
#include <theca/host.h>

typedef void gather_send(void *user, const char *topic, const struct text *, uint32_t samples);

/* Of an instance, by its number. */
struct gather_station {
	char *topic;      /* of its samples; NULL: it has no signals */
	uint32_t order;   /* among those that have signals */
	uint32_t message; /* the last one that it is in */
	uint32_t first, last; /* signals; between them there may be others' */
};

struct gather_slot {
	uint32_t instance;
	uint32_t message; /* the last one that the signal is in */
	uint32_t key;
	uint32_t dimension;
};

struct gather_key {
	char text[40]; /* `,"rate":` */
	size_t length;
};

struct gather {
	struct theca_host *host;
	const char *prefix;
	uint32_t group; /* instances a message */
	gather_send *send;
	void *user;
	struct gather_station *stations;
	uint32_t station_count, orders;
	struct gather_slot *slots; /* by number of the signal */
	uint32_t slot_count, slot_room;
	struct gather_key *keys;
	uint32_t key_count;
	uint64_t lost; /* samples without memory for their message */

	struct text text; /* the message at hand */
	uint32_t samples; /* in it; 0: there is none */
	uint32_t message; /* its number */
	uint32_t instance;
	int64_t time_ns;
	bool first; /* no key in the object yet */
	char stamp[32];
	size_t stamp_length;
	int64_t stamped_ns;
};

void gather_init(struct gather *, struct theca_host *, const char *prefix, uint32_t group,
	gather_send *, void *user);
void gather_finish(struct gather *);
/* Looks for signals that are new. Returns the lowest number of an instance that has one, 0: none. */
uint32_t gather_learn(struct gather *);
/* Returns what gather_learn() says when signals turn up that were not known. */
uint32_t gather_samples(struct gather *, const struct theca_sample *, size_t count);
/* The message at hand is complete. */
void gather_end(struct gather *);
/* The signals of an instance with their units, as JSON; the topic with a NUL. false: it has none. */
bool gather_signals(const struct gather *, uint32_t instance, struct text *topic, struct text *);

#endif
