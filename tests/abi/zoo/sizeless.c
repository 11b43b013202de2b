/* SPDX-License-Identifier: Apache-2.0 */
/* Forgot the size of its table. */
#include <theca/plugin.h>

static int publish(void *self, const struct theca_sample *samples, size_t count)
{
	(void)self, (void)samples;
	return (int)count;
}

static const struct theca_transport transport = {.publish = publish};

THECA_PLUGIN(.name = "sizeless", .version = "1", .summary = "Has no size.",
	.transport = &transport);
