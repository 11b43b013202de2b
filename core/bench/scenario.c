/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/event.h"
#include "base/log.h"
#include "bench/procedure.h"
#include "base/reader.h"
#include "bench/simulation.h"
#include "bench/treatment.h"

enum trigger { AT, EVERY, WHEN };
enum comparison { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL };

struct condition {
	uint32_t signal;
	enum comparison comparison;
	int64_t bound;
	bool was_true;
};

struct line_of_scenario {
	const char *name, *text, *action_text;
	enum trigger trigger;
	int64_t from_ns, period_ns, until_ns; /* at: from only */
	struct condition condition;
	uint64_t fired;                       /* how often */
	int64_t next_ns;
	const struct action *action;
	struct instance *target;
	int64_t amount, duration_ns;
	const struct mix *mix; /* of a refill; NULL: as before */
	const char *note;
};

struct scenario {
	struct due due;
	struct bench *bench;
	struct line_of_scenario *lines;
	size_t count;
};

/* -- what can be done ------------------------------------------------------------------------- */

static void say_refused(const struct line_of_scenario *line, int result)
{
	if (result && result != -EACCES) /* the guard has said its own */
		event_say(line->target->bench, THECA_EVENT_REFUSED, line->target, "scenario", line->name,
			"%s: %s", line->action_text, strerror(-result));
}

static const char *who(const struct line_of_scenario *line)
{
	char text[64];
	snprintf(text, sizeof text, "scenario %s", line->name);
	return bench_intern(line->target->bench, text);
}

static void do_start(struct bench *bench, struct line_of_scenario *line)
{
	struct guard_verdict verdict;
	say_refused(line, treatment_start(line->target, who(line),
			      bench->settings.soft_limits_accepted_by, NULL, NULL, &verdict));
}

static void do_halt(struct bench *bench, struct line_of_scenario *line)
{
	(void)bench;
	say_refused(line, treatment_halt(line->target, who(line), NULL, NULL, NULL));
}

static void do_press(struct bench *bench, struct line_of_scenario *line)
{
	struct guard_verdict verdict;
	(void)bench;
	say_refused(line, treatment_press(line->target, bench_intern(bench, "patient"), NULL, NULL, &verdict));
}

static void do_refill(struct bench *bench, struct line_of_scenario *line)
{
	struct guard_verdict verdict;
	struct command_request request = {
		.target = line->target,
		.command = {.verb = THECA_REFILL, .volume_pl = line->amount},
		.who = who(line),
		.accepted_by = bench->settings.soft_limits_accepted_by,
		.mix = line->mix,
	};
	say_refused(line, command_submit(bench, &request, &verdict, NULL));
}

static void do_run(struct bench *bench, struct line_of_scenario *line)
{
	char why[160] = "";

	if (bench->planning)
		return;
	if (procedure_run(line->target, line->name, why, sizeof why)) {
		event_say(bench, THECA_EVENT_REFUSED, line->target, "scenario", line->name, "%s", why);
		log_line(THECA_ERROR, "scenario %s: %s", line->name, why);
	}
}

static void magnet_on(struct instance *pump, const struct line_of_scenario *line)
{
	simulation_magnet(pump, line->amount);
	pump->pump->magnet_until_ns = pump->bench->now_ns + line->duration_ns;
	event_say(pump->bench, THECA_EVENT_STATE, pump, "magnet", line->name, "%s", line->action_text);
	command_reschedule(pump);
}

static void do_magnet(struct bench *bench, struct line_of_scenario *line)
{
	if (line->target) {
		magnet_on(line->target, line);
		return;
	}
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			magnet_on(bench->instances[i], line);
}

static void do_note(struct bench *bench, struct line_of_scenario *line)
{
	event_say(bench, THECA_EVENT_NOTE, NULL, line->name, "scenario", "%s", line->note);
}

static void do_stop(struct bench *bench, struct line_of_scenario *line)
{
	(void)line;
	bench->settings.until_ns = bench->now_ns; /* as if `until` had said so: the run is complete */
	bench->stopping = true;
}

/* -- reading ---------------------------------------------------------------------------------- */

/* What a line is read with. */
struct parser {
	struct bench *bench;
	struct line_of_scenario *line;
	struct reader reader;
};

static int read_target(struct parser *parser, enum module_kind kind)
{
	char name[64];
	int error = reader_name(&parser->reader, kind == MODULE_PUMP ? "a pump" : "a procedure", name,
		sizeof name);

	if (error)
		return error;
	parser->line->target = bench_find(parser->bench, name);
	if (parser->line->target && parser->line->target->module &&
		instance_is(parser->line->target, kind))
		return 0;
	const char *near = bench_nearest(
		parser->bench, name, kind == MODULE_PUMP ? CONFIG_PUMP : CONFIG_PROCEDURE);
	return reader_complain(&parser->reader, "found '%s', expected a %s of this bench%s%s%s", name,
		module_kind_word(kind), near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int read_pump(struct parser *parser)
{
	return read_target(parser, MODULE_PUMP);
}

static int read_procedure(struct parser *parser)
{
	return read_target(parser, MODULE_PROCEDURE);
}

static int read_refill(struct parser *parser)
{
	struct mix_names names = bench_drugs(parser->bench);
	int error = read_target(parser, MODULE_PUMP);

	if (!error)
		error = reader_quantity(&parser->reader, THECA_VOLUME, &parser->line->amount);
	if (error || !reader_word(&parser->reader, "with"))
		return error;
	struct mix mix;
	error = mix_parse(&mix, parser->reader.at, &names, parser->reader.why, parser->reader.why_size);
	parser->reader.at += strlen(parser->reader.at);
	parser->line->mix = config_keep(parser->bench->config, &mix, sizeof mix);
	return error;
}

static int read_magnet(struct parser *parser)
{
	struct reader *reader = &parser->reader;
	int error = reader_quantity(reader, THECA_MAGNETIC_FIELD, &parser->line->amount);

	if (error)
		return error;
	if (!reader_word(reader, "for"))
		return reader_complain(reader, "found '%s', expected for and a duration", reader->at);
	error = reader_quantity(reader, THECA_DURATION, &parser->line->duration_ns);
	if (error || !reader_word(reader, "on"))
		return error;
	return read_target(parser, MODULE_PUMP);
}

static int read_note(struct parser *parser)
{
	while (*parser->reader.at == ' ')
		parser->reader.at++;
	parser->line->note = parser->reader.at;
	parser->reader.at += strlen(parser->reader.at);
	return 0;
}

static int read_nothing(struct parser *parser)
{
	(void)parser;
	return 0;
}

static const struct action {
	const char *word;
	int (*read)(struct parser *);
	void (*run)(struct bench *, struct line_of_scenario *);
} actions[] = {
	{"start", read_pump, do_start},
	{"halt", read_pump, do_halt},
	{"press", read_pump, do_press},
	{"refill", read_refill, do_refill},
	{"run", read_procedure, do_run},
	{"magnet", read_magnet, do_magnet},
	{"note", read_note, do_note},
	{"stop", read_nothing, do_stop},
};

#define ACTIONS (sizeof actions / sizeof *actions)

static int read_action(struct parser *parser)
{
	if (!reader_comma(&parser->reader))
		return reader_complain(&parser->reader, "found '%s', expected a comma and what to do",
			parser->reader.at);
	while (*parser->reader.at == ' ')
		parser->reader.at++;
	parser->line->action_text = parser->reader.at;
	for (size_t i = 0; i < ACTIONS; i++)
		if (reader_word(&parser->reader, actions[i].word)) {
			parser->line->action = &actions[i];
			return actions[i].read(parser);
		}
	return reader_complain(&parser->reader,
		"found '%s', expected start, halt, press, refill, run, magnet, note or stop",
		parser->reader.at);
}

/* A time since the start of the run; `45 d 10:00` adds hours and minutes to the days. */
static int read_time(struct parser *parser, int64_t *time_ns)
{
	struct reader *reader = &parser->reader;
	int error = reader_quantity(reader, THECA_DURATION, time_ns);
	unsigned digits[5];

	if (error || reader_at_end(reader) || *reader->at < '0' || *reader->at > '9')
		return error;
	for (size_t i = 0; i < 5; i++)
		digits[i] = i < strnlen(reader->at, 5) ? (unsigned)(reader->at[i] - '0') : 99;
	unsigned hours = digits[0] * 10 + digits[1], minutes = digits[3] * 10 + digits[4];
	if (digits[0] > 2 || digits[1] > 9 || digits[2] != ':' - '0' || digits[3] > 5 || digits[4] > 9 ||
		hours > 23)
		return reader_complain(reader, "found '%s', expected a time of day such as 10:00", reader->at);
	reader->at += 5;
	*time_ns += hours * THECA_HOUR_NS + minutes * THECA_MINUTE_NS;
	return 0;
}

static int read_at(struct parser *parser)
{
	parser->line->trigger = AT;
	return read_time(parser, &parser->line->from_ns);
}

static int read_every(struct parser *parser)
{
	struct line_of_scenario *line = parser->line;
	int error = reader_quantity(&parser->reader, THECA_DURATION, &line->period_ns);

	line->trigger = EVERY;
	if (!error && line->period_ns < THECA_SECOND_NS)
		error = reader_complain(&parser->reader, "found less than 1 s, expected 1 s or more");
	line->from_ns = line->period_ns;
	if (!error && reader_word(&parser->reader, "from"))
		error = read_time(parser, &line->from_ns);
	if (!error && reader_word(&parser->reader, "until"))
		error = read_time(parser, &line->until_ns);
	return error;
}

static int find_signal(struct parser *parser, const char *name)
{
	char instance_name[40];
	const char *dot = strchr(name, '.');
	struct instance *instance = NULL;

	if (dot && (size_t)(dot - name) < sizeof instance_name) {
		snprintf(instance_name, sizeof instance_name, "%.*s", (int)(dot - name), name);
		instance = bench_find(parser->bench, instance_name);
	}
	int signal = instance ? theca_find(&instance->host, instance->number, dot + 1) : -ENOENT;
	if (signal > 0)
		return signal;
	return reader_complain(&parser->reader,
		"found '%s', expected a signal such as left.reservoir_volume", name);
}

static int read_comparison(struct parser *parser, enum comparison *comparison)
{
	static const struct {
		const char *sign;
		enum comparison comparison;
	} signs[] = {{"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"<", LESS}, {">", GREATER}, {"=", EQUAL}};
	struct reader *reader = &parser->reader;

	while (*reader->at == ' ')
		reader->at++;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (!strncmp(reader->at, signs[i].sign, strlen(signs[i].sign))) {
			reader->at += strlen(signs[i].sign);
			*comparison = signs[i].comparison;
			return 0;
		}
	return reader_complain(reader, "found '%s', expected <, <=, >, >= or =", reader->at);
}

static int read_state(struct parser *parser, const struct theca_signal *signal, int64_t *value)
{
	char word[40];
	int error = reader_name(&parser->reader, "a state", word, sizeof word);

	if (error)
		return error;
	for (int64_t i = 0; signal->states && signal->states[i]; i++)
		if (!strcmp(signal->states[i], word)) {
			*value = i;
			return 0;
		}
	return reader_complain(&parser->reader, "found '%s', expected a state of %s", word, signal->name);
}

static int read_when(struct parser *parser)
{
	struct condition *condition = &parser->line->condition;
	char name[80];
	int error = reader_name(&parser->reader, "a signal", name, sizeof name);
	int signal = error ? error : find_signal(parser, name);

	parser->line->trigger = WHEN;
	if (signal < 0)
		return signal;
	condition->signal = (uint32_t)signal;
	error = read_comparison(parser, &condition->comparison);
	if (error)
		return error;
	const struct theca_signal *info = signals_info(&parser->bench->signals, condition->signal);
	if (info->dimension == THECA_CHOICE)
		return read_state(parser, info, &condition->bound);
	return reader_quantity(&parser->reader, info->dimension, &condition->bound);
}

static int read_line(struct parser *parser)
{
	int error;

	parser->line->until_ns = THECA_NEVER;
	if (reader_word(&parser->reader, "at"))
		error = read_at(parser);
	else if (reader_word(&parser->reader, "every"))
		error = read_every(parser);
	else if (reader_word(&parser->reader, "when"))
		error = read_when(parser);
	else
		error = reader_complain(
			&parser->reader, "found '%s', expected at, every or when", parser->reader.at);
	if (!error)
		error = read_action(parser);
	if (!error && !reader_at_end(&parser->reader))
		error = reader_complain(&parser->reader, "found '%s' after the end", parser->reader.at);
	return error;
}

/* -- firing ----------------------------------------------------------------------------------- */

static bool holds(const struct condition *condition, int64_t value)
{
	switch (condition->comparison) {
	case LESS: return value < condition->bound;
	case LESS_EQUAL: return value <= condition->bound;
	case GREATER: return value > condition->bound;
	case GREATER_EQUAL: return value >= condition->bound;
	default: return value == condition->bound;
	}
}

static void set_next(struct line_of_scenario *line)
{
	line->next_ns = THECA_NEVER;
	if (line->trigger == AT && !line->fired)
		line->next_ns = line->from_ns;
	if (line->trigger == EVERY)
		line->next_ns = line->from_ns + (int64_t)line->fired * line->period_ns;
	if (line->next_ns > line->until_ns)
		line->next_ns = THECA_NEVER;
}

static void fire(struct bench *bench, struct line_of_scenario *line)
{
	struct theca_event event = {
		.kind = THECA_EVENT_FIRED,
		.instance = line->target ? line->target->number : 0,
		.command = {.size = sizeof event.command, .token = line->fired},
		.code = line->name,
		.who = "scenario",
		.text = line->action_text,
	};
	line->fired++;
	event_emit(bench, &event);
	line->action->run(bench, line);
}

/* A condition becomes true only by a good value; a stale one changes nothing. */
static bool becomes_true(struct bench *bench, struct condition *condition)
{
	const struct signal_value *newest = &bench->signals.values[condition->signal];

	if (newest->quality != THECA_GOOD || newest->time_ns == THECA_NONE)
		return false;
	bool now = holds(condition, newest->value);
	bool edge = now && !condition->was_true;
	condition->was_true = now;
	return edge;
}

static void reschedule(struct scenario *scenario)
{
	int64_t next_ns = THECA_NEVER;

	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->lines[i].next_ns < next_ns)
			next_ns = scenario->lines[i].next_ns;
	schedule_set(&scenario->bench->schedule, &scenario->due, next_ns);
}

static void due(void *user, int64_t now_ns)
{
	struct scenario *scenario = user;

	schedule_set(&scenario->bench->schedule, &scenario->due, THECA_NEVER);
	for (size_t i = 0; i < scenario->count; i++) {
		struct line_of_scenario *line = &scenario->lines[i];
		while (line->next_ns <= now_ns) {
			fire(scenario->bench, line);
			set_next(line);
		}
		if (line->trigger == WHEN && becomes_true(scenario->bench, &line->condition))
			fire(scenario->bench, line);
	}
	reschedule(scenario);
	scenario->bench->may_end = true;
}

/* -- life ------------------------------------------------------------------------------------- */

static void read_entry(struct bench *bench, const struct config_entry *entry)
{
	struct scenario *scenario = bench->scenario;
	struct line_of_scenario *line = &scenario->lines[scenario->count];
	char why[256];
	struct parser parser = {bench, line, {entry->value, why, sizeof why}};

	*line = (struct line_of_scenario){.name = entry->key, .text = entry->value};
	if (read_line(&parser)) {
		config_error(bench->config, entry->place, config_scenario(bench->config), entry->key, "%s",
			why);
		return;
	}
	if (line->trigger == WHEN)
		bench->signals.values[line->condition.signal].watched = 1;
	scenario->count++;
}

int scenario_create(struct bench *bench)
{
	const struct config_section *section = config_scenario(bench->config);
	struct scenario *scenario = calloc(1, sizeof *scenario);

	bench->scenario = scenario;
	if (!scenario)
		return -ENOMEM;
	scenario->bench = bench;
	scenario->due = (struct due){.at_ns = THECA_NEVER, .rank = 1, .run = due, .user = scenario};
	bench->watch = &scenario->due;
	scenario->lines = calloc(section->count + 1, sizeof *scenario->lines);
	if (!scenario->lines)
		return -ENOMEM;
	for (size_t i = 0; i < section->count; i++)
		read_entry(bench, &section->entries[i]);
	return 0;
}

void scenario_destroy(struct scenario *scenario)
{
	if (!scenario)
		return;
	free(scenario->lines);
	free(scenario);
}

static void miss(struct bench *bench, struct line_of_scenario *line)
{
	while (line->next_ns < bench->now_ns) {
		event_say(bench, THECA_EVENT_FIRED, line->target, line->name, "missed",
			"%s: missed while the service was down", line->action_text);
		line->fired++;
		set_next(line);
	}
}

void scenario_start(struct bench *bench, bool resumed)
{
	struct scenario *scenario = bench->scenario;

	for (size_t i = 0; i < scenario->count; i++) {
		set_next(&scenario->lines[i]);
		if (resumed)
			miss(bench, &scenario->lines[i]);
	}
	reschedule(scenario);
}

void scenario_fired(struct bench *bench, const char *name)
{
	for (size_t i = 0; i < bench->scenario->count; i++) {
		struct line_of_scenario *line = &bench->scenario->lines[i];
		if (!strcmp(line->name, name)) {
			line->fired++;
			line->condition.was_true = true; /* it must become false before it fires again */
		}
	}
}

bool scenario_ended(const struct bench *bench)
{
	for (size_t i = 0; i < bench->scenario->count; i++)
		if (bench->scenario->lines[i].next_ns != THECA_NEVER)
			return false;
	return true;
}

const char *scenario_line(const struct bench *bench, size_t i, const char **text)
{
	if (i >= bench->scenario->count)
		return NULL;
	*text = bench->scenario->lines[i].text;
	return bench->scenario->lines[i].name;
}
