/* SPDX-License-Identifier: Apache-2.0 */
/* An instance's running time: start, start again with back-off, stop. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "bench/bench.h"

/* Starts all, drugs and pumps first; one that fails is tried again with back-off (a pump is not). */
void lifecycle_start_all(struct bench *);
/* Asks all to stop, in the opposite order. */
void lifecycle_stop_all(struct bench *);
/* Are all stopped that were running? */
bool lifecycle_all_stopped(const struct bench *);
const char *lifecycle_word(enum instance_state);

#endif
