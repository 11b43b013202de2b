/* SPDX-License-Identifier: Apache-2.0 */
/* Instances: from a section of the INI file through check, create, start, stop to destroy. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "bench.h"

/* Makes all instances of the config: loads plugins, converts options, check, create. Errors are
 * collected in the config; returns how many there are now. */
size_t instance_create_all(struct bench *);
/* Starts all, drugs and pumps first; one that fails is tried again with back-off. */
void instance_start_all(struct bench *);
/* Asks all to stop, in the opposite order. */
void instance_stop_all(struct bench *);
/* Are all stopped that were running? */
bool instance_all_stopped(const struct bench *);
void instance_destroy_all(struct bench *);
const char *instance_state_word(enum instance_state);

#endif
