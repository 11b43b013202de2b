/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bench's heart: what is due is run, in order of time. A virtual clock jumps from deadline to
 * deadline in slices of a few milliseconds, between which sockets and signals are served; a real one
 * sleeps until the next deadline.
 */
#ifndef LOOP_H
#define LOOP_H

#include "bench/bench.h"

struct loop; /* the bench's handles of libuv */

struct loop *loop_create(struct bench *);
void loop_destroy(struct loop *);
/* Runs until the bench's end, a stop, or an error. */
void loop_run(struct loop *);
/* Serves I/O until `done` says so or this much wall time has passed. */
void loop_wait(struct loop *, bool (*done)(const struct bench *), int64_t wall_ns);
/* Closes all handles and the loop; 0 or -EBUSY: something was left open. */
int loop_close(struct loop *);

#endif
