/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/emit.h"
#include "bench/event.h"
#include "base/log.h"
#include "report/report.h"
#include "config/schema.h"

#define EVENT_BUFFER 32768
#define NUMBERED_MAX 9999

struct run {
	char *folder;
	int events;
	size_t length;
	char buffer[EVENT_BUFFER];
	struct bench *bench;
};

static char *join(const char *folder, const char *name)
{
	char *path;
	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* runs/NAME-001 and up for virtual runs: the first that is not there. */
static char *fresh_folder(const char *name)
{
	char *path;
	struct stat status;

	for (int i = 1; i <= NUMBERED_MAX; i++) {
		if (asprintf(&path, "runs/%s-%03d", name, i) < 0)
			return NULL;
		if (stat(path, &status) && errno == ENOENT)
			return path;
		free(path);
	}
	errno = EEXIST;
	return NULL;
}

static char *choose_folder(const struct bench *bench, const char *wanted)
{
	if (!wanted)
		wanted = bench->settings.folder;
	if (wanted)
		return strdup(wanted);
	if (bench->clock.is_virtual)
		return fresh_folder(bench->settings.name);
	return join("runs", bench->settings.name);
}

static bool holds_a_run(const char *folder)
{
	char *path = join(folder, "journal");
	struct stat status;
	bool is = path && !stat(path, &status);

	free(path);
	return is;
}

int run_open(struct bench *bench, const char *folder_wanted)
{
	struct run *run = calloc(1, sizeof *run);

	if (!run)
		return -ENOMEM;
	run->bench = bench;
	run->events = -1;
	run->folder = choose_folder(bench, folder_wanted);
	bench->run = run;
	if (!run->folder)
		return -errno;
	if (bench->clock.is_virtual && holds_a_run(run->folder)) {
		log_line(THECA_ERROR, "%s holds a run already; a virtual run wants a fresh folder",
			run->folder);
		return -EEXIST;
	}
	int result = env_make_folder(run->folder);
	if (result)
		log_line(THECA_ERROR, "%s: cannot make this folder: %s", run->folder, strerror(-result));
	return result;
}

const char *run_folder(const struct run *run)
{
	return run->folder;
}

int run_create_file(struct run *run, const char *name)
{
	int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC; /* csv looks at a header */

	if (strchr(name, '/') || name[0] == '.' || !*name)
		return -EINVAL;
	char *path = join(run->folder, name);
	if (!path)
		return -ENOMEM;
	int fd = open(path, flags, 0644);
	free(path);
	return fd < 0 ? -errno : fd;
}

static int write_file(const struct run *run, const char *name, const char *text, size_t size)
{
	char *path = join(run->folder, name);
	int result = path && text ? env_write_file(path, text, size) : -ENOMEM;

	if (result)
		log_line(THECA_ERROR, "%s/%s: %s", run->folder, name, strerror(-result));
	free(path);
	return result;
}

void run_flush(struct run *run)
{
	for (size_t done = 0; done < run->length;) {
		ssize_t n = write(run->events, run->buffer + done, run->length - done);
		if (n < 0 && errno != EINTR) {
			log_line(THECA_ERROR, "%s/events.jsonl: %s", run->folder, strerror(errno));
			break;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	run->length = 0;
}

static int write_event(void *user, const struct theca_event *event)
{
	struct run *run = user;
	struct instance *instance = bench_instance(run->bench, event->instance);
	struct record record = {.event = *event, .instance_name = instance ? instance->name : ""};

	if (run->length > EVENT_BUFFER - RECORD_MAX * 2)
		run_flush(run);
	size_t length = record_json(&record, run->bench->clock.epoch_ns, run->buffer + run->length,
		EVENT_BUFFER - run->length - 1);
	if (!length)
		return 0; /* too long for a line; the journal has it */
	run->length += length;
	run->buffer[run->length++] = '\n';
	return 0;
}

static bool is_secret(const struct instance *instance, const struct config_entry *entry)
{
	struct schema schema = {instance->module->plugin.options, instance->module->plugin.option_size};
	const struct theca_option *option = schema_find(schema, entry->key);

	return option && option->flags & THECA_SECRET;
}

/* errno: ESTALE when the file is no longer what was loaded. */
static char *mask(char *text, size_t *size, int line)
{
	char *masked = text ? ini_mask(text, size, line) : NULL;

	if (text && !masked)
		errno = ESTALE;
	free(text);
	return masked;
}

char *run_bench_text(struct bench *bench, const char *path, size_t *size)
{
	char *text = env_read_file(path, INI_FILE_MAX, size);

	for (uint32_t i = 0; i < bench->instance_count; i++) {
		const struct config_section *section = bench->instances[i]->section;
		for (size_t e = 0; e < section->count; e++)
			if (!strcmp(section->entries[e].place.file, path) &&
				is_secret(bench->instances[i], &section->entries[e]))
				text = mask(text, size, section->entries[e].place.line);
	}
	return text;
}

/* The name of an included file's copy: its own, with its number where that is taken. */
static void name_copy(const char *const *paths, size_t i, char *name, size_t size)
{
	const char *base = strrchr(paths[i], '/');
	base = base ? base + 1 : paths[i];
	bool taken = !strcmp(base, "bench.ini");

	for (size_t other = 1; other < i; other++) {
		const char *slash = strrchr(paths[other], '/');
		taken |= !strcmp(slash ? slash + 1 : paths[other], base);
	}
	if (taken)
		snprintf(name, size, "%zu-%s", i, base);
	else
		snprintf(name, size, "%s", base);
}

/* The INI files, the bench's own as bench.ini, with the hashes of what is kept. */
static int copy_inis(struct bench *bench)
{
	const char *const *paths;
	size_t count = config_files(bench->config, &paths);

	for (size_t i = 0; i < count; i++) {
		size_t size;
		char hash[65], name[300], *text = run_bench_text(bench, paths[i], &size);
		const char *base = strrchr(paths[i], '/');
		if (!text)
			return -errno;
		name_copy(paths, i, name, sizeof name);
		env_hash(text, size, hash);
		results_fact(&bench->results, "", i ? name : "bench file", i ? hash : base ? base + 1 : paths[i]);
		if (!i)
			results_fact(&bench->results, "", "bench file sha256", hash);
		int result = write_file(bench->run, i ? name : "bench.ini", text, size);
		free(text);
		if (result)
			return result;
	}
	return 0;
}

static void emit_group(const struct results *results, const struct results_group *group, struct emit *emit)
{
	emit_open(emit, *group->name ? group->name : "bench", '{');
	for (size_t i = group->first; i; i = results->facts[i - 1].next)
		emit_text(emit, results->facts[i - 1].key, results->facts[i - 1].value);
	emit_close(emit, '}');
}

static int write_identification(struct bench *bench)
{
	static const size_t size = 1 << 20;
	const struct results *results = &bench->results;
	struct emit emit;
	char *out = malloc(size);

	if (!out)
		return -ENOMEM;
	emit_init(&emit, out, size);
	emit_open(&emit, NULL, '{');
	for (size_t i = 0; i < results->group_count; i++)
		emit_group(results, &results->groups[i], &emit);
	emit_close(&emit, '}');
	out[emit.length++] = '\n';
	int result = write_file(bench->run, "identification.json", out, emit.length);
	free(out);
	return result;
}

int run_listen(struct bench *bench)
{
	struct run *run = bench->run;

	run->events = run_create_file(run, "events.jsonl");
	if (run->events < 0)
		return run->events;
	return bus_subscribe(&bench->bus, &(struct bus_sink){.user = run, .event = write_event}) ? 0 : -ENOMEM;
}

int run_begin(struct bench *bench)
{
	int result = copy_inis(bench);

	return result ? result : write_identification(bench); /* again at the end, when pumps have told theirs */
}

int run_end(struct bench *bench, int columns, bool color, char **summary)
{
	static const struct {
		const char *name;
		char *(*render)(const struct results *, size_t *size);
	} files[] = {{"report.html", report_html}, {"verdicts.tap", report_tap}, {"verdicts.xml", report_junit}};
	size_t size;
	int result = write_identification(bench);

	run_flush(bench->run);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *text = files[i].render(&bench->results, &size);
		int failed = write_file(bench->run, files[i].name, text, size);
		result = failed ? failed : result;
		free(text);
	}
	char *plain = report_summary(&bench->results, 80, false, &size);
	int failed = write_file(bench->run, "summary.txt", plain, size);
	free(plain);
	*summary = report_summary(&bench->results, columns, color, &size);
	return failed ? failed : result;
}

void run_close(struct run *run)
{
	if (!run)
		return;
	if (run->events >= 0)
		close(run->events);
	free(run->folder);
	free(run);
}
