/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: every event, append-only, checksummed, in segments of `FOLDER/journal/NNNNNNNN.tj`.
 * One sync runs at a time, in a thread; what arrives meanwhile shares the next. On a virtual clock
 * it is not synced and holds no wall time. A torn tail is cut at opening; damage in the middle is
 * reported and the caller holds all pumps. What failed to sync is never synced again: it is written
 * once more, to a new segment, and when that fails too, the journal has failed.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>
#include "journal/scan.h"

struct journal;

struct journal_options {
	const char *folder; /* of the run */
	bool synced;        /* real and scaled clocks */
	uv_loop_t *loop;
	void *user;
	/* All up to this number are on disk. On the loop; without syncing, from inside journal_flush(). */
	void (*durable)(void *user, uint64_t number);
	void (*failed)(void *user, int error); /* once: nothing more becomes durable */
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
/* Is there something that a flush would write now? */
bool journal_has_more(const struct journal *);
/* Without syncing, everything appended counts as durable at once. */
uint64_t journal_durable(const struct journal *);
/* Writes and syncs all, at once, blocking; then closes: all is durable, though `durable` is not
 * called any more. 0, or the -errno with which the journal failed now or earlier. A sync that was
 * under way still ends on the loop, and frees the memory there. */
int journal_close(struct journal *);

/* Offline, read-only: `thecactl journal`. Returns 0 when it verifies (a torn tail is no fault),
 * -EBADMSG when it is damaged. */
int journal_read(const char *folder, void (*each)(void *user, const struct record *), void *user,
	struct journal_finding *);

#endif
