/* SPDX-License-Identifier: Apache-2.0 */
/* [bench]: the settings of the whole, its name, and the clock with its beginning. */
#ifndef PREAMBLE_H
#define PREAMBLE_H

#include "bench/bench.h"

/* Errors are collected in the config; every setting has a value afterwards. */
void preamble_read(struct bench *);

#endif
