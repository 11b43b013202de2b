/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The truth: simulated pumps live on, their outflow goes through the line, the line's pressure and
 * the environment go back. Only simulated instruments ask what arrived.
 */
#ifndef SIMULATION_H
#define SIMULATION_H

#include "bench/bench.h"

/* Sets the surroundings, before the driver starts. */
void simulation_init(struct instance *pump, const struct pump_settings *);
/* The reservoir truly holds this mix and volume now. */
void simulation_contain(struct instance *pump, const struct mix *, int64_t volume_pl);
/* Lives until the bench's now. */
void simulation_advance(struct instance *pump);
/* The driver was commanded, or something outside changed: ask again when it changes by itself. */
void simulation_changed(struct instance *pump);
void simulation_magnet(struct instance *pump, int64_t field_ut);
/* What truly arrived at the line's end by now. */
void simulation_arrived(struct instance *pump, struct theca_arrival *);

#endif
