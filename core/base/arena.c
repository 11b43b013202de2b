/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is freed all at once. A bench of 10,000 pumps is 100,000 short texts: as blocks of
 * malloc they would cost more in headers than in text, and as long to free as to read.
 */
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define CHUNK_LEAST 4096
#define CHUNK_MOST (256 * 1024)

struct arena_chunk {
	struct arena_chunk *older;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

/* Larger ones as there is more to keep; a piece that is larger still gets a chunk of its own. */
static struct arena_chunk *add_chunk(struct arena *arena, size_t least)
{
	size_t size = arena->newest ? 2 * arena->newest->size : CHUNK_LEAST;

	if (size > CHUNK_MOST)
		size = CHUNK_MOST;
	if (size < least)
		size = least;
	struct arena_chunk *chunk = malloc(sizeof *chunk + size);
	if (!chunk)
		return NULL;
	*chunk = (struct arena_chunk){.older = arena->newest, .size = size};
	arena->newest = chunk;
	return chunk;
}

static void *take(struct arena *arena, size_t size, size_t align)
{
	struct arena_chunk *chunk = arena->newest;
	size_t at = chunk ? (chunk->used + align - 1) / align * align : 0;

	if (size > PTRDIFF_MAX / 2)
		return NULL;
	if (!chunk || at + size > chunk->size) {
		chunk = add_chunk(arena, size);
		at = 0;
	}
	if (!chunk)
		return NULL;
	chunk->used = at + size;
	return chunk->bytes + at;
}

void *arena_keep(struct arena *arena, const void *bytes, size_t size, size_t align)
{
	void *kept = take(arena, size, align);

	if (kept && bytes)
		memcpy(kept, bytes, size);
	else if (kept)
		memset(kept, 0, size);
	return kept;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
	char *kept = take(arena, length + 1, 1);

	if (kept) {
		memcpy(kept, text, length);
		kept[length] = 0;
	}
	return kept;
}

void arena_finish(struct arena *arena)
{
	while (arena->newest) {
		struct arena_chunk *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
}

static uint32_t hash_of(const char *text, size_t length) /* FNV-1a */
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

static struct name **slot_of(
	const struct names *names, const char *text, size_t length, uint32_t hash)
{
	size_t at = hash & (names->slot_count - 1);

	while (names->slots[at]) {
		const struct name *name = names->slots[at];
		if (name->hash == hash && !strncmp(name->text, text, length) && !name->text[length])
			break;
		at = (at + 1) & (names->slot_count - 1);
	}
	return &names->slots[at];
}

/* Twice the slots; at most half of them are ever taken. */
static bool grow(struct names *names)
{
	struct names larger = {.count = names->count, .slot_count = 2 * names->slot_count};

	if (!larger.slot_count)
		larger.slot_count = 64;
	larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < names->slot_count; i++) {
		struct name *name = names->slots[i];
		if (name)
			*slot_of(&larger, name->text, strlen(name->text), name->hash) = name;
	}
	free(names->slots);
	*names = larger;
	return true;
}

struct name *names_keep(struct names *names, struct arena *arena, const char *text, size_t length)
{
	uint32_t hash = hash_of(text, length);

	if (2 * (names->count + 1) > names->slot_count && !grow(names))
		return NULL;
	struct name **slot = slot_of(names, text, length, hash);
	if (*slot)
		return *slot;
	struct name *name = take(arena, sizeof *name + length + 1, alignof(struct name));
	if (!name)
		return NULL;
	name->hash = hash;
	name->owner = 0;
	name->line = 0;
	memcpy(name->text, text, length);
	name->text[length] = 0;
	names->count++;
	return *slot = name;
}

void names_finish(struct names *names)
{
	free(names->slots);
	*names = (struct names){0};
}
