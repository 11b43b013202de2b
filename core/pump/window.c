/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of what flows: how they are kept, and for how long. sums.c adds them up. */
#include "pump/window.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 4

void window_init(struct window *window)
{
	*window = (struct window){0};
}

void window_finish(struct window *window)
{
	free(window->rates);
	free(window->boluses);
	free(window->mixes);
	window_init(window);
}

/* -- keeping pieces --------------------------------------------------------------------------- */

/* A layer as an array of anything: both are kept by the same rules. */
static int grow(void **pieces, uint32_t *room, uint32_t count, size_t size)
{
	uint32_t wanted = *room ? *room * 2 : FIRST_ROOM;
	if (count < *room)
		return 0;
	void *larger = realloc(*pieces, wanted * size);
	if (!larger)
		return -ENOMEM;
	*pieces = larger;
	*room = wanted;
	return 0;
}

/* Rates that ended before `before_ns` go. */
static void forget_rates(struct window *window, int64_t before_ns)
{
	uint32_t old = 0;
	while (old + 1 < window->rate_count && window->rates[old + 1].at_ns <= before_ns)
		old++;
	if (!old)
		return;
	window->rate_count -= old;
	memmove(window->rates, window->rates + old, window->rate_count * sizeof *window->rates);
}

static void forget_boluses(struct window *window, int64_t before_ns)
{
	uint32_t old = 0;
	while (old < window->bolus_count && window->boluses[old].until_ns < before_ns)
		old++;
	if (!old)
		return;
	window->bolus_count -= old;
	memmove(window->boluses, window->boluses + old,
		window->bolus_count * sizeof *window->boluses);
}

/* Two neighbours become one with the higher rate, which is never less drug. */
static void merge_rates(struct window *window)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < window->rate_count; kept++) {
		const struct window_rate *next = &window->rates[i + 1];
		struct window_rate rate = window->rates[i++];
		if (i + 1 < window->rate_count && next->mix == rate.mix) {
			if (next->rate_pl_per_day > rate.rate_pl_per_day)
				rate.rate_pl_per_day = next->rate_pl_per_day;
			i++;
		}
		window->rates[kept] = rate;
	}
	window->rate_count = kept;
}

/* Two neighbours that are over become one at the time of the later: it stays longer in the window.
 */
static void merge_boluses(struct window *window)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < window->bolus_count; kept++) {
		struct window_bolus bolus = window->boluses[i++];
		if (i + 1 < window->bolus_count && window->boluses[i].mix == bolus.mix) {
			int64_t earlier_pl = bolus.volume_pl;
			bolus = window->boluses[i++];
			bolus.volume_pl += earlier_pl;
		}
		window->boluses[kept] = bolus;
	}
	window->bolus_count = kept;
}

static int room_for_rate(struct window *window, int64_t at_ns)
{
	if (window->rate_count == window->rate_room)
		forget_rates(window, at_ns - WINDOW_KEPT_NS);
	if (window->rate_count == WINDOW_PIECES)
		merge_rates(window);
	if (window->rate_count == WINDOW_PIECES)
		return -ENOSPC;
	return grow((void **)&window->rates, &window->rate_room, window->rate_count,
		sizeof *window->rates);
}

static int room_for_bolus(struct window *window, int64_t at_ns)
{
	if (window->bolus_count == window->bolus_room)
		forget_boluses(window, at_ns - WINDOW_KEPT_NS);
	if (window->bolus_count == WINDOW_PIECES)
		merge_boluses(window);
	if (window->bolus_count == WINDOW_PIECES)
		return -ENOSPC;
	return grow((void **)&window->boluses, &window->bolus_room, window->bolus_count,
		sizeof *window->boluses);
}

/* -- what happens ----------------------------------------------------------------------------- */

static struct window_rate *last_rate(const struct window *window)
{
	return window->rate_count ? &window->rates[window->rate_count - 1] : NULL;
}

static struct window_bolus *last_bolus(const struct window *window)
{
	return window->bolus_count ? &window->boluses[window->bolus_count - 1] : NULL;
}

int window_rate(struct window *window, int64_t at_ns, int64_t rate_pl_per_day)
{
	struct window_rate *last = last_rate(window);
	if (last && last->rate_pl_per_day == rate_pl_per_day && last->mix == window->mix)
		return 0;
	if (last && at_ns <= last->at_ns) {
		last->rate_pl_per_day = rate_pl_per_day;
		last->mix = window->mix;
		return 0;
	}
	int error = room_for_rate(window, at_ns);
	if (error)
		return error;
	window->rates[window->rate_count++] = (struct window_rate){
		.at_ns = at_ns, .rate_pl_per_day = rate_pl_per_day, .mix = window->mix};
	return 0;
}

static int add_bolus(struct window *window, int64_t from_ns, int64_t until_ns, int64_t volume_pl)
{
	int error = room_for_bolus(window, from_ns);
	if (error)
		return error;
	window->boluses[window->bolus_count++] = (struct window_bolus){.from_ns = from_ns,
		.until_ns = until_ns,
		.volume_pl = volume_pl,
		.mix = window->mix};
	return 0;
}

/* A running bolus becomes what was given of it; answers the rest, which was to flow until then. */
static int64_t take_rest(struct window *window, int64_t at_ns, int64_t *until_ns)
{
	struct window_bolus *last = last_bolus(window);
	if (!last || last->until_ns <= at_ns)
		return 0;
	int64_t volume_pl = last->volume_pl;
	*until_ns = last->until_ns;
	last->volume_pl = window_part_pl(volume_pl, last->from_ns, last->until_ns, at_ns);
	last->until_ns = at_ns > last->from_ns ? at_ns : last->from_ns;
	int64_t given_pl = last->volume_pl;
	if (!given_pl)
		window->bolus_count--;
	return volume_pl - given_pl;
}

void window_cut(struct window *window, int64_t at_ns)
{
	int64_t unused_ns;
	take_rest(window, at_ns, &unused_ns);
}

int window_bolus(struct window *window, int64_t from_ns, int64_t until_ns, int64_t volume_pl)
{
	int64_t unused_ns;
	const struct window_bolus *last = last_bolus(window);
	if (last && from_ns < last->from_ns)
		from_ns = last->from_ns;
	int64_t rest_pl = take_rest(window, from_ns, &unused_ns);
	int error = rest_pl ? add_bolus(window, from_ns, from_ns, rest_pl) : 0;
	if (error || !volume_pl)
		return error;
	return add_bolus(window, from_ns, until_ns > from_ns ? until_ns : from_ns, volume_pl);
}

int window_also(struct window *window, int64_t at_ns, int64_t volume_pl)
{
	int64_t until_ns = at_ns;
	int64_t rest_pl = take_rest(window, at_ns, &until_ns);
	int error = add_bolus(window, at_ns, at_ns, volume_pl);
	if (!error && rest_pl)
		error = add_bolus(window, at_ns, until_ns, rest_pl);
	return error;
}

void window_take_back(struct window *window, int64_t volume_pl)
{
	for (uint32_t i = window->bolus_count; i-- > 0;) {
		struct window_bolus *bolus = &window->boluses[i];
		if (bolus->until_ns > bolus->from_ns || bolus->volume_pl < volume_pl)
			continue;
		bolus->volume_pl -= volume_pl;
		return;
	}
}

/* -- mixes ------------------------------------------------------------------------------------ */

static bool same_mix(const struct mix *a, const struct mix *b)
{
	return a->count == b->count && !memcmp(a->parts, b->parts, a->count * sizeof *a->parts);
}

static bool mix_is_used(const struct window *window, uint32_t mix)
{
	for (uint32_t i = 0; i < window->rate_count; i++)
		if (window->rates[i].mix == mix)
			return true;
	for (uint32_t i = 0; i < window->bolus_count; i++)
		if (window->boluses[i].mix == mix)
			return true;
	return false;
}

/* Its number; one that is free, or the next, when it is not kept yet. */
static uint32_t number_of_mix(const struct window *window, const struct mix *mix)
{
	uint32_t i;
	if (!mix->count)
		return 0;
	for (i = 1; i <= window->mix_count; i++)
		if (same_mix(&window->mixes[i - 1], mix))
			return i;
	for (i = 1; i <= window->mix_count; i++)
		if (!mix_is_used(window, i))
			return i;
	return i;
}

static int keep_mix(struct window *window, const struct mix *mix, int64_t at_ns)
{
	forget_rates(window, at_ns - WINDOW_KEPT_NS);
	forget_boluses(window, at_ns - WINDOW_KEPT_NS);
	uint32_t number = number_of_mix(window, mix);
	if (number > WINDOW_MIXES)
		return -ENOSPC;
	if (number > window->mix_count) {
		struct mix *larger = realloc(window->mixes, number * sizeof *larger);
		if (!larger)
			return -ENOMEM;
		window->mixes = larger;
		window->mix_count = number;
	}
	if (number)
		window->mixes[number - 1] = *mix;
	window->mix = number;
	return 0;
}

int window_mix(struct window *window, int64_t at_ns, const struct mix *mix)
{
	const struct window_rate *flowing;
	int64_t until_ns = 0;
	int error = room_for_rate(window, at_ns);
	if (!error)
		error = room_for_bolus(window, at_ns);
	if (!error)
		error = keep_mix(window, mix, at_ns);
	if (error)
		return error;
	flowing = last_rate(window);
	if (flowing)
		window_rate(window, at_ns, flowing->rate_pl_per_day);
	int64_t rest_pl = take_rest(window, at_ns, &until_ns);
	return rest_pl ? add_bolus(window, at_ns, until_ns, rest_pl) : 0;
}

int64_t window_part_pl(int64_t volume_pl, int64_t from_ns, int64_t until_ns, int64_t at_ns)
{
	if (at_ns >= until_ns)
		return volume_pl;
	if (at_ns <= from_ns)
		return 0;
	return (int64_t)((__int128)volume_pl * (at_ns - from_ns) / (until_ns - from_ns));
}
