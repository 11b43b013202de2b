/* SPDX-License-Identifier: Apache-2.0 */
/* A whole plugin that leaves a mark when its code runs: tests/core/module-t.c also mangles copies.
 */
#include <stdlib.h>
#include <theca/plugin.h>

__attribute__((constructor)) static void mark(void)
{
	setenv("THECA_ZOO_RAN", "whole", 1);
}

static int profile(void *self, struct theca_drug_profile *out)
{
	(void)self;
	out->year = 2017;
	return 0;
}

static const struct theca_drug drug = {.size = sizeof drug, .profile = profile};

THECA_PLUGIN(.name = "whole", .version = "1.2", .summary = "Is in order.", .drug = &drug);
