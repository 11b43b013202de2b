/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind: instrument. It measures: a balance, a flow meter, a thermometer, or the simulation of one.
 * Commands end by theca_done() as a pump's do.
 */
#ifndef THECA_INSTRUMENT_H
#define THECA_INSTRUMENT_H

#include <theca/data.h>

/* What truly arrived at the end of a pump's line since the run began; see theca_arrived(). */
struct theca_arrival {
	uint32_t size;
	uint32_t reserved;
	int64_t volume_pl;
	int64_t fluid_pg;       /* that volume's mass, by the density of what was in it */
	int64_t temperature_mk; /* of the place where it arrives */
};

struct theca_instrument {
	uint32_t size;
	uint32_t simulated; /* 1: may ask theca_arrived(); what it says is labelled simulated */
	/* Called each sampling period: theca_report() what is read, or start to ask the device. */
	int (*poll)(void *self, int64_t now_ns);
	int (*tare)(void *self, const struct theca_command *);
	int (*zero)(void *self, const struct theca_command *);
	int (*acknowledge)(void *self, const struct theca_command *);
	int (*configure)(void *self, const struct theca_command *);
};

#endif
