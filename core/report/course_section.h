/* SPDX-License-Identifier: Apache-2.0 */
/* The section of a report about one pump's course: totals, charts, refills. */
#ifndef COURSE_SECTION_H
#define COURSE_SECTION_H

#include <stdio.h>
#include "report/results.h"

void course_section(FILE *, const struct results *, const struct results_course *);

#endif
