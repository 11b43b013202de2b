/* SPDX-License-Identifier: Apache-2.0 */
#include "report/figures.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"

const char *figure_number(double value, unsigned decimals, figure out)
{
	out[0] = '\0';
	if (isnan(value))
		return out;
	bool plain = fabs(value) < 1e15;
	snprintf(out, FIGURE_MAX, plain ? "%.*f" : "%.*g", (int)(decimals > 9 ? 9 : decimals),
		value);
	if (out[0] == '-' && !out[strspn(out, "-0.")])
		memmove(out, out + 1, strlen(out));
	return out;
}

/* `%` and all other units stand after a blank; a figure without a unit has none. */
static void add_unit(figure out, const char *unit)
{
	size_t length = strlen(out);
	if (length && unit && *unit)
		snprintf(out + length, FIGURE_MAX - length, " %s", unit);
}

static const char *with_unit(double value, const struct theca_verdict *verdict, figure out)
{
	figure_number(value, verdict->decimals, out);
	add_unit(out, verdict->unit);
	return out;
}

const char *figure_value(const struct theca_verdict *verdict, figure out)
{
	return with_unit(verdict->value, verdict, out);
}

const char *figure_uncertainty(const struct theca_verdict *verdict, figure out)
{
	return with_unit(verdict->uncertainty, verdict, out);
}

const char *figure_allowed(const struct theca_verdict *verdict, figure out)
{
	figure lower, upper;
	figure_number(verdict->lower, verdict->decimals, lower);
	figure_number(verdict->upper, verdict->decimals, upper);
	if (*lower && *upper)
		snprintf(out, FIGURE_MAX, "%.30s to %.30s", lower, upper);
	else if (*lower)
		snprintf(out, FIGURE_MAX, "at least %.60s", lower);
	else
		snprintf(out, FIGURE_MAX, "%s%.60s", *upper ? "at most " : "", upper);
	add_unit(out, verdict->unit);
	return out;
}

const char *figure_result(const struct theca_verdict *verdict)
{
	if (verdict->skipped)
		return "skipped";
	return verdict->passed ? "pass" : "FAIL";
}

const char *figure_volume(int64_t pl, figure out)
{
	figure_number((double)pl * 1e-9, 3, out);
	add_unit(out, "mL");
	return out;
}

const char *figure_rate(int64_t pl_per_day, figure out)
{
	snprintf(out, FIGURE_MAX, "%.6g mL/day", (double)pl_per_day * 1e-9);
	return out;
}

/* Four significant digits, but never fewer than the whole number. */
static unsigned decimals_of(double value)
{
	unsigned decimals = 3;
	for (double size = fabs(value); size >= 10 && decimals; size /= 10)
		decimals--;
	return decimals;
}

const char *figure_mass(int64_t pg, figure out)
{
	bool small = pg < INT64_C(1000000000) && pg > INT64_C(-1000000000);
	double value = (double)pg * (small ? 1e-6 : 1e-9);
	figure_number(value, pg ? decimals_of(value) : 0, out);
	add_unit(out, small && pg ? "ug" : "mg");
	return out;
}

const char *figure_span(int64_t ns, figure out)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = {{THECA_DAY_NS, "d"}, {THECA_HOUR_NS, "h"}, {THECA_MINUTE_NS, "min"}};
	int64_t seconds = ns / THECA_SECOND_NS;
	for (size_t i = 0; i < 3; i++) {
		int64_t whole = ns / units[i].ns;
		if (!whole)
			continue;
		int64_t rest = i < 2 ? ns % units[i].ns / units[i + 1].ns : seconds % 60;
		int length = snprintf(out, FIGURE_MAX, "%lld %s", (long long)whole, units[i].name);
		if (rest)
			snprintf(out + length, FIGURE_MAX - (size_t)length, " %lld %s",
				(long long)rest, i < 2 ? units[i + 1].name : "s");
		return out;
	}
	snprintf(out, FIGURE_MAX, "%.4g s", (double)ns * 1e-9);
	return out;
}

const char *figure_date(int64_t unix_ns, figure out)
{
	figure_moment(unix_ns, out);
	out[strcspn(out, "T")] = '\0';
	return out;
}

const char *figure_moment(int64_t unix_ns, figure out)
{
	env_format_time(unix_ns, 0, out);
	return out;
}
