/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer target: any bytes as a bench file. Nothing may crash or leak, and what is taken must
 * hold what config.h promises of it.
 */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void hold(bool promise)
{
	if (!promise)
		abort();
}

static void hold_text(const char *text)
{
	hold(*text);
	for (; *text; text++)
		hold((unsigned char)*text >= 0x20 || *text == '\t');
}

static void hold_section(const struct config *config, const struct config_section *section)
{
	bool is_only = section->kind == CONFIG_BENCH || section->kind == CONFIG_SCENARIO;

	hold(section->kind < CONFIG_KINDS && section->place.line > 0);
	hold(strlen(section->name) <= 32 && !*section->name == is_only);
	if (section->kind == CONFIG_BENCH)
		hold(config_bench(config) == section);
	for (size_t i = 0; i < section->count; i++) {
		const struct config_entry *entry = &section->entries[i];
		hold_text(entry->key);
		hold_text(entry->value);
		hold(entry->place.line > section->place.line);
		hold(config_get(section, entry->key) == entry || i > 1000);
	}
}

static void hold_complaints(const struct config *config)
{
	char *text = NULL;
	size_t size, lines = 0;
	FILE *file = open_memstream(&text, &size);

	config_print_errors(config, file);
	fclose(file);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	hold(lines == config_errors(config) || (lines == 1001 && config_errors(config) > 1000));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct config *config = config_from_text("fuzz.ini", (const char *)bytes, size);
	size_t count;

	if (!config)
		return 0;
	const struct config_section *sections = config_sections(config, &count);
	for (size_t i = 0; i < count; i++)
		hold_section(config, &sections[i]);
	hold_complaints(config);
	config_destroy(config);
	return 0;
}
