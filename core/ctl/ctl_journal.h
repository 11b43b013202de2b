/* SPDX-License-Identifier: Apache-2.0 */
/* A run's journal, read from its folder: no service is needed, and none is disturbed. */
#ifndef CTL_JOURNAL_H
#define CTL_JOURNAL_H

#include "ctl/ctl_text.h"

/* Shows all events (`json`: as JSON lines), or only verifies. Returns an enum ctl_exit; `why` then
 * says what is wrong with the journal. */
int ctl_read_journal(const struct ctl_page *, const char *folder, bool show, bool json, char *why,
	size_t size);

#endif
