/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/conversion.h"

#include <stdio.h>
#include <string.h>
#include "base/units.h"

#define NAMES_MOST 160 /* keys among which the nearest is looked for */

void conversion_reject(
	struct bench *bench, const struct config_section *section, const char *key, const char *why)
{
	const struct config_entry *entry = key ? config_get(section, key) : NULL;

	config_error(bench->config, entry ? entry->place : section->place, section, key, "%s", why);
}

/* -- names of instances ----------------------------------------------------------------------- */

static uint32_t flag_of(enum config_kind kind)
{
	if (kind == CONFIG_PUMP)
		return THECA_REF_PUMP;
	return kind == CONFIG_INSTRUMENT ? THECA_REF_INSTRUMENT : 0;
}

static uint32_t resolve(
	void *user, const struct theca_option *option, const char *name, char *why, size_t why_size)
{
	struct conversion *conversion = user;
	const struct instance *instance = bench_find(conversion->bench, name);
	const uint32_t any = THECA_REF_PUMP | THECA_REF_INSTRUMENT;

	if (!instance) {
		const char *near = bench_nearest(conversion->bench, name, -1);
		snprintf(why, why_size, "there is no [pump %s] or [instrument %s]%s%s%s", name,
			name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
		return 0;
	}
	enum config_kind kind = instance->section->kind;
	if ((option->flags & any) && !(option->flags & flag_of(kind))) {
		snprintf(why, why_size, "'%s' is a %s", name, config_kind_word(kind));
		return 0;
	}
	return instance->number;
}

/* -- keys ------------------------------------------------------------------------------------- */

/* A value as it stands in the section is kept there already. */
static void *keep(void *user, const void *bytes, size_t size)
{
	struct conversion *conversion = user;

	for (size_t i = 0; i < conversion->section->count; i++)
		if (conversion->section->entries[i].value == bytes)
			return (void *)bytes;
	return config_keep(conversion->bench->config, bytes, size);
}

static struct schema_context context_of(struct conversion *conversion)
{
	return (struct schema_context){
		.user = conversion,
		.resolve = resolve,
		.keep = keep,
		.folder = config_folder(conversion->bench->config),
	};
}

static void unknown_key(struct conversion *conversion, const struct config_entry *entry,
	const struct conversion_target *targets, size_t count)
{
	const char *names[NAMES_MOST];
	size_t n = 0;

	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < schema_count(targets[t].schema) && n < NAMES_MOST; i++)
			names[n++] = schema_at(targets[t].schema, i)->name;
	const char *near = schema_nearest(entry->key, names, n);
	config_error(conversion->bench->config, entry->place, conversion->section, entry->key,
		near ? "unknown key; did you mean '%s'?" : "unknown key%s", near ? near : "");
}

static void convert_entry(struct conversion *conversion, const struct config_entry *entry,
	const struct conversion_target *targets, size_t count)
{
	struct schema_context context = context_of(conversion);
	char why[256];

	for (size_t t = 0; t < count; t++) {
		const struct theca_option *option = schema_find(targets[t].schema, entry->key);
		if (!option)
			continue;
		if (schema_set(option, entry->value, targets[t].into, &context, why, sizeof why))
			config_error(conversion->bench->config, entry->place, conversion->section,
				entry->key, "%s", why);
		return;
	}
	unknown_key(conversion, entry, targets, count);
}

static void check_required(struct conversion *conversion, const struct conversion_target *target)
{
	const struct theca_option *option = schema_at(target->schema, 0);

	for (; option && option->name; option = schema_after(target->schema, option))
		if (!option->initial && !(option->flags & THECA_OPTIONAL) &&
			!config_get(conversion->section, option->name))
			config_error(conversion->bench->config, conversion->section->place,
				conversion->section, option->name, "missing, expected %s",
				units_noun(option->type));
}

int conversion_defaults(
	struct conversion *conversion, struct schema schema, void *into, char *why, size_t why_size)
{
	struct schema_context context = context_of(conversion);
	return schema_defaults(schema, into, &context, why, why_size);
}

bool conversion_run(
	struct conversion *conversion, const struct conversion_target *targets, size_t count)
{
	size_t before = config_errors(conversion->bench->config);

	for (size_t i = 0; i < conversion->section->count; i++)
		convert_entry(conversion, &conversion->section->entries[i], targets, count);
	for (size_t t = 0; t < count; t++)
		check_required(conversion, &targets[t]);
	return config_errors(conversion->bench->config) == before;
}
