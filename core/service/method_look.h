/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that only look. */
#ifndef METHOD_LOOK_H
#define METHOD_LOOK_H

#include "control/control.h"

control_handler method_bench_status;
control_handler method_pump_status;
control_handler method_alarm_list;
control_handler method_signal_list;
control_handler method_instance_list;
control_handler method_plugin_list;

#endif
