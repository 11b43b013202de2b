/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary that a terminal shows at the end of a run: verdicts last, where the eye is. Numbers
 * are never cut; only sentences at the end of a line give way to the width.
 */
#include <stdlib.h>
#include <string.h>

#include "report/figures.h"
#include "report/report.h"
#include "report/xml.h"

struct summary {
	FILE *out;
	const struct results *results;
	int columns;
	bool color;
};

enum color { PLAIN, BOLD, DIM, RED, GREEN, YELLOW };

static const char *ansi(const struct summary *summary, enum color color)
{
	static const char *const codes[] = {
		"\033[0m", "\033[1m", "\033[2m", "\033[1;31m", "\033[32m", "\033[33m"};
	return summary->color ? codes[color] : "";
}

/* Text with control characters and broken bytes replaced, so that no name drives the terminal; as
 * many characters as there is room for. Returns how many were written. */
static int put(const struct summary *summary, const char *text, int room)
{
	int written = 0;
	while (text && *text && written < room) {
		unsigned count = (unsigned char)*text < ' ' ? 0 : xml_character(text);
		bool last = written == room - 1 && text[count ? count : 1];
		if (last)
			fputs("\xe2\x80\xa6", summary->out);
		else if (count)
			fwrite(text, 1, count, summary->out);
		else
			fputc('?', summary->out);
		text += count ? count : 1;
		written++;
	}
	return written;
}

/* A column: at least `width` wide, two blanks after it. Returns its width. */
static int column(const struct summary *summary, const char *text, int width)
{
	int written = put(summary, text, 1000);
	int pad = written < width ? width - written : 0;
	fprintf(summary->out, "%*s", pad + 2, "");
	return written + pad + 2;
}

static int text_width(const char *text)
{
	int width = 0;
	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static int wider(int width, const char *text)
{
	int other = text_width(text);
	return other > width ? other : width;
}

static const char *date_of(const struct summary *summary, int64_t at_ns, figure out)
{
	if (at_ns == THECA_NEVER || at_ns == THECA_NONE)
		return "not foreseen";
	return figure_date(summary->results->epoch_ns + at_ns, out);
}

static void heading(const struct summary *summary, const char *text)
{
	fprintf(summary->out, "\n%s%s%s\n", ansi(summary, BOLD), text, ansi(summary, PLAIN));
}

/* -- pumps ------------------------------------------------------------------------------------ */

static void label(const struct summary *summary, const char *name)
{
	fprintf(summary->out, "  %s%-12s%s", ansi(summary, DIM), name, ansi(summary, PLAIN));
}

static void delivered(const struct summary *summary, const struct results_course *course,
	const struct results_point *last)
{
	figure text;
	label(summary, "delivered");
	fputs(figure_volume(last->delivered_pl, text), summary->out);
	for (size_t i = 0; i < course->drug_count; i++) {
		fprintf(summary->out, "%s %s ", i ? "," : ":",
			figure_mass(last->delivered_pg[i], text));
		put(summary, course->drugs[i], 1000);
	}
	fputc('\n', summary->out);
}

static void reservoir(const struct summary *summary, const struct results_course *course,
	const struct results_point *last)
{
	figure text;
	label(summary, "reservoir");
	fputs(figure_volume(last->reservoir_pl, text), summary->out);
	fprintf(summary->out, ", next refill %s", date_of(summary, course->next_refill_ns, text));
	if (course->refill_count)
		fprintf(summary->out, " (refilled %zu time%s)", course->refill_count,
			course->refill_count == 1 ? "" : "s");
	fputc('\n', summary->out);
}

static void presses(const struct summary *summary, const struct results_course *course)
{
	if (!course->bolus_count && !course->refused)
		return;
	label(summary, "patient");
	fprintf(summary->out, "%zu bolus%s given, %lld press%s refused\n", course->bolus_count,
		course->bolus_count == 1 ? "" : "es", (long long)course->refused,
		course->refused == 1 ? "" : "es");
}

static void pump(const struct summary *summary, const struct results_course *course)
{
	static const struct results_point none;
	const struct results_point *last =
		course->point_count ? &course->points[course->point_count - 1] : &none;
	fprintf(summary->out, "\n%s", ansi(summary, BOLD));
	put(summary, course->pump, 1000);
	fprintf(summary->out, "%s  ", ansi(summary, PLAIN));
	int used = text_width(course->pump) + 2;
	used += column(summary, course->model, 0);
	used += column(summary, course->state, 0);
	put(summary, course->holds, summary->columns - used);
	fputc('\n', summary->out);
	delivered(summary, course, last);
	reservoir(summary, course, last);
	presses(summary, course);
}

/* -- alarms ----------------------------------------------------------------------------------- */

static void alarm_line(
	const struct summary *summary, const struct alarm *alarm, int source, int code)
{
	static const char *const priorities[] = {"-", "low", "medium", "HIGH"};
	static const enum color colors[] = {DIM, PLAIN, YELLOW, RED};
	uint32_t priority = alarm->priority <= THECA_HIGH ? alarm->priority : 0;
	figure raised;
	bool present = alarm->cleared_ns == THECA_NONE;
	fprintf(summary->out, "  %s%-8s%s", ansi(summary, colors[priority]), priorities[priority],
		ansi(summary, PLAIN));
	int used = 10;
	used += column(summary, results_name_of(summary->results, alarm->instance), source);
	used += column(summary, alarm->code, code);
	figure_moment(summary->results->epoch_ns + alarm->raised_ns, raised);
	used += column(summary, raised, 0);
	used += column(summary, present ? "present" : "cleared", 0);
	put(summary, alarm->text, summary->columns - used);
	fputc('\n', summary->out);
}

static void alarm_lines(const struct summary *summary)
{
	const struct results *results = summary->results;
	int source = 0, code = 0;
	for (size_t i = 0; i < results->alarm_count; i++) {
		source = wider(source, results_name_of(results, results->alarms[i].instance));
		code = wider(code, results->alarms[i].code);
	}
	heading(summary, "Alarms");
	if (!results->alarm_count)
		fputs("  none\n", summary->out);
	for (size_t i = 0; i < results->alarm_count; i++)
		alarm_line(summary, &results->alarms[i], source, code);
}

/* -- verdicts --------------------------------------------------------------------------------- */

struct widths {
	int procedure, name, value, allowed;
};

static struct widths measure(const struct results *results)
{
	struct widths widths = {0};
	figure text;
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < results->procedures[i]->verdict_count; j++) {
			const struct theca_verdict *verdict = &results->procedures[i]->verdicts[j];
			widths.procedure = wider(widths.procedure, results->procedures[i]->name);
			widths.name = wider(widths.name, verdict->name);
			widths.value = wider(widths.value, figure_value(verdict, text));
			widths.allowed = wider(widths.allowed, figure_allowed(verdict, text));
		}
	return widths;
}

static void verdict_line(const struct summary *summary, const struct results_procedure *procedure,
	const struct theca_verdict *verdict, const struct widths *widths)
{
	enum color color = verdict->skipped ? YELLOW : verdict->passed ? GREEN : RED;
	figure text;
	fprintf(summary->out, "  %s%-7s%s  ", ansi(summary, color), figure_result(verdict),
		ansi(summary, PLAIN));
	int used = 11;
	used += column(summary, procedure->name, widths->procedure);
	used += column(summary, verdict->name, widths->name);
	used += fprintf(summary->out, "%*s  ", widths->value, figure_value(verdict, text));
	bool explain = verdict->reason && (verdict->skipped || !verdict->passed);
	figure_allowed(verdict, text);
	used += explain ? column(summary, text, widths->allowed) : put(summary, text, 1000);
	if (explain)
		put(summary, verdict->reason, summary->columns - used);
	fputc('\n', summary->out);
}

static void verdict_lines(const struct summary *summary)
{
	const struct results *results = summary->results;
	struct widths widths = measure(results);
	heading(summary, "Verdicts");
	size_t count = 0;
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < results->procedures[i]->verdict_count; j++, count++)
			verdict_line(summary, results->procedures[i],
				&results->procedures[i]->verdicts[j], &widths);
	if (!count)
		fputs("  none\n", summary->out);
	else
		fprintf(summary->out, "  %zu verdicts, %zu failed\n", count,
			results_failed(results));
}

static void write_summary(const struct summary *summary)
{
	const struct results *results = summary->results;
	figure from, until, span;
	fputs(ansi(summary, BOLD), summary->out);
	put(summary, results->bench, 1000);
	fprintf(summary->out, "%s  %s to %s, %s of bench time, %s\n", ansi(summary, PLAIN),
		figure_date(results->epoch_ns + results->began_ns, from),
		figure_date(results->epoch_ns + results->ended_ns, until),
		figure_span(results->ended_ns - results->began_ns, span),
		results->complete ? "complete" : "cut short");
	fputs("Not for clinical use.\n", summary->out);
	for (size_t i = 0; i < results->course_count; i++)
		pump(summary, results->courses[i]);
	alarm_lines(summary);
	verdict_lines(summary);
}

char *report_summary(const struct results *results, int columns, bool color, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	struct summary summary = {out, results, columns > 0 ? columns : 80, color};
	if (!out)
		return NULL;
	write_summary(&summary);
	bool whole = !ferror(out);
	if (fclose(out) || !whole) {
		free(text);
		return NULL;
	}
	return text;
}
