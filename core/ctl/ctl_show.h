/* SPDX-License-Identifier: Apache-2.0 */
/* The results of queries as people read them: one function for each kind of result. */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include "ctl/ctl_text.h"

typedef void ctl_show(const struct ctl_page *, const json_t *result);

ctl_show ctl_show_status;  /* bench.status: the bench, alarms, pumps, instruments, procedures */
ctl_show ctl_show_alarms;  /* alarm.list */
ctl_show ctl_show_signals; /* signal.list */
ctl_show ctl_show_instances;
ctl_show ctl_show_plugins;
ctl_show ctl_show_methods; /* rpc.discover */
ctl_show ctl_show_outcome; /* what a command came to, in one line */
ctl_show ctl_show_event;   /* one event, one line */

#endif
