/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the small phrases of INI values from left to right: words, names, quantities. One place
 * for blanks and for saying what was found and what is expected.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

struct reader {
	const char *at; /* what is still to be read */
	char *why;      /* what was wrong */
	size_t why_size;
};

/* Writes `why`; answers -EINVAL, so that one can `return reader_complain(...)`. */
__attribute__((format(printf, 2, 3))) int reader_complain(
	const struct reader *, const char *format, ...);

/* Blanks are spaces, tabs and line ends; all of these skip those in front. */
bool reader_at_end(struct reader *);
bool reader_comma(struct reader *);                   /* takes it if it is next */
bool reader_word(struct reader *, const char *word);  /* likewise; upper and lower case are the same */
/* Everything up to a blank or comma. `what` is for the complaint: `a drug`. */
int reader_name(struct reader *, const char *what, char *name, size_t size);
int reader_quantity(struct reader *, enum theca_dimension, int64_t *value);
int reader_count(struct reader *, const char *what, int64_t *value); /* digits only */

#endif
