/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A section's text to typed options: each key belongs to one of the section's targets (the core's
 * table, the plugin's), names of instances become numbers, and every fault is collected in the
 * config with its place.
 */
#ifndef CONVERSION_H
#define CONVERSION_H

#include "bench/bench.h"
#include "config/schema.h"

/* The section being converted. */
struct conversion {
	struct bench *bench;
	const struct config_section *section;
};

/* An option table and the struct that it fills. */
struct conversion_target {
	struct schema schema;
	void *into;
};

/* Initial values; -EINVAL with `why` when the table is wrong. */
int conversion_defaults(struct conversion *, struct schema, void *into, char *why, size_t why_size);
/* All keys of the section. False: there were errors; they are in the config. */
bool conversion_run(struct conversion *, const struct conversion_target *, size_t count);
/* An error of a key's value, at the key's place, or at the section's when it is not stated. */
void conversion_reject(struct bench *, const struct config_section *, const char *key, const char *why);

#endif
