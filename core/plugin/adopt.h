/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's tables as our own: each is copied as far as both sides know it, the smaller size, and
 * is zero beyond. So an older plugin meets a newer service and a newer one an older. Nothing of a
 * plugin that is incomplete gets further than here.
 */
#ifndef ADOPT_H
#define ADOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <theca/plugin.h>

enum module_kind { MODULE_PUMP, MODULE_DRUG, MODULE_TRANSPORT, MODULE_INSTRUMENT, MODULE_PROCEDURE, MODULE_KINDS };

struct module {
	char name[33];
	char *path;
	enum module_kind kind;
	struct theca_plugin plugin; /* our own copy, zero beyond what the plugin knew; so are its tables: */
	struct theca_pump pump;
	struct theca_drug drug;
	struct theca_transport transport;
	struct theca_instrument instrument;
	struct theca_procedure procedure;
	struct theca_simulation simulation;
};

/* Fills all but name and path. 0 or -EINVAL with `why`. */
int adopt(struct module *, const struct theca_plugin *theirs, char *why, size_t why_size);
/* Can a plugin of this size be read at all? Told from the file, before it is loaded. */
bool adopt_size_is_good(uint32_t size);
const char *module_kind_word(enum module_kind); /* `pump` */

#endif
