/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSTANCE_MAX 128
#define STAMP_MAX 64
#define NUMBER_MAX 24                     /* of theca_format(), when it is no name */
#define QUOTED(length) (2 * (length) + 3) /* every byte a quote, quotes around, comma */
#define MOST_PARTS 1000

static const char *const qualities[] = {"good", "stale", "invalid"};

void sheet_init(struct sheet *sheet, struct theca_host *host, const char *base,
	const struct sheet_style *style)
{
	*sheet = (struct sheet){.host = host, .style = *style, .fd = -1};
	snprintf(sheet->base, sizeof sheet->base, "%s", base);
}

void sheet_finish(struct sheet *sheet)
{
	if (sheet->fd >= 0)
		close(sheet->fd);
	free(sheet->columns);
	free(sheet->cells);
	free(sheet->buffer);
	*sheet = (struct sheet){.fd = -1};
}

/* -- columns ---------------------------------------------------------------------------------- */

static bool same_column(const struct sheet_column *column, const struct theca_signal *signal)
{
	return !strcmp(column->name, signal->name) && !strcmp(column->unit, signal->unit);
}

static int grow_columns(struct sheet *sheet)
{
	uint32_t room = sheet->room ? 2 * sheet->room : 16;
	void *columns = realloc(sheet->columns, room * sizeof *sheet->columns);
	if (columns)
		sheet->columns = columns;
	void *cells = realloc(sheet->cells, room * sizeof *sheet->cells);
	if (cells)
		sheet->cells = cells;
	if (!columns || !cells)
		return -ENOMEM;
	memset(sheet->cells, 0, room * sizeof *sheet->cells);
	sheet->room = room;
	return 0;
}

int sheet_column(struct sheet *sheet, const struct theca_signal *signal)
{
	for (uint32_t i = 0; i < sheet->count; i++)
		if (same_column(&sheet->columns[i], signal)) {
			sheet->columns[i].is_text |= signal->dimension == THECA_CHOICE;
			return (int)i;
		}
	if (sheet->count == sheet->room && grow_columns(sheet))
		return -ENOMEM;
	sheet->columns[sheet->count] = (struct sheet_column){
		signal->name, signal->unit, signal->dimension == THECA_CHOICE};
	sheet->changed = true;
	return (int)sheet->count++;
}

/* -- fields ----------------------------------------------------------------------------------- */

static char *put_text(char *out, const char *text, size_t length)
{
	memcpy(out, text, length);
	return out + length;
}

/* Quotes around it where RFC 4180 wants them. */
static char *put_field(char *out, const char *text, size_t length)
{
	size_t plain = 0;
	while (plain < length && !memchr(",\"\r\n", text[plain], 4))
		plain++;
	if (plain == length)
		return put_text(out, text, length);
	*out++ = '"';
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			*out++ = '"';
		*out++ = text[i];
	}
	*out++ = '"';
	return out;
}

static char *put_cell(const struct sheet *sheet, const struct sheet_column *column,
	const struct sheet_cell *cell, char *out)
{
	char text[THECA_FORMAT_MAX];
	if (!column->is_text)
		return out + theca_format(sheet->host, cell->signal, cell->value, out);
	return put_field(out, text, theca_format(sheet->host, cell->signal, cell->value, text));
}

static char *put_cells(struct sheet *sheet, char *out, uint32_t *worst)
{
	for (uint32_t i = 0; i < sheet->count; i++) {
		struct sheet_cell *cell = &sheet->cells[i];
		*out++ = ',';
		if (!cell->signal)
			continue;
		if (cell->quality == THECA_GOOD)
			out = put_cell(sheet, &sheet->columns[i], cell, out);
		else if (cell->quality > *worst)
			*worst = cell->quality;
		cell->signal = 0;
	}
	return out;
}

static size_t head_of(const struct sheet_column *column, char *out, size_t size)
{
	int length = *column->unit ? snprintf(out, size, "%s [%s]", column->name, column->unit)
				   : snprintf(out, size, "%s", column->name);
	return (size_t)length < size ? (size_t)length : size - 1;
}

static size_t put_header(const struct sheet *sheet, char *start)
{
	char head[THECA_FORMAT_MAX], *out = put_text(start, "time,elapsed [s]", 16);
	if (sheet->style.instance)
		out = put_text(out, ",instance", 9);
	for (uint32_t i = 0; i < sheet->count; i++) {
		*out++ = ',';
		out = put_field(out, head, head_of(&sheet->columns[i], head, sizeof head));
	}
	if (sheet->style.quality)
		out = put_text(out, ",quality", 8);
	return (size_t)(put_text(out, "\r\n", 2) - start);
}

/* -- the file --------------------------------------------------------------------------------- */

/* Room for the longest row and header that these columns can make, whatever the wish. */
static int make_buffer(struct sheet *sheet)
{
	size_t row_max = STAMP_MAX + QUOTED(INSTANCE_MAX) + sizeof ",invalid\r\n";
	size_t header_max = 64;
	for (uint32_t i = 0; i < sheet->count; i++) {
		row_max += sheet->columns[i].is_text ? QUOTED(THECA_FORMAT_MAX) : NUMBER_MAX + 1;
		header_max += QUOTED(THECA_FORMAT_MAX);
	}
	size_t least = 2 * (row_max + header_max); /* a header is compared in place */
	size_t size = sheet->style.buffer_size > least ? sheet->style.buffer_size : least;
	char *buffer = size > sheet->size ? realloc(sheet->buffer, size) : sheet->buffer;
	if (!buffer)
		return -ENOMEM;
	sheet->buffer = buffer;
	sheet->size = size > sheet->size ? size : sheet->size;
	sheet->row_max = row_max;
	return 0;
}

static int write_out(struct sheet *sheet)
{
	size_t done = 0;
	int failure = 0;
	while (done < sheet->used && !failure) {
		ssize_t written = write(sheet->fd, sheet->buffer + done, sheet->used - done);
		if (written > 0)
			done += (size_t)written;
		else if (!written || errno != EINTR)
			failure = written ? -errno : -EIO;
	}
	if (done && done < sheet->used)
		memmove(sheet->buffer, sheet->buffer + done, sheet->used - done);
	sheet->used -= done;
	return failure;
}

/* Does the file begin with the header in the buffer? One that can not be read is believed to. A
 * last row that was cut off is ended. */
static bool continues(struct sheet *sheet, off_t size)
{
	char last = '\n', *found = sheet->buffer + sheet->used;
	ssize_t length = pread(sheet->fd, found, sheet->used, 0);
	bool fits = length < 0 ||
		    ((size_t)length == sheet->used && !memcmp(sheet->buffer, found, sheet->used));
	if (!fits)
		return false;
	sheet->used = pread(sheet->fd, &last, 1, size - 1) == 1 && last != '\n' ? 2 : 0;
	memcpy(sheet->buffer, "\r\n", sheet->used);
	return true;
}

/* 1: this part is another's, or has other columns. */
static int open_part(struct sheet *sheet)
{
	struct stat status;
	if (sheet->part == 1)
		snprintf(sheet->file, sizeof sheet->file, "%s.csv", sheet->base);
	else
		snprintf(sheet->file, sizeof sheet->file, "%s.%u.csv", sheet->base, sheet->part);
	sheet->fd = theca_create_file(sheet->host, sheet->file);
	if (sheet->fd < 0)
		return sheet->fd;
	sheet->used = put_header(sheet, sheet->buffer);
	if (flock(sheet->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return 1;
	if (fstat(sheet->fd, &status))
		return -errno;
	return status.st_size && !continues(sheet, status.st_size);
}

static void close_part(struct sheet *sheet)
{
	if (sheet->fd >= 0)
		close(sheet->fd);
	sheet->fd = -1;
}

static int open_next(struct sheet *sheet)
{
	int failure = sheet->fd >= 0 ? write_out(sheet) : 0;
	if (!failure)
		failure = make_buffer(sheet);
	if (failure)
		return failure;
	uint32_t before = sheet->part;
	do {
		close_part(sheet);
		sheet->part++;
		failure = open_part(sheet);
	} while (failure == 1 && sheet->part < MOST_PARTS);
	sheet->changed = failure != 0;
	if (!failure)
		return 0;
	close_part(sheet);
	sheet->part = before;
	sheet->used = 0;
	return failure < 0 ? failure : -EEXIST;
}

int sheet_flush(struct sheet *sheet)
{
	sheet->failure = sheet->changed ? open_next(sheet) : 0;
	if (!sheet->failure && sheet->fd >= 0)
		sheet->failure = write_out(sheet);
	return sheet->failure;
}

/* After a failure nothing is tried before the next sheet_flush() of the owner. */
static bool has_room(struct sheet *sheet)
{
	if (!sheet->failure && (sheet->changed || sheet->size - sheet->used < sheet->row_max))
		sheet_flush(sheet);
	return !sheet->changed && sheet->size - sheet->used >= sheet->row_max;
}

static void lose_row(struct sheet *sheet)
{
	for (uint32_t i = 0; i < sheet->count; i++)
		sheet->cells[i].signal = 0;
	sheet->lost += sheet->filled;
	sheet->filled = 0;
}

int sheet_end_row(struct sheet *sheet, const char *stamp, size_t stamp_length, const char *instance)
{
	uint32_t worst = THECA_GOOD;
	if (!has_room(sheet)) {
		lose_row(sheet);
		return sheet->failure;
	}
	char *out = put_text(sheet->buffer + sheet->used, stamp, stamp_length);
	if (sheet->style.instance) {
		*out++ = ',';
		out = put_field(out, instance, strnlen(instance, INSTANCE_MAX));
	}
	out = put_cells(sheet, out, &worst);
	if (sheet->style.quality) {
		*out++ = ',';
		out = put_text(out, qualities[worst], strlen(qualities[worst]));
	}
	out = put_text(out, "\r\n", 2);
	sheet->used = (size_t)(out - sheet->buffer);
	sheet->filled = 0;
	if (!sheet->failure && sheet->used >= sheet->size / 4 * 3)
		sheet_flush(sheet);
	return sheet->failure;
}
