/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that is not deterministic: clocks, random numbers, files. Nothing outside this file reads one,
 * so a virtual bench gives the same bytes each time.
 */
#ifndef ENV_H
#define ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds that never jump and go on in suspend (CLOCK_BOOTTIME). */
int64_t env_boot_ns(void);
/* Nanoseconds since 1970 UTC. */
int64_t env_wall_ns(void);

/* Random numbers from a seed: splitmix64. One stream per name, so that a further instance does not
 * change the others' numbers. */
struct env_random {
	uint64_t state;
};
void env_random_init(struct env_random *, uint64_t seed, const char *name);
uint64_t env_random_next(struct env_random *);

/* A whole file, NUL after its end, malloc'ed; NULL and errno. -EFBIG above `most` bytes. */
char *env_read_file(const char *path, size_t most, size_t *size);
/* Replaces `path` by `size` bytes: written beside it, synced, renamed. 0 or -errno. */
int env_write_file(const char *path, const void *bytes, size_t size);
/* Creates a folder and its parents; an existing one is fine. 0 or -errno. */
int env_make_folder(const char *path);
/* SHA-256 of a file or of bytes as 64 hexadecimal digits and NUL. 0 or -errno. */
int env_hash_file(const char *path, char out[65]);
void env_hash(const void *bytes, size_t size, char out[65]);

/* `2026-01-05T00:00:00.000Z` of nanoseconds since 1970 UTC; `digits` after the point, 0 to 9.
 * Writes at most 32 bytes with the NUL, returns the length. Pure. */
size_t env_format_time(int64_t unix_ns, unsigned digits, char out[32]);
/* `2026-01-05`, `2026-01-05 08:00`, `...:30`, `T` for the blank, `Z` at the end allowed. 0, -EINVAL. */
int env_parse_time(const char *text, int64_t *unix_ns);

#endif
