/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options are data. A plugin lists its INI keys in a table; the service checks the text, converts
 * it and writes the values into the plugin's config struct. The same table is the plugin's help,
 * its INI template and the OPTIONS part of its manual (`thecad --describe PLUGIN`).
 *
 *	struct config { int64_t resolution_pg; int32_t mode; struct theca_list windows; };
 *	static const char *const modes[] = {"fast", "slow", NULL};
 *	static const struct theca_option options[] = {
 *		{.name = "resolution", .type = THECA_MASS, .offset = offsetof(struct config, resolution_pg),
 *		 .initial = "0.01 mg", .min = "1 ng", .max = "1 g", .help = "Smallest step of the display."},
 *		{.name = "mode", .type = THECA_CHOICE, .offset = offsetof(struct config, mode),
 *		 .initial = "fast", .choices = modes, .help = "How it settles."},
 *		{.name = "windows", .type = THECA_DURATION, .flags = THECA_LIST,
 *		 .offset = offsetof(struct config, windows), .initial = "2 min, 5 min", .help = "..."},
 *		{0},
 *	};
 */
#ifndef THECA_OPTION_H
#define THECA_OPTION_H

#include <theca/quantity.h>

/* Flags of an option. */
#define THECA_LIST 0x01u         /* several quantities, comma between: a struct theca_list */
#define THECA_OPTIONAL 0x02u     /* may be left out: THECA_NONE, NULL, 0 or an empty list then */
#define THECA_REF_PUMP 0x10u     /* a THECA_INSTANCE option takes pumps ... */
#define THECA_REF_INSTRUMENT 0x20u /* ... or instruments (or both) */
#define THECA_SECRET 0x40u       /* a password: shown nowhere, also not in a run's folder */

struct theca_option {
	const char *name;       /* the INI key, lower case, words apart by a blank; NULL ends a table */
	uint32_t type;          /* enum theca_dimension */
	uint32_t flags;         /* THECA_LIST ... */
	size_t offset;          /* where in the config struct; the field's C type is the dimension's */
	const char *initial;    /* INI text, unit and all; NULL: required, unless THECA_OPTIONAL */
	const char *min, *max;  /* bounds as INI text, both allowed values themselves; NULL: none */
	const char *const *choices; /* THECA_CHOICE: the words, NULL at the end */
	const char *help;       /* one sentence with a full stop; a figure's source and tag in it */
};

/* The value of an option with THECA_LIST; owned by the service, valid until destroy. */
struct theca_list {
	const int64_t *values;
	size_t count;
};

#endif
