/* SPDX-License-Identifier: Apache-2.0 */
#include "service/method.h"

#include <errno.h>
#include <string.h>
#include "base/units.h"

/* -- parameters ------------------------------------------------------------------------------- */

const char *parameter_text(const json_t *params, const char *key)
{
	return json_string_value(json_object_get(params, key));
}

/* Who asks. */
const char *method_asker(struct bench *bench, const struct control_request *request)
{
	return bench_intern(bench, control_who(request));
}

/* Who accepts soft limits: the asker, when the request says so. What the bench file accepts is for
 * its own scenario, not for a person at the socket. */
const char *parameter_accepting(
	struct bench *bench, const struct control_request *request, const json_t *params)
{
	return json_is_true(json_object_get(params, "confirm")) ? method_asker(bench, request)
								: NULL;
}

int method_missing(struct control_request *request, const char *what)
{
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "missing: %s", what);
	return CONTROL_LATER;
}

/* The instance of this kind that a parameter names; NULL: the request has been failed. */
struct instance *parameter_instance(struct bench *bench, struct control_request *request,
	const json_t *params, const char *key, enum module_kind kind)
{
	const char *name = parameter_text(params, key);

	if (!name) {
		method_missing(request, key);
		return NULL;
	}
	struct instance *instance = bench_find(bench, name);
	if (instance && instance_is(instance, kind))
		return instance;
	control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no %s '%s'",
		module_kind_word(kind), name);
	return NULL;
}

struct instance *parameter_pump(
	struct bench *bench, struct control_request *request, const json_t *params)
{
	return parameter_instance(bench, request, params, "pump", MODULE_PUMP);
}

int parameter_quantity(struct control_request *request, enum theca_dimension dimension,
	const char *text, int64_t *value)
{
	char why[UNITS_WHY];

	if (!units_parse(dimension, text, value, why))
		return 0;
	control_fail(request, CONTROL_BAD_PARAMS, NULL, "%s", why);
	return -EINVAL;
}

/* -- answers ---------------------------------------------------------------------------------- */

void method_answer(void *user, uint64_t token, int outcome, const char *reason)
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
		if (*reason)
			emit_text(emit, "text", reason);
		emit_close(emit, '}');
		control_answer(request);
	}
}

void method_refuse(struct bench *bench, struct control_request *request, int result,
	const struct guard_verdict *verdict)
{
	char text[256], data[80];

	if (result != -EACCES) {
		control_fail(request, result == -EBUSY ? CONTROL_REFUSED : CONTROL_FAILED, NULL,
			"%s",
			result == -EALREADY    ? "it has been started already"
			: result == -EBUSY     ? "another command of this pump is open"
			: result == -ESHUTDOWN ? "the bench is stopping"
					       : strerror(-result));
		return;
	}
	command_explain(bench, verdict, text, sizeof text);
	snprintf(data, sizeof data, "{\"limit\":\"%s\"}", guard_code(verdict->limit));
	control_fail(request,
		verdict->decision == GUARD_CONFIRM ? CONTROL_NEEDS_CONFIRM : CONTROL_REFUSED, data,
		"%s", text);
}

int method_done(struct emit *reply)
{
	emit_open(reply, NULL, '{');
	emit_text(reply, "outcome", "done");
	emit_close(reply, '}');
	return 0;
}
