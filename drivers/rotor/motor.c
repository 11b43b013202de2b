/* SPDX-License-Identifier: Apache-2.0 */
/* Step instants and the volume of steps; see motor.h. */
#include "motor.h"
#include <math.h>
#include <theca/quantity.h>

static const double full_turn_rad = 6.283185307179586;

void train_stop(struct train *train)
{
	*train = (struct train){.next_ns = INT64_MAX};
}

void train_run(struct train *train, int64_t now_ns, int64_t interval_ns)
{
	int64_t left_ns = interval_ns;
	if (train->interval_ns)
		left_ns = (int64_t)((__int128)(train->next_ns - now_ns) * interval_ns /
				    train->interval_ns);
	train->interval_ns = interval_ns;
	train->next_ns = now_ns + (left_ns > 0 ? left_ns : 1);
}

int64_t train_take(struct train *train, int64_t until_ns)
{
	if (until_ns < train->next_ns)
		return 0;
	int64_t late_ns = until_ns - train->next_ns;
	int64_t steps = late_ns < train->interval_ns ? 1 : late_ns / train->interval_ns + 1;
	train->next_ns += steps * train->interval_ns;
	return steps;
}

int64_t burst_take(struct burst *burst, int64_t until_ns)
{
	int64_t due = burst->steps;
	if (until_ns < burst->until_ns)
		due = (int64_t)((__int128)(until_ns - burst->from_ns) * burst->steps /
				(burst->until_ns - burst->from_ns));
	int64_t steps = due - burst->taken;
	burst->taken = due;
	return steps;
}

void head_start(struct head *head)
{
	head->displaced_pl = head->lost_pl = 0;
	head->settled = !head->shape.slack_pl;
}

/* Displaced from the start of a revolution to a step in it: the integral of a flow that swells and
 * falls with cosines of the roller's and the revolution's period. Whole at both ends. */
static int64_t within_turn_pl(const struct head *head, int64_t step)
{
	double at = (double)step;
	return llround(head->position_scale * at + head->roller_pl * sin(head->roller_rad * at) +
		       head->turn_pl * sin(head->turn_rad * at));
}

void head_init(struct head *head, const struct head_shape *shape, int64_t first_step)
{
	double turn_pl = (double)shape->turn_pl, steps = (double)shape->steps_per_turn;
	double rollers = (double)shape->rollers;
	*head = (struct head){.shape = *shape, .step = first_step % shape->steps_per_turn};
	head->position_scale = turn_pl / steps;
	head->roller_pl = shape->roller_share * turn_pl / (full_turn_rad * rollers);
	head->roller_rad = full_turn_rad * rollers / steps;
	head->turn_pl = shape->turn_share * turn_pl / full_turn_rad;
	head->turn_rad = full_turn_rad / steps;
	head->within_pl = within_turn_pl(head, head->step);
}

/* The tube takes up its slack like a spring: the flow rises to full as exp(-displaced / slack). */
static int64_t slack_taken_pl(struct head *head)
{
	double turned = (double)head->displaced_pl / (double)head->shape.slack_pl;
	if (turned > 40) { /* less than a picolitre is left */
		head->settled = true;
		return head->shape.slack_pl;
	}
	return llround((double)head->shape.slack_pl * -expm1(-turned));
}

int64_t head_turn(struct head *head, int64_t steps)
{
	int64_t turns = 0;
	head->step += steps;
	if (head->step >= head->shape.steps_per_turn) {
		turns = head->step / head->shape.steps_per_turn;
		head->step -= turns * head->shape.steps_per_turn;
	}
	int64_t within_pl = within_turn_pl(head, head->step);
	int64_t moved_pl = turns * head->shape.turn_pl + within_pl - head->within_pl;
	head->within_pl = within_pl;
	if (head->settled)
		return moved_pl;
	head->displaced_pl += moved_pl;
	int64_t lost_pl = slack_taken_pl(head), newly_lost_pl = lost_pl - head->lost_pl;
	head->lost_pl = lost_pl;
	return moved_pl - newly_lost_pl;
}

int64_t step_interval_ns(int64_t step_ppm_pl, int64_t rate_pl_per_day, int64_t tick_ns)
{
	__int128 volume = (__int128)step_ppm_pl * THECA_DAY_NS;
	__int128 divisor = (__int128)rate_pl_per_day * 1000000 * tick_ns;
	__int128 ticks = (volume + divisor / 2) / divisor;
	if (ticks > INT64_MAX / tick_ns)
		return INT64_MAX / 2; /* slower than any bench lasts */
	return (int64_t)(ticks ? ticks : 1) * tick_ns;
}

int64_t step_rate_pl_per_day(int64_t step_ppm_pl, int64_t interval_ns)
{
	__int128 divisor = (__int128)interval_ns * 1000000;
	return (int64_t)(((__int128)step_ppm_pl * THECA_DAY_NS + divisor / 2) / divisor);
}
