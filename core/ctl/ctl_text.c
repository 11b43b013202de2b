/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people (see ctl_text.h). */
#include "ctl/ctl_text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP 2

bool ctl_wants_colour(void)
{
	const char *terminal = getenv("TERM");
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && terminal && strcmp(terminal, "dumb");
}

/* -- words ------------------------------------------------------------------------------------ */

/* C0, DEL, and C1 in UTF-8 (c2 80 to c2 9f): a terminal might obey them. */
static bool is_control(const unsigned char *at)
{
	return *at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0);
}

static void clean(char *text)
{
	for (; *text; text++)
		if (is_control((unsigned char *)text)) {
			if ((unsigned char)*text == 0xc2)
				memmove(text, text + 1, strlen(text));
			bool between = *text == '\n' && text[1];
			*text = between ? ';' : *text == '\n' ? ' ' : '?';
		}
}

static size_t width(const char *text)
{
	size_t characters = 0;
	for (; *text; text++)
		characters += ((unsigned char)*text & 0xc0) != 0x80;
	return characters;
}

void ctl_put_styled(const struct ctl_page *page, enum ctl_style style, const char *text)
{
	static const char *const codes[] = {[CTL_PLAIN] = "",
		[CTL_BOLD] = "\033[1m",
		[CTL_DIM] = "\033[2m",
		[CTL_RED] = "\033[1;31m",
		[CTL_YELLOW] = "\033[33m",
		[CTL_GREEN] = "\033[32m"};
	bool styled = page->colour && style != CTL_PLAIN;
	char *copy = strdup(text);
	if (!copy)
		return;
	clean(copy);
	fprintf(page->out, "%s%s%s", styled ? codes[style] : "", copy, styled ? "\033[0m" : "");
	free(copy);
}

void ctl_put(const struct ctl_page *page, const char *text)
{
	ctl_put_styled(page, CTL_PLAIN, text);
}

const char *ctl_member(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : otherwise;
}

const char *ctl_time(const json_t *object, const char *key, const char *otherwise, char out[40])
{
	const char *text = ctl_member(object, key, NULL);
	if (!text)
		return otherwise;
	snprintf(out, 40, "%s", text);
	char *blank = strchr(out, 'T');
	if (blank)
		*blank = ' ';
	out[strcspn(out, ".Z")] = '\0';
	return out;
}

/* -- tables ----------------------------------------------------------------------------------- */

void ctl_table_init(struct ctl_table *table, const char *heads, const char *align)
{
	*table = (struct ctl_table){.align = align, .columns = strlen(align)};
	for (size_t i = 0; i < table->columns; i++) {
		size_t length = strcspn(heads, "|");
		ctl_table_format(table, CTL_BOLD, "%.*s", (int)length, heads);
		heads += length + (heads[length] == '|');
	}
}

/* Takes the text. */
static void add_cell(struct ctl_table *table, enum ctl_style style, char *text)
{
	if (table->count == table->size) {
		size_t size = table->size ? table->size * 2 : 64;
		struct ctl_cell *cells = realloc(table->cells, size * sizeof *cells);
		if (!cells)
			abort(); /* a program of one screen: nothing sensible is left to do */
		table->cells = cells;
		table->size = size;
	}
	if (text)
		clean(text);
	table->cells[table->count++] = (struct ctl_cell){text, style};
}

void ctl_table_add(struct ctl_table *table, enum ctl_style style, const char *text)
{
	add_cell(table, style, strdup(text));
}

void ctl_table_format(struct ctl_table *table, enum ctl_style style, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	add_cell(table, style, text);
}

static const char *cell_text(const struct ctl_cell *cell)
{
	return cell->text ? cell->text : "";
}

/* Each column's width; 0 hides a column that says nothing but `-`. */
static void measure(const struct ctl_table *table, size_t widths[CTL_COLUMNS])
{
	memset(widths, 0, CTL_COLUMNS * sizeof *widths);
	for (size_t i = table->columns; i < table->count; i++) {
		size_t *column = &widths[i % table->columns];
		const char *text = cell_text(&table->cells[i]);
		size_t head = width(cell_text(&table->cells[i % table->columns]));
		if (!strcmp(text, "-") && !*column)
			continue;
		*column = width(text) > *column ? width(text) : *column;
		*column = head > *column ? head : *column;
	}
}

static void print_row(const struct ctl_table *table, const struct ctl_cell *row,
	const size_t widths[CTL_COLUMNS], const struct ctl_page *page)
{
	size_t blanks = 0; /* owed, and paid only when another word comes */
	for (size_t i = 0; i < table->columns; i++) {
		if (widths[i] == 0)
			continue;
		size_t spare = widths[i] - width(cell_text(&row[i]));
		bool right = table->align[i] == 'r';
		blanks += right ? spare : 0;
		if (*cell_text(&row[i])) {
			fprintf(page->out, "%*s", (int)blanks, "");
			ctl_put_styled(page, row[i].style, cell_text(&row[i]));
			blanks = 0;
		}
		blanks += GAP + (right ? 0 : spare);
	}
	fputc('\n', page->out);
}

static void finish_table(struct ctl_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i].text);
	free(table->cells);
	*table = (struct ctl_table){0};
}

void ctl_table_print(struct ctl_table *table, const struct ctl_page *page)
{
	size_t widths[CTL_COLUMNS];
	measure(table, widths);
	if (table->count <= table->columns)
		fputs("none\n", page->out);
	else
		for (size_t i = 0; i + table->columns <= table->count; i += table->columns)
			print_row(table, table->cells + i, widths, page);
	finish_table(table);
}

void ctl_table_section(struct ctl_table *table, const struct ctl_page *page)
{
	if (table->count <= table->columns) {
		finish_table(table);
		return;
	}
	fputc('\n', page->out);
	ctl_table_print(table, page);
}
