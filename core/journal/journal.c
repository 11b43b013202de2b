/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two buffers: the loop fills one while the thread writes the other. Records get their segment, and
 * with it their checksum, only when they are written, so a batch can move to another segment.
 */
#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/env.h"
#include "journal/segment.h"

enum { BIG = 1 << 18 }; /* without syncing, more is not held back; nor are buffers of more kept */

struct buffer {
	uint8_t *bytes;
	size_t length, room;
	uint64_t last_number;
};

struct journal {
	struct journal_options options;
	int folder, lock;
	uint64_t last_number, durable;
	int error; /* it has failed */
	struct buffer filling;

	/* One job at a time; from its start to its end these are the thread's. */
	struct segment segment;
	uint32_t next_segment;
	uint32_t last_checksum; /* of the last record that is where it should be */
	struct buffer writing;
	int result;

	uv_work_t work;
	uv_mutex_t mutex;
	uv_cond_t ended;
	bool running; /* the thread has not finished; under the mutex */
	bool pending; /* after_job() has not been called */
	bool closed;
};

/* -- writing: in the thread, or in the loop where no job is ----------------------------------- */

/* After a failure nobody knows what the file holds; one without a kept record can go altogether. */
static void give_up_segment(struct journal *journal)
{
	struct segment *segment = &journal->segment;
	if (segment->fd < 0)
		return;
	bool nothing_kept = segment->used == SEGMENT_HEAD;
	segment_close(segment, true);
	if (nothing_kept && !segment_remove(journal->folder, segment->number))
		journal->next_segment = segment->number;
}

/* There is an open segment with room for the record at `bytes`. */
static int have_room(struct journal *journal, const uint8_t *bytes)
{
	struct segment *segment = &journal->segment;
	if (segment->fd >= 0 && segment->used + record_length(bytes) <= SEGMENT_SIZE)
		return 0;
	segment_close(segment, false);
	struct segment_head head = {SEGMENT_VERSION, journal->next_segment, record_number(bytes),
		journal->last_checksum};
	int error = segment_create(segment, journal->folder, &head);
	if (!error)
		journal->next_segment++;
	return error;
}

/* Seals the records from `at` that the segment has room for. Returns where they end. */
static size_t seal(struct journal *journal, size_t at, uint32_t *last_checksum)
{
	struct buffer *buffer = &journal->writing;
	size_t room = SEGMENT_SIZE - journal->segment.used, from = at;
	while (at < buffer->length) {
		uint8_t *bytes = buffer->bytes + at;
		size_t end = at + record_length(bytes);
		if (end - from > room)
			break;
		record_seal(bytes, journal->segment.number);
		*last_checksum = record_checksum(bytes);
		at = end;
	}
	return at;
}

/* Writes the batch from `*at` as far as one segment takes it, and moves `*at`. */
static int store_part(struct journal *journal, size_t *at)
{
	struct segment *segment = &journal->segment;
	uint8_t *bytes = journal->writing.bytes + *at;
	int error = have_room(journal, bytes);
	if (error)
		return error;
	uint32_t last_checksum = 0;
	size_t end = seal(journal, *at, &last_checksum), size = end - *at;
	error = segment_write(segment, bytes, size);
	if (!error && journal->options.synced)
		error = segment_sync(segment, journal->folder);
	if (error)
		return error;
	segment_keep(segment, size);
	journal->last_checksum = last_checksum;
	*at = end;
	return 0;
}

static int store(struct journal *journal)
{
	bool again = false;
	for (size_t at = 0; at < journal->writing.length;) {
		int error = store_part(journal, &at);
		if (!error)
			continue;
		give_up_segment(journal);
		if (again)
			return error;
		again = true;
	}
	return 0;
}

/* What one large batch needed is not kept for the small ones that follow. */
static void empty_buffer(struct buffer *buffer)
{
	buffer->length = 0;
	if (buffer->room <= BIG)
		return;
	free(buffer->bytes);
	*buffer = (struct buffer){.last_number = buffer->last_number};
}

static void swap_buffers(struct journal *journal)
{
	struct buffer empty = journal->writing;
	empty.length = 0;
	journal->writing = journal->filling;
	journal->filling = empty;
}

/* -- jobs ------------------------------------------------------------------------------------- */

static void job(uv_work_t *work)
{
	struct journal *journal = work->data;
	int result = 0;
	if (journal->writing.length)
		result = store(journal);
	else if (segment_extend(&journal->segment))
		give_up_segment(journal);
	uv_mutex_lock(&journal->mutex);
	journal->result = result;
	journal->running = false;
	uv_cond_signal(&journal->ended);
	uv_mutex_unlock(&journal->mutex);
}

static void fail(struct journal *journal, int error)
{
	journal->error = error;
	journal->filling.length = 0;
	if (journal->options.failed)
		journal->options.failed(journal->options.user, error); /* may close the journal */
}

static void release(struct journal *journal)
{
	uv_mutex_destroy(&journal->mutex);
	uv_cond_destroy(&journal->ended);
	free(journal->filling.bytes);
	free(journal->writing.bytes);
	free(journal);
}

static void start_job(struct journal *journal, bool extend);

static void after_job(uv_work_t *work, int status)
{
	struct journal *journal = work->data;
	(void)status; /* it is never cancelled */
	journal->pending = false;
	if (journal->closed) {
		release(journal);
		return;
	}
	if (journal->result) {
		fail(journal, journal->result);
		return;
	}
	uint64_t number = journal->writing.length ? journal->writing.last_number : 0;
	empty_buffer(&journal->writing);
	/* The disk works while the callback does. */
	start_job(journal, number && segment_wants_more(&journal->segment));
	if (number <= journal->durable)
		return;
	journal->durable = number;
	if (journal->options.durable)
		journal->options.durable(journal->options.user, number); /* may close the journal */
}

/* Writes zeros ahead (only ever after a batch, so that failing does not repeat), or what is
 * buffered. */
static void start_job(struct journal *journal, bool extend)
{
	if (!extend && !journal->filling.length)
		return;
	if (!extend)
		swap_buffers(journal);
	journal->pending = journal->running = true;
	journal->work.data = journal;
	int error = uv_queue_work(journal->options.loop, &journal->work, job, after_job);
	if (!error)
		return;
	journal->pending = journal->running = false;
	fail(journal, error);
}

static void wait_for_job(struct journal *journal)
{
	uv_mutex_lock(&journal->mutex);
	while (journal->running)
		uv_cond_wait(&journal->ended, &journal->mutex);
	uv_mutex_unlock(&journal->mutex);
}

/* -- appending -------------------------------------------------------------------------------- */

static bool grow(struct buffer *buffer)
{
	if (buffer->room - buffer->length >= RECORD_MAX)
		return true;
	size_t room = buffer->room ? buffer->room * 2 : 16 * RECORD_MAX;
	uint8_t *bytes = realloc(buffer->bytes, room);
	if (!bytes)
		return false;
	buffer->bytes = bytes;
	buffer->room = room;
	return true;
}

uint64_t journal_append(
	struct journal *journal, struct theca_event *event, const char *instance_name)
{
	struct buffer *buffer = &journal->filling;
	if (journal->error || !grow(buffer))
		return 0;
	event->number = journal->last_number + 1;
	struct record record = {.event = *event,
		.instance_name = instance_name,
		.wall_ns = journal->options.synced ? env_wall_ns() : 0};
	size_t length = record_encode(&record, 0, buffer->bytes + buffer->length, RECORD_MAX);
	if (!length)
		return 0;
	buffer->length += length;
	buffer->last_number = journal->last_number = event->number;
	if (!journal->options.synced && buffer->length >= BIG)
		journal_flush(journal);
	return event->number;
}

static void flush_unsynced(struct journal *journal)
{
	swap_buffers(journal);
	int error = store(journal);
	journal->writing.length = 0;
	if (error) {
		fail(journal, error);
		return;
	}
	journal->durable = journal->writing.last_number;
	if (journal->options.durable)
		journal->options.durable(journal->options.user, journal->durable);
}

bool journal_has_more(const struct journal *journal)
{
	return !journal->error && !journal->pending && journal->filling.length;
}

void journal_flush(struct journal *journal)
{
	if (!journal_has_more(journal))
		return;
	if (journal->options.synced)
		start_job(journal, false);
	else
		flush_unsynced(journal);
}

uint64_t journal_durable(const struct journal *journal)
{
	return journal->options.synced || journal->error ? journal->durable : journal->last_number;
}

/* -- opening and closing ---------------------------------------------------------------------- */

static int open_folder(const char *run, bool create)
{
	size_t size = strlen(run) + sizeof "/journal";
	char *path = malloc(size);
	if (!path)
		return -ENOMEM;
	snprintf(path, size, "%s/journal", run);
	int fd = create ? env_make_folder(path) : 0;
	if (!fd) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	free(path);
	return fd;
}

/* The lock is the open file, not its content: it goes with the process, however that ends. */
static int lock_folder(int folder)
{
	int fd = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	int error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return error;
}

/* A damaged journal goes on in a new segment; nothing in the old ones is touched. */
static int resume(struct journal *journal, enum journal_health health, const struct scan_end *end)
{
	journal->next_segment = end->segment + 1;
	journal->last_checksum = end->last_checksum;
	if (health == JOURNAL_NEW || health == JOURNAL_DAMAGED)
		return 0;
	if (end->used)
		return segment_resume(&journal->segment, journal->folder, end->segment, end->used,
			health == JOURNAL_TAIL_CUT);
	journal->next_segment = end->segment;
	return segment_remove(journal->folder, end->segment);
}

static int open_files(struct journal *journal, const char *folder,
	void (*each)(void *user, const struct record *), struct journal_finding *finding)
{
	struct scan_end end;
	journal->folder = open_folder(folder, true);
	if (journal->folder < 0)
		return journal->folder;
	journal->lock = lock_folder(journal->folder);
	if (journal->lock < 0)
		return journal->lock;
	int error = scan_folder(journal->folder, each, journal->options.user, finding, &end);
	if (error)
		return error;
	journal->last_number = journal->durable = finding->last_number;
	return resume(journal, finding->health, &end);
}

static void close_files(struct journal *journal)
{
	segment_close(&journal->segment, journal->error != 0);
	if (journal->folder >= 0)
		close(journal->folder);
	if (journal->lock >= 0)
		close(journal->lock);
}

static struct journal *create(const struct journal_options *options)
{
	struct journal *journal = calloc(1, sizeof *journal);
	if (!journal)
		return NULL;
	journal->options = *options;
	journal->options.folder = NULL; /* not ours for longer than journal_open() */
	journal->folder = journal->lock = -1;
	segment_init(&journal->segment);
	if (uv_mutex_init(&journal->mutex)) {
		free(journal);
		return NULL;
	}
	if (uv_cond_init(&journal->ended)) {
		uv_mutex_destroy(&journal->mutex);
		free(journal);
		return NULL;
	}
	return journal;
}

int journal_open(struct journal **out, const struct journal_options *options,
	void (*each)(void *user, const struct record *), struct journal_finding *finding)
{
	*finding = (struct journal_finding){0};
	struct journal *journal = *out = create(options);
	if (!journal)
		return -ENOMEM;
	int error = journal->error = open_files(journal, options->folder, each, finding);
	if (!error)
		return 0;
	close_files(journal);
	release(journal);
	*out = NULL;
	return error;
}

/* What the thread left, and what nobody has written yet. */
static int store_rest(struct journal *journal)
{
	if (journal->error || journal->result)
		return journal->error ? journal->error : journal->result;
	if (!journal->filling.length)
		return 0;
	swap_buffers(journal);
	return store(journal);
}

int journal_close(struct journal *journal)
{
	if (!journal)
		return 0;
	wait_for_job(journal);
	int error = journal->error = store_rest(journal);
	close_files(journal);
	journal->closed = true;
	if (!journal->pending)
		release(journal);
	return error;
}

int journal_read(const char *folder, void (*each)(void *user, const struct record *), void *user,
	struct journal_finding *finding)
{
	struct scan_end end;
	*finding = (struct journal_finding){0};
	int fd = open_folder(folder, false);
	if (fd < 0)
		return fd;
	int error = scan_folder(fd, each, user, finding, &end);
	close(fd);
	return error ? error : finding->health == JOURNAL_DAMAGED ? -EBADMSG : 0;
}
