/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "config/schema.h"

struct instance *bench_instance(const struct bench *bench, uint32_t number)
{
	return number && number <= bench->instance_count ? bench->instances[number - 1] : NULL;
}

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (const char *c = text; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return hash;
}

static uint32_t *name_slot(const struct bench *bench, const char *name)
{
	for (uint32_t i = hash_of(name);; i++) {
		uint32_t *slot = &bench->names[i & (bench->name_room - 1)];
		if (!*slot || !strcmp(bench->instances[*slot - 1]->name, name))
			return slot;
	}
}

struct instance *bench_find(const struct bench *bench, const char *name)
{
	return bench->name_room ? bench_instance(bench, *name_slot(bench, name)) : NULL;
}

int bench_name(struct bench *bench, struct instance *instance)
{
	uint32_t *slot = name_slot(bench, instance->name);

	if (*slot)
		return -EEXIST;
	*slot = instance->number;
	return 0;
}

static const char **word_slot(const char **words, uint32_t room, const char *text)
{
	for (uint32_t i = hash_of(text);; i++) {
		const char **slot = &words[i & (room - 1)];
		if (!*slot || !strcmp(*slot, text))
			return slot;
	}
}

static bool grow_words(struct bench *bench)
{
	uint32_t room = bench->word_room ? 2 * bench->word_room : 64;
	const char **words = calloc(room, sizeof *words);

	if (!words)
		return false;
	for (uint32_t i = 0; i < bench->word_room; i++)
		if (bench->words[i])
			*word_slot(words, room, bench->words[i]) = bench->words[i];
	free(bench->words);
	bench->words = words;
	bench->word_room = room;
	return true;
}

const char *bench_intern(struct bench *bench, const char *text)
{
	if (2 * bench->word_count >= bench->word_room && !grow_words(bench))
		return "?";
	const char **slot = word_slot(bench->words, bench->word_room, text);
	if (!*slot) {
		*slot = strdup(text);
		bench->word_count++;
	}
	return *slot ? *slot : "?";
}

void bench_forget_words(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->word_room; i++)
		free((char *)bench->words[i]);
	free(bench->words);
}

#define NAMES_MOST 1000 /* above it a wrong name gets no hint: a hint is not worth the time */

const char *bench_nearest(const struct bench *bench, const char *wrong, int kind)
{
	const char *names[NAMES_MOST];
	size_t count = 0;

	for (uint32_t i = 0; i < bench->instance_count && bench->instance_count <= NAMES_MOST; i++)
		if (kind < 0 || (int)bench->instances[i]->section->kind == kind)
			names[count++] = bench->instances[i]->name;
	return schema_nearest(wrong, names, count);
}

/* By its section: a drug whose plugin failed is known, so that only its own error is told. */
static uint32_t drug_number(void *user, const char *name)
{
	struct instance *instance = bench_find(user, name);
	return instance && instance->section->kind == CONFIG_DRUG ? instance->number : 0;
}

static const char *drug_name(void *user, uint32_t drug)
{
	struct instance *instance = bench_instance(user, drug);
	return instance ? instance->name : "?";
}

struct mix_names bench_drugs(struct bench *bench)
{
	return (struct mix_names){.user = bench, .number = drug_number, .name = drug_name};
}
