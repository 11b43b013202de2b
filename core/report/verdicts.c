/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts for machines: TAP version 13 with YAML diagnostics for prove, JUnit XML for build
 * servers. A bench without verdicts skips all: it neither passed nor failed.
 */
#include <math.h>
#include <string.h>

#include "report/figures.h"
#include "report/report.h"
#include "report/xml.h"

/* -- TAP -------------------------------------------------------------------------------------- */

/* A description on one line; `#` begins a directive and is escaped. */
static void tap_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '#' || *text == '\\')
			fputc('\\', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
}

/* Double-quoted YAML on one line. */
static void yaml_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, "  %s: \"", key);
	for (; text && *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
	fputs("\"\n", out);
}

static void yaml_number(FILE *out, const char *key, double value, unsigned decimals)
{
	figure text;
	if (isfinite(value))
		fprintf(out, "  %s: %s\n", key, figure_number(value, decimals, text));
}

static void tap_diagnostics(FILE *out, const struct theca_verdict *verdict)
{
	fputs("  ---\n", out);
	yaml_number(out, "value", verdict->value, verdict->decimals);
	if (verdict->unit)
		yaml_text(out, "unit", verdict->unit);
	yaml_number(out, "lower", verdict->lower, verdict->decimals);
	yaml_number(out, "upper", verdict->upper, verdict->decimals);
	yaml_number(out, "uncertainty", verdict->uncertainty, verdict->decimals);
	if (verdict->reason)
		yaml_text(out, "reason", verdict->reason);
	fputs("  ...\n", out);
}

static bool has_diagnostics(const struct theca_verdict *verdict)
{
	return verdict->reason || verdict->unit || isfinite(verdict->value) ||
	       isfinite(verdict->lower) || isfinite(verdict->upper) ||
	       isfinite(verdict->uncertainty);
}

static void tap_line(FILE *out, size_t number, const struct results_procedure *procedure,
	const struct theca_verdict *verdict)
{
	bool good = verdict->passed || verdict->skipped;
	fprintf(out, "%sok %zu - ", good ? "" : "not ", number);
	tap_text(out, procedure->name);
	fputs(": ", out);
	tap_text(out, verdict->name);
	if (verdict->skipped) {
		fputs(" # SKIP ", out);
		tap_text(out, verdict->reason ? verdict->reason : "no reason given");
	}
	fputc('\n', out);
	if (has_diagnostics(verdict))
		tap_diagnostics(out, verdict);
}

static const struct theca_verdict no_verdict = {.size = sizeof no_verdict,
	.skipped = 1,
	.name = "verdict",
	.reason = "the procedure gave none",
	.value = NAN,
	.lower = NAN,
	.upper = NAN,
	.uncertainty = NAN};

/* A procedure that gave no verdict counts as one that was skipped. */
static size_t verdict_count(const struct results_procedure *procedure)
{
	return procedure->verdict_count ? procedure->verdict_count : 1;
}

static const struct theca_verdict *verdict_at(
	const struct results_procedure *procedure, size_t index)
{
	return procedure->verdict_count ? &procedure->verdicts[index] : &no_verdict;
}

static void write_tap(FILE *out, const struct results *results)
{
	size_t count = 0, number = 0;
	for (size_t i = 0; i < results->procedure_count; i++)
		count += verdict_count(results->procedures[i]);
	fprintf(out, "TAP version 13\n1..%zu%s\n", count,
		count ? "" : " # SKIP this bench has no procedure");
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < verdict_count(results->procedures[i]); j++)
			tap_line(out, ++number, results->procedures[i],
				verdict_at(results->procedures[i], j));
}

char *report_tap(const struct results *results, size_t *size)
{
	return report_write(results, write_tap, size);
}

/* -- JUnit ------------------------------------------------------------------------------------ */

static void attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	xml_text(out, text);
	fputc('"', out);
}

static void junit_properties(FILE *out, const struct results *results)
{
	if (!results->fact_count)
		return;
	fputs("    <properties>\n", out);
	for (size_t i = 0; i < results->fact_count; i++) {
		const struct results_fact *fact = &results->facts[i];
		if (strchr(fact->value, '\n'))
			continue; /* an attribute would lose its lines */
		fputs("      <property name=\"", out);
		xml_text(out, fact->group);
		fputs(*fact->group ? ": " : "", out);
		xml_text(out, fact->key);
		fputc('"', out);
		attribute(out, "value", fact->value);
		fputs("/>\n", out);
	}
	fputs("    </properties>\n", out);
}

/* `0.31 %, allowed -5 to 5 %: why`, as far as it is known. */
static void junit_message(const struct theca_verdict *verdict, char *out, size_t size)
{
	figure value, allowed;
	figure_value(verdict, value);
	figure_allowed(verdict, allowed);
	snprintf(out, size, "%s%s%s%s%s", value, *allowed ? ", allowed " : "", allowed,
		verdict->reason && (*value || *allowed) ? ": " : "",
		verdict->reason ? verdict->reason : "");
}

static void junit_case(
	FILE *out, const struct results_procedure *procedure, const struct theca_verdict *verdict)
{
	char message[512];
	junit_message(verdict, message, sizeof message);
	fputs("    <testcase", out);
	attribute(out, "classname", procedure->name);
	attribute(out, "name", verdict->name);
	if (verdict->passed && !verdict->skipped) {
		fputs("><system-out>", out);
		xml_text(out, message);
		fputs("</system-out></testcase>\n", out);
		return;
	}
	fputs(verdict->skipped ? "><skipped" : "><failure", out);
	attribute(out, "message", message);
	fputs("/></testcase>\n", out);
}

static void junit_suite(
	FILE *out, const struct results *results, const struct results_procedure *procedure)
{
	size_t failed = 0, skipped = 0, count = verdict_count(procedure);
	for (size_t i = 0; i < count; i++) {
		const struct theca_verdict *verdict = verdict_at(procedure, i);
		skipped += verdict->skipped != 0;
		failed += !verdict->skipped && !verdict->passed;
	}
	bool ended = procedure->ended_ns != THECA_NONE;
	int64_t ended_ns = ended ? procedure->ended_ns : results->ended_ns;
	figure began;
	fputs("  <testsuite", out);
	attribute(out, "name", procedure->name);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\"",
		count, failed, skipped, (double)(ended_ns - procedure->began_ns) * 1e-9);
	attribute(out, "timestamp", figure_moment(results->epoch_ns + procedure->began_ns, began));
	fputs(">\n", out);
	junit_properties(out, results);
	for (size_t i = 0; i < count; i++)
		junit_case(out, procedure, verdict_at(procedure, i));
	fputs("  </testsuite>\n", out);
}

static void write_junit(FILE *out, const struct results *results)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	attribute(out, "name", results->bench);
	fputs(">\n", out);
	for (size_t i = 0; i < results->procedure_count; i++)
		junit_suite(out, results, results->procedures[i]);
	fputs("</testsuites>\n", out);
}

char *report_junit(const struct results *results, size_t *size)
{
	return report_write(results, write_junit, size);
}
