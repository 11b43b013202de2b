/* SPDX-License-Identifier: Apache-2.0 */
/* Drugs by number for the tests of mixes and programs: 1 is morphine, 2 bupivacaine ... */
#ifndef TEST_NAMES_H
#define TEST_NAMES_H

#include "pump/mix.h"
#include <string.h>

static const char *const test_drugs[] = {NULL, "morphine", "bupivacaine", "baclofen", "ziconotide",
	"clonidine", "fentanyl", "hydromorphone"};
#define TEST_DRUGS (sizeof test_drugs / sizeof *test_drugs)

static uint32_t test_drug_number(void *user, const char *name)
{
	(void)user;
	for (uint32_t i = 1; i < TEST_DRUGS; i++)
		if (!strcmp(test_drugs[i], name))
			return i;
	return 0;
}

static const char *test_drug_name(void *user, uint32_t drug)
{
	(void)user;
	return drug < TEST_DRUGS ? test_drugs[drug] : NULL;
}

static const struct mix_names test_names = {NULL, test_drug_number, test_drug_name};

#endif
