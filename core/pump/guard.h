/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard: the one place where limits are applied. It allows, asks for a confirmation, refuses or
 * halts, never clamps, and says why: which limit, which drug binds, whose limit set. It has no
 * switch. Pure: all it knows is in its arguments.
 *
 * Order of checks: state (uncertain, held) -> hardware -> hard limits -> lockout and counts ->
 * reservoir -> soft limits. The first that says no is the verdict; of several drugs that pass the
 * same limit, the one that passes it furthest binds. A soft limit is a verdict only when nothing
 * hard says no. guard.c judges, explain.c puts verdicts into words.
 */
#ifndef GUARD_H
#define GUARD_H

#include "pump/mix.h"
#include "pump/window.h"
#include <stdbool.h>
#include <theca/drug.h>
#include <theca/pump.h>

enum guard_decision { GUARD_ALLOW, GUARD_CONFIRM, GUARD_REFUSE };

enum guard_limit {
	GUARD_NOTHING,        /* allowed */
	GUARD_IS_UNCERTAIN,   /* an earlier command's end is not known */
	GUARD_IS_HELD,        /* a procedure has the pump, or recovery does */
	GUARD_NOT_OFFERED,    /* the pump has no such operation */
	GUARD_RATE_BELOW,     /* below the lowest running rate */
	GUARD_RATE_ABOVE,     /* rate and bolus together above the highest */
	GUARD_DIRECTION,      /* drawing back */
	GUARD_NO_LIMITS,      /* the drug's profile states no hard daily maximum */
	GUARD_CONCENTRATION_HARD,
	GUARD_BOLUS_HARD,
	GUARD_HOUR_HARD,
	GUARD_DAY_HARD,
	GUARD_PATIENT_BOLUS,  /* the drug may not be given at the patient's press */
	GUARD_LOCKOUT,
	GUARD_COUNT,          /* as many boluses in 24 h as the program allows */
	GUARD_BOLUS_RUNS,     /* one is being given */
	GUARD_NOT_STARTED,    /* a press while the therapy does not run */
	GUARD_NO_PROGRAM,     /* nothing is prescribed: no basal, or no patient bolus */
	GUARD_RESERVOIR,      /* more than can be delivered, or more than fits at a refill */
	GUARD_CONCENTRATION_SOFT,
	GUARD_BOLUS_SOFT,
	GUARD_HOUR_SOFT,
	GUARD_DAY_SOFT,
	GUARD_LIMITS
};

struct guard_verdict {
	enum guard_decision decision;
	enum guard_limit limit;
	uint32_t drug;        /* that binds; 0: none */
	uint32_t dimension;   /* of value and bound */
	int64_t value, bound; /* asked for, and allowed */
	const char *limit_set; /* name of it, NULL: the pump's hardware or program */
	int64_t year;
	const char *holder;    /* GUARD_IS_HELD: the procedure that has the pump; NULL: recovery has */
};

/* What the guard may know of a pump when it judges. */
struct guard_view {
	const struct theca_pump_range *range;
	const struct mix *mix;
	const struct theca_drug_profile *const *profiles; /* by part of the mix; NULL: refused */
	const struct window *window; /* what flowed and, with nothing further asked, will flow */
	int64_t now_ns;
	int64_t rate_pl_per_day;  /* that counts as flowing, boluses apart */
	int64_t bolus_pl_per_day; /* of the running bolus; 0: none runs */
	int64_t usable_pl;        /* in the reservoir, residual taken off */
	int64_t last_bolus_ns;    /* start of the last patient bolus, uncertain ones too; THECA_NONE */
	int64_t boluses_in_day;   /* patient boluses in the last 24 h, uncertain ones too */
	bool bolus_runs, uncertain, held;
};

/* A rate, held until told otherwise: 24 h and 1 h sums at their worst from now on. */
struct guard_verdict guard_rate(const struct guard_view *, int64_t rate_pl_per_day);

/* `volume` over `duration` on top of the rate. `patient`: at the patient's press, with its lockout
 * (from start to start) and count; NULL for other boluses. */
struct guard_patient {
	int64_t lockout_ns, at_most;
};
struct guard_bolus {
	int64_t volume_pl, duration_ns;
	int64_t in_line_pl; /* of the volume, what only fills the line (a prime): no dose */
	const struct guard_patient *patient;
};
struct guard_verdict guard_bolus(const struct guard_view *, const struct guard_bolus *);

/* A fill: capacity, the concentrations of what is filled in, and the sums that the rate would give
 * with the blend of it and what stays. Volume includes what stays. */
struct guard_filling {
	const struct mix *mix, *blend;
	const struct theca_drug_profile *const *profiles;       /* of the mix */
	const struct theca_drug_profile *const *blend_profiles; /* of the blend */
	int64_t volume_pl;
};
struct guard_verdict guard_fill(const struct guard_view *, const struct guard_filling *);

/* A whole program: its rates, its fullest 24 h with every allowed patient bolus, each drug. */
struct guard_program {
	int64_t lowest_pl_per_day, highest_pl_per_day; /* of rates that are not 0; 0: there is none */
	int64_t day_volume_pl;                         /* basal over the fullest 24 h */
	int64_t bolus_volume_pl, bolus_duration_ns;    /* 0: no patient bolus */
	int64_t boluses_per_day, lockout_ns;
	/* The service plays it, rate by rate: each must be safe when it is held for ever. */
	bool is_played;
};
struct guard_verdict guard_program(const struct guard_view *, const struct guard_program *);

/* When, with nothing further asked, a hard limit would be passed: the pump must be halted then.
 * *limit says by what. THECA_NEVER. A drug without limits that flows: now. */
int64_t guard_deadline(const struct guard_view *, struct guard_verdict *limit);

/* A refusal for what the caller knows: GUARD_NOT_OFFERED, GUARD_IS_HELD ... */
struct guard_verdict guard_refuse(enum guard_limit);

/* `24 h sum of morphine would be 16.2 mg, above the hard limit of 15 mg/day (pacc-2017)`. Returns
 * the length; 200 bytes are enough. */
size_t guard_explain(const struct guard_verdict *, const struct mix_names *, char *out, size_t size);
/* `day-hard`: for programs. */
const char *guard_code(enum guard_limit);

#endif
