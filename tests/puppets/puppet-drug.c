/* SPDX-License-Identifier: Apache-2.0 */
/* A drug whose limits are in the bench file. */
#include <theca/plugin.h>

struct config {
	int64_t day_soft_pg, day_hard_pg, bolus_soft_pg, bolus_hard_pg;
	int32_t patient_bolus;
};

#define LIMIT(key, field)                                                                          \
	{                                                                                          \
		.name = key, .type = THECA_MASS, .flags = THECA_OPTIONAL,                          \
		.offset = offsetof(struct config, field), .help = "A limit."                       \
	}

static const struct theca_option options[] = {
	LIMIT("day soft", day_soft_pg),
	LIMIT("day hard", day_hard_pg),
	LIMIT("bolus soft", bolus_soft_pg),
	LIMIT("bolus hard", bolus_hard_pg),
	{.name = "patient bolus",
		.type = THECA_FLAG,
		.offset = offsetof(struct config, patient_bolus),
		.initial = "yes",
		.help = "Whether the patient may ask for it."},
	{0},
};

static int profile(void *self, struct theca_drug_profile *out)
{
	const struct config *config = self;

	out->day_soft_pg = config->day_soft_pg;
	out->day_hard_pg = config->day_hard_pg;
	out->bolus_soft_pg = config->bolus_soft_pg;
	out->bolus_hard_pg = config->bolus_hard_pg;
	out->patient_bolus = (uint32_t)config->patient_bolus;
	out->limit_set = "test-2026";
	out->year = 2026;
	return 0;
}

static const struct theca_drug drug = {.size = sizeof drug, .profile = profile};

THECA_PLUGIN(.name = "puppet-drug", .version = "1", .summary = "Has the limits that a test wants.",
	.options = options, .config_size = sizeof(struct config), .drug = &drug);
