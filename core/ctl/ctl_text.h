/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for people: aligned tables, colours where they are wanted. What the service sends holds words
 * of devices and of other people: control characters in it never reach the terminal.
 */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum ctl_style { CTL_PLAIN, CTL_BOLD, CTL_DIM, CTL_RED, CTL_YELLOW, CTL_GREEN };

struct ctl_page {
	FILE *out;
	bool colour;
};

/* Is standard output for a person who sees colours? */
bool ctl_wants_colour(void);

void ctl_put(const struct ctl_page *, const char *text); /* control characters become `?` */
void ctl_put_styled(const struct ctl_page *, enum ctl_style, const char *text);

/* A member of an object that is a text, or `otherwise` (null, missing, anything else). */
const char *ctl_member(const json_t *object, const char *key, const char *otherwise);
/* `2026-01-05T10:00:00.000Z` as `2026-01-05 10:00:00`; `otherwise` when there is none. */
const char *ctl_time(const json_t *object, const char *key, const char *otherwise, char out[40]);

#define CTL_COLUMNS 10
struct ctl_cell {
	char *text;
	enum ctl_style style;
};
struct ctl_table {
	const char *align; /* one letter a column: l, r */
	size_t columns, count, size;
	struct ctl_cell *cells; /* the heads are the first row */
};

/* `heads` are separated by `|`. */
void ctl_table_init(struct ctl_table *, const char *heads, const char *align);
/* The next cell, row by row. */
void ctl_table_add(struct ctl_table *, enum ctl_style, const char *text);
__attribute__((format(printf, 3, 4))) void ctl_table_format(struct ctl_table *, enum ctl_style,
	const char *format, ...);
/* Prints it, two blanks between columns, nothing after a row's last word, columns of `-` alone left
 * out, `none` without rows; and frees it. */
void ctl_table_print(struct ctl_table *, const struct ctl_page *);
/* The same, below a blank line; a table without rows leaves nothing. */
void ctl_table_section(struct ctl_table *, const struct ctl_page *);

#endif
