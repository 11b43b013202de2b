/* SPDX-License-Identifier: Apache-2.0 */
/* As a plugin looks that was built when the tables were shorter: what follows is not its own. */
#include <theca/option.h>
#include <theca/pump.h>

struct theca_host;

struct older_plugin { /* up to `pump`, then it ended */
	uint32_t size, option_size;
	const char *name, *version, *summary;
	const struct theca_option *options;
	size_t config_size;
	int (*check)(struct theca_host *, const void *config);
	int (*create)(struct theca_host *, const void *config, void **self);
	int (*start)(void *self);
	int (*stop)(void *self);
	void (*destroy)(void *self);
	int (*wake)(void *self, int64_t now_ns);
	void (*ended)(void *self, uint64_t token, int outcome, const char *reason);
	const struct theca_pump *pump;
};

static int range(void *self, struct theca_pump_range *out)
{
	(void)self, (void)out;
	return 0;
}

static int set_rate(void *self, const struct theca_command *command)
{
	(void)self, (void)command;
	return 0;
}

struct older_pump { /* up to `set_rate` */
	uint32_t size;
	int (*range)(void *self, struct theca_pump_range *);
	int64_t (*nearest)(void *self, int64_t wanted_pl_per_day);
	int (*poll)(void *self, int64_t now_ns);
	int (*set_rate)(void *self, const struct theca_command *);
};

static const struct {
	struct older_pump pump;
	uint64_t not_its_own[16];
} own = {{.size = sizeof(struct older_pump), .range = range, .set_rate = set_rate},
	{1, 1, 1, 1, 1, 1, 1}};

extern __attribute__((visibility("default"))) const struct older_plugin theca_plugin_v1;
const struct older_plugin theca_plugin_v1 = {.size = sizeof theca_plugin_v1,
	.option_size = sizeof(struct theca_option),
	.name = "older",
	.version = "0.9",
	.summary = "Is short.",
	.pump = (const void *)&own};
