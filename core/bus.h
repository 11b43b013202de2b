/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus: samples gather in one batch and go to every subscriber at the end of a tick, or when the
 * batch is full. A subscriber that does not take all has the rest in a bounded queue of its own:
 * the oldest is dropped and counted, or, under BUS_WAIT, the bench's clock waits. Events have a
 * queue apart, 1 MiB a subscriber, and are never dropped: who falls behind is cut off. Pure: sinks
 * are functions given by the caller.
 */
#ifndef BUS_H
#define BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <theca/data.h>

#define BUS_BATCH 2048          /* samples: 64 KiB, stays in the second-level cache */
#define BUS_QUEUE 65536         /* samples a subscriber may be behind */
#define BUS_EVENT_BYTES 1048576 /* bytes of events a subscriber may be behind */

enum bus_policy { BUS_DROP_OLDEST, BUS_WAIT };

struct bus_sink {
	void *user;
	int (*samples)(void *user, const struct theca_sample *, size_t count); /* taken, or -errno */
	int (*event)(void *user, const struct theca_event *);                   /* 0, or -errno */
	int (*tick)(void *user, int64_t now_ns);
	void (*cut_off)(void *user); /* it fell 1 MiB of events behind; it gets nothing more */
};

struct bus_subscriber;

struct bus {
	struct theca_sample *batch; /* BUS_BATCH */
	size_t count;
	enum bus_policy policy;
	struct bus_subscriber **subscribers;
	size_t subscriber_count;
};

int bus_init(struct bus *, enum bus_policy);
void bus_finish(struct bus *);
/* NULL functions mean: not wanted. NULL: out of memory. */
struct bus_subscriber *bus_subscribe(struct bus *, const struct bus_sink *);
void bus_unsubscribe(struct bus *, struct bus_subscriber *);
uint64_t bus_dropped(const struct bus_subscriber *); /* samples, ever */
uint64_t bus_taken(const struct bus_subscriber *);

/* Room for `count` (<= BUS_BATCH) samples that the caller fills in place; flushes first if needed. */
struct theca_sample *bus_reserve(struct bus *, size_t count);
static inline void bus_commit(struct bus *bus, size_t count)
{
	bus->count += count;
}

/* Hands the batch over. false: under BUS_WAIT somebody's queue is full, so time must wait; call
 * bus_drain() later. */
bool bus_flush(struct bus *);
/* bus_flush(), then every subscriber's tick. */
bool bus_tick(struct bus *, int64_t now_ns);
/* Offers again what waits. true: nobody is over its bound. */
bool bus_drain(struct bus *);
void bus_event(struct bus *, const struct theca_event *);

#endif
