/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A started program is brought to its pump: whole, to a pump that plays it itself, or rate by rate.
 * What the pump certainly did not do is said: a first rate starts nothing, a later one is an alarm.
 */
#ifndef PLAYING_H
#define PLAYING_H

#include "bench/command.h"

/* The program has just been started. Results as command_submit(); when it is not 0, or the first
 * rate fails later, the therapy is not started any more. */
int playing_begin(struct instance *pump, const struct playing *, struct guard_verdict *);
/* Its next rate is due, or another program has taken its place. */
void playing_next(struct instance *pump, const char *who);
/* It was halted: nothing more is due. */
void playing_end(struct instance *pump);

#endif
