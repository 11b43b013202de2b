/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet: one CSV file that grows row by row. It knows its columns and its file, gathers a row as
 * cells, and writes what has gathered in one go. RFC 4180: comma, CRLF, quotes where needed.
 *
 * The header stands once at the top. A file that is there already is continued when it has just
 * this header; otherwise, and when a column comes late, the sheet goes on in the next part:
 * samples.csv, samples.2.csv, ...
 *
 * When the disk is full, what waits stays in the buffer to the byte, so that the file is whole
 * again later; rows that find no room are lost and counted.
 */
#ifndef SHEET_H
#define SHEET_H

#include <theca/host.h>

struct sheet_column {
	const char *name, *unit;
	bool is_text; /* may need quotes */
};

struct sheet_cell {
	int64_t value;
	uint32_t signal; /* 0: empty */
	uint32_t quality;
};

struct sheet_style {
	bool instance, quality; /* has a column for it */
	size_t buffer_size;
};

struct sheet {
	struct theca_host *host;
	struct sheet_style style;
	char base[128], file[160]; /* `samples-left`, `samples-left.2.csv` */
	uint32_t instance;         /* whose sheet; 0: everybody's */
	uint32_t part;
	int fd; /* -1: not open */
	struct sheet_column *columns;
	struct sheet_cell *cells;
	uint32_t count, room, filled;
	bool changed; /* the columns are not those of the header any more */
	char *buffer;
	size_t used, size, row_max;
	int failure;   /* of the last attempt to open or write; 0: all is well */
	uint64_t lost; /* samples, since this was last looked at */
};

void sheet_init(struct sheet *, struct theca_host *, const char *base, const struct sheet_style *);
void sheet_finish(struct sheet *); /* does not flush */
/* The column of a signal, found by name and unit or added; -ENOMEM. No row is being gathered. */
int sheet_column(struct sheet *, const struct theca_signal *);

static inline bool sheet_has(const struct sheet *sheet, uint32_t column)
{
	return sheet->cells[column].signal != 0;
}

static inline void sheet_put(struct sheet *sheet, uint32_t column, const struct theca_sample *sample)
{
	sheet->cells[column] =
		(struct sheet_cell){sample->value, sample->signal, sample->quality};
	sheet->filled++;
}

/* The row is complete: `stamp` begins it, then `instance` where the style has it. 0; a negative
 * errno: the file is in trouble; the row waits in the buffer, or is lost and counted. */
int sheet_end_row(struct sheet *, const char *stamp, size_t stamp_length, const char *instance);
/* Opens the file if need be and writes what has gathered. 0 or a negative errno. */
int sheet_flush(struct sheet *);

#endif
