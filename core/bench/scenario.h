/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenario: timed happenings of a bench, by time or by condition. Times count from the first
 * start of the run. No firing happens twice: each is journalled with its number, and what fell into
 * a time when the service was down is said to be missed, not made up for.
 *
 *	NAME = at 45 d 10:00, magnet 1.5 T for 40 min on left
 *	NAME = every 6 h from 1 d until 30 d, press left
 *	NAME = when left.reservoir_volume < 2 mL, refill left 40 mL      (when it becomes true)
 *
 *	start PUMP · halt PUMP · press PUMP · refill PUMP VOLUME [with MIX] · run PROCEDURE
 *	magnet FIELD for DURATION [on PUMP] · note TEXT · stop
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "bench/bench.h"

/* Reads [scenario] against the instances that exist; errors go to the config. -ENOMEM. */
int scenario_create(struct bench *);
void scenario_destroy(struct scenario *);
/* From now on lines fire. `resumed`: what is due before now was missed. */
void scenario_start(struct bench *, bool resumed);
/* Recovery: the journal says that this line fired once more. */
void scenario_fired(struct bench *, const char *name);
/* Will anything more fire? For a virtual bench without an end. */
bool scenario_ended(const struct bench *);
/* The line's names and texts, for --plan; NULL at the end. */
const char *scenario_line(const struct bench *, size_t i, const char **text);

#endif
