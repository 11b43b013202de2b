/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the flow test share: its options, its plan in time, and a test that runs. */
#ifndef FLOW_ACCURACY_H
#define FLOW_ACCURACY_H

#include <theca/plugin.h>

#include "readings.h"

#define MOST_WINDOWS 32

enum flow_edition { EDITION_1998 = 0, EDITION_2012 = 1 };
enum flow_method { METHOD_AMBULATORY = 0, METHOD_CONTINUOUS = 1 };

struct flow_config {
	uint32_t pump, instrument;
	int64_t rate_pl_per_day;
	int32_t edition, method, buoyancy;
	int64_t sample_interval_ns, stabilisation_ns, analysis_ns, set_change_ns;
	struct theca_list windows;
	int64_t evaporation_pg_per_day, density_ug_per_ml, temperature_mk;
	int64_t mean_limit_ppm, trumpet_limit_ppm, missing_ppm;
	int64_t least_analysed_ns;
};

/* The timetable: options where stated, else what the method says. */
struct flow_plan {
	int64_t interval_ns, stabilisation_ns, analysis_ns;
	struct theca_list windows;
	int64_t total_ns; /* until the end of T1, or of T2 where it is later */
};

enum flow_state {
	FLOW_IDLE = 0,
	FLOW_STARTING,  /* the pump was asked for the rate */
	FLOW_MEASURING,
	FLOW_FAILED,    /* what `why` says; to be told at the next wake */
	FLOW_HALTING,   /* all is said, the pump is asked to halt */
};

struct flow_test {
	struct theca_host *host;
	const struct flow_config *config;
	struct flow_plan plan;
	struct readings readings;
	enum flow_state state;
	bool commanded;           /* the pump took the rate and is ours to halt */
	uint32_t mass, temperature; /* signals; 0: there is none */
	int64_t began_ns, heard_ns;
	double temperature_sum_c; /* of good samples during the test */
	size_t temperature_count;
	char why[160];
};

extern const struct theca_option flow_options[];
struct flow_plan flow_plan_of(const struct flow_config *);
int flow_check(struct theca_host *, const void *config);

/* All charts, tables and verdicts. `why` is NULL after a whole test, else what cut it short; `failed`:
 * that is the test's own failure. */
void findings_give(const struct flow_test *, const char *why, bool failed);

#endif
