/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sliding-window sums: how much of each drug was delivered in any last hour or day. The delivery is
 * a line of straight pieces; a point is kept where the slope or the mix changes, and those older
 * than 25 h are dropped. All drugs move with one volume, so a piece is a volume and a mix. Pure.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "mix.h"

#define WINDOW_MIXES 4
#define WINDOW_POINTS_MAX 4096 /* more changes than that in 25 h: window_add() answers -ENOSPC */

struct window_point {
	int64_t at_ns;
	int64_t delivered_pl; /* cumulative, at `at_ns` */
	uint32_t mix;         /* of the piece that begins here: index into mixes */
	uint32_t reserved;
};

struct window {
	struct window_point *points; /* malloc'ed, grows by doubling from 8 */
	uint32_t count, room;
	uint32_t mix_count, mix; /* mix: the one that flows now */
	struct mix *mixes;       /* malloc'ed, the last WINDOW_MIXES */
};

void window_init(struct window *);
void window_finish(struct window *);
/* From now on another mix flows. */
int window_mix(struct window *, const struct mix *, int64_t at_ns, int64_t delivered_pl);
/* The slope changes here: `delivered_pl` had been delivered by `at_ns`. Times never fall. */
int window_add(struct window *, int64_t at_ns, int64_t delivered_pl);
/* Mass of a drug delivered in (now - span, now]; rounded up, toward more drug. */
int64_t window_mass_pg(const struct window *, uint32_t drug, int64_t span_ns, int64_t now_ns,
	int64_t delivered_pl);
/* The earliest time at which the sum over `span` would pass `bound_pg` when the rate stays as it is
 * and `ending` further volume flows evenly until `ending_ns`; THECA_NEVER. May be early by a
 * nanosecond, never late. */
int64_t window_passes_ns(const struct window *, uint32_t drug, int64_t span_ns, int64_t bound_pg,
	int64_t now_ns, int64_t delivered_pl, int64_t rate_pl_per_day, int64_t ending_pl,
	int64_t ending_ns);

#endif
