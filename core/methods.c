/* SPDX-License-Identifier: Apache-2.0 */
#include "methods.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "event.h"
#include "prescribe.h"
#include "procedure.h"
#include "reader.h"
#include "run.h"
#include "status.h"
#include "treatment.h"
#include "units.h"

/* -- parameters ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *params, const char *key)
{
	return json_string_value(json_object_get(params, key));
}

/* Who asks. */
static const char *asker(struct bench *bench, const struct control_request *request)
{
	return bench_intern(bench, control_who(request));
}

/* Who accepts soft limits: the asker, when the request says so. What the bench file accepts is for its
 * own scenario, not for a person at the socket. */
static const char *accepting(struct bench *bench, const struct control_request *request, const json_t *params)
{
	return json_is_true(json_object_get(params, "confirm")) ? asker(bench, request) : NULL;
}

static int missing(struct control_request *request, const char *what)
{
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "missing: %s", what);
	return CONTROL_LATER;
}

/* The instance of this kind that a parameter names; NULL: the request has been failed. */
static struct instance *named(struct bench *bench, struct control_request *request, const json_t *params,
	const char *key, enum module_kind kind)
{
	const char *name = text_of(params, key);

	if (!name) {
		missing(request, key);
		return NULL;
	}
	struct instance *instance = bench_find(bench, name);
	if (instance && instance_is(instance, kind))
		return instance;
	control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no %s '%s'", module_kind_word(kind), name);
	return NULL;
}

static struct instance *named_pump(struct bench *bench, struct control_request *request, const json_t *params)
{
	return named(bench, request, params, "pump", MODULE_PUMP);
}

static int quantity(struct control_request *request, enum theca_dimension dimension, const char *text,
	int64_t *value)
{
	char why[UNITS_WHY];

	if (!units_parse(dimension, text, value, why))
		return 0;
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
	return -EINVAL;
}

/* -- commands: their ends are answers --------------------------------------------------------- */

static void answer(void *user, uint64_t token, int outcome, const char *reason)
{
	struct control_request *request = user;

	(void)token;
	if (outcome == THECA_UNCERTAIN)
		control_fail(request, CONTROL_UNCERTAIN, NULL, "uncertain: %s", reason);
	else if (outcome)
		control_fail(request, CONTROL_FAILED, NULL, "%s (%s)", *reason ? reason : "failed",
			strerror(-outcome));
	else {
		struct emit *emit = control_reply(request);
		emit_open(emit, NULL, '{');
		emit_text(emit, "outcome", "done");
		emit_text(emit, "text", reason);
		emit_close(emit, '}');
		control_answer(request);
	}
}

/* What submitting said, when it was not taken. */
static void refuse(struct bench *bench, struct control_request *request, int result,
	const struct guard_verdict *verdict)
{
	char text[256], data[80];

	if (result != -EACCES) {
		control_fail(request, result == -EBUSY ? CONTROL_REFUSED : CONTROL_FAILED, NULL, "%s",
			result == -EALREADY	? "it has been started already"
			: result == -EBUSY	? "another command of this pump is open"
			: result == -ESHUTDOWN	? "the bench is stopping"
						: strerror(-result));
		return;
	}
	command_explain(bench, verdict, text, sizeof text);
	snprintf(data, sizeof data, "{\"limit\":\"%s\"}", guard_code(verdict->limit));
	control_fail(request, verdict->decision == GUARD_CONFIRM ? CONTROL_NEEDS_CONFIRM : CONTROL_REFUSED,
		data, "%s", text);
}

static int submit(struct bench *bench, struct control_request *request, struct command_request *command)
{
	struct guard_verdict verdict;

	command->who = asker(bench, request);
	command->ended = answer;
	command->user = request;
	int result = command_submit(bench, command, &verdict, NULL);
	if (result)
		refuse(bench, request, result, &verdict);
	return CONTROL_LATER;
}

static int pump_start(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);
	struct guard_verdict verdict;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	int result = treatment_start(
		pump, asker(user, request), accepting(user, request, params), answer, request, &verdict);
	if (result)
		refuse(user, request, result, &verdict);
	return CONTROL_LATER;
}

static int pump_press(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);
	struct guard_verdict verdict;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	int result = treatment_press(pump, asker(user, request), answer, request, &verdict);
	if (result)
		refuse(user, request, result, &verdict);
	return CONTROL_LATER;
}

/* One pump by name, or all of them: then the answer does not wait for each. */
static int pump_halt(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *bench = user;
	struct guard_verdict none = {0};

	bench_now(bench);
	if (text_of(params, "pump")) {
		struct instance *pump = named_pump(bench, request, params);
		int result = pump ? treatment_halt(pump, asker(bench, request), NULL, answer, request) : 0;
		if (result)
			refuse(bench, request, result, &none);
		return CONTROL_LATER;
	}
	int64_t halted = 0;
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			halted += !treatment_halt(
				bench->instances[i], asker(bench, request), NULL, NULL, NULL);
	emit_open(reply, NULL, '{');
	emit_text(reply, "outcome", "done");
	emit_int(reply, "halted", halted);
	emit_close(reply, '}');
	return 0;
}

/* `0.3 mg of morphine`: mass of a drug of this pump's mix, as a volume. */
static int dose_volume(struct instance *pump, struct control_request *request, const char *text, int64_t *volume_pl)
{
	char why[160], name[64];
	struct reader reader = {text, why, sizeof why};
	int64_t mass_pg;
	int error = reader_quantity(&reader, THECA_MASS, &mass_pg);

	if (!error && !reader_word(&reader, "of"))
		error = reader_complain(&reader, "found '%s', expected of and a drug", reader.at);
	if (!error)
		error = reader_name(&reader, "a drug", name, sizeof name);
	if (error) {
		control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
		return error;
	}
	struct mix_names names = bench_drugs(pump->bench);
	int64_t pg_per_ul = mix_pg_per_ul(&pump->pump->account.mix, names.number(names.user, name));
	*volume_pl = pg_per_ul ? mix_volume_pl(pg_per_ul, mass_pg) : THECA_NONE;
	if (*volume_pl != THECA_NONE)
		return 0;
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s does not hold '%s'", pump->name, name);
	return -EINVAL;
}

static int pump_bolus(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);
	const char *volume = text_of(params, "volume"), *dose = text_of(params, "dose");
	const char *over = text_of(params, "over");
	struct command_request command = {
		.target = pump, .command = {.verb = THECA_BOLUS}, .accepted_by = accepting(user, request, params)};
	int error = 0;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	if (!volume == !dose)
		return missing(request, "one of volume and dose");
	error = volume ? quantity(request, THECA_VOLUME, volume, &command.command.volume_pl)
		       : dose_volume(pump, request, dose, &command.command.volume_pl);
	if (!error && over)
		error = quantity(request, THECA_DURATION, over, &command.command.duration_ns);
	if (error)
		return CONTROL_LATER;
	bench_now(user);
	return submit(user, request, &command);
}

static int pump_interrogate(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct command_request command = {
		.target = named_pump(user, request, params), .command = {.verb = THECA_INTERROGATE}};

	(void)reply;
	if (!command.target)
		return CONTROL_LATER;
	bench_now(user);
	return submit(user, request, &command);
}

static int pump_refill(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);
	const char *volume = text_of(params, "volume"), *holds = text_of(params, "holds");
	struct mix_names names = bench_drugs(user);
	struct mix mix;
	struct command_request command = {.target = pump,
		.command = {.verb = THECA_REFILL},
		.accepted_by = accepting(user, request, params),
		.mix = holds ? &mix : NULL};
	char why[256];

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	if (!volume)
		return missing(request, "volume");
	if (quantity(request, THECA_VOLUME, volume, &command.command.volume_pl))
		return CONTROL_LATER;
	if (holds && mix_parse(&mix, holds, &names, why, sizeof why)) {
		control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
		return CONTROL_LATER;
	}
	bench_now(user);
	return submit(user, request, &command);
}

/* -- programs --------------------------------------------------------------------------------- */

static int program_prepare(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);
	char why[256];

	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	if (!prescribe_prepare(pump, text_of(params, "basal"), text_of(params, "patient_bolus"), reply, why,
		    sizeof why))
		return 0;
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
	return CONTROL_LATER;
}

static int program_commit(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const json_t *plan = json_object_get(params, "plan");
	const char *hash = text_of(params, "sha256");
	struct guard_verdict verdict = {0};

	if (!json_is_integer(plan) || !hash)
		return missing(request, "plan and sha256");
	bench_now(user);
	int result = prescribe_commit(user, (uint64_t)json_integer_value(plan), hash, asker(user, request),
		accepting(user, request, params), &verdict);
	if (result == -ENOENT)
		control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no such plan, or it has expired");
	else if (result == -ESTALE)
		control_fail(request, CONTROL_STALE, NULL,
			"this is not what was shown: the pump or the plan has changed; prepare again");
	else if (result)
		refuse(user, request, result, &verdict);
	else {
		emit_open(reply, NULL, '{');
		emit_text(reply, "outcome", "done");
		emit_text(reply, "text", "the program is prescribed");
		emit_close(reply, '}');
		return 0;
	}
	return CONTROL_LATER;
}

/* -- looking ---------------------------------------------------------------------------------- */

static int bench_status(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	bench_now(user);
	status_bench(user, reply);
	return 0;
}

static int pump_status(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = named_pump(user, request, params);

	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	status_pump(pump, reply);
	return 0;
}

static int alarm_list(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_alarms(user, reply);
	return 0;
}

static int signal_list(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = text_of(params, "instance");
	const struct instance *only = name ? bench_find(user, name) : NULL;

	if (name && !only) {
		control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no instance '%s'", name);
		return CONTROL_LATER;
	}
	bench_now(user);
	status_signals(user, only, reply);
	return 0;
}

static int instance_list(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_instances(user, reply);
	return 0;
}

static int plugin_list(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_plugins(user, reply);
	return 0;
}

/* -- the rest --------------------------------------------------------------------------------- */

static int done(struct emit *reply)
{
	emit_open(reply, NULL, '{');
	emit_text(reply, "outcome", "done");
	emit_close(reply, '}');
	return 0;
}

static int procedure_start(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *procedure = named(user, request, params, "procedure", MODULE_PROCEDURE);
	char why[160] = "";

	if (!procedure)
		return CONTROL_LATER;
	bench_now(user);
	if (!procedure_run(procedure, asker(user, request), why, sizeof why))
		return done(reply);
	control_fail(request, CONTROL_REFUSED, NULL, "%s", why);
	return CONTROL_LATER;
}

static int procedure_cut(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *procedure = named(user, request, params, "procedure", MODULE_PROCEDURE);

	if (!procedure)
		return CONTROL_LATER;
	bench_now(user);
	procedure_abort(procedure, asker(user, request));
	return done(reply);
}

static int alarm_acknowledge(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = text_of(params, "instance"), *code = text_of(params, "code");
	struct instance *instance = name && *name ? bench_find(user, name) : NULL;

	if (!code)
		return missing(request, "code");
	bench_now(user);
	if ((!name || !*name || instance) && !event_acknowledge(user, instance, code, asker(user, request)))
		return done(reply);
	control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no alarm '%s' of '%s'", code,
		name ? name : "the bench");
	return CONTROL_LATER;
}

/* Events from a number on, read back from the journal, then those to come. */
struct follower {
	struct bench *bench;
	struct control_request *request;
	uint64_t from;
};

static void tell_old(void *user, const struct record *record)
{
	struct follower *follower = user;
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":";
	char line[sizeof head + 2 * RECORD_MAX];

	if (record->event.number < follower->from)
		return;
	memcpy(line, head, sizeof head - 1);
	size_t length = record_json(record, follower->bench->clock.epoch_ns, line + sizeof head - 1,
		sizeof line - sizeof head);
	line[sizeof head - 1 + length] = '}';
	if (length)
		control_tell(follower->request, line, sizeof head + length);
}

static int event_follow(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *bench = user;
	const json_t *from = json_object_get(params, "from");
	struct follower follower = {bench, request, (uint64_t)json_integer_value(from)};
	struct journal_finding finding;

	if (json_is_integer(from)) {
		journal_flush(bench->journal);
		journal_read(run_folder(bench->run), tell_old, &follower, &finding);
	}
	control_subscribe(request);
	emit_open(reply, NULL, '{');
	emit_int(reply, "following", (int64_t)bench->last_event);
	emit_close(reply, '}');
	return 0;
}

static int note_add(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = text_of(params, "instance"), *text = text_of(params, "text");
	struct instance *instance = name ? bench_find(user, name) : NULL;

	if (!text || (name && !instance))
		return missing(request, text ? "an instance of that name" : "text");
	bench_now(user);
	event_say(user, THECA_EVENT_NOTE, instance, "note", asker(user, request), "%s", text);
	return done(reply);
}

static int bench_shutdown(void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *bench = user;

	(void)params;
	bench_now(bench);
	event_say(bench, THECA_EVENT_BENCH, NULL, "shutdown", asker(bench, request), "asked to stop");
	bench->stopping = true;
	return done(reply);
}

const struct control_method methods_table[] = {
	{"bench.status", "", "Everything at a glance.", bench_status, 0},
	{"pump.status", "pump", "One pump.", pump_status, 0},
	{"pump.start", "pump, confirm?", "Begins the prescribed program.", pump_start, 0},
	{"pump.halt", "pump?", "Stops one pump, or all, at once.", pump_halt, CONTROL_URGENT},
	{"pump.press", "pump", "The patient's button.", pump_press, 0},
	{"pump.bolus", "pump, volume | dose, over?, confirm?", "A single dose.", pump_bolus, 0},
	{"pump.interrogate", "pump", "Reads the pump; settles what is uncertain.", pump_interrogate, 0},
	{"pump.refill", "pump, volume, holds?, confirm?", "The reservoir was emptied and filled.", pump_refill, 0},
	{"program.prepare", "pump, basal?, patient_bolus?", "Shows a new program beside the old one.", program_prepare, 0},
	{"program.commit", "plan, sha256, confirm?", "Prescribes what was shown.", program_commit, 0},
	{"procedure.run", "procedure", "Begins a procedure.", procedure_start, 0},
	{"procedure.abort", "procedure", "Cuts a procedure short.", procedure_cut, 0},
	{"alarm.list", "", "Alarms, the highest first.", alarm_list, 0},
	{"alarm.acknowledge", "instance?, code", "An alarm has been seen.", alarm_acknowledge, 0},
	{"signal.list", "instance?", "Signals with their newest values.", signal_list, 0},
	{"instance.list", "", "Instances and their states.", instance_list, 0},
	{"plugin.list", "", "Plugins that could be loaded.", plugin_list, 0},
	{"event.follow", "from?", "Events as they come, one notification each.", event_follow, 0},
	{"note.add", "text, instance?", "A remark for the record.", note_add, 0},
	{"bench.shutdown", "", "Halts the pumps and ends the service.", bench_shutdown, 0},
	{0},
};
