/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest plugin: what a benchmark runs against, and where a new plugin may start. */
#include <theca/plugin.h>

static int publish(void *self, const struct theca_sample *samples, size_t count)
{
	(void)self, (void)samples;
	return (int)count;
}

static const struct theca_transport transport = {.size = sizeof transport, .publish = publish};

THECA_PLUGIN(.name = "null", .version = "1", .summary = "Takes samples and drops them.",
	.transport = &transport);
