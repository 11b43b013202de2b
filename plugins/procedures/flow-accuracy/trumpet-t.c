/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic against flows whose trumpet curve is known in closed form. */
#include <math.h>
#include <stdlib.h>

#include "fluid.h"
#include "readings.h"
#include "tap.h"
#include "trumpet.h"

#include <theca/quantity.h>

#define PI 3.14159265358979323846
#define COUNT 241 /* two hours of half minutes, as in the continuous method */
#define INTERVAL_MIN 0.5
#define FROM 120
#define UNTIL 240

static const double windows_min[] = {2, 5, 11, 19, 31};

static bool near(double got, double want, double by)
{
	return fabs(got - want) <= by;
}

static struct trumpet make(double *volume_ml, double (*volume_at)(double min), double rate)
{
	for (size_t i = 0; i < COUNT; i++)
		volume_ml[i] = volume_at((double)i * INTERVAL_MIN);
	return (struct trumpet){volume_ml, COUNT, INTERVAL_MIN * 60, rate};
}

static struct trumpet_window window_of(const struct trumpet *trumpet, double min)
{
	return trumpet_window(trumpet, FROM, UNTIL, (size_t)(min / INTERVAL_MIN));
}

/* -- a constant flow -------------------------------------------------------------------------- */

static double constant_ml(double min)
{
	return 5.1 * min / 60;
}

static void test_constant(void)
{
	double volume_ml[COUNT];
	struct trumpet trumpet = make(volume_ml, constant_ml, 5);
	struct trumpet_mean mean = trumpet_mean(&trumpet, FROM, UNTIL);
	ok(near(mean.error_percent, 2, 1e-9), "constant: A is %.9f %%", mean.error_percent);
	ok(near(mean.span_s, 3600, 1e-9), "constant: an hour was analysed");
	ok(near(trumpet_flow_ml_per_h(&trumpet, 17), 5.1, 1e-9), "constant: Q_i is the flow");
	for (size_t i = 0; i < 5; i++) {
		struct trumpet_window window = window_of(&trumpet, windows_min[i]);
		ok(near(window.max_percent, 2, 1e-9) && near(window.min_percent, 2, 1e-9),
			"constant: Ep(max) = Ep(min) = A at %g min", windows_min[i]);
		is(window.windows, (60 - windows_min[i]) / INTERVAL_MIN + 1,
			"... m = (T - P) / S + 1");
	}
	ok(trumpet_reading_sd_ml(&trumpet, FROM, UNTIL) < 1e-12, "constant: no scatter");
}

/* -- a sine ----------------------------------------------------------------------------------- */

#define AMPLITUDE 0.2
#define TAU_MIN 10.0

static double sine_ml(double min)
{
	double w = 2 * PI / TAU_MIN;
	return 5 * 1.02 / 60 * min + 5.0 / 60 * AMPLITUDE * (1 - cos(w * min)) / w;
}

static void test_sine(void)
{
	double volume_ml[COUNT];
	struct trumpet trumpet = make(volume_ml, sine_ml, 5);
	ok(near(trumpet_mean(&trumpet, FROM, UNTIL).error_percent, 2, 1e-9),
		"sine: A over whole periods is that of the mean flow");
	/* Windows of whole minutes have their middle at half minutes, some of them on a crest (2.5
	 * min). */
	static const double middles_min[] = {1, 3, 5, 7, 9, 13, 21, 31};
	for (size_t i = 0; i < 8; i++) {
		double x = PI * middles_min[i] / TAU_MIN;
		double swing = 100 * AMPLITUDE * fabs(sin(x) / x);
		struct trumpet_window window = window_of(&trumpet, middles_min[i]);
		ok(near(window.max_percent, 2 + swing, 1e-9) &&
				near(window.min_percent, 2 - swing, 1e-9),
			"sine: A +- %.4f %% in windows of %g min", swing, middles_min[i]);
	}
	struct trumpet_window whole = window_of(&trumpet, 2 * TAU_MIN);
	ok(near(whole.max_percent - whole.min_percent, 0, 1e-9),
		"sine: nothing is seen of it in windows of whole periods");
}

/* -- strokes ---------------------------------------------------------------------------------- */

#define STROKE_ML 0.25
#define STROKE_MIN 3.0

static double strokes_ml(double min)
{
	return STROKE_ML * floor((min + 0.2) / STROKE_MIN);
}

static void test_strokes(void)
{
	double volume_ml[COUNT];
	struct trumpet trumpet = make(volume_ml, strokes_ml, 5);
	for (size_t i = 0; i < 5; i++) {
		double p = windows_min[i], per_stroke = STROKE_ML * 60 / (p * 5);
		double most = 100 * (ceil(p / STROKE_MIN) * per_stroke - 1);
		double least = 100 * (floor(p / STROKE_MIN) * per_stroke - 1);
		struct trumpet_window window = window_of(&trumpet, p);
		ok(near(window.max_percent, most, 1e-9), "strokes: Ep(max) %.4f %% at %g min", most,
			p);
		ok(near(window.min_percent, least, 1e-9), "strokes: Ep(min) %.4f %%", least);
	}
}

/* -- gaps and noise --------------------------------------------------------------------------- */

static void test_gaps(void)
{
	double volume_ml[COUNT];
	struct trumpet trumpet = make(volume_ml, constant_ml, 5);
	volume_ml[180] = NAN;
	struct trumpet_window window = window_of(&trumpet, 2);
	is(window.left_out, 5,
		"a window of 4 intervals has 5 readings: one missing touches 5 windows");
	is(window.windows, 112, "the others count");
	ok(isnan(trumpet_flow_ml_per_h(&trumpet, 180)), "no flow up to it");
	ok(isnan(trumpet_flow_ml_per_h(&trumpet, 181)), "nor from it");
	struct trumpet_mean mean = trumpet_mean(&trumpet, FROM, UNTIL);
	is(mean.missing, 1, "the mean knows of one missing");
	ok(near(mean.error_percent, 2, 1e-9), "and is what it was");
	volume_ml[UNTIL] = volume_ml[FROM] = NAN;
	mean = trumpet_mean(&trumpet, FROM, UNTIL);
	ok(near(mean.span_s, 3540, 1e-9), "missing ends make the period shorter");
	for (size_t i = 0; i < COUNT; i++)
		volume_ml[i] = NAN;
	ok(isnan(trumpet_mean(&trumpet, FROM, UNTIL).error_percent), "nothing there: no mean");
	window = window_of(&trumpet, 2);
	ok(isnan(window.max_percent) && !window.windows && window.left_out == 117, "no window");
	ok(isnan(trumpet_reading_sd_ml(&trumpet, FROM, UNTIL)), "no scatter known");
}

static void test_noise(void)
{
	double volume_ml[COUNT];
	struct trumpet trumpet = make(volume_ml, constant_ml, 5);
	uint32_t state = 1;
	double sum = 0;
	for (size_t i = 0; i < COUNT; i++) {
		state = state * 1664525u + 1013904223u;
		double noise = ((double)state / 4294967296.0 - 0.5) * 0.002; /* sd 0.002/sqrt(12) */
		volume_ml[i] += noise;
		sum += noise * noise;
	}
	double sd_ml = trumpet_reading_sd_ml(&trumpet, 0, UNTIL), want = sqrt(sum / COUNT);
	ok(near(sd_ml, want, 0.1 * want), "scatter of a reading: %.3g, put in %.3g", sd_ml, want);
}

/* -- fluid ------------------------------------------------------------------------------------ */

static void test_fluid(void)
{
	static const struct {
		double c, density, z;
	} rows[] = {{15, 0.99910, 1.00195}, {20, 0.99821, 1.00285}, {25, 0.99705, 1.00402},
		{30, 0.99565, 1.00543}, {37, 0.99333, 1.00778}, {40, 0.99222, 1.00891}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double density = fluid_water_g_per_ml(rows[i].c);
		ok(near(density, rows[i].density, 6e-6), "water at %g degC: %.5f g/mL", rows[i].c,
			density);
		ok(near(fluid_ml_per_g(density, true), rows[i].z, 6e-6), "Z %.5f mL/g",
			fluid_ml_per_g(density, true));
	}
	ok(near(fluid_ml_per_g(0.8, false), 1.25, 1e-12), "without buoyancy 1/d");
}

/* -- readings --------------------------------------------------------------------------------- */

#define S THECA_SECOND_NS

static void test_readings(void)
{
	struct readings readings;
	readings_init(&readings, 30 * S, 5);
	readings_add(&readings, 5 * S, 70);
	ok(readings.start_ns == THECA_NONE, "not armed: no start");
	readings_arm(&readings, 10 * S);
	readings_add(&readings, 9 * S, 80);
	ok(readings.start_ns == THECA_NONE, "a reading before that is none");
	readings_add(&readings, 12 * S, 100);
	is(readings.start_ns, 12 * S, "the first from then on is the start");
	readings_add(&readings, 12 * S, 900);
	readings_add(&readings, 11 * S, 900);
	is(readings.last_pg, 100, "time does not stand still or run backwards");
	readings_add(&readings, 37 * S, 150);
	is(readings.taken, 1, "between instants nothing is taken");
	readings_add(&readings, 47 * S, 170);
	ok(near(readings.mass_g[1], 60e-12, 1e-18), "an instant between two readings, evenly");
	readings_add(&readings, 72 * S, 300);
	ok(near(readings.mass_g[2], 200e-12, 1e-18), "an instant at a reading is that reading");
	readings_add(&readings, 118 * S, 400);
	ok(isnan(readings.mass_g[3]), "readings 46 s apart leave what is between missing");
	is(readings.resolution_pg, 10, "all are steps of 10 apart");
	ok(!readings_complete(&readings), "one is still to come");
	readings_add(&readings, 163 * S, 500);
	ok(readings_complete(&readings) && !isnan(readings.mass_g[4]), "45 s is near enough");
	readings_add(&readings, 200 * S, 501);
	is(readings.taken, 5, "what comes later changes nothing");
	readings_finish(&readings);
}

static void test_close(void)
{
	struct readings readings;
	readings_init(&readings, 30 * S, 4);
	readings_arm(&readings, INT64_MIN);
	readings_add(&readings, -500 * S, 7);
	is(readings.start_ns, -500 * S, "armed for any time");
	readings_close(&readings);
	ok(readings.mass_g[0] == 0 && isnan(readings.mass_g[1]) && isnan(readings.mass_g[3]),
		"what did not come is missing");
	readings_finish(&readings);
	readings_finish(&readings);
}

int main(void)
{
	test_constant();
	test_sine();
	test_strokes();
	test_gaps();
	test_noise();
	test_fluid();
	test_readings();
	test_close();
	return done_testing();
}
