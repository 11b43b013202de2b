/* SPDX-License-Identifier: Apache-2.0 */
/* Reprogramming in two steps (see ctl_program.h). */
#include "ctl/ctl_program.h"
#include "ctl/ctl_show.h"
#include <string.h>

/* -- the plan --------------------------------------------------------------------------------- */

static const char *line_of(const json_t *lines, size_t i)
{
	const char *text = json_string_value(json_array_get(lines, i));
	return text ? text : "";
}

static void show_lines(const struct ctl_page *page, const json_t *old, const json_t *new)
{
	struct ctl_table table;
	const json_t *before = json_object_get(old, "lines"),
		     *after = json_object_get(new, "lines");
	size_t count = json_array_size(before), others = json_array_size(after);
	ctl_table_init(&table, "NOW||NEW", "lll");
	for (size_t i = 0; i < count || i < others; i++) {
		bool same = !strcmp(line_of(before, i), line_of(after, i));
		ctl_table_add(&table, CTL_PLAIN, line_of(before, i));
		ctl_table_add(&table, CTL_PLAIN, same ? "" : ">");
		ctl_table_add(&table, same ? CTL_PLAIN : CTL_BOLD, line_of(after, i));
	}
	ctl_table_print(&table, page);
}

/* The row of `totals` for a drug, or NULL. */
static const json_t *total_of(const json_t *program, const char *drug)
{
	const json_t *row;
	size_t i;
	json_array_foreach(json_object_get(program, "totals"), i, row)
	{
		if (!strcmp(ctl_member(row, "drug", ""), drug))
			return row;
	}
	return NULL;
}

static void add_total(
	struct ctl_table *table, const char *drug, const json_t *before, const json_t *after)
{
	static const char *const keys[] = {"per_day", "per_day_with_boluses"};
	ctl_table_add(table, CTL_PLAIN, drug);
	for (size_t i = 0; i < 2; i++) {
		const char *old = ctl_member(before, keys[i], "-");
		const char *new = ctl_member(after, keys[i], "-");
		ctl_table_add(table, CTL_PLAIN, old);
		ctl_table_add(table, strcmp(old, new) ? CTL_BOLD : CTL_PLAIN, new);
	}
}

static void show_totals(const struct ctl_page *page, const json_t *old, const json_t *new)
{
	struct ctl_table table;
	const json_t *row;
	size_t i;
	ctl_table_init(
		&table, "IN 24 H|NOW|NEW|NOW WITH ALL BOLUSES|NEW WITH ALL BOLUSES", "lrrrr");
	json_array_foreach(json_object_get(new, "totals"), i, row)
	{
		const char *drug = ctl_member(row, "drug", "?");
		add_total(&table, drug, total_of(old, drug), row);
	}
	json_array_foreach(json_object_get(old, "totals"), i, row)
	{
		const char *drug = ctl_member(row, "drug", "?");
		if (!total_of(new, drug))
			add_total(&table, drug, row, NULL);
	}
	ctl_table_add(&table, CTL_PLAIN, "volume");
	ctl_table_add(&table, CTL_PLAIN, ctl_member(old, "volume_per_day", "-"));
	ctl_table_add(&table, CTL_PLAIN, ctl_member(new, "volume_per_day", "-"));
	ctl_table_add(&table, CTL_PLAIN, "");
	ctl_table_add(&table, CTL_PLAIN, "");
	ctl_table_section(&table, page);
}

/* The guard's three words, and what they look like. */
static const struct decision {
	const char *word, *shown;
	enum ctl_style style;
} decisions[] = {
	{"allow", "within all limits", CTL_GREEN},
	{"confirm", "beyond a soft limit", CTL_YELLOW},
	{"refuse", "refused", CTL_RED},
};

static const struct decision *decision_of(const json_t *plan)
{
	const char *word =
		ctl_member(json_object_get(plan, "verdict"), "decision", "(no decision)");
	for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++)
		if (!strcmp(decisions[i].word, word))
			return &decisions[i];
	return &decisions[2]; /* an unknown word is no permission */
}

void ctl_show_plan(const struct ctl_page *page, const json_t *plan)
{
	const json_t *old = json_object_get(plan, "old"), *new = json_object_get(plan, "new");
	const struct decision *decision = decision_of(plan);
	const char *text = ctl_member(json_object_get(plan, "verdict"), "text", "");
	show_lines(page, old, new);
	show_totals(page, old, new);
	fputc('\n', page->out);
	ctl_put_styled(page, decision->style, decision->shown);
	if (*text && decision != &decisions[0]) {
		ctl_put(page, ": ");
		ctl_put(page, text);
	}
	fputc('\n', page->out);
}

/* -- prepare, ask, commit --------------------------------------------------------------------- */

static bool agreed(const struct ctl_page *page)
{
	char answer[16] = "";
	fputs("Commit? [y/N] ", page->out);
	fflush(page->out);
	if (!fgets(answer, sizeof answer, stdin))
		fputc('\n', page->out);
	return answer[0] == 'y' || answer[0] == 'Y';
}

static int say(struct ctl_client *client, int code, const char *why)
{
	snprintf(client->why, sizeof client->why, "%s", why);
	return code;
}

/* May this plan be committed? CTL_OK, or why not. */
static int decide(struct ctl_client *client, const struct ctl_page *page, const json_t *plan,
	const struct ctl_program *how)
{
	const char *word = decision_of(plan)->word;
	if (!strcmp(word, "refuse"))
		return say(client, CTL_REFUSED, how->json ? "the program is refused" : "");
	if (!strcmp(word, "confirm") && !how->confirm)
		return say(client, CTL_REFUSED,
			"nothing was changed; --confirm accepts the soft limit, in your name");
	if (how->yes)
		return CTL_OK;
	if (how->json)
		return say(client, CTL_REFUSED, "nothing was changed; --yes commits");
	return agreed(page) ? CTL_OK : say(client, CTL_REFUSED, "nothing was changed");
}

static int commit(struct ctl_client *client, const struct ctl_page *page, const json_t *plan,
	const struct ctl_program *how)
{
	json_t *params = json_object(), *result;
	json_object_set(params, "plan", json_object_get(plan, "plan"));
	json_object_set(params, "sha256", json_object_get(plan, "sha256"));
	if (how->confirm)
		json_object_set_new(params, "confirm", json_true());
	int code = ctl_call(client, "program.commit", params, true, &result);
	if (code == CTL_OK && !how->json)
		ctl_show_outcome(page, result);
	json_decref(result);
	return code;
}

int ctl_run_program(struct ctl_client *client, const struct ctl_page *page, json_t *params,
	const struct ctl_program *how)
{
	json_t *plan;
	int code = ctl_call(client, "program.prepare", params, false, &plan);
	if (code == CTL_OK) {
		if (how->json) {
			json_dumpf(plan, page->out, JSON_COMPACT);
			fputc('\n', page->out);
		} else {
			ctl_show_plan(page, plan);
		}
		code = decide(client, page, plan, how);
	}
	if (code == CTL_OK)
		code = commit(client, page, plan, how);
	json_decref(plan);
	return code;
}
