/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a journal's folder from its first record to its last, and judging it. What is torn at the
 * very end was never acknowledged; whatever else does not fit is damage, and the records that can
 * be read are given all the same.
 */
#ifndef SCAN_H
#define SCAN_H

#include "journal/record.h"

enum journal_health { JOURNAL_NEW, JOURNAL_CLEAN, JOURNAL_TAIL_CUT, JOURNAL_DAMAGED };

struct journal_finding {
	enum journal_health health;
	uint64_t records, last_number;
	char text[256]; /* which segment, which byte, what; "" when there is nothing to say */
};

/* Where writing goes on. */
struct scan_end {
	uint32_t segment;       /* the last one; 0: there is none */
	size_t used;            /* of its bytes; 0: not even its head is whole */
	uint32_t last_checksum; /* of the last record */
};

/* 0 or -errno: -EPROTONOSUPPORT for a journal of a later version, named in finding->text. */
int scan_folder(int folder, void (*each)(void *user, const struct record *), void *user,
	struct journal_finding *, struct scan_end *);

#endif
