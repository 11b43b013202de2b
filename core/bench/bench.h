/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running whole: what one INI file names. Here are the structures that the files of this rank
 * share, and how an instance is found; each of the other files adds one thing the bench does.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <theca/plugin.h>
#include <uv.h>
#include "bus/alarm.h"
#include "bus/bus.h"
#include "bench/clock.h"
#include "config/config.h"
#include "base/env.h"
#include "journal/journal.h"
#include "pump/line.h"
#include "plugin/module.h"
#include "pump/program.h"
#include "pump/pump.h"
#include "report/results.h"
#include "bench/schedule.h"
#include "bus/signal.h"

struct bench;
struct instance;
struct scenario;
struct control;
struct run;
struct recovery;
struct prescribe;

/* The keys of [bench], by their option table in settings.c. */
struct settings {
	const char *name, *clock, *begins, *soft_limits_accepted_by, *operator_name;
	const char *folder, *control;
	int64_t until_ns, sample_every_ns, seed;
};

/* The keys that the core adds to [pump NAME]. */
struct pump_settings {
	const char *driver, *holds, *basal, *patient_bolus, *catheter;
	int64_t filled_pl, sample_every_ns, temperature_mk, ambient_pa, outlet_pa;
};

/* The keys that the core adds to the other kinds. */
struct other_settings {
	const char *plugin;
	int64_t sample_every_ns;
};

typedef void command_ended(void *user, uint64_t token, int outcome, const char *reason);

/* A command between guard and outcome. */
struct open_command {
	struct open_command *next; /* in the list of those that wait for the disk */
	struct instance *target;
	struct theca_command command;
	const char *who;
	bool patient, sent;
	bool account_only; /* the pump plays the program itself: nothing is sent */
	uint64_t intent; /* number of its journalled intent */
	int64_t deadline_ns; /* bench time; unanswered by then it is uncertain */
	struct mix mix;  /* of a refill */
	command_ended *ended;
	void *user;
};

/* Who waits for what a program has asked the pump for. */
struct playing {
	command_ended *ended; /* NULL: nobody */
	void *user;
	const char *who;
};

/* What the bench keeps of a pump. */
struct pump_part {
	struct pump account;
	struct program program;
	bool limit_reached; /* the guard has halted it, or would have */
	const char *accepted_by; /* who accepted the running program's soft limits; NULL */
	bool plays_itself; /* the pump took the program over */
	bool starting;     /* started, and nothing of the program has been done yet */
	struct playing playing[2]; /* by the slot: pending, halting */
	struct line line;
	struct theca_surroundings surroundings;
	int64_t next_change_ns;   /* the program's, bench time */
	int64_t simulation_ns;    /* the model's own next event */
	int64_t magnet_until_ns;  /* THECA_NEVER: no magnet */
	int64_t low_at_ns, empty_at_ns; /* crossing of low and usable volume at the rate of now */
	struct instance *holder;  /* the procedure that holds it */
	uint32_t drug_count, drugs[MIX_MAX]; /* whose delivered mass is a signal */
	struct results_course *course;
	int64_t course_next_ns;
	char serial_number[32];
	char model[32];
};

struct procedure_part {
	struct instance *pump; /* held while it runs; NULL: commands none */
	struct results_procedure *results;
	bool running, done;
};

struct transport_part {
	struct bus_subscriber *subscriber;
};

enum instance_state { INSTANCE_CREATED, INSTANCE_RUNNING, INSTANCE_STOPPING, INSTANCE_STOPPED, INSTANCE_FAILED };

struct instance {
	struct theca_host host; /* first: what a plugin holds is the instance */
	struct bench *bench;
	const struct module *module;
	const struct config_section *section;
	const char *name;
	uint32_t number;
	enum instance_state state;
	void *config, *self;
	struct env_random random;
	uint32_t first_signal, last_signal; /* 0: none */
	bool signals_apart; /* between them are others' too */
	uint32_t restarts;
	uint32_t foreign_reports; /* samples refused: a foreign signal, a time in the future */
	int64_t sample_every_ns;
	struct open_command *pending, *halting; /* a halt goes ahead of what is pending */
	struct due wake; /* theca_wake() */
	struct due due;  /* the core's own: a pump's next change, an instance's restart */
	union {          /* by the module's kind */
		struct pump_part *pump;
		struct procedure_part *procedure;
		struct transport_part *transport;
		struct theca_drug_profile *profile;
	};
};

/* Pumps and instruments that are sampled together: one tick, one flush. */
struct rate_group {
	struct due due;
	struct bench *bench;
	int64_t period_ns;
	struct instance **members;
	uint32_t count;
};

struct bench {
	struct config *config;
	struct modules *modules;
	struct settings settings;
	struct clock clock;
	int64_t now_ns;   /* bench time, stands still during a callback */
	bool planning;    /* --plan: accounts only; nothing is started, written or sent */
	bool running;     /* deliveries may be asked for */
	uint32_t work;    /* done since the loop last looked at the wall's clock */
	bool waiting;     /* a virtual clock waits for a sink */
	bool turning;     /* the loop's own turn runs: now_ns stands still */
	bool stopping;
	bool may_end;     /* a virtual bench without an end: something has ended, look again */
	uv_loop_t *loop;
	struct schedule schedule;
	struct instance **instances; /* by number - 1, in order of kind, then file */
	uint32_t instance_count;
	uint32_t *names;             /* open-addressed: numbers by hash of the name */
	uint32_t name_room;
	struct rate_group *groups;
	uint32_t group_count;
	struct signals signals;
	struct bus bus;
	struct alarms alarms;
	struct journal *journal; /* NULL: planning */
	struct open_command *unsynced, **unsynced_tail;
	uint64_t next_token;
	uint64_t last_event; /* number of the newest */
	struct results results;
	struct scenario *scenario;
	struct control *control;
	struct run *run;
	struct prescribe *prescribe; /* plans of the control socket; free()d */
	struct recovery *recovery; /* while the journal is read */
	const char **words; /* interned texts, open-addressed by hash */
	uint32_t word_count, word_room;
	struct due *watch;  /* the scenario's: set when a watched signal has a new value */
	void (*on_event)(void *user, const struct theca_event *); /* --plan, control */
	void *on_event_user;
};

/* By number (1 ...) or name; NULL: no such. */
struct instance *bench_instance(const struct bench *, uint32_t number);
struct instance *bench_find(const struct bench *, const char *name);
/* The name of a section of this kind (enum config_kind; -1: any) that is nearest to a wrong one, for
 * a hint; NULL. */
const char *bench_nearest(const struct bench *, const char *wrong, int kind);
/* 0; -EEXIST: the name is taken (by bench_find()'s answer). */
int bench_name(struct bench *, struct instance *);
/* A copy that lives as long as the bench. */
const char *bench_intern(struct bench *, const char *text);
void bench_forget_words(struct bench *); /* at the bench's end */
/* Names of drugs, for mix and program. */
struct mix_names bench_drugs(struct bench *);
/* Civil time: unix nanoseconds of a bench time. */
static inline int64_t bench_unix_ns(const struct bench *bench, int64_t at_ns)
{
	return bench->clock.epoch_ns + at_ns;
}
/* Now, brought up to date when something from outside (a port, a client) has called in. */
static inline int64_t bench_now(struct bench *bench)
{
	if (!bench->turning && !bench->clock.is_virtual && clock_runs(&bench->clock))
		bench->now_ns = clock_now(&bench->clock);
	return bench->now_ns;
}
static inline bool instance_is(const struct instance *instance, enum module_kind kind)
{
	return instance->module->kind == kind;
}

#endif
