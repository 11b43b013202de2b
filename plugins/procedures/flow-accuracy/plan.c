/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the flow test and the timetable that follows from them. */
#include "flow-accuracy.h"

#define MOST_READINGS 1000000
#define INTERVAL_OF_1998_NS (THECA_MINUTE_NS / 2)

static const char *const editions[] = {"1998", "2012", NULL};
static const char *const methods[] = {"ambulatory", "continuous", NULL};

#define AT(field) .offset = offsetof(struct flow_config, field)

const struct theca_option flow_options[] = {
	{.name = "pump",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_PUMP | THECA_OPTIONAL,
		AT(pump),
		.help = "The pump under test, held and commanded; left out, the instrument's "
			"series "
			"is judged as it comes."},
	{.name = "instrument",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_INSTRUMENT,
		AT(instrument),
		.help = "The balance; its signal `mass` is weighed."},
	{.name = "rate",
		.type = THECA_RATE,
		AT(rate_pl_per_day),
		.min = "0.000001 mL/day",
		.help = "The rate to set, r of the formulas."},
	{.name = "edition",
		.type = THECA_CHOICE,
		AT(edition),
		.initial = "1998",
		.choices = editions,
		.help = "Of IEC 60601-2-24: 1998 fixes the sample interval of the continuous "
			"method at 0.5 min, 2012 leaves it open [S99]."},
	{.name = "method",
		.type = THECA_CHOICE,
		AT(method),
		.initial = "ambulatory",
		.choices = methods,
		.help = "Continuous: S 0.5 min, T1 the second of two hours [S92][S93]; ambulatory: "
			"S 15 min, T1 25 h after 24 h (U-h), for rates of implants."},
	{.name = "sample interval",
		.type = THECA_DURATION,
		.flags = THECA_OPTIONAL,
		AT(sample_interval_ns),
		.min = "1 s",
		.max = "1 d",
		.help = "S; left out, by the method: 0.5 min [S92] or 15 min [S98]."},
	{.name = "stabilisation",
		.type = THECA_DURATION,
		.flags = THECA_OPTIONAL,
		AT(stabilisation_ns),
		.min = "0 s",
		.help = "From the start to T1; left out, by the method: 60 min [S92] or 24 h "
			"[S106]."},
	{.name = "analysis",
		.type = THECA_DURATION,
		.flags = THECA_OPTIONAL,
		AT(analysis_ns),
		.min = "1 s",
		.help = "The analysis period T1; left out, by the method: 60 min [S92] or 25 h "
			"(U-h)."},
	{.name = "windows",
		.type = THECA_DURATION,
		.flags = THECA_LIST | THECA_OPTIONAL,
		AT(windows),
		.help = "Lengths P of observation windows; left out, by the method: 2, 5, 11, 19, "
			"31 "
			"min [S94] or 15, 60, 150, 330, 570, 930 min [S98]."},
	{.name = "set change interval",
		.type = THECA_DURATION,
		.flags = THECA_OPTIONAL,
		AT(set_change_ns),
		.min = "1 s",
		.help = "Where stated, the test goes on for this long and its end, as long as T1, "
			"is "
			"judged as T2 (U-h)."},
	{.name = "evaporation",
		.type = THECA_DOSE_RATE,
		AT(evaporation_pg_per_day),
		.initial = "0 mg/day",
		.min = "0 mg/day",
		.help = "What a blank vessel loses; added to the weights (U-h)."},
	{.name = "density",
		.type = THECA_DENSITY,
		.flags = THECA_OPTIONAL,
		AT(density_ug_per_ml),
		.help = "Of the fluid; left out, that of water at its temperature."},
	{.name = "fluid temperature",
		.type = THECA_TEMPERATURE,
		.flags = THECA_OPTIONAL,
		AT(temperature_mk),
		.min = "0 degC",
		.max = "40 degC",
		.help = "For the density of water; left out, the mean of the instrument's signal "
			"`temperature`, and without that 20 degC."},
	{.name = "buoyancy correction",
		.type = THECA_FLAG,
		AT(buoyancy),
		.initial = "yes",
		.help = "Volume is weight times Z [D] and not over density: balances weigh in "
			"air."},
	{.name = "mean error limit",
		.type = THECA_RATIO,
		AT(mean_limit_ppm),
		.initial = "14.5 %",
		.min = "0 %",
		.help = "Allowed mean error over T1, either way; the default is the label of the "
			"SynchroMed class [S9]."},
	{.name = "trumpet limit",
		.type = THECA_RATIO,
		.flags = THECA_OPTIONAL,
		AT(trumpet_limit_ppm),
		.min = "0 %",
		.help = "Allowed error in any observation window, either way; left out, the curve "
			"is "
			"shown and not judged."},
	{.name = "least analysed",
		.type = THECA_DURATION,
		AT(least_analysed_ns),
		.initial = "60 min",
		.min = "1 s",
		.help = "With less than this inside T1 nothing is judged [S94]; a shorter one is for "
			"trying a rig out, and the report shows it."},
	{.name = "missing readings",
		.type = THECA_RATIO,
		AT(missing_ppm),
		.initial = "1 %",
		.min = "0 %",
		.max = "100 %",
		.help = "Share of the readings that may be missing; windows that they touch are "
			"left "
			"out (our choice)."},
	{0},
};

/* -- timetable -------------------------------------------------------------------------------- */

#define MIN THECA_MINUTE_NS

static const int64_t continuous_windows[] = {2 * MIN, 5 * MIN, 11 * MIN, 19 * MIN, 31 * MIN};
static const int64_t ambulatory_windows[] = {
	15 * MIN, 60 * MIN, 150 * MIN, 330 * MIN, 570 * MIN, 930 * MIN};

static const struct flow_plan plans[] = {
	[METHOD_AMBULATORY] = {15 * MIN, 24 * 60 * MIN, 25 * 60 * MIN, {ambulatory_windows, 6}, 0},
	[METHOD_CONTINUOUS] = {MIN / 2, 60 * MIN, 60 * MIN, {continuous_windows, 5}, 0},
};

static int64_t stated(int64_t value, int64_t otherwise)
{
	return value == THECA_NONE ? otherwise : value;
}

struct flow_plan flow_plan_of(const struct flow_config *config)
{
	struct flow_plan plan = plans[config->method];
	plan.interval_ns = stated(config->sample_interval_ns, plan.interval_ns);
	plan.stabilisation_ns = stated(config->stabilisation_ns, plan.stabilisation_ns);
	plan.analysis_ns = stated(config->analysis_ns, plan.analysis_ns);
	if (config->windows.count)
		plan.windows = config->windows;
	plan.total_ns = plan.stabilisation_ns + plan.analysis_ns;
	if (config->set_change_ns > plan.total_ns)
		plan.total_ns = config->set_change_ns;
	return plan;
}

static int check_multiple(struct theca_host *host, const char *option, int64_t value, int64_t of)
{
	if (value % of == 0)
		return 0;
	theca_complain(host, option, "not a whole number of sample intervals (%.6g s)",
		(double)of / THECA_SECOND_NS);
	return -EINVAL;
}

static int check_set_change(
	struct theca_host *host, const struct flow_config *config, const struct flow_plan *plan)
{
	if (config->set_change_ns == THECA_NONE)
		return 0;
	if (config->set_change_ns < plan->analysis_ns) {
		theca_complain(host, "set change interval", "shorter than the analysis period");
		return -EINVAL;
	}
	return check_multiple(
		host, "set change interval", config->set_change_ns, plan->interval_ns);
}

static int check_windows(struct theca_host *host, const struct flow_plan *plan)
{
	int failure = 0;
	if (plan->windows.count > MOST_WINDOWS) {
		theca_complain(host, "windows", "more than %d", MOST_WINDOWS);
		return -EINVAL;
	}
	for (size_t i = 0; i < plan->windows.count && !failure; i++) {
		int64_t window_ns = plan->windows.values[i];
		failure = check_multiple(host, "windows", window_ns, plan->interval_ns);
		if (window_ns <= 0 || window_ns > plan->analysis_ns) {
			theca_complain(host, "windows",
				"%.6g min is not within the analysis period",
				(double)window_ns / MIN);
			failure = -EINVAL;
		}
	}
	return failure;
}

static int check_edition(struct theca_host *host, const struct flow_config *config)
{
	if (config->edition != EDITION_1998 || config->method != METHOD_CONTINUOUS ||
		flow_plan_of(config).interval_ns == INTERVAL_OF_1998_NS)
		return 0;
	theca_complain(host, "sample interval",
		"the 1998 edition fixes 0.5 min; edition = 2012 "
		"leaves it open");
	return -EINVAL;
}

int flow_check(struct theca_host *host, const void *data)
{
	const struct flow_config *config = data;
	struct flow_plan plan = flow_plan_of(config);
	int failure = check_edition(host, config);
	if (plan.total_ns / plan.interval_ns >= MOST_READINGS) {
		theca_complain(host, "sample interval", "too many readings");
		return -EINVAL;
	}
	failure |= check_multiple(host, "stabilisation", plan.stabilisation_ns, plan.interval_ns);
	failure |= check_multiple(host, "analysis", plan.analysis_ns, plan.interval_ns);
	failure |= check_set_change(host, config, &plan);
	failure |= check_windows(host, &plan);
	return failure ? -EINVAL : 0;
}
