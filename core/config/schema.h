/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Option tables to typed structs, and the same tables to help, INI templates and manuals.
 * Rows are stepped by the table's own row size, so that tables of older plugins can be read.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <theca/option.h>

struct schema {
	const struct theca_option *options; /* may be NULL: no options */
	size_t option_size;
};

/* How many options; option i, or NULL beyond the end. */
size_t schema_count(struct schema);
const struct theca_option *schema_at(struct schema, size_t i);
const struct theca_option *schema_find(struct schema, const char *name);
/* The next row; the one after the last has no name. */
static inline const struct theca_option *schema_after(
	struct schema schema, const struct theca_option *option)
{
	return (const void *)((const char *)option + schema.option_size);
}

/* Is the type one of a quantity, an int64_t in a base unit? */
bool schema_is_quantity(uint32_t type);
/* The room of an option's value in the config struct; false: no known type. */
bool schema_room(const struct theca_option *, size_t *size, size_t *align);

/* What a value's conversion may need. `resolve` maps an instance's name to its number (0: none,
 * with `why`); `keep` copies text or lists into memory that lives with the config struct. */
struct schema_context {
	void *user;
	uint32_t (*resolve)(void *user, const struct theca_option *, const char *name, char *why,
		size_t why_size);
	void *(*keep)(void *user, const void *bytes, size_t size);
	const char *folder; /* relative THECA_FILE paths count from here */
};

/* Converts `text` and writes it at the option's offset in `into`. 0 or -EINVAL, and `why` says what
 * was found and what is expected. */
int schema_set(const struct theca_option *, const char *text, void *into,
	const struct schema_context *, char *why, size_t why_size);

/* Fills every option with its initial value (optional ones with their "not stated"). A bad table
 * (an initial value that does not parse) is -EINVAL with `why`. */
int schema_defaults(struct schema, void *into, const struct schema_context *, char *why, size_t why_size);

/* Is the table itself sound: known types, offsets within config_size, initial values that parse and
 * lie within their bounds, no name that the table `reserved` has? 0 or -EINVAL with `why`. */
int schema_check(struct schema, size_t config_size, struct schema reserved, char *why,
	size_t why_size);

/* The known name nearest to a wrong one, or NULL when none is near (edit distance <= 1/3). */
const char *schema_nearest(const char *wrong, const char *const *names, size_t count);

#endif
