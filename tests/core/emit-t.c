/* SPDX-License-Identifier: Apache-2.0 */
/* JSON into a buffer: commas, escapes, numbers, and what happens when it is full. */
#include "base/emit.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static void test_shape(void)
{
	char out[400];
	struct emit emit;
	emit_init(&emit, out, sizeof out);
	emit_open(&emit, NULL, '{');
	emit_text(&emit, "name", "left");
	emit_int(&emit, "least", INT64_MIN);
	emit_int(&emit, "most", INT64_MAX);
	emit_open(&emit, "list", '[');
	emit_bool(&emit, NULL, true);
	emit_bool(&emit, NULL, false);
	emit_text(&emit, NULL, NULL);
	emit_open(&emit, NULL, '{');
	emit_close(&emit, '}');
	emit_open(&emit, NULL, '[');
	emit_close(&emit, ']');
	emit_close(&emit, ']');
	emit_raw(&emit, "raw", "[1, 2]");
	emit_quantity(&emit, "rate", THECA_RATE, 250000000);
	emit_quantity(&emit, "none", THECA_RATE, THECA_NONE);
	emit_quantity(&emit, "lockout", THECA_DURATION, 4 * THECA_HOUR_NS);
	emit_close(&emit, '}');
	is_text(out,
		"{\"name\":\"left\",\"least\":-9223372036854775808,\"most\":9223372036854775807,"
		"\"list\":[true,false,null,{},[]],\"raw\":[1, 2],\"rate\":\"0.25 mL/day\","
		"\"none\":null,\"lockout\":\"4 h\"}",
		"an object with everything");
	is(emit.length, strlen(out), "its length");
	ok(!emit.full, "it fitted");
}

static const struct {
	const char *text, *json;
} texts[] = {
	{"", "\"\""},
	{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
	{"\n\t\r\b\f", "\"\\n\\t\\r\\b\\f\""},
	{"\x01\x1f", "\"\\u0001\\u001f\""},
	{"\x7f", "\"\x7f\""},
	{"12 \xc2\xb5L \xe2\x82\xac \xf0\x9f\x92\x89",
		"\"12 \xc2\xb5L \xe2\x82\xac \xf0\x9f\x92\x89\""},
	{"12 \xb5L", "\"12 \xef\xbf\xbdL\""},
	{"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	{"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	{"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

static const struct {
	double value;
	const char *json;
} reals[] = {
	{0, "0"},
	{-1, "-1"},
	{0.1, "0.1"},
	{-2.5, "-2.5"},
	{1.0 / 3, "0.3333333333333333"},
	{0.1 + 0.2, "0.30000000000000004"},
	{5e-324, "4.94065645841247e-324"},
	{1.7976931348623157e308, "1.7976931348623157e+308"},
	{1e15, "1e+15"},
	{123456789012345.6, "123456789012345.6"},
	{NAN, "null"},
	{INFINITY, "null"},
	{-INFINITY, "null"},
};

static void test_values(void)
{
	char out[100];
	struct emit emit;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		emit_init(&emit, out, sizeof out);
		emit_text(&emit, NULL, texts[i].text);
		is_text(out, texts[i].json, "text %zu", i);
	}
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
		emit_init(&emit, out, sizeof out);
		emit_real(&emit, NULL, reals[i].value);
		is_text(out, reals[i].json, "real %zu", i);
	}
}

/* Any double, of any magnitude, reads back as itself from no more digits than it needs. */
static void test_reals_read_back(void)
{
	uint64_t state = 1;
	unsigned wrong = 0, longer = 0;
	for (unsigned i = 0; i < 5000; i++) {
		char out[64], shorter[64];
		struct emit emit;
		double value;
		state = state * 6364136223846793005u + 1442695040888963407u;
		uint64_t bits = i % 2 ? state ^ state >> 29 : 0;
		memcpy(&value, &bits, sizeof value);
		if (i % 2 == 0)
			value = (double)(state >> 40) / 1000;
		if (!isfinite(value))
			continue;
		emit_init(&emit, out, sizeof out);
		emit_real(&emit, NULL, value);
		wrong += strtod(out, NULL) !=
			 value; /* the judge of this test, no part of the core */
		snprintf(shorter, sizeof shorter, "%.15g", value);
		longer += strtod(shorter, NULL) == value && strlen(out) > strlen(shorter);
	}
	is(wrong, 0, "doubles read back as they were");
	is(longer, 0, "in 15 digits where these suffice");
}

/* Each size from nothing to enough: a clean prefix of whole members, and `full` says so. */
static void test_full(void)
{
	static const char whole[] = "{\"a\":12,\"b\":\"x\\ny\",\"c\":[],\"d\":0.5}";
	unsigned wrong = 0;
	for (size_t size = 0; size <= sizeof whole; size++) {
		char out[sizeof whole + 8];
		struct emit emit;
		memset(out, '#', sizeof out);
		emit_init(&emit, out, size);
		emit_open(&emit, NULL, '{');
		emit_int(&emit, "a", 12);
		emit_text(&emit, "b", "x\ny");
		emit_open(&emit, "c", '[');
		emit_close(&emit, ']');
		emit_real(&emit, "d", 0.5);
		emit_close(&emit, '}');
		wrong += emit.full != (size < sizeof whole);
		wrong += memcmp(out, whole, emit.length) || out[size] != '#';
		char next = whole[emit.length];
		wrong += size && (out[emit.length] || !strchr("{\",]}", next ? next : '}'));
	}
	is(wrong, 0, "whatever the size, whole members and not a byte beyond");
}

int main(void)
{
	test_shape();
	test_values();
	test_reals_read_back();
	test_full();
	return done_testing();
}
