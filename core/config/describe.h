/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an option table says to people: help, a commented INI template, the OPTIONS of a manual.
 * The template gives a required key a value that the schema takes: the option's help may name one,
 * as in "What it holds, such as `water`."
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "config/schema.h"

struct theca_plugin;

enum describe_form { DESCRIBE_TEXT, DESCRIBE_INI, DESCRIBE_MAN };

/* `kind` is `pump`, `drug`, ...; `core` holds the keys that the core adds to such a section. The
 * manual's form is a sequence of mdoc .It items, the plugin's keys first. */
void describe_plugin(FILE *, enum describe_form, const struct theca_plugin *, const char *kind,
	struct schema core);

#endif
