/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/settings.h"

#define BENCH(field) offsetof(struct settings, field)
#define PUMP(field) offsetof(struct pump_settings, field)
#define OTHER(field) offsetof(struct other_settings, field)

static const struct theca_option bench_options[] = {
	{.name = "name", .type = THECA_TEXT, .offset = BENCH(name), .flags = THECA_OPTIONAL,
		.help = "What this bench is called in its reports; the file's name if left out."},
	{.name = "clock", .type = THECA_TEXT, .offset = BENCH(clock), .initial = "virtual",
		.help = "virtual: as fast as the machine allows; real; real x60: sixty times faster."},
	{.name = "begins", .type = THECA_TEXT, .offset = BENCH(begins), .flags = THECA_OPTIONAL,
		.help = "Civil time (UTC) at which bench time begins, such as 2026-01-05 08:00; on a real "
			"clock it is the moment of the first start."},
	{.name = "until", .type = THECA_DURATION, .offset = BENCH(until_ns), .flags = THECA_OPTIONAL,
		.min = "1 s", .max = "36500 d",
		.help = "How long the bench runs; left out, a real clock runs until it is stopped and a "
			"virtual one until its procedures have ended."},
	{.name = "seed", .type = THECA_COUNT, .offset = BENCH(seed), .initial = "1",
		.help = "All random numbers come from it: same file, same seed, same bytes."},
	{.name = "sample every", .type = THECA_DURATION, .offset = BENCH(sample_every_ns), .initial = "60 s",
		.min = "1 ms", .max = "1 d",
		.help = "Sampling period of pumps and instruments that state none of their own."},
	{.name = "soft limits accepted by", .type = THECA_TEXT, .offset = BENCH(soft_limits_accepted_by),
		.flags = THECA_OPTIONAL,
		.help = "Who accepts soft limits for this file, by name; without it a soft limit refuses."},
	{.name = "operator", .type = THECA_TEXT, .offset = BENCH(operator_name), .flags = THECA_OPTIONAL,
		.help = "Who runs the bench; printed in its reports."},
	{.name = "folder", .type = THECA_FILE, .offset = BENCH(folder), .flags = THECA_OPTIONAL,
		.help = "Where the run is kept; runs/NAME (numbered on a virtual clock) if left out."},
	{.name = "control", .type = THECA_FILE, .offset = BENCH(control), .flags = THECA_OPTIONAL,
		.help = "The control socket; theca.sock on a real clock, none on a virtual one."},
	{0},
};

static const struct theca_option pump_options[] = {
	{.name = "driver", .type = THECA_TEXT, .offset = PUMP(driver),
		.help = "The plugin that moves the fluid."},
	{.name = "holds", .type = THECA_TEXT, .offset = PUMP(holds), .initial = "water",
		.help = "What the reservoir holds: drugs with their concentrations, or water."},
	{.name = "filled", .type = THECA_VOLUME, .offset = PUMP(filled_pl), .flags = THECA_OPTIONAL,
		.help = "Content at the start of the run; the reservoir's capacity if left out."},
	{.name = "basal", .type = THECA_TEXT, .offset = PUMP(basal), .flags = THECA_OPTIONAL,
		.help = "The prescribed day pattern; it begins by a start, never by itself."},
	{.name = "patient bolus", .type = THECA_TEXT, .offset = PUMP(patient_bolus), .flags = THECA_OPTIONAL,
		.help = "What the patient's button gives: dose, duration, lockout, at most per day."},
	{.name = "catheter", .type = THECA_TEXT, .offset = PUMP(catheter), .initial = "none",
		.help = "The line behind the outlet, such as ascenda 89 cm."},
	{.name = "sample every", .type = THECA_DURATION, .offset = PUMP(sample_every_ns),
		.flags = THECA_OPTIONAL, .min = "1 ms", .max = "1 d",
		.help = "Sampling period; the bench's if left out."},
	{.name = "temperature", .type = THECA_TEMPERATURE, .offset = PUMP(temperature_mk),
		.initial = "37 degC", .min = "0 degC", .max = "60 degC",
		.help = "Where the pump is: body or bath."},
	{.name = "ambient pressure", .type = THECA_PRESSURE, .offset = PUMP(ambient_pa),
		.initial = "101325 Pa", .min = "30 kPa", .max = "700 kPa", .help = "Absolute, around the pump."},
	{.name = "outlet pressure", .type = THECA_PRESSURE, .offset = PUMP(outlet_pa), .initial = "0 Pa",
		.min = "-20 kPa", .max = "200 kPa", .help = "At the end of the line, above ambient."},
	{0},
};

static const struct theca_option sampled_options[] = {
	{.name = "plugin", .type = THECA_TEXT, .offset = OTHER(plugin), .help = "The plugin's name."},
	{.name = "sample every", .type = THECA_DURATION, .offset = OTHER(sample_every_ns),
		.flags = THECA_OPTIONAL, .min = "1 ms", .max = "1 d",
		.help = "Sampling period; the bench's if left out."},
	{0},
};

static const struct theca_option plain_options[] = {
	{.name = "plugin", .type = THECA_TEXT, .offset = OTHER(plugin), .help = "The plugin's name."},
	{0},
};

struct schema settings_bench(void)
{
	return (struct schema){bench_options, sizeof *bench_options};
}

struct schema settings_of(enum module_kind kind)
{
	const struct theca_option *options = plain_options;

	if (kind == MODULE_PUMP)
		options = pump_options;
	else if (kind == MODULE_INSTRUMENT)
		options = sampled_options;
	return (struct schema){options, sizeof *options};
}

const char *settings_plugin_key(enum module_kind kind)
{
	return kind == MODULE_PUMP ? "driver" : "plugin";
}
