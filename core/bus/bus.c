/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery. In the usual case a sink gets a pointer into the batch itself; only what it leaves is
 * copied. While a sink is being called (`delivering`) nothing else is delivered: samples gather in
 * the other of two batches, events in a queue of the bus, and both follow when the outermost call
 * returns.
 */
#include "bus/bus.h"
#include <errno.h>
#include <stdlib.h>

/* Of events that answer events: so many in one go, the rest in the next tick. */
#define LONGEST_CHAIN 1000

struct bus_subscriber {
	struct bus_sink sink;
	struct backlog_samples samples;
	struct backlog_events events;
	uint64_t dropped, taken;
	bool samples_refused, events_refused; /* in this tick: not offered again before the next */
	bool cut, gone;                       /* gone: unsubscribed while a sink was being called */
};

int bus_init(struct bus *bus, enum bus_policy policy)
{
	*bus = (struct bus){.policy = policy, .room = BUS_BATCH, .spare_room = BUS_BATCH};
	bus->batch = malloc(BUS_BATCH * sizeof *bus->batch);
	bus->spare = malloc(BUS_BATCH * sizeof *bus->spare);
	if (bus->batch && bus->spare)
		return 0;
	bus_finish(bus);
	return -ENOMEM;
}

static void forget_waiting(struct bus_subscriber *subscriber)
{
	backlog_samples_finish(&subscriber->samples);
	backlog_events_finish(&subscriber->events);
}

static void destroy_subscriber(struct bus_subscriber *subscriber)
{
	forget_waiting(subscriber);
	free(subscriber);
}

void bus_finish(struct bus *bus)
{
	for (size_t i = 0; i < bus->subscriber_count; i++)
		destroy_subscriber(bus->subscribers[i]);
	free(bus->subscribers);
	backlog_events_finish(&bus->late);
	free(bus->batch);
	free(bus->spare);
	*bus = (struct bus){0};
}

/* -- who is there ---------------------------------------------------------------------------- */

struct bus_subscriber *bus_subscribe(struct bus *bus, const struct bus_sink *sink)
{
	size_t size = (bus->subscriber_count + 1) * sizeof *bus->subscribers;
	struct bus_subscriber **subscribers = realloc(bus->subscribers, size);
	struct bus_subscriber *subscriber = calloc(1, sizeof *subscriber);
	if (subscribers)
		bus->subscribers = subscribers;
	if (!subscribers || !subscriber) {
		free(subscriber);
		return NULL;
	}
	subscriber->sink = *sink;
	bus->subscribers[bus->subscriber_count++] = subscriber;
	return subscriber;
}

static void sweep(struct bus *bus)
{
	size_t kept = 0;
	for (size_t i = 0; i < bus->subscriber_count; i++) {
		struct bus_subscriber *subscriber = bus->subscribers[i];
		if (subscriber->gone) {
			destroy_subscriber(subscriber);
			continue;
		}
		if (subscriber->cut)
			forget_waiting(subscriber);
		bus->subscribers[kept++] = subscriber;
	}
	bus->subscriber_count = kept;
	bus->unswept = false;
}

void bus_unsubscribe(struct bus *bus, struct bus_subscriber *subscriber)
{
	if (!subscriber)
		return;
	subscriber->gone = true;
	bus->unswept = true;
	if (!bus->delivering)
		sweep(bus);
}

uint64_t bus_dropped(const struct bus_subscriber *subscriber)
{
	return subscriber->dropped;
}

uint64_t bus_taken(const struct bus_subscriber *subscriber)
{
	return subscriber->taken;
}

static bool is_there(const struct bus_subscriber *subscriber)
{
	return !subscriber->cut && !subscriber->gone;
}

/* What waits is freed later: one of its events may be in a sink's hands just now. */
static void cut_off(struct bus *bus, struct bus_subscriber *subscriber)
{
	subscriber->cut = true;
	bus->unswept = true;
	if (subscriber->sink.cut_off)
		subscriber->sink.cut_off(subscriber->sink.user);
}

/* -- samples --------------------------------------------------------------------------------- */

/* How many were taken. */
static size_t offer(
	struct bus_subscriber *subscriber, const struct theca_sample *samples, size_t count)
{
	if (!count || subscriber->samples_refused)
		return 0;
	int answer = subscriber->sink.samples(subscriber->sink.user, samples, count);
	size_t taken = answer < 0 ? 0 : (size_t)answer;
	if (taken > count)
		taken = count;
	subscriber->samples_refused = taken < count;
	subscriber->taken += taken;
	return taken;
}

static void offer_waiting(struct bus_subscriber *subscriber)
{
	const struct theca_sample *samples;
	size_t count;
	while (is_there(subscriber) && !subscriber->samples_refused &&
		(count = backlog_samples_front(&subscriber->samples, &samples))) {
		size_t taken = offer(subscriber, samples, count);
		if (is_there(subscriber))
			backlog_samples_pop(&subscriber->samples, taken);
	}
}

/* What waits goes first; what is left of the batch waits in its turn. */
static void deliver(struct bus *bus, struct bus_subscriber *subscriber,
	const struct theca_sample *samples, size_t count)
{
	if (!subscriber->sink.samples || !is_there(subscriber))
		return;
	offer_waiting(subscriber);
	size_t taken = subscriber->samples.count ? 0 : offer(subscriber, samples, count);
	bus->behind |= taken < count;
	if (taken < count && is_there(subscriber))
		subscriber->dropped += backlog_samples_push(&subscriber->samples, samples + taken,
			count - taken, bus->policy == BUS_WAIT ? SIZE_MAX : BUS_QUEUE);
}

static bool within_bounds(const struct bus *bus)
{
	if (bus->policy == BUS_WAIT && bus->behind)
		for (size_t i = 0; i < bus->subscriber_count; i++)
			if (is_there(bus->subscribers[i]) &&
				bus->subscribers[i]->samples.count >= BUS_QUEUE)
				return false;
	return true;
}

/* The batch is delivered from where it stands; the spare one is filled meanwhile. */
static size_t swap_batches(struct bus *bus)
{
	struct theca_sample *batch = bus->batch;
	size_t count = bus->count, room = bus->room;
	bus->batch = bus->spare;
	bus->room = bus->spare_room;
	bus->spare = batch;
	bus->spare_room = room;
	bus->count = 0;
	return count;
}

/* A batch overflows while the other is being delivered: it grows, or is lost to everybody. */
static void grow_batch(struct bus *bus, size_t count)
{
	size_t room = bus->room + (count > bus->room ? count : bus->room);
	struct theca_sample *batch = realloc(bus->batch, room * sizeof *batch);
	if (batch) {
		bus->batch = batch;
		bus->room = room;
		return;
	}
	for (size_t i = 0; i < bus->subscriber_count; i++)
		if (bus->subscribers[i]->sink.samples)
			bus->subscribers[i]->dropped += bus->count;
	bus->count = 0;
}

struct theca_sample *bus_make_room(struct bus *bus, size_t count)
{
	if (!bus->delivering)
		bus_flush(bus);
	if (bus->room - bus->count < count)
		grow_batch(bus, count);
	return bus->batch + bus->count;
}

/* -- events ---------------------------------------------------------------------------------- */

static void send_event(
	struct bus *bus, struct bus_subscriber *subscriber, const struct theca_event *event)
{
	if (!subscriber->sink.event || !is_there(subscriber))
		return;
	if (!subscriber->events_refused && !subscriber->events.first) {
		if (!subscriber->sink.event(subscriber->sink.user, event))
			return;
		subscriber->events_refused = true;
	}
	bus->behind = true;
	if (is_there(subscriber) &&
		backlog_events_push(&subscriber->events, event, BUS_EVENT_BYTES))
		cut_off(bus, subscriber);
}

static void send_to_all(struct bus *bus, const struct theca_event *event)
{
	size_t count = bus->subscriber_count; /* who subscribes meanwhile came after the event */
	for (size_t i = 0; i < count; i++)
		send_event(bus, bus->subscribers[i], event);
}

static void offer_events(struct bus_subscriber *subscriber)
{
	const struct theca_event *event;
	while (is_there(subscriber) && !subscriber->events_refused &&
		(event = backlog_events_front(&subscriber->events))) {
		subscriber->events_refused =
			subscriber->sink.event(subscriber->sink.user, event) != 0;
		if (!subscriber->events_refused)
			backlog_events_pop(&subscriber->events);
	}
}

/* An event that nobody can keep may not be lost in silence. */
static void cut_off_all(struct bus *bus)
{
	for (size_t i = 0; i < bus->subscriber_count; i++)
		if (bus->subscribers[i]->sink.event && is_there(bus->subscribers[i]))
			cut_off(bus, bus->subscribers[i]);
}

/* -- the outermost call ---------------------------------------------------------------------- */

static void leave(struct bus *bus)
{
	const struct theca_event *event;
	for (int i = 0; i < LONGEST_CHAIN && bus->late.first; i++) {
		event = backlog_events_front(&bus->late);
		send_to_all(bus, event);
		backlog_events_pop(&bus->late);
	}
	bus->delivering = false;
	if (bus->unswept)
		sweep(bus);
}

void bus_event(struct bus *bus, const struct theca_event *event)
{
	bool outermost = !bus->delivering;
	bus->delivering = true;
	if (outermost && !bus->late.first)
		send_to_all(bus, event);
	else if (backlog_events_push(&bus->late, event, SIZE_MAX))
		cut_off_all(bus);
	if (outermost)
		leave(bus);
}

bool bus_flush(struct bus *bus)
{
	if (bus->delivering)
		return within_bounds(bus);
	size_t count = swap_batches(bus), subscribers = bus->subscriber_count;
	bus->delivering = true;
	for (size_t i = 0; i < subscribers; i++)
		deliver(bus, bus->subscribers[i], bus->spare, count);
	leave(bus);
	if (!bus->count)
		swap_batches(bus); /* nothing came meanwhile: go on where the cache is warm */
	return within_bounds(bus);
}

/* A new chance for everybody who has something waiting. */
static void offer_again(struct bus *bus)
{
	if (!bus->behind && !bus->late.first)
		return;
	bool behind = false;
	bus->delivering = true;
	for (size_t i = 0; i < bus->subscriber_count; i++) {
		struct bus_subscriber *subscriber = bus->subscribers[i];
		subscriber->samples_refused = subscriber->events_refused = false;
		offer_events(subscriber);
		offer_waiting(subscriber);
		behind |= subscriber->samples.count || subscriber->events.first;
	}
	bus->behind = behind;
	leave(bus);
}

bool bus_drain(struct bus *bus)
{
	if (!bus->delivering)
		offer_again(bus);
	return within_bounds(bus);
}

bool bus_tick(struct bus *bus, int64_t now_ns)
{
	if (bus->delivering)
		return within_bounds(bus);
	offer_again(bus);
	bus_flush(bus);
	bus->delivering = true;
	for (size_t i = 0; i < bus->subscriber_count; i++) {
		struct bus_subscriber *subscriber = bus->subscribers[i];
		if (subscriber->sink.tick && is_there(subscriber))
			subscriber->sink.tick(subscriber->sink.user, now_ns);
	}
	leave(bus);
	return within_bounds(bus);
}
