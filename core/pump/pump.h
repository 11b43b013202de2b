/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bench knows of one pump: its state machine and its accounts, toward more drug. Pure:
 * pump_*(state, event, now) changes the state; the caller acts.
 *
 * What counts, from the moment the driver is called:
 *   a higher rate    at once, also while its end is open or unknown
 *   a lower rate, 0  when it is done; until then, or when its end is unknown, the old one
 *   a bolus          evenly over its duration; when its end is unknown, all of it, at once
 *   a prime, purge   as a bolus, but for what only fills the line (pump_line())
 *   a halt           the rate stops counting when it is done, and so does a bolus that was taken;
 *                    what is open at that moment, or was begun after the halt, counts on
 * A certain failure goes back to what was before; what was counted meanwhile stays counted, but a
 * dose without a duration, counted ahead of its time, is taken back.
 *
 * Accounts are exact: volume by a carried remainder (units of 1 / THECA_DAY_NS pl), masses from
 * the volume delivered since the last fill, so 180 days of 1-second steps add up to the picogram.
 * They go on when the reservoir should be empty: only a halt or a read-back ends them.
 *
 * pump.c: what happens; account.c: what was delivered; judge.c: what may be done.
 */
#ifndef CORE_PUMP_H
#define CORE_PUMP_H

#include "pump/guard.h"
#include "pump/mix.h"
#include "pump/program.h"
#include "pump/window.h"
#include <stdbool.h>

enum pump_state {
	PUMP_STOPPED,
	PUMP_DELIVERING,
	PUMP_BOLUS,     /* delivering, and a bolus runs */
	PUMP_UNCERTAIN, /* counts as delivering; doses are blocked until a read-back */
	PUMP_HELD,      /* recovered, or another serial number: only reading is allowed */
	PUMP_STATES
};
extern const char *const pump_state_names[PUMP_STATES + 1]; /* NULL at the end: a signal's states */

#define PUMP_PRESSES PROGRAM_AT_MOST /* patient boluses remembered */

struct pump_bolus {
	int64_t volume_pl, given_pl; /* given: what is accounted already */
	int64_t from_ns, until_ns;   /* until == from: at once */
	int64_t in_line_pl;          /* the first of it only fills the line: no dose */
};

/* One command in flight. */
struct pump_pending {
	uint64_t token; /* 0: none */
	struct theca_command command;
	bool patient;
	int64_t at_once_pl, at_once_line_pl; /* counted ahead: doses, and what fills the line */
};

/* What a drug's earlier fills gave. */
struct pump_given {
	uint32_t drug;
	uint32_t rest; /* of a picogram, in millionths */
	int64_t given_pg;
};

struct pump {
	/* what pump_advance() touches stands together */
	int64_t at_ns;           /* the accounts are up to here */
	int64_t delivered_pl;    /* by the rate, since the run began */
	int64_t delivered_rest;  /* of a picolitre, in 1 / THECA_DAY_NS */
	int64_t step_ns, step_pl, step_rest; /* the last step: one division a step length, not one a
					      * tick; step_ns THECA_NONE: not to be taken again */
	int64_t rate_pl_per_day; /* that counts as flowing */
	int64_t bolus_pl;        /* doses by boluses, since the run began */
	int64_t in_line_pl;      /* by primes and purges, no dose */
	struct pump_bolus bolus; /* volume 0: none runs */

	int64_t settled_pl_per_day; /* the rate without the command in flight */
	int64_t filled_pl;       /* content at the last fill, residual included */
	int64_t at_fill_pl;      /* pump_delivered_pl() at the last fill */
	int64_t in_line_at_fill_pl;
	int64_t counter_pl;      /* the pump's own counter when first read; THECA_NONE */
	int64_t counter_at_pl;   /* and what had left by the account then */
	int64_t line_pl;         /* dead volume behind the pump, see pump_line() */

	int64_t *presses;        /* starts of patient boluses, a ring; NULL before the first */
	struct pump_given *given; /* by drug, NULL before the second fill */
	uint32_t given_count;
	uint32_t press_count;    /* ever */
	bool uncertain, held;
	bool halt_is_late;       /* something was begun after the halt in flight: it may stop nothing */
	bool started;            /* the therapy's program runs; the caller sets it */
	bool plays_program;      /* the pump plays programs itself; the caller sets it */
	struct pump_pending pending;
	struct pump_pending halting; /* a halt goes ahead of what is pending */

	struct theca_pump_range range;
	struct mix mix;
	const struct theca_drug_profile *profiles[MIX_MAX];
	struct window window;
};

void pump_init(struct pump *, const struct theca_pump_range *, int64_t now_ns);
void pump_finish(struct pump *);
/* The line behind the pump holds this much. The first volume that leaves the pump fills it (and the
 * pump's own dead volume), so that much of a prime is no dose. Without it all of a prime is. */
void pump_line(struct pump *, int64_t dead_volume_pl);

/* -- accounts --------------------------------------------------------------------------------- */

void pump_advance_far(struct pump *, int64_t now_ns);
/* The accounts up to `now`; a bolus that ends on the way ends. Never goes back. */
static inline void pump_advance(struct pump *pump, int64_t now_ns)
{
	if (now_ns - pump->at_ns != pump->step_ns) {
		pump_advance_far(pump, now_ns);
		return;
	}
	pump->at_ns = now_ns;
	pump->delivered_pl += pump->step_pl;
	pump->delivered_rest += pump->step_rest;
	if (pump->delivered_rest >= THECA_DAY_NS) {
		pump->delivered_rest -= THECA_DAY_NS;
		pump->delivered_pl++;
	}
}

/* Of a volume that this verb would move now, what only fills the line. */
int64_t pump_in_line_pl(const struct pump *, uint32_t verb, int64_t volume_pl);
/* When something changes by itself next: a bolus ends, the reservoir gets low or empty. Later than
 * the accounts are; THECA_NEVER. */
int64_t pump_next(const struct pump *);

enum pump_state pump_state(const struct pump *);
int64_t pump_delivered_pl(const struct pump *); /* doses, since the run began */
int64_t pump_left_pl(const struct pump *);      /* the same with what filled the line */
int64_t pump_delivered_pg(const struct pump *, size_t part); /* of the drug that is this part now */
int64_t pump_delivered_drug_pg(const struct pump *, uint32_t drug); /* by all mixes that held it */
int64_t pump_reservoir_pl(const struct pump *); /* residual included; never below 0 */
int64_t pump_flow_pl_per_day(const struct pump *); /* rate and running bolus */
/* When the reservoir will reach `volume_pl` if this is the rate from now on; THECA_NEVER. */
int64_t pump_reaches_ns(const struct pump *, int64_t volume_pl, int64_t rate_pl_per_day);

/* -- what may be done ------------------------------------------------------------------------- */

/* May this be done now? Nothing is changed. `program` may be NULL; `patient`: at the patient's
 * press. Accounts must be advanced to `now`. Halt, interrogate, acknowledge and configure always
 * may. */
struct guard_verdict pump_judge(const struct pump *, const struct theca_command *,
	const struct program *, bool patient, int64_t now_ns);
/* A fill with this mix, what stays (residual) blended in. `profiles`: one per part of the mix,
 * living as long as the pump; NULL ones make the guard refuse. */
struct guard_verdict pump_judge_fill(const struct pump *, const struct mix *,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl);
struct guard_verdict pump_judge_program(const struct pump *, const struct program *, int64_t now_ns);
/* When a hard limit would be passed with nothing further asked; see guard_deadline(). */
int64_t pump_deadline(const struct pump *, struct guard_verdict *limit);

/* -- what happens ----------------------------------------------------------------------------- */

/* The driver is about to be called: from now on it counts. THECA_SET_RATE, BOLUS, PRIME, PURGE, HALT.
 * When memory runs out the pump is held. */
void pump_begin(struct pump *, const struct theca_command *, bool patient, int64_t now_ns);
/* How it ended. Returns 0, or -ENOENT: no such token. */
int pump_end(struct pump *, uint64_t token, int outcome, int64_t now_ns);
/* A read-back: rate and counter of the pump are taken where they are more. Where an end was
 * uncertain the rate is taken as it is, and nothing is uncertain any more; what was counted stays.
 * A pump that delivers at a rate it does not say settles nothing; nonsense makes it uncertain. */
void pump_settle(struct pump *, const struct theca_readback *, int64_t now_ns);
/* The reservoir was emptied to the residual (or to what was left, if less) and filled: `volume_pl`
 * is the whole content after it. What flows from now on is the blend. 0, -ENOMEM, -ERANGE, -ENOSPC
 * (more than MIX_MAX drugs together): then nothing changed. */
int pump_fill(struct pump *, const struct mix *, const struct theca_drug_profile *const *profiles,
	int64_t volume_pl, int64_t now_ns);
/* What would then be in the reservoir. */
struct pump_blend {
	struct mix mix;
	const struct theca_drug_profile *profiles[MIX_MAX];
};
int pump_blend(const struct pump *, const struct mix *,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl, struct pump_blend *);

#endif
