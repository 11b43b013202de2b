/* SPDX-License-Identifier: Apache-2.0 */
/* The bus: sinks that keep up, that take less, that fail, and that call back into it. */
#include "bus/bus.h"
#include "tap.h"
#include <errno.h>
#include <stdlib.h>

/* A sink that takes at most `takes` a call, or fails; it checks that nothing is out of order. */
struct sink {
	struct bus *bus;
	struct bus_subscriber *subscriber;
	int takes, fails;       /* takes < 0: all */
	uint64_t next_sequence; /* expected */
	size_t samples, skipped, calls, ticks;
	const struct theca_sample *last_at;
	int event_fails, cut_off;
	size_t events;
	uint64_t numbers[40]; /* of the first events */
	char last_text[40];
	int answers; /* events (or samples) that it makes in answer */
	bool leaves; /* unsubscribes at its next event or sample */
	bool leaves_when_cut;
};

static void push(struct bus *bus, uint64_t sequence)
{
	struct theca_sample *sample = bus_reserve(bus, 1);
	*sample = (struct theca_sample){.sequence = sequence};
	bus_commit(bus, 1);
}

static void push_many(struct bus *bus, uint64_t *sequence, size_t count)
{
	while (count--)
		push(bus, (*sequence)++);
}

static struct theca_event event_of(uint64_t number, const char *text)
{
	return (struct theca_event){.size = sizeof(struct theca_event),
		.number = number,
		.code = "code",
		.who = "who",
		.text = text};
}

static void send(struct bus *bus, uint64_t number)
{
	char text[16];
	snprintf(text, sizeof text, "event %d", (int)number);
	struct theca_event event = event_of(number, text);
	bus_event(bus, &event);
	memset(text, 'x', sizeof text - 1);
}

static void leave(struct sink *sink)
{
	if (sink->leaves)
		bus_unsubscribe(sink->bus, sink->subscriber);
	sink->leaves = false;
}

static int take_samples(void *user, const struct theca_sample *samples, size_t count)
{
	struct sink *sink = user;
	sink->calls++;
	leave(sink);
	if (sink->fails)
		return -EAGAIN;
	if (sink->takes >= 0 && count > (size_t)sink->takes)
		count = (size_t)sink->takes;
	for (size_t i = 0; i < count; i++) {
		sink->skipped += samples[i].sequence - sink->next_sequence;
		sink->next_sequence = samples[i].sequence + 1;
	}
	sink->samples += count;
	sink->last_at = samples;
	for (; sink->answers; sink->answers--)
		push(sink->bus, 1000000);
	return (int)count;
}

static int take_event(void *user, const struct theca_event *event)
{
	struct sink *sink = user;
	leave(sink);
	if (sink->event_fails)
		return -EAGAIN;
	if (sink->events < sizeof sink->numbers / sizeof *sink->numbers)
		sink->numbers[sink->events] = event->number;
	sink->events++;
	if (sink->answers) {
		sink->answers--;
		send(sink->bus, event->number + 100);
	}
	snprintf(sink->last_text, sizeof sink->last_text, "%s", event->text);
	return 0;
}

static int tick(void *user, int64_t now_ns)
{
	((struct sink *)user)->ticks += now_ns == 5;
	return 0;
}

static void cut_off(void *user)
{
	struct sink *sink = user;
	sink->cut_off++;
	if (sink->leaves_when_cut)
		bus_unsubscribe(sink->bus, sink->subscriber);
}

static void subscribe(struct bus *bus, struct sink *sink)
{
	struct bus_sink functions = {sink, take_samples, take_event, tick, cut_off};
	*sink = (struct sink){.bus = bus, .takes = -1};
	sink->subscriber = bus_subscribe(bus, &functions);
}

static void keeps_up(void)
{
	struct bus bus;
	struct sink one, other;
	uint64_t sequence = 0;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &one);
	subscribe(&bus, &other);
	bus_subscribe(&bus, &(struct bus_sink){0});
	push_many(&bus, &sequence, 10);
	is(one.samples, 0, "samples gather");
	const struct theca_sample *batch = bus.batch;
	ok(bus_tick(&bus, 5), "a tick");
	is(one.samples + other.samples, 20, "... brings them to everybody");
	ok(one.last_at == batch, "... from where they stand");
	ok(bus.batch == batch, "... and the next ones gather in the same place");
	is(one.ticks, 1, "... and tells the time");
	bus_tick(&bus, 5);
	is(one.calls, 1, "nothing new: not called");
	push_many(&bus, &sequence, BUS_BATCH + 1);
	is(one.samples, 10 + BUS_BATCH, "a full batch goes at once");
	ok(bus_flush(&bus), "a flush");
	is(one.samples, 11 + BUS_BATCH, "... brings the rest");
	is(one.skipped + other.skipped, 0, "nothing was lost or turned around");
	is(bus_taken(one.subscriber), 11 + BUS_BATCH, "what was taken is counted");
	bus_reserve(&bus, BUS_BATCH);
	bus_commit(&bus, 0);
	bus_finish(&bus);
	bus_finish(&bus);
}

static void takes_less(void)
{
	struct bus bus;
	struct sink slow, fast;
	uint64_t sequence = 0;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &slow);
	subscribe(&bus, &fast);
	slow.takes = 7;
	push_many(&bus, &sequence, 10);
	bus_tick(&bus, 0);
	is(slow.samples, 7, "a slow sink takes 7");
	is(fast.samples, 10, "... the other one all");
	push_many(&bus, &sequence, 10);
	bus_flush(&bus);
	is(slow.calls, 1, "it is not asked again in this tick ...");
	slow.takes = -1;
	bus_tick(&bus, 0);
	is(slow.samples, 20, "... but in the next one, and gets the rest");
	slow.fails = 1;
	push_many(&bus, &sequence, 5);
	bus_tick(&bus, 0);
	bus_tick(&bus, 0);
	is(slow.calls, 4, "one that fails is asked once a tick");
	slow.fails = 0;
	ok(bus_drain(&bus), "drained");
	is(slow.samples, 25, "... it has all");
	is(slow.skipped + fast.skipped + bus_dropped(slow.subscriber), 0, "... in order");
	bus_finish(&bus);
}

static void falls_behind(void)
{
	struct bus bus;
	struct sink sink;
	uint64_t sequence = 0;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &sink);
	sink.fails = 1;
	push_many(&bus, &sequence, BUS_QUEUE + 3 * BUS_BATCH + 5);
	ok(bus_tick(&bus, 0), "time goes on");
	is(bus_dropped(sink.subscriber), 3 * BUS_BATCH + 5, "the oldest are dropped and counted");
	sink.fails = 0;
	bus_tick(&bus, 0);
	is(sink.samples, BUS_QUEUE, "the others come when it takes again");
	is(sink.skipped, 3 * BUS_BATCH + 5, "... a gap in the numbers is what was dropped");
	push_many(&bus, &sequence, 3);
	bus_tick(&bus, 0);
	is(sink.samples, BUS_QUEUE + 3, "... and new ones as before");
	bus_finish(&bus);
}

static void waits(void)
{
	struct bus bus;
	struct sink sink;
	uint64_t sequence = 0;
	bus_init(&bus, BUS_WAIT);
	subscribe(&bus, &sink);
	sink.takes = 3;
	push_many(&bus, &sequence, BUS_QUEUE);
	ok(bus_tick(&bus, 0), "under its bound time goes on");
	sink.fails = 1;
	push_many(&bus, &sequence, 2 * BUS_QUEUE);
	ok(!bus_flush(&bus), "over it, time must wait");
	ok(!bus_drain(&bus), "... still");
	sink.fails = 0;
	ok(!bus_drain(&bus), "... still, when it takes three");
	sink.takes = -1;
	ok(bus_drain(&bus), "... until it takes");
	is(sink.samples, 3 * BUS_QUEUE, "nothing is lost");
	is(sink.skipped + bus_dropped(sink.subscriber), 0, "... nor turned around");
	bus_finish(&bus);
}

static void events_in_order(void)
{
	struct bus bus;
	struct sink one, other;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &one);
	subscribe(&bus, &other);
	send(&bus, 0);
	is(one.events + other.events, 2, "an event comes at once, to everybody");
	one.event_fails = 1;
	send(&bus, 1);
	send(&bus, 2);
	one.event_fails = 0;
	send(&bus, 3);
	is(one.events, 1, "after a failure the others wait behind it");
	bus_tick(&bus, 0);
	is(one.events, 4, "... until the next tick");
	is_text(one.last_text, "event 3", "... with their texts");
	ok(!memcmp(one.numbers, other.numbers, 4 * sizeof *one.numbers), "... in order");
	bus_finish(&bus);
}

static void events_are_answered(void)
{
	static const uint64_t want[] = {1, 101, 201};
	struct bus bus;
	struct sink one, other;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &one);
	subscribe(&bus, &other);
	one.answers = 2;
	send(&bus, 1);
	is(one.events, 3, "an event that answers an event comes too");
	is(other.events, 3, "... to everybody");
	ok(!memcmp(one.numbers, want, sizeof want), "... after it");
	ok(!memcmp(other.numbers, want, sizeof want), "... for everybody");
	one.answers = 100000;
	send(&bus, 2);
	ok(one.events < 2000, "answers without an end do not hold the bench");
	one.answers = 0;
	size_t before = one.events;
	send(&bus, 7);
	is(one.events, before + 2, "what was left comes with the next event, before it");
	is_text(other.last_text, "event 7", "... for everybody");
	bus_finish(&bus);
}

static void is_cut_off(bool leaves)
{
	struct bus bus;
	struct sink slow, other;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &slow);
	subscribe(&bus, &other);
	slow.event_fails = slow.fails = 1;
	slow.leaves_when_cut = leaves;
	for (uint64_t i = 0; i < 20000; i++)
		send(&bus, i);
	is(slow.cut_off, 1, "1 MiB behind: cut off, once");
	is(bus.subscriber_count, leaves ? 1 : 2, "... and it may leave then");
	slow.event_fails = slow.fails = 0;
	push(&bus, 0);
	bus_tick(&bus, 5);
	bus_drain(&bus);
	is(slow.events + slow.calls + slow.ticks, 0, "... it gets nothing more");
	is(other.events + other.samples, 20001, "... the other one all");
	bus_finish(&bus);
}

static void leaves_from_inside(void)
{
	struct bus bus;
	struct sink first, second, third;
	uint64_t sequence = 0;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &first);
	subscribe(&bus, &second);
	subscribe(&bus, &third);
	first.leaves = true;
	send(&bus, 1);
	is(bus.subscriber_count, 2, "one leaves at an event");
	is(second.events + third.events, 2, "... the others get it");
	second.leaves = true;
	second.takes = 1;
	push_many(&bus, &sequence, 5);
	bus_tick(&bus, 5);
	is(bus.subscriber_count, 1, "one leaves at a sample");
	is(third.samples, 5, "... the other gets all");
	is(third.ticks, 1, "... and its tick");
	third.fails = 1;
	push_many(&bus, &sequence, 5);
	bus_tick(&bus, 5);
	third.fails = 0;
	third.leaves = true;
	bus_tick(&bus, 5);
	is(bus.subscriber_count, 0, "one leaves while it catches up");
	bus_unsubscribe(&bus, NULL);
	bus_finish(&bus);
}

static void samples_are_answered(void)
{
	struct bus bus;
	struct sink one, other;
	bus_init(&bus, BUS_DROP_OLDEST);
	subscribe(&bus, &one);
	subscribe(&bus, &other);
	one.answers = 3 * BUS_BATCH;
	push(&bus, 0);
	bus_tick(&bus, 0);
	is(one.samples, 1, "what a sink reports from inside ...");
	is(other.samples, 1, "... does not mix with what is being delivered");
	bus_tick(&bus, 0);
	is(one.samples, 1 + 3 * BUS_BATCH, "it comes with the next batch, however much");
	is(other.samples, 1 + 3 * BUS_BATCH, "... to everybody");
	one.answers = 2;
	push(&bus, 1);
	bus_tick(&bus, 0);
	bus_tick(&bus, 0);
	is(other.samples, 4 + 3 * BUS_BATCH, "and again, with the batches exchanged");
	bus_finish(&bus);
}

int main(void)
{
	keeps_up();
	takes_less();
	falls_behind();
	waits();
	events_in_order();
	events_are_answered();
	is_cut_off(false);
	is_cut_off(true);
	leaves_from_inside();
	samples_are_answered();
	return done_testing();
}
