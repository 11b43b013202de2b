/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind: drug. A profile of one drug: whose limits apply, how it keeps, how dense it is. It is data
 * for the guard; the guard refuses a drug whose hard daily maximum is not stated.
 */
#ifndef THECA_DRUG_H
#define THECA_DRUG_H

#include <theca/data.h>

/* A limit not stated is THECA_NONE. Soft: may be passed with a recorded confirmation. Hard: never. */
struct theca_drug_profile {
	uint32_t size;
	uint32_t patient_bolus;              /* 1: may be given at the patient's press */
	const char *limit_set;               /* `pacc-2017`; owned by the plugin until destroy */
	int64_t year;                        /* of the limit set */
	const char *source;                  /* where the figures come from, with the confidence tag */
	int64_t day_soft_pg, day_hard_pg;    /* in any 24 h */
	int64_t hour_soft_pg, hour_hard_pg;  /* in any 1 h */
	int64_t bolus_soft_pg, bolus_hard_pg;
	int64_t concentration_soft_pg_per_ul, concentration_hard_pg_per_ul;
	int64_t density_ug_per_ml;           /* of the stock solution at 37 degC; THECA_NONE: as water */
	int64_t stable_ns;                   /* in the reservoir at 37 degC */
};

struct theca_drug {
	uint32_t size;
	int (*profile)(void *self, struct theca_drug_profile *); /* once, after create */
};

#endif
