/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/sampling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/host.h"
#include "bench/simulation.h"

#define CORE_SIGNALS 4 /* without the drugs */

static int declare(struct instance *pump, const char *name, uint32_t dimension, uint32_t decimals)
{
	struct theca_signal signal = {
		.size = sizeof signal,
		.name = name,
		.dimension = dimension,
		.decimals = decimals,
		.max_age_ns = 3 * pump->sample_every_ns,
		.states = dimension == THECA_CHOICE ? pump_state_names : NULL,
	};
	return theca_declare(&pump->host, &signal);
}

static int declare_drug(struct instance *pump, const char *drug)
{
	char name[48];

	snprintf(name, sizeof name, "delivered_%s", drug);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return declare(pump, name, THECA_MASS, 6);
}

int sampling_declare(struct instance *pump, const struct mix *mix)
{
	int result = declare(pump, "rate", THECA_RATE, 6);

	if (result > 0)
		result = declare(pump, "delivered_volume", THECA_VOLUME, 6);
	for (uint32_t i = 0; i < mix->count && result > 0; i++)
		result = declare_drug(pump, bench_instance(pump->bench, mix->parts[i].drug)->name);
	if (result > 0)
		result = declare(pump, "reservoir_volume", THECA_VOLUME, 6);
	if (result > 0)
		result = declare(pump, "state", THECA_CHOICE, 0);
	pump->pump->drug_count = mix->count;
	for (uint32_t i = 0; i < mix->count; i++)
		pump->pump->drugs[i] = mix->parts[i].drug;
	return result < 0 ? result : 0;
}

static inline void put(struct bench *bench, struct theca_sample *sample, uint32_t signal, int64_t value)
{
	*sample = (struct theca_sample){
		.time_ns = bench->now_ns,
		.value = value,
		.sequence = bench->signals.next_sequence++,
		.signal = signal,
	};
	host_value(bench, signal, bench->now_ns, value, THECA_GOOD);
}

/* Of a drug that was declared; usually it is at the same place in the mix as then. */
static inline int64_t delivered_pg(const struct pump_part *part, size_t i)
{
	if (i < part->account.mix.count && part->account.mix.parts[i].drug == part->drugs[i])
		return pump_delivered_pg(&part->account, i);
	return pump_delivered_drug_pg(&part->account, part->drugs[i]);
}

/* The account's own signals, in the order of sampling_declare(). */
static void sample_account(struct instance *pump)
{
	struct bench *bench = pump->bench;
	struct pump *account = &pump->pump->account;
	uint32_t signal = pump->first_signal;
	size_t drugs = pump->pump->drug_count;
	struct theca_sample *out = bus_reserve(&bench->bus, CORE_SIGNALS + MIX_MAX);

	put(bench, out++, signal++, account->rate_pl_per_day);
	put(bench, out++, signal++, pump_delivered_pl(account));
	for (size_t i = 0; i < drugs; i++)
		put(bench, out++, signal++, delivered_pg(pump->pump, i));
	put(bench, out++, signal++, pump_reservoir_pl(account));
	put(bench, out, signal, pump_state(account));
	if (!bench->planning)
		bus_commit(&bench->bus, CORE_SIGNALS + drugs);
}

/* Even steps that divide a day, few enough to draw. */
static int64_t course_step_ns(const struct bench *bench)
{
	static const int64_t steps_ns[] = {THECA_MINUTE_NS, 5 * THECA_MINUTE_NS, 15 * THECA_MINUTE_NS,
		THECA_HOUR_NS, 6 * THECA_HOUR_NS};
	int64_t until_ns = bench->settings.until_ns;

	if (until_ns == THECA_NONE)
		return 15 * THECA_MINUTE_NS;
	for (size_t i = 0; i < sizeof steps_ns / sizeof *steps_ns; i++)
		if (until_ns / steps_ns[i] <= 5000)
			return steps_ns[i];
	return THECA_DAY_NS;
}

void sampling_course(struct instance *pump)
{
	const struct pump *account = &pump->pump->account;
	int64_t now_ns = pump->bench->now_ns, step_ns = course_step_ns(pump->bench);
	struct results_point point = {
		.at_ns = now_ns,
		.rate_pl_per_day = account->rate_pl_per_day,
		.delivered_pl = pump_delivered_pl(account),
		.reservoir_pl = pump_reservoir_pl(account),
	};

	for (size_t i = 0; i < pump->pump->drug_count; i++)
		point.delivered_pg[i] = delivered_pg(pump->pump, i);
	results_point(pump->pump->course, &point);
	pump->pump->course_next_ns = now_ns - now_ns % step_ns + step_ns;
}

/* A plan asks no device: none has been started. */
static bool is_polled(const struct instance *instance)
{
	return instance->state == INSTANCE_RUNNING && !instance->bench->planning;
}

static void sample_pump(struct instance *pump)
{
	simulation_advance(pump);
	pump_advance(&pump->pump->account, pump->bench->now_ns);
	sample_account(pump);
	if (pump->pump->course && pump->bench->now_ns >= pump->pump->course_next_ns)
		sampling_course(pump);
	if (pump->module->pump.poll && is_polled(pump))
		pump->module->pump.poll(pump->self, pump->bench->now_ns);
}

static void tick(void *user, int64_t now_ns)
{
	struct rate_group *group = user;
	struct bench *bench = group->bench;

	for (uint32_t i = 0; i < group->count; i++) {
		struct instance *member = group->members[i];
		if (instance_is(member, MODULE_PUMP))
			sample_pump(member);
		else if (is_polled(member))
			member->module->instrument.poll(member->self, now_ns);
	}
	bench->work += group->count;
	if (!bench->planning && !bus_tick(&bench->bus, now_ns))
		bench->waiting = true;
	int64_t next_ns = group->due.at_ns + group->period_ns;
	if (next_ns <= now_ns) /* late: leave out what was missed, keep the phase */
		next_ns += (now_ns - next_ns) / group->period_ns * group->period_ns + group->period_ns;
	schedule_set(&bench->schedule, &group->due, next_ns);
}

static struct rate_group *group_of(struct bench *bench, int64_t period_ns)
{
	for (uint32_t i = 0; i < bench->group_count; i++)
		if (bench->groups[i].period_ns == period_ns)
			return &bench->groups[i];
	struct rate_group *groups =
		realloc(bench->groups, (bench->group_count + 1) * sizeof *bench->groups);
	if (!groups)
		return NULL;
	bench->groups = groups;
	groups[bench->group_count] = (struct rate_group){.bench = bench, .period_ns = period_ns};
	return &groups[bench->group_count++];
}

static bool is_sampled(const struct instance *instance)
{
	return instance_is(instance, MODULE_PUMP) || instance_is(instance, MODULE_INSTRUMENT);
}

/* Two passes over the instances, pumps first: counting, then filling. */
int sampling_init(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++) {
		struct rate_group *group = is_sampled(bench->instances[i])
			? group_of(bench, bench->instances[i]->sample_every_ns) : NULL;
		if (group)
			group->count++;
		else if (is_sampled(bench->instances[i]))
			return -ENOMEM;
	}
	for (uint32_t g = 0; g < bench->group_count; g++) {
		struct rate_group *group = &bench->groups[g];
		group->members = malloc(group->count * sizeof *group->members);
		if (!group->members)
			return -ENOMEM;
		group->count = 0;
		group->due.run = tick;
		group->due.user = group;
		group->due.rank = 2 * bench->instance_count + 16 + g; /* after what happens at that instant */
	}
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (is_sampled(bench->instances[i])) {
			struct rate_group *group = group_of(bench, bench->instances[i]->sample_every_ns);
			group->members[group->count++] = bench->instances[i];
		}
	return 0;
}

void sampling_finish(struct bench *bench)
{
	for (uint32_t g = 0; g < bench->group_count; g++)
		free(bench->groups[g].members);
	free(bench->groups);
}

void sampling_start(struct bench *bench)
{
	for (uint32_t g = 0; g < bench->group_count; g++)
		schedule_set(&bench->schedule, &bench->groups[g].due, bench->now_ns);
}
