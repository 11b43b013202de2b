/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a shared object says of itself, read from its bytes before any of its code runs. The bytes
 * are not trusted: whatever they say, nothing beyond them is read. Pure.
 */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf {
	const uint8_t *bytes;
	size_t size;
	uint64_t segments, segment_count; /* program headers: offset and count */
	uint64_t symbols, symbol_count;   /* dynamic symbols */
	uint64_t strings, strings_size;   /* their names, with a NUL at the end */
};

struct elf_symbol {
	const char *name;
	const uint8_t *data; /* what the file holds for it; NULL: nothing */
	size_t size;
};

/* Is it a whole shared object of our own class, byte order and machine? NULL, or why not. */
const char *elf_open(struct elf *, const uint8_t *bytes, size_t size);
/* The next symbol from *at on that the file exports and whose name begins so; *at moves behind it. */
bool elf_next(const struct elf *, const char *prefix, uint64_t *at, struct elf_symbol *);

#endif
