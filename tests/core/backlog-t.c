/* SPDX-License-Identifier: Apache-2.0 */
/* What waits: a ring of samples through all its positions, and events as deep copies. */
#include "bus/backlog.h"
#include "tap.h"
#include <errno.h>
#include <stdlib.h>

#define BOUND 8192

static struct theca_sample numbered[3 * BOUND];

/* All that waits, popped in pieces; are the values `from`, `from` + 1, ...? */
static bool drains_from(struct backlog_samples *samples, int64_t from, size_t want)
{
	const struct theca_sample *front;
	size_t count;
	while ((count = backlog_samples_front(samples, &front))) {
		count = count > 1000 ? 1000 : count;
		for (size_t i = 0; i < count; i++)
			if (front[i].value != from++)
				return false;
		want -= count;
		backlog_samples_pop(samples, count);
	}
	return !want;
}

static void grows_around_its_end(void)
{
	struct backlog_samples samples = {0};
	const struct theca_sample *front;
	is(backlog_samples_front(&samples, &front), 0, "nothing waits");
	is(backlog_samples_push(&samples, numbered, 4000, BOUND), 0, "4000 fit");
	backlog_samples_pop(&samples, 3000);
	is(backlog_samples_push(&samples, numbered + 4000, 3000, BOUND), 0,
		"3000 more around its end");
	is(samples.room, 4096, "... without more room");
	is(backlog_samples_push(&samples, numbered + 7000, 4000, BOUND), 0, "4000 more");
	is(samples.room, BOUND, "... with more");
	ok(drains_from(&samples, 3000, 8000), "all are there, in order");
	is(samples.first, 0, "an empty ring begins at its beginning");
	backlog_samples_finish(&samples);
	backlog_samples_finish(&samples);
}

static const struct {
	size_t before, added;
} overflows[] = {{BOUND, 1}, {5000, BOUND - 1}, {0, BOUND + 1}, {100, 2 * BOUND}, {BOUND, BOUND}};

static void drops_the_oldest(void)
{
	for (size_t i = 0; i < sizeof overflows / sizeof *overflows; i++) {
		struct backlog_samples samples = {0};
		size_t before = overflows[i].before, added = overflows[i].added;
		backlog_samples_push(&samples, numbered, before, BOUND);
		is(backlog_samples_push(&samples, numbered + before, added, BOUND),
			before + added - BOUND, "%zu and %zu: what is over goes", before, added);
		ok(drains_from(&samples, (int64_t)(before + added - BOUND), BOUND),
			"... and it was the oldest");
		backlog_samples_finish(&samples);
	}
	struct backlog_samples samples = {0};
	backlog_samples_push(&samples, numbered, 3 * BOUND, SIZE_MAX);
	is(samples.count, 3 * BOUND, "without a bound all stay");
	ok(drains_from(&samples, 0, 3 * BOUND), "... in order");
	backlog_samples_finish(&samples);
}

static struct theca_event event_of(uint64_t number, const char *text)
{
	return (struct theca_event){.size = sizeof(struct theca_event),
		.number = number,
		.code = "code",
		.who = "who",
		.text = text};
}

static void copies_events(void)
{
	struct backlog_events events = {0};
	char text[] = "first";
	struct theca_event event = event_of(1, text);
	ok(!backlog_events_front(&events), "no event waits");
	is(backlog_events_push(&events, &event, 10000), 0, "one waits");
	text[0] = 'F';
	event = event_of(2, NULL);
	event.code = event.who = NULL;
	is(backlog_events_push(&events, &event, 10000), 0, "two wait");
	is_text(backlog_events_front(&events)->text, "first", "texts are copies");
	is_text(backlog_events_front(&events)->code, "code", "... the code");
	is_text(backlog_events_front(&events)->who, "who", "... who");
	backlog_events_pop(&events);
	is(backlog_events_front(&events)->number, 2, "the second");
	is_text(backlog_events_front(&events)->text, "", "a NULL text becomes empty");
	backlog_events_pop(&events);
	backlog_events_pop(&events);
	is(events.count + events.bytes, 0, "none waits, no bytes either");
	backlog_events_finish(&events);
}

static void bounds_events(void)
{
	struct backlog_events events = {0};
	struct theca_event event = event_of(1, "text");
	backlog_events_push(&events, &event, 10000);
	size_t one = events.bytes;
	is(backlog_events_push(&events, &event, 2 * one - 1), -ENOBUFS, "one byte too much");
	is(events.count, 1, "... is not kept");
	is(backlog_events_push(&events, &event, 2 * one), 0, "just enough");
	backlog_events_finish(&events);
	is(events.bytes, 0, "finished");
}

int main(void)
{
	for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++)
		numbered[i].value = (int64_t)i;
	grows_around_its_end();
	drops_the_oldest();
	copies_events();
	bounds_events();
	return done_testing();
}
