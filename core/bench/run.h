/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of a run: the INI files (exact but for passwords), identification, events as JSON lines, whatever plugins
 * write, and at the end summary, verdicts and report. A virtual run makes a fresh folder each time;
 * a real one comes back to its own after a restart.
 */
#ifndef RUN_H
#define RUN_H

#include "bench/bench.h"

/* Finds and makes the folder; nothing else is written yet. 0 or -errno; logs the reason. */
int run_open(struct bench *, const char *folder_wanted);
/* A file of the bench as the folder keeps it: options that are THECA_SECRET masked. free() it. NULL:
 * errno. */
char *run_bench_text(struct bench *, const char *path, size_t *size);
/* `runs/quickstart-003`. */
const char *run_folder(const struct run *);
/* From here on every event is written to events.jsonl; before the journal is read, as recovery speaks. */
int run_listen(struct bench *);
/* Copies of the INI files, identification.json; after the instances exist, and once the journal says
 * that the run is ours. */
int run_begin(struct bench *);
/* A new file in the folder for a plugin: a descriptor or -errno. An existing one is continued after
 * a restart. */
int run_create_file(struct run *, const char *name);
/* Writes out buffered events; once a tick. */
void run_flush(struct run *);
/* Summary, verdicts, report; `summary` is for the terminal and is the caller's to free. */
int run_end(struct bench *, int columns, bool color, char **summary);
void run_close(struct run *);

#endif
