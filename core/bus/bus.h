/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus: samples gather in one batch and go to every subscriber at the end of a tick, or when the
 * batch is full. A subscriber that does not take all has the rest in a bounded queue of its own:
 * the oldest is dropped and counted, or, under BUS_WAIT, the bench's clock waits. Events have a
 * queue apart, 1 MiB a subscriber, and are never dropped: who falls behind is cut off. Pure: sinks
 * are functions given by the caller.
 *
 * A sink may report samples, emit events, subscribe and unsubscribe from inside its functions: such
 * samples come with the next batch, such events after the one at hand, for everybody in one order.
 */
#ifndef BUS_H
#define BUS_H

#include "bus/backlog.h"
#include <stdbool.h>

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
	struct theca_sample *batch; /* being filled */
	size_t count, room;         /* room: BUS_BATCH, more only for what comes during a delivery */
	struct theca_sample *spare; /* being delivered, or empty */
	size_t spare_room;
	enum bus_policy policy;
	bool delivering;            /* a sink may be on the stack */
	bool behind;                /* something may wait for somebody, who may take it now */
	bool unswept;               /* somebody has gone or was cut off: tidy up after the delivery */
	struct backlog_events late; /* emitted by sinks while others were delivered to */
	struct bus_subscriber **subscribers;
	size_t subscriber_count;
};

int bus_init(struct bus *, enum bus_policy);
void bus_finish(struct bus *);
/* NULL functions mean: not wanted. NULL: out of memory. */
struct bus_subscriber *bus_subscribe(struct bus *, const struct bus_sink *);
/* The sink is not called any more, what waits for it is forgotten. NULL is allowed. */
void bus_unsubscribe(struct bus *, struct bus_subscriber *);
uint64_t bus_dropped(const struct bus_subscriber *); /* samples, ever */
uint64_t bus_taken(const struct bus_subscriber *);

struct theca_sample *bus_make_room(struct bus *, size_t count); /* bus_reserve()'s slow way */
/* Room for `count` (<= BUS_BATCH) samples that the caller fills in place; flushes first if needed.
 * Never NULL. Nothing else may be reserved before the commit. */
static inline struct theca_sample *bus_reserve(struct bus *bus, size_t count)
{
	if (__builtin_expect(bus->room - bus->count < count, 0))
		return bus_make_room(bus, count);
	return bus->batch + bus->count;
}
/* So many of the reserved samples are there; what is reserved and not committed was not. */
static inline void bus_commit(struct bus *bus, size_t count)
{
	bus->count += count;
}

/* Hands the batch over. false: under BUS_WAIT somebody's queue is full, so time must wait; call
 * bus_drain() later. A sink that took less than it was offered is offered more only after the next
 * bus_tick() or bus_drain(). */
bool bus_flush(struct bus *);
/* bus_flush(), then every subscriber's waiting events and its tick. */
bool bus_tick(struct bus *, int64_t now_ns);
/* Offers again what waits. true: nobody's queue is full. */
bool bus_drain(struct bus *);
/* `event` is copied where it has to wait. */
void bus_event(struct bus *, const struct theca_event *);

#endif
