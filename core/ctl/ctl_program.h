/* SPDX-License-Identifier: Apache-2.0 */
/* Reprogramming in two steps: what would change is shown, and only what was shown is committed. */
#ifndef CTL_PROGRAM_H
#define CTL_PROGRAM_H

#include "ctl/ctl_client.h"
#include "ctl/ctl_text.h"

struct ctl_program {
	bool json;    /* the plan as it came, and no question: `yes` decides */
	bool yes;     /* do not ask */
	bool confirm; /* accept a soft limit */
};

/* Old and new side by side, totals, verdict. */
void ctl_show_plan(const struct ctl_page *, const json_t *plan);
/* Takes `params` of program.prepare. Returns an enum ctl_exit; the message is client->why, empty
 * when all has been said. */
int ctl_run_program(struct ctl_client *, const struct ctl_page *, json_t *params,
	const struct ctl_program *);

#endif
