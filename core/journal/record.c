/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as the journal's bytes and as JSON. The layout is in record.h; it is written and read
 * field by field, so that neither padding nor byte order of a compiler reaches the disk.
 */
#include "journal/record.h"

#include <endian.h>
#include <string.h>
#include "base/emit.h"
#include "base/env.h"

#if defined __x86_64__
#include <nmmintrin.h>
#endif

enum {
	HEAD_SIZE = 8,   /* length and checksum */
	FIXED_SIZE = 88, /* all before the texts */
	TEXTS = 4,
	SMALLEST = FIXED_SIZE + TEXTS * 4, /* four empty texts: length and NUL, padded */
};
_Static_assert(SMALLEST >= FIXED_SIZE + TEXTS * 3 && SMALLEST % 8 == 0, "smallest record");

/* -- checksum --------------------------------------------------------------------------------- */

/* CRC-32C (Castagnoli), four bits at a time: for machines without an instruction for it. */
static uint32_t crc32c_plain(uint32_t crc, const uint8_t *bytes, size_t size)
{
	static const uint32_t table[16] = {
		0x00000000,
		0x105ec76f,
		0x20bd8ede,
		0x30e349b1,
		0x417b1dbc,
		0x5125dad3,
		0x61c69362,
		0x7198540d,
		0x82f63b78,
		0x92a8fc17,
		0xa24bb5a6,
		0xb21572c9,
		0xc38d26c4,
		0xd3d3e1ab,
		0xe330a81a,
		0xf36e6f75,
	};
	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

#if defined __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c_fast(
	uint32_t crc, const uint8_t *bytes, size_t size)
{
	uint64_t wide = crc;
	for (; size >= 8; bytes += 8, size -= 8) {
		uint64_t word;
		memcpy(&word, bytes, sizeof word);
		wide = _mm_crc32_u64(wide, word);
	}
	for (crc = (uint32_t)wide; size; size--)
		crc = _mm_crc32_u8(crc, *bytes++);
	return crc;
}
#endif

uint32_t record_crc32c(uint32_t seed, const void *bytes, size_t size)
{
#if defined __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc32c_fast(~seed, bytes, size);
#endif
	return ~crc32c_plain(~seed, bytes, size);
}

uint32_t record_crc32c_plain(uint32_t seed, const void *bytes, size_t size)
{
	return ~crc32c_plain(~seed, bytes, size);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static void put16(uint8_t *at, uint16_t value)
{
	value = htole16(value);
	memcpy(at, &value, sizeof value);
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof value);
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof value);
}

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return le16toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return le64toh(value);
}

/* The length is under the checksum too, else a wrong one could be met by chance. */
static uint32_t checksum(const uint8_t *bytes, size_t length, uint32_t segment)
{
	uint32_t crc = record_crc32c(segment, bytes, 4);
	return record_crc32c(crc, bytes + HEAD_SIZE, length - HEAD_SIZE);
}

static void put_fixed(uint8_t *out, const struct record *record)
{
	const struct theca_event *event = &record->event;
	put64(out + 8, event->number);
	put64(out + 16, (uint64_t)event->time_ns);
	put64(out + 24, (uint64_t)record->wall_ns);
	put16(out + 32, (uint16_t)event->kind);
	put16(out + 34, RECORD_VERSION);
	put32(out + 36, event->instance);
	put32(out + 40, event->priority);
	put32(out + 44, (uint32_t)event->outcome);
	put32(out + 48, event->command.verb);
	put32(out + 52, event->command.direction);
	put64(out + 56, event->command.token);
	put64(out + 64, (uint64_t)event->command.rate_pl_per_day);
	put64(out + 72, (uint64_t)event->command.volume_pl);
	put64(out + 80, (uint64_t)event->command.duration_ns);
}

static void get_fixed(const uint8_t *bytes, struct record *record)
{
	*record = (struct record){
		.event =
			{
				.size = sizeof record->event,
				.kind = get16(bytes + 32),
				.number = get64(bytes + 8),
				.time_ns = (int64_t)get64(bytes + 16),
				.instance = get32(bytes + 36),
				.priority = get32(bytes + 40),
				.outcome = (int32_t)get32(bytes + 44),
				.command =
					{
						.size = sizeof record->event.command,
						.verb = get32(bytes + 48),
						.direction = get32(bytes + 52),
						.token = get64(bytes + 56),
						.rate_pl_per_day = (int64_t)get64(bytes + 64),
						.volume_pl = (int64_t)get64(bytes + 72),
						.duration_ns = (int64_t)get64(bytes + 80),
					},
			},
		.wall_ns = (int64_t)get64(bytes + 24),
	};
}

size_t record_encode(const struct record *record, uint32_t segment, uint8_t *out, size_t size)
{
	const char *texts[TEXTS] = {
		record->instance_name, record->event.code, record->event.who, record->event.text};
	size_t lengths[TEXTS], length = FIXED_SIZE;
	for (size_t i = 0; i < TEXTS; i++) {
		lengths[i] = texts[i] ? strlen(texts[i]) : 0;
		if (lengths[i] > RECORD_MAX)
			return 0;
		length += 2 + lengths[i] + 1;
	}
	size_t padded = (length + 7) & ~(size_t)7;
	if (padded > size || padded > RECORD_MAX)
		return 0;
	put32(out, (uint32_t)padded);
	put_fixed(out, record);
	uint8_t *at = out + FIXED_SIZE;
	for (size_t i = 0; i < TEXTS; i++) {
		put16(at, (uint16_t)lengths[i]);
		if (lengths[i])
			memcpy(at + 2, texts[i], lengths[i]);
		at += 2 + lengths[i];
		*at++ = 0;
	}
	memset(at, 0, padded - length);
	put32(out + 4, checksum(out, padded, segment));
	return padded;
}

void record_seal(uint8_t *bytes, uint32_t segment)
{
	put32(bytes + 4, checksum(bytes, get32(bytes), segment));
}

uint32_t record_length(const uint8_t *bytes)
{
	return get32(bytes);
}

uint32_t record_checksum(const uint8_t *bytes)
{
	return get32(bytes + 4);
}

uint64_t record_number(const uint8_t *bytes)
{
	return get64(bytes + 8);
}

/* One text; returns what follows it, NULL when it does not lie before `end`. */
static const uint8_t *get_text(const uint8_t *at, const uint8_t *end, const char **text)
{
	if (end - at < 3)
		return NULL;
	size_t length = get16(at);
	at += 2;
	if ((size_t)(end - at) <= length || memchr(at, 0, length) || at[length])
		return NULL;
	*text = (const char *)at;
	return at + length + 1;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
	while (size && !*bytes)
		bytes++, size--;
	return !size;
}

enum record_result record_decode(
	const uint8_t *bytes, size_t size, uint32_t segment, struct record *record, size_t *length)
{
	if (all_zero(bytes, size < HEAD_SIZE ? size : HEAD_SIZE))
		return RECORD_END;
	if (size < SMALLEST)
		return RECORD_BAD;
	size_t found = get32(bytes);
	if (found < SMALLEST || found > size || found > RECORD_MAX || found % 8)
		return RECORD_BAD;
	if (checksum(bytes, found, segment) != get32(bytes + 4))
		return RECORD_BAD;
	if (get16(bytes + 34) != RECORD_VERSION)
		return RECORD_BAD;
	get_fixed(bytes, record);
	const uint8_t *at = bytes + FIXED_SIZE, *end = bytes + found;
	const char **texts[TEXTS] = {&record->instance_name, &record->event.code,
		&record->event.who, &record->event.text};
	for (size_t i = 0; i < TEXTS && at; i++)
		at = get_text(at, end, texts[i]);
	if (!at)
		return RECORD_BAD;
	*length = found;
	return RECORD_GOOD;
}

/* -- words and JSON --------------------------------------------------------------------------- */

static const char *const kinds[] = {
	[THECA_EVENT_STATE] = "state",
	[THECA_EVENT_INTENT] = "intent",
	[THECA_EVENT_OUTCOME] = "outcome",
	[THECA_EVENT_REFUSED] = "refused",
	[THECA_EVENT_ALARM] = "alarm",
	[THECA_EVENT_CLEARED] = "cleared",
	[THECA_EVENT_ACKNOWLEDGED] = "acknowledged",
	[THECA_EVENT_FIRED] = "fired",
	[THECA_EVENT_PROCEDURE] = "procedure",
	[THECA_EVENT_NOTE] = "note",
	[THECA_EVENT_FILL] = "fill",
	[THECA_EVENT_BENCH] = "bench",
	[THECA_EVENT_PROGRAM] = "program",
};

static const char *const verbs[] = {
	[THECA_SET_RATE] = "set-rate",
	[THECA_BOLUS] = "bolus",
	[THECA_HALT] = "halt",
	[THECA_PROGRAM] = "program",
	[THECA_INTERROGATE] = "interrogate",
	[THECA_REFILL] = "refill",
	[THECA_PRIME] = "prime",
	[THECA_PURGE] = "purge",
	[THECA_ACKNOWLEDGE] = "acknowledge",
	[THECA_CONFIGURE] = "configure",
	[THECA_TARE] = "tare",
	[THECA_ZERO] = "zero",
	[THECA_PRESS] = "press",
	[THECA_START] = "start",
};

static const char *const priorities[] = {
	[THECA_LOW] = "low",
	[THECA_MEDIUM] = "medium",
	[THECA_HIGH] = "high",
};

/* Numbers come from files, and from newer versions: an unknown one has a word too. */
static const char *word(const char *const *words, size_t count, uint32_t i)
{
	return i < count && words[i] ? words[i] : "unknown";
}
#define WORD(words, i) word(words, sizeof(words) / sizeof *(words), i)

const char *record_kind_word(uint32_t kind)
{
	return WORD(kinds, kind);
}

const char *record_verb_word(uint32_t verb)
{
	return WORD(verbs, verb);
}

static void emit_set(struct emit *emit, const char *key, enum theca_dimension dimension,
	int64_t value, bool always)
{
	if (value != THECA_NONE && (value || always))
		emit_quantity(emit, key, dimension, value);
}

static void emit_command(struct emit *emit, const struct theca_command *command)
{
	if (!command->verb)
		return;
	emit_text(emit, "verb", record_verb_word(command->verb));
	emit_set(emit, "rate", THECA_RATE, command->rate_pl_per_day,
		command->verb == THECA_SET_RATE);
	emit_set(emit, "volume", THECA_VOLUME, command->volume_pl, command->verb == THECA_BOLUS);
	emit_set(emit, "duration", THECA_DURATION, command->duration_ns, false);
	if (command->direction == THECA_WITHDRAW)
		emit_text(emit, "direction", "withdraw");
	if (command->token)
		emit_int(emit, "token", (int64_t)command->token);
}

static void emit_time(struct emit *emit, const char *key, int64_t unix_ns)
{
	char text[32];
	env_format_time(unix_ns, 3, text);
	emit_text(emit, key, text);
}

static void emit_text_set(struct emit *emit, const char *key, const char *text)
{
	if (text && *text)
		emit_text(emit, key, text);
}

static void emit_outcome(struct emit *emit, int32_t outcome)
{
	emit_text(emit, "outcome", outcome > 0 ? "uncertain" : outcome < 0 ? "failed" : "done");
	if (outcome < 0)
		emit_text_set(emit, "error", strerrorname_np((int)-(int64_t)outcome));
}

size_t record_json(const struct record *record, int64_t epoch_ns, char *out, size_t size)
{
	const struct theca_event *event = &record->event;
	struct emit emit;
	int64_t unix_ns;
	if (__builtin_add_overflow(epoch_ns, event->time_ns, &unix_ns))
		unix_ns = epoch_ns;
	emit_init(&emit, out, size);
	emit_open(&emit, NULL, '{');
	emit_int(&emit, "number", (int64_t)event->number);
	emit_time(&emit, "time", unix_ns);
	if (record->wall_ns)
		emit_time(&emit, "wall", record->wall_ns);
	emit_text(&emit, "kind", record_kind_word(event->kind));
	emit_text_set(&emit, "instance", record->instance_name);
	emit_text_set(&emit, "code", event->code);
	if (event->priority)
		emit_text(&emit, "priority", WORD(priorities, event->priority));
	emit_command(&emit, &event->command);
	if (event->kind == THECA_EVENT_OUTCOME)
		emit_outcome(&emit, event->outcome);
	emit_text_set(&emit, "who", event->who);
	emit_text_set(&emit, "text", event->text);
	emit_close(&emit, '}');
	return emit.full ? 0 : emit.length;
}
