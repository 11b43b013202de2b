/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated balance under a pump's line: what truly arrived becomes what a laboratory balance
 * would show, with its errors: buoyancy, evaporation, drift, lag, noise, the steps of the display.
 */
#include <math.h>
#include <stdlib.h>
#include <theca/plugin.h>

struct config {
	uint32_t weighs;
	int64_t resolution_pg, noise_pg, vibration_pg, vibration_share_ppm;
	int64_t drift_pg_per_day, evaporation_pg_per_day;
	int64_t settling_ns, stability_pg, capacity_pg, tare_pg;
	int64_t air_ug_per_ml, weights_ug_per_ml;
};

#define OPTION(key, kind, field, start, low, high, sentence)                                       \
	{                                                                                          \
		.name = key, .type = kind, .offset = offsetof(struct config, field),               \
		.initial = start, .min = low, .max = high, .help = sentence                        \
	}

static const struct theca_option options[] = {
	{.name = "weighs",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_PUMP | THECA_OPTIONAL,
		.offset = offsetof(struct config, weighs),
		.help = "The pump whose line ends in the vessel; left out: a blank vessel, as for "
			"finding the evaporation."},
	OPTION("resolution", THECA_MASS, resolution_pg, "0.01 mg", "1 ng", "1 g",
		"Smallest step of the display; five-place balances below 5 mL/h (U-m)."),
	OPTION("noise", THECA_MASS, noise_pg, "0.02 mg", "0 mg", "1 g",
		"Standard deviation of a reading (U-l)."),
	OPTION("vibration", THECA_MASS, vibration_pg, "0 mg", "0 mg", "1 g",
		"Standard deviation of a reading that a shake of the bench disturbs (U-l)."),
	OPTION("vibration share", THECA_RATIO, vibration_share_ppm, "1 %", "0 %", "100 %",
		"How many of the readings are so disturbed (U-l)."),
	OPTION("drift", THECA_DOSE_RATE, drift_pg_per_day, "0 mg/day", "-1 g/day", "1 g/day",
		"What the reading gains by itself (U-l)."),
	OPTION("evaporation", THECA_DOSE_RATE, evaporation_pg_per_day, "0.24 mg/day", "0 mg/day",
		"10 g/day", "Water lost from the vessel, under a film of oil [S95] (U-l)."),
	OPTION("settling time", THECA_DURATION, settling_ns, "1 s", "0 s", "10 min",
		"Time constant of the display, first order (U-l)."),
	OPTION("stability", THECA_MASS, stability_pg, "0.5 mg", "1 ng", "1 g",
		"The reading is stable while it moves less than this in a second (U-l)."),
	OPTION("capacity", THECA_MASS, capacity_pg, "220 g", "1 g", "100000 g",
		"Largest load, vessel included (U-m)."),
	OPTION("tare", THECA_MASS, tare_pg, "50 g", "0 g", "100000 g",
		"Mass of the vessel on the pan, tared off when the run begins."),
	OPTION("air density", THECA_DENSITY, air_ug_per_ml, "0.0012 g/mL", "0 g/mL", "0.002 g/mL",
		"Of the air that buoys the fluid up (D)."),
	OPTION("weights density", THECA_DENSITY, weights_ug_per_ml, "8 g/mL", "1 g/mL", "22 g/mL",
		"Of the weights that the balance was adjusted with (D)."),
	{0},
};

struct balance {
	struct theca_host *host;
	const struct config *config;
	uint32_t mass, stable, temperature; /* signals */
	bool begun, overloaded;
	int64_t began_ns, read_ns;
	int64_t lag_step_ns;
	double lag_share;  /* of a change that the display follows in lag_step_ns */
	double display_pg; /* before noise and steps, the offset not yet taken off */
	double offset_pg;  /* tare and zero */
	double buoyancy_air, buoyancy_scale;
};

static int declare_signals(struct balance *self)
{
	uint32_t decimals = 3;
	for (int64_t digit_pg = 1000000; self->config->resolution_pg % digit_pg; digit_pg /= 10)
		decimals++;
	const struct theca_signal signals[] = {
		{.size = sizeof *signals,
			.name = "mass",
			.dimension = THECA_MASS,
			.unit = "mg",
			.decimals = decimals},
		{.size = sizeof *signals, .name = "stable", .dimension = THECA_FLAG},
		{.size = sizeof *signals,
			.name = "temperature",
			.dimension = THECA_TEMPERATURE,
			.decimals = 2},
	};
	uint32_t *const numbers[] = {&self->mass, &self->stable, &self->temperature};
	for (size_t i = 0; i < 3; i++) {
		int number = theca_declare(self->host, &signals[i]);
		if (number < 0)
			return number;
		*numbers[i] = (uint32_t)number;
	}
	return 0;
}

static void identify(struct balance *self)
{
	char text[96];
	snprintf(text, sizeof text, "SIM%06u", (unsigned)(theca_random(self->host) % 1000000));
	theca_identify(self->host, "serial number", text);
	snprintf(text, sizeof text, "none: simulated, readability %g mg",
		(double)self->config->resolution_pg * 1e-9);
	theca_identify(self->host, "calibration", text);
}

static int check(struct theca_host *host, const void *data)
{
	const struct config *config = data;
	if (config->tare_pg < config->capacity_pg)
		return 0;
	theca_complain(host, "tare", "expected less than the capacity");
	return -EINVAL;
}

static void destroy(void *data)
{
	free(data);
}

static int create(struct theca_host *host, const void *data, void **result)
{
	const struct config *config = data;
	struct balance *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	self->buoyancy_air = (double)config->air_ug_per_ml * 1e-6;
	self->buoyancy_scale =
		1 / (1 - (double)config->air_ug_per_ml / (double)config->weights_ug_per_ml);
	int failure = declare_signals(self);
	if (failure) {
		destroy(self);
		return failure;
	}
	identify(self);
	*result = self;
	return 0;
}

/* -- reading ---------------------------------------------------------------------------------- */

/* What the load cell feels of the fluid: the air carries as much as the fluid displaces. */
static double felt_pg(const struct balance *self, const struct theca_arrival *arrival)
{
	double displaced_air_pg = (double)arrival->volume_pl * self->buoyancy_air;
	return ((double)arrival->fluid_pg - displaced_air_pg) * self->buoyancy_scale;
}

static double crept_pg(const struct balance *self, int64_t now_ns)
{
	double days = (double)(now_ns - self->began_ns) / (double)THECA_DAY_NS;
	const struct config *config = self->config;
	return (double)(config->drift_pg_per_day - config->evaporation_pg_per_day) * days;
}

/* The display follows the load with a lag; readings mostly come evenly, so one exp() serves. */
static void follow(struct balance *self, double load_pg, int64_t span_ns)
{
	if (span_ns != self->lag_step_ns) {
		self->lag_step_ns = span_ns;
		self->lag_share =
			self->config->settling_ns
				? -expm1(-(double)span_ns / (double)self->config->settling_ns)
				: 1;
	}
	self->display_pg += (load_pg - self->display_pg) * self->lag_share;
}

static double noise_pg(struct balance *self, bool disturbed)
{
	int64_t deviation_pg = disturbed ? self->config->vibration_pg : self->config->noise_pg;
	return deviation_pg ? theca_normal(self->host) * (double)deviation_pg : 0;
}

static void watch_capacity(struct balance *self)
{
	static const struct theca_alarm alarm = {.size = sizeof alarm,
		.priority = THECA_MEDIUM,
		.code = "overload",
		.text = "The load is above the balance's capacity."};
	bool over = self->display_pg + (double)self->config->tare_pg >
		    (double)self->config->capacity_pg;
	if (over && !self->overloaded)
		theca_raise(self->host, &alarm);
	if (!over && self->overloaded)
		theca_clear(self->host, alarm.code);
	self->overloaded = over;
}

static int64_t in_steps(const struct balance *self, double value_pg)
{
	int64_t step_pg = self->config->resolution_pg;
	return llround(value_pg / (double)step_pg) * step_pg;
}

static int report(struct balance *self, double moved_pg, int64_t span_ns, int64_t temperature_mk)
{
	const struct config *config = self->config;
	bool disturbed = config->vibration_pg &&
			 theca_uniform(self->host) * 1e6 < (double)config->vibration_share_ppm;
	double shown_pg = self->display_pg - self->offset_pg + noise_pg(self, disturbed);
	double allowed_pg =
		(double)config->stability_pg * (double)span_ns / (double)THECA_SECOND_NS;
	watch_capacity(self);
	const struct theca_sample samples[] = {
		{.time_ns = self->read_ns,
			.signal = self->mass,
			.value = in_steps(self, shown_pg),
			.quality = self->overloaded ? THECA_INVALID : THECA_GOOD},
		{.time_ns = self->read_ns,
			.signal = self->stable,
			.value = !disturbed && fabs(moved_pg) <= allowed_pg},
		{.time_ns = self->read_ns, .signal = self->temperature, .value = temperature_mk},
	};
	return theca_report(self->host, samples, 3);
}

static int poll_reading(void *data, int64_t now_ns)
{
	struct balance *self = data;
	struct theca_arrival arrival = {.size = sizeof arrival, .temperature_mk = 293150};
	int failure = 0;
	if (self->config->weighs)
		failure = theca_arrived(self->host, self->config->weighs, &arrival);
	if (failure)
		return failure;
	if (!self->begun)
		self->began_ns = now_ns;
	double load_pg = felt_pg(self, &arrival) + crept_pg(self, now_ns);
	double before_pg = self->display_pg;
	if (self->begun)
		follow(self, load_pg, now_ns - self->read_ns);
	else
		self->display_pg = before_pg = load_pg;
	int64_t span_ns = now_ns - self->read_ns;
	self->begun = true;
	self->read_ns = now_ns;
	return report(self, self->display_pg - before_pg, span_ns, arrival.temperature_mk);
}

/* Tare and zero both take off what the display shows now. */
static int tare(void *data, const struct theca_command *command)
{
	struct balance *self = data;
	self->offset_pg = self->display_pg;
	return theca_done(self->host, command->token, THECA_DONE, NULL);
}

static const struct theca_instrument instrument = {
	.size = sizeof instrument,
	.simulated = 1,
	.poll = poll_reading,
	.tare = tare,
	.zero = tare,
};

THECA_PLUGIN(.name = "balance", .version = "1",
	.summary = "A simulated balance under the end of a pump's line.", .options = options,
	.config_size = sizeof(struct config), .check = check, .create = create, .destroy = destroy,
	.instrument = &instrument);
