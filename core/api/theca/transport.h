/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind: transport. It carries samples and events out of the bench (a file, a broker), or it is a
 * device side: it shows a simulated pump or balance on a port in its maker's protocol and asks for
 * commands with theca_ask(), which go through the guard like everybody's.
 */
#ifndef THECA_TRANSPORT_H
#define THECA_TRANSPORT_H

#include <theca/data.h>

struct theca_transport {
	uint32_t size;
	/* Samples in order of time; those of one instance and tick stand together. Returns how many
	 * of them, from the front, were taken, or a negative errno. What is not taken waits in a
	 * bounded queue of the service (oldest dropped and counted; a virtual bench waits instead)
	 * and is offered again at the next tick. NULL: wants no samples. */
	int (*publish)(void *self, const struct theca_sample *, size_t count);
	/* One event, in order of its number. 0, or a negative errno: offered again at the next tick,
	 * and the transport is cut off when it falls 1 MiB behind. NULL: wants no events. */
	int (*event)(void *self, const struct theca_event *);
	/* After the last sample of a tick: flush here, not in publish. May be NULL. */
	int (*tick)(void *self, int64_t now_ns);
};

#endif
