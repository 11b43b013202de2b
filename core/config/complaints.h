/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a bench's files, kept in the order of file and line until it is printed. */
#ifndef COMPLAINTS_H
#define COMPLAINTS_H

#include <stdio.h>
#include "base/arena.h"
#include "base/ini.h"

#define COMPLAINTS_MOST 1000 /* a file of junk must not become gigabytes of complaints about it */

struct complaints {
	struct complaint *list;
	size_t count, room, total; /* total: also those beyond COMPLAINTS_MOST */
};

/* `rank` orders the files. Title (of the section) and key may be NULL. 0 or -ENOMEM. */
int complaints_add(struct complaints *, struct arena *, size_t rank, struct ini_place,
	const char *title, const char *key, const char *text);
void complaints_print(const struct complaints *, FILE *); /* one a line */
void complaints_finish(struct complaints *);

#endif
