/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core fits to a pump: the mix it holds with the core's signals of it, then, when the driver
 * says what the pump can do, account, line, first fill, program, and the course its report shows.
 */
#ifndef FITTING_H
#define FITTING_H

#include "bench/bench.h"

/* Before the driver is created and declares signals of its own. False: an error is in the config. */
bool fitting_mix(struct instance *pump, const struct pump_settings *, struct mix *);
/* After it was created. Errors are collected in the config. */
void fitting_pump(struct instance *pump, const struct pump_settings *, const struct mix *);

#endif
