/* SPDX-License-Identifier: Apache-2.0 */
#include "service/method_look.h"

#include "service/method.h"
#include "service/status.h"

int method_bench_status(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	bench_now(user);
	status_bench(user, reply);
	return 0;
}

int method_pump_status(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	struct instance *pump = parameter_pump(user, request, params);

	if (!pump)
		return CONTROL_LATER;
	bench_now(user);
	status_pump(pump, reply);
	return 0;
}

int method_alarm_list(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_alarms(user, reply);
	return 0;
}

int method_signal_list(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *name = parameter_text(params, "instance");
	const struct instance *only = name ? bench_find(user, name) : NULL;

	if (name && !only) {
		control_fail(request, CONTROL_NOT_FOUND, NULL, "there is no instance '%s'", name);
		return CONTROL_LATER;
	}
	bench_now(user);
	status_signals(user, only, reply);
	return 0;
}

int method_instance_list(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_instances(user, reply);
	return 0;
}

int method_plugin_list(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)request, (void)params;
	status_plugins(user, reply);
	return 0;
}
