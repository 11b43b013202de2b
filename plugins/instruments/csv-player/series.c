/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file to rows; see series.h. */
#include "series.h"
#include "scan.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <theca/quantity.h>

#define SHOWN 32 /* bytes of a wrong field that a message quotes */

struct reader {
	const struct series_format *format;
	struct series *series;
	struct series_error *error;
	const char *at, *end; /* what is left of the text */
	struct field line;
	size_t line_number, room;
	char separator;                   /* 0: not found out yet; ' ': any blanks */
	size_t time_column, value_column; /* from 0 */
	int64_t origin_ns;                /* of ISO times */
};

__attribute__((format(printf, 2, 3))) static int wrong(
	struct reader *reader, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reader->error->why, sizeof reader->error->why, format, arguments);
	va_end(arguments);
	reader->error->line = reader->line_number;
	return -EINVAL;
}

/* -- lines and fields ------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct field trim(struct field field)
{
	while (field.length && is_blank(*field.bytes))
		field.bytes++, field.length--;
	while (field.length && is_blank(field.bytes[field.length - 1]))
		field.length--;
	return field;
}

/* The next line that says something. */
static bool next_line(struct reader *reader)
{
	while (reader->at < reader->end) {
		const char *stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
		size_t length = (size_t)((stop ? stop : reader->end) - reader->at);
		reader->line = (struct field){reader->at, length};
		reader->at = stop ? stop + 1 : reader->end;
		reader->line_number++;
		struct field said = trim(reader->line);
		if (said.length && *said.bytes != '#')
			return true;
	}
	return false;
}

static char find_separator(struct field line)
{
	static const char candidates[] = ";\t,";
	for (const char *candidate = candidates; *candidate; candidate++)
		if (memchr(line.bytes, *candidate, line.length))
			return *candidate;
	return ' ';
}

/* Takes one field off the front of a line. A quoted one may hold the separator. */
static struct field take_field(struct field *line, char separator)
{
	bool quoted = false;
	size_t length = 0;
	if (separator == ' ')
		*line = trim(*line);
	for (; length < line->length; length++) {
		if (line->bytes[length] == '"')
			quoted = !quoted;
		else if (!quoted && line->bytes[length] == separator)
			break;
	}
	struct field field = trim((struct field){line->bytes, length});
	size_t taken = length < line->length ? length + 1 : length;
	line->bytes += taken, line->length -= taken;
	if (field.length >= 2 && field.bytes[0] == '"' && field.bytes[field.length - 1] == '"')
		field = trim((struct field){field.bytes + 1, field.length - 2});
	return field;
}

/* Field `column` of the line at hand; false: it has fewer. */
static bool field_at(const struct reader *reader, size_t column, struct field *field)
{
	struct field rest = reader->line;
	for (size_t i = 0; rest.length; i++) {
		*field = take_field(&rest, reader->separator);
		if (i == column)
			return true;
	}
	return false;
}

/* -- columns ---------------------------------------------------------------------------------- */

/* `3` is the third column; a name is looked for in the line at hand, which then is the header. */
static int find_column(struct reader *reader, const char *wanted, size_t *column, bool *by_name)
{
	struct field rest = reader->line;
	size_t number = 0;
	const char *digit = wanted;
	for (; *digit >= '0' && *digit <= '9' && number < 10000; digit++)
		number = number * 10 + (size_t)(*digit - '0');
	if (!*digit && number) {
		*column = number - 1;
		return 0;
	}
	*by_name = true;
	for (*column = 0; rest.length; (*column)++) {
		struct field name = take_field(&rest, reader->separator);
		if (name.length == strlen(wanted) && !memcmp(name.bytes, wanted, name.length))
			return 0;
	}
	return wrong(reader, "no column '%.*s' in the header line", SHOWN, wanted);
}

/* -- rows ------------------------------------------------------------------------------------- */

static int read_time(struct reader *reader, struct field field, int64_t *time_ns)
{
	int64_t unit_ns = reader->format->time_unit_ns;
	bool comma = reader->separator == ';';
	if (unit_ns ? scan_decimal(field, comma, unit_ns, time_ns) : scan_time(field, time_ns))
		return 0;
	return wrong(reader, "found '%.*s', expected a time such as %s",
		(int)(field.length < SHOWN ? field.length : SHOWN), field.bytes,
		unit_ns ? "12.5" : "2026-01-05T10:00:00Z");
}

static int read_row(struct reader *reader, struct series_row *row)
{
	struct field time, value;
	if (!field_at(reader, reader->time_column, &time))
		return wrong(reader, "no column %zu for the time", reader->time_column + 1);
	if (!field_at(reader, reader->value_column, &value))
		return wrong(reader, "no column %zu for the value", reader->value_column + 1);
	int failure = read_time(reader, time, &row->time_ns);
	if (failure)
		return failure;
	if (scan_decimal(value, reader->separator == ';', reader->format->value_unit, &row->value))
		return 0;
	return wrong(reader, "found '%.*s', expected a number such as 12.345",
		(int)(value.length < SHOWN ? value.length : SHOWN), value.bytes);
}

static int add_row(struct reader *reader, struct series_row row)
{
	struct series *series = reader->series;
	if (!series->count && !reader->format->time_unit_ns)
		reader->origin_ns = row.time_ns;
	row.time_ns -= reader->origin_ns;
	if (series->count && row.time_ns < series->rows[series->count - 1].time_ns)
		return wrong(reader, "the time goes backwards");
	if (series->count == reader->room) {
		size_t room = reader->room ? reader->room * 2 : 256;
		struct series_row *rows = realloc(series->rows, room * sizeof *rows);
		if (!rows)
			return -ENOMEM;
		series->rows = rows;
		reader->room = room;
	}
	series->rows[series->count++] = row;
	return 0;
}

/* The first line tells separator and columns, and it is a header when a column has a name or when
 * neither of its two fields can be read. Returns 1: it was a header. */
static int read_first_line(struct reader *reader)
{
	bool by_name = false;
	int64_t ignored;
	struct field time = {0}, value = {0};
	reader->separator = find_separator(reader->line);
	int failure =
		find_column(reader, reader->format->time_column, &reader->time_column, &by_name);
	if (!failure)
		failure = find_column(
			reader, reader->format->value_column, &reader->value_column, &by_name);
	if (failure || by_name)
		return failure ? failure : 1;
	field_at(reader, reader->time_column, &time);
	field_at(reader, reader->value_column, &value);
	return read_time(reader, time, &ignored) &&
	       !scan_decimal(value, reader->separator == ';', 1, &ignored);
}

static int read_rows(struct reader *reader)
{
	struct series_row row;
	bool more = next_line(reader);
	int result = more ? read_first_line(reader) : 0;
	if (result > 0)
		more = next_line(reader);
	if (result < 0)
		return result;
	for (; more; more = next_line(reader)) {
		result = read_row(reader, &row);
		if (!result)
			result = add_row(reader, row);
		if (result)
			return result;
	}
	if (reader->series->count)
		return 0;
	reader->line_number = 0;
	return wrong(reader, "no rows");
}

int series_parse(struct series *series, const char *text, size_t size,
	const struct series_format *format, struct series_error *error)
{
	struct reader reader = {
		.format = format, .series = series, .error = error, .at = text, .end = text + size};
	*series = (struct series){0};
	*error = (struct series_error){0};
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		reader.at += 3;
	int result = read_rows(&reader);
	if (result)
		series_finish(series);
	return result;
}

void series_finish(struct series *series)
{
	free(series->rows);
	*series = (struct series){0};
}
