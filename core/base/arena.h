/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is freed all at once, and texts that are kept once each in it. A zeroed arena or set
 * of names is an empty one.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;
struct arena {
	struct arena_chunk *newest;
};

/* A copy of the bytes (NULL: zeroes), aligned for the type of that size. NULL: out of memory. */
void *arena_keep(struct arena *, const void *bytes, size_t size, size_t align);
/* A copy of the text with a NUL after it. */
char *arena_text(struct arena *, const char *text, size_t length);
void arena_finish(struct arena *);

/* A kept text, and two numbers that whoever keeps it may use: 0 in a new one. */
struct name {
	uint32_t hash, owner;
	int line;
	char text[];
};

struct names {
	struct name **slots;
	size_t count, slot_count;
};

/* The one of this text, new or not. It lives in the arena. NULL: out of memory. */
struct name *names_keep(struct names *, struct arena *, const char *text, size_t length);
/* Forgets which there are; the texts stay. */
void names_finish(struct names *);

#endif
