/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bench files to sections and entries. A file's includes are read after it, so that no section is
 * ever interrupted by another file and each one's entries lie side by side.
 */
#include <errno.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "config/complaints.h"
#include "config/config.h"
#include "base/env.h"
#include "config/schema.h"
#include "config/sources.h"

#define NAME_MOST 32

enum where { OUTSIDE, INSIDE, DROPPED }; /* before any section, in one, in one that was refused */

struct config {
	struct arena arena;
	struct names
		keys; /* owner: the last section that has it, counted from 1; line: its place */
	struct names names; /* of instances; owner: the section, counted from 1 */
	struct config_section *sections;
	size_t count, room;
	struct config_section unstated[CONFIG_SCENARIO + 1]; /* [bench], [scenario] where absent */
	size_t stated[CONFIG_SCENARIO + 1];                  /* their numbers, counted from 1 */
	struct config_entry *entries;                        /* of the section that is being read */
	size_t entry_count, entry_room;
	struct sources sources;
	size_t reading; /* the source that is read now */
	enum where where;
	struct complaints complaints;
	bool starved; /* out of memory: what is loaded is not the whole */
};

static const struct {
	const char *word;
	bool named;
} kinds[CONFIG_KINDS] = {
	[CONFIG_BENCH] = {"bench", false},
	[CONFIG_SCENARIO] = {"scenario", false},
	[CONFIG_DRUG] = {"drug", true},
	[CONFIG_PUMP] = {"pump", true},
	[CONFIG_INSTRUMENT] = {"instrument", true},
	[CONFIG_PROCEDURE] = {"procedure", true},
	[CONFIG_TRANSPORT] = {"transport", true},
};

const char *config_kind_word(enum config_kind kind)
{
	return kind < CONFIG_KINDS ? kinds[kind].word : "?";
}

/* -- complaints -------------------------------------------------------------------------------- */

static size_t rank_of(const struct config *config, const char *file)
{
	const char *const *paths = config->sources.paths;
	size_t rank = 0;

	while (rank < config->sources.count && paths[rank] != file &&
		strcmp(paths[rank], file) != 0)
		rank++;
	return rank;
}

static void complain(struct config *config, struct ini_place place, const char *title,
	const char *key, const char *text)
{
	size_t rank = rank_of(config, place.file);

	if (complaints_add(&config->complaints, &config->arena, rank, place, title, key, text) < 0)
		config->starved = true;
}

void config_error(struct config *config, struct ini_place place,
	const struct config_section *section, const char *key, const char *format, ...)
{
	char title[64], text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (section)
		snprintf(title, sizeof title, "%s%s%s", config_kind_word(section->kind),
			*section->name ? " " : "", section->name);
	complain(config, place, section ? title : NULL, key, text);
}

size_t config_errors(const struct config *config)
{
	return config->complaints.total;
}

void config_print_errors(const struct config *config, FILE *file)
{
	complaints_print(&config->complaints, file);
}

/* -- sections ---------------------------------------------------------------------------------- */

static bool has_room_for_section(struct config *config)
{
	if (config->count < config->room)
		return true;
	size_t room = 2 * config->room + 8;
	void *larger = reallocarray(config->sections, room, sizeof *config->sections);
	if (!larger)
		return false;
	config->sections = larger;
	config->room = room;
	return true;
}

static bool has_room_for_entry(struct config *config)
{
	if (config->entry_count < config->entry_room)
		return true;
	size_t room = 2 * config->entry_room + 16;
	void *larger = reallocarray(config->entries, room, sizeof *config->entries);
	if (!larger)
		return false;
	config->entries = larger;
	config->entry_room = room;
	return true;
}

static void end_section(struct config *config)
{
	if (config->where == INSIDE && config->entry_count) {
		struct config_section *section = &config->sections[config->count - 1];
		section->entries = arena_keep(&config->arena, config->entries,
			config->entry_count * sizeof *config->entries,
			alignof(struct config_entry));
		section->count = section->entries ? config->entry_count : 0;
		config->starved |= !section->entries;
	}
	config->entry_count = 0;
}

static bool name_is_good(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return *name >= 'a' && *name <= 'z' && length <= NAME_MOST && !name[length];
}

static void complain_kind(struct config *config, const struct ini_entry *header, const char *word)
{
	const char *words[CONFIG_KINDS], *near;
	char text[320];

	for (int i = 0; i < CONFIG_KINDS; i++)
		words[i] = kinds[i].word;
	near = schema_nearest(word, words, CONFIG_KINDS);
	snprintf(text, sizeof text,
		"found kind '%s', expected bench, scenario, drug, pump, instrument, procedure or "
		"transport%s%s%s",
		word, near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
	complain(config, header->place, header->section, NULL, text);
}

/* Does `[kind name]` have a name where one belongs, and a good one? */
static bool header_is_good(struct config *config, const struct ini_entry *header,
	enum config_kind kind, const char *name)
{
	const char *word = kinds[kind].word;
	char text[384];

	if (!kinds[kind].named && *name)
		snprintf(text, sizeof text, "found name '%s', expected `[%s]`", name, word);
	else if (kinds[kind].named && !*name)
		snprintf(text, sizeof text, "found no name, expected `[%s NAME]`", word);
	else if (kinds[kind].named && !name_is_good(name))
		snprintf(text, sizeof text,
			"found name '%s', expected a letter of a-z, then at most %d of a-z, 0-9, "
			"`_` and `-`",
			name, NAME_MOST - 1);
	else
		return true;
	complain(config, header->place, header->section, NULL, text);
	return false;
}

/* An instance's name is its alone, whatever the kind: `left.flow` must mean one thing. */
static bool is_first(struct config *config, const struct ini_entry *header, enum config_kind kind,
	uint32_t number)
{
	char text[256], place[160];

	if (!number)
		return true;
	const struct config_section *first = &config->sections[number - 1];
	sources_place(first->place, header->place, place, sizeof place);
	if (first->kind == kind)
		snprintf(text, sizeof text, "found again, first at %s", place);
	else
		snprintf(text, sizeof text, "found name '%s' again, first as [%s %s] at %s",
			first->name, kinds[first->kind].word, first->name, place);
	complain(config, header->place, header->section, NULL, text);
	return false;
}

static bool add_section(struct config *config, const struct ini_entry *header,
	enum config_kind kind, const char *text)
{
	/* [bench] and [scenario] have no name: none can take `[` from them */
	char unnamed[16];
	snprintf(unnamed, sizeof unnamed, "[%s]", kinds[kind].word);
	if (!kinds[kind].named)
		text = unnamed;
	struct name *name = names_keep(&config->names, &config->arena, text, strlen(text));
	if (!name || !has_room_for_section(config)) {
		config->starved = true;
		return false;
	}
	if (!is_first(config, header, kind, name->owner))
		return false;
	config->sections[config->count++] = (struct config_section){
		.kind = kind, .name = kinds[kind].named ? name->text : "", .place = header->place};
	name->owner = (uint32_t)config->count;
	if (!kinds[kind].named)
		config->stated[kind] = config->count;
	return true;
}

static void begin_section(struct config *config, const struct ini_entry *header)
{
	char word[INI_LINE_MAX + 1];
	size_t length = strcspn(header->section, " \t"), kind = 0;
	const char *name = header->section + length + strspn(header->section + length, " \t");

	end_section(config);
	config->where = DROPPED;
	memcpy(word, header->section, length);
	word[length] = 0;
	while (kind < CONFIG_KINDS && strcmp(kinds[kind].word, word) != 0)
		kind++;
	if (kind == CONFIG_KINDS)
		complain_kind(config, header, word);
	else if (header_is_good(config, header, kind, name) &&
		 add_section(config, header, kind, name))
		config->where = INSIDE;
}

/* -- entries ----------------------------------------------------------------------------------- */

/* Is the entry the first of its key in this section, and has it a value? */
static bool entry_is_good(struct config *config, const struct ini_entry *entry, struct name *key)
{
	const struct config_section *section = &config->sections[config->count - 1];
	bool again = key->owner == config->count;

	if (again)
		config_error(config, entry->place, section, entry->key,
			"found again, first at line %d", key->line);
	else if (!*entry->value)
		config_error(config, entry->place, section, entry->key,
			"found nothing, expected a value");
	if (!again) {
		key->owner = (uint32_t)config->count;
		key->line = entry->place.line;
	}
	return !again && *entry->value;
}

static void add_entry(struct config *config, const struct ini_entry *entry)
{
	struct name *key =
		names_keep(&config->keys, &config->arena, entry->key, strlen(entry->key));

	if (!key || !has_room_for_entry(config)) {
		config->starved = true;
		return;
	}
	if (!entry_is_good(config, entry, key))
		return;
	const char *value = arena_text(&config->arena, entry->value, strlen(entry->value));
	config->starved |= !value;
	config->entries[config->entry_count++] =
		(struct config_entry){.key = key->text, .value = value, .place = entry->place};
}

/* The file is read when its turn comes. */
static void include(struct config *config, const struct ini_entry *entry)
{
	const struct config_section *section =
		config->where == INSIDE ? &config->sections[config->count - 1] : NULL;
	char why[512];
	int error = sources_include(&config->sources, &config->arena, config->reading, entry->value,
		entry->place, why, sizeof why);

	if (error == -ENOMEM)
		config->starved = true;
	else if (error)
		config_error(config, entry->place, section, entry->key, "%s", why);
}

static void on_entry(void *user, const struct ini_entry *entry)
{
	struct config *config = user;
	bool in_bench =
		config->where == INSIDE && config->sections[config->count - 1].kind == CONFIG_BENCH;

	if (!entry->key)
		begin_section(config, entry);
	else if ((config->where == OUTSIDE || in_bench) && !strcmp(entry->key, "include"))
		include(config, entry);
	else if (config->where == INSIDE)
		add_entry(config, entry);
	else if (config->where == OUTSIDE)
		config_error(config, entry->place, NULL, entry->key,
			"found outside of a section, expected a header such as `[bench]` before "
			"it");
}

static void on_error(void *user, struct ini_place place, const char *text)
{
	config_error(user, place, NULL, NULL, "%s", text);
}

static void read_text(struct config *config, const char *text, size_t size)
{
	const struct ini_handler handler = {.user = config, .entry = on_entry, .error = on_error};

	config->where = OUTSIDE;
	ini_read(config->sources.paths[config->reading], text, size, &handler);
	end_section(config);
}

static void read_source(struct config *config, size_t number)
{
	const char *path = config->sources.paths[number];
	size_t size;
	char *text = env_read_file(path, INI_FILE_MAX, &size);

	config->reading = number;
	if (text)
		read_text(config, text, size);
	else
		config_error(config, (struct ini_place){.file = path}, NULL, NULL,
			"found a file that cannot be read: %s", strerror(errno));
	free(text);
}

/* -- the whole --------------------------------------------------------------------------------- */

/* A config whose first source is the bench file. */
static struct config *create(const char *file)
{
	struct config *config = calloc(1, sizeof *config);

	if (!config)
		return NULL;
	if (sources_init(&config->sources, &config->arena, file) < 0) {
		config_destroy(config);
		return NULL;
	}
	for (int kind = 0; kind <= CONFIG_SCENARIO; kind++)
		config->unstated[kind] = (struct config_section){
			.kind = kind, .name = "", .place = {.file = config->sources.paths[0]}};
	return config;
}

/* Frees what only loading needs. */
static struct config *loaded(struct config *config)
{
	names_finish(&config->keys);
	names_finish(&config->names);
	free(config->entries);
	config->entries = NULL;
	if (config->count && config->count < config->room) {
		void *smaller =
			reallocarray(config->sections, config->count, sizeof *config->sections);
		if (smaller)
			config->sections = smaller;
	}
	if (!config->starved)
		return config;
	config_destroy(config);
	return NULL;
}

struct config *config_load(const char *file)
{
	struct config *config = create(file);

	if (!config)
		return NULL;
	const char *wrong = sources_open(&config->sources);
	if (wrong)
		config_error(config, config->unstated[CONFIG_BENCH].place, NULL, NULL,
			"cannot be used: %s", wrong);
	for (size_t i = 0; !wrong && i < config->sources.count; i++)
		read_source(config, i);
	return loaded(config);
}

struct config *config_from_text(const char *file, const char *text, size_t size)
{
	struct config *config = create(file);

	if (!config)
		return NULL;
	read_text(config, text, size);
	return loaded(config);
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	arena_finish(&config->arena);
	names_finish(&config->keys);
	names_finish(&config->names);
	free(config->sections);
	free(config->entries);
	sources_finish(&config->sources);
	complaints_finish(&config->complaints);
	free(config);
}

const struct config_section *config_sections(const struct config *config, size_t *count)
{
	*count = config->count;
	return config->sections;
}

static const struct config_section *only(const struct config *config, enum config_kind kind)
{
	size_t number = config->stated[kind];

	return number ? &config->sections[number - 1] : &config->unstated[kind];
}

const struct config_section *config_bench(const struct config *config)
{
	return only(config, CONFIG_BENCH);
}

const struct config_section *config_scenario(const struct config *config)
{
	return only(config, CONFIG_SCENARIO);
}

const struct config_entry *config_get(const struct config_section *section, const char *key)
{
	for (size_t i = 0; i < section->count; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

const char *config_folder(const struct config *config)
{
	return config->sources.folder;
}

size_t config_files(const struct config *config, const char *const **paths)
{
	*paths = config->sources.paths;
	return config->sources.count;
}

void *config_keep(struct config *config, const void *bytes, size_t size)
{
	return arena_keep(&config->arena, bytes, size, alignof(max_align_t));
}
