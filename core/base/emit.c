/* SPDX-License-Identifier: Apache-2.0 */
#include "base/emit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

void emit_init(struct emit *emit, char *out, size_t size)
{
	*emit = (struct emit){.out = out, .size = size, .full = !size};
	if (size)
		*out = 0;
}

static void put(struct emit *emit, const char *bytes, size_t size)
{
	/* One byte stays for the NUL, for whoever wants to print the buffer. */
	if (emit->full || size >= emit->size - emit->length) {
		emit->full = true;
		return;
	}
	memcpy(emit->out + emit->length, bytes, size);
	emit->length += size;
}

/* How many bytes at `text` are one character of UTF-8 (RFC 3629); 0: they are none. */
static size_t character_length(const unsigned char *text)
{
	static const struct {
		unsigned char first, last, low, high; /* of the first byte, of the second */
		size_t length;
	} forms[] = {{0x20, 0x7f, 0, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4}};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (*text < forms[i].first || *text > forms[i].last)
			continue;
		if (text[1] < forms[i].low || text[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if ((text[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

static const bool plain_characters[256] = {
	[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};

/* What JSON can not hold as it is: control characters, quotes, and bytes that are no UTF-8 (from a
 * device, say), which become U+FFFD. Returns how many bytes it took. */
static size_t put_special(struct emit *emit, const char *text)
{
	static const char named[] = "\"\"\\\\\nn\tt\rr\bb\ff";
	char escape[8];
	for (const char *at = named; *at; at += 2)
		if (*text == *at) {
			put(emit, (char[]){'\\', at[1]}, 2);
			return 1;
		}
	if ((unsigned char)*text < 0x20) {
		put(emit, escape,
			(size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text));
		return 1;
	}
	size_t length = character_length((const unsigned char *)text);
	put(emit, length ? text : "\xef\xbf\xbd", length ? length : 3);
	return length ? length : 1;
}

static void put_string(struct emit *emit, const char *text)
{
	put(emit, "\"", 1);
	while (*text && !emit->full) {
		size_t plain = 0;
		while (plain_characters[(unsigned char)text[plain]])
			plain++;
		put(emit, text, plain);
		text += plain;
		if (*text)
			text += put_special(emit, text);
	}
	put(emit, "\"", 1);
}

/* Begins a member; returns where to go back to when it does not fit. */
static size_t begin(struct emit *emit, const char *key)
{
	size_t mark = emit->length;
	if (emit->comma)
		put(emit, ",", 1);
	if (key) {
		put_string(emit, key);
		put(emit, ":", 1);
	}
	return mark;
}

static void end(struct emit *emit, size_t mark, bool comma)
{
	if (emit->full)
		emit->length = mark;
	else
		emit->comma = comma;
	if (emit->size)
		emit->out[emit->length] = 0;
}

static void put_member(struct emit *emit, const char *key, const char *json, size_t size)
{
	size_t mark = begin(emit, key);
	put(emit, json, size);
	end(emit, mark, true);
}

void emit_open(struct emit *emit, const char *key, char bracket)
{
	size_t mark = begin(emit, key);
	put(emit, &bracket, 1);
	end(emit, mark, false);
}

void emit_close(struct emit *emit, char bracket)
{
	size_t mark = emit->length;
	put(emit, &bracket, 1);
	end(emit, mark, true);
}

void emit_text(struct emit *emit, const char *key, const char *value)
{
	if (!value) {
		put_member(emit, key, "null", 4);
		return;
	}
	size_t mark = begin(emit, key);
	put_string(emit, value);
	end(emit, mark, true);
}

void emit_int(struct emit *emit, const char *key, int64_t value)
{
	static const struct units_format whole = {
		.divide = 1, .multiply = 1, .reciprocal = UINT64_MAX};
	char text[24];
	put_member(emit, key, text, units_format(&whole, value, text));
}

void emit_bool(struct emit *emit, const char *key, bool value)
{
	put_member(emit, key, value ? "true" : "false", value ? 4 : 5);
}

/* Does a text by %.*e read as this very double? Judged by the distance in long double, strictly: in
 * doubt no, and one digit more is printed. */
static bool reads_back(const char *text, double value)
{
	long double mantissa = 0;
	int exponent = 0, digits = 0;
	bool negative_exponent = false;
	for (text += *text == '-'; *text != 'e'; text++)
		if (*text != '.') {
			mantissa = mantissa * 10 + (*text - '0');
			digits++;
		}
	negative_exponent = *++text == '-';
	while (*++text)
		exponent = exponent * 10 + (*text - '0');
	exponent = (negative_exponent ? -exponent : exponent) - (digits - 1);
	mantissa = exponent < 0 ? mantissa / powl(10, -exponent) : mantissa * powl(10, exponent);
	double magnitude = fabs(value);
	double spacing = magnitude - nextafter(magnitude, 0);
	return LDBL_MANT_DIG > DBL_MANT_DIG && fabsl(mantissa - magnitude) * 2.001L < spacing;
}

void emit_real(struct emit *emit, const char *key, double value)
{
	char text[40];
	int digits = 15;
	if (!isfinite(value)) {
		put_member(emit, key, "null", 4);
		return;
	}
	if (fabs(value) < 1e15 && value == (double)(int64_t)value) {
		emit_int(emit, key, (int64_t)value);
		return;
	}
	for (; digits < 17; digits++) {
		snprintf(text, sizeof text, "%.*e", digits - 1, value);
		if (reads_back(text, value))
			break;
	}
	put_member(emit, key, text, (size_t)snprintf(text, sizeof text, "%.*g", digits, value));
}

void emit_raw(struct emit *emit, const char *key, const char *text)
{
	put_member(emit, key, text, strlen(text));
}

void emit_quantity(
	struct emit *emit, const char *key, enum theca_dimension dimension, int64_t value)
{
	char text[64];
	if (value != THECA_NONE)
		units_print(dimension, value, NULL, -1, text, sizeof text);
	emit_text(emit, key, value == THECA_NONE ? NULL : text);
}
