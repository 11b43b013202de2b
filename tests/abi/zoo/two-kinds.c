/* SPDX-License-Identifier: Apache-2.0 */
#include <theca/plugin.h>

static int profile(void *self, struct theca_drug_profile *out)
{
	(void)self, (void)out;
	return 0;
}

static int begin(void *self, int64_t now_ns)
{
	(void)self, (void)now_ns;
	return 0;
}

static const struct theca_drug drug = {.size = sizeof drug, .profile = profile};
static const struct theca_procedure procedure = {.size = sizeof procedure, .begin = begin};

THECA_PLUGIN(.name = "two-kinds", .version = "1", .summary = "Cannot decide.", .drug = &drug,
	.procedure = &procedure);
