/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loaded whole: sections and their entries, with places, immutable after loading. Text only:
 * instance.c turns entries into typed structs once the plugins are known. Errors are collected, all
 * of them, and printed in order of file and line: `file:line: [section] key: found, expected`.
 *
 * Section headers are `[bench]`, `[scenario]` or `[KIND NAME]`; a name is its instance's alone,
 * whatever the kind. `include = FILE` before the first section (or in [bench], any number of times)
 * brings in another file, relative to the including one, not above the bench file's own folder, at
 * most 4 deep, each file once. Its sections follow those of the file that includes it.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/ini.h"

enum config_kind { /* the instances come in this order: drugs exist before the pumps that hold them */
	CONFIG_BENCH,
	CONFIG_SCENARIO,
	CONFIG_DRUG,
	CONFIG_PUMP,
	CONFIG_INSTRUMENT,
	CONFIG_PROCEDURE,
	CONFIG_TRANSPORT,
	CONFIG_KINDS
};

struct config_entry {
	const char *key, *value;
	struct ini_place place;
};

struct config_section {
	enum config_kind kind;
	const char *name;  /* of the instance; "" for [bench] and [scenario] */
	struct ini_place place;
	struct config_entry *entries; /* in order of the file */
	size_t count;
};

struct config; /* owns all text */

/* Loads a bench file and what it includes. Never NULL but on ENOMEM: look at config_errors(). */
struct config *config_load(const char *path);
/* The same from text (tests, fuzzing, the control socket); includes are refused. */
struct config *config_from_text(const char *file, const char *text, size_t size);
void config_destroy(struct config *);

const struct config_section *config_sections(const struct config *, size_t *count); /* file order */
const struct config_section *config_bench(const struct config *);    /* an empty one when absent */
const struct config_section *config_scenario(const struct config *); /* likewise */
const struct config_entry *config_get(const struct config_section *, const char *key);
const char *config_folder(const struct config *); /* of the bench file, "." at least */
/* The files read, in order: for the run's folder and its hashes. */
size_t config_files(const struct config *, const char *const **paths);

const char *config_kind_word(enum config_kind); /* `pump` */

/* An error or a remark at a place; section and key may be NULL. Kept until printed. */
__attribute__((format(printf, 5, 6))) void config_error(struct config *, struct ini_place,
	const struct config_section *, const char *key, const char *format, ...);
size_t config_errors(const struct config *);
void config_print_errors(const struct config *, FILE *); /* sorted, one a line */
/* Memory that lives as long as the config: a copy of the bytes, zeroes when NULL. */
void *config_keep(struct config *, const void *bytes, size_t size);

#endif
