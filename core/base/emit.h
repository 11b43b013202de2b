/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON into a buffer of fixed size: append only, no allocation. A text that does not fit
 * sets `full` and leaves the buffer as it was before that call. Parsing is jansson's.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

struct emit {
	char *out;
	size_t size, length;
	bool full;
	bool comma; /* the next member needs one before it */
};

void emit_init(struct emit *, char *out, size_t size);
void emit_open(struct emit *, const char *key, char bracket); /* '{' or '['; key NULL in arrays */
void emit_close(struct emit *, char bracket);                 /* '}' or ']' */
void emit_text(struct emit *, const char *key, const char *value); /* escaped; NULL: null */
void emit_int(struct emit *, const char *key, int64_t value);
void emit_bool(struct emit *, const char *key, bool value);
void emit_real(struct emit *, const char *key, double value); /* shortest of 15 to 17 digits; NAN: null */
void emit_raw(struct emit *, const char *key, const char *text);
/* A quantity with its unit, as text: "0.25 mL/day"; THECA_NONE: null. */
void emit_quantity(struct emit *, const char *key, enum theca_dimension, int64_t value);

#endif
