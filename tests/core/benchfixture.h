/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench for one test: made by the service's own loader from INI text, with the plugins of the
 * build tree and the puppets. Nothing runs by itself: the test moves time. Events are kept as lines
 * `KIND INSTANCE CODE WHO: TEXT`, so that a test can ask what was said.
 */
#ifndef BENCHFIXTURE_H
#define BENCHFIXTURE_H

#include "bench/event.h"
#include "bench/lifecycle.h"
#include "base/log.h"
#include "bench/procedure.h"
#include "bench/sampling.h"
#include "bench/scenario.h"
#include "service/service.h"
#include <stdlib.h>
#include <sys/stat.h>
#include "tap.h"
#include "tests/puppets/puppet.h"
#include "bench/treatment.h"
#include <unistd.h>

#define FIXTURE_EVENTS 256

struct fixture {
	struct bench bench;
	char folder[64], file[96];
	char path[512];
	char events[FIXTURE_EVENTS][256]; /* the newest */
	unsigned event_count;
	size_t errors;
	/* the last command_ended */
	unsigned ends;
	int outcome;
	char reason[128];
	struct guard_verdict verdict;
};

static inline const char *fixture_kind(uint32_t kind)
{
	static const char *const words[] = {"?", "state", "intent", "outcome", "refused", "alarm", "cleared",
		"acknowledged", "fired", "procedure", "note", "fill", "bench", "program"};
	return kind < sizeof words / sizeof *words ? words[kind] : "?";
}

static inline void fixture_event(void *user, const struct theca_event *event)
{
	struct fixture *fixture = user;
	const struct instance *instance = bench_instance(&fixture->bench, event->instance);

	snprintf(fixture->events[fixture->event_count++ % FIXTURE_EVENTS], 256, "%s %s %s%s%s: %.180s",
		fixture_kind(event->kind), instance ? instance->name : "bench",
		*event->code ? event->code : event->command.verb ? record_verb_word(event->command.verb) : "",
		*event->who ? " " : "", event->who, event->text);
}

/* How many of the newest events begin so. */
static inline unsigned fixture_said(const struct fixture *fixture, const char *beginning)
{
	unsigned count = 0;
	for (unsigned i = 0; i < FIXTURE_EVENTS && i < fixture->event_count; i++)
		count += !strncmp(fixture->events[i], beginning, strlen(beginning));
	return count;
}

/* The newest event that begins so; "" when there is none. */
static inline const char *fixture_last(const struct fixture *fixture, const char *beginning)
{
	for (unsigned i = fixture->event_count; i-- > 0 && i + FIXTURE_EVENTS >= fixture->event_count;)
		if (!strncmp(fixture->events[i % FIXTURE_EVENTS], beginning, strlen(beginning)))
			return fixture->events[i % FIXTURE_EVENTS];
	return "";
}

static inline void fixture_forget(struct fixture *fixture)
{
	fixture->event_count = 0;
	fixture->ends = 0;
	memset(fixture->events, 0, sizeof fixture->events);
}

static inline void fixture_show(const struct fixture *fixture)
{
	unsigned from = fixture->event_count > FIXTURE_EVENTS ? fixture->event_count - FIXTURE_EVENTS : 0;
	for (unsigned i = from; i < fixture->event_count; i++)
		printf("# %s\n", fixture->events[i % FIXTURE_EVENTS]);
}

/* What a command's end says; its user is the fixture. */
static inline void fixture_ended(void *user, uint64_t token, int outcome, const char *reason)
{
	struct fixture *fixture = user;

	(void)token;
	fixture->ends++;
	fixture->outcome = outcome;
	snprintf(fixture->reason, sizeof fixture->reason, "%s", reason);
}

static inline const char *fixture_write(struct fixture *fixture, const char *name, const char *text)
{
	snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->folder, name);
	FILE *file = fopen(fixture->path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		printf("Bail out! cannot write %s\n", fixture->path);
	return fixture->path;
}

/* The errors that the loader prints go to FOLDER/errors. */
static inline char *fixture_errors(struct fixture *fixture)
{
	size_t size;
	snprintf(fixture->path, sizeof fixture->path, "%s/errors", fixture->folder);
	return env_read_file(fixture->path, 65536, &size);
}

static inline void fixture_read(struct fixture *fixture, const char *ini, bool planning)
{
	const char *build = getenv("TOP_BUILDDIR");
	char plugins[1024], errors[96];

	*fixture = (struct fixture){.folder = "/tmp/theca-bench-XXXXXX"};
	if (!mkdtemp(fixture->folder))
		printf("Bail out! cannot make %s\n", fixture->folder);
	log_init("test", -1);
	snprintf(fixture->file, sizeof fixture->file, "%s/bench.ini", fixture->folder);
	fixture_write(fixture, "bench.ini", ini);
	snprintf(plugins, sizeof plugins, "%s/modules:%s/tests/puppets/modules", build ? build : ".",
		build ? build : ".");
	snprintf(errors, sizeof errors, "%s/errors", fixture->folder);
	struct service_options options = {.file = fixture->file, .plugin_path = plugins};
	fflush(stderr);
	int kept = dup(2);
	if (!freopen(errors, "w", stderr))
		printf("Bail out! cannot write %s\n", errors);
	fixture->errors = service_load(&fixture->bench, &options, planning);
	fflush(stderr);
	dup2(kept, 2);
	close(kept);
	fixture->bench.on_event = fixture_event;
	fixture->bench.on_event_user = fixture;
	fixture->bench.turning = true;
	bus_subscribe(&fixture->bench.bus, &(struct bus_sink){.user = fixture}); /* nobody listens: batches go */
}

/* Loads; `fixture->errors` says how many errors there were. Nothing is started. */
static inline void fixture_load(struct fixture *fixture, const char *ini)
{
	fixture_read(fixture, ini, false);
}

/* Loads, starts everything; pumps are not sampled. */
static inline void fixture_open(struct fixture *fixture, const char *ini)
{
	fixture_load(fixture, ini);
	if (fixture->errors) {
		char *text = fixture_errors(fixture);
		printf("# %s\nBail out! the test's bench has errors\n", text ? text : "?");
		exit(1);
	}
	lifecycle_start_all(&fixture->bench);
	fixture->bench.running = true;
}

static inline void fixture_close(struct fixture *fixture)
{
	char command[128];

	lifecycle_stop_all(&fixture->bench);
	service_unload(&fixture->bench);
	snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
	if (system(command))
		printf("# %s is left\n", fixture->folder);
}

/* Time goes on: everything that is due until then is run. */
static inline void fixture_until(struct fixture *fixture, int64_t until_ns)
{
	struct bench *bench = &fixture->bench;

	while (schedule_next_ns(&bench->schedule) <= until_ns && !bench->stopping) {
		struct due *due = schedule_first(&bench->schedule);
		if (due->at_ns > bench->now_ns)
			bench->now_ns = due->at_ns;
		due->run(due->user, bench->now_ns);
	}
	bench->now_ns = until_ns;
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			pump_advance(&bench->instances[i]->pump->account, until_ns);
}

static inline struct instance *fixture_find(struct fixture *fixture, const char *name)
{
	struct instance *instance = bench_find(&fixture->bench, name);
	if (!instance)
		printf("Bail out! there is no %s\n", name);
	return instance;
}

static inline struct puppet *fixture_puppet(struct fixture *fixture, const char *name)
{
	return fixture_find(fixture, name)->self;
}

/* A command by an operator; the guard's verdict and the end are kept. */
static inline int fixture_command(
	struct fixture *fixture, const char *pump, uint32_t verb, int64_t amount, const char *accepted_by)
{
	struct command_request request = {
		.target = fixture_find(fixture, pump),
		.command = {.verb = verb, .rate_pl_per_day = amount, .volume_pl = amount},
		.who = "operator",
		.accepted_by = accepted_by,
		.ended = fixture_ended,
		.user = fixture,
	};
	return command_submit(&fixture->bench, &request, &fixture->verdict, NULL);
}

static inline int fixture_start(struct fixture *fixture, const char *pump, const char *accepted_by)
{
	return treatment_start(fixture_find(fixture, pump), "operator", accepted_by, fixture_ended, fixture,
		&fixture->verdict);
}

static inline int fixture_halt(struct fixture *fixture, const char *pump)
{
	return treatment_halt(fixture_find(fixture, pump), "operator", NULL, fixture_ended, fixture);
}

static inline int fixture_press(struct fixture *fixture, const char *pump)
{
	return treatment_press(
		fixture_find(fixture, pump), "patient", fixture_ended, fixture, &fixture->verdict);
}

/* The verdict in words. */
static inline const char *fixture_words(struct fixture *fixture)
{
	command_explain(&fixture->bench, &fixture->verdict, fixture->path, sizeof fixture->path);
	return fixture->path;
}

static inline bool fixture_alarm(struct fixture *fixture, const char *instance, const char *code)
{
	const struct alarm *alarm =
		alarms_find(&fixture->bench.alarms, fixture_find(fixture, instance)->number, code);
	return alarm && alarm->cleared_ns == THECA_NONE;
}

#endif
