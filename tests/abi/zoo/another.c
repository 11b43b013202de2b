/* SPDX-License-Identifier: Apache-2.0 */
/* Whole as well, and of another kind: the loader must not take one for the other. */
#include <theca/plugin.h>

static int tick(void *self, int64_t now_ns)
{
	(void)self, (void)now_ns;
	return 0;
}

static const struct theca_transport transport = {.size = sizeof transport, .tick = tick};

THECA_PLUGIN(.name = "another", .version = "1", .summary = "Ticks.", .transport = &transport);
