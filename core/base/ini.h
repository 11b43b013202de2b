/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI text to (section, key, value, file, line): inih below, with the reader that closes its traps
 * (over-long lines, NUL, bare CR, invalid UTF-8, cut section names, continuation lines). Meaning is
 * not here: see schema.h and config.h.
 */
#ifndef CORE_INI_H /* INI_H is inih's own guard */
#define CORE_INI_H

#include <stdbool.h>
#include <stddef.h>
#include <theca/quantity.h>

#define INI_FILE_MAX (16u << 20)
#define INI_LINE_MAX 190 /* bytes; Debian's inih holds 200 */

struct ini_place {
	const char *file; /* as the user named it; lives as long as the ini_entry's owner says */
	int line;
};

/* One call per section header (key NULL) and per key. A value of several indented lines is one
 * call, its lines joined by a blank, comments stripped, with the place of its first line. */
struct ini_entry {
	const char *section, *key, *value;
	struct ini_place place;
};

struct ini_handler {
	void *user;
	void (*entry)(void *user, const struct ini_entry *);
	void (*error)(void *user, struct ini_place, const char *text);
};

/* `text` need not be NUL-terminated. Returns the number of errors reported. */
size_t ini_read(const char *file, const char *text, size_t size, const struct ini_handler *);
/* A copy of the text in which the key of that line, with the lines that continue it, has `(secret)`
 * as its value; all other lines stay as they are. Free with free(); NULL: out of memory, or there is
 * no key in that line. */
char *ini_mask(const char *text, size_t *size, int line);

#endif
