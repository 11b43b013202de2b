/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flow test of infusion pumps after IEC 60601-2-24: set a rate, weigh what comes, say how far
 * the flow is from the rate, over the whole analysis period and over each length of window. This
 * file is the contract: options, and the fold from samples to a finished test.
 */
#include "flow-accuracy.h"

#include <stdlib.h>
#include <string.h>

#define HALT_WITHIN_NS THECA_MINUTE_NS

/* -- life ------------------------------------------------------------------------------------- */

static void destroy(void *self)
{
	struct flow_test *test = self;
	readings_finish(&test->readings);
	free(test);
}

static int create(struct theca_host *host, const void *config, void **self)
{
	struct flow_test *test = calloc(1, sizeof *test);
	if (!test)
		return -ENOMEM;
	test->host = host;
	test->config = config;
	test->plan = flow_plan_of(config);
	size_t count = (size_t)(test->plan.total_ns / test->plan.interval_ns) + 1;
	if (readings_init(&test->readings, test->plan.interval_ns, count)) {
		free(test);
		return -ENOMEM;
	}
	*self = test;
	return 0;
}

static void finish(struct flow_test *test)
{
	test->state = FLOW_IDLE;
	theca_finish(test->host);
}

/* 0: the pump was asked; a negative errno: there is nothing to halt, or it was not taken. */
static int ask_halt(struct flow_test *test)
{
	struct theca_command command = {.size = sizeof command, .verb = THECA_HALT};
	uint64_t token;
	if (!test->commanded)
		return -ENOENT;
	test->commanded = false;
	int failure = theca_ask(test->host, test->config->pump, &command, &token);
	if (failure)
		theca_log(test->host, THECA_ERROR, "the pump under test was not halted: %s",
			strerror(-failure));
	return failure;
}

static void conclude(struct flow_test *test, const char *why, bool failed)
{
	readings_close(&test->readings);
	findings_give(test, why, failed);
	test->state = FLOW_HALTING;
	if (ask_halt(test))
		finish(test);
	else if (test->state == FLOW_HALTING)
		theca_wake(test->host, theca_now(test->host) + HALT_WITHIN_NS);
}

/* To be told from `wake`, when `begin` has returned. */
static void fail(struct flow_test *test, const char *what, const char *why)
{
	snprintf(test->why, sizeof test->why, "%s: %s", what, why);
	test->state = FLOW_FAILED;
	theca_wake(test->host, theca_now(test->host));
}

/* When to give up waiting: when the test should be over and nothing has come for a while. */
static int64_t deadline_ns(const struct flow_test *test)
{
	const struct readings *readings = &test->readings;
	int64_t grace_ns = 4 * test->plan.interval_ns;
	int64_t start_ns = readings->start_ns == THECA_NONE ? test->began_ns : readings->start_ns;
	int64_t end_ns = start_ns + test->plan.total_ns;
	return (end_ns > test->heard_ns ? end_ns : test->heard_ns) + grace_ns;
}

static void measure(struct flow_test *test, int64_t from_ns)
{
	test->state = FLOW_MEASURING;
	readings_arm(&test->readings, from_ns);
	theca_wake(test->host, deadline_ns(test));
}

/* -- the fold --------------------------------------------------------------------------------- */

static void set_rate(struct flow_test *test, int64_t now_ns)
{
	struct theca_command command = {.size = sizeof command,
		.verb = THECA_SET_RATE,
		.rate_pl_per_day = test->config->rate_pl_per_day};
	uint64_t token;
	test->state = FLOW_STARTING;
	test->commanded = true; /* `ended` may be called before theca_ask() returns */
	int failure = theca_ask(test->host, test->config->pump, &command, &token);
	if (!failure)
		return;
	test->commanded = false;
	if (failure == -ENOTSUP || failure == -ENOSYS)
		measure(test, now_ns); /* a pump of constant flow has no rate to set */
	else
		fail(test, "the pump was not set to the rate", strerror(-failure));
}

static int begin(void *self, int64_t now_ns)
{
	struct flow_test *test = self;
	int mass = theca_find(test->host, test->config->instrument, "mass");
	int temperature = theca_find(test->host, test->config->instrument, "temperature");
	test->mass = mass > 0 ? (uint32_t)mass : 0;
	test->temperature = temperature > 0 ? (uint32_t)temperature : 0;
	test->began_ns = test->heard_ns = now_ns;
	test->temperature_count = 0;
	test->temperature_sum_c = 0;
	readings_arm(&test->readings, THECA_NEVER);
	if (!test->mass)
		fail(test, "nothing to weigh with", "the instrument has no signal `mass`");
	else if (test->config->pump)
		set_rate(test, now_ns);
	else
		measure(test, INT64_MIN);
	return 0;
}

static void take(struct flow_test *test, const struct theca_sample *sample)
{
	if (sample->quality != THECA_GOOD)
		return;
	if (sample->signal == test->mass) {
		test->heard_ns = theca_now(test->host);
		readings_add(&test->readings, sample->time_ns, sample->value);
	} else if (sample->signal == test->temperature && test->temperature) {
		test->temperature_sum_c += (double)sample->value / 1000 - 273.15;
		test->temperature_count++;
	}
}

static int samples(void *self, const struct theca_sample *list, size_t count)
{
	struct flow_test *test = self;
	for (size_t i = 0; i < count && test->state == FLOW_MEASURING; i++) {
		take(test, &list[i]);
		if (readings_complete(&test->readings))
			conclude(test, NULL, false);
	}
	return 0;
}

static void ended(void *self, uint64_t token, int outcome, const char *reason)
{
	struct flow_test *test = self;
	(void)token; /* one command is open at a time: the state tells which */
	if (test->state == FLOW_STARTING && outcome == THECA_DONE) {
		measure(test, theca_now(test->host));
	} else if (test->state == FLOW_STARTING) {
		test->commanded = outcome == THECA_UNCERTAIN; /* it may run: halt it */
		fail(test, "the pump was not set to the rate",
			reason ? reason : "it did not confirm");
	} else if (test->state == FLOW_HALTING) {
		if (outcome)
			theca_log(test->host, THECA_ERROR, "the pump under test did not halt: %s",
				reason ? reason : "no reason given");
		finish(test);
	}
}

static int wake(void *self, int64_t now_ns)
{
	struct flow_test *test = self;
	if (test->state == FLOW_HALTING) {
		finish(test);
	} else if (test->state == FLOW_FAILED) {
		conclude(test, test->why, true);
	} else if (test->state == FLOW_MEASURING) {
		if (now_ns < deadline_ns(test))
			return theca_wake(test->host, deadline_ns(test));
		conclude(test, "readings stopped coming", true);
	}
	return 0;
}

static int64_t progress_ppm(void *self, int64_t now_ns)
{
	const struct flow_test *test = self;
	(void)now_ns;
	return (int64_t)(test->readings.taken * 1000000 / test->readings.count);
}

static void cut_short(void *self, const char *why)
{
	struct flow_test *test = self;
	if (test->state == FLOW_IDLE)
		return;
	enum flow_state before = test->state;
	test->state = FLOW_IDLE;
	ask_halt(test);
	if (before == FLOW_HALTING)
		return; /* all was said */
	readings_close(&test->readings);
	findings_give(test, before == FLOW_FAILED ? test->why : why, before == FLOW_FAILED);
}

static const struct theca_procedure procedure = {
	.size = sizeof procedure,
	.begin = begin,
	.samples = samples,
	.progress_ppm = progress_ppm,
	.abort = cut_short,
};

THECA_PLUGIN(.name = "flow-accuracy", .version = "1",
	.summary = "Start-up and trumpet curve of a pump on a balance, after IEC 60601-2-24.",
	.options = flow_options, .config_size = sizeof(struct flow_config), .check = flow_check,
	.create = create, .destroy = destroy, .wake = wake, .ended = ended,
	.procedure = &procedure);
