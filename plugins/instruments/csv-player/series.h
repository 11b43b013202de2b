/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded series: the text of a CSV file to rows of time and value, in order of time. What is
 * wrong is said with its line.
 */
#ifndef CSV_PLAYER_SERIES_H
#define CSV_PLAYER_SERIES_H

#include <stddef.h>
#include <stdint.h>

struct series_format {
	const char *time_column, *value_column; /* a name of the header line, or a number from 1 */
	int64_t time_unit_ns;                   /* 0: ISO times */
	int64_t value_unit;                     /* in base units */
};

struct series_row {
	int64_t time_ns; /* as recorded; ISO times count from the first row */
	int64_t value;
};

struct series {
	struct series_row *rows;
	size_t count;
};

struct series_error {
	size_t line; /* 0: the file as a whole */
	char why[128];
};

/* 0, -EINVAL with `error`, -ENOMEM. The separator is found out: `;`, a tab, `,`, or blanks, the
 * first of these that the first line has. A decimal comma is taken where it is `;`. Empty lines and
 * lines that begin with `#` are skipped. */
int series_parse(struct series *, const char *text, size_t size, const struct series_format *,
	struct series_error *error);
void series_finish(struct series *);

#endif
