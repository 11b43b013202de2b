/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin may call: the functions behind theca/host.h. What a plugin says is input: it is
 * copied, stamped and checked here.
 */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "bench/bench.h"

extern const struct theca_host_api host_api;

/* Puts an instance's newest value in place; the core's own signals come this way too. */
static inline void host_value(struct bench *bench, uint32_t signal, int64_t time_ns, int64_t value,
	uint32_t quality)
{
	struct signal_value *newest = &bench->signals.values[signal];
	newest->time_ns = time_ns;
	newest->value = value;
	newest->quality = quality;
	if (newest->watched)
		schedule_set(&bench->schedule, bench->watch, bench->now_ns);
}

#endif
