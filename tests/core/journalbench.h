/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench around a journal, for journal-t.c and scan-t.c: records that follow from their numbers, a
 * folder of its own, and an fdatasync() that fails when a test wants it to.
 */
#ifndef JOURNALBENCH_H
#define JOURNALBENCH_H

#include "journal/journal.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEAD 32 /* bytes of a segment before its first record */

static int syncs, fail_from, fail_until; /* the syncs that fail, counted from 1 */

int fdatasync(int fd)
{
	syncs++;
	if (syncs >= fail_from && syncs < fail_until) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static inline void fail_syncs(int from, int count)
{
	syncs = 0;
	fail_from = from;
	fail_until = from + count;
}

/* -- a bench around the journal --------------------------------------------------------------- */

struct bench {
	char folder[64];
	uv_loop_t loop;
	struct journal *journal;
	struct journal_finding finding;
	uint64_t durable;
	int durable_calls, failed, error;
	int acknowledge; /* a pipe, or -1 */

	uint64_t seen, last_seen; /* records given by `each` */
	int wrong;                /* of them: out of order or not as they were written */
	int walls;
};

/* Whatever a record holds follows from its number. */
static void fill(struct theca_event *event, char text[64], uint64_t number)
{
	snprintf(text, 64, "record %" PRIu64 "%.*s", number, (int)(number % 23),
		"......................");
	*event = (struct theca_event){.size = sizeof *event,
		.kind = THECA_EVENT_NOTE,
		.time_ns = (int64_t)number * 1000,
		.instance = (uint32_t)number % 7,
		.code = "note",
		.who = "test",
		.text = text};
}

static void look(void *user, const struct record *record)
{
	struct bench *bench = user;
	struct theca_event want;
	char text[64];
	fill(&want, text, record->event.number);
	bench->wrong += record->event.number <= bench->last_seen ||
			record->event.time_ns != want.time_ns || strcmp(record->event.text, text) ||
			strcmp(record->instance_name, "left");
	bench->walls += record->wall_ns != 0;
	bench->last_seen = record->event.number;
	bench->seen++;
}

static void durable(void *user, uint64_t number)
{
	struct bench *bench = user;
	bench->durable = number;
	bench->durable_calls++;
	if (bench->acknowledge >= 0 && write(bench->acknowledge, &number, sizeof number) < 0)
		_exit(9);
}

static void failed(void *user, int error)
{
	struct bench *bench = user;
	bench->failed++;
	bench->error = error;
}

static int open_journal(struct bench *bench, bool synced)
{
	struct journal_options options = {.folder = bench->folder,
		.synced = synced,
		.loop = &bench->loop,
		.user = bench,
		.durable = durable,
		.failed = failed};
	bench->seen = bench->last_seen = bench->durable = 0;
	bench->durable_calls = bench->failed = bench->wrong = bench->walls = 0;
	return journal_open(&bench->journal, &options, look, &bench->finding);
}

static void begin(struct bench *bench)
{
	*bench = (struct bench){.folder = "/tmp/theca-journal-XXXXXX", .acknowledge = -1};
	if (!mkdtemp(bench->folder) || uv_loop_init(&bench->loop))
		abort();
}

static void end(struct bench *bench)
{
	char command[128];
	journal_close(bench->journal);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	uv_loop_close(&bench->loop);
	snprintf(command, sizeof command, "rm -r %s", bench->folder);
	if (system(command))
		abort();
}

static void close_journal(struct bench *bench)
{
	journal_close(bench->journal);
	bench->journal = NULL;
	uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static uint64_t append(struct bench *bench, uint64_t number)
{
	struct theca_event event;
	char text[64];
	fill(&event, text, number);
	uint64_t got = journal_append(bench->journal, &event, "left");
	return got == event.number ? got : 0;
}

static void append_many(struct bench *bench, uint64_t from, uint64_t until)
{
	uint64_t wrong = 0;
	for (uint64_t number = from; number <= until; number++)
		wrong += append(bench, number) != number;
	if (wrong)
		ok(false, "append %" PRIu64 " to %" PRIu64, from, until);
}

/* One batch, synced before this returns. */
static inline void store(struct bench *bench, uint64_t from, uint64_t until)
{
	append_many(bench, from, until);
	journal_flush(bench->journal);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static inline const char *segment_path(const struct bench *bench, unsigned segment)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/journal/%08u.tj", bench->folder, segment);
	return path;
}

static inline int64_t segment_size(const struct bench *bench, unsigned segment)
{
	struct stat status;
	return stat(segment_path(bench, segment), &status) ? -1 : status.st_size;
}

static inline size_t load(const char *path, uint8_t *bytes, size_t most)
{
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(bytes, 1, most, file) : 0;
	if (file)
		fclose(file);
	return size;
}

static inline void save(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
}

static inline int read_journal(struct bench *bench)
{
	bench->seen = bench->last_seen = 0;
	bench->wrong = 0;
	return journal_read(bench->folder, look, bench, &bench->finding);
}

#endif
