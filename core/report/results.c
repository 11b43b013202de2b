/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results are deep copies, so that a report can be written after everything that produced them has
 * gone. A setter that runs out of memory leaves what was there before untouched.
 */
#include "report/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more item; capacity is the next power of two, so that only the count is kept. */
static void *room(void *items, size_t count, size_t size)
{
	if (count && (count & (count - 1)))
		return items;
	return realloc(items, (count ? 2 * count : 1) * size);
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

/* A text that may be absent; false: out of memory. */
static bool copy_optional(const char **into, const char *text)
{
	*into = text ? strdup(text) : NULL;
	return *into || !text;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void results_init(struct results *results)
{
	*results = (struct results){.complete = true};
}

/* -- facts and names -------------------------------------------------------------------------- */

static struct name *keep(struct results *results, const char *text)
{
	return names_keep(
		&results->texts, &results->arena, text ? text : "", text ? strlen(text) : 0);
}

static bool add_group(struct results *results, struct name *name)
{
	struct results_group *groups = room(results->groups, results->group_count, sizeof *groups);
	if (!name || !groups)
		return false;
	results->groups = groups;
	groups[results->group_count++] = (struct results_group){.name = name->text};
	name->owner = (uint32_t)results->group_count;
	return true;
}

/* The group's number, new or not; 0: out of memory. */
static uint32_t group_of(struct results *results, struct name *name)
{
	if (!results->group_count && !add_group(results, keep(results, "")))
		return 0;
	return name->owner || add_group(results, name) ? name->owner : 0;
}

static struct results_fact *find_fact(
	const struct results *results, const struct results_group *group, const char *key)
{
	for (size_t i = group->first; i; i = results->facts[i - 1].next)
		if (!strcmp(results->facts[i - 1].key, key))
			return &results->facts[i - 1];
	return NULL;
}

static int add_fact(
	struct results *results, struct results_group *group, const struct results_fact *fact)
{
	struct results_fact *facts = room(results->facts, results->fact_count, sizeof *facts);
	if (!facts)
		return -ENOMEM;
	results->facts = facts;
	facts[results->fact_count++] = *fact;
	if (group->last)
		facts[group->last - 1].next = results->fact_count;
	else
		group->first = results->fact_count;
	group->last = results->fact_count;
	return 0;
}

int results_fact(struct results *results, const char *group, const char *key, const char *value)
{
	struct name *of = keep(results, group), *about = keep(results, key),
		    *says = keep(results, value);
	uint32_t number = of && about && says ? group_of(results, of) : 0;
	if (!number)
		return -ENOMEM;
	struct results_fact *known = find_fact(results, &results->groups[number - 1], about->text);
	if (known)
		known->value = says->text;
	return known ? 0
		     : add_fact(results, &results->groups[number - 1],
			       &(struct results_fact){of->text, about->text, says->text, 0});
}

int results_name(struct results *results, uint32_t instance, const char *name)
{
	struct results_name *names = room(results->names, results->name_count, sizeof *names);
	if (!names)
		return -ENOMEM;
	results->names = names;
	char *own = copy(name);
	if (!own)
		return -ENOMEM;
	names[results->name_count++] = (struct results_name){instance, own};
	return 0;
}

const char *results_name_of(const struct results *results, uint32_t instance)
{
	for (size_t i = results->name_count; i-- > 0;)
		if (results->names[i].instance == instance)
			return results->names[i].name;
	return instance ? "?" : "bench";
}

/* -- procedures ------------------------------------------------------------------------------- */

static void free_procedure(struct results_procedure *procedure);

struct results_procedure *results_procedure(struct results *results, const char *name,
	const char *plugin, const char *pump, int64_t began_ns)
{
	struct results_procedure **list =
		room(results->procedures, results->procedure_count, sizeof(*list));
	struct results_procedure *procedure = calloc(1, sizeof *procedure);
	results->procedures = list ? list : results->procedures;
	if (!list || !procedure) {
		free(procedure);
		return NULL;
	}
	procedure->name = copy(name);
	procedure->plugin = copy(plugin);
	procedure->pump = copy(pump);
	procedure->began_ns = began_ns;
	procedure->ended_ns = THECA_NONE;
	if (!procedure->name || !procedure->plugin || !procedure->pump) {
		free_procedure(procedure);
		return NULL;
	}
	return list[results->procedure_count++] = procedure;
}

static void free_verdict(struct theca_verdict *verdict)
{
	free((char *)verdict->name);
	free((char *)verdict->reason);
	free((char *)verdict->unit);
}

int results_verdict(struct results_procedure *procedure, const struct theca_verdict *given)
{
	struct theca_verdict *list =
		room(procedure->verdicts, procedure->verdict_count, sizeof *list);
	if (!list)
		return -ENOMEM;
	procedure->verdicts = list;
	struct theca_verdict verdict = {0};
	memcpy(&verdict, given, smaller(given->size, sizeof verdict));
	verdict.size = sizeof verdict;
	verdict.name = copy(given->name);
	bool whole = verdict.name != NULL;
	whole &= copy_optional(&verdict.reason, given->reason);
	whole &= copy_optional(&verdict.unit, given->unit);
	if (!whole) {
		free_verdict(&verdict);
		return -ENOMEM;
	}
	list[procedure->verdict_count++] = verdict;
	return 0;
}

static void free_chart(struct theca_chart *chart)
{
	struct theca_series *series = (struct theca_series *)chart->series;
	for (uint32_t i = 0; series && i < chart->series_count; i++) {
		free((char *)series[i].name);
		free((double *)series[i].x);
		free((double *)series[i].y);
	}
	free(series);
	free((char *)chart->title);
	free((char *)chart->x_label);
	free((char *)chart->y_label);
	free((char *)chart->caption);
}

static double *copy_numbers(const double *numbers, size_t count)
{
	double *own = malloc((count ? count : 1) * sizeof *own);
	if (own && count)
		memcpy(own, numbers, count * sizeof *own);
	return own;
}

static bool copy_series(struct theca_series *into, const struct theca_series *given, size_t size)
{
	struct theca_series series = {0};
	memcpy(&series, given, smaller(size, sizeof series));
	series.x = copy_numbers(series.x, series.count);
	series.y = copy_numbers(series.y, series.count);
	series.name = copy(series.name);
	*into = series;
	return series.x && series.y && series.name;
}

static bool copy_all_series(struct theca_chart *chart, const struct theca_chart *given)
{
	struct theca_series *series = calloc(given->series_count + 1, sizeof *series);
	bool whole = series != NULL;
	chart->series = series;
	chart->series_size = sizeof *series;
	for (uint32_t i = 0; whole && i < given->series_count; i++)
		whole = copy_series(&series[i],
			(const void *)((const char *)given->series +
				       (size_t)i * given->series_size),
			given->series_size);
	return whole;
}

int results_chart(struct results_procedure *procedure, const struct theca_chart *given)
{
	struct theca_chart *list = room(procedure->charts, procedure->chart_count, sizeof *list);
	if (!list)
		return -ENOMEM;
	procedure->charts = list;
	struct theca_chart chart = {0};
	memcpy(&chart, given, smaller(given->size, sizeof chart));
	chart.size = sizeof chart;
	const char *caption = chart.caption;
	bool whole = copy_all_series(&chart, given);
	chart.title = copy(given->title);
	chart.x_label = copy(given->x_label);
	chart.y_label = copy(given->y_label);
	whole &= copy_optional(&chart.caption, caption);
	if (!whole || !chart.title || !chart.x_label || !chart.y_label) {
		free_chart(&chart);
		return -ENOMEM;
	}
	list[procedure->chart_count++] = chart;
	return 0;
}

static void free_texts(const char *const *texts, size_t count)
{
	for (size_t i = 0; texts && i < count; i++)
		free((char *)texts[i]);
	free((void *)texts);
}

static const char *const *copy_texts(const char *const *texts, size_t count)
{
	const char **own = calloc(count + 1, sizeof *own);
	for (size_t i = 0; own && i < count; i++) {
		own[i] = copy(texts[i]);
		if (!own[i]) {
			free_texts(own, count);
			return NULL;
		}
	}
	return own;
}

static void free_table(struct theca_table *table)
{
	free_texts(table->heads, table->columns);
	free_texts(table->cells, (size_t)table->columns * table->rows);
	free((char *)table->title);
}

int results_table(struct results_procedure *procedure, const struct theca_table *given)
{
	struct theca_table *list = room(procedure->tables, procedure->table_count, sizeof *list);
	if (!list)
		return -ENOMEM;
	procedure->tables = list;
	struct theca_table table = {
		.size = sizeof table, .columns = given->columns, .rows = given->rows};
	table.title = copy(given->title);
	table.heads = copy_texts(given->heads, given->columns);
	table.cells = copy_texts(given->cells, (size_t)given->columns * given->rows);
	if (!table.title || !table.heads || !table.cells) {
		free_table(&table);
		return -ENOMEM;
	}
	list[procedure->table_count++] = table;
	return 0;
}

static void free_procedure(struct results_procedure *procedure)
{
	for (size_t i = 0; i < procedure->verdict_count; i++)
		free_verdict(&procedure->verdicts[i]);
	for (size_t i = 0; i < procedure->chart_count; i++)
		free_chart(&procedure->charts[i]);
	for (size_t i = 0; i < procedure->table_count; i++)
		free_table(&procedure->tables[i]);
	free(procedure->verdicts);
	free(procedure->charts);
	free(procedure->tables);
	free(procedure->name);
	free(procedure->plugin);
	free(procedure->pump);
	free(procedure);
}

size_t results_failed(const struct results *results)
{
	size_t failed = 0;
	for (size_t i = 0; i < results->procedure_count; i++)
		for (size_t j = 0; j < results->procedures[i]->verdict_count; j++) {
			const struct theca_verdict *verdict = &results->procedures[i]->verdicts[j];
			failed += !verdict->passed && !verdict->skipped;
		}
	return failed;
}

/* -- courses ---------------------------------------------------------------------------------- */

static void free_course(struct results_course *course)
{
	free(course->pump);
	free(course->model);
	free(course->holds);
	free(course->state);
	for (size_t i = 0; i < MIX_MAX; i++)
		free(course->drugs[i]);
	free(course->points);
	free(course->refills_ns);
	free(course->boluses_ns);
	free(course);
}

static bool course_texts(struct results_course *course, const char *pump, const char *model,
	const char *holds, const char *const *drugs)
{
	course->pump = copy(pump);
	course->model = copy(model);
	course->holds = copy(holds);
	course->state = copy("");
	bool whole = course->pump && course->model && course->holds && course->state;
	for (size_t i = 0; i < course->drug_count; i++) {
		course->drugs[i] = copy(drugs[i]);
		whole &= course->drugs[i] != NULL;
	}
	return whole;
}

struct results_course *results_course(struct results *results, const char *pump, const char *model,
	const char *holds, size_t drug_count, const char *const *drugs)
{
	struct results_course **list = room(results->courses, results->course_count, sizeof(*list));
	struct results_course *course = calloc(1, sizeof *course);
	results->courses = list ? list : results->courses;
	if (!list || !course) {
		free(course);
		return NULL;
	}
	course->drug_count = smaller(drug_count, MIX_MAX);
	course->next_refill_ns = THECA_NEVER;
	if (!course_texts(course, pump, model, holds, drugs)) {
		free_course(course);
		return NULL;
	}
	return list[results->course_count++] = course;
}

int results_point(struct results_course *course, const struct results_point *point)
{
	if (course->point_count == course->point_room) {
		size_t more = course->point_room ? 2 * course->point_room : 64;
		struct results_point *points = realloc(course->points, more * sizeof *points);
		if (!points)
			return -ENOMEM;
		course->points = points;
		course->point_room = more;
	}
	course->points[course->point_count++] = *point;
	return 0;
}

static int add_time(int64_t **times, size_t *count, int64_t at_ns)
{
	int64_t *list = room(*times, *count, sizeof *list);
	if (!list)
		return -ENOMEM;
	*times = list;
	list[(*count)++] = at_ns;
	return 0;
}

int results_refill(struct results_course *course, int64_t at_ns)
{
	return add_time(&course->refills_ns, &course->refill_count, at_ns);
}

int results_bolus(struct results_course *course, int64_t at_ns)
{
	return add_time(&course->boluses_ns, &course->bolus_count, at_ns);
}

int results_state(struct results_course *course, const char *state)
{
	char *own = copy(state);
	if (!own)
		return -ENOMEM;
	free(course->state);
	course->state = own;
	return 0;
}

/* -- alarms ----------------------------------------------------------------------------------- */

int results_alarm(struct results *results, const struct alarm *alarm)
{
	for (size_t i = results->alarm_count; alarm->number && i-- > 0;)
		if (results->alarms[i].number == alarm->number) {
			results->alarms[i] = *alarm;
			return 0;
		}
	struct alarm *alarms = room(results->alarms, results->alarm_count, sizeof *alarms);
	if (!alarms)
		return -ENOMEM;
	results->alarms = alarms;
	alarms[results->alarm_count++] = *alarm;
	return 0;
}

void results_finish(struct results *results)
{
	for (size_t i = 0; i < results->name_count; i++)
		free(results->names[i].name);
	for (size_t i = 0; i < results->procedure_count; i++)
		free_procedure(results->procedures[i]);
	for (size_t i = 0; i < results->course_count; i++)
		free_course(results->courses[i]);
	free(results->facts);
	free(results->groups);
	names_finish(&results->texts);
	arena_finish(&results->arena);
	free(results->names);
	free(results->procedures);
	free(results->courses);
	free(results->alarms);
	free(results->bench);
	free(results->clock);
	*results = (struct results){0};
}
