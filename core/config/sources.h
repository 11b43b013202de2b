/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a bench is made of. Each is looked at before it is read: a regular file, writable
 * not by anyone, in the bench file's folder or below it, not yet among them, included at most
 * SOURCES_DEPTH deep. Reading them is config's.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "base/arena.h"
#include "base/ini.h"

#define SOURCES_DEPTH 4

struct sources {
	struct source *list;
	const char **paths; /* as the user named them, so that they can be opened and shown */
	size_t count, room;
	const char *folder; /* of the bench file; "." at least */
	char *root;         /* the same without links; NULL: nothing may be included */
};

/* The bench file is source 0; it need not exist. 0 or -ENOMEM. */
int sources_init(struct sources *, struct arena *, const char *bench_file);
void sources_finish(struct sources *);
/* Looks at the bench file; from here files may be included. NULL, or what is wrong with it. */
const char *sources_open(struct sources *);
/* Adds the file that source `from` names. 0; -EINVAL with `why`; -ENOMEM. */
int sources_include(struct sources *, struct arena *, size_t from, const char *name,
	struct ini_place, char *why, size_t why_size);

/* `line 9`, or `other.ini:9` when `first` is in another file than `here`. Returns `out`. */
const char *sources_place(struct ini_place first, struct ini_place here, char *out, size_t size);

#endif
