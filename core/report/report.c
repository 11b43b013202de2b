/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML report: what passed comes first, then what was tested with what, then the evidence. It
 * is written to be filed: everything that identifies the run is on it, and nothing that changes
 * when the same results are rendered again.
 */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "report/figures.h"
#include "report/page.h"
#include "report/course_section.h"
#include "report/xml.h"

#define CHART_HEIGHT 260

static const char *moment(const struct results *results, int64_t at_ns, figure out)
{
	if (at_ns == THECA_NONE || at_ns == THECA_NEVER)
		return "";
	return figure_moment(results->epoch_ns + at_ns, out);
}

/* -- head ------------------------------------------------------------------------------------- */

struct tally {
	size_t passed, failed, skipped;
};

static struct tally count_verdicts(const struct results *results)
{
	struct tally tally = {0};
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < results->procedures[i]->verdict_count; j++) {
			const struct theca_verdict *verdict = &results->procedures[i]->verdicts[j];
			tally.skipped += verdict->skipped != 0;
			tally.passed += !verdict->skipped && verdict->passed;
			tally.failed += !verdict->skipped && !verdict->passed;
		}
	return tally;
}

static void card(FILE *out, const char *class, const char *text, const char *under)
{
	fprintf(out, "<div><b%s>", class);
	xml_text(out, text);
	fputs("</b><span>", out);
	xml_text(out, under);
	fputs("</span></div>\n", out);
}

static void verdict_card(FILE *out, const struct results *results)
{
	struct tally tally = count_verdicts(results);
	char text[64], under[96];
	snprintf(under, sizeof under, "%zu passed, %zu failed, %zu skipped", tally.passed,
		tally.failed, tally.skipped);
	if (tally.failed)
		snprintf(text, sizeof text, "%zu FAILED", tally.failed);
	else if (tally.passed)
		snprintf(text, sizeof text, tally.skipped ? "None failed" : "All passed");
	else
		snprintf(text, sizeof text, "No verdict");
	const char *class = " class=\"skip\"";
	if (tally.failed)
		class = " class=\"fail\"";
	else if (tally.passed && !tally.skipped)
		class = " class=\"pass\"";
	card(out, class, text, under);
}

static void alarm_card(FILE *out, const struct results *results)
{
	char text[24], under[64];
	size_t high = 0;
	for (size_t i = 0; i < results->alarm_count; i++)
		high += results->alarms[i].priority == THECA_HIGH;
	snprintf(text, sizeof text, "%zu", results->alarm_count);
	snprintf(under, sizeof under, "alarm%s, %zu of high priority",
		results->alarm_count == 1 ? "" : "s", high);
	card(out, "", text, under);
}

static void cards(FILE *out, const struct results *results)
{
	figure span;
	char text[24];
	fputs("<div class=\"cards\">\n", out);
	verdict_card(out, results);
	card(out, "", figure_span(results->ended_ns - results->began_ns, span),
		results->complete ? "of bench time, complete" : "of bench time, cut short");
	snprintf(text, sizeof text, "%zu", results->course_count);
	card(out, "", text, results->course_count == 1 ? "pump" : "pumps");
	alarm_card(out, results);
	fputs("</div>\n", out);
}

static void head(FILE *out, const struct results *results)
{
	figure from, until;
	fputs("<header>\n<h1>Bench report: ", out);
	xml_text(out, results->bench);
	fprintf(out, "</h1>\n<p class=\"muted\">Bench time %s to %s</p>\n",
		moment(results, results->began_ns, from),
		moment(results, results->ended_ns, until));
	fputs("<p class=\"banner\">Not for clinical use. <span>Bench data of models and test "
	      "equipment; not a basis for treating anybody.</span></p>\n",
		out);
	cards(out, results);
	fputs("</header>\n", out);
}

/* -- verdicts --------------------------------------------------------------------------------- */

static void overview_row(
	FILE *out, const struct results_procedure *procedure, const struct theca_verdict *verdict)
{
	figure text;
	fputs(verdict->passed || verdict->skipped ? "<tr>" : "<tr class=\"failed\">", out);
	page_result(out, verdict);
	page_cell(out, "", procedure->name);
	page_cell(out, "", verdict->name);
	page_cell(out, "n", verdict->skipped ? "" : figure_value(verdict, text));
	page_cell(out, "n", figure_allowed(verdict, text));
	fputs("</tr>\n", out);
}

static void overview(FILE *out, const struct results *results)
{
	struct tally tally = count_verdicts(results);
	page_section(out, "verdicts", "Verdicts", NULL);
	if (tally.passed + tally.failed + tally.skipped == 0) {
		fputs("<p>No procedure gave a verdict in this run.</p>\n", out);
		page_section_end(out);
		return;
	}
	fputs("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Result</th>"
	      "<th scope=\"col\">Procedure</th><th scope=\"col\">Verdict</th>"
	      "<th scope=\"col\" class=\"n\">Measured</th>"
	      "<th scope=\"col\" class=\"n\">Allowed</th></tr></thead>\n",
		out);
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < results->procedures[i]->verdict_count; j++)
			overview_row(
				out, results->procedures[i], &results->procedures[i]->verdicts[j]);
	fputs("</table></div>\n", out);
	page_section_end(out);
}

static void verdict_row(FILE *out, const struct theca_verdict *verdict, bool remarks)
{
	figure text;
	fputs(verdict->passed || verdict->skipped ? "<tr>" : "<tr class=\"failed\">", out);
	page_result(out, verdict);
	page_cell(out, "", verdict->name);
	page_cell(out, "n", figure_value(verdict, text));
	page_cell(out, "n", figure_allowed(verdict, text));
	page_cell(out, "n", figure_uncertainty(verdict, text));
	if (remarks)
		page_cell(out, "", verdict->reason ? verdict->reason : "");
	fputs("</tr>\n", out);
}

static bool has_remarks(const struct results_procedure *procedure)
{
	for (size_t i = 0; i < procedure->verdict_count; i++)
		if (procedure->verdicts[i].reason && *procedure->verdicts[i].reason)
			return true;
	return false;
}

static void verdict_table(FILE *out, const struct results_procedure *procedure)
{
	if (!procedure->verdict_count) {
		fputs("<p>This procedure gave no verdict.</p>\n", out);
		return;
	}
	bool remarks = has_remarks(procedure);
	fputs("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Result</th>"
	      "<th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Measured</th>"
	      "<th scope=\"col\" class=\"n\">Allowed</th>"
	      "<th scope=\"col\" class=\"n\">U (<i>k</i> = 2)</th>",
		out);
	fputs(remarks ? "<th scope=\"col\">Remark</th></tr></thead>\n" : "</tr></thead>\n", out);
	for (size_t i = 0; i < procedure->verdict_count; i++)
		verdict_row(out, &procedure->verdicts[i], remarks);
	fputs("</table></div>\n", out);
}

static void procedure_section(
	FILE *out, const struct results *results, const struct results_procedure *procedure)
{
	figure from, until;
	char title[160], aside[160];
	bool pump = *procedure->pump != '\0';
	snprintf(aside, sizeof aside, "%.60s%s%.60s", procedure->plugin, pump ? ", pump " : "",
		procedure->pump);
	snprintf(title, sizeof title, "Procedure: %.100s", procedure->name);
	page_section(out, "procedure", title, aside);
	bool ended = procedure->ended_ns != THECA_NONE;
	fprintf(out, "<p class=\"muted\">Began %s, %s%s</p>\n",
		moment(results, procedure->began_ns, from), ended ? "ended " : "did not end",
		moment(results, procedure->ended_ns, until));
	verdict_table(out, procedure);
	for (size_t i = 0; i < procedure->chart_count; i++)
		page_chart(out, &procedure->charts[i], CHART_HEIGHT);
	for (size_t i = 0; i < procedure->table_count; i++)
		page_table(out, &procedure->tables[i]);
	page_section_end(out);
}

/* -- identification --------------------------------------------------------------------------- */

#define ROW_MOST 90 /* characters that a narrow column takes without swamping its group */

/* A fact of several lines is a text of its own, shown at the end. */
static bool is_long(const struct results_fact *fact)
{
	return strchr(fact->value, '\n') != NULL;
}

/* One that fills paragraphs, such as where a limit comes from, has the page's whole width. */
static bool is_wide(const struct results_fact *fact)
{
	return !is_long(fact) && strlen(fact->value) > ROW_MOST;
}

static bool is_plugin(const struct results_fact *fact)
{
	return !strcmp(fact->key, "plugin");
}

static bool has_short(const struct results *results, const struct results_group *group)
{
	for (size_t i = group->first; i; i = results->facts[i - 1].next)
		if (!is_long(&results->facts[i - 1]))
			return true;
	return false;
}

static void group_facts(FILE *out, const struct results *results, const struct results_group *group)
{
	for (size_t i = group->first; i; i = results->facts[i - 1].next) {
		const struct results_fact *fact = &results->facts[i - 1];
		if (!is_long(fact) && !is_wide(fact) && !is_plugin(fact))
			page_fact(out, fact->key, fact->value);
	}
}

static const char *plugin_of(const struct results *results, const struct results_group *group)
{
	for (size_t i = group->first; i; i = results->facts[i - 1].next)
		if (is_plugin(&results->facts[i - 1]))
			return results->facts[i - 1].value;
	return NULL;
}

static void bench_facts(FILE *out, const struct results *results)
{
	figure text;
	page_facts_open(out, "Bench", results->bench);
	page_fact(out, "clock", results->clock);
	if (results->group_count)
		group_facts(out, results, &results->groups[0]);
	if (results->began_ns) /* else it began where bench time does, which is among the facts */
		page_fact(out, "began again", moment(results, results->began_ns, text));
	page_fact(out, "ended", moment(results, results->ended_ns, text));
	page_fact(out, "run", results->complete ? "complete" : "cut short");
	page_facts_close(out);
}

static void wide_facts(FILE *out, const struct results *results)
{
	bool any = false;
	for (size_t i = 0; i < results->fact_count; i++) {
		const struct results_fact *fact = &results->facts[i];
		if (!is_wide(fact))
			continue;
		if (!any)
			fputs("<table class=\"sources\">\n", out);
		any = true;
		fputs("<tr>", out);
		page_cell(out, "w", *fact->group ? fact->group : "bench");
		page_cell(out, "w", fact->key);
		page_cell(out, "", fact->value);
		fputs("</tr>\n", out);
	}
	if (any)
		fputs("</table>\n", out);
}

static void identification(FILE *out, const struct results *results)
{
	page_section(out, "identification", "Identification", NULL);
	fputs("<div class=\"groups\">\n", out);
	bench_facts(out, results);
	for (size_t i = 1; i < results->group_count; i++) {
		const struct results_group *group = &results->groups[i];
		if (!has_short(results, group))
			continue;
		page_facts_open(out, group->name, plugin_of(results, group));
		group_facts(out, results, group);
		page_facts_close(out);
	}
	fputs("</div>\n", out);
	wide_facts(out, results);
	page_section_end(out);
}

static void appendix(FILE *out, const struct results *results)
{
	for (size_t i = 0; i < results->fact_count; i++) {
		const struct results_fact *fact = &results->facts[i];
		if (!is_long(fact))
			continue;
		page_section(out, "appendix", fact->key, fact->group);
		fputs("<pre>", out);
		xml_text(out, fact->value);
		fputs("</pre>\n", out);
		page_section_end(out);
	}
}

/* -- alarms ----------------------------------------------------------------------------------- */

static void alarm_row(FILE *out, const struct results *results, const struct alarm *alarm)
{
	static const char *const priorities[] = {"-", "low", "medium", "HIGH"};
	figure text;
	fputs("<tr>", out);
	page_cell(out, alarm->priority == THECA_HIGH ? "w high" : "w",
		priorities[alarm->priority <= THECA_HIGH ? alarm->priority : 0]);
	page_cell(out, "", results_name_of(results, alarm->instance));
	fputs("<td>", out);
	xml_text(out, alarm->text);
	fputs(" <span class=\"muted\">", out);
	xml_text(out, alarm->code);
	if (*alarm->native_code) {
		fputs(", pump's own code: ", out);
		xml_text(out, alarm->native_code);
	}
	fputs("</span></td>", out);
	page_cell(out, "w", moment(results, alarm->raised_ns, text));
	page_cell(out, "w",
		alarm->cleared_ns == THECA_NONE ? "present at the end"
						: moment(results, alarm->cleared_ns, text));
	page_cell(out, "", alarm->acknowledged_ns == THECA_NONE ? "no" : alarm->acknowledged_by);
	fputs("</tr>\n", out);
}

static void alarms(FILE *out, const struct results *results)
{
	page_section(out, "alarms", "Alarms", NULL);
	if (!results->alarm_count)
		fputs("<p>No alarm was raised.</p>\n", out);
	else
		fputs("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Priority</th>"
		      "<th scope=\"col\">Source</th><th scope=\"col\">Alarm</th>"
		      "<th scope=\"col\">Raised</th><th scope=\"col\">Cleared</th>"
		      "<th scope=\"col\">Acknowledged</th></tr></thead>\n",
			out);
	for (size_t i = 0; i < results->alarm_count; i++)
		alarm_row(out, results, &results->alarms[i]);
	if (results->alarm_count)
		fputs("</table></div>\n", out);
	page_section_end(out);
}

static void write_html(FILE *out, const struct results *results)
{
	char title[160];
	snprintf(title, sizeof title, "Bench report: %.120s", results->bench);
	page_open(out, title);
	head(out, results);
	overview(out, results);
	identification(out, results);
	for (size_t i = 0; i < results->procedure_count; i++)
		procedure_section(out, results, results->procedures[i]);
	for (size_t i = 0; i < results->course_count; i++)
		course_section(out, results, results->courses[i]);
	alarms(out, results);
	appendix(out, results);
	fputs("<div class=\"sign\"><div>Tested by, date</div><div>Reviewed by, date</div></div>\n",
		out);
	page_close(out);
}

char *report_html(const struct results *results, size_t *size)
{
	return report_write(results, write_html, size);
}

char *report_write(
	const struct results *results, void (*write)(FILE *, const struct results *), size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	if (!out)
		return NULL;
	write(out, results);
	bool whole = !ferror(out);
	if (fclose(out) || !whole) {
		free(text);
		return NULL;
	}
	return text;
}
