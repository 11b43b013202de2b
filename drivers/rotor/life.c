/* SPDX-License-Identifier: Apache-2.0 */
/* The implant between commands; see life.h. */
#include "life.h"
#include <stdlib.h>
#include <string.h>

#define ALARM(rank, name, native, class_word, sentence)                                            \
	{                                                                                          \
		.size = sizeof(struct theca_alarm), .priority = rank, .code = name,                \
		.native_code = native, .native_class = class_word, .text = sentence                \
	}

static const struct theca_alarm alarms[DUE_COUNT] = {
	[DUE_STALL_SEEN] = ALARM(THECA_HIGH, "motor-stall", "motor stall", "critical",
		"The rotor does not turn; nothing is infused."),
	[DUE_LOW] = ALARM(THECA_MEDIUM, "low-reservoir", "low reservoir", "non-critical",
		"By the pump's own count the reservoir is low."),
	[DUE_EMPTY] = ALARM(THECA_HIGH, "empty-reservoir", "empty reservoir", "critical",
		"By the pump's own count the usable reservoir is empty."),
	[DUE_ERI] = ALARM(THECA_LOW, "eri", "ERI", "non-critical",
		"Elective replacement indicator: the battery's end of service is near."),
	[DUE_END] = ALARM(THECA_HIGH, "end-of-service", "EOS", "critical",
		"The battery has ended and the pump has stopped for good."),
};

/* -- the pump's own arithmetic ---------------------------------------------------------------- */

int64_t life_counted_pl(const struct rotor *self, int64_t steps)
{
	return (int64_t)((__int128)steps * self->step_ppm_pl / 1000000);
}

int64_t life_believed_pl(const struct rotor *self)
{
	int64_t left_pl = self->filled_pl - life_counted_pl(self, self->steps - self->fill_steps);
	return left_pl > 0 ? left_pl : 0;
}

int64_t life_flow_pl_per_day(const struct rotor *self)
{
	return self->stall_seen ? 0 : self->rate_pl_per_day + self->burst_pl_per_day;
}

static double battery_used_ppm(const struct rotor *self)
{
	return (double)self->config->battery_used_ppm +
	       (double)(self->at_ns - self->born_ns) * self->idle_ppm_per_ns +
	       (double)self->steps * self->step_ppm;
}

int64_t life_battery_ppm(const struct rotor *self)
{
	double left_ppm = 1e6 - battery_used_ppm(self);
	return self->ended || left_ppm < 0 ? 0 : (int64_t)left_ppm;
}

void life_note(struct rotor *self, const char *text)
{
	if (!self->log)
		self->log = calloc(LOG_ROWS, sizeof *self->log);
	if (!self->log)
		return;
	if (self->log_count == LOG_ROWS)
		memmove(self->log, self->log + 1, sizeof self->log[0] * --self->log_count);
	self->log[self->log_count++] = (struct theca_log_row){self->at_ns, text};
}

/* -- when things come ------------------------------------------------------------------------- */

static int64_t in_future(const struct rotor *self, double span_ns)
{
	if (!(span_ns < 4e18)) /* never, or there is no pace to reach it by */
		return THECA_NEVER;
	return self->at_ns + (span_ns > 0 ? (int64_t)span_ns + 1 : 0);
}

static double steps_per_ns(const struct rotor *self)
{
	double pace = self->train.interval_ns ? 1.0 / (double)self->train.interval_ns : 0;
	if (self->burst.steps)
		pace += (double)self->burst.steps /
			(double)(self->burst.until_ns - self->burst.from_ns);
	return pace;
}

static void plan_quiet(struct rotor *self)
{
	self->quiet_until_ns = self->burst.steps ? self->at_ns : self->train.next_ns;
	if (self->event_ns < self->quiet_until_ns)
		self->quiet_until_ns = self->event_ns;
}

static void plan_next(struct rotor *self)
{
	self->event_ns = THECA_NEVER;
	for (int due = 0; due < DUE_COUNT; due++)
		if (self->due_ns[due] < self->event_ns)
			self->event_ns = self->due_ns[due];
	plan_quiet(self);
}

/* After any change of what runs. By the mean pace: an event that comes a step too early finds
 * nothing to tell, and is planned again. */
static void plan(struct rotor *self)
{
	double pace = steps_per_ns(self);
	double drain_ppm_per_ns = self->idle_ppm_per_ns + pace * self->step_ppm;
	double span_ns[DUE_COUNT] = {
		[DUE_LOW] = (double)(self->low_steps - self->steps) / pace,
		[DUE_EMPTY] = (double)(self->empty_steps - self->steps) / pace,
		[DUE_ERI] = (self->eri_ppm - battery_used_ppm(self)) / drain_ppm_per_ns,
	};
	for (int due = DUE_LOW; due <= DUE_ERI; due++)
		self->due_ns[due] = self->told[due] ? THECA_NEVER : in_future(self, span_ns[due]);
	plan_next(self);
}

/* -- what happens ----------------------------------------------------------------------------- */

static void tell(struct rotor *self, enum due due)
{
	self->told[due] = true;
	theca_raise(self->host, &alarms[due]);
	life_note(self, alarms[due].native_code);
}

static void restart(struct rotor *self)
{
	self->stalled = false;
	self->due_ns[DUE_STALL_SEEN] = THECA_NEVER;
	if (self->stall_seen)
		self->due_ns[DUE_RECOVERY_SEEN] = self->at_ns + self->config->detection_ns;
}

static void stall_seen(struct rotor *self)
{
	self->stall_seen = true;
	tell(self, DUE_STALL_SEEN);
}

static void recovery_seen(struct rotor *self)
{
	self->stall_seen = false;
	theca_clear(self->host, alarms[DUE_STALL_SEEN].code);
	life_note(self, "motor stall recovery");
}

static void burst_end(struct rotor *self)
{
	self->burst = (struct burst){0};
	self->burst_pl_per_day = 0;
}

static void low(struct rotor *self)
{
	if (self->steps >= self->low_steps)
		tell(self, DUE_LOW);
}

static void empty(struct rotor *self)
{
	if (self->steps >= self->empty_steps)
		tell(self, DUE_EMPTY);
}

static void eri(struct rotor *self)
{
	if (battery_used_ppm(self) < self->eri_ppm)
		return;
	tell(self, DUE_ERI);
	self->due_ns[DUE_END] = self->at_ns + self->config->eri_ns;
}

static void end_of_service(struct rotor *self)
{
	self->ended = true;
	life_halt(self);
	tell(self, DUE_END);
}

static void happen(struct rotor *self)
{
	static void (*const happenings[DUE_COUNT])(struct rotor *) = {
		[DUE_RESTART] = restart,
		[DUE_STALL_SEEN] = stall_seen,
		[DUE_RECOVERY_SEEN] = recovery_seen,
		[DUE_BURST_END] = burst_end,
		[DUE_LOW] = low,
		[DUE_EMPTY] = empty,
		[DUE_ERI] = eri,
		[DUE_END] = end_of_service,
	};
	for (int due = 0; due < DUE_COUNT; due++) {
		if (self->due_ns[due] > self->at_ns)
			continue;
		self->due_ns[due] = THECA_NEVER;
		happenings[due](self);
	}
	plan(self);
}

/* The field holds the rotor at once; the pump notices only later, and only while it should turn. */
static void arm_stall(struct rotor *self)
{
	bool should_turn = self->train.interval_ns || self->burst.steps;
	if (self->stalled && should_turn && !self->stall_seen &&
		self->due_ns[DUE_STALL_SEEN] == THECA_NEVER)
		self->due_ns[DUE_STALL_SEEN] = self->at_ns + self->config->detection_ns;
}

static void enter_or_leave_field(struct rotor *self, bool in_field)
{
	self->in_field = in_field;
	if (in_field) {
		self->stalled = true;
		self->due_ns[DUE_RESTART] = self->due_ns[DUE_RECOVERY_SEEN] = THECA_NEVER;
		arm_stall(self);
	} else {
		self->due_ns[DUE_RESTART] = self->at_ns + self->config->restart_ns;
	}
	plan_next(self);
}

/* -- commands --------------------------------------------------------------------------------- */

static void turn_on(struct rotor *self)
{
	if (!self->train.interval_ns && !self->burst.steps)
		head_start(&self->head);
}

void life_run(struct rotor *self, int64_t rate_pl_per_day)
{
	int64_t interval_ns =
		step_interval_ns(self->step_ppm_pl, rate_pl_per_day, self->config->tick_ns);
	turn_on(self);
	train_run(&self->train, self->at_ns, interval_ns);
	self->rate_pl_per_day = step_rate_pl_per_day(self->step_ppm_pl, interval_ns);
	arm_stall(self);
	plan(self);
}

void life_burst(struct rotor *self, int64_t steps, int64_t volume_pl, int64_t duration_ns)
{
	turn_on(self);
	self->burst = (struct burst){
		.steps = steps, .from_ns = self->at_ns, .until_ns = self->at_ns + duration_ns};
	self->burst_pl_per_day = (int64_t)((__int128)volume_pl * THECA_DAY_NS / duration_ns);
	self->due_ns[DUE_BURST_END] = self->burst.until_ns;
	arm_stall(self);
	plan(self);
}

void life_halt(struct rotor *self)
{
	train_stop(&self->train);
	burst_end(self);
	self->rate_pl_per_day = 0;
	self->due_ns[DUE_BURST_END] = self->due_ns[DUE_STALL_SEEN] = THECA_NEVER;
	plan(self);
}

void life_believe(struct rotor *self, int64_t volume_pl)
{
	const int64_t marks_pl[] = {self->config->low_reservoir_pl, self->config->residual_pl};
	int64_t *const marks_steps[] = {&self->low_steps, &self->empty_steps};
	self->filled_pl = volume_pl;
	self->fill_steps = self->steps;
	for (int i = 0; i < 2; i++) {
		__int128 spend = (__int128)(volume_pl - marks_pl[i]) * 1000000;
		spend = spend > 0 ? (spend + self->step_ppm_pl - 1) / self->step_ppm_pl : 0;
		*marks_steps[i] = self->steps + (int64_t)spend;
		if (self->told[DUE_LOW + i] && self->filled)
			theca_clear(self->host, alarms[DUE_LOW + i].code);
		self->told[DUE_LOW + i] = false;
	}
	plan(self);
}

/* -- living ----------------------------------------------------------------------------------- */

void life_begin(struct rotor *self)
{
	for (int due = 0; due < DUE_COUNT; due++)
		self->due_ns[due] = THECA_NEVER;
	train_stop(&self->train);
	self->content_pl = self->filled_pl = 0;
	self->told[DUE_LOW] = self->told[DUE_EMPTY] =
		true; /* nothing to tell before the first fill */
	plan(self);
}

/* Up to `until`, where no event lies between: what leaves the outlet. */
static int64_t live(struct rotor *self, int64_t until_ns, bool shut)
{
	int64_t steps = train_take(&self->train, until_ns);
	if (self->burst.steps)
		steps += burst_take(&self->burst, until_ns);
	self->at_ns = until_ns;
	if (!steps)
		return 0;
	self->steps += steps;
	if (self->stalled)
		return 0;
	int64_t outflow_pl = head_turn(&self->head, steps);
	int64_t usable_pl = self->content_pl - self->config->residual_pl;
	if (shut || usable_pl <= 0)
		return 0;
	if (outflow_pl > usable_pl)
		outflow_pl = usable_pl;
	self->content_pl -= outflow_pl;
	return outflow_pl;
}

static size_t live_long(
	struct rotor *self, int64_t to_ns, bool shut, struct theca_segment *out, size_t max)
{
	size_t count = 0;
	do {
		int64_t from_ns = self->at_ns;
		int64_t until_ns = to_ns < self->event_ns ? to_ns : self->event_ns;
		int64_t volume_pl = until_ns > from_ns ? live(self, until_ns, shut) : 0;
		if (volume_pl)
			out[count++] = (struct theca_segment){from_ns, until_ns, volume_pl};
		if (self->event_ns <= self->at_ns)
			happen(self);
	} while (self->at_ns < to_ns && count < max);
	plan_quiet(self);
	return count;
}

size_t life_advance(struct rotor *self, int64_t to_ns, const struct theca_surroundings *around,
	struct theca_segment *out, size_t max)
{
	bool in_field = around->magnetic_field_ut > self->stall_field_ut;
	self->temperature_mk = around->temperature_mk;
	self->outlet_pa = around->outlet_pa;
	if (in_field != self->in_field)
		enter_or_leave_field(self, in_field);
	if (to_ns < self->quiet_until_ns) {
		self->at_ns = to_ns > self->at_ns ? to_ns : self->at_ns;
		return 0;
	}
	bool shut =
		around->occluded || around->outlet_pa - around->ambient_pa > self->config->slip_pa;
	return live_long(self, to_ns, shut, out, max);
}
