/* SPDX-License-Identifier: Apache-2.0 */
/* Is an option table itself sound? Asked once for each plugin, when it is loaded, not for each
 * text. */
#include <errno.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "config/schema.h"
#include "base/units.h"

#define NAME_MOST 64

struct table {
	struct schema schema;
	size_t config_size;
	struct schema reserved;
	struct arena arena; /* what initial values keep */
	void *config;
	char *why;
	size_t why_size;
};

__attribute__((format(printf, 2, 3))) static int refuse(
	const struct table *table, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(table->why, table->why_size, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static void *keep_in_arena(void *user, const void *bytes, size_t size)
{
	return arena_keep(user, bytes, size, alignof(max_align_t));
}

/* Lower-case words, a blank between: what an INI key can be. */
static bool name_is_good(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789 -_");

	return length && length < NAME_MOST && !name[length] && *name >= 'a' && *name <= 'z' &&
	       name[length - 1] != ' ' && !strstr(name, "  ");
}

static int check_name(struct table *table, const struct theca_option *option)
{
	if (!name_is_good(option->name))
		return refuse(table,
			"found option name '%s', expected words of a-z, 0-9, `-` and `_`",
			option->name);
	if (schema_find(table->reserved, option->name))
		return refuse(
			table, "option `%s` bears the name of a key of the service", option->name);
	if (schema_find(table->schema, option->name) != option)
		return refuse(table, "option `%s` is there twice", option->name);
	return 0;
}

static int check_place(
	struct table *table, const struct theca_option *option, size_t size, size_t align)
{
	if (option->offset % align)
		return refuse(table, "option `%s` lies at %zu, expected a multiple of %zu",
			option->name, option->offset, align);
	if (size > table->config_size || option->offset > table->config_size - size)
		return refuse(table, "option `%s` lies at %zu, beyond the struct of %zu bytes",
			option->name, option->offset, table->config_size);
	return 0;
}

static int check_bounds(struct table *table, const struct theca_option *option)
{
	char fault[UNITS_WHY];
	int64_t min = INT64_MIN, max = INT64_MAX;

	if (!schema_is_quantity(option->type) && (option->min || option->max))
		return refuse(table, "option `%s` has bounds and is no quantity", option->name);
	if (option->min && units_parse(option->type, option->min, &min, fault) < 0)
		return refuse(table, "option `%s`, least value: %s", option->name, fault);
	if (option->max && units_parse(option->type, option->max, &max, fault) < 0)
		return refuse(table, "option `%s`, largest value: %s", option->name, fault);
	if (min > max)
		return refuse(table, "option `%s`: found at least %s and at most %s", option->name,
			option->min, option->max);
	return 0;
}

static int check_form(struct table *table, const struct theca_option *option)
{
	bool is_choice = option->type == THECA_CHOICE;

	if (is_choice && (!option->choices || !*option->choices))
		return refuse(table, "option `%s` is a choice of nothing", option->name);
	if (option->type == THECA_INSTANCE &&
		!(option->flags & (THECA_REF_PUMP | THECA_REF_INSTRUMENT)))
		return refuse(table, "option `%s` names sections of no kind", option->name);
	if (option->type == THECA_INSTANCE && option->initial)
		return refuse(table, "option `%s` has a section as initial value", option->name);
	if (!option->help || !*option->help)
		return refuse(table, "option `%s` has no help", option->name);
	return 0;
}

static int check_initial(struct table *table, const struct theca_option *option)
{
	const struct schema_context context = {.user = &table->arena, .keep = keep_in_arena};
	char fault[512];

	if (option->initial && schema_set(option, option->initial, table->config, &context, fault,
				       sizeof fault) < 0)
		return refuse(table, "option `%s`, initial value: %s", option->name, fault);
	return 0;
}

static int check_option(struct table *table, const struct theca_option *option)
{
	size_t size, align;
	bool known = schema_room(option, &size, &align);
	int error = check_name(table, option);

	if (!error && !known)
		error = refuse(table, "option `%s`: found type %u%s, expected a known one",
			option->name, option->type, option->flags & THECA_LIST ? " as a list" : "");
	if (!error)
		error = check_place(table, option, size, align);
	if (!error)
		error = check_form(table, option);
	if (!error)
		error = check_bounds(table, option);
	return error ? error : check_initial(table, option);
}

int schema_check(struct schema schema, size_t config_size, struct schema reserved, char *why,
	size_t why_size)
{
	struct table table = {.schema = schema,
		.config_size = config_size,
		.reserved = reserved,
		.why = why,
		.why_size = why_size};
	const struct theca_option *option;
	int error = 0;

	if (schema.options && schema.option_size < sizeof *option)
		return refuse(&table, "found options of %zu bytes, expected at least %zu",
			schema.option_size, sizeof *option);
	table.config = calloc(1, config_size + 1);
	if (!table.config)
		return refuse(&table, "out of memory");
	for (size_t i = 0; !error && (option = schema_at(schema, i)); i++)
		error = check_option(&table, option);
	free(table.config);
	arena_finish(&table.arena);
	return error;
}
