/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/simulation.h"

#define SEGMENTS 8

static const struct theca_simulation *model(const struct instance *pump)
{
	return pump->bench->planning ? NULL : pump->module->pump.simulation;
}

void simulation_init(struct instance *pump, const struct pump_settings *settings)
{
	pump->pump->surroundings = (struct theca_surroundings){
		.size = sizeof(struct theca_surroundings),
		.outlet_pa = settings->ambient_pa + settings->outlet_pa,
		.ambient_pa = settings->ambient_pa,
		.temperature_mk = settings->temperature_mk,
	};
	pump->pump->line.outlet_pa = pump->pump->surroundings.outlet_pa;
	pump->pump->magnet_until_ns = THECA_NEVER;
	pump->pump->simulation_ns = THECA_NEVER;
}

/* Density of the fluid: the drugs' own where stated (the first of the mix), else water's. */
static int64_t fluid_density_ug_per_ml(const struct instance *pump, const struct mix *mix)
{
	if (mix->count) {
		const struct instance *drug = bench_instance(pump->bench, mix->parts[0].drug);
		if (drug->profile->density_ug_per_ml != THECA_NONE)
			return drug->profile->density_ug_per_ml;
	}
	return line_water_density_ug_per_ml(pump->pump->surroundings.temperature_mk);
}

void simulation_contain(struct instance *pump, const struct mix *mix, int64_t volume_pl)
{
	line_mix(&pump->pump->line, mix, fluid_density_ug_per_ml(pump, mix));
	if (model(pump)) {
		model(pump)->contain(pump->self, volume_pl);
		simulation_changed(pump);
	}
}

void simulation_changed(struct instance *pump)
{
	if (model(pump))
		pump->pump->simulation_ns = model(pump)->next_event(pump->self);
}

void simulation_advance(struct instance *pump)
{
	struct pump_part *part = pump->pump;
	struct theca_segment segments[SEGMENTS];
	int64_t now_ns = pump->bench->now_ns;
	size_t count;

	if (!model(pump))
		return;
	do {
		count = model(pump)->advance(
			pump->self, now_ns, &part->surroundings, segments, SEGMENTS);
		for (size_t i = 0; i < count; i++)
			line_push(&part->line, segments[i].volume_pl);
		part->surroundings.outlet_pa = line_pressure_pa(&part->line);
	} while (count && segments[count - 1].until_ns < now_ns && count == SEGMENTS);
}

void simulation_magnet(struct instance *pump, int64_t field_ut)
{
	simulation_advance(pump);
	pump->pump->surroundings.magnetic_field_ut = field_ut;
	simulation_advance(pump); /* the model sees the field at this instant */
	simulation_changed(pump);
}

void simulation_arrived(struct instance *pump, struct theca_arrival *arrival)
{
	simulation_advance(pump);
	*arrival = (struct theca_arrival){
		.size = sizeof *arrival,
		.volume_pl = pump->pump->line.arrived_pl,
		.fluid_pg = pump->pump->line.arrived_fluid_pg,
		.temperature_mk = pump->pump->surroundings.temperature_mk,
	};
}
