/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What travels between service and plugin: signals, samples, events, commands, alarms. All are
 * plain structs by value. A pointer in one is valid during the call that carries it, no longer.
 * A struct that starts with `size` may grow at its end: whoever fills one sets sizeof, whoever
 * reads one looks at `size` before a field that a later version appended.
 */
#ifndef THECA_DATA_H
#define THECA_DATA_H

#include <theca/quantity.h>

/* A signal: a named, measured thing. The common names are in docs/signals.md. */
struct theca_signal {
	uint32_t size;
	uint32_t dimension;   /* enum theca_dimension: the base unit of its values */
	const char *name;     /* `delivered_volume`: lower case, digits, `_`; unique in its instance */
	const char *unit;     /* the unit people see, `mL`; NULL: the dimension's usual one */
	uint32_t decimals;    /* digits after the point that people see, 0 to 9 */
	uint32_t instance;    /* who declared it; filled in by the service */
	int64_t max_age_ns;   /* a value older than this is stale; 0: three sampling periods */
	const char *const *states; /* THECA_CHOICE: the names of its values, NULL at the end */
};

enum theca_quality {
	THECA_GOOD = 0,
	THECA_STALE = 1,   /* once good, now too old or from a device that has gone */
	THECA_INVALID = 2, /* the device answered, but not with a usable value */
};

/* One value of a signal. 32 bytes, frozen for ever. Batches are a pointer and a count. */
struct theca_sample {
	int64_t time_ns;   /* bench time; 0 from a plugin means now */
	int64_t value;     /* base unit of the signal's dimension */
	uint64_t sequence; /* stamped by the service, rises by 1 over the whole bench: a gap is a loss */
	uint32_t signal;   /* from theca_declare() */
	uint16_t quality;  /* enum theca_quality */
	uint16_t reserved; /* 0 */
};

/* What can be asked of a pump or an instrument. The numbers never change; they are journalled. */
enum theca_verb {
	THECA_SET_RATE = 1,    /* rate: deliver so until told otherwise; 0 is a rate where `zero` is legal */
	THECA_BOLUS = 2,       /* volume over duration (0: as fast as the pump can), on top of the rate */
	THECA_HALT = 3,        /* stop at once, not at the end of a stroke */
	THECA_PROGRAM = 4,     /* take over the program given beside the command */
	THECA_INTERROGATE = 5, /* read identity, state, counters; changes nothing */
	THECA_REFILL = 6,      /* the reservoir was emptied and now holds volume */
	THECA_PRIME = 7,       /* fill the line: volume over duration, counted apart from therapy */
	THECA_PURGE = 8,       /* run before implant: volume over duration */
	THECA_ACKNOWLEDGE = 9, /* the pump's own alarm has been seen */
	THECA_CONFIGURE = 10,  /* send the options that the device itself keeps */
	THECA_TARE = 11,       /* instruments */
	THECA_ZERO = 12,
	THECA_PRESS = 13,      /* the patient's button: becomes a bolus of the program, or is refused */
	THECA_START = 14,      /* begin the configured program; never sent to a driver */
};

enum theca_direction { THECA_INFUSE = 0, THECA_WITHDRAW = 1 };

struct theca_command {
	uint32_t size;
	uint32_t verb;            /* enum theca_verb */
	uint64_t token;           /* names this command in theca_done(); chosen by the service */
	int64_t rate_pl_per_day;  /* THECA_SET_RATE */
	int64_t volume_pl;        /* THECA_BOLUS, PRIME, PURGE, REFILL */
	int64_t duration_ns;      /* THECA_BOLUS, PRIME, PURGE */
	uint32_t direction;       /* enum theca_direction */
	uint32_t reserved;
};

/* How a command ends. THECA_UNCERTAIN: it may or may not have happened (a lost answer); it counts
 * as delivered and blocks further doses until a read-back. */
#define THECA_DONE 0
#define THECA_UNCERTAIN 1 /* every other failure is a negative errno: it certainly did not happen */

/* A program: rows of one meaning each; a driver skips rows of kinds it does not offer in `rows`. */
enum theca_row_kind {
	THECA_ROW_BASAL = 1,    /* from `from_ns` of the day on the days of `weekdays`: this rate */
	THECA_ROW_PERIODIC = 2, /* volume over duration, each `every_ns` */
	THECA_ROW_PATIENT = 3,  /* volume over duration at the patient's press, lockout, at most n a day */
	THECA_ROW_PRIME = 4,
	THECA_ROW_BRIDGE = 5,
};

#define THECA_EVERY_DAY 0x7fu /* weekdays: bit 0 is Monday */

struct theca_program_row {
	uint32_t kind;            /* enum theca_row_kind */
	uint32_t weekdays;
	int64_t from_ns;          /* since midnight */
	int64_t rate_pl_per_day;
	int64_t volume_pl;
	int64_t duration_ns;
	int64_t every_ns;
	int64_t lockout_ns;       /* from the start of one bolus to the start of the next */
	int64_t at_most;          /* boluses in any 24 h */
	const char *as_written;   /* the dose as the user wrote it: `6 mg/day of morphine` */
};

struct theca_program {
	uint32_t size, row_size;
	const struct theca_program_row *rows; /* step by row_size, not by sizeof */
	size_t count;
};

/* IEC 60601-1-8 priorities, for the bench. The pump's own class is kept beside it. */
enum theca_priority { THECA_LOW = 1, THECA_MEDIUM = 2, THECA_HIGH = 3 };

struct theca_alarm {
	uint32_t size;
	uint32_t priority;        /* enum theca_priority, the bench's ranking */
	const char *code;         /* `motor-stall`: stable, lower case, for programs */
	const char *native_code;  /* the pump's own code, or NULL */
	const char *native_class; /* the pump's own class, `critical`, or NULL */
	const char *text;         /* one sentence for people */
};

enum theca_event_kind {
	THECA_EVENT_STATE = 1,   /* an instance or a pump changed state */
	THECA_EVENT_INTENT = 2,  /* a command was allowed and is about to be sent */
	THECA_EVENT_OUTCOME = 3, /* ... and how it ended */
	THECA_EVENT_REFUSED = 4, /* the guard, or a holder, said no */
	THECA_EVENT_ALARM = 5,
	THECA_EVENT_CLEARED = 6,
	THECA_EVENT_ACKNOWLEDGED = 7,
	THECA_EVENT_FIRED = 8,     /* a scenario line */
	THECA_EVENT_PROCEDURE = 9, /* began, ended, verdict */
	THECA_EVENT_NOTE = 10,     /* a person's remark */
	THECA_EVENT_FILL = 11,     /* what a reservoir holds now */
	THECA_EVENT_BENCH = 12,    /* the service started, stopped, recovered */
	THECA_EVENT_PROGRAM = 13,  /* a program was prescribed; text is the program */
};

/* What happened. Events are never dropped and always journalled. */
struct theca_event {
	uint32_t size;
	uint32_t kind;      /* enum theca_event_kind */
	uint64_t number;    /* the journal's, rises by 1 */
	int64_t time_ns;    /* bench time */
	uint32_t instance;  /* whom it concerns, 0: the bench */
	uint32_t priority;  /* alarms */
	int32_t outcome;    /* THECA_EVENT_OUTCOME: 0, -errno, THECA_UNCERTAIN */
	uint32_t reserved;
	struct theca_command command; /* INTENT, OUTCOME, REFUSED, FILL */
	const char *code;   /* alarm code, scenario name, state, limit; never NULL */
	const char *who;    /* operator, scenario, procedure or program that asked; never NULL */
	const char *text;   /* one sentence; never NULL */
};

#endif
