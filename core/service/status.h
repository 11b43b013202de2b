/* SPDX-License-Identifier: Apache-2.0 */
/* What the bench looks like now, as JSON: for the control socket. Quantities carry their units. */
#ifndef STATUS_H
#define STATUS_H

#include "bench/bench.h"
#include "base/emit.h"

void status_bench(struct bench *, struct emit *);  /* everything: one object */
void status_pump(struct instance *, struct emit *); /* one pump: one object */
void status_alarms(struct bench *, struct emit *);  /* an array */
/* An array of the signals of one instance, or of all (NULL). */
void status_signals(struct bench *, const struct instance *, struct emit *);
void status_instances(struct bench *, struct emit *);
void status_plugins(struct bench *, struct emit *);

#endif
