/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: every event, append-only, checksummed, in segments of `FOLDER/journal/NNNNNNNN.tj`.
 * One sync runs at a time, in a thread; what arrives meanwhile shares the next. On a virtual clock
 * it is not synced and holds no wall time. A torn tail is cut at opening; damage in the middle is
 * reported and the caller holds all pumps.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>
#include "record.h"

struct journal;

struct journal_options {
	const char *folder; /* of the run */
	bool synced;        /* real and scaled clocks */
	uv_loop_t *loop;
	void *user;
	void (*durable)(void *user, uint64_t number); /* all up to this number are on disk */
	void (*failed)(void *user, int error);        /* nothing more becomes durable */
};

enum journal_health { JOURNAL_NEW, JOURNAL_CLEAN, JOURNAL_TAIL_CUT, JOURNAL_DAMAGED };

struct journal_finding {
	enum journal_health health;
	uint64_t records, last_number;
	char text[256]; /* which segment, which byte, what */
};

/* Opens, locks (-EBUSY: another service has it), reads all records in order to `each`. A damaged
 * journal is opened too: what is readable is given, and new records go to a new segment. */
int journal_open(struct journal **, const struct journal_options *,
	void (*each)(void *user, const struct record *), struct journal_finding *);
/* Gives the event its number and puts it in the buffer; nothing is written yet. Returns the number,
 * 0: the journal has failed or the event is too long. */
uint64_t journal_append(struct journal *, struct theca_event *, const char *instance_name);
/* Writes what is buffered; starts a sync when none runs. Once a loop turn is enough. */
void journal_flush(struct journal *);
uint64_t journal_durable(const struct journal *);
/* Writes and syncs all, at once, blocking; then closes. */
void journal_close(struct journal *);

/* Offline, read-only: `thecactl journal`. Returns 0 when it verifies. */
int journal_read(const char *folder, void (*each)(void *user, const struct record *), void *user,
	struct journal_finding *);

#endif
