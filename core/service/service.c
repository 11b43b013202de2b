/* SPDX-License-Identifier: Apache-2.0 */
#include "service/service.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/command.h"
#include "control/control.h"
#include "bench/conversion.h"
#include "bench/event.h"
#include "bench/instance.h"
#include "bench/lifecycle.h"
#include "base/log.h"
#include "bench/loop.h"
#include "service/methods.h"
#include "bench/procedure.h"
#include "bench/recovery.h"
#include "report/report.h"
#include "bench/run.h"
#include "bench/sampling.h"
#include "bench/scenario.h"
#include "bench/treatment.h"

/* Of wall time, together below 5 s: who stops the service waits for no pump that is silent. */
#define HALT_WALL_NS (5 * THECA_SECOND_NS / 2)
#define IDENTIFIED_MOST 256 /* instances; a larger bench is a load, not a rig */
#define STOP_WALL_NS (2 * THECA_SECOND_NS)

/* -- loading ---------------------------------------------------------------------------------- */

static void check_whole(struct bench *bench)
{
	bool procedures = false;

	for (uint32_t i = 0; i < bench->instance_count; i++)
		procedures |= bench->instances[i]->section->kind == CONFIG_PROCEDURE;
	const struct config_section *section = config_bench(bench->config);
	int64_t until_ns = bench->settings.until_ns;
	if (bench->clock.is_virtual && until_ns == THECA_NONE && !procedures)
		conversion_reject(bench, section, "until",
			"missing, expected how long this virtual bench runs, such as 180 d");
	if (until_ns != THECA_NONE && until_ns > CLOCK_LAST_NS - bench->clock.epoch_ns)
		conversion_reject(bench, section, "until",
			"ends after the year 2261, beyond what nanoseconds can count");
}

size_t service_load(struct bench *bench, const struct service_options *options, bool planning)
{
	*bench = (struct bench){.planning = planning, .next_token = 0};
	bench->unsynced_tail = &bench->unsynced;
	bench->config = config_load(options->file);
	bench->modules = modules_create(options->plugin_path);
	results_init(&bench->results);
	alarms_init(&bench->alarms);
	if (!bench->config || !bench->modules || signals_init(&bench->signals) ||
		bus_init(&bench->bus, BUS_WAIT))
		return 1;
	size_t count;
	config_sections(bench->config, &count);
	if (schedule_init(&bench->schedule, (uint32_t)(3 * count + 16)))
		return 1;
	instance_create_all(bench);
	if (!config_errors(bench->config)) {
		bench->bus.policy = bench->clock.is_virtual ? BUS_WAIT : BUS_DROP_OLDEST;
		if (scenario_create(bench) || sampling_init(bench))
			return 1;
		check_whole(bench);
	}
	config_print_errors(bench->config, stderr);
	return config_errors(bench->config);
}

void service_unload(struct bench *bench)
{
	instance_destroy_all(bench);
	sampling_finish(bench);
	scenario_destroy(bench->scenario);
	schedule_finish(&bench->schedule);
	bus_finish(&bench->bus);
	signals_finish(&bench->signals);
	alarms_finish(&bench->alarms);
	results_finish(&bench->results);
	run_close(bench->run);
	free(bench->prescribe);
	modules_destroy(bench->modules);
	config_destroy(bench->config);
	bench_forget_words(bench);
}

/* -- beginning -------------------------------------------------------------------------------- */

static void on_durable(void *user, uint64_t number)
{
	struct bench *bench = user;

	bench_now(bench);
	command_durable(bench, number);
}

static void on_journal_failed(void *user, int error)
{
	struct bench *bench = user;

	log_line(THECA_ERROR, "the journal has failed: %s; no dose is given any more", strerror(-error));
	event_raise(bench, NULL,
		&(struct theca_alarm){.size = sizeof(struct theca_alarm),
			.priority = THECA_HIGH,
			.code = "journal-failed",
			.text = "the journal cannot be written: no dose is given any more"});
}

static int open_journal(struct bench *bench, struct recovery *recovery)
{
	struct journal_finding finding = {0};
	struct journal_options options = {
		.folder = run_folder(bench->run),
		.synced = !bench->clock.is_virtual,
		.loop = bench->loop,
		.user = bench,
		.durable = on_durable,
		.failed = on_journal_failed,
	};
	struct journal *journal;
	bench->recovery = recovery;
	int result = journal_open(&journal, &options, recovery_record, &finding);

	if (result == -EBUSY)
		log_line(THECA_ERROR, "%s: another service has this run", run_folder(bench->run));
	else if (result)
		log_line(THECA_ERROR, "%s/journal: %s", run_folder(bench->run), strerror(-result));
	if (result)
		return result;
	bench->journal = journal;
	if (finding.health == JOURNAL_DAMAGED || finding.health == JOURNAL_TAIL_CUT)
		log_line(THECA_WARNING, "journal: %s", finding.text);
	recovery_finish(recovery, &finding);
	return 0;
}

/* A run belongs to one bench file: another file's limits must not meet this journal's doses. */
static int same_file_as_before(struct bench *bench)
{
	char path[1024], before[65], now[65] = "";
	const char *const *files;
	size_t size;

	snprintf(path, sizeof path, "%s/bench.ini", run_folder(bench->run));
	config_files(bench->config, &files);
	if (env_hash_file(path, before))
		return 0;
	char *text = run_bench_text(bench, files[0], &size);
	if (text)
		env_hash(text, size, now);
	free(text);
	if (!strcmp(before, now))
		return 0;
	log_line(THECA_ERROR,
		"%s holds a run of another bench file (its bench.ini differs from %s): give a new folder "
		"with --output",
		run_folder(bench->run), files[0]);
	return -EINVAL;
}

static void say_fill(struct instance *pump)
{
	struct bench *bench = pump->bench;
	const struct pump *account = &pump->pump->account;
	struct mix_names names = bench_drugs(bench);
	char holds[256];

	mix_print(&account->mix, &names, holds, sizeof holds);
	struct theca_event event = {
		.kind = THECA_EVENT_FILL,
		.instance = pump->number,
		.command = {.size = sizeof event.command,
			.verb = THECA_REFILL,
			.volume_pl = pump_reservoir_pl(account)},
		.who = "bench file",
		.text = holds,
	};
	event_emit(bench, &event);
}

static bool is_first_of_module(const struct bench *bench, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (bench->instances[k]->module == bench->instances[i]->module)
			return false;
	return true;
}

/* The file whose code ran, by the beginning of its hash. */
static void identify_module(struct bench *bench, const struct module *module)
{
	char key[48], value[32], hash[65];

	if (env_hash_file(module->path, hash))
		snprintf(hash, sizeof hash, "not readable");
	snprintf(key, sizeof key, "plugin %s", module->name);
	snprintf(value, sizeof value, "sha256 %.16s", hash);
	results_fact(&bench->results, "", key, value);
}

static void identify_instances(struct bench *bench)
{
	struct mix_names names = bench_drugs(bench);
	char text[256];

	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (is_first_of_module(bench, i))
			identify_module(bench, bench->instances[i]->module);
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		const struct instance *instance = bench->instances[i];
		snprintf(text, sizeof text, "%s %s", instance->module->name, instance->module->plugin.version);
		results_fact(&bench->results, instance->name, "plugin", text);
		if (!instance_is(instance, MODULE_PUMP))
			continue;
		mix_print(&instance->pump->account.mix, &names, text, sizeof text);
		results_fact(&bench->results, instance->name, "fluid", text);
	}
}

static void identify(struct bench *bench)
{
	struct results *results = &bench->results;
	char text[64], clock[32];

	results->bench = strdup(bench->settings.name);
	results->clock = strdup(clock_words(&bench->clock, clock));
	results->epoch_ns = bench->clock.epoch_ns;
	env_format_time(bench->clock.epoch_ns, 0, text);
	results_fact(results, "", "begins", text);
	results->began_ns = bench->now_ns;
	results_fact(results, "", "operator",
		bench->settings.operator_name ? bench->settings.operator_name : "not stated");
	snprintf(text, sizeof text, "%lld", (long long)bench->settings.seed);
	results_fact(results, "", "seed", text);
	results_fact(results, "", "theca", VERSION_TEXT);
	if (bench->settings.soft_limits_accepted_by)
		results_fact(results, "", "soft limits accepted by", bench->settings.soft_limits_accepted_by);
	if (bench->instance_count <= IDENTIFIED_MOST)
		identify_instances(bench);
}

/* First contact with every pump only reads; one whose dose is uncertain waits for its operator. */
static void read_pumps(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		struct instance *pump = bench->instances[i];
		if (!instance_is(pump, MODULE_PUMP) || pump->pump->account.uncertain ||
			!pump->module->pump.interrogate || bench->instance_count > IDENTIFIED_MOST)
			continue;
		struct command_request request = {
			.target = pump,
			.command = {.verb = THECA_INTERROGATE},
			.who = "service",
		};
		command_submit(bench, &request, NULL, NULL);
	}
}

/* Every event as a notification, for whoever follows. */
static int notify(void *user, const struct theca_event *event)
{
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":";
	struct bench *bench = user;
	const struct instance *instance = bench_instance(bench, event->instance);
	struct record record = {.event = *event, .instance_name = instance ? instance->name : ""};
	char line[sizeof head + 2 * RECORD_MAX];

	if (!control_subscribers(bench->control))
		return 0;
	memcpy(line, head, sizeof head - 1);
	size_t length = record_json(
		&record, bench->clock.epoch_ns, line + sizeof head - 1, sizeof line - sizeof head);
	line[sizeof head - 1 + length] = '}';
	if (length)
		control_notify(bench->control, line, sizeof head + length);
	return 0;
}

static int open_control(struct bench *bench, const struct service_options *options)
{
	const char *path = options->socket ? options->socket : bench->settings.control;

	if (!path && bench->clock.is_virtual)
		return 0;
	path = path ? path : "theca.sock";
	int result = control_open(&bench->control, bench->loop, path, methods_table, bench);
	if (result == -EADDRINUSE)
		log_line(THECA_ERROR, "%s: a service answers there already", path);
	else if (result)
		log_line(THECA_ERROR, "%s: cannot listen: %s", path, strerror(-result));
	else if (!bus_subscribe(&bench->bus, &(struct bus_sink){.user = bench, .event = notify}))
		return -ENOMEM;
	else if (!bench->clock.is_virtual)
		log_line(THECA_INFO, "listens at %s; try: thecactl -s %s status", path, path);
	return result;
}

static int begin(struct bench *bench, const struct service_options *options)
{
	struct recovery recovery = {.bench = bench};
	int result = run_open(bench, options->folder);

	if (!result)
		result = same_file_as_before(bench);
	if (!result && bench->clock.speed == 1 && !bench->clock.is_virtual)
		bench->clock.epoch_ns = env_wall_ns();
	if (!result)
		result = run_listen(bench);
	if (!result)
		result = open_journal(bench, &recovery);
	if (result)
		return result;
	clock_run(&bench->clock, bench->now_ns);
	identify(bench);
	result = run_begin(bench);
	if (!result)
		result = open_control(bench, options);
	if (result)
		return result;
	event_say(bench, THECA_EVENT_BENCH, NULL, "begins", NULL, "%s, theca %s", bench->settings.name,
		VERSION_TEXT);
	for (uint32_t i = 0; i < bench->instance_count && !recovery.resumed; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			say_fill(bench->instances[i]);
	bench->turning = true;
	lifecycle_start_all(bench);
	read_pumps(bench);
	sampling_start(bench);
	scenario_start(bench, recovery.resumed);
	bench->turning = false;
	bench->running = true;
	return 0;
}

/* -- ending ----------------------------------------------------------------------------------- */

/* A bench that is left alone must not leave pumps delivering. */
static void halt_pumps(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		struct instance *pump = bench->instances[i];
		if (!instance_is(pump, MODULE_PUMP) || !pump->module->pump.halt)
			continue;
		const struct pump *account = &pump->pump->account;
		if (account->uncertain || pump_flow_pl_per_day(account))
			treatment_halt(pump, "service stop", NULL, NULL, NULL);
	}
}

static bool nothing_open(const struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->instances[i]->pending || bench->instances[i]->halting)
			return false;
	return true;
}

static void say_open(const struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->instances[i]->halting)
			log_line(THECA_ERROR, "%s: no answer to the halt: it may still deliver",
				bench->instances[i]->name);
}

/* The state of every therapy at the end, for the report. */
static void finish_courses(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		struct instance *pump = bench->instances[i];
		if (!instance_is(pump, MODULE_PUMP) || !pump->pump->course)
			continue;
		struct pump *account = &pump->pump->account;
		pump_advance(account, bench->now_ns);
		results_state(pump->pump->course, pump_state_names[pump_state(account)]);
		pump->pump->course->next_refill_ns = treatment_low_ns(pump);
		sampling_course(pump);
	}
}

static void end(struct bench *bench, struct loop *loop, bool complete)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PROCEDURE))
			procedure_abort(bench->instances[i], complete ? "the bench has ended" : "the bench was stopped");
	if (!bench->clock.is_virtual) {
		halt_pumps(bench);
		loop_wait(loop, nothing_open, HALT_WALL_NS);
		say_open(bench);
	}
	finish_courses(bench); /* after the halt: the report says how the pumps were left */
	event_say(bench, THECA_EVENT_BENCH, NULL, "ends", NULL, complete ? "complete" : "stopped");
	bus_tick(&bench->bus, bench->now_ns);
	bench->results.ended_ns = bench->now_ns;
	bench->results.complete = complete;
	lifecycle_stop_all(bench);
	loop_wait(loop, lifecycle_all_stopped, STOP_WALL_NS);
	control_close(bench->control);
}

static int show(struct bench *bench, const struct service_options *options)
{
	char *summary = NULL;
	size_t size;
	int result = run_end(bench, options->columns, options->color, &summary);

	if (options->tap) {
		char *tap = report_tap(&bench->results, &size);
		fputs(tap ? tap : "Bail out! out of memory\n", stdout);
		free(tap);
	} else if (!options->quiet && summary) {
		fputs(summary, stdout);
		printf("\nReport: %s/report.html\n", run_folder(bench->run));
	}
	free(summary);
	return result ? result : results_failed(&bench->results) || !bench->results.complete;
}

int service_run(struct bench *bench, const struct service_options *options)
{
	uv_loop_t uv;

	uv_loop_init(&uv);
	bench->loop = &uv;
	struct loop *loop = loop_create(bench);
	int result = loop ? begin(bench, options) : -ENOMEM;
	if (!result) {
		loop_run(loop);
		bool complete = bench->settings.until_ns == THECA_NONE
			? bench->clock.is_virtual && !bench->stopping
			: bench->now_ns >= bench->settings.until_ns;
		bench->stopping = true;
		end(bench, loop, complete || (!bench->clock.is_virtual && bench->settings.until_ns == THECA_NONE));
		result = show(bench, options);
	} else
		control_close(bench->control);
	if (bench->journal)
		journal_close(bench->journal);
	bench->journal = NULL;
	if (loop && loop_close(loop))
		log_line(THECA_WARNING, "a plugin left something open on the loop");
	loop_destroy(loop);
	return result;
}
