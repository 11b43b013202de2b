/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a stop of any kind, kill -9 included: the accounts, windows, alarms and scenario are rebuilt
 * from the journal. What was delivering counts as delivering until it is read back; a dose whose end
 * is not on record is uncertain; nothing is resumed.
 */
#ifndef RECOVERY_H
#define RECOVERY_H

#include "bench/bench.h"

/* What the journal brought back. */
struct recovery {
	struct bench *bench;
	bool resumed;          /* the run had begun before */
	int64_t last_ns;       /* bench and wall time of the last record */
	int64_t last_wall_ns;
	int64_t first_wall_ns; /* wall time of bench time 0 */
};

/* One record of the journal, in order; `user` is the bench, its `recovery` is set. */
void recovery_record(void *user, const struct record *);
/* The journal has been read: bench time goes on, what is open becomes uncertain, and a damaged
 * journal holds all pumps. */
void recovery_finish(struct recovery *, const struct journal_finding *);

#endif
