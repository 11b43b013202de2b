/* SPDX-License-Identifier: Apache-2.0 */
/* Procedures: they hold their pump, read the bus, and leave results. */
#ifndef CORE_PROCEDURE_H
#define CORE_PROCEDURE_H

#include "bench/bench.h"

/* Subscribes it to the bus; after create. */
int procedure_attach(struct instance *);
/* -EALREADY: it runs; -EBUSY: its pump is held or under therapy (`why`); else begin's own. */
int procedure_run(struct instance *, const char *who, char *why, size_t why_size);
void procedure_abort(struct instance *, const char *who);
/* theca_finish() arrives here. */
int procedure_finish(struct instance *);
/* After a restart: an event of its own from before, then what was not at its end is cut short, and
 * judged as failed; a test whose readings are gone must not look like one that passed. */
void procedure_recall(struct instance *, const struct theca_event *);
void procedure_cut(struct instance *);
/* Is any running? How far the farthest is from its end, in ppm done (1000000: none runs). */
bool procedure_any(const struct bench *);
int64_t procedure_progress_ppm(const struct instance *);

#endif
