/* SPDX-License-Identifier: Apache-2.0 */
#include "puppet.h"

#include <stdio.h>
#include <stdlib.h>

struct config {
	uint32_t pump;
};

static const struct theca_option options[] = {
	{.name = "pump",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_PUMP | THECA_OPTIONAL,
		.offset = offsetof(struct config, pump),
		.help = "Which pump it holds."},
	{0},
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct puppet_procedure *procedure = calloc(1, sizeof *procedure);

	(void)config;
	if (!procedure)
		return -ENOMEM;
	procedure->host = host;
	*self = procedure;
	return 0;
}

static void ended(void *self, uint64_t token, int outcome, const char *reason)
{
	struct puppet_procedure *procedure = self;

	procedure->ends++;
	procedure->last_token = token;
	procedure->last_outcome = outcome;
	snprintf(procedure->last_reason, sizeof procedure->last_reason, "%s",
		reason ? reason : "(null)");
}

static int begin(void *self, int64_t now_ns)
{
	struct puppet_procedure *procedure = self;
	(void)now_ns;
	procedure->begins++;
	return procedure->begin_result;
}

static int samples(void *self, const struct theca_sample *some, size_t count)
{
	struct puppet_procedure *procedure = self;
	(void)some;
	procedure->samples += (unsigned)count;
	return 0;
}

static int event(void *self, const struct theca_event *one)
{
	struct puppet_procedure *procedure = self;
	(void)one;
	procedure->events++;
	return 0;
}

static void abort_it(void *self, const char *why)
{
	struct puppet_procedure *procedure = self;
	(void)why;
	procedure->aborts++;
	if (procedure->finishes_on_abort)
		theca_finish(procedure->host);
}

static const struct theca_procedure procedure = {.size = sizeof procedure,
	.begin = begin,
	.samples = samples,
	.event = event,
	.abort = abort_it};

THECA_PLUGIN(.name = "puppet-procedure", .version = "1",
	.summary = "Does what a test does through it.", .options = options,
	.config_size = sizeof(struct config), .create = create, .destroy = free, .ended = ended,
	.procedure = &procedure);
