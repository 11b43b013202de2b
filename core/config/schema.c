/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Option tables to typed structs. One function per kind of value, found by the option's type; each
 * says what was found and what is expected when the text is none.
 */
#include <errno.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config/address.h"
#include "config/schema.h"
#include "base/units.h"

#define QUANTITY_MOST 64 /* bytes of one quantity's text */

struct why {
	char *text;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static int refuse(
	const struct why *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why->text, why->size, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

bool schema_is_quantity(uint32_t type)
{
	return type >= THECA_VOLUME && type <= THECA_COUNT;
}

size_t schema_count(struct schema schema)
{
	size_t count = 0;

	for (const char *row = (const char *)schema.options; row; row += schema.option_size) {
		const struct theca_option *option = (const void *)row;
		if (!option->name)
			break;
		count++;
	}
	return count;
}

/* The end is found by stepping from the start each time: tables are short, and read once. */
const struct theca_option *schema_at(struct schema schema, size_t i)
{
	const char *row = (const char *)schema.options;

	for (size_t at = 0; row; at++, row += schema.option_size) {
		const struct theca_option *option = (const void *)row;
		if (!option->name)
			return NULL;
		if (at == i)
			return option;
	}
	return NULL;
}

const struct theca_option *schema_find(struct schema schema, const char *name)
{
	const char *row = (const char *)schema.options;

	for (; row; row += schema.option_size) {
		const struct theca_option *option = (const void *)row;
		if (!option->name)
			return NULL;
		if (!strcmp(option->name, name))
			return option;
	}
	return NULL;
}

/* -- values ------------------------------------------------------------------------------------ */

/* Bounds are allowed values themselves; that they parse is for schema_check() to say. */
static int within(
	const struct theca_option *option, const char *text, int64_t value, const struct why *why)
{
	char fault[UNITS_WHY];
	int64_t bound;

	if (option->min && !units_parse(option->type, option->min, &bound, fault) && value < bound)
		return refuse(why, "found '%s', expected at least %s", text, option->min);
	if (option->max && !units_parse(option->type, option->max, &bound, fault) && value > bound)
		return refuse(why, "found '%s', expected at most %s", text, option->max);
	return 0;
}

static int parse_quantity(
	const struct theca_option *option, const char *text, int64_t *value, const struct why *why)
{
	char fault[UNITS_WHY];

	if (units_parse(option->type, text, value, fault) < 0)
		return refuse(why, "%s", fault);
	return within(option, text, *value, why);
}

struct request {
	const struct theca_option *option;
	const char *text;
	void *field;
	const struct schema_context *context;
	struct why why;
};

static int set_quantity(const struct request *request)
{
	int64_t value;
	int error = parse_quantity(request->option, request->text, &value, &request->why);

	if (!error)
		memcpy(request->field, &value, sizeof value);
	return error;
}

/* The element at the start of the text, without blanks around it; false when it is too long. */
static bool take_element(const char **text, char element[QUANTITY_MOST])
{
	const char *start = *text + strspn(*text, " \t"), *end = start + strcspn(start, ",");

	*text = *end ? end + 1 : end;
	while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	size_t length = (size_t)(end - start);
	if (length >= QUANTITY_MOST)
		return false;
	memcpy(element, start, length);
	element[length] = 0;
	return true;
}

static int parse_list(const struct request *request, int64_t *values, size_t count)
{
	const char *rest = request->text;
	char element[QUANTITY_MOST];

	for (size_t i = 0; i < count; i++) {
		if (!take_element(&rest, element))
			return refuse(&request->why, "found '%s', expected shorter quantities",
				request->text);
		if (!*element)
			return refuse(&request->why, "found '%s', expected %s at each comma",
				request->text, units_noun(request->option->type));
		int error = parse_quantity(request->option, element, &values[i], &request->why);
		if (error)
			return error;
	}
	return 0;
}

static int set_list(const struct request *request)
{
	const struct schema_context *context = request->context;
	size_t count = 1;

	for (const char *at = request->text; (at = strchr(at, ',')); at++)
		count++;
	int64_t *values = calloc(count, sizeof *values);
	if (!values)
		return refuse(&request->why, "out of memory");
	int error = parse_list(request, values, count);
	if (!error) {
		struct theca_list list = {.count = count};
		list.values = context->keep(context->user, values, count * sizeof *values);
		memcpy(request->field, &list, sizeof list);
		error = list.values ? 0 : refuse(&request->why, "out of memory");
	}
	free(values);
	return error;
}

static size_t count_words(const char *const *words)
{
	size_t count = 0;

	while (words[count])
		count++;
	return count;
}

/* Writes `a, b or c`. */
static void list_words(const char *const *words, size_t count, char *out, size_t size)
{
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
			!i              ? ""
			: i + 1 < count ? ", "
					: " or ",
			words[i]);
}

static int set_choice(const struct request *request)
{
	const char *const *choices = request->option->choices;
	size_t count = count_words(choices);
	char words[384];

	for (size_t i = 0; i < count; i++)
		if (!strcmp(choices[i], request->text)) {
			*(int32_t *)request->field = (int32_t)i;
			return 0;
		}
	const char *near = schema_nearest(request->text, choices, count);
	list_words(choices, count, words, sizeof words);
	return refuse(&request->why, "found '%s', expected %s%s%s%s", request->text, words,
		near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static int set_flag(const struct request *request)
{
	bool yes = !strcmp(request->text, "yes");

	if (!yes && strcmp(request->text, "no") != 0)
		return refuse(&request->why, "found '%s', expected yes or no", request->text);
	*(int32_t *)request->field = yes;
	return 0;
}

static int keep_text(const struct request *request, const char *text, size_t length)
{
	const struct schema_context *context = request->context;
	const char *kept = context->keep(context->user, text, length + 1);

	if (!kept)
		return refuse(&request->why, "out of memory");
	memcpy(request->field, &kept, sizeof kept);
	return 0;
}

static int set_text(const struct request *request)
{
	if (!*request->text)
		return refuse(&request->why, "found nothing, expected a text");
	return keep_text(request, request->text, strlen(request->text));
}

static int set_file(const struct request *request)
{
	const char *folder = request->context->folder;
	char *path;

	if (!*request->text || *request->text == '/' || !folder || !strcmp(folder, "."))
		return set_text(request);
	int length = asprintf(&path, "%s/%s", folder, request->text);
	if (length < 0)
		return refuse(&request->why, "out of memory");
	int error = keep_text(request, path, (size_t)length);
	free(path);
	return error;
}

static int set_port(const struct request *request)
{
	struct address address;
	char expected[UNITS_WHY];

	if (address_parse(&address, request->text, expected, sizeof expected))
		return refuse(&request->why, "found '%s', %s", request->text, expected);
	return set_text(request);
}

static int set_instance(const struct request *request)
{
	const struct schema_context *context = request->context;
	uint32_t number;

	if (!context->resolve)
		return refuse(&request->why,
			"found '%s', expected nothing: no section can be named here",
			request->text);
	*request->why.text = 0;
	number = context->resolve(context->user, request->option, request->text, request->why.text,
		request->why.size);
	if (!number && !*request->why.text)
		return refuse(
			&request->why, "found '%s', expected the name of a section", request->text);
	if (!number)
		return -EINVAL;
	*(uint32_t *)request->field = number;
	return 0;
}

/* -- types ------------------------------------------------------------------------------------- */

struct type {
	size_t size, align;
	int (*set)(const struct request *);
};

#define TYPE(c_type, set)                                                                          \
	{                                                                                          \
		sizeof(c_type), alignof(c_type), set                                               \
	}

/* NULL: no such type, or none that may be a list. */
static const struct type *type_of(const struct theca_option *option)
{
	static const struct type quantity = TYPE(int64_t, set_quantity),
				 list = TYPE(struct theca_list, set_list);
	static const struct type others[] = {[THECA_CHOICE] = TYPE(int32_t, set_choice),
		[THECA_FLAG] = TYPE(int32_t, set_flag),
		[THECA_TEXT] = TYPE(const char *, set_text),
		[THECA_FILE] = TYPE(const char *, set_file),
		[THECA_PORT] = TYPE(const char *, set_port),
		[THECA_INSTANCE] = TYPE(uint32_t, set_instance)};

	if (schema_is_quantity(option->type))
		return option->flags & THECA_LIST ? &list : &quantity;
	if (option->type >= sizeof others / sizeof *others || !others[option->type].set ||
		option->flags & THECA_LIST)
		return NULL;
	return &others[option->type];
}

bool schema_room(const struct theca_option *option, size_t *size, size_t *align)
{
	const struct type *type = type_of(option);

	*size = type ? type->size : 0;
	*align = type ? type->align : 1;
	return type;
}

int schema_set(const struct theca_option *option, const char *text, void *into,
	const struct schema_context *context, char *why, size_t why_size)
{
	const struct type *type = type_of(option);
	struct request request = {.option = option,
		.text = text,
		.field = (char *)into + option->offset,
		.context = context,
		.why = {why, why_size}};

	if (!type)
		return refuse(
			&request.why, "found option type %u, expected a known one", option->type);
	return type->set(&request);
}

/* `Not stated`: THECA_NONE, NULL, 0 or an empty list. */
static void clear(const struct theca_option *option, const struct type *type, void *into)
{
	const int64_t none = THECA_NONE;
	char *field = (char *)into + option->offset;

	memset(field, 0, type->size);
	if (type->set == set_quantity)
		memcpy(field, &none, sizeof none);
}

int schema_defaults(struct schema schema, void *into, const struct schema_context *context,
	char *why, size_t why_size)
{
	const struct why reason = {why, why_size};
	const struct theca_option *option;
	char fault[512];

	for (size_t i = 0; (option = schema_at(schema, i)); i++) {
		const struct type *type = type_of(option);
		if (!type)
			return refuse(&reason, "option `%s` is of no known type", option->name);
		clear(option, type, into);
		if (option->initial &&
			schema_set(option, option->initial, into, context, fault, sizeof fault) < 0)
			return refuse(
				&reason, "option `%s`, initial value: %s", option->name, fault);
	}
	return 0;
}
