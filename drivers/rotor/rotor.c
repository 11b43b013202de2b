/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peristaltic implant of the SynchroMed II class, simulated: its options, its commands and what
 * it reports. What it does by itself is in life.c, its motor and pump head in motor.c.
 */
#include "life.h"
#include <stdlib.h>

static const char *const reservoirs[] = {"20 mL", "40 mL", NULL};
static const int64_t reservoirs_pl[] = {20000000000, 40000000000};

#define OPTION(key, kind, field, start, low, high, sentence)                                       \
	{                                                                                          \
		.name = key, .type = kind, .offset = offsetof(struct config, field),               \
		.initial = start, .min = low, .max = high, .help = sentence                        \
	}

static const struct theca_option options[] = {
	{.name = "reservoir",
		.type = THECA_CHOICE,
		.offset = offsetof(struct config, reservoir),
		.initial = "40 mL",
		.choices = reservoirs,
		.help = "Capacity of the reservoir [S33]."},
	OPTION("residual", THECA_VOLUME, residual_pl, "1.4 mL", "0 mL", "10 mL",
		"What of it can not be delivered (U-m)."),
	OPTION("low reservoir", THECA_VOLUME, low_reservoir_pl, "2 mL", "0 mL", "20 mL",
		"Content at which the low reservoir alarm sounds, by the pump's own count [S38]."),
	OPTION("internal tubing", THECA_VOLUME, tubing_pl, "0.199 mL", "0 mL", "1 mL",
		"Volume between reservoir and outlet (U-h)."),
	OPTION("min rate", THECA_RATE, min_rate_pl_per_day, "0.048 mL/day", "0.001 mL/day",
		"24 mL/day", "Lowest infusing rate [S1]."),
	OPTION("max rate", THECA_RATE, max_rate_pl_per_day, "24 mL/day", "0.048 mL/day",
		"100 mL/day", "Highest rate, bolus included (U-h)."),
	OPTION("tolerance", THECA_RATIO, tolerance_ppm, "14.5 %", "0 %", "50 %",
		"Labelled accuracy of the flow [S9]."),
	OPTION("step volume", THECA_VOLUME, step_pl, "50 nL", "1 nL", "10 uL",
		"Nominal volume of one motor step (U-l)."),
	OPTION("volume per revolution", THECA_VOLUME, turn_pl, "10 uL", "10 nL", "1 mL",
		"Nominal volume of one revolution of the rotor (U-l)."),
	OPTION("rollers", THECA_COUNT, rollers, "3", "1", "12", "Rollers on the rotor (U-l)."),
	OPTION("clock tick", THECA_DURATION, tick_ns, "10 ms", "1 us", "10 s",
		"The time between two steps is a whole number of these (U-l)."),
	{.name = "gain error",
		.type = THECA_RATIO,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct config, gain_error_ppm),
		.min = "-50 %",
		.max = "50 %",
		.help = "How much more than nominal this unit truly delivers; "
			"drawn from the seed when left out."},
	OPTION("spread", THECA_RATIO, spread_ppm, "2.4 %", "0 %", "10 %",
		"Standard deviation of the gain error over units, when it is drawn [S10]."),
	OPTION("calibration", THECA_RATIO, calibration_ppm, "100 %", "50 %", "150 %",
		"What the programmer takes a step to be, of its nominal volume [S41]."),
	OPTION("cyclic error", THECA_RATIO, roller_error_ppm, "12 %", "0 %", "60 %",
		"Amplitude of the flow's change as each roller passes (U-l)."),
	OPTION("revolution error", THECA_RATIO, turn_error_ppm, "3 %", "0 %", "30 %",
		"Amplitude of the flow's change over a revolution (U-l)."),
	OPTION("start-up slack", THECA_VOLUME, slack_pl, "2 uL", "0 uL", "1 mL",
		"Volume lost in all after a start, before flow is full (U-l)."),
	OPTION("slip pressure", THECA_PRESSURE, slip_pa, "200 kPa", "1 kPa", "1000 kPa",
		"Outlet pressure over ambient at which the rollers slip and nothing leaves (U-l)."),
	OPTION("battery life", THECA_DURATION, battery_ns, "2557 d", "1 d", "36500 d",
		"From new to end of service at the reference rate, 84 months (U-m)."),
	OPTION("battery rate", THECA_RATE, battery_rate_pl_per_day, "0.5 mL/day", "0.001 mL/day",
		"24 mL/day", "Reference rate of the battery life (U-l)."),
	OPTION("battery motor share", THECA_RATIO, battery_motor_ppm, "20 %", "0 %", "99 %",
		"What of the battery goes into motor steps at the reference rate (U-l)."),
	OPTION("battery used", THECA_RATIO, battery_used_ppm, "0 %", "0 %", "100 %",
		"What of the battery is used up when the pump is created."),
	OPTION("end of service after", THECA_DURATION, eri_ns, "90 d", "1 s", "365 d",
		"From the elective replacement indicator to the end of service (U-m)."),
	OPTION("stall field", THECA_MAGNETIC_FIELD, stall_field_ut, "100 mT", "1 mT", "10 T",
		"A magnetic field above this stops the rotor (U-l)."),
	OPTION("restart delay", THECA_DURATION, restart_ns, "0 s", "0 s", "24 h",
		"How long the rotor stands after the field has gone; 2 to 24 h are reported "
		"[S23]."),
	OPTION("stall detection", THECA_DURATION, detection_ns, "20 min", "1 s", "90 min",
		"Until the pump notices a stall, and a recovery (U-m)."),
	{.name = "serial number",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct config, serial_number),
		.help = "What an interrogation reads; drawn from the seed when left out."},
	{0},
};

static int check(struct theca_host *host, const void *data)
{
	const struct config *config = data;
	int result = 0;
	if (config->turn_pl % config->step_pl ||
		config->turn_pl / config->step_pl < 2 * config->rollers) {
		theca_complain(host, "volume per revolution",
			"expected a whole number of motor steps, at least two for each roller");
		result = -EINVAL;
	}
	if (config->min_rate_pl_per_day > config->max_rate_pl_per_day) {
		theca_complain(host, "min rate", "expected no more than `max rate`");
		result = -EINVAL;
	}
	if (config->low_reservoir_pl < config->residual_pl)
		theca_log(host, THECA_WARNING,
			"the low reservoir alarm comes after the usable volume has gone");
	return result;
}

/* -- create ----------------------------------------------------------------------------------- */

/* Both are drawn whether used or not, so that stating one does not change the other. */
static int64_t draw_unit(struct rotor *self)
{
	const struct config *config = self->config;
	double chance = theca_normal(self->host);
	snprintf(self->serial_number, sizeof self->serial_number, "SIM%06u",
		(unsigned)(theca_random(self->host) % 1000000));
	if (config->serial_number)
		snprintf(self->serial_number, sizeof self->serial_number, "%s",
			config->serial_number);
	return config->gain_error_ppm != THECA_NONE
		       ? config->gain_error_ppm
		       : (int64_t)(chance * (double)config->spread_ppm);
}

static void build_head(struct rotor *self)
{
	const struct config *config = self->config;
	int64_t gain_ppm = 1000000 + draw_unit(self);
	struct head_shape shape = {
		.steps_per_turn = config->turn_pl / config->step_pl,
		.rollers = config->rollers,
		.turn_pl = (int64_t)((__int128)config->turn_pl * gain_ppm / 1000000),
		.slack_pl = config->slack_pl,
		.roller_share = (double)config->roller_error_ppm * 1e-6,
		.turn_share = (double)config->turn_error_ppm * 1e-6,
	};
	head_init(&self->head, &shape,
		(int64_t)(theca_random(self->host) % (uint64_t)shape.steps_per_turn));
}

static void build_battery(struct rotor *self)
{
	const struct config *config = self->config;
	double life_ns = (double)config->battery_ns, motor_ppm = (double)config->battery_motor_ppm;
	double life_steps = life_ns / (double)THECA_DAY_NS *
			    (double)config->battery_rate_pl_per_day / (double)config->step_pl;
	self->idle_ppm_per_ns = (1e6 - motor_ppm) / life_ns;
	self->step_ppm = motor_ppm / life_steps;
	self->eri_ppm = 1e6 - 1e6 * (double)config->eri_ns / life_ns;
}

static int declare_signals(struct rotor *self)
{
	const struct theca_signal signals[] = {
		{.size = sizeof *signals, .name = "flow", .dimension = THECA_RATE, .decimals = 6},
		{.size = sizeof *signals,
			.name = "battery",
			.dimension = THECA_RATIO,
			.decimals = 2},
		{.size = sizeof *signals,
			.name = "temperature",
			.dimension = THECA_TEMPERATURE,
			.decimals = 2},
		{.size = sizeof *signals,
			.name = "outlet_pressure",
			.dimension = THECA_PRESSURE,
			.decimals = 3},
	};
	int *const numbers[] = {&self->flow, &self->battery, &self->temperature, &self->pressure};
	for (size_t i = 0; i < 4; i++) {
		*numbers[i] = theca_declare(self->host, &signals[i]);
		if (*numbers[i] < 0)
			return *numbers[i];
	}
	return 0;
}

static void destroy(void *data)
{
	struct rotor *self = data;
	free(self->log);
	free(self);
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct rotor *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	self->at_ns = self->born_ns = theca_now(host);
	self->stall_field_ut = self->config->stall_field_ut;
	self->step_ppm_pl = self->config->step_pl * self->config->calibration_ppm;
	self->temperature_mk = 310150;
	self->outlet_pa = 101325;
	build_head(self);
	build_battery(self);
	int failure = declare_signals(self);
	if (failure) {
		destroy(self);
		return failure;
	}
	life_begin(self);
	theca_identify(host, "model", "SynchroMed II class, simulated");
	theca_identify(host, "serial number", self->serial_number);
	*result = self;
	return 0;
}

/* -- what it can do --------------------------------------------------------------------------- */

static int64_t nearest(void *data, int64_t wanted_pl_per_day)
{
	const struct rotor *self = data;
	if (wanted_pl_per_day <= 0)
		return 0;
	return step_rate_pl_per_day(self->step_ppm_pl,
		step_interval_ns(self->step_ppm_pl, wanted_pl_per_day, self->config->tick_ns));
}

/* The bounds as the steps make them: what may be asked may be had. */
static int range(void *data, struct theca_pump_range *range)
{
	const struct rotor *self = data;
	const struct config *config = self->config;
	int64_t least = nearest(data, config->min_rate_pl_per_day);
	int64_t most = nearest(data, config->max_rate_pl_per_day);
	range->zero_is_legal = 0;
	range->min_rate_pl_per_day =
		least < config->min_rate_pl_per_day ? least : config->min_rate_pl_per_day;
	range->max_rate_pl_per_day =
		most > config->max_rate_pl_per_day ? most : config->max_rate_pl_per_day;
	range->reservoir_pl = reservoirs_pl[config->reservoir];
	range->residual_pl = config->residual_pl;
	range->low_reservoir_pl = config->low_reservoir_pl;
	range->dead_volume_pl = config->tubing_pl;
	range->tolerance_ppm = config->tolerance_ppm;
	return 0;
}

static int poll_signals(void *data, int64_t now_ns)
{
	struct rotor *self = data;
	const struct theca_sample samples[] = {
		{.time_ns = now_ns,
			.signal = (uint32_t)self->flow,
			.value = life_flow_pl_per_day(self)},
		{.time_ns = now_ns,
			.signal = (uint32_t)self->battery,
			.value = life_battery_ppm(self)},
		{.time_ns = now_ns,
			.signal = (uint32_t)self->temperature,
			.value = self->temperature_mk},
		{.time_ns = now_ns, .signal = (uint32_t)self->pressure, .value = self->outlet_pa},
	};
	return theca_report(self->host, samples, 4);
}

/* -- commands --------------------------------------------------------------------------------- */

static int done(struct rotor *self, const struct theca_command *command)
{
	return theca_done(self->host, command->token, THECA_DONE, NULL);
}

static int set_rate(void *data, const struct theca_command *command)
{
	struct rotor *self = data;
	struct theca_pump_range bounds = {.size = sizeof bounds};
	range(self, &bounds);
	if (self->ended)
		return -EIO;
	if (command->rate_pl_per_day < bounds.min_rate_pl_per_day ||
		command->rate_pl_per_day > bounds.max_rate_pl_per_day)
		return -ERANGE;
	life_run(self, command->rate_pl_per_day);
	return done(self, command);
}

/* In whole steps, and never more than asked; at `duration` 0 as fast as what runs leaves room for.
 */
static int bolus(void *data, const struct theca_command *command)
{
	struct rotor *self = data;
	int64_t steps = (int64_t)((__int128)command->volume_pl * 1000000 / self->step_ppm_pl);
	int64_t room_pl_per_day = self->config->max_rate_pl_per_day - self->rate_pl_per_day;
	int64_t duration_ns = command->duration_ns;
	if (self->ended)
		return -EIO;
	if (self->burst.steps)
		return -EBUSY;
	if (steps <= 0 || room_pl_per_day <= 0 || duration_ns < 0)
		return -ERANGE;
	__int128 least_ns = (__int128)command->volume_pl * THECA_DAY_NS / room_pl_per_day;
	if (!duration_ns && least_ns < INT64_MAX / 4)
		duration_ns = (int64_t)least_ns;
	if (duration_ns < least_ns || duration_ns < steps)
		return -ERANGE;
	life_burst(self, steps, command->volume_pl, duration_ns);
	return done(self, command);
}

static int halt(void *data, const struct theca_command *command)
{
	life_halt(data);
	return done(data, command);
}

static int interrogate(void *data, const struct theca_command *command)
{
	struct rotor *self = data;
	const struct theca_readback readback = {
		.size = sizeof readback,
		.delivering = self->rate_pl_per_day || self->burst.steps,
		.model = "SynchroMed II class",
		.serial_number = self->serial_number,
		.rate_pl_per_day = self->rate_pl_per_day,
		.delivered_pl = life_counted_pl(self, self->steps),
		.reservoir_pl = life_believed_pl(self),
		.log = self->log,
		.log_count = self->log_count,
	};
	theca_readback(self->host, &readback);
	return done(self, command);
}

static int refill(void *data, const struct theca_command *command)
{
	struct rotor *self = data;
	if (command->volume_pl < 0 || command->volume_pl > reservoirs_pl[self->config->reservoir])
		return -ERANGE;
	life_believe(self, command->volume_pl);
	return done(self, command);
}

static int acknowledge(void *data, const struct theca_command *command)
{
	return done(data, command);
}

/* -- truth ------------------------------------------------------------------------------------ */

static void contain(void *data, int64_t volume_pl)
{
	struct rotor *self = data;
	self->content_pl = volume_pl;
	if (!self->filled) /* the pump is programmed with its first fill; later ones come by refill
			    */
		life_believe(self, volume_pl);
	self->filled = true;
}

static int64_t next_event(void *data)
{
	return ((const struct rotor *)data)->event_ns;
}

static size_t advance(void *data, int64_t to_ns, const struct theca_surroundings *around,
	struct theca_segment *out, size_t max)
{
	return life_advance(data, to_ns, around, out, max);
}

static const struct theca_simulation simulation = {
	.size = sizeof simulation,
	.contain = contain,
	.next_event = next_event,
	.advance = advance,
};

static const struct theca_pump pump = {
	.size = sizeof pump,
	.range = range,
	.nearest = nearest,
	.poll = poll_signals,
	.set_rate = set_rate,
	.bolus = bolus,
	.halt = halt,
	.interrogate = interrogate,
	.refill = refill,
	.prime = bolus,
	.purge = bolus,
	.acknowledge = acknowledge,
	.simulation = &simulation,
};

THECA_PLUGIN(.name = "rotor", .version = "1",
	.summary = "A simulated peristaltic implant of the SynchroMed II class.",
	.options = options, .config_size = sizeof(struct config), .check = check, .create = create,
	.destroy = destroy, .pump = &pump);
