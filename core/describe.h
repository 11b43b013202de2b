/* SPDX-License-Identifier: Apache-2.0 */
/* What an option table says to people: help, a commented INI template, the OPTIONS of a manual. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "schema.h"

struct theca_plugin;

enum describe_form { DESCRIBE_TEXT, DESCRIBE_INI, DESCRIBE_MAN };

/* `kind` is `pump`, `drug`, ...; `core` holds the keys that the core adds to such a section. */
void describe_plugin(FILE *, enum describe_form, const struct theca_plugin *, const char *kind,
	struct schema core);

#endif
