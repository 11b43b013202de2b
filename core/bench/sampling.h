/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sampling: pumps and instruments of one period are one tick. A pump's own signals come from its
 * account, the driver's follow by its poll.
 */
#ifndef SAMPLING_H
#define SAMPLING_H

#include "bench/bench.h"

/* Declares the core's signals of a pump: rate, delivered_volume, delivered_DRUG for each drug,
 * reservoir_volume, state. They are the instance's first. */
int sampling_declare(struct instance *pump, const struct mix *);
/* Groups the instances by their periods, once all exist. 0 or -ENOMEM. */
int sampling_init(struct bench *);
void sampling_finish(struct bench *);
/* The first tick of every group is now. */
void sampling_start(struct bench *);

/* A point of the pump's course, now. */
void sampling_course(struct instance *pump);

#endif
