/* SPDX-License-Identifier: Apache-2.0 */
/* A transport that starts, takes and stops as a test says; its self is a struct puppet, whose calls
 * are counted: 0 publish, 1 event, 2 tick. */
#include "puppet.h"

#include <stdlib.h>

struct config {
	const char *password;
};

static const struct theca_option options[] = {
	{.name = "password",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL | THECA_SECRET,
		.offset = offsetof(struct config, password),
		.help = "Shown nowhere."},
	{0},
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct puppet *puppet = calloc(1, sizeof *puppet);

	(void)config;
	if (!puppet)
		return -ENOMEM;
	puppet->host = host;
	*self = puppet;
	return 0;
}

static int start(void *self)
{
	struct puppet *puppet = self;
	puppet->starts++;
	return puppet->start_result;
}

static int publish(void *self, const struct theca_sample *samples, size_t count)
{
	struct puppet *puppet = self;
	(void)samples;
	puppet->calls[0] += (unsigned)count;
	return (int)count;
}

static int event(void *self, const struct theca_event *one)
{
	struct puppet *puppet = self;
	(void)one;
	puppet->calls[1]++;
	return 0;
}

static int tick(void *self, int64_t now_ns)
{
	struct puppet *puppet = self;
	(void)now_ns;
	puppet->calls[2]++;
	return 0;
}

static const struct theca_transport transport = {
	.size = sizeof transport, .publish = publish, .event = event, .tick = tick};

THECA_PLUGIN(.name = "puppet-transport", .version = "1",
	.summary = "Takes what a test lets it take.", .options = options,
	.config_size = sizeof(struct config), .create = create, .start = start, .destroy = free,
	.transport = &transport);
