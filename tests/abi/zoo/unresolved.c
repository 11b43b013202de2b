/* SPDX-License-Identifier: Apache-2.0 */
/* Needs a function that nobody has. */
#include <theca/plugin.h>

int nobody_has_this(void *self, int64_t now_ns);

static const struct theca_instrument instrument = {
	.size = sizeof instrument, .poll = nobody_has_this};

THECA_PLUGIN(.name = "unresolved", .version = "1", .summary = "Calls nobody.",
	.instrument = &instrument);
