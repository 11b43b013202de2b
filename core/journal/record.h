/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as the journal's bytes, little-endian whatever the machine:
 *
 *	u32 length   of the whole record, a multiple of 8
 *	u32 crc32c   of the length and all that follows, seeded by the segment's number
 *	u64 number   rises by 1
 *	i64 bench time, ns
 *	i64 wall time, ns since 1970 UTC (0 on a virtual clock)
 *	u16 kind, u16 format version, u32 instance (number; its name is in text form too)
 *	u32 priority, i32 outcome
 *	u32 verb, u32 direction, u64 token, i64 rate, volume, duration of the command
 *	u16 length, bytes and a NUL of: instance name, code, who, text; zero padding
 */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <theca/data.h>

#define RECORD_VERSION 1
#define RECORD_MAX 4096 /* longer texts are refused by record_encode() */

struct record {
	struct theca_event event; /* texts point into the bytes it was read from */
	int64_t wall_ns;
	const char *instance_name; /* "" for the bench */
};

enum record_result { RECORD_GOOD, RECORD_END, RECORD_BAD }; /* END: zeros, or nothing left */

/* Returns the record's length, 0 when a text is too long or `size` too small. */
size_t record_encode(const struct record *, uint32_t segment, uint8_t *out, size_t size);
enum record_result record_decode(const uint8_t *bytes, size_t size, uint32_t segment, struct record *,
	size_t *length);
uint32_t record_crc32c(uint32_t seed, const void *bytes, size_t size);
uint32_t record_crc32c_plain(uint32_t seed, const void *bytes, size_t size); /* the same, slower */

/* Of encoded bytes: moves a record to another segment; reads single fields. */
void record_seal(uint8_t *bytes, uint32_t segment);
uint32_t record_length(const uint8_t *bytes);
uint32_t record_checksum(const uint8_t *bytes);
uint64_t record_number(const uint8_t *bytes);

/* The event as one JSON object without a newline: for events.jsonl, `thecactl events`, MQTT.
 * `epoch_ns`: unix time of bench time 0. Quantities carry units. Returns the length; 0: too small. */
size_t record_json(const struct record *, int64_t epoch_ns, char *out, size_t size);
const char *record_kind_word(uint32_t kind); /* `alarm` */
const char *record_verb_word(uint32_t verb); /* `set-rate` */

#endif
