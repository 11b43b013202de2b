/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bench knows of one pump: its state machine and its accounts, toward more drug. A rate
 * that was begun counts as flowing until a halt or a read-back; a bolus whose end is not known
 * counts as given. Pure: pump_*(state, event, now) changes the state; the caller acts.
 *
 * Accounts are exact: volume by a carried remainder (units of 1 / THECA_DAY_NS pl), masses from
 * the volume delivered since the last fill, so 180 days of 1-second steps add up to the picogram.
 */
#ifndef CORE_PUMP_H
#define CORE_PUMP_H

#include "guard.h"
#include "mix.h"
#include "program.h"
#include "window.h"
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

#define PUMP_PRESSES 32 /* patient boluses remembered; `at most` is no more than this */

struct pump_bolus {
	int64_t volume_pl, given_pl; /* given: what is accounted already */
	int64_t from_ns, until_ns;   /* until == from: at once */
};

/* One command in flight. */
struct pump_pending {
	uint64_t token; /* 0: none */
	struct theca_command command;
	int64_t rate_before_pl_per_day;
	int64_t at_ns;
	bool patient;
};

struct pump {
	struct theca_pump_range range;
	struct mix mix;
	const struct theca_drug_profile *profiles[MIX_MAX];
	struct window window;

	int64_t at_ns;           /* the accounts are up to here */
	int64_t rate_pl_per_day; /* that counts as flowing */
	int64_t delivered_pl;    /* by the rate, since the run began */
	int64_t delivered_rest;  /* of a picolitre, in 1 / THECA_DAY_NS */
	int64_t bolus_pl;        /* by boluses, since the run began */
	struct pump_bolus bolus; /* volume 0: none runs */

	int64_t filled_pl;       /* content at the last fill, residual included */
	int64_t at_fill_pl;      /* pump_delivered_pl() at the last fill */
	int64_t before_fill_pg[MIX_MAX]; /* of each part, by earlier mixes with the same drug */

	int64_t step_rate, step_ns, step_pl, step_rest; /* one division a (rate, step), not one a tick */

	int64_t presses[PUMP_PRESSES]; /* starts of patient boluses, a ring */
	uint32_t press_count;          /* ever */
	bool uncertain, held, started; /* started: the therapy's program runs */
	struct pump_pending pending;
	struct pump_pending halting;   /* a halt goes ahead of what is pending */
};

/* `profiles`: one per part of the mix, living as long as the pump; NULL ones make the guard refuse. */
void pump_init(struct pump *, const struct theca_pump_range *, int64_t now_ns);
void pump_finish(struct pump *);

/* The accounts up to `now`; a bolus that ends on the way ends. Never goes back. */
void pump_advance(struct pump *, int64_t now_ns);
/* When something changes by itself next: a bolus ends, the reservoir gets low or empty. */
int64_t pump_next(const struct pump *);

/* May this be done now? Nothing is changed. `program` may be NULL; `patient`: at the patient's
 * press. Accounts must be advanced to `now`. */
struct guard_verdict pump_judge(const struct pump *, const struct theca_command *,
	const struct program *, bool patient, int64_t now_ns);
/* A fill with this mix, what stays (residual) blended in. */
struct guard_verdict pump_judge_fill(const struct pump *, const struct mix *,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl);
struct guard_verdict pump_judge_program(const struct pump *, const struct program *, int64_t now_ns);
/* When a hard limit would be passed with nothing further asked; see guard_deadline(). */
int64_t pump_deadline(const struct pump *, struct guard_verdict *limit);

/* The driver is about to be called: from now on it counts. THECA_SET_RATE, BOLUS, PRIME, PURGE, HALT. */
void pump_begin(struct pump *, const struct theca_command *, bool patient, int64_t now_ns);
/* How it ended. A certain failure takes back what pump_begin() counted from here on; an uncertain
 * end leaves it and blocks. A halt done stops the account. Returns 0, or -ENOENT: no such token. */
int pump_end(struct pump *, uint64_t token, int outcome, int64_t now_ns);
/* A read-back: the account follows what the pump says where that is more, or where an end was
 * uncertain, and nothing is uncertain any more. */
void pump_settle(struct pump *, const struct theca_readback *, int64_t now_ns);
/* The reservoir was emptied to the residual and filled: `volume_pl` is the whole content after it. */
int pump_fill(struct pump *, const struct mix *, const struct theca_drug_profile *const *profiles,
	int64_t volume_pl, int64_t now_ns);

enum pump_state pump_state(const struct pump *);
int64_t pump_delivered_pl(const struct pump *); /* all since the run began */
int64_t pump_delivered_pg(const struct pump *, size_t part);
int64_t pump_reservoir_pl(const struct pump *); /* residual included; never below 0 */
int64_t pump_flow_pl_per_day(const struct pump *); /* rate and running bolus */
/* When the reservoir will reach `volume_pl` at this rate (boluses left out); THECA_NEVER. */
int64_t pump_reaches_ns(const struct pump *, int64_t volume_pl);

#endif
