/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sliding-window sums: how much of each drug was, or will be, delivered in any last hour or day.
 * What flows is kept as two layers of straight pieces: rates, each until the next one begins, and
 * boluses, each evenly over its time. A running bolus is a piece that ends in the future, so one
 * walk over the pieces' edges answers for all times to come; between two edges a sum is a straight
 * line. Sums are exact (128 bits, 1 / THECA_DAY_NS pl): a rate that gives just the limit in 24 h
 * passes it never. Pieces older than 25 h are dropped. Pure.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "pump/mix.h"

#define WINDOW_KEPT_NS (25 * THECA_HOUR_NS)
#define WINDOW_MIXES 64    /* more fills with different mixes than that in 25 h: -ENOSPC */
#define WINDOW_PIECES 4096 /* of each layer; beyond it neighbours are merged, toward more drug */

/* What a sum may hold without overflow; the guard refuses more. */
#define WINDOW_MOST_PL_PER_DAY INT64_C(100000000000000) /* 100 L/day */
#define WINDOW_MOST_PL INT64_C(10000000000000)          /* 10 L */
#define WINDOW_MOST_PG_PER_UL INT64_C(10000000000)      /* 10 g/mL: nothing dissolved is denser */

struct window_rate {
	int64_t at_ns;
	int64_t rate_pl_per_day;
	uint32_t mix; /* 0: water; else mixes[mix - 1] */
	uint32_t reserved;
};

struct window_bolus {
	int64_t from_ns, until_ns; /* until == from: at once */
	int64_t volume_pl;
	uint32_t mix;
	uint32_t reserved;
};

struct window {
	struct window_rate *rates;     /* by time; the last one goes on */
	struct window_bolus *boluses;  /* by time; one ends before the next begins */
	struct mix *mixes;             /* those that flowed, but water */
	uint32_t rate_count, rate_room;
	uint32_t bolus_count, bolus_room;
	uint32_t mix_count, mix;       /* mix: the one that flows now */
};

void window_init(struct window *);
void window_finish(struct window *);

/* From now on this rate flows. Times never fall: an earlier one counts as the last. -ENOMEM. */
int window_rate(struct window *, int64_t at_ns, int64_t rate_pl_per_day);
/* From now on another mix flows, at the rate and in the bolus that flow. */
int window_mix(struct window *, int64_t at_ns, const struct mix *);
/* A bolus begins. One that still runs counts as given to its end, at once;
 * volume 0 does only this. */
int window_bolus(struct window *, int64_t from_ns, int64_t until_ns, int64_t volume_pl);
/* This much more was delivered by now; a running bolus goes on. */
int window_also(struct window *, int64_t at_ns, int64_t volume_pl);
/* The running bolus ends here; what was given of it by now stays. */
void window_cut(struct window *, int64_t at_ns);
/* The newest bolus of at least this volume that was given at once did not happen. */
void window_take_back(struct window *, int64_t volume_pl);

/* Mass of a drug delivered in (now - span, now]; rounded up, toward more drug. */
int64_t window_mass_pg(const struct window *, uint32_t drug, int64_t span_ns, int64_t now_ns);

/* What would be done now. */
struct window_plan {
	int64_t rate_pl_per_day;        /* from now on; THECA_NONE: as it is */
	int64_t volume_pl, duration_ns; /* a bolus from now on; 0: none */
	const struct mix *mix;          /* that would flow from now on; NULL: as it is */
};
/* The largest sum over `span` at any time from now on, if this were done (NULL: nothing) and
 * nothing else after it; rounded up. */
int64_t window_worst_pg(const struct window *, uint32_t drug, int64_t span_ns, int64_t now_ns,
	const struct window_plan *);
/* The earliest time from now on at which the sum over `span` passes `bound_pg` when nothing further
 * is asked; THECA_NEVER. May be early by a nanosecond, never late. */
int64_t window_passes_ns(const struct window *, uint32_t drug, int64_t span_ns, int64_t bound_pg,
	int64_t now_ns);

/* Volume of `volume_pl` that has flowed by `at_ns` when it flows evenly; rounded down. */
int64_t window_part_pl(int64_t volume_pl, int64_t from_ns, int64_t until_ns, int64_t at_ns);

#endif
