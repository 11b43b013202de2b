/* SPDX-License-Identifier: Apache-2.0 */
#include "service/method_bench.h"

#include <string.h>
#include "bench/event.h"
#include "service/method.h"
#include "bench/procedure.h"
#include "bench/run.h"

int method_procedure_run(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *procedure =
		parameter_instance(user, request, params, "procedure", MODULE_PROCEDURE);
	char why[160] = "";

	if (!procedure)
		return CONTROL_LATER;
	bench_now(user);
	if (!procedure_run(procedure, method_asker(user, request), why, sizeof why))
		return method_done(reply);
	control_fail(request, CONTROL_REFUSED, NULL, "%s", why);
	return CONTROL_LATER;
}

int method_procedure_abort(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *procedure =
		parameter_instance(user, request, params, "procedure", MODULE_PROCEDURE);

	if (!procedure)
		return CONTROL_LATER;
	bench_now(user);
	procedure_abort(procedure, method_asker(user, request));
	return method_done(reply);
}

int method_alarm_acknowledge(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = parameter_text(params, "instance"),
		   *code = parameter_text(params, "code");
	struct instance *instance = name && *name ? bench_find(user, name) : NULL;

	if (!code)
		return method_missing(request, "code");
	bench_now(user);
	if ((!name || !*name || instance) &&
		!event_acknowledge(user, instance, code, method_asker(user, request)))
		return method_done(reply);
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

int method_event_follow(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
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

int method_note_add(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = parameter_text(params, "instance"),
		   *text = parameter_text(params, "text");
	struct instance *instance = name ? bench_find(user, name) : NULL;

	if (!text || (name && !instance))
		return method_missing(request, text ? "an instance of that name" : "text");
	bench_now(user);
	event_say(
		user, THECA_EVENT_NOTE, instance, "note", method_asker(user, request), "%s", text);
	return method_done(reply);
}

int method_bench_shutdown(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct bench *bench = user;

	(void)params;
	bench_now(bench);
	event_say(bench, THECA_EVENT_BENCH, NULL, "shutdown", method_asker(bench, request),
		"asked to stop");
	bench->stopping = true;
	return method_done(reply);
}
