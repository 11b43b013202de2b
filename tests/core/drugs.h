/* SPDX-License-Identifier: Apache-2.0 */
/* A pump, two drugs and their limits for the tests of guard and pump. The figures are made up. */
#ifndef TEST_DRUGS_H
#define TEST_DRUGS_H

#include "pump/mix.h"
#include <theca/drug.h>
#include <theca/pump.h>

#define HOUR THECA_HOUR_NS
#define DAY THECA_DAY_NS
#define MINUTE THECA_MINUTE_NS
#define ML INT64_C(1000000000)
#define MG INT64_C(1000000000)
#define MG_PER_ML INT64_C(1000000)

enum { MORPHINE = 1, BUPIVACAINE = 2, BACLOFEN = 3 }; /* as in names.h */

static const struct theca_pump_range implant = {
	.size = sizeof(struct theca_pump_range),
	.zero_is_legal = 0,
	.min_rate_pl_per_day = ML / 1000 * 48,
	.max_rate_pl_per_day = 24 * ML,
	.reservoir_pl = 40 * ML,
	.residual_pl = 3 * ML / 2,
	.low_reservoir_pl = 2 * ML,
};

static const struct theca_drug_profile morphine_profile = {
	.size = sizeof(struct theca_drug_profile),
	.patient_bolus = 1,
	.limit_set = "test-2026",
	.year = 2026,
	.day_soft_pg = 12 * MG,
	.day_hard_pg = 15 * MG,
	.hour_soft_pg = 2 * MG,
	.hour_hard_pg = 3 * MG,
	.bolus_soft_pg = MG,
	.bolus_hard_pg = 2 * MG,
	.concentration_soft_pg_per_ul = 20 * MG_PER_ML,
	.concentration_hard_pg_per_ul = 50 * MG_PER_ML,
};

/* Only what must be stated. */
static const struct theca_drug_profile bupivacaine_profile = {
	.size = sizeof(struct theca_drug_profile),
	.patient_bolus = 0,
	.limit_set = "house",
	.year = 2019,
	.day_soft_pg = THECA_NONE,
	.day_hard_pg = 10 * MG,
	.hour_soft_pg = THECA_NONE,
	.hour_hard_pg = THECA_NONE,
	.bolus_soft_pg = THECA_NONE,
	.bolus_hard_pg = THECA_NONE,
	.concentration_soft_pg_per_ul = THECA_NONE,
	.concentration_hard_pg_per_ul = THECA_NONE,
};

static const struct theca_drug_profile *const morphine_alone[MIX_MAX] = {&morphine_profile};
static const struct theca_drug_profile *const both[MIX_MAX] = {
	&morphine_profile, &bupivacaine_profile};
static const struct theca_drug_profile *const nobody[MIX_MAX];

static const struct mix twenty = {
	.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 20 * MG_PER_ML}}};
static const struct mix ten = {
	.count = 1, .parts = {{.drug = MORPHINE, .pg_per_ul = 10 * MG_PER_ML}}};
static const struct mix twenty_and_twenty = {.count = 2,
	.parts = {{.drug = MORPHINE, .pg_per_ul = 20 * MG_PER_ML},
		{.drug = BUPIVACAINE, .pg_per_ul = 20 * MG_PER_ML}}};
static const struct mix water;

#endif
