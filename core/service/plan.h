/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `thecad --plan`: the timetable of a bench with the guard's verdict on each start, dose and refill.
 * The same code plays it, on a virtual clock, with accounts only: no driver is called, no port
 * opened, no file written.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdio.h>
#include "bench/bench.h"

/* A bench loaded for planning. Returns 0 when nothing was refused, else 1. */
int plan_print(struct bench *, FILE *);

#endif
