/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain: each segment's head states the number of its first record and the checksum of the one
 * before. So a missing, exchanged or shortened segment is seen; and what a segment holds beyond the
 * next one's first record was given up there after a failed sync and is not read.
 */
#include "journal/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "journal/segment.h"

struct file {
	uint32_t number; /* by its name */
	bool good;       /* `head` could be read and is this number's */
	bool foreign;    /* ... or it is another's */
	struct segment_head head;
};

struct scan {
	int folder;
	void (*each)(void *user, const struct record *);
	void *user;
	struct journal_finding *finding;
	struct scan_end *end;
	struct file *files;
	size_t file_count;
	uint8_t *bytes; /* of the file in hand */
	size_t size, room;
};

/* -- words ------------------------------------------------------------------------------------ */

__attribute__((format(printf, 5, 6))) static void find(struct scan *scan,
	enum journal_health health, uint32_t segment, size_t at, const char *format, ...)
{
	struct journal_finding *finding = scan->finding;
	if (finding->health >= health) /* the first finding says most */
		return;
	finding->health = health;
	int length = snprintf(finding->text, sizeof finding->text,
		"segment %08" PRIu32 ".tj, byte %zu: ", segment, at);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(finding->text + length, sizeof finding->text - (size_t)length, format, arguments);
	va_end(arguments);
}

/* -- files ------------------------------------------------------------------------------------ */

static int add_file(struct scan *scan, uint32_t number)
{
	if (!(scan->file_count & (scan->file_count - 1))) { /* full at each power of two */
		size_t room = scan->file_count ? scan->file_count * 2 : 1;
		struct file *files = realloc(scan->files, room * sizeof *files);
		if (!files)
			return -ENOMEM;
		scan->files = files;
	}
	scan->files[scan->file_count++] = (struct file){.number = number};
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct file *)a)->number, y = ((const struct file *)b)->number;
	return (x > y) - (x < y);
}

static int list_files(struct scan *scan)
{
	int fd = openat(scan->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		error = -errno;
		if (fd >= 0)
			close(fd);
		return error;
	}
	for (struct dirent *entry; !error && (entry = readdir(directory));) {
		uint32_t number = segment_number(entry->d_name);
		if (number)
			error = add_file(scan, number);
	}
	closedir(directory);
	if (scan->file_count)
		qsort(scan->files, scan->file_count, sizeof *scan->files, by_number);
	return error;
}

static int open_file(const struct scan *scan, const struct file *file)
{
	char name[SEGMENT_NAME];
	segment_name(file->number, name);
	int fd = openat(scan->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* Reads up to `most` bytes. Returns how many, or -errno. */
static ssize_t read_all(int fd, uint8_t *bytes, size_t most)
{
	size_t size = 0;
	while (size < most) {
		ssize_t got = read(fd, bytes + size, most - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		size += (size_t)got;
	}
	return (ssize_t)size;
}

static int read_head(struct scan *scan, struct file *file)
{
	uint8_t bytes[SEGMENT_HEAD];
	int fd = open_file(scan, file);
	if (fd < 0)
		return fd;
	struct stat status;
	ssize_t size = fstat(fd, &status) ? -errno : read_all(fd, bytes, sizeof bytes);
	close(fd);
	if (size < 0)
		return (int)size;
	size_t room = (size_t)status.st_size < SEGMENT_SIZE ? (size_t)status.st_size : SEGMENT_SIZE;
	if (room >= scan->room)
		scan->room = room + 1; /* one more shows that a file is longer */
	file->good = segment_head_decode(bytes, (size_t)size, &file->head);
	if (file->good && file->head.version != SEGMENT_VERSION) {
		snprintf(scan->finding->text, sizeof scan->finding->text,
			"segment %08" PRIu32 ".tj has format %" PRIu32 ", this service reads %d",
			file->number, file->head.version, SEGMENT_VERSION);
		return -EPROTONOSUPPORT;
	}
	file->foreign = file->good && file->head.segment != file->number;
	file->good = file->good && !file->foreign;
	return 0;
}

static int load(struct scan *scan, const struct file *file)
{
	int fd = open_file(scan, file);
	if (fd < 0)
		return fd;
	ssize_t size = read_all(fd, scan->bytes, scan->room);
	close(fd);
	if (size < 0)
		return (int)size;
	scan->size = (size_t)size;
	if (scan->size > SEGMENT_SIZE) {
		scan->size = SEGMENT_SIZE;
		find(scan, JOURNAL_DAMAGED, file->number, SEGMENT_SIZE,
			"longer than a segment can be");
	}
	return 0;
}

/* -- records ---------------------------------------------------------------------------------- */

static bool zeros_from(const struct scan *scan, size_t at)
{
	while (at < scan->size && !scan->bytes[at])
		at++;
	return at == scan->size;
}

/* The next place that holds a whole record; the file's size: none. */
static size_t next_whole(const struct scan *scan, uint32_t segment, size_t at)
{
	struct record record;
	size_t length;
	for (; at + 8 <= scan->size; at += 8)
		if (record_decode(scan->bytes + at, scan->size - at, segment, &record, &length) ==
			RECORD_GOOD)
			return at;
	return scan->size;
}

static void take(struct scan *scan, uint32_t segment, size_t at, const struct record *record)
{
	struct journal_finding *finding = scan->finding;
	uint64_t number = record->event.number;
	if (number != finding->last_number + 1)
		find(scan, JOURNAL_DAMAGED, segment, at,
			"record %" PRIu64 " follows record %" PRIu64, number, finding->last_number);
	if (number <= finding->last_number)
		return;
	finding->last_number = number;
	finding->records++;
	scan->end->last_checksum = record_checksum(scan->bytes + at);
	if (scan->each)
		scan->each(scan->user, record);
}

/* At `at` stands no whole record. Returns where the next one is, or the file's size. */
static size_t judge_gap(struct scan *scan, const struct file *file, size_t at)
{
	bool last = file == scan->files + scan->file_count - 1;
	size_t next = next_whole(scan, file->number, at);
	if (next < scan->size)
		find(scan, JOURNAL_DAMAGED, file->number, at,
			"%zu bytes are no record, and whole records follow", next - at);
	else if (last && !zeros_from(scan, at))
		find(scan, JOURNAL_TAIL_CUT, file->number, at,
			"%zu bytes of a torn record at the end", scan->size - at);
	return next;
}

/* Where the next segment takes over, records of this one do not count any more. */
static uint64_t stop_number(const struct scan *scan, const struct file *file)
{
	const struct file *next = file + 1;
	return next < scan->files + scan->file_count && next->good ? next->head.first_number
								   : UINT64_MAX;
}

static void read_records(struct scan *scan, const struct file *file)
{
	uint64_t stop = stop_number(scan, file);
	size_t at = SEGMENT_HEAD;
	scan->end->used = at;
	while (at < scan->size && scan->finding->last_number + 1 < stop) {
		struct record record;
		size_t length;
		if (record_decode(scan->bytes + at, scan->size - at, file->number, &record,
			    &length) != RECORD_GOOD) {
			at = judge_gap(scan, file, at);
			continue;
		}
		take(scan, file->number, at, &record);
		at += length;
		scan->end->used = at;
	}
}

/* A last file whose head never reached the disk holds nothing either. */
static bool never_written(const struct scan *scan, const struct file *file)
{
	return file == scan->files + scan->file_count - 1 &&
	       next_whole(scan, file->number,
		       SEGMENT_HEAD < scan->size ? SEGMENT_HEAD : scan->size) == scan->size;
}

static int read_segment(struct scan *scan, const struct file *file)
{
	int error = load(scan, file);
	if (error)
		return error;
	scan->end->segment = file->number;
	if (!file->good && !file->foreign && never_written(scan, file)) {
		if (!zeros_from(scan, 0))
			find(scan, JOURNAL_TAIL_CUT, file->number, 0, "a torn head, and no record");
		scan->end->used = 0;
		return 0;
	}
	if (!file->good)
		find(scan, JOURNAL_DAMAGED, file->number, 0,
			file->foreign ? "the head of segment %08" PRIu32 ".tj" : "no whole head",
			file->head.segment);
	else if (file->head.first_number != scan->finding->last_number + 1 ||
		 file->head.previous_checksum != scan->end->last_checksum)
		find(scan, JOURNAL_DAMAGED, file->number, 0,
			"begins with record %" PRIu64 " and does not continue record %" PRIu64,
			file->head.first_number, scan->finding->last_number);
	read_records(scan, file);
	return 0;
}

static int scan_files(struct scan *scan)
{
	int error = list_files(scan);
	for (size_t i = 0; i < scan->file_count && !error; i++)
		error = read_head(scan, &scan->files[i]);
	if (error || !scan->file_count)
		return error;
	scan->finding->health = JOURNAL_CLEAN;
	scan->bytes = malloc(scan->room);
	if (!scan->bytes)
		return -ENOMEM;
	for (size_t i = 0; i < scan->file_count && !error; i++)
		error = read_segment(scan, &scan->files[i]);
	return error;
}

int scan_folder(int folder, void (*each)(void *user, const struct record *), void *user,
	struct journal_finding *finding, struct scan_end *end)
{
	struct scan scan = {
		.folder = folder, .each = each, .user = user, .finding = finding, .end = end};
	*finding = (struct journal_finding){.health = JOURNAL_NEW};
	*end = (struct scan_end){0};
	int error = scan_files(&scan);
	free(scan.bytes);
	free(scan.files);
	return error;
}
