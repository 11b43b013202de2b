/* SPDX-License-Identifier: Apache-2.0 */
/* What thecactl can be asked: a table of commands, and the options they take. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "ctl/ctl_client.h"
#include "ctl/ctl_show.h"

/* Options, in the order of ctl_options[]. The first four go with every command. */
enum ctl_option {
	OPT_HELP,
	OPT_VERSION,
	OPT_SOCKET,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_CONFIRM,
	OPT_OVER,
	OPT_ALL,
	OPT_BASAL,
	OPT_PATIENT_BOLUS,
	OPT_YES,
	OPT_HOLDS,
	OPT_INSTANCE,
	OPT_FOLLOW,
	OPT_FROM,
	OPT_ONCE,
	OPT_COUNT
};

struct ctl_option_row {
	const char *name;
	int letter;        /* 0: none */
	const char *value; /* what follows it: `DURATION`; NULL: a flag */
	const char *param; /* the parameter that it becomes; NULL: not one */
	const char *help;
};
extern const struct ctl_option_row ctl_options[OPT_COUNT];

/* One invocation. */
struct ctl_asked {
	const struct ctl_command *command;
	const char *values[OPT_COUNT]; /* NULL: not given; a flag: its name */
	char durations[OPT_COUNT][32]; /* values that were two words */
	char **words;
	int count;
	struct ctl_page page;
	struct ctl_client client;
};

struct ctl_command {
	const char *name, *usage, *help;
	unsigned options;  /* bits 1 << OPT_..., on top of those that go with every command */
	int least, most;   /* words after the name */
	const char *method;
	const char *params[2]; /* the words' parameters; the last takes all words that are left */
	bool changes;          /* the bench: a lost answer is uncertain */
	ctl_show *show;
	/* Instead of calling `method` with words and options. Returns an enum ctl_exit. */
	int (*run)(struct ctl_asked *);
	bool offline; /* needs no service */
};
extern const struct ctl_command ctl_commands[]; /* ends with a NULL name */

/* Connected where needed; returns an enum ctl_exit, and client.why when there is something to say. */
int ctl_run(struct ctl_asked *);

#endif
