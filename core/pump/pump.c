/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a pump: commands begin and end, read-backs settle, reservoirs are filled. */
#include "pump/pump.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PL_PER_UL 1000000
#define LONGEST_BOLUS_NS (30 * THECA_DAY_NS)

const char *const pump_state_names[PUMP_STATES + 1] = {
	"stopped", "delivering", "bolus", "uncertain", "held", NULL};

static int64_t within(int64_t value, int64_t most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

void pump_init(struct pump *pump, const struct theca_pump_range *range, int64_t now_ns)
{
	*pump = (struct pump){
		.range = *range,
		.at_ns = now_ns,
		.step_ns = THECA_NONE,
		.counter_pl = THECA_NONE,
	};
	window_init(&pump->window);
}

void pump_finish(struct pump *pump)
{
	window_finish(&pump->window);
	free(pump->presses);
	free(pump->given);
	*pump = (struct pump){.step_ns = THECA_NONE, .counter_pl = THECA_NONE};
}

void pump_line(struct pump *pump, int64_t dead_volume_pl)
{
	pump->line_pl = within(dead_volume_pl, WINDOW_MOST_PL);
}

enum pump_state pump_state(const struct pump *pump)
{
	if (pump->held)
		return PUMP_HELD;
	if (pump->uncertain)
		return PUMP_UNCERTAIN;
	if (pump->bolus.volume_pl)
		return PUMP_BOLUS;
	if (pump->rate_pl_per_day || (pump->started && pump->range.zero_is_legal))
		return PUMP_DELIVERING;
	return PUMP_STOPPED;
}

/* Without a history no dose can be judged: then only reading is allowed. */
static void keep(struct pump *pump, int error)
{
	if (error)
		pump->held = true;
}

/* -- rates and boluses ------------------------------------------------------------------------ */

/* The rate that counts: the settled one, or a higher one that is in flight. */
static void reckon(struct pump *pump)
{
	const struct pump_pending *pending = &pump->pending;
	int64_t rate_pl_per_day = pump->settled_pl_per_day;
	if (pending->token && pending->command.verb == THECA_SET_RATE &&
		pending->command.rate_pl_per_day > rate_pl_per_day)
		rate_pl_per_day = pending->command.rate_pl_per_day;
	if (rate_pl_per_day == pump->rate_pl_per_day)
		return;
	pump->rate_pl_per_day = rate_pl_per_day;
	pump->step_ns = THECA_NONE;
	keep(pump, window_rate(&pump->window, pump->at_ns, rate_pl_per_day));
}

/* All of the running bolus counts now. */
static void give_rest(struct pump *pump)
{
	if (!pump->bolus.volume_pl)
		return;
	pump->bolus.until_ns = pump->at_ns;
	pump_advance_far(pump, pump->at_ns);
	keep(pump, window_bolus(&pump->window, pump->at_ns, pump->at_ns, 0));
}

/* What was given of it stays, no more comes. */
static void cut_bolus(struct pump *pump)
{
	pump->bolus = (struct pump_bolus){0};
	pump->step_ns = THECA_NONE;
	window_cut(&pump->window, pump->at_ns);
}

static void remember_press(struct pump *pump)
{
	if (!pump->presses)
		pump->presses = calloc(PUMP_PRESSES, sizeof *pump->presses);
	if (!pump->presses) {
		keep(pump, -ENOMEM);
		return;
	}
	pump->presses[pump->press_count++ % PUMP_PRESSES] = pump->at_ns;
}

static void begin_bolus(struct pump *pump, const struct theca_command *command, bool patient)
{
	int64_t volume_pl = within(command->volume_pl, WINDOW_MOST_PL);
	int64_t until_ns = pump->at_ns + within(command->duration_ns, LONGEST_BOLUS_NS);
	int64_t in_line_pl = pump_in_line_pl(pump, command->verb, volume_pl);
	give_rest(pump);
	if (patient)
		remember_press(pump);
	keep(pump, window_bolus(&pump->window, pump->at_ns, until_ns, volume_pl - in_line_pl));
	pump->bolus = (struct pump_bolus){.volume_pl = volume_pl,
		.from_ns = pump->at_ns,
		.until_ns = until_ns,
		.in_line_pl = in_line_pl};
	pump_advance_far(pump, pump->at_ns);
	if (until_ns == pump->at_ns) {
		pump->pending.at_once_pl = volume_pl - in_line_pl;
		pump->pending.at_once_line_pl = in_line_pl;
	}
}

/* It was counted at once and certainly did not happen: a pump that is busy gives nothing. */
static void take_back(struct pump *pump, const struct pump_pending *ended)
{
	pump->bolus_pl -= ended->at_once_pl;
	pump->in_line_pl -= ended->at_once_line_pl;
	window_take_back(&pump->window, ended->at_once_pl);
}

/* -- commands --------------------------------------------------------------------------------- */

void pump_begin(
	struct pump *pump, const struct theca_command *command, bool patient, int64_t now_ns)
{
	struct pump_pending begun = {
		.token = command->token, .command = *command, .patient = patient};
	pump_advance(pump, now_ns);
	if (command->verb == THECA_HALT) {
		pump->halting = begun;
		pump->halt_is_late = false;
		return;
	}
	pump->halt_is_late = true;
	if (pump->pending.token) /* nobody waited for its end */
		pump_end(pump, pump->pending.token, THECA_UNCERTAIN, now_ns);
	pump->pending = begun;
	pump->pending.command.rate_pl_per_day =
		within(command->rate_pl_per_day, WINDOW_MOST_PL_PER_DAY);
	if (command->verb == THECA_SET_RATE)
		reckon(pump);
	else
		begin_bolus(pump, command, patient);
}

static void end_rate(struct pump *pump, int64_t rate_pl_per_day, int outcome)
{
	bool is_higher = rate_pl_per_day > pump->settled_pl_per_day;
	if (outcome == THECA_DONE || (outcome > 0 && is_higher))
		pump->settled_pl_per_day = rate_pl_per_day;
	reckon(pump);
}

static void end_bolus(struct pump *pump, const struct pump_pending *ended, int outcome)
{
	if (outcome > 0)
		give_rest(pump);
	if (outcome >= 0)
		return;
	cut_bolus(pump);
	take_back(pump, ended);
	if (ended->patient && pump->press_count)
		pump->press_count--; /* it certainly did not happen: no lockout from it */
}

static void end_halt(struct pump *pump, int outcome)
{
	bool is_open = pump->pending.token && pump->pending.command.verb != THECA_SET_RATE;
	if (outcome != THECA_DONE || pump->halt_is_late)
		return;
	pump->settled_pl_per_day = 0;
	if (!is_open)
		cut_bolus(pump);
	reckon(pump);
}

int pump_end(struct pump *pump, uint64_t token, int outcome, int64_t now_ns)
{
	bool is_halt = token && token == pump->halting.token;
	if (!token || (!is_halt && token != pump->pending.token))
		return -ENOENT;
	pump_advance(pump, now_ns);
	if (outcome > 0)
		pump->uncertain = true;
	if (is_halt) {
		pump->halting.token = 0;
		end_halt(pump, outcome);
		return 0;
	}
	struct pump_pending ended = pump->pending;
	pump->pending.token = 0;
	if (ended.command.verb == THECA_SET_RATE)
		end_rate(pump, ended.command.rate_pl_per_day, outcome);
	else
		end_bolus(pump, &ended, outcome);
	return 0;
}

/* -- read-backs ------------------------------------------------------------------------------- */

static bool is_sane(int64_t value, int64_t most)
{
	return value >= 0 && value <= most;
}

static void count_from(struct pump *pump, int64_t counter_pl)
{
	pump->counter_pl = counter_pl;
	pump->counter_at_pl = pump_left_pl(pump);
}

/* The pump's own counter, from when it was first read, so that its steps do not add up; one that
 * fell was set back. */
static int catch_up(struct pump *pump, int64_t counter_pl)
{
	int64_t left_pl = pump_left_pl(pump);
	if (counter_pl == THECA_NONE)
		return 0;
	if (!is_sane(counter_pl, INT64_MAX / 2))
		return -ERANGE;
	if (pump->counter_pl == THECA_NONE || counter_pl < pump->counter_pl)
		count_from(pump, counter_pl);
	int64_t more_pl = (counter_pl - pump->counter_pl) - (left_pl - pump->counter_at_pl);
	if (more_pl > pump->range.reservoir_pl || more_pl > WINDOW_MOST_PL)
		return -ERANGE;
	if (more_pl > 0) {
		pump->bolus_pl += more_pl;
		keep(pump, window_also(&pump->window, pump->at_ns, more_pl));
	}
	if (pump->uncertain) /* what was counted and did not happen must not hide what comes */
		count_from(pump, counter_pl);
	return 0;
}

void pump_settle(struct pump *pump, const struct theca_readback *readback, int64_t now_ns)
{
	int64_t rate_pl_per_day = readback->delivering ? readback->rate_pl_per_day : 0;
	pump_advance(pump, now_ns);
	if (catch_up(pump, readback->delivered_pl)) {
		pump->uncertain = true;
		return;
	}
	if (rate_pl_per_day == THECA_NONE)
		return;
	if (!is_sane(rate_pl_per_day, WINDOW_MOST_PL_PER_DAY)) {
		pump->uncertain = true;
		return;
	}
	if (pump->uncertain || rate_pl_per_day > pump->settled_pl_per_day)
		pump->settled_pl_per_day = rate_pl_per_day;
	if (pump->uncertain && !readback->delivering && !pump->pending.token)
		cut_bolus(pump);
	pump->uncertain = false;
	reckon(pump);
}

/* -- fills ------------------------------------------------------------------------------------ */

static const struct theca_drug_profile *profile_in(
	const struct mix *mix, const struct theca_drug_profile *const *profiles, uint32_t drug)
{
	int part = mix_index(mix, drug);
	return part < 0 ? NULL : profiles[part];
}

int pump_blend(const struct pump *pump, const struct mix *mix,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl,
	struct pump_blend *blend)
{
	int64_t stays_pl = pump_reservoir_pl(pump);
	if (stays_pl > pump->range.residual_pl)
		stays_pl = within(pump->range.residual_pl, WINDOW_MOST_PL);
	if (stays_pl > volume_pl)
		stays_pl = within(volume_pl, WINDOW_MOST_PL);
	*blend = (struct pump_blend){.mix = stays_pl ? pump->mix : *mix};
	if (stays_pl) {
		int error = mix_blend(&blend->mix, stays_pl, mix, volume_pl - stays_pl);
		if (error)
			return error;
	}
	for (uint32_t i = 0; i < blend->mix.count; i++) {
		uint32_t drug = blend->mix.parts[i].drug;
		blend->profiles[i] = profile_in(mix, profiles, drug);
		if (!blend->profiles[i])
			blend->profiles[i] = profile_in(&pump->mix, pump->profiles, drug);
	}
	return 0;
}

/* The account of a drug over all fills; the caller made room. */
static struct pump_given *given_of(struct pump *pump, uint32_t drug)
{
	for (uint32_t i = 0; i < pump->given_count; i++)
		if (pump->given[i].drug == drug)
			return &pump->given[i];
	pump->given[pump->given_count] = (struct pump_given){.drug = drug};
	return &pump->given[pump->given_count++];
}

/* What the mix gave since the last fill goes to its drugs' accounts. */
static int close_fill(struct pump *pump)
{
	int64_t delivered_pl = pump_delivered_pl(pump) - pump->at_fill_pl;
	if (!pump->mix.count || !delivered_pl)
		return 0;
	struct pump_given *larger =
		realloc(pump->given, (pump->given_count + pump->mix.count) * sizeof *pump->given);
	if (!larger)
		return -ENOMEM;
	pump->given = larger;
	for (uint32_t i = 0; i < pump->mix.count; i++) {
		const struct mix_part *part = &pump->mix.parts[i];
		struct pump_given *given = given_of(pump, part->drug);
		__int128 mass = (__int128)part->pg_per_ul * delivered_pl + given->rest;
		given->given_pg += (int64_t)(mass / PL_PER_UL);
		given->rest = (uint32_t)(mass % PL_PER_UL);
	}
	pump->at_fill_pl = pump_delivered_pl(pump);
	return 0;
}

static bool is_possible(const struct mix *mix, int64_t volume_pl)
{
	if (mix->count > MIX_MAX || !is_sane(volume_pl, WINDOW_MOST_PL))
		return false;
	for (uint32_t i = 0; i < mix->count; i++)
		if (!is_sane(mix->parts[i].pg_per_ul, WINDOW_MOST_PG_PER_UL))
			return false;
	return true;
}

int pump_fill(struct pump *pump, const struct mix *mix,
	const struct theca_drug_profile *const *profiles, int64_t volume_pl, int64_t now_ns)
{
	struct pump_blend blend;
	pump_advance(pump, now_ns);
	if (!is_possible(mix, volume_pl))
		return -ERANGE;
	int error = pump_blend(pump, mix, profiles, volume_pl, &blend);
	if (!error)
		error = window_mix(&pump->window, pump->at_ns, &blend.mix);
	if (error)
		return error;
	error = close_fill(pump);
	if (error) {
		window_mix(&pump->window, pump->at_ns, &pump->mix);
		return error;
	}
	pump->mix = blend.mix;
	memcpy(pump->profiles, blend.profiles, sizeof pump->profiles);
	pump->filled_pl = volume_pl;
	pump->at_fill_pl = pump_delivered_pl(pump);
	pump->in_line_at_fill_pl = pump->in_line_pl;
	return 0;
}

int64_t pump_in_line_pl(const struct pump *pump, uint32_t verb, int64_t volume_pl)
{
	bool is_therapy = pump->started || pump_delivered_pl(pump);
	int64_t empty_pl = pump->range.dead_volume_pl + pump->line_pl - pump_left_pl(pump);
	if (volume_pl <= 0 || (verb != THECA_PRIME && verb != THECA_PURGE))
		return 0;
	if (verb == THECA_PURGE && !is_therapy)
		return volume_pl;
	if (empty_pl < 0)
		return 0;
	return empty_pl < volume_pl ? empty_pl : volume_pl;
}
