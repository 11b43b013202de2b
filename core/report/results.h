/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run has to show, gathered while it runs: identification, procedures with their verdicts,
 * charts and tables, the course of each therapy, alarms. Deep copies; report.c renders them. Pure.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include <stdbool.h>
#include <theca/procedure.h>
#include "bus/alarm.h"
#include "base/arena.h"
#include "pump/mix.h"

struct results_fact {
	const char *group, *key, *value; /* group: instance name, "" for the bench */
	size_t next; /* of the same group, counted from 1; 0: the last one */
};

struct results_group {
	const char *name;
	size_t first, last; /* its facts, counted from 1 */
};

struct results_procedure {
	char *name, *plugin, *pump; /* pump: "" when it holds none */
	int64_t began_ns, ended_ns; /* THECA_NONE: not yet */
	struct theca_verdict *verdicts; /* texts owned */
	struct theca_chart *charts;     /* series and their arrays owned */
	struct theca_table *tables;     /* cells owned */
	size_t verdict_count, chart_count, table_count;
};

/* One point of a therapy's course: what the accounts say, cumulative. */
struct results_point {
	int64_t at_ns;
	int64_t rate_pl_per_day, delivered_pl, reservoir_pl;
	int64_t delivered_pg[MIX_MAX];
};

struct results_course {
	char *pump, *model;
	char *holds;               /* `morphine 20 mg/mL, ...` */
	size_t drug_count;
	char *drugs[MIX_MAX];      /* names, by part of the mix */
	struct results_point *points; /* at even times */
	size_t point_count, point_room;
	int64_t *refills_ns;       /* times of fills after the first */
	size_t refill_count;
	int64_t *boluses_ns;       /* starts of boluses given at the patient's press */
	size_t bolus_count;
	int64_t refused;           /* presses refused */
	int64_t next_refill_ns;    /* when the reservoir will be low; THECA_NEVER */
	char *state;               /* at the end */
	bool held;                 /* by a procedure during the run: a device under test */
};

struct results_name {
	uint32_t instance;
	char *name;
};

struct results {
	char *bench, *clock;                  /* malloc'ed by whoever fills them in */
	int64_t epoch_ns, began_ns, ended_ns; /* epoch: unix time of bench time 0 */
	bool complete;                        /* false: cut short */
	struct results_fact *facts;           /* in the order in which they were first said */
	struct results_group *groups;         /* of facts: the bench's first, then by the first fact */
	struct names texts;                   /* the facts', each kept once in the arena */
	struct arena arena;
	struct results_procedure **procedures;
	struct results_course **courses;
	struct results_name *names;           /* of instances, for alarms */
	size_t fact_count, group_count, procedure_count, course_count, name_count;
	struct alarm *alarms;                 /* every alarm of the run, in order */
	size_t alarm_count;
};

void results_init(struct results *);
void results_finish(struct results *);
/* Setters copy; 0 or -ENOMEM. A fact said again replaces the former. */
int results_fact(struct results *, const char *group, const char *key, const char *value);
struct results_procedure *results_procedure(struct results *, const char *name, const char *plugin,
	const char *pump, int64_t began_ns);
int results_verdict(struct results_procedure *, const struct theca_verdict *);
int results_chart(struct results_procedure *, const struct theca_chart *);
int results_table(struct results_procedure *, const struct theca_table *);
struct results_course *results_course(struct results *, const char *pump, const char *model,
	const char *holds, size_t drug_count, const char *const *drugs);
int results_point(struct results_course *, const struct results_point *);
int results_refill(struct results_course *, int64_t at_ns);
int results_bolus(struct results_course *, int64_t at_ns);
int results_state(struct results_course *, const char *state);
/* An alarm said again (the same event number) replaces the former: now cleared, acknowledged. */
int results_alarm(struct results *, const struct alarm *);
int results_name(struct results *, uint32_t instance, const char *name);
/* `bench` for 0, `?` when nobody named it. */
const char *results_name_of(const struct results *, uint32_t instance);
/* Verdicts that did not pass and were not skipped, over all procedures. */
size_t results_failed(const struct results *);

#endif
