/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stepper motor and the peristaltic head it turns: from a rate to step instants, from steps to
 * volume. Closed form throughout: a month of steps costs what one step costs, and many small spans
 * add up to exactly what one large span gives. Knows nothing of the contract.
 */
#ifndef ROTOR_MOTOR_H
#define ROTOR_MOTOR_H

#include <stdbool.h>
#include <stdint.h>

/* Evenly spaced steps without an end: the running rate. */
struct train {
	int64_t interval_ns; /* 0: off */
	int64_t next_ns;     /* INT64_MAX while off */
};

void train_stop(struct train *);
/* A step a `interval`; what is already wound of a step keeps its share. */
void train_run(struct train *, int64_t now_ns, int64_t interval_ns);
/* How many steps fall due up to and with `until`; they are taken. */
int64_t train_take(struct train *, int64_t until_ns);

/* A counted number of steps, spread evenly; the last is taken at `until`. */
struct burst {
	int64_t steps; /* 0: none runs */
	int64_t taken;
	int64_t from_ns, until_ns;
};

int64_t burst_take(struct burst *, int64_t until_ns);

/* The geometry, as this unit truly is. */
struct head_shape {
	int64_t steps_per_turn;
	int64_t rollers;
	int64_t turn_pl;        /* one revolution truly displaces */
	int64_t slack_pl;       /* lost in all after a start, before flow is full */
	double roller_share;    /* amplitude of the flow's change as a roller passes, of the mean */
	double turn_share;      /* the same, once a revolution */
};

struct head {
	struct head_shape shape;
	double position_scale, roller_pl, roller_rad, turn_pl, turn_rad; /* carried, so that a step costs no division */
	int64_t step;           /* position: steps into this revolution */
	int64_t within_pl;      /* displaced so far in this one */
	int64_t displaced_pl;   /* since the last start */
	int64_t lost_pl;        /* of it, into the slack */
	bool settled;           /* the slack is used up */
};

void head_init(struct head *, const struct head_shape *, int64_t first_step);
/* After a standstill the tube has relaxed: the slack counts anew. */
void head_start(struct head *);
/* Turn by so many steps; returns the picolitres that leave the outlet. */
int64_t head_turn(struct head *, int64_t steps);

/* The whole number of clock ticks that comes nearest to this rate, in ns, at least one tick; and
 * back. `step_ppm_pl` is a step's volume in millionths of a picolitre. */
int64_t step_interval_ns(int64_t step_ppm_pl, int64_t rate_pl_per_day, int64_t tick_ns);
int64_t step_rate_pl_per_day(int64_t step_ppm_pl, int64_t interval_ns);

#endif
