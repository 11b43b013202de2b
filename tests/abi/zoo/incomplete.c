/* SPDX-License-Identifier: Apache-2.0 */
/* A pump that neither runs at a rate nor can be filled. */
#include <theca/plugin.h>

static int range(void *self, struct theca_pump_range *out)
{
	(void)self, (void)out;
	return 0;
}

static const struct theca_pump pump = {.size = sizeof pump, .range = range};

THECA_PLUGIN(.name = "incomplete", .version = "1", .summary = "Moves nothing.", .pump = &pump);
