/* SPDX-License-Identifier: Apache-2.0 */
/* What the control socket serves: one function a method, over the bench. */
#ifndef METHODS_H
#define METHODS_H

#include "control/control.h"

extern const struct control_method methods_table[]; /* their user is the struct bench */

#endif
