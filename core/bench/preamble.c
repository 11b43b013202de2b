/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/preamble.h"

#include <stdio.h>
#include <string.h>
#include "bench/conversion.h"
#include "bench/settings.h"

static void reject(struct bench *bench, const char *key, const char *why)
{
	conversion_reject(bench, config_bench(bench->config), key, why);
}

static void read_clock(struct bench *bench)
{
	struct settings *settings = &bench->settings;
	char why[256];
	int64_t begins_ns = 0;

	if (clock_parse(&bench->clock, settings->clock, why, sizeof why))
		reject(bench, "clock", why);
	if (settings->begins && env_parse_time(settings->begins, &begins_ns)) {
		snprintf(why, sizeof why, "found '%s', expected a time such as 2026-01-05 08:00",
			settings->begins);
		reject(bench, "begins", why);
	} else if (settings->begins && !bench->clock.is_virtual && bench->clock.speed == 1)
		reject(bench, "begins", "a real clock begins when it is started: leave this out");
	if (!settings->begins)
		env_parse_time("2026-01-01", &begins_ns);
	bench->clock.epoch_ns = begins_ns;
}

/* `quickstart` of `configs/quickstart.ini`. */
static const char *name_of_file(struct bench *bench)
{
	const char *const *paths;
	char name[64];

	if (!config_files(bench->config, &paths))
		return "bench";
	const char *base = strrchr(paths[0], '/');
	snprintf(name, sizeof name, "%s", base ? base + 1 : paths[0]);
	char *dot = strrchr(name, '.');
	if (dot)
		*dot = 0;
	return bench_intern(bench, name);
}

void preamble_read(struct bench *bench)
{
	struct conversion conversion = {bench, config_bench(bench->config)};
	struct conversion_target target = {settings_bench(), &bench->settings};
	char why[256];

	if (conversion_defaults(&conversion, target.schema, target.into, why, sizeof why))
		config_error(bench->config, conversion.section->place, NULL, NULL, "%s", why);
	conversion_run(&conversion, &target, 1);
	if (!bench->settings.name)
		bench->settings.name = name_of_file(bench);
	read_clock(bench);
}
