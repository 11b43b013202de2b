/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pump driver to begin with: a syringe pump that keeps its own count. It has no port yet; where a
 * real pump gets its command, this one logs it.
 */
#include <theca/plugin.h>
#include <stdlib.h>

struct config { int64_t syringe_pl, fastest_pl_per_day; };

static const struct theca_option options[] = {
	{.name = "syringe", .type = THECA_VOLUME, .offset = offsetof(struct config, syringe_pl),
		.initial = "10 mL", .min = "0.1 mL", .max = "140 mL", .help = "Its capacity."},
	{.name = "fastest", .type = THECA_RATE, .offset = offsetof(struct config, fastest_pl_per_day),
		.initial = "50 mL/h", .min = "1 uL/h", .max = "200 mL/h", .help = "Its highest rate."},
	{0},
};

struct syringe {
	struct theca_host *host;
	const struct config *config;
	int64_t rate_pl_per_day, since_ns;
	__int128 moved_pl_ns_per_day; /* until since_ns: nothing is lost to rounding, for years */
	uint32_t counter;
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct theca_signal own = {.size = sizeof own, .dimension = THECA_VOLUME, .name = "counter"};
	struct syringe *syringe = calloc(1, sizeof *syringe);

	if (!syringe)
		return -ENOMEM;
	*syringe = (struct syringe){host, config, .counter = (uint32_t)theca_declare(host, &own)};
	*self = syringe;
	return 0;
}

static int range(void *self, struct theca_pump_range *range)
{
	const struct config *config = ((struct syringe *)self)->config;

	range->min_rate_pl_per_day = 24000000; /* 1 uL/h */
	range->max_rate_pl_per_day = config->fastest_pl_per_day;
	range->reservoir_pl = config->syringe_pl;
	return 0;
}

static int64_t count(struct syringe *syringe, int64_t now_ns)
{
	syringe->moved_pl_ns_per_day += (__int128)syringe->rate_pl_per_day * (now_ns - syringe->since_ns);
	syringe->since_ns = now_ns;
	return (int64_t)(syringe->moved_pl_ns_per_day / THECA_DAY_NS);
}

static int set_rate(void *self, const struct theca_command *command)
{
	struct syringe *syringe = self;

	theca_log(syringe->host, THECA_INFO, "RATE %lld NL/D", (long long)command->rate_pl_per_day / 1000);
	count(syringe, theca_now(syringe->host));
	syringe->rate_pl_per_day = command->rate_pl_per_day; /* a halt comes with rate 0 */
	return theca_done(syringe->host, command->token, THECA_DONE, NULL);
}

static int poll(void *self, int64_t now_ns)
{
	struct syringe *syringe = self;
	struct theca_sample sample = {.signal = syringe->counter, .value = count(syringe, now_ns)};

	return theca_report(syringe->host, &sample, 1);
}

static const struct theca_pump pump = {
	.size = sizeof pump, .range = range, .poll = poll, .set_rate = set_rate, .halt = set_rate};

THECA_PLUGIN(.name = "syringe", .version = "1", .summary = "A pump to begin with.", .options = options,
	.config_size = sizeof(struct config), .create = create, .destroy = free, .pump = &pump);
