/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases of INI values. Only ASCII letters make words, so nothing here asks the locale. */
#include "base/reader.h"
#include "base/units.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"

int reader_complain(const struct reader *reader, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reader->why, reader->why_size, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, BLANKS);
}

bool reader_at_end(struct reader *reader)
{
	skip_blanks(reader);
	return !*reader->at;
}

bool reader_comma(struct reader *reader)
{
	skip_blanks(reader);
	if (*reader->at != ',')
		return false;
	reader->at++;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool reader_word(struct reader *reader, const char *word)
{
	skip_blanks(reader);
	const char *at = reader->at;
	for (; *word; word++, at++)
		if (!is_letter(*at) ? *at != *word : (*at | 0x20) != (*word | 0x20))
			return false;
	if (is_letter(*at) || is_digit(*at) || *at == '_')
		return false;
	reader->at = at;
	return true;
}

int reader_name(struct reader *reader, const char *what, char *name, size_t size)
{
	skip_blanks(reader);
	size_t length = strcspn(reader->at, BLANKS ",");
	if (!length)
		return reader_complain(reader, "found %s, expected %s",
			*reader->at ? "a comma" : "nothing more", what);
	if (length >= size)
		return reader_complain(reader,
			"found a word of %zu bytes, expected %s of at most %zu", length, what,
			size - 1);
	memcpy(name, reader->at, length);
	name[length] = 0;
	reader->at += length;
	return 0;
}

int reader_quantity(struct reader *reader, enum theca_dimension dimension, int64_t *value)
{
	char why[UNITS_WHY];
	skip_blanks(reader);
	if (!*reader->at || *reader->at == ',')
		return reader_complain(reader, "found %s, expected %s such as %s",
			*reader->at ? "a comma" : "nothing more", units_noun(dimension),
			units_example(dimension));
	if (units_scan(dimension, reader->at, &reader->at, value, why) < 0)
		return reader_complain(reader, "%s", why);
	return 0;
}

int reader_count(struct reader *reader, const char *what, int64_t *value)
{
	char digits[12];
	int error = reader_name(reader, what, digits, sizeof digits);
	if (error)
		return error;
	*value = 0;
	for (const char *digit = digits; *digit; digit++) {
		if (!is_digit(*digit))
			return reader_complain(reader, "found '%s', expected %s", digits, what);
		*value = *value * 10 + (*digit - '0');
	}
	return 0;
}
