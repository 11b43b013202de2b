/* SPDX-License-Identifier: Apache-2.0 */
/* Records: bytes there and back, every flipped bit and cut byte is seen, JSON as people read it. */
#include "journal/record.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

static const struct record bolus = {
	.event =
		{
			.size = sizeof bolus.event,
			.kind = THECA_EVENT_OUTCOME,
			.number = UINT64_C(0x1122334455667788),
			.time_ns = INT64_C(90061001000000),
			.instance = 3,
			.outcome = -ETIMEDOUT,
			.command =
				{
					.size = sizeof bolus.event.command,
					.verb = THECA_BOLUS,
					.token = 42,
					.volume_pl = 15000000,
					.duration_ns = 10 * THECA_MINUTE_NS,
				},
			.code = "bolus",
			.who = "operator alice",
			.text = "no answer \"at all\"",
		},
	.wall_ns = INT64_C(1767225600000000001),
	.instance_name = "left",
};

static const struct record empty = {.event = {.kind = THECA_EVENT_NOTE, .number = 1}};

static void test_checksum(void)
{
	is(record_crc32c(0, "123456789", 9), 0xE3069283, "the check value of CRC-32C");
	is(record_crc32c(record_crc32c(0, "12345", 5), "6789", 4), 0xE3069283, "in two pieces");
	uint8_t bytes[300];
	int differing = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 3);
	for (size_t size = 0; size < sizeof bytes; size++)
		for (size_t from = 0; from < 9 && from < size; from++)
			differing += record_crc32c(7, bytes + from, size - from) !=
				     record_crc32c_plain(7, bytes + from, size - from);
	is(differing, 0, "the slow one is the same at each length and alignment");
}

static const char *text_of(const char *text)
{
	return text ? text : "";
}

static void same(const struct record *got, const struct record *want, const char *what)
{
	const struct theca_command *a = &got->event.command, *b = &want->event.command;
	ok(got->event.number == want->event.number && got->event.time_ns == want->event.time_ns &&
			got->wall_ns == want->wall_ns && got->event.kind == want->event.kind &&
			got->event.instance == want->event.instance &&
			got->event.priority == want->event.priority &&
			got->event.outcome == want->event.outcome,
		"%s: head", what);
	ok(a->verb == b->verb && a->direction == b->direction && a->token == b->token &&
			a->rate_pl_per_day == b->rate_pl_per_day && a->volume_pl == b->volume_pl &&
			a->duration_ns == b->duration_ns,
		"%s: command", what);
	is_text(got->instance_name, text_of(want->instance_name), "%s: instance", what);
	is_text(got->event.code, text_of(want->event.code), "%s: code", what);
	is_text(got->event.who, text_of(want->event.who), "%s: who", what);
	is_text(got->event.text, text_of(want->event.text), "%s: text", what);
}

static void test_round_trip(void)
{
	const struct record *const records[] = {&bolus, &empty};
	for (size_t i = 0; i < 2; i++) {
		uint8_t bytes[RECORD_MAX];
		struct record found;
		size_t length = 0, size = record_encode(records[i], 5, bytes, sizeof bytes);
		ok(size && size % 8 == 0, "record %zu takes %zu bytes", i, size);
		is(record_decode(bytes, size, 5, &found, &length), RECORD_GOOD, "read back");
		is(length, size, "length");
		is(record_length(bytes), size, "length from bytes");
		is(record_number(bytes), found.event.number, "number from bytes");
		same(&found, records[i], i ? "empty" : "bolus");
		is(record_decode(bytes, size, 6, &found, &length), RECORD_BAD, "not of segment 6");
		record_seal(bytes, 6);
		is(record_decode(bytes, size, 6, &found, &length), RECORD_GOOD,
			"moved to segment 6");
		is(record_encode(records[i], 5, bytes, size - 1), 0, "a byte too little room");
	}
}

/* The layout is on disks: a change needs another RECORD_VERSION. */
static void test_layout(void)
{
	uint8_t bytes[RECORD_MAX];
	is(record_encode(&bolus, 1, bytes, sizeof bytes), 144, "144 bytes");
	is(bytes[0], 144, "length at 0");
	ok(!memcmp(bytes + 8, "\x88\x77\x66\x55\x44\x33\x22\x11", 8), "number at 8, little-endian");
	is(bytes[32], THECA_EVENT_OUTCOME, "kind at 32");
	is(bytes[34], RECORD_VERSION, "version at 34");
	is(bytes[48], THECA_BOLUS, "verb at 48");
	is(bytes[56], 42, "token at 56");
	ok(!memcmp(bytes + 88, "\4\0left\0\5\0bolus\0", 15), "texts at 88");
}

static void test_damage(void)
{
	uint8_t bytes[RECORD_MAX + 8] = {0};
	struct record found;
	size_t length, size = record_encode(&bolus, 9, bytes, RECORD_MAX);
	size_t seen = 0, cut = 0;
	for (size_t bit = 0; bit < size * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		seen += record_decode(bytes, sizeof bytes, 9, &found, &length) == RECORD_BAD;
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(seen, size * 8, "each flipped bit is seen");
	for (size_t most = 0; most < size; most++) {
		uint8_t *exact = malloc(most ? most : 1); /* a sanitizer sees a read beyond it */
		memcpy(exact, bytes, most);
		enum record_result result = record_decode(exact, most, 9, &found, &length);
		cut += result == (most ? RECORD_BAD : RECORD_END);
		free(exact);
	}
	is(cut, size, "each cut is seen");
	memset(bytes, 0, sizeof bytes);
	is(record_decode(bytes, sizeof bytes, 9, &found, &length), RECORD_END, "zeros are the end");
	is(record_decode(bytes, 5, 9, &found, &length), RECORD_END, "few zeros too");
}

static void test_forged(void)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} cases[] = {
		{"a text longer than the record", 89, 0x40},
		{"a text without its NUL", 88, 3},
		{"a NUL within a text", 91, 0},
		{"another version", 34, RECORD_VERSION + 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t bytes[RECORD_MAX];
		struct record found;
		size_t length, size = record_encode(&bolus, 1, bytes, sizeof bytes);
		bytes[cases[i].at] = cases[i].value;
		record_seal(bytes, 1);
		is(record_decode(bytes, size, 1, &found, &length), RECORD_BAD,
			"%s, though the checksum is right", cases[i].what);
	}
}

static void test_long(void)
{
	static char text[70000];
	uint8_t bytes[RECORD_MAX + 100];
	struct record record = bolus;
	memset(text, 'x', sizeof text - 1);
	record.event.text = text;
	is(record_encode(&record, 1, bytes, sizeof bytes), 0, "a text above 64 KiB");
	text[RECORD_MAX - 88 - 4 * 3 - strlen("left") - strlen("bolus") -
		strlen("operator alice")] = 0;
	is(record_encode(&record, 1, bytes, sizeof bytes), RECORD_MAX, "the longest that fits");
	record.instance_name = "left!";
	is(record_encode(&record, 1, bytes, sizeof bytes), 0, "one byte more");
}

#define AT_EPOCH "\"time\":\"2026-01-05T00:00:00.000Z\","
static const int64_t epoch_ns = INT64_C(1767571200000000000);

static void test_json(void)
{
	static const struct {
		const char *what, *json;
		struct record record;
	} cases[] = {
		{"an empty event", "{\"number\":1," AT_EPOCH "\"kind\":\"note\"}",
			{.event = {.kind = THECA_EVENT_NOTE, .number = 1}}},
		{"a rate of zero is a rate",
			"{\"number\":2,\"time\":\"2026-01-06T00:00:00.000Z\",\"kind\":\"intent\","
			"\"instance\":\"left\",\"verb\":\"set-rate\",\"rate\":\"0 "
			"mL/day\",\"token\":7,"
			"\"who\":\"program\"}",
			{.event = {.kind = THECA_EVENT_INTENT,
				 .number = 2,
				 .time_ns = THECA_DAY_NS,
				 .command = {.verb = THECA_SET_RATE, .token = 7},
				 .who = "program"},
				.instance_name = "left"}},
		{"an alarm",
			"{\"number\":3," AT_EPOCH "\"kind\":\"alarm\",\"instance\":\"p\","
			"\"code\":\"motor-stall\",\"priority\":\"high\",\"text\":\"It stands.\"}",
			{.event = {.kind = THECA_EVENT_ALARM,
				 .number = 3,
				 .priority = THECA_HIGH,
				 .code = "motor-stall",
				 .who = "",
				 .text = "It stands."},
				.instance_name = "p"}},
		{"an uncertain end",
			"{\"number\":4," AT_EPOCH "\"kind\":\"outcome\",\"verb\":\"halt\","
			"\"outcome\":\"uncertain\"}",
			{.event = {.kind = THECA_EVENT_OUTCOME,
				 .number = 4,
				 .outcome = THECA_UNCERTAIN,
				 .command = {.verb = THECA_HALT}}}},
		{"a fill",
			"{\"number\":5," AT_EPOCH "\"kind\":\"fill\",\"verb\":\"refill\","
			"\"volume\":\"40 mL\",\"text\":\"water\"}",
			{.event = {.kind = THECA_EVENT_FILL,
				 .number = 5,
				 .text = "water",
				 .command = {.verb = THECA_REFILL,
					 .volume_pl = INT64_C(40000000000),
					 .rate_pl_per_day = THECA_NONE}}}},
		{"what a newer version wrote",
			"{\"number\":6," AT_EPOCH "\"kind\":\"unknown\",\"priority\":\"unknown\","
			"\"verb\":\"unknown\"}",
			{.event = {.kind = 999,
				 .number = 6,
				 .priority = 77,
				 .command = {.verb = 1000}}}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char json[2048];
		json[record_json(&cases[i].record, epoch_ns, json, sizeof json)] = 0;
		is_text(json, cases[i].json, "%s", cases[i].what);
	}
}

static void test_json_whole(void)
{
	char json[2048];
	size_t length = record_json(&bolus, epoch_ns, json, sizeof json), refused = 0;
	json[length] = 0;
	is_text(json,
		"{\"number\":1234605616436508552,\"time\":\"2026-01-06T01:01:01.001Z\","
		"\"wall\":\"2026-01-01T00:00:00.000Z\",\"kind\":\"outcome\",\"instance\":\"left\","
		"\"code\":\"bolus\",\"verb\":\"bolus\",\"volume\":\"0.015 mL\",\"duration\":\"10 "
		"min\","
		"\"token\":42,\"outcome\":\"failed\",\"error\":\"ETIMEDOUT\",\"who\":\"operator "
		"alice\","
		"\"text\":\"no answer \\\"at all\\\"\"}",
		"all fields");
	for (size_t size = 0; size < length; size++)
		refused += !record_json(&bolus, epoch_ns, json, size);
	is(refused, length, "too little room, at each size");
}

static void test_words(void)
{
	is_text(record_kind_word(THECA_EVENT_PROGRAM), "program", "the last kind");
	is_text(record_verb_word(THECA_START), "start", "the last verb");
	is_text(record_kind_word(0), "unknown", "no kind");
}

int main(void)
{
	test_checksum();
	test_round_trip();
	test_layout();
	test_damage();
	test_forged();
	test_long();
	test_json();
	test_json_whole();
	test_words();
	return done_testing();
}
