/* SPDX-License-Identifier: Apache-2.0 */
/* A pump that does everything at once, so that a command's time is the service's own. */
#include <stdlib.h>
#include <theca/plugin.h>

struct instant {
	struct theca_host *host;
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct instant *instant = malloc(sizeof *instant);

	(void)config;
	if (!instant)
		return -ENOMEM;
	instant->host = host;
	*self = instant;
	return 0;
}

static int range(void *self, struct theca_pump_range *range)
{
	(void)self;
	range->min_rate_pl_per_day = 1000;
	range->max_rate_pl_per_day = 1000000000000;
	range->reservoir_pl = 1000000000000;
	return 0;
}

static int done(void *self, const struct theca_command *command)
{
	return theca_done(((struct instant *)self)->host, command->token, THECA_DONE, NULL);
}

static const struct theca_pump pump = {
	.size = sizeof pump, .range = range, .set_rate = done, .bolus = done, .halt = done};

THECA_PLUGIN(.name = "instant", .version = "1", .summary = "A pump that does everything at once.",
	.create = create, .destroy = free, .pump = &pump);
