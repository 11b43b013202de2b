/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/segment.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "journal/record.h"

enum {
	STEP = 1 << 20,      /* zeros written at once */
	LOW_WATER = 1 << 18, /* about 2,000 records */
};

static const char magic[8] = {'T', 'H', 'E', 'C', 'A', 'J', 'N', 'L'};

void segment_name(uint32_t segment, char name[SEGMENT_NAME])
{
	snprintf(name, SEGMENT_NAME, "%08u.tj", segment);
}

uint32_t segment_number(const char *name)
{
	uint64_t number = 0;
	size_t digits = 0;
	for (; name[digits] >= '0' && name[digits] <= '9' && digits < 10; digits++)
		number = number * 10 + (uint64_t)(name[digits] - '0');
	char own[SEGMENT_NAME];
	if (digits < 8 || number > UINT32_MAX)
		return 0;
	segment_name((uint32_t)number, own);
	return strcmp(own, name) ? 0 : (uint32_t)number;
}

void segment_head_encode(const struct segment_head *head, uint8_t out[SEGMENT_HEAD])
{
	uint32_t words[2] = {htole32(head->version), htole32(head->segment)};
	uint64_t first_number = htole64(head->first_number);
	uint32_t previous = htole32(head->previous_checksum);
	memcpy(out, magic, 8);
	memcpy(out + 8, words, 8);
	memcpy(out + 16, &first_number, 8);
	memcpy(out + 24, &previous, 4);
	uint32_t checksum = htole32(record_crc32c(0, out, 28));
	memcpy(out + 28, &checksum, 4);
}

bool segment_head_decode(const uint8_t *bytes, size_t size, struct segment_head *head)
{
	uint32_t words[2], previous, checksum;
	uint64_t first_number;
	if (size < SEGMENT_HEAD || memcmp(bytes, magic, 8))
		return false;
	memcpy(words, bytes + 8, 8);
	memcpy(&first_number, bytes + 16, 8);
	memcpy(&previous, bytes + 24, 4);
	memcpy(&checksum, bytes + 28, 4);
	*head = (struct segment_head){
		le32toh(words[0]), le32toh(words[1]), le64toh(first_number), le32toh(previous)};
	return le32toh(checksum) == record_crc32c(0, bytes, 28);
}

void segment_init(struct segment *segment)
{
	*segment = (struct segment){.fd = -1};
}

static int open_file(int folder, uint32_t number, int flags)
{
	char name[SEGMENT_NAME];
	segment_name(number, name);
	int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0640);
	return fd < 0 ? -errno : fd;
}

static int write_at(int fd, const uint8_t *bytes, size_t size, size_t at)
{
	while (size) {
		ssize_t written = pwrite(fd, bytes, size, (off_t)at);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written ? -errno : -ENOSPC;
		bytes += written;
		size -= (size_t)written;
		at += (size_t)written;
	}
	return 0;
}

int segment_create(struct segment *segment, int folder, const struct segment_head *head)
{
	uint8_t bytes[SEGMENT_HEAD];
	int fd = open_file(folder, head->segment, O_CREAT | O_EXCL);
	if (fd < 0)
		return fd;
	segment_head_encode(head, bytes);
	int error = write_at(fd, bytes, sizeof bytes, 0);
	if (error) {
		close(fd);
		segment_remove(folder, head->segment);
		return error;
	}
	*segment = (struct segment){.fd = fd,
		.number = head->segment,
		.unnamed = true,
		.used = SEGMENT_HEAD,
		.ahead = SEGMENT_HEAD};
	return 0;
}

int segment_resume(struct segment *segment, int folder, uint32_t number, size_t used, bool cut)
{
	struct stat status;
	int fd = open_file(folder, number, 0);
	if (fd < 0)
		return fd;
	if ((cut && ftruncate(fd, (off_t)used)) || fstat(fd, &status)) {
		int error = -errno;
		close(fd);
		return error;
	}
	*segment = (struct segment){
		.fd = fd, .number = number, .used = used, .ahead = (size_t)status.st_size};
	return 0;
}

int segment_remove(int folder, uint32_t number)
{
	char name[SEGMENT_NAME];
	segment_name(number, name);
	return unlinkat(folder, name, 0) ? -errno : 0;
}

int segment_write(struct segment *segment, const uint8_t *bytes, size_t size)
{
	int error = write_at(segment->fd, bytes, size, segment->used);
	if (!error && segment->used + size > segment->ahead)
		segment->ahead = segment->used + size;
	return error;
}

/* The name of a new file, and that of the journal's folder in the run's, must be on disk as well.
 */
static int sync_name(int folder)
{
	int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return -errno;
	int error = fsync(folder) || fsync(parent) ? -errno : 0;
	close(parent);
	return error;
}

int segment_sync(struct segment *segment, int folder)
{
	if (fdatasync(segment->fd))
		return -errno;
	int error = segment->unnamed ? sync_name(folder) : 0;
	if (!error)
		segment->unnamed = false;
	return error;
}

void segment_keep(struct segment *segment, size_t size)
{
	segment->used += size;
}

bool segment_wants_more(const struct segment *segment)
{
	return segment->fd >= 0 && segment->ahead < SEGMENT_SIZE &&
	       segment->ahead - segment->used < LOW_WATER;
}

int segment_extend(struct segment *segment)
{
	size_t size = SEGMENT_SIZE - segment->ahead < STEP ? SEGMENT_SIZE - segment->ahead : STEP;
	uint8_t *zeros = calloc(1, size);
	if (!zeros)
		return 0;
	int error = write_at(segment->fd, zeros, size, segment->ahead);
	free(zeros);
	if (error)
		return 0; /* the file grows as it is used, as long as it can */
	if (fdatasync(segment->fd))
		return -errno;
	segment->ahead += size;
	return 0;
}

void segment_close(struct segment *segment, bool failed)
{
	if (segment->fd < 0)
		return;
	/* Nobody depends on it: zeros at the end read as the end. */
	if (!failed && segment->ahead > segment->used)
		(void)!ftruncate(segment->fd, (off_t)segment->used);
	close(segment->fd);
	segment->fd = -1;
}
