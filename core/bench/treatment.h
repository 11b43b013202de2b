/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pump's therapy: its program begins by `start`, is played command by command (or handed to a
 * pump that plays it itself), answers the patient's button, and ends by halt. Also the pump's own
 * deadlines: program changes, ends of boluses, the reservoir getting low, limits about to be passed.
 */
#ifndef TREATMENT_H
#define TREATMENT_H

#include "bench/command.h"

/* Begins the prescribed program; `accepted_by`: who accepts soft limits for as long as it runs, NULL:
 * nobody. Results as command_submit(); already started is -EALREADY. */
int treatment_start(struct instance *pump, const char *who, const char *accepted_by, command_ended *, void *user,
	struct guard_verdict *);
/* The patient's button. */
int treatment_press(struct instance *pump, const char *who, command_ended *, void *user,
	struct guard_verdict *);
/* Stops at once and ends the therapy. */
int treatment_halt(struct instance *pump, const char *who, struct instance *asker, command_ended *,
	void *user);
/* Another program is prescribed; it takes the old one's place, also in a running therapy. The
 * program is moved, not copied. Judge it first by treatment_judge(). */
int treatment_prescribe(struct instance *pump, struct program *, const char *who, const char *accepted_by,
	struct guard_verdict *);
/* Resolves a program for this pump's mix and judges it; -EINVAL with `why`. */
int treatment_judge(struct instance *pump, struct program *, struct guard_verdict *, char *why,
	size_t why_size);
/* By when the reservoir can be low: at the rate that flows, but under a program by its largest day and
 * all boluses that the patient may have, so that no refill is planned too late. THECA_NEVER. */
int64_t treatment_low_ns(const struct instance *pump);
/* The pump's deadline has come. */
void treatment_due(void *pump, int64_t now_ns);

#endif
