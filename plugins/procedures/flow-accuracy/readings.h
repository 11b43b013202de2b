/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The weights at even instants, out of whatever times an instrument read at: between the two good
 * readings around an instant, evenly. Readings more than one and a half sample intervals apart leave
 * the instants between them missing. Times are the samples' own; nothing counts calls.
 */
#ifndef READINGS_H
#define READINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct readings {
	int64_t interval_ns;
	size_t count;          /* instants, the one at the start included */
	double *mass_g;        /* since the start; NAN: missing */
	size_t taken;          /* instants that are past */
	int64_t armed_ns;      /* the first good reading from here on is the start */
	int64_t start_ns;      /* THECA_NONE: not yet */
	int64_t origin_pg, last_pg, last_ns;
	int64_t resolution_pg; /* all readings are whole multiples of it apart; 0: all were equal */
};

int readings_init(struct readings *, int64_t interval_ns, size_t count);
void readings_finish(struct readings *);
/* From the beginning: the test starts at the first good reading at or after this time. */
void readings_arm(struct readings *, int64_t at_ns);
void readings_add(struct readings *, int64_t time_ns, int64_t mass_pg);
bool readings_complete(const struct readings *);
/* Nothing more will come: what was not taken is missing. */
void readings_close(struct readings *);

#endif
