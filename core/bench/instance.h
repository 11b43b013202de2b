/* SPDX-License-Identifier: Apache-2.0 */
/* Instances are made: from a section of the INI file through check to create, and to destroy. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "bench/bench.h"

/* Makes all instances of the config: loads plugins, converts options, check, create. Errors are
 * collected in the config; returns how many there are now. */
size_t instance_create_all(struct bench *);
void instance_destroy_all(struct bench *);

#endif
