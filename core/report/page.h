/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts that a report's page is made of: head with its style sheet, tables, figures. The page
 * needs nothing from elsewhere and no script, prints on A4, and can be read without colours.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>
#include <theca/procedure.h>

void page_open(FILE *, const char *title);
void page_close(FILE *);

/* A heading that starts a section, and its end. `kind` is its class, as `procedure`. */
void page_section(FILE *, const char *kind, const char *title, const char *aside);
void page_section_end(FILE *);

/* Tables of keys and values. */
void page_facts_open(FILE *, const char *title, const char *aside); /* both may be NULL */
void page_fact(FILE *, const char *key, const char *value);
void page_facts_close(FILE *);

/* Columns whose cells are all figures stand to the right; a long table of pairs becomes facts. */
void page_table(FILE *, const struct theca_table *);
void page_chart(FILE *, const struct theca_chart *, int height);

/* Cells of a table that the caller opens and closes. */
void page_cell(FILE *, const char *class, const char *text);
/* `pass`, `FAIL` or `skipped` in its colour. */
void page_result(FILE *, const struct theca_verdict *);

#endif
