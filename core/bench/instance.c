/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/instance.h"

#include <stdlib.h>
#include <string.h>
#include "bench/conversion.h"
#include "bench/fitting.h"
#include "bench/host.h"
#include "base/log.h"
#include "bench/preamble.h"
#include "bench/settings.h"

/* -- before the plugin is asked
 * -------------------------------------------------------------------- */

static void wake_once(void *user, int64_t now_ns)
{
	struct instance *instance = user;

	schedule_set(&instance->bench->schedule, &instance->wake, THECA_NEVER);
	if (instance->state != INSTANCE_RUNNING || !instance->module->plugin.wake)
		return;
	int result = instance->module->plugin.wake(instance->self, now_ns);
	if (result)
		log_line(THECA_WARNING, "%s: wake: %s", instance->name, strerror(-result));
}

static enum module_kind module_kind_of(enum config_kind kind)
{
	static const enum module_kind kinds[CONFIG_KINDS] = {
		[CONFIG_DRUG] = MODULE_DRUG,
		[CONFIG_PUMP] = MODULE_PUMP,
		[CONFIG_INSTRUMENT] = MODULE_INSTRUMENT,
		[CONFIG_PROCEDURE] = MODULE_PROCEDURE,
		[CONFIG_TRANSPORT] = MODULE_TRANSPORT,
	};
	return kinds[kind];
}

/* Everything that is made for an instance before its plugin is asked; NULL: out of memory. */
static struct instance *instance_new(struct bench *bench, const struct config_section *section)
{
	struct instance *instance = calloc(1, sizeof *instance);

	if (!instance)
		return NULL;
	instance->host.api = &host_api;
	instance->bench = bench;
	instance->section = section;
	instance->name = section->name;
	instance->number = ++bench->instance_count;
	instance->wake.user = instance->due.user = instance;
	instance->due.rank = 2 * instance->number + 8;
	instance->wake.rank = 2 * instance->number + 9;
	instance->due.at_ns = instance->wake.at_ns = THECA_NEVER;
	instance->wake.run = wake_once;
	bench->instances[instance->number - 1] = instance;
	results_name(&bench->results, instance->number, instance->name);
	bench_name(bench, instance); /* two of one name do not get here: config has said so */
	return instance;
}

static const struct module *find_module(struct bench *bench, const struct config_section *section)
{
	enum module_kind kind = module_kind_of(section->kind);
	const char *key = settings_plugin_key(kind);
	const struct config_entry *entry = config_get(section, key);
	char why[512];

	if (!entry) {
		config_error(bench->config, section->place, section, key,
			"missing, expected the name of a plugin (thecad --list shows them)");
		return NULL;
	}
	const struct module *module = modules_load(bench->modules, entry->value, why, sizeof why);
	if (!module)
		config_error(bench->config, entry->place, section, key,
			"%s (thecad --list shows what there is)", why);
	else if (module->kind != kind) {
		config_error(bench->config, entry->place, section, key,
			"found '%s', which is a plugin of kind %s, expected one of kind %s",
			entry->value, module_kind_word(module->kind), module_kind_word(kind));
		return NULL;
	}
	return module;
}

/* -- options ---------------------------------------------------------------------------------- */

/* The values of the core's own keys. */
union core_settings {
	struct pump_settings pump;
	struct other_settings other;
};

/* A module's options with all initial values: parsed once, copied for each instance. */
struct defaults {
	const struct module *module;
	void *image;
	union core_settings core;
	struct schema schema;
};

static bool prepare_defaults(struct bench *bench, struct defaults *defaults,
	const struct module *module, const struct config_section *section)
{
	struct conversion conversion = {bench, section};
	struct schema core = settings_of(module->kind);
	char why[256];

	if (defaults->module == module)
		return true;
	free(defaults->image);
	*defaults = (struct defaults){
		.module = module,
		.schema = {module->plugin.options, module->plugin.option_size},
		.image = calloc(1, module->plugin.config_size + 1),
	};
	if (!defaults->image)
		return false;
	if (!schema_check(defaults->schema, module->plugin.config_size, core, why, sizeof why) &&
		!conversion_defaults(
			&conversion, defaults->schema, defaults->image, why, sizeof why) &&
		!conversion_defaults(&conversion, core, &defaults->core, why, sizeof why))
		return true;
	config_error(
		bench->config, section->place, section, NULL, "plugin %s: %s", module->name, why);
	defaults->module = NULL;
	return false;
}

static void set_period(struct instance *instance, const union core_settings *core)
{
	int64_t every_ns = THECA_NONE;

	if (instance_is(instance, MODULE_PUMP))
		every_ns = core->pump.sample_every_ns;
	else if (instance_is(instance, MODULE_INSTRUMENT))
		every_ns = core->other.sample_every_ns;
	instance->sample_every_ns =
		every_ns == THECA_NONE ? instance->bench->settings.sample_every_ns : every_ns;
}

/* Initial values, then what the section states. */
static bool set_options(
	struct instance *instance, const struct defaults *defaults, union core_settings *core)
{
	struct conversion conversion = {instance->bench, instance->section};
	const struct conversion_target targets[] = {
		{settings_of(instance->module->kind), core},
		{defaults->schema, instance->config},
	};

	memcpy(instance->config, defaults->image, instance->module->plugin.config_size);
	*core = defaults->core;
	bool good = conversion_run(&conversion, targets, 2);
	set_period(instance, core);
	return good;
}

/* -- what its kind needs ----------------------------------------------------------------------- */

static bool allocate_part(struct instance *instance)
{
	switch (instance->module->kind) {
	case MODULE_PUMP:
		return (instance->pump = calloc(1, sizeof *instance->pump));
	case MODULE_PROCEDURE:
		return (instance->procedure = calloc(1, sizeof *instance->procedure));
	case MODULE_TRANSPORT:
		return (instance->transport = calloc(1, sizeof *instance->transport));
	case MODULE_DRUG:
		return (instance->profile = calloc(1, sizeof *instance->profile));
	default:
		return true;
	}
}

/* The pump that a procedure's options name is the one it holds. */
static void find_held_pump(struct instance *procedure)
{
	struct schema schema = {
		procedure->module->plugin.options, procedure->module->plugin.option_size};

	for (size_t i = 0; i < schema_count(schema); i++) {
		const struct theca_option *option = schema_at(schema, i);
		if (option->type == THECA_INSTANCE && (option->flags & THECA_REF_PUMP)) {
			uint32_t number;
			memcpy(&number, (const char *)procedure->config + option->offset,
				sizeof number);
			procedure->procedure->pump = bench_instance(procedure->bench, number);
			return;
		}
	}
}

static void set_up_drug(struct instance *drug)
{
	*drug->profile = (struct theca_drug_profile){
		.size = sizeof *drug->profile,
		.day_soft_pg = THECA_NONE,
		.day_hard_pg = THECA_NONE,
		.hour_soft_pg = THECA_NONE,
		.hour_hard_pg = THECA_NONE,
		.bolus_soft_pg = THECA_NONE,
		.bolus_hard_pg = THECA_NONE,
		.concentration_soft_pg_per_ul = THECA_NONE,
		.concentration_hard_pg_per_ul = THECA_NONE,
		.density_ug_per_ml = THECA_NONE,
		.stable_ns = THECA_NONE,
	};
	if (drug->module->drug.profile(drug->self, drug->profile))
		conversion_reject(
			drug->bench, drug->section, "plugin", "the plugin gives no profile");
}

/* -- creating ---------------------------------------------------------------------------------- */

/* The plugin's own check and create. */
static bool create(struct instance *instance)
{
	const struct theca_plugin *plugin = &instance->module->plugin;
	size_t before = config_errors(instance->bench->config);
	int result = plugin->check ? plugin->check(&instance->host, instance->config) : 0;

	if (!result && config_errors(instance->bench->config) == before) {
		instance->self = instance->config;
		if (plugin->create)
			result = plugin->create(&instance->host, instance->config, &instance->self);
	}
	if (result && config_errors(instance->bench->config) == before)
		config_error(instance->bench->config, instance->section->place, instance->section,
			NULL, "the plugin refuses this section: %s", strerror(-result));
	return config_errors(instance->bench->config) == before;
}

/* Room for its options and for what its kind needs. */
static bool equip(struct instance *instance, const struct module *module)
{
	struct bench *bench = instance->bench;

	instance->module = module;
	instance->config = malloc(module->plugin.config_size + 1);
	env_random_init(&instance->random, (uint64_t)bench->settings.seed, instance->name);
	if (instance->config && allocate_part(instance))
		return true;
	config_error(
		bench->config, instance->section->place, instance->section, NULL, "out of memory");
	return false;
}

static void create_instance(
	struct bench *bench, const struct config_section *section, struct defaults *defaults)
{
	struct instance *instance = instance_new(bench, section);
	const struct module *module = find_module(bench, section);
	union core_settings core;
	struct mix mix;

	if (!instance || !module || !prepare_defaults(bench, defaults, module, section) ||
		!equip(instance, module) || !set_options(instance, defaults, &core))
		return;
	bool is_pump = module->kind == MODULE_PUMP;
	if ((is_pump && !fitting_mix(instance, &core.pump, &mix)) || !create(instance))
		return;
	instance->state = INSTANCE_STOPPED;
	if (is_pump)
		fitting_pump(instance, &core.pump, &mix);
	else if (module->kind == MODULE_DRUG)
		set_up_drug(instance);
	else if (module->kind == MODULE_PROCEDURE)
		find_held_pump(instance);
}

static bool make_room(struct bench *bench, size_t sections)
{
	bench->instances = calloc(sections + 1, sizeof *bench->instances);
	for (bench->name_room = 16; bench->name_room < 2 * sections; bench->name_room *= 2)
		;
	bench->names = calloc(bench->name_room, sizeof *bench->names);
	return bench->instances && bench->names;
}

size_t instance_create_all(struct bench *bench)
{
	size_t count;
	const struct config_section *sections = config_sections(bench->config, &count);
	struct defaults defaults = {0};

	if (!make_room(bench, count))
		return config_errors(bench->config) + 1;
	preamble_read(bench);
	for (int kind = CONFIG_DRUG; kind < CONFIG_KINDS; kind++)
		for (size_t i = 0; i < count; i++)
			if ((int)sections[i].kind == kind)
				create_instance(bench, &sections[i], &defaults);
	free(defaults.image);
	return config_errors(bench->config);
}

/* -- destroying -------------------------------------------------------------------------------- */

static void destroy_part(struct instance *instance)
{
	if (!instance->module)
		return;
	if (instance_is(instance, MODULE_PUMP) && instance->pump) {
		pump_finish(&instance->pump->account);
		program_finish(&instance->pump->program);
		line_finish(&instance->pump->line);
	}
	if (!instance_is(instance, MODULE_INSTRUMENT))
		free(instance->pump); /* any of the union */
	free(instance->pending);
	free(instance->halting);
}

void instance_destroy_all(struct bench *bench)
{
	for (uint32_t i = bench->instance_count; i-- > 0;) {
		struct instance *instance = bench->instances[i];
		if (!instance)
			continue;
		/* `self` is there once `create` has been called, also when it failed half-way */
		if (instance->module && instance->self && instance->module->plugin.destroy &&
			instance->state != INSTANCE_CREATED)
			instance->module->plugin.destroy(instance->self);
		destroy_part(instance);
		free(instance->config);
		free(instance);
	}
	free(bench->instances);
	free(bench->names);
}
