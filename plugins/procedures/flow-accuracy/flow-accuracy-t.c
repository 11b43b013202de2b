/* SPDX-License-Identifier: Apache-2.0 */
/* The test as a fold: what it asks for, what it makes of samples, how it ends. */
#include <math.h>

#include "fakehost.h"
#include "flow-accuracy.h"
#include "tap.h"

#define MINUTE THECA_MINUTE_NS
#define HOUR THECA_HOUR_NS
#define RATE_PL_PER_DAY INT64_C(500000000)
#define PUMP 1
#define SCALE 2

struct rig {
	struct fake fake; /* first: what the fake host hands out is this rig */
	struct flow_config config;
	void *self;
	int ask_answer;
	uint32_t mass;
	double gain;           /* of the pump */
	double loss_pg_per_ns; /* from the vessel */
	int64_t step_pg;       /* of the display */
	double trumpet_max[8], start_up_last;
	int64_t missing_from_ns, missing_until_ns;
	char rows[64][80];
	int row_count;
};

static const struct theca_procedure *procedure(void)
{
	return theca_plugin_v1.procedure;
}

/* -- rig -------------------------------------------------------------------------------------- */

static struct rig *current; /* the fake's chart and table hooks know no instance */

static void keep_chart(const struct theca_chart *chart)
{
	const struct theca_series *series = chart->series;
	if (!strcmp(chart->title, "Start-up curve"))
		current->start_up_last = series[0].y[series[0].count - 1];
	else
		for (size_t i = 0; i < series[0].count && i < 8; i++)
			current->trumpet_max[i] = series[0].y[i];
}

static void keep_table(const struct theca_table *table)
{
	for (uint32_t row = 0; row < table->rows && current->row_count < 64; row++)
		snprintf(current->rows[current->row_count++], 80, "%s: %s",
			table->cells[row * table->columns], table->cells[row * table->columns + 1]);
}

static int answer_ask(struct theca_host *host, uint32_t instance,
	const struct theca_command *command, uint64_t *token)
{
	struct rig *rig = (struct rig *)host;
	fake_ask(host, instance, command, token);
	return rig->ask_answer;
}

static void rig_init(struct rig *rig)
{
	*rig = (struct rig){.gain = 1, .step_pg = 1, .missing_from_ns = THECA_NEVER};
	current = rig;
	fake_init(&rig->fake);
	rig->fake.api.ask = answer_ask;
	rig->fake.on_chart = keep_chart;
	rig->fake.on_table = keep_table;
	const struct theca_signal mass = {.size = sizeof mass, .name = "mass", .instance = SCALE};
	rig->mass = (uint32_t)theca_declare(&rig->fake.host, &mass);
	rig->config = (struct flow_config){.pump = PUMP,
		.instrument = SCALE,
		.rate_pl_per_day = RATE_PL_PER_DAY,
		.sample_interval_ns = THECA_NONE,
		.stabilisation_ns = THECA_NONE,
		.analysis_ns = THECA_NONE,
		.set_change_ns = THECA_NONE,
		.density_ug_per_ml = 1000000,
		.temperature_mk = THECA_NONE,
		.mean_limit_ppm = 145000,
		.trumpet_limit_ppm = THECA_NONE,
		.missing_ppm = 10000,
		.least_analysed_ns = THECA_HOUR_NS};
}

static void rig_begin(struct rig *rig)
{
	is(theca_plugin_v1.check(&rig->fake.host, &rig->config), 0, "the options are good");
	is(theca_plugin_v1.create(&rig->fake.host, &rig->config, &rig->self), 0, "created");
	is(procedure()->begin(rig->self, rig->fake.now_ns), 0, "begun");
}

/* Begun, and the pump took the rate. */
static void rig_run(struct rig *rig)
{
	rig_begin(rig);
	theca_plugin_v1.ended(rig->self, 1, THECA_DONE, NULL);
}

static void rig_finish(struct rig *rig)
{
	theca_plugin_v1.destroy(rig->self);
}

static int64_t weight_pg(const struct rig *rig, int64_t time_ns)
{
	double pg =
		(double)time_ns / (double)THECA_DAY_NS * (double)RATE_PL_PER_DAY * 1000 * rig->gain;
	pg -= (double)time_ns * rig->loss_pg_per_ns;
	return (int64_t)floor(pg / (double)rig->step_pg + 0.5) * rig->step_pg;
}

/* Readings each minute from `from` to before `until`, at the time they are of. */
static void weigh(struct rig *rig, int64_t from_ns, int64_t until_ns)
{
	for (int64_t at_ns = from_ns; at_ns < until_ns; at_ns += MINUTE) {
		bool missing = at_ns >= rig->missing_from_ns && at_ns < rig->missing_until_ns;
		struct theca_sample sample = {.time_ns = at_ns,
			.value = missing ? 0 : weight_pg(rig, at_ns),
			.signal = rig->mass,
			.quality = missing ? THECA_INVALID : THECA_GOOD};
		rig->fake.now_ns = at_ns;
		procedure()->samples(rig->self, &sample, 1);
	}
}

static const struct theca_verdict *verdict(const struct rig *rig, const char *name)
{
	static const struct theca_verdict none = {.decimals = 99};
	for (int i = 0; i < rig->fake.verdict_count; i++)
		if (!strcmp(rig->fake.verdict_names[i], name))
			return &rig->fake.verdicts[i];
	return &none;
}

static bool has_row(const struct rig *rig, const char *text)
{
	for (int i = 0; i < rig->row_count; i++)
		if (strstr(rig->rows[i], text))
			return true;
	return false;
}

static bool near(double got, double want, double by)
{
	return fabs(got - want) <= by;
}

#define MEAN "mean error A over T1"

/* -- whole tests ------------------------------------------------------------------------------ */

static void test_whole(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.gain = 1.02;
	rig_begin(&rig);
	is(rig.fake.asked[0].verb, THECA_SET_RATE, "it asks for the rate");
	is(rig.fake.asked[0].rate_pl_per_day, RATE_PL_PER_DAY, "... of its option");
	weigh(&rig, 0, MINUTE);
	is(procedure()->progress_ppm(rig.self, 0), 0, "nothing is measured before the pump has it");
	theca_plugin_v1.ended(rig.self, 1, THECA_DONE, NULL);
	weigh(&rig, MINUTE, 49 * HOUR + MINUTE);
	is(rig.fake.verdict_count, 0, "49 h less a minute are not enough");
	is(procedure()->progress_ppm(rig.self, 0), 196 * 1000000 / 197, "196 of 197 readings");
	weigh(&rig, 49 * HOUR + MINUTE, 49 * HOUR + 2 * MINUTE);
	is(rig.fake.verdict_count, 3, "three verdicts after 24 h and 25 h");
	ok(verdict(&rig, MEAN)->passed, "the mean error is within its limit");
	ok(near(verdict(&rig, MEAN)->value, 2, 1e-6), "it is the pump's");
	ok(near(verdict(&rig, MEAN)->upper, 14.5, 1e-12), "the limit is told");
	ok(verdict(&rig, "data complete")->value == 100, "no reading is missing");
	ok(near(verdict(&rig, "time analysed in T1")->value, 1500, 1e-9), "25 h were analysed");
	is(rig.fake.chart_count, 2, "a start-up and a trumpet curve");
	for (int i = 0; i < 6; i++)
		ok(near(rig.trumpet_max[i], 2, 1e-5), "a constant flow: Ep(max) = A, window %d", i);
	ok(near(rig.start_up_last, 0.5 / 24 * 1.02, 1e-8), "the flow in mL/h");
	ok(has_row(&rig, "standard: IEC 60601-2-24:1998, ambulatory"), "the edition is told");
	ok(has_row(&rig, "930: 39"), "m of the longest window");
	is(rig.fake.ask_count, 2, "one more command");
	is(rig.fake.asked[1].verb, THECA_HALT, "it asks the pump to halt");
	is(rig.fake.finished, 0, "the pump is held until it has halted");
	theca_plugin_v1.ended(rig.self, 2, THECA_DONE, NULL);
	is(rig.fake.finished, 1, "finished");
	weigh(&rig, 50 * HOUR, 51 * HOUR);
	procedure()->abort(rig.self, "the bench ends");
	is(rig.fake.verdict_count, 3, "nothing is said twice");
	rig_finish(&rig);
}

/* All at once and long after: only the samples' own times count. */
static void test_recorded(void)
{
	struct rig rig;
	struct theca_sample samples[241];
	rig_init(&rig);
	rig.config.pump = 0;
	rig.config.method = METHOD_CONTINUOUS;
	rig.config.edition = EDITION_2012;
	rig.config.trumpet_limit_ppm = 50000;
	rig.gain = 0.97;
	rig.fake.now_ns = 900 * HOUR;
	for (int i = 0; i < 241; i++) {
		int64_t time_ns = 3 * HOUR + i * (MINUTE / 2);
		samples[i] = (struct theca_sample){
			.time_ns = time_ns, .value = weight_pg(&rig, time_ns), .signal = rig.mass};
	}
	rig_begin(&rig);
	is(rig.fake.ask_count, 0, "no pump: nothing is asked");
	procedure()->samples(rig.self, samples, 241);
	is(rig.fake.verdict_count, 8, "three verdicts and five windows");
	ok(near(verdict(&rig, MEAN)->value, -3, 1e-5), "the mean error of a recorded series");
	const struct theca_verdict *window = verdict(&rig, "trumpet over T1, 2 min");
	ok(window->passed && near(window->value, -3, 1e-3), "a window within its limit");
	ok(has_row(&rig, "IEC 60601-2-24:2012, continuous"), "the other edition and method");
	is(rig.fake.finished, 1, "no pump to wait for: finished");
	rig_finish(&rig);
}

static void test_limits(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.gain = 1.2;
	rig.config.trumpet_limit_ppm = 250000;
	rig_run(&rig);
	weigh(&rig, 0, 50 * HOUR);
	ok(!verdict(&rig, MEAN)->passed && !verdict(&rig, MEAN)->skipped,
		"a fifth too much is over the limit");
	ok(verdict(&rig, "trumpet over T1, 930 min")->passed, "but within that of the windows");
	rig_finish(&rig);
}

static void test_second_period(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.config.set_change_ns = 72 * HOUR;
	rig.gain = 1.01;
	rig_run(&rig);
	weigh(&rig, 0, 60 * HOUR);
	is(rig.fake.verdict_count, 0, "with T2 it goes on");
	weigh(&rig, 60 * HOUR, 73 * HOUR);
	ok(near(verdict(&rig, "mean error B over T2")->value, 1, 1e-6), "B over T2");
	is(rig.fake.chart_count, 3, "a trumpet for each");
	rig_finish(&rig);
}

/* -- weights ---------------------------------------------------------------------------------- */

static void run_whole(struct rig *rig)
{
	rig_run(rig);
	weigh(rig, 0, 50 * HOUR);
	rig_finish(rig);
}

static void test_corrections(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.loss_pg_per_ns =
		0.01e9 * 1000 / (double)THECA_DAY_NS; /* 10 mg a day, 2 % of the rate */
	run_whole(&rig);
	ok(near(verdict(&rig, MEAN)->value, -2, 1e-6), "evaporation not corrected");
	rig_init(&rig);
	rig.loss_pg_per_ns = 0.01e9 * 1000 / (double)THECA_DAY_NS;
	rig.config.evaporation_pg_per_day = INT64_C(10000000000);
	run_whole(&rig);
	ok(near(verdict(&rig, MEAN)->value, 0, 1e-6), "evaporation corrected");
	rig_init(&rig);
	rig.config.density_ug_per_ml = THECA_NONE;
	rig.config.temperature_mk = 310150;
	run_whole(&rig);
	ok(near(verdict(&rig, MEAN)->value, 100 * (1 / 0.99333 - 1), 1e-3), "water of 37 degC");
	rig_init(&rig);
	rig.config.density_ug_per_ml = THECA_NONE;
	rig.config.buoyancy = 1;
	run_whole(&rig);
	ok(near(verdict(&rig, MEAN)->value, 0.285, 1e-3), "water of 20 degC in air: Z");
	ok(has_row(&rig, "fluid temperature: 20.00 degC"), "which is told");
}

static void test_temperature_signal(void)
{
	struct rig rig;
	rig_init(&rig);
	const struct theca_signal signal = {
		.size = sizeof signal, .name = "temperature", .instance = SCALE};
	uint32_t number = (uint32_t)theca_declare(&rig.fake.host, &signal);
	rig.config.density_ug_per_ml = THECA_NONE;
	rig_run(&rig);
	const struct theca_sample warm[] = {{.time_ns = 1, .value = 309150, .signal = number},
		{.time_ns = 2, .value = 311150, .signal = number},
		{.time_ns = 3, .value = 999999, .signal = number, .quality = THECA_INVALID}};
	procedure()->samples(rig.self, warm, 3);
	weigh(&rig, 0, 50 * HOUR);
	ok(has_row(&rig, "fluid temperature: 37.00 degC"), "the instrument's own temperature");
	rig_finish(&rig);
}

static void test_uncertainty(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.config.trumpet_limit_ppm = 300000;
	rig.step_pg = INT64_C(100000000); /* 0.1 mg */
	run_whole(&rig);
	ok(has_row(&rig, "steps of the balance: 0.1 mg"), "the display's steps are found");
	const struct theca_verdict *mean = verdict(&rig, MEAN);
	const struct theca_verdict *window = verdict(&rig, "trumpet over T1, 15 min");
	/* of two readings, each at least a rectangle of 0.1 mg; T1 holds 521 mg */
	double least = 2 * 100 * sqrt(2) * 0.1 / sqrt(12) / 520.83;
	ok(mean->uncertainty > least && mean->uncertainty < 3 * least, "U of the mean: %.4f %%",
		mean->uncertainty);
	ok(near(window->uncertainty / mean->uncertainty, 100, 1e-6),
		"U of 15 min is 100 times that");
	ok(window->uncertainty >= fabs(window->value), "and covers what the rounding did");
}

/* -- gaps and ends ---------------------------------------------------------------------------- */

static void test_gap(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.missing_from_ns = 30 * HOUR;
	rig.missing_until_ns = 31 * HOUR;
	run_whole(&rig);
	const struct theca_verdict *data = verdict(&rig, "data complete");
	ok(!data->passed && near(data->value, 100.0 * 193 / 197, 1e-9),
		"four readings are missing");
	ok(verdict(&rig, MEAN)->passed, "the mean stands");
	ok(has_row(&rig, "15: 95"), "windows that they touch are left out");
	rig_init(&rig);
	rig.missing_from_ns = 30 * HOUR - 5 * MINUTE;
	rig.missing_until_ns = 30 * HOUR + 6 * MINUTE;
	run_whole(&rig);
	ok(verdict(&rig, "data complete")->value == 100, "a gap of 12 min is bridged");
}

static void test_silence(void)
{
	struct rig rig;
	rig_init(&rig);
	rig_run(&rig);
	weigh(&rig, 0, 26 * HOUR);
	is(rig.fake.wake_ns, 50 * HOUR, "it waits for an hour after the end");
	rig.fake.now_ns = rig.fake.wake_ns;
	theca_plugin_v1.wake(rig.self, rig.fake.now_ns);
	ok(!verdict(&rig, "data complete")->passed && !verdict(&rig, "data complete")->skipped,
		"readings stopped coming: failed");
	ok(verdict(&rig, MEAN)->skipped, "no mean over a T1 that was not there");
	is(rig.fake.asked[1].verb, THECA_HALT, "the pump is asked to halt");
	is(rig.fake.finished, 0, "it has a minute for that");
	theca_plugin_v1.wake(rig.self, rig.fake.wake_ns);
	is(rig.fake.finished, 1, "then it is over");
	rig_finish(&rig);
}

static void test_abort(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.config.set_change_ns = 72 * HOUR;
	rig_run(&rig);
	weigh(&rig, 0, 55 * HOUR);
	procedure()->abort(rig.self, "the bench ends");
	ok(verdict(&rig, MEAN)->passed, "cut short after T1: T1 is judged");
	ok(verdict(&rig, "mean error B over T2")->skipped, "T2 is not");
	ok(verdict(&rig, "data complete")->skipped, "nor whether all came");
	is(rig.fake.asked[1].verb, THECA_HALT, "the pump is asked to halt");
	is(rig.fake.finished, 0, "who cuts short does the rest");
	theca_plugin_v1.ended(rig.self, 2, THECA_DONE, NULL);
	is(rig.fake.finished, 0, "also when the halt has ended");
	rig_finish(&rig);
	rig_init(&rig);
	rig_run(&rig);
	procedure()->abort(rig.self, "an operator");
	is(rig.fake.verdict_count, 3, "cut short before anything came: all verdicts");
	for (int i = 0; i < 3; i++)
		ok(rig.fake.verdicts[i].skipped, "... skipped: %s", rig.fake.verdict_names[i]);
	is(rig.fake.chart_count, 0, "and nothing to draw");
	rig_finish(&rig);
}

static void expect_failure(struct rig *rig, int commands, const char *what)
{
	rig->fake.now_ns = rig->fake.wake_ns;
	theca_plugin_v1.wake(rig->self, rig->fake.now_ns);
	const struct theca_verdict *data = verdict(rig, "data complete");
	ok(data->decimals != 99 && !data->passed && !data->skipped, "%s: failed", what);
	is(rig->fake.ask_count, commands, "%s: %d commands", what, commands);
	if (!rig->fake.finished)
		theca_plugin_v1.ended(rig->self, 9, THECA_DONE, NULL);
	is(rig->fake.finished, 1, "%s: finished", what);
	rig_finish(rig);
}

static void test_pump_trouble(void)
{
	struct rig rig;
	rig_init(&rig);
	rig.ask_answer = -EBUSY;
	rig_begin(&rig);
	expect_failure(&rig, 1, "not taken");
	rig_init(&rig);
	rig_begin(&rig);
	theca_plugin_v1.ended(rig.self, 1, -EPERM, "a limit");
	expect_failure(&rig, 1, "refused");
	rig_init(&rig);
	rig_begin(&rig);
	theca_plugin_v1.ended(rig.self, 1, THECA_UNCERTAIN, NULL);
	expect_failure(&rig, 2, "uncertain, so it is halted");
	rig_init(&rig);
	rig.config.instrument = 3;
	rig_begin(&rig);
	expect_failure(&rig, 0, "no signal to weigh by");
	rig_init(&rig);
	rig.ask_answer = -ENOTSUP;
	rig_begin(&rig);
	weigh(&rig, 0, 50 * HOUR);
	ok(verdict(&rig, MEAN)->passed, "a pump of constant flow is judged as it is");
	is(rig.fake.ask_count, 1, "and not halted");
	rig_finish(&rig);
}

/* -- options ---------------------------------------------------------------------------------- */

static void test_check(void)
{
	static const int64_t odd[] = {7 * MINUTE}, wide[] = {30 * HOUR};
	static const struct {
		const char *want;
		int32_t method, edition;
		int64_t interval_ns, stabilisation_ns, set_change_ns;
		const int64_t *window;
	} cases[] = {
		{"sample interval: the 1998 edition", METHOD_CONTINUOUS, EDITION_1998, MINUTE / 6,
			THECA_NONE, THECA_NONE, NULL},
		{NULL, METHOD_CONTINUOUS, EDITION_2012, MINUTE / 6, THECA_NONE, THECA_NONE, NULL},
		{NULL, METHOD_AMBULATORY, EDITION_1998, 5 * MINUTE, THECA_NONE, THECA_NONE, NULL},
		{"windows: not a whole number of sample intervals (900 s)", 0, 0, THECA_NONE,
			THECA_NONE, THECA_NONE, odd},
		{"windows: 1800 min is not within", 0, 0, THECA_NONE, THECA_NONE, THECA_NONE, wide},
		{"stabilisation: not a whole", 0, 0, THECA_NONE, 25 * MINUTE, THECA_NONE, NULL},
		{NULL, 0, 0, THECA_NONE, 0, THECA_NONE, NULL},
		{"set change interval: shorter", 0, 0, THECA_NONE, THECA_NONE, 24 * HOUR, NULL},
		{"sample interval: too many", 0, 0, THECA_SECOND_NS, 900 * 24 * HOUR, THECA_NONE,
			NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig rig;
		rig_init(&rig);
		rig.config.method = cases[i].method;
		rig.config.edition = cases[i].edition;
		rig.config.sample_interval_ns = cases[i].interval_ns;
		rig.config.stabilisation_ns = cases[i].stabilisation_ns;
		rig.config.set_change_ns = cases[i].set_change_ns;
		if (cases[i].window)
			rig.config.windows = (struct theca_list){cases[i].window, 1};
		int got = theca_plugin_v1.check(&rig.fake.host, &rig.config);
		is(got, cases[i].want ? -EINVAL : 0, "%s",
			cases[i].want ? cases[i].want : "good options");
		ok(cases[i].want ? strstr(rig.fake.complaint, cases[i].want) != NULL
				 : !*rig.fake.complaint,
			"said: '%s'", rig.fake.complaint);
	}
}

int main(void)
{
	test_whole();
	test_recorded();
	test_limits();
	test_second_period();
	test_corrections();
	test_temperature_signal();
	test_uncertainty();
	test_gap();
	test_silence();
	test_abort();
	test_pump_trouble();
	test_check();
	return done_testing();
}
