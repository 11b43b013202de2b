/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins whose answers a test writes: what a driver may do by its contract and a good one hardly
 * ever does. The test takes `self` of the instance and looks into it.
 */
#ifndef PUPPET_H
#define PUPPET_H

#include <theca/plugin.h>

#define PUPPET_VERBS 16

enum puppet_answer {
	PUPPET_DONE,      /* theca_done() before the operation returns */
	PUPPET_LATER,     /* taken; the test calls puppet_end() */
	PUPPET_UNCERTAIN, /* theca_done() says uncertain */
	PUPPET_FAILS,     /* theca_done() says -EIO */
	PUPPET_REFUSES,   /* the operation itself returns -EIO */
};

struct puppet_config {
	int32_t zero_is_legal;
	int64_t reservoir_pl;
};

/* A pump of plugin puppet, puppet-player (takes programs over), puppet-fixed (cannot halt)
 * or puppet-blind (cannot be read). */
struct puppet {
	struct theca_host *host;
	const struct puppet_config *config;
	enum puppet_answer answers[PUPPET_VERBS]; /* by verb */
	unsigned calls[PUPPET_VERBS];
	struct theca_command last[PUPPET_VERBS];
	uint64_t order[64]; /* verbs as they came */
	unsigned order_count;
	unsigned rows; /* of the last program */
	unsigned polls, starts, stops, wakes;
	int start_result, stop_result, wake_result;
};

static inline void puppet_end(const struct puppet *puppet, uint32_t verb, int outcome)
{
	theca_done(puppet->host, puppet->last[verb].token, outcome, "as the test says");
}

/* A procedure of plugin puppet-procedure, a client of everything the host offers. */
struct puppet_procedure {
	struct theca_host *host;
	unsigned begins, aborts, samples, events, ends;
	int begin_result, last_outcome;
	uint64_t last_token;
	char last_reason[64];
	int finishes_on_abort;
};

#endif
