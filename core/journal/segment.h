/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One segment file of the journal, `NNNNNNNN.tj`: a head, records, zeros written ahead. A sync of
 * bytes that are there already costs about half of one that makes the file longer. All calls block
 * and answer 0 or -errno; one thread at a time.
 *
 *	8 bytes magic, u32 version, u32 segment, u64 number of the first record,
 *	u32 checksum of the record before it (0: none), u32 crc32c of the head so far
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_SIZE ((size_t)16 << 20) /* no record goes beyond */
#define SEGMENT_HEAD 32
#define SEGMENT_VERSION 1
#define SEGMENT_NAME 16 /* room for a file name */

struct segment_head {
	uint32_t version, segment;
	uint64_t first_number;
	uint32_t previous_checksum;
};

void segment_name(uint32_t segment, char name[SEGMENT_NAME]);
/* The number in a file name; 0: it is not a segment's. */
uint32_t segment_number(const char *name);
void segment_head_encode(const struct segment_head *, uint8_t out[SEGMENT_HEAD]);
bool segment_head_decode(const uint8_t *bytes, size_t size, struct segment_head *);

struct segment {
	int fd; /* -1: none is open */
	uint32_t number;
	bool unnamed; /* its name in the folder is not synced yet */
	size_t used;  /* up to here records are written and, where wanted, synced */
	size_t ahead; /* up to here the file has bytes, zeros after `used` */
};

void segment_init(struct segment *);
int segment_create(struct segment *, int folder, const struct segment_head *);
/* Goes on with an existing file after `used` bytes; `cut`: what follows them is thrown away. */
int segment_resume(struct segment *, int folder, uint32_t number, size_t used, bool cut);
int segment_remove(int folder, uint32_t number);
/* Writes after `used`; `used` moves by segment_keep(), when the bytes are as safe as wanted. */
int segment_write(struct segment *, const uint8_t *bytes, size_t size);
int segment_sync(struct segment *, int folder);
void segment_keep(struct segment *, size_t size);
/* Is it time to write zeros ahead, and doing so. A full disk is no error here, a failed sync is. */
bool segment_wants_more(const struct segment *);
int segment_extend(struct segment *);
/* Takes the zeros off and closes; `failed`: leaves the file as it is. */
void segment_close(struct segment *, bool failed);

#endif
