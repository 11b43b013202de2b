/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that act on a pump: therapy, commands, programs in two steps. */
#ifndef METHOD_PUMP_H
#define METHOD_PUMP_H

#include "control/control.h"

control_handler method_pump_start;
control_handler method_pump_halt;
control_handler method_pump_press;
control_handler method_pump_bolus;
control_handler method_pump_interrogate;
control_handler method_pump_refill;
control_handler method_program_prepare;
control_handler method_program_commit;

#endif
