/* SPDX-License-Identifier: Apache-2.0 */
#include "puppet.h"

#include <stdlib.h>

#ifndef PUPPET_NAME
#define PUPPET_NAME "puppet"
#endif

static const struct theca_option options[] = {
	{.name = "zero is legal",
		.type = THECA_FLAG,
		.offset = offsetof(struct puppet_config, zero_is_legal),
		.initial = "no",
		.help = "Whether 0 is a rate."},
	{.name = "reservoir",
		.type = THECA_VOLUME,
		.offset = offsetof(struct puppet_config, reservoir_pl),
		.initial = "20 mL",
		.help = "Capacity."},
	{0},
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct puppet *puppet = calloc(1, sizeof *puppet);

	if (!puppet)
		return -ENOMEM;
	puppet->host = host;
	puppet->config = config;
	*self = puppet;
	return 0;
}

static int start(void *self)
{
	struct puppet *puppet = self;
	puppet->starts++;
	return puppet->start_result;
}

static int stop(void *self)
{
	struct puppet *puppet = self;
	puppet->stops++;
	return puppet->stop_result;
}

static int wake(void *self, int64_t now_ns)
{
	struct puppet *puppet = self;
	(void)now_ns;
	puppet->wakes++;
	return puppet->wake_result;
}

static int range(void *self, struct theca_pump_range *range)
{
	const struct puppet *puppet = self;

	range->zero_is_legal = (uint32_t)puppet->config->zero_is_legal;
	range->min_rate_pl_per_day = 48 * INT64_C(1000000);    /* 0.048 mL/day */
	range->max_rate_pl_per_day = 24 * INT64_C(1000000000); /* 24 mL/day */
	range->reservoir_pl = puppet->config->reservoir_pl;
	range->residual_pl = INT64_C(1000000000);
	range->low_reservoir_pl = 2 * INT64_C(1000000000);
	range->dead_volume_pl = 0;
	range->tolerance_ppm = 145000;
	return 0;
}

static int poll_pump(void *self, int64_t now_ns)
{
	struct puppet *puppet = self;
	(void)now_ns;
	puppet->polls++;
	return 0;
}

static int answer(void *self, const struct theca_command *command)
{
	struct puppet *puppet = self;

	puppet->calls[command->verb]++;
	puppet->last[command->verb] = *command;
	if (puppet->order_count < 64)
		puppet->order[puppet->order_count++] = command->verb;
	switch (puppet->answers[command->verb]) {
	case PUPPET_DONE:
		theca_done(puppet->host, command->token, THECA_DONE, NULL);
		return 0;
	case PUPPET_UNCERTAIN:
		theca_done(puppet->host, command->token, THECA_UNCERTAIN, "lost");
		return 0;
	case PUPPET_FAILS:
		theca_done(puppet->host, command->token, -EIO, "failed");
		return 0;
	case PUPPET_REFUSES:
		return -EIO;
	default:
		return 0;
	}
}

#ifdef PUPPET_PLAYS
static int take_program(
	void *self, const struct theca_command *command, const struct theca_program *program)
{
	((struct puppet *)self)->rows = (unsigned)program->count;
	return answer(self, command);
}
#endif

static const struct theca_pump pump = {
	.size = sizeof pump,
	.range = range,
	.poll = poll_pump,
	.set_rate = answer,
	.bolus = answer,
#ifndef PUPPET_CANNOT_HALT
	.halt = answer,
#endif
#ifdef PUPPET_PLAYS
	.program = take_program,
#endif
#ifndef PUPPET_CANNOT_BE_READ
	.interrogate = answer,
#endif
	.refill = answer,
	.prime = answer,
};

THECA_PLUGIN(.name = PUPPET_NAME, .version = "1", .summary = "Answers as a test says.",
	.options = options, .config_size = sizeof(struct puppet_config), .create = create,
	.start = start, .stop = stop, .destroy = free, .wake = wake, .pump = &pump);
