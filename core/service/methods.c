/* SPDX-License-Identifier: Apache-2.0 */
#include "service/methods.h"

#include "service/method_bench.h"
#include "service/method_look.h"
#include "service/method_pump.h"

const struct control_method methods_table[] = {
	{"bench.status", "", "Everything at a glance.", method_bench_status, 0},
	{"pump.status", "pump", "One pump.", method_pump_status, 0},
	{"pump.start", "pump, confirm?", "Begins the prescribed program.", method_pump_start, 0},
	{"pump.halt", "pump?", "Stops one pump, or all, at once.", method_pump_halt,
		CONTROL_URGENT},
	{"pump.press", "pump", "The patient's button.", method_pump_press, 0},
	{"pump.bolus", "pump, volume | dose, over?, confirm?", "A single dose.", method_pump_bolus,
		0},
	{"pump.interrogate", "pump", "Reads the pump; settles what is uncertain.",
		method_pump_interrogate, 0},
	{"pump.refill", "pump, volume, holds?, confirm?", "The reservoir was emptied and filled.",
		method_pump_refill, 0},
	{"program.prepare", "pump, basal?, patient_bolus?",
		"Shows a new program beside the old one.", method_program_prepare, 0},
	{"program.commit", "plan, sha256, confirm?", "Prescribes what was shown.",
		method_program_commit, 0},
	{"procedure.run", "procedure", "Begins a procedure.", method_procedure_run, 0},
	{"procedure.abort", "procedure", "Cuts a procedure short.", method_procedure_abort, 0},
	{"alarm.list", "", "Alarms, the highest first.", method_alarm_list, 0},
	{"alarm.acknowledge", "instance?, code", "An alarm has been seen.",
		method_alarm_acknowledge, 0},
	{"signal.list", "instance?", "Signals with their newest values.", method_signal_list, 0},
	{"instance.list", "", "Instances and their states.", method_instance_list, 0},
	{"plugin.list", "", "Plugins that could be loaded.", method_plugin_list, 0},
	{"event.follow", "from?", "Events as they come, one notification each.",
		method_event_follow, 0},
	{"note.add", "text, instance?", "A remark for the record.", method_note_add, 0},
	{"bench.shutdown", "", "Halts the pumps and ends the service.", method_bench_shutdown, 0},
	{0},
};
