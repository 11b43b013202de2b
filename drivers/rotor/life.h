/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the implant does by itself between commands: it steps, runs dry, stalls in a magnet and
 * recovers, its battery ends. The truth (what leaves the outlet) and the pump's own arithmetic
 * (what it believes to hold and to have given) are kept apart; alarms follow the arithmetic.
 */
#ifndef ROTOR_LIFE_H
#define ROTOR_LIFE_H

#include "motor.h"
#include <theca/plugin.h>

struct config {
	int32_t reservoir; /* 0: 20 mL, 1: 40 mL */
	int64_t residual_pl, low_reservoir_pl, tubing_pl;
	int64_t min_rate_pl_per_day, max_rate_pl_per_day, tolerance_ppm;
	int64_t step_pl, turn_pl, rollers, tick_ns;
	int64_t gain_error_ppm, spread_ppm, calibration_ppm;
	int64_t roller_error_ppm, turn_error_ppm, slack_pl, slip_pa;
	int64_t battery_ns, battery_rate_pl_per_day, battery_motor_ppm, battery_used_ppm, eri_ns;
	int64_t stall_field_ut, restart_ns, detection_ns;
	const char *serial_number;
};

/* What happens to the pump without a command; each has its time, or THECA_NEVER. */
enum due {
	DUE_RESTART,       /* the rotor comes free after a magnet */
	DUE_STALL_SEEN,    /* the pump notices that it stands */
	DUE_RECOVERY_SEEN, /* ... and that it turns again */
	DUE_BURST_END,
	DUE_LOW,
	DUE_EMPTY,
	DUE_ERI,
	DUE_END,           /* the battery's end of service */
	DUE_COUNT
};

#define LOG_ROWS 16

struct rotor {
	/* first: what a tick without a step touches */
	int64_t at_ns;             /* lived up to here */
	int64_t quiet_until_ns;    /* before then nothing happens at all */
	int64_t stall_field_ut;
	int64_t temperature_mk, outlet_pa;
	bool in_field;

	struct theca_host *host;
	const struct config *config;
	struct train train;
	struct burst burst;
	struct head head;
	int64_t step_ppm_pl;       /* a step, as the pump counts it */
	int64_t rate_pl_per_day;   /* set, 0: the motor is off */
	int64_t burst_pl_per_day;  /* on top, while a burst runs */

	int64_t content_pl;        /* truth, residual included; THECA_NONE: never filled */
	bool filled, stalled, stall_seen, ended, told[DUE_COUNT];
	int64_t due_ns[DUE_COUNT];
	int64_t event_ns;          /* the first of them */

	int64_t born_ns, steps;    /* the battery pays for both */
	double idle_ppm_per_ns, step_ppm, eri_ppm; /* of the battery's life */
	int64_t filled_pl, fill_steps, low_steps, empty_steps;

	int flow, battery, temperature, pressure; /* signals */
	struct theca_log_row *log; /* LOG_ROWS; NULL before the first: most never need it */
	size_t log_count;
	char serial_number[32];
};

void life_begin(struct rotor *);
size_t life_advance(struct rotor *, int64_t to_ns, const struct theca_surroundings *,
	struct theca_segment *, size_t max);
/* Turn on at this rate, or change to it; a number of steps on top of it; off at once. */
void life_run(struct rotor *, int64_t rate_pl_per_day);
void life_burst(struct rotor *, int64_t steps, int64_t volume_pl, int64_t duration_ns);
void life_halt(struct rotor *);
/* The programmer told the pump that it now holds this much. */
void life_believe(struct rotor *, int64_t volume_pl);

int64_t life_counted_pl(const struct rotor *, int64_t steps);
int64_t life_believed_pl(const struct rotor *);
int64_t life_flow_pl_per_day(const struct rotor *);
int64_t life_battery_ppm(const struct rotor *); /* left */
void life_note(struct rotor *, const char *text);

#endif
