/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated balance: each of its errors by itself, and their order. */
#include <fakehost.h>
#include <math.h>
#include <tap.h>

struct config { /* as in balance.c */
	uint32_t weighs;
	int64_t resolution_pg, noise_pg, vibration_pg, vibration_share_ppm;
	int64_t drift_pg_per_day, evaporation_pg_per_day;
	int64_t settling_ns, stability_pg, capacity_pg, tare_pg;
	int64_t air_ug_per_ml, weights_ug_per_ml;
};

#define MG INT64_C(1000000000)
#define SECOND THECA_SECOND_NS
#define HOUR THECA_HOUR_NS

enum { MASS = 1, STABLE, TEMPERATURE };

struct rig {
	struct fake fake;
	struct config config;
	void *self;
};

static const struct theca_plugin *const plugin = &theca_plugin_v1;

static const struct config ideal = {
	.weighs = 1,
	.resolution_pg = MG / 100,
	.stability_pg = MG / 2,
	.capacity_pg = 220000 * MG,
	.tare_pg = 50000 * MG,
	.weights_ug_per_ml = 8000000,
};

static void open_rig(struct rig *rig, const struct config *config)
{
	*rig = (struct rig){.config = *config};
	fake_init(&rig->fake);
	is(plugin->create(&rig->fake.host, &rig->config, &rig->self), 0, "create");
}

static void load(struct rig *rig, int64_t volume_pl, int64_t fluid_pg)
{
	rig->fake.arrival = (struct theca_arrival){.size = sizeof rig->fake.arrival,
		.volume_pl = volume_pl,
		.fluid_pg = fluid_pg,
		.temperature_mk = 310150};
}

static int64_t read_at(struct rig *rig, int64_t now_ns)
{
	rig->fake.now_ns = now_ns;
	plugin->instrument->poll(rig->self, now_ns);
	return rig->fake.latest[MASS].value;
}

static void test_ideal(void)
{
	struct rig rig;
	open_rig(&rig, &ideal);
	is_text(rig.fake.signals[MASS].name, "mass", "mass comes first");
	is_text(rig.fake.signals[MASS].unit, "mg", "in mg");
	is(rig.fake.signals[MASS].decimals, 3, "with three decimals");
	is(rig.fake.signals[STABLE].dimension, THECA_FLAG, "stable is a flag");
	is(read_at(&rig, 1 * SECOND), 0, "an empty vessel");
	load(&rig, 100 * MG, 99333 * MG / 1000 + 1999999);
	is(read_at(&rig, 2 * SECOND), 99330000000, "rounded to the steps of the display");
	is(rig.fake.latest[STABLE].value, 0, "not stable while it moves");
	is(rig.fake.latest[TEMPERATURE].value, 310150, "the temperature there");
	is(read_at(&rig, 3 * SECOND), 99330000000, "the same again");
	is(rig.fake.latest[STABLE].value, 1, "now stable");
	plugin->destroy(rig.self);
}

static void test_buoyancy(void)
{
	struct rig rig;
	struct config config = ideal;
	config.air_ug_per_ml = 1200;
	config.resolution_pg = 1000;
	open_rig(&rig, &config);
	is(rig.fake.signals[MASS].decimals, 6, "a microgram needs six decimals");
	load(&rig, 1000 * MG, 998210000 * INT64_C(1000)); /* 1 mL of water at 20 degC */
	double z_ml_per_g = 1e12 / (double)read_at(&rig, SECOND);
	ok(fabs(z_ml_per_g - 1.00285) < 0.000006, "Z at 20 degC is 1.00285 mL/g: %.6f", z_ml_per_g);
	plugin->destroy(rig.self);
}

static void test_evaporation_and_drift(void)
{
	struct rig rig;
	struct config config = ideal;
	config.evaporation_pg_per_day = 24 * MG;
	open_rig(&rig, &config);
	is(read_at(&rig, 5 * HOUR), 0, "begins with the first reading");
	is(read_at(&rig, 7 * HOUR), -2 * MG, "1 mg/h evaporates");
	plugin->destroy(rig.self);
	config.drift_pg_per_day = 36 * MG;
	config.weighs = 0;
	open_rig(&rig, &config);
	load(&rig, MG, MG);
	read_at(&rig, 0);
	is(read_at(&rig, 2 * HOUR), 1 * MG, "drift on top, in a blank vessel");
	plugin->destroy(rig.self);
}

static void test_settling(void)
{
	struct rig rig;
	struct config config = ideal;
	config.settling_ns = 10 * SECOND;
	open_rig(&rig, &config);
	read_at(&rig, 0);
	load(&rig, 100 * MG, 100 * MG);
	is(read_at(&rig, 10 * SECOND), 63210000000, "1 - 1/e after the time constant");
	for (int i = 11; i < 20; i++)
		read_at(&rig, i * SECOND);
	is(read_at(&rig, 20 * SECOND), 86470000000, "1 - 1/e^2 after two, in whatever steps");
	plugin->destroy(rig.self);
}

static void test_noise(void)
{
	struct rig rig;
	struct config config = ideal;
	config.noise_pg = MG / 50;
	config.resolution_pg = 1000;
	open_rig(&rig, &config);
	double sum = 0, squares = 0;
	for (int i = 0; i < 2000; i++) {
		double mg = (double)read_at(&rig, i * SECOND) * 1e-9;
		sum += mg, squares += mg * mg;
	}
	double sd = sqrt(squares / 2000 - sum * sum / 4e6);
	ok(fabs(sum / 2000) < 0.002, "noise has no mean: %.5f mg", sum / 2000);
	ok(fabs(sd - 0.02) < 0.001, "its standard deviation is as set: %.5f mg", sd);
	int64_t first = rig.fake.samples[0].value;
	plugin->destroy(rig.self);
	open_rig(&rig, &config);
	is(read_at(&rig, 0), first, "the same seed, the same noise");
	plugin->destroy(rig.self);
}

static void test_vibration(void)
{
	struct rig rig;
	struct config config = ideal;
	config.vibration_pg = 10 * MG;
	config.vibration_share_ppm = 100000;
	open_rig(&rig, &config);
	int shaken = 0, unstable = 0;
	for (int i = 0; i < 1000; i++) {
		shaken += read_at(&rig, i * SECOND) != 0;
		unstable += !rig.fake.latest[STABLE].value;
	}
	ok(shaken > 70 && shaken < 130, "a tenth of the readings is disturbed: %d", shaken);
	ok(unstable >= shaken && unstable < shaken + 5, "and they are not stable: %d", unstable);
	plugin->destroy(rig.self);
}

static void test_tare(void)
{
	struct rig rig;
	struct theca_command command = {.size = sizeof command, .verb = THECA_TARE, .token = 5};
	open_rig(&rig, &ideal);
	load(&rig, 10 * MG, 10 * MG);
	is(read_at(&rig, SECOND), 10 * MG, "10 mg");
	is(plugin->instrument->tare(rig.self, &command), 0, "tare");
	is(rig.fake.done_token, 5, "done at once");
	is(read_at(&rig, 2 * SECOND), 0, "nothing");
	load(&rig, 15 * MG, 15 * MG);
	is(read_at(&rig, 3 * SECOND), 5 * MG, "what came since");
	is(plugin->instrument->zero(rig.self, &command), 0, "zero");
	is(read_at(&rig, 4 * SECOND), 0, "nothing again");
	plugin->destroy(rig.self);
}

static void test_capacity(void)
{
	struct rig rig;
	open_rig(&rig, &ideal);
	load(&rig, 170001 * MG, 170001 * MG);
	read_at(&rig, SECOND);
	is(rig.fake.latest[MASS].quality, THECA_INVALID, "vessel and load are too much");
	is_text(rig.fake.alarm, "overload", "alarm");
	read_at(&rig, 2 * SECOND);
	is(rig.fake.alarms, 1, "... once");
	load(&rig, 169999 * MG, 169999 * MG);
	read_at(&rig, 3 * SECOND);
	is(rig.fake.latest[MASS].quality, THECA_GOOD, "within");
	is_text(rig.fake.cleared, "overload", "cleared");
	plugin->destroy(rig.self);
	rig.config.tare_pg = 220000 * MG;
	is(plugin->check(&rig.fake.host, &rig.config), -EINVAL, "a vessel above the capacity");
	is(plugin->check(&rig.fake.host, &ideal), 0, "a light one");
}

static int refuse(struct theca_host *host, uint32_t pump, struct theca_arrival *arrival)
{
	(void)host, (void)pump, (void)arrival;
	return -EPERM;
}

static void test_real_pump(void)
{
	struct rig rig;
	open_rig(&rig, &ideal);
	rig.fake.api.arrived = refuse;
	is(plugin->instrument->poll(rig.self, SECOND), -EPERM,
		"what a real pump gave is not known");
	is(rig.fake.sample_count, 0, "and nothing is said");
	plugin->destroy(rig.self);
}

int main(void)
{
	is(plugin->config_size, sizeof(struct config), "the config struct is as here");
	is(plugin->instrument->simulated, 1, "labelled simulated");
	test_ideal();
	test_buoyancy();
	test_evaporation_and_drift();
	test_settling();
	test_noise();
	test_vibration();
	test_tare();
	test_capacity();
	test_real_pump();
	return done_testing();
}
