/* SPDX-License-Identifier: Apache-2.0 */
/* The live view: the status, each second, on a terminal, until `q`. */
#ifndef CTL_STATUS_H
#define CTL_STATUS_H

#include "ctl/ctl_client.h"
#include "ctl/ctl_text.h"

/* Is there a terminal on both sides to do it on? */
bool ctl_can_watch(void);
/* The result of bench.status, for one pump alone or for all (NULL). Returns an enum ctl_exit. */
int ctl_get_status(struct ctl_client *, const char *pump, json_t **status);
/* When the service goes away the last values stay, marked as old, and it is asked for again each
 * second. Returns an enum ctl_exit. */
int ctl_watch(struct ctl_client *, const char *pump, bool colour);

#endif
