/* SPDX-License-Identifier: Apache-2.0 */
/* Methods of the bench itself: procedures, alarms, the stream of events, notes, its end. */
#ifndef METHOD_BENCH_H
#define METHOD_BENCH_H

#include "control/control.h"

control_handler method_procedure_run;
control_handler method_procedure_abort;
control_handler method_alarm_acknowledge;
control_handler method_event_follow;
control_handler method_note_add;
control_handler method_bench_shutdown;

#endif
