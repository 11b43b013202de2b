/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated implant: step instants, exact sums, what a unit's pump head makes of a rate, and
 * what happens to it by itself. */
#include <fakehost.h>
#include <math.h>
#include <tap.h>
#include "life.h"

#define ML INT64_C(1000000000)
#define UL INT64_C(1000000)
#define DAY THECA_DAY_NS
#define HOUR THECA_HOUR_NS
#define MINUTE THECA_MINUTE_NS
#define SECOND THECA_SECOND_NS

struct rig {
	struct fake fake;
	struct config config;
	void *self;
	struct theca_surroundings around;
	int64_t out_pl; /* all that left since it was last set to 0 */
	size_t segments;
};

static const struct theca_plugin *const plugin = &theca_plugin_v1;
static const struct theca_pump *pump;

static const struct config plain = {
	/* a pump without errors: 50 nL are 50 nL */
	.reservoir = 1,
	.residual_pl = 1400 * UL,
	.low_reservoir_pl = 2 * ML,
	.tubing_pl = 199 * UL,
	.min_rate_pl_per_day = 48 * UL,
	.max_rate_pl_per_day = 24 * ML,
	.tolerance_ppm = 145000,
	.step_pl = 50000,
	.turn_pl = 10 * UL,
	.rollers = 3,
	.tick_ns = 10000000,
	.gain_error_ppm = 0,
	.spread_ppm = 24000,
	.calibration_ppm = 1000000,
	.slip_pa = 200000,
	.battery_ns = 2557 * DAY,
	.battery_rate_pl_per_day = 500 * UL,
	.battery_motor_ppm = 200000,
	.eri_ns = 90 * DAY,
	.stall_field_ut = 100000,
	.detection_ns = 20 * MINUTE,
};

static void open_rig(struct rig *rig, const struct config *config, uint64_t seed)
{
	*rig = (struct rig){.config = *config};
	fake_init(&rig->fake);
	rig->fake.random_state = seed;
	rig->around = (struct theca_surroundings){.size = sizeof rig->around,
		.outlet_pa = 102000,
		.ambient_pa = 101325,
		.temperature_mk = 310150};
	plugin->create(&rig->fake.host, &rig->config, &rig->self);
	pump->simulation->contain(rig->self, 40 * ML);
}

static void close_rig(struct rig *rig)
{
	plugin->destroy(rig->self);
}

static void advance_to(struct rig *rig, int64_t to_ns)
{
	struct theca_segment out[4];
	size_t count;
	do {
		count = pump->simulation->advance(rig->self, to_ns, &rig->around, out, 4);
		for (size_t i = 0; i < count; i++)
			rig->out_pl += out[i].volume_pl;
		rig->segments += count;
	} while (count && out[count - 1].until_ns < to_ns);
	rig->fake.now_ns = to_ns;
}

static void grind(struct rig *rig, int64_t to_ns, int64_t by_ns)
{
	for (int64_t now_ns = rig->fake.now_ns; now_ns < to_ns;) {
		now_ns = now_ns + by_ns < to_ns ? now_ns + by_ns : to_ns;
		advance_to(rig, now_ns);
	}
}

static int run_at(struct rig *rig, int64_t rate_pl_per_day)
{
	struct theca_command command = {.size = sizeof command,
		.verb = THECA_SET_RATE,
		.token = 7,
		.rate_pl_per_day = rate_pl_per_day};
	return pump->set_rate(rig->self, &command);
}

static int give(struct rig *rig, int64_t volume_pl, int64_t duration_ns)
{
	struct theca_command command = {.size = sizeof command,
		.verb = THECA_BOLUS,
		.token = 8,
		.volume_pl = volume_pl,
		.duration_ns = duration_ns};
	return pump->bolus(rig->self, &command);
}

static int simple(struct rig *rig, int (*operation)(void *, const struct theca_command *))
{
	struct theca_command command = {.size = sizeof command, .token = 9, .volume_pl = 30 * ML};
	return operation(rig->self, &command);
}

/* -- rates and steps -------------------------------------------------------------------------- */

static void test_nearest(void)
{
	static const struct {
		int64_t wanted, got;
	} rates[] = {
		{48 * UL, 48000000},     /* 90 s a step */
		{500 * UL, 500000000},   /* 8.64 s */
		{501 * UL, 501160093},   /* 8.6227 s wanted, 8.62 s had */
		{1000 * UL, 1000000000}, /* 4.32 s */
		{24 * ML, 24000000000},  /* 0.18 s */
		{23 * ML, 22736842105},  /* 0.1878 s wanted, 0.19 s had */
		{0, 0},
	};
	struct rig rig;
	open_rig(&rig, &plain, 1);
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		int64_t got = pump->nearest(rig.self, rates[i].wanted);
		is(got, rates[i].got, "nearest to %" PRId64 " pL/day", rates[i].wanted);
		is(pump->nearest(rig.self, got), got, "... and it stays");
	}
	is(run_at(&rig, 40 * UL), -ERANGE, "below the lowest rate");
	is(run_at(&rig, 25 * ML), -ERANGE, "above the highest rate");
	is(rig.fake.done_count, 0, "a refused command is not done");
	close_rig(&rig);
}

static void test_range(void)
{
	struct rig rig;
	struct theca_pump_range range = {.size = sizeof range};
	struct config config = plain;
	config.calibration_ppm = 1013000;
	open_rig(&rig, &config, 1);
	is(pump->range(rig.self, &range), 0, "the range is told");
	is(range.reservoir_pl, 40 * ML, "capacity");
	is(range.dead_volume_pl, 199 * UL, "internal tubing");
	ok(pump->nearest(rig.self, 48 * UL) >= range.min_rate_pl_per_day &&
			pump->nearest(rig.self, 24 * ML) <= range.max_rate_pl_per_day,
		"what the steps make of the bounds is within the range");
	is(run_at(&rig, 48 * UL), 0, "the lowest rate can be set");
	close_rig(&rig);
}

static void test_step_instants(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	is(run_at(&rig, 500 * UL), 0, "a step each 8.64 s");
	is(rig.fake.done_token, 7, "done at once");
	advance_to(&rig, 8639999999);
	is(rig.out_pl, 0, "nothing before the first step");
	advance_to(&rig, 8640000000);
	is(rig.out_pl, 50000, "one step at its instant");
	advance_to(&rig, 8640000000 + 4320000000);
	run_at(&rig, 1000 * UL);
	advance_to(&rig, 8640000000 + 4320000000 + 2159999999);
	is(rig.out_pl, 50000, "half a step wound at the old rate ...");
	advance_to(&rig, 8640000000 + 4320000000 + 2160000000);
	is(rig.out_pl, 100000, "... takes half an interval of the new one");
	close_rig(&rig);
}

/* -- volume ----------------------------------------------------------------------------------- */

static const int64_t grids_ns[] = {100 * 1000000, 1 * SECOND, 7 * SECOND + 1, 1 * HOUR, 20 * DAY};

static void test_exact_sums(void)
{
	struct config config = plain;
	config.roller_error_ppm = 120000;
	config.turn_error_ppm = 30000;
	config.slack_pl = 2 * UL;
	config.gain_error_ppm = -23456;
	int64_t want = 0;
	for (size_t i = sizeof grids_ns / sizeof *grids_ns; i-- > 0;) {
		struct rig rig;
		open_rig(&rig, &config, 3);
		run_at(&rig, 3 * ML + 1234567);
		grind(&rig, 3 * HOUR + 12345, grids_ns[i]);
		run_at(&rig, 700 * UL);
		give(&rig, 777 * UL / 10, 13 * MINUTE);
		grind(&rig, 7 * HOUR, grids_ns[i]);
		simple(&rig, pump->halt);
		grind(&rig, 8 * HOUR, grids_ns[i]);
		run_at(&rig, 24 * ML);
		grind(&rig, 9 * HOUR, grids_ns[i]);
		if (!want)
			want = rig.out_pl;
		is(rig.out_pl, want, "the same picolitres by steps of %" PRId64 " ms",
			grids_ns[i] / 1000000);
		close_rig(&rig);
	}
}

static void test_long_span(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	run_at(&rig, 200 * UL);
	advance_to(&rig, 150 * DAY);
	is(rig.out_pl, 30 * ML, "150 days at 0.2 mL/day");
	is(rig.segments, 1, "... in one segment");
	close_rig(&rig);
}

/* The largest relative error over windows of this span, at 24 mL/day. */
static double window_error(struct rig *rig, int64_t span_ns, int windows)
{
	double error = 0;
	for (int i = 0; i < windows; i++) {
		rig->out_pl = 0;
		advance_to(rig, rig->fake.now_ns + span_ns);
		double wanted = 24e9 * (double)span_ns / (double)DAY;
		double found = fabs((double)rig->out_pl / wanted - 1);
		if (found > error)
			error = found;
	}
	return error;
}

static void test_cyclic_error(void)
{
	struct rig rig;
	struct config config = plain;
	config.roller_error_ppm = 120000;
	config.rollers = 4;
	open_rig(&rig, &config, 5);
	run_at(&rig, 24 * ML); /* 200 steps of 0.18 s: a turn in 36 s, a roller in 9 s */
	double fine = window_error(&rig, 1800 * 1000000, 200);
	ok(fine > 0.105 && fine < 0.1201, "ten steps show the roller: %.4f", fine);
	double half = window_error(&rig, 9 * SECOND / 2, 60);
	ok(half < 0.12 * 2 / 3.14159 + 0.001, "half a roller shows 2/pi of it: %.4f", half);
	double turn = window_error(&rig, 36 * SECOND, 10);
	ok(turn < 1e-7, "a whole revolution shows nothing: %.9f", turn);
	close_rig(&rig);
}

static void test_units_differ(void)
{
	struct config config = plain;
	config.gain_error_ppm = THECA_NONE;
	double sum = 0, squares = 0, first = 0, again = 0;
	char serial[32] = "";
	int same_serial = 0;
	for (uint64_t unit = 0; unit < 201; unit++) {
		struct rig rig;
		open_rig(&rig, &config, unit == 200 ? 0 : unit);
		run_at(&rig, 24 * ML);
		advance_to(&rig, DAY);
		double error = (double)rig.out_pl / 24e9 - 1;
		same_serial += !strcmp(serial, ((struct rotor *)rig.self)->serial_number);
		memcpy(serial, ((struct rotor *)rig.self)->serial_number, sizeof serial);
		if (unit == 0)
			first = error;
		if (unit == 200)
			again = error;
		else
			sum += error, squares += error * error;
		close_rig(&rig);
	}
	double mean = sum / 200, sd = sqrt(squares / 200 - mean * mean);
	ok(fabs(mean) < 0.006, "200 units, mean gain error %.4f", mean);
	ok(fabs(sd - 0.024) < 0.004, "... standard deviation %.4f", sd);
	ok(first == again, "the same seed makes the same unit");
	is(same_serial, 0, "each has a serial number of its own");
}

static void test_calibration(void)
{
	struct rig rig;
	struct config config = plain;
	config.gain_error_ppm = 20000;
	config.calibration_ppm = 1020000;
	open_rig(&rig, &config, 1);
	run_at(&rig, 500 * UL);
	advance_to(&rig, 40 * DAY);
	double error = (double)rig.out_pl / 20e9 - 1;
	ok(fabs(error) < 0.001, "a calibrated unit delivers what is asked: %.5f", error);
	close_rig(&rig);
}

static void test_slack(void)
{
	struct rig rig;
	struct config config = plain;
	config.slack_pl = 2 * UL;
	open_rig(&rig, &config, 1);
	run_at(&rig, 24 * ML);
	advance_to(&rig, 36 * SECOND); /* 10 uL turned, e^-5 of the slack left */
	is(rig.out_pl, 10 * UL - 1986524, "flow rises after a start");
	advance_to(&rig, 360 * SECOND);
	is(rig.out_pl, 98 * UL, "the slack is lost once");
	run_at(&rig, 12 * ML);
	advance_to(&rig, 396 * SECOND);
	is(rig.out_pl, 103 * UL, "a change of rate is no start");
	simple(&rig, pump->halt);
	advance_to(&rig, 400 * SECOND);
	run_at(&rig, 24 * ML);
	advance_to(&rig, 760 * SECOND);
	is(rig.out_pl, 201 * UL, "a halt lets it come back");
	close_rig(&rig);
}

/* -- bolus and halt --------------------------------------------------------------------------- */

static void test_bolus(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	run_at(&rig, 500 * UL);
	is(give(&rig, 10 * UL, 10 * MINUTE), 0, "a bolus on top of the rate");
	is(give(&rig, 10 * UL, 10 * MINUTE), -EBUSY, "not two at once");
	is(pump->simulation->next_event(rig.self), 10 * MINUTE, "its end is the next event");
	pump->poll(rig.self, 0);
	is(rig.fake.latest[1].value, 1940 * UL, "flow is both rates");
	advance_to(&rig, 10 * MINUTE);
	is(rig.out_pl, 10 * UL + 69 * 50000, "rate and bolus at its end");
	pump->poll(rig.self, 0);
	is(rig.fake.latest[1].value, 500 * UL, "back to the rate by itself");
	advance_to(&rig, DAY);
	is(rig.out_pl, 510 * UL, "the bolus did not change the rate's steps");
	is(give(&rig, 235 * UL, 0), 0, "as fast as the pump can");
	is(pump->simulation->next_event(rig.self), DAY + DAY / 100,
		"... leaves the rate its share");
	is(simple(&rig, pump->halt), 0, "halt");
	is(give(&rig, 10 * UL, SECOND), -ERANGE, "faster than the pump can");
	is(give(&rig, 49999, HOUR), -ERANGE, "less than a step");
	is(give(&rig, 99999, HOUR), 0, "never more than asked");
	rig.out_pl = 0;
	advance_to(&rig, 2 * DAY);
	is(rig.out_pl, 50000, "... and without a rate nothing after it");
	close_rig(&rig);
}

static void test_halt(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	run_at(&rig, 24 * ML);
	give(&rig, 1 * UL, HOUR);
	advance_to(&rig, HOUR / 2);
	rig.out_pl = 0;
	is(simple(&rig, pump->halt), 0, "halt in the middle of a bolus");
	is(rig.fake.done_token, 9, "done at once");
	advance_to(&rig, DAY);
	is(rig.out_pl, 0, "not a step more, bolus included");
	close_rig(&rig);
}

/* -- what happens to it ----------------------------------------------------------------------- */

static void test_stall(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	run_at(&rig, 24 * ML);
	advance_to(&rig, HOUR);
	rig.out_pl = 0;
	rig.around.magnetic_field_ut = 1500000;
	advance_to(&rig, HOUR + 19 * MINUTE);
	is(rig.out_pl, 0, "nothing flows in a magnet");
	is(rig.fake.alarms, 0, "the pump has not noticed");
	advance_to(&rig, HOUR + 40 * MINUTE);
	is_text(rig.fake.alarm, "motor-stall", "after 20 min it has");
	pump->poll(rig.self, 0);
	is(rig.fake.latest[1].value, 0, "... and says that nothing flows");
	rig.around.magnetic_field_ut = 50;
	advance_to(&rig, HOUR + 41 * MINUTE);
	is(rig.out_pl, 24 * ML / 1440 / 50000 * 50000, "it turns again at once");
	is_text(rig.fake.cleared, "", "the recovery is not noticed yet");
	advance_to(&rig, 3 * HOUR);
	is_text(rig.fake.cleared, "motor-stall", "it is noticed later");
	simple(&rig, pump->interrogate);
	is(rig.fake.readback.log_count, 2, "stall and recovery are in the log");
	is(rig.fake.readback.log[0].time_ns, HOUR + 20 * MINUTE, "... with their times");
	close_rig(&rig);
}

static void test_late_restart(void)
{
	struct rig rig;
	struct config config = plain;
	config.restart_ns = 2 * HOUR;
	open_rig(&rig, &config, 1);
	run_at(&rig, 24 * ML);
	rig.around.magnetic_field_ut = 3000000;
	advance_to(&rig, 10 * MINUTE);
	rig.around.magnetic_field_ut = 0;
	advance_to(&rig, 11 * MINUTE);
	is(pump->simulation->next_event(rig.self), 20 * MINUTE, "the stall is noticed next");
	advance_to(&rig, 2 * HOUR + 10 * MINUTE);
	is(rig.out_pl, 0, "no flow until the restart delay has passed");
	is(rig.fake.alarms, 1, "one alarm");
	advance_to(&rig, 3 * HOUR + 10 * MINUTE);
	is(rig.out_pl, 1 * ML, "then full flow");
	rig.around.magnetic_field_ut = 3000000;
	advance_to(&rig, 3 * HOUR + 20 * MINUTE);
	simple(&rig, pump->halt);
	advance_to(&rig, 6 * HOUR);
	is(rig.fake.alarms, 1, "a motor that is off is not seen to stall");
	close_rig(&rig);
}

static void test_occlusion(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	run_at(&rig, 24 * ML);
	rig.around.occluded = 1;
	advance_to(&rig, HOUR);
	is(rig.out_pl, 0, "nothing leaves an occluded outlet");
	rig.around.occluded = 0;
	advance_to(&rig, 2 * HOUR);
	is(rig.out_pl, 1 * ML, "the motor went on");
	rig.around.outlet_pa = 101325 + 200001;
	advance_to(&rig, 3 * HOUR);
	is(rig.out_pl, 1 * ML, "against too high a pressure the rollers slip");
	rig.around.outlet_pa = 101325 + 199999;
	advance_to(&rig, 4 * HOUR);
	is(rig.out_pl, 2 * ML, "below it pressure does not matter");
	simple(&rig, pump->interrogate);
	is(rig.fake.readback.delivered_pl, 4 * ML, "the pump counts its steps, not what left");
	close_rig(&rig);
}

static void test_runs_dry(void)
{
	struct rig rig;
	struct config config = plain;
	config.gain_error_ppm = 10000;
	open_rig(&rig, &config, 1);
	run_at(&rig, 2 * ML);
	advance_to(&rig, 18 * DAY);
	is(rig.fake.alarms, 0, "36 of 40 mL: no alarm");
	is(pump->simulation->next_event(rig.self) / MINUTE, 19 * DAY / MINUTE, "low at 38 mL");
	advance_to(&rig, 19 * DAY + MINUTE);
	is_text(rig.fake.alarm, "low-reservoir", "low by its own count");
	advance_to(&rig, 19 * DAY + 7 * HOUR);
	is(rig.out_pl, 38600 * UL, "a unit that gives more is dry earlier");
	is_text(rig.fake.alarm, "low-reservoir", "and does not know it");
	advance_to(&rig, 20 * DAY);
	is_text(rig.fake.alarm, "empty-reservoir", "empty by its own count");
	is(rig.out_pl, 38600 * UL, "what remains can not be delivered");
	is(simple(&rig, pump->refill), 0, "a refill of 30 mL");
	pump->simulation->contain(rig.self, 20 * ML);
	is_text(rig.fake.cleared, "empty-reservoir", "clears the alarms");
	simple(&rig, pump->interrogate);
	is(rig.fake.readback.reservoir_pl, 30 * ML, "it believes what it was told, not the truth");
	advance_to(&rig, 21 * DAY);
	is(rig.out_pl, 38600 * UL + 2020 * UL, "and delivers again");
	close_rig(&rig);
}

static void test_low_during_bolus(void)
{
	struct rig rig;
	open_rig(&rig, &plain, 1);
	pump->simulation->contain(rig.self, 40 * ML);
	give(&rig, 38 * ML + 500 * UL, 4 * DAY);
	run_at(&rig, 100 * UL);
	advance_to(&rig, 3 * DAY + 21 * HOUR + 46 * MINUTE);
	is(rig.fake.alarms, 0, "not low yet");
	advance_to(&rig, 3 * DAY + 21 * HOUR + 47 * MINUTE);
	is(rig.fake.alarms, 1, "low in the middle of a long bolus");
	close_rig(&rig);
}

static void test_battery(void)
{
	struct rig rig;
	struct config config = plain;
	config.battery_ns = 1000 * DAY;
	open_rig(&rig, &config, 1);
	run_at(&rig, 500 * UL);
	advance_to(&rig, 100 * DAY);
	pump->poll(rig.self, 0);
	is(rig.fake.latest[2].value / 10, 90000, "a tenth is used in a tenth of its life");
	run_at(&rig, 1000 * UL);
	is(pump->simulation->next_event(rig.self) / DAY, 775, "a faster pump ...");
	advance_to(&rig, 774 * DAY);
	is_text(rig.fake.alarm, "empty-reservoir", "(empty long ago)");
	advance_to(&rig, 776 * DAY);
	is_text(rig.fake.alarm, "eri", "... uses 1.2 times as much");
	advance_to(&rig, 864 * DAY);
	is_text(rig.fake.alarm, "eri", "not yet the end");
	advance_to(&rig, 866 * DAY);
	is_text(rig.fake.alarm, "end-of-service", "90 days later it stops for good");
	is(run_at(&rig, 500 * UL), -EIO, "and takes no command");
	is(give(&rig, UL, HOUR), -EIO, "nor a bolus");
	simple(&rig, pump->interrogate);
	is(rig.fake.readback.delivering, 0, "its motor is off");
	is(simple(&rig, pump->halt), 0, "but a halt");
	pump->poll(rig.self, 0);
	is(rig.fake.latest[2].value, 0, "an empty battery");
	close_rig(&rig);
}

/* -- what it says ----------------------------------------------------------------------------- */

static void test_signals(void)
{
	static const char *const names[] = {"flow", "battery", "temperature", "outlet_pressure"};
	struct rig rig;
	open_rig(&rig, &plain, 1);
	is(rig.fake.signal_count, 4, "four signals");
	for (int i = 0; i < 4; i++)
		is_text(rig.fake.signals[i + 1].name, names[i], "%s", names[i]);
	rig.around.temperature_mk = 311000;
	advance_to(&rig, SECOND);
	is(pump->poll(rig.self, SECOND), 0, "poll");
	is(rig.fake.sample_count, 4, "one sample of each");
	is(rig.fake.latest[3].value, 311000, "temperature");
	is(rig.fake.latest[4].value, 102000, "outlet pressure");
	close_rig(&rig);
}

static void test_interrogate(void)
{
	struct rig rig;
	struct config config = plain;
	config.serial_number = "NGP123456H";
	open_rig(&rig, &config, 1);
	run_at(&rig, 501 * UL);
	advance_to(&rig, DAY);
	is(simple(&rig, pump->interrogate), 0, "interrogate");
	is(rig.fake.readbacks, 1, "a read-back");
	is_text(rig.fake.readback.model, "SynchroMed II class", "model");
	is_text(rig.fake.readback.serial_number, "NGP123456H", "serial number");
	is(rig.fake.readback.rate_pl_per_day, 501160093, "the rate that its steps make");
	is(rig.fake.readback.delivered_pl, 10023 * 50000, "its counter");
	is(rig.fake.readback.reservoir_pl, 40 * ML - 10023 * 50000, "its reservoir");
	is(rig.fake.readback.delivering, 1, "it delivers");
	is(simple(&rig, pump->acknowledge), 0, "an alarm can be acknowledged");
	close_rig(&rig);
}

static void test_check(void)
{
	struct rig rig;
	struct config config = plain;
	fake_init(&rig.fake);
	is(plugin->check(&rig.fake.host, &config), 0, "a sound config");
	config.turn_pl = 10 * UL + 1;
	is(plugin->check(&rig.fake.host, &config), -EINVAL, "a revolution of no whole steps");
	ok(!strncmp(rig.fake.complaint, "volume per revolution", 21), "%s", rig.fake.complaint);
	config = plain;
	config.min_rate_pl_per_day = 25 * ML;
	is(plugin->check(&rig.fake.host, &config), -EINVAL, "bounds the wrong way round");
}

int main(void)
{
	pump = plugin->pump;
	test_nearest();
	test_range();
	test_step_instants();
	test_exact_sums();
	test_long_span();
	test_cyclic_error();
	test_units_differ();
	test_calibration();
	test_slack();
	test_bolus();
	test_halt();
	test_stall();
	test_late_restart();
	test_occlusion();
	test_runs_dry();
	test_low_during_bolus();
	test_battery();
	test_signals();
	test_interrogate();
	test_check();
	return done_testing();
}
