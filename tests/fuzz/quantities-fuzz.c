/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text, as a quantity of every dimension and as a time: what is read prints as something that
 * reads the same, what is refused leaves the value alone and gives a reason on one line. The first
 * eight bytes are also printed as a value.
 */
#include "base/env.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static void check_round_trip(enum theca_dimension dimension, int64_t value)
{
	char text[64], why[UNITS_WHY];
	int64_t back;
	size_t length = units_print(dimension, value, NULL, -1, text, sizeof text);
	require(length == strlen(text) && length < sizeof text);
	require(!units_parse(dimension, text, &back, why) && back == value);
}

static void check_reason(const char *why)
{
	size_t length = strnlen(why, UNITS_WHY);
	require(length && length < UNITS_WHY);
	for (size_t i = 0; i < length; i++)
		require((unsigned char)why[i] >= ' ');
}

static void check_reading(enum theca_dimension dimension, const char *text)
{
	char why[UNITS_WHY] = "", scan_why[UNITS_WHY];
	const char *end = NULL;
	int64_t value = 77, scanned = 77;
	int error = units_parse(dimension, text, &value, why);
	int scan_error = units_scan(dimension, text, &end, &scanned, scan_why);
	if (!scan_error) {
		require(end > text && end <= text + strlen(text));
		require(error || (!*end && scanned == value));
		check_round_trip(dimension, scanned);
	}
	if (error) {
		require(value == 77);
		check_reason(why);
	}
}

/* In every unit and precision: within the promised 24 bytes, and the number alone. */
static void check_formats(const char *unit, int64_t value)
{
	for (int dimension = THECA_VOLUME; dimension <= THECA_COUNT; dimension++)
		for (unsigned decimals = 0; decimals <= 9; decimals += 3) {
			struct units_format format;
			char out[24];
			if (units_format_init(&format, dimension, unit, decimals))
				continue;
			size_t length = units_format(&format, value, out);
			require(length && length <= sizeof out);
			require(strspn(memcpy((char[25]){0}, out, length), "-.0123456789") ==
				length);
		}
}

static void check_time(const char *text)
{
	char printed[32];
	int64_t unix_ns, back;
	if (env_parse_time(text, &unix_ns))
		return;
	require(env_format_time(unix_ns, 9, printed) == 30);
	require(!env_parse_time(printed, &back) && back == unix_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int64_t value = 0;
	char *text = malloc(size + 1);
	memcpy(&value, bytes, size < sizeof value ? size : sizeof value);
	memcpy(text, bytes, size);
	text[size] = 0;
	for (int dimension = 0; dimension <= THECA_INSTANCE; dimension++)
		check_reading(dimension, text);
	for (int dimension = THECA_VOLUME; dimension <= THECA_COUNT; dimension++)
		check_round_trip(dimension, value & INT64_MAX);
	check_formats(NULL, value);
	check_formats(text, value);
	check_time(text);
	free(text);
	return 0;
}
