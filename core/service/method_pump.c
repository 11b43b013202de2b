/* SPDX-License-Identifier: Apache-2.0 */
#include "service/method_pump.h"

#include <errno.h>
#include "bench/command.h"
#include "service/method.h"
#include "service/prescribe.h"
#include "base/reader.h"
#include "bench/treatment.h"

static int submit(
	struct bench *bench, struct control_request *request, struct command_request *command)
{
	struct guard_verdict verdict;

	command->who = method_asker(bench, request);
	command->ended = method_answer;
	command->user = request;
	int result = command_submit(bench, command, &verdict, NULL);
	if (result)
		method_refuse(bench, request, result, &verdict);
	return CONTROL_LATER;
}

int method_pump_start(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);
	struct guard_verdict verdict;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	int result = treatment_start(pump, method_asker(user, request),
		parameter_accepting(user, request, params), method_answer, request, &verdict);
	if (result)
		method_refuse(user, request, result, &verdict);
	return CONTROL_LATER;
}

int method_pump_press(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);
	struct guard_verdict verdict;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	int result = treatment_press(
		pump, method_asker(user, request), method_answer, request, &verdict);
	if (result)
		method_refuse(user, request, result, &verdict);
	return CONTROL_LATER;
}

/* One pump by name, or all of them: then the answer does not wait for each. */
int method_pump_halt(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *bench = user;
	struct guard_verdict none = {0};

	bench_now(bench);
	if (parameter_text(params, "pump")) {
		struct instance *pump = parameter_pump(bench, request, params);
		int result = pump ? treatment_halt(pump, method_asker(bench, request), NULL,
					    method_answer, request)
				  : 0;
		if (result)
			method_refuse(bench, request, result, &none);
		return CONTROL_LATER;
	}
	int64_t halted = 0;
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (instance_is(bench->instances[i], MODULE_PUMP))
			halted += !treatment_halt(bench->instances[i], method_asker(bench, request),
				NULL, NULL, NULL);
	emit_open(reply, NULL, '{');
	emit_text(reply, "outcome", "done");
	emit_int(reply, "halted", halted);
	emit_close(reply, '}');
	return 0;
}

/* `0.3 mg of morphine`: mass of a drug of this pump's mix, as a volume. */
static int dose_volume(struct instance *pump, struct control_request *request, const char *text,
	int64_t *volume_pl)
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

int method_pump_bolus(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);
	const char *volume = parameter_text(params, "volume"),
		   *dose = parameter_text(params, "dose");
	const char *over = parameter_text(params, "over");
	struct command_request command = {.target = pump,
		.command = {.verb = THECA_BOLUS},
		.accepted_by = parameter_accepting(user, request, params)};
	int error = 0;

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	if (!volume == !dose)
		return method_missing(request, "one of volume and dose");
	error = volume ? parameter_quantity(
				 request, THECA_VOLUME, volume, &command.command.volume_pl)
		       : dose_volume(pump, request, dose, &command.command.volume_pl);
	if (!error && over)
		error = parameter_quantity(
			request, THECA_DURATION, over, &command.command.duration_ns);
	if (error)
		return CONTROL_LATER;
	bench_now(user);
	return submit(user, request, &command);
}

int method_pump_interrogate(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct command_request command = {.target = parameter_pump(user, request, params),
		.command = {.verb = THECA_INTERROGATE}};

	(void)reply;
	if (!command.target)
		return CONTROL_LATER;
	bench_now(user);
	return submit(user, request, &command);
}

int method_pump_refill(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);
	const char *volume = parameter_text(params, "volume"),
		   *holds = parameter_text(params, "holds");
	struct mix_names names = bench_drugs(user);
	struct mix mix;
	struct command_request command = {.target = pump,
		.command = {.verb = THECA_REFILL},
		.accepted_by = parameter_accepting(user, request, params),
		.mix = holds ? &mix : NULL};
	char why[256];

	(void)reply;
	if (!pump)
		return CONTROL_LATER;
	if (!volume)
		return method_missing(request, "volume");
	if (parameter_quantity(request, THECA_VOLUME, volume, &command.command.volume_pl))
		return CONTROL_LATER;
	if (holds && mix_parse(&mix, holds, &names, why, sizeof why)) {
		control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
		return CONTROL_LATER;
	}
	bench_now(user);
	return submit(user, request, &command);
}

int method_program_prepare(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);
	char why[256];

	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	if (!prescribe_prepare(pump, parameter_text(params, "basal"),
		    parameter_text(params, "patient_bolus"), reply, why, sizeof why))
		return 0;
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
	return CONTROL_LATER;
}

int method_program_commit(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const json_t *plan = json_object_get(params, "plan");
	const char *hash = parameter_text(params, "sha256");
	struct guard_verdict verdict = {0};

	if (!json_is_integer(plan) || !hash)
		return method_missing(request, "plan and sha256");
	bench_now(user);
	int result = prescribe_commit(user, (uint64_t)json_integer_value(plan), hash,
		method_asker(user, request), parameter_accepting(user, request, params), &verdict);
	if (result == -ENOENT)
		control_fail(request, CONTROL_NOT_FOUND, NULL,
			"there is no such plan, or it has expired");
	else if (result == -ESTALE)
		control_fail(request, CONTROL_STALE, NULL,
			"this is not what was shown: the pump or the plan has changed; prepare "
			"again");
	else if (result)
		method_refuse(user, request, result, &verdict);
	else {
		emit_open(reply, NULL, '{');
		emit_text(reply, "outcome", "done");
		emit_text(reply, "text", "the program is prescribed");
		emit_close(reply, '}');
		return 0;
	}
	return CONTROL_LATER;
}
