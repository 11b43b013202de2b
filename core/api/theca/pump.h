/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind: pump. A driver moves fluid: a real pump on a port, or a simulated one.
 *
 * Every operation that takes a command returns at once: 0 when it was taken, and then the driver
 * calls theca_done(host, command->token, ...) exactly once, now or later; or a negative errno when
 * it certainly did not happen, and then theca_done() is not called. An operation that is NULL is
 * one that the pump does not have. The guard has allowed the command before a driver sees it.
 * A halt may arrive while another command is open and goes ahead of it.
 */
#ifndef THECA_PUMP_H
#define THECA_PUMP_H

#include <theca/data.h>

/* What the hardware can do; asked once after create and again after each interrogation. */
struct theca_pump_range {
	uint32_t size;
	uint32_t zero_is_legal;       /* 1: rate 0 is a rate, and not a halt */
	int64_t min_rate_pl_per_day;  /* the lowest running rate */
	int64_t max_rate_pl_per_day;
	int64_t reservoir_pl;         /* capacity */
	int64_t residual_pl;          /* of it, what can not be delivered */
	int64_t low_reservoir_pl;     /* usable and residual together at the low alarm */
	int64_t dead_volume_pl;       /* inside the pump, between reservoir and outlet */
	int64_t tolerance_ppm;        /* labelled accuracy: 14.5 % = 145000 */
};

/* What an interrogation found; see theca_readback(). Unknown texts are NULL, numbers THECA_NONE. */
struct theca_log_row {
	int64_t time_ns; /* bench time */
	const char *text;
};

struct theca_readback {
	uint32_t size;
	uint32_t delivering;      /* 1: fluid is being moved */
	const char *model, *serial_number, *firmware;
	int64_t rate_pl_per_day;  /* the rate it is set to */
	int64_t delivered_pl;     /* its own counter */
	int64_t reservoir_pl;     /* what it believes to hold */
	const struct theca_program *program; /* NULL: holds none */
	const struct theca_log_row *log;
	size_t log_count;
};

/* Where a simulated pump is; read by the model, set by line and environment. */
struct theca_surroundings {
	uint32_t size;
	uint32_t occluded;        /* 1: nothing can leave the outlet */
	int64_t outlet_pa;        /* absolute, at the outlet */
	int64_t ambient_pa;       /* absolute */
	int64_t temperature_mk;
	int64_t magnetic_field_ut;
};

/* Fluid that truly left the outlet between two instants, evenly. */
struct theca_segment {
	int64_t from_ns, until_ns;
	int64_t volume_pl;        /* negative: drawn in */
};

/* The truth of a simulated pump. Guard, accounts and reports never see it; line, environment and
 * simulated instruments do. A real pump leaves `simulation` NULL. */
struct theca_simulation {
	uint32_t size;
	/* The reservoir truly holds this much now; at the start of a run and at each refill. */
	void (*contain)(void *self, int64_t volume_pl);
	/* When the model changes by itself next (a stall recovers, a battery ends); THECA_NEVER. */
	int64_t (*next_event)(void *self);
	/* Live until `to_ns`, in closed form however far it is; write the outflow since the last call
	 * to `out`, oldest first. Returns how many segments (at most `max`, which is at least 4);
	 * when they do not suffice, it stops early at the last one's until_ns and is called again.
	 * When it returns 0 it has reached `to_ns` without outflow. */
	size_t (*advance)(void *self, int64_t to_ns, const struct theca_surroundings *,
		struct theca_segment *out, size_t max);
};

struct theca_pump {
	uint32_t size;
	int (*range)(void *self, struct theca_pump_range *); /* fills all but `size` */
	/* What strokes or steps make of a wanted rate; limits are applied to that. NULL: exact. */
	int64_t (*nearest)(void *self, int64_t wanted_pl_per_day);
	/* Called each sampling period: theca_report() what is known, or start to ask the device. */
	int (*poll)(void *self, int64_t now_ns);

	int (*set_rate)(void *self, const struct theca_command *);
	int (*bolus)(void *self, const struct theca_command *);
	int (*halt)(void *self, const struct theca_command *); /* NULL: constant flow, filling is its dose command */
	int (*program)(void *self, const struct theca_command *, const struct theca_program *);
	int (*interrogate)(void *self, const struct theca_command *); /* theca_readback(), then done */
	int (*refill)(void *self, const struct theca_command *);
	int (*prime)(void *self, const struct theca_command *);
	int (*purge)(void *self, const struct theca_command *);
	int (*acknowledge)(void *self, const struct theca_command *);
	int (*configure)(void *self, const struct theca_command *);

	const struct theca_simulation *simulation; /* NULL: a real pump */
};

#endif
