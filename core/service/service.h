/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a bench, from its file to its report. */
#ifndef SERVICE_H
#define SERVICE_H

#include "bench/bench.h"

struct service_options {
	const char *file;        /* the bench file */
	const char *plugin_path; /* folders, `:` between */
	const char *folder;      /* of the run; NULL: by the file */
	const char *socket;      /* NULL: by the file */
	bool tap;                /* verdicts on stdout instead of the summary */
	bool quiet;              /* no summary */
	int columns;
	bool color;
};

/* Reads the file and makes every instance, starting nothing. Errors are printed to stderr; the bench
 * is there in either case. Returns the number of errors. */
size_t service_load(struct bench *, const struct service_options *, bool planning);
/* Runs it to its end and writes what the run has to show. 0: all verdicts passed; 1: some failed, or
 * the run was cut short; -errno: it could not begin. */
int service_run(struct bench *, const struct service_options *);
void service_unload(struct bench *);

#endif
