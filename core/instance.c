/* SPDX-License-Identifier: Apache-2.0 */
#include "instance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "event.h"
#include "host.h"
#include "log.h"
#include "procedure.h"
#include "sampling.h"
#include "settings.h"
#include "simulation.h"
#include "treatment.h"
#include "units.h"

#define RESTART_FIRST_NS THECA_SECOND_NS
#define RESTART_LAST_NS (60 * THECA_SECOND_NS)
#define COURSES_MOST 64 /* a bench of more pumps has no course drawn for each */

/* -- from text to typed options --------------------------------------------------------------- */

/* The section being converted, for the schema's callbacks. */
struct conversion {
	struct bench *bench;
	const struct config_section *section;
};

static void *keep(void *user, const void *bytes, size_t size)
{
	return config_keep(((struct conversion *)user)->bench->config, bytes, size);
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

/* The nearest known instance name, for a hint. */
static const char *nearest_instance(const struct bench *bench, const char *wrong)
{
	const char **names = malloc((bench->instance_count + 1) * sizeof *names);
	const char *near = NULL;

	for (uint32_t i = 0; names && i < bench->instance_count; i++)
		names[i] = bench->instances[i]->name;
	if (names && bench->instance_count < 1000)
		near = schema_nearest(wrong, names, bench->instance_count);
	free(names);
	return near;
}

static uint32_t resolve(void *user, const struct theca_option *option, const char *name, char *why,
	size_t why_size)
{
	struct conversion *conversion = user;
	const struct instance *instance = bench_find(conversion->bench, name);
	const uint32_t any = THECA_REF_PUMP | THECA_REF_INSTRUMENT;

	if (!instance) {
		const char *near = nearest_instance(conversion->bench, name);
		snprintf(why, why_size, "there is no [pump %s] or [instrument %s]%s%s%s", name, name,
			near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
		return 0;
	}
	enum config_kind kind = instance->section->kind;
	uint32_t flag = kind == CONFIG_PUMP	    ? THECA_REF_PUMP
			: kind == CONFIG_INSTRUMENT ? THECA_REF_INSTRUMENT
						    : 0;
	if ((option->flags & any) && !(option->flags & flag)) {
		snprintf(why, why_size, "'%s' is a %s", name, config_kind_word(kind));
		return 0;
	}
	return instance->number;
}

static struct schema_context context_of(struct conversion *conversion)
{
	return (struct schema_context){
		.user = conversion,
		.resolve = resolve,
		.keep = keep,
		.folder = config_folder(conversion->bench->config),
	};
}

/* What a key may be: an option of the core or of the plugin. */
struct target {
	struct schema schema;
	void *into;
	uint64_t given; /* bit by option, which ones the section states */
};

static void unknown_key(struct conversion *conversion, const struct config_entry *entry,
	const struct target *targets, size_t count)
{
	const char *names[160];
	size_t n = 0;

	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < schema_count(targets[t].schema) && n < 160; i++)
			names[n++] = schema_at(targets[t].schema, i)->name;
	const char *near = schema_nearest(entry->key, names, n);
	config_error(conversion->bench->config, entry->place, conversion->section, entry->key,
		near ? "unknown key; did you mean '%s'?" : "unknown key%s", near ? near : "");
}

static void convert_entry(struct conversion *conversion, const struct config_entry *entry,
	struct target *targets, size_t count)
{
	struct schema_context context = context_of(conversion);
	char why[256];

	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < schema_count(targets[t].schema); i++) {
			const struct theca_option *option = schema_at(targets[t].schema, i);
			if (strcmp(option->name, entry->key))
				continue;
			targets[t].given |= UINT64_C(1) << (i & 63);
			if (schema_set(option, entry->value, targets[t].into, &context, why, sizeof why))
				config_error(conversion->bench->config, entry->place,
					conversion->section, entry->key, "%s", why);
			return;
		}
	unknown_key(conversion, entry, targets, count);
}

static void check_required(struct conversion *conversion, const struct target *target)
{
	for (size_t i = 0; i < schema_count(target->schema); i++) {
		const struct theca_option *option = schema_at(target->schema, i);
		if (!option->initial && !(option->flags & THECA_OPTIONAL) &&
			!(target->given & UINT64_C(1) << (i & 63)))
			config_error(conversion->bench->config, conversion->section->place,
				conversion->section, option->name, "missing, expected %s",
				units_noun(option->type));
	}
}

static void convert(struct conversion *conversion, struct target *targets, size_t count)
{
	for (size_t i = 0; i < conversion->section->count; i++)
		convert_entry(conversion, &conversion->section->entries[i], targets, count);
	for (size_t t = 0; t < count; t++)
		check_required(conversion, &targets[t]);
}

/* -- [bench] ---------------------------------------------------------------------------------- */

static void bench_error(struct bench *bench, const char *key, const char *why)
{
	const struct config_section *section = config_bench(bench->config);
	const struct config_entry *entry = config_get(section, key);

	config_error(bench->config, entry ? entry->place : section->place, section, key, "%s", why);
}

static void read_clock(struct bench *bench)
{
	struct settings *settings = &bench->settings;
	char why[256];
	int64_t begins_ns = 0;

	if (clock_parse(&bench->clock, settings->clock, why, sizeof why))
		bench_error(bench, "clock", why);
	if (settings->begins && env_parse_time(settings->begins, &begins_ns)) {
		snprintf(why, sizeof why, "found '%s', expected a time such as 2026-01-05 08:00",
			settings->begins);
		bench_error(bench, "begins", why);
	} else if (settings->begins && !bench->clock.is_virtual && bench->clock.speed == 1)
		bench_error(bench, "begins", "a real clock begins when it is started: leave this out");
	if (!settings->begins)
		env_parse_time("2026-01-01", &begins_ns);
	bench->clock.epoch_ns = begins_ns;
}

/* `quickstart` of `configs/quickstart.ini`. */
static const char *name_of_file(struct bench *bench)
{
	const char *const *paths;
	char name[64];

	if (!config_files(bench->config, &paths))
		return "bench";
	const char *base = strrchr(paths[0], '/');
	snprintf(name, sizeof name, "%s", base ? base + 1 : paths[0]);
	char *dot = strrchr(name, '.');
	if (dot)
		*dot = 0;
	return bench_intern(bench, name);
}

static void read_bench(struct bench *bench)
{
	struct conversion conversion = {bench, config_bench(bench->config)};
	struct schema_context context = context_of(&conversion);
	struct target target = {settings_bench(), &bench->settings, 0};
	char why[256];

	if (schema_defaults(target.schema, target.into, &context, why, sizeof why))
		config_error(bench->config, conversion.section->place, NULL, NULL, "%s", why);
	convert(&conversion, &target, 1);
	if (!bench->settings.name)
		bench->settings.name = name_of_file(bench);
	read_clock(bench);
}

/* -- one instance ----------------------------------------------------------------------------- */

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
	bench->instances[instance->number - 1] = instance;
	results_name(&bench->results, instance->number, instance->name);
	struct instance *other = bench_find(bench, instance->name);
	if (other)
		config_error(bench->config, section->place, section, NULL,
			"the name is taken by [%s %s] at line %d", config_kind_word(other->section->kind),
			other->name, other->section->place.line);
	else
		bench_name(bench, instance);
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
		config_error(bench->config, entry->place, section, key, "%s", why);
	else if (module->kind != kind) {
		config_error(bench->config, entry->place, section, key,
			"found '%s', which is a plugin of kind %s, expected one of kind %s", entry->value,
			module_kind_word(module->kind), module_kind_word(kind));
		return NULL;
	}
	return module;
}

/* A module's options with all initial values: parsed once, copied for each instance. */
struct defaults {
	const struct module *module;
	void *image;
	union {
		struct pump_settings pump;
		struct other_settings other;
	} core;
	struct schema schema;
};

static bool prepare_defaults(struct bench *bench, struct defaults *defaults, const struct module *module,
	const struct config_section *section)
{
	struct conversion conversion = {bench, section};
	struct schema_context context = context_of(&conversion);
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
	if (!schema_check(defaults->schema, module->plugin.config_size, settings_reserved(module->kind), why,
		    sizeof why) &&
		!schema_defaults(defaults->schema, defaults->image, &context, why, sizeof why) &&
		!schema_defaults(settings_of(module->kind), &defaults->core, &context, why, sizeof why))
		return true;
	config_error(bench->config, section->place, section, NULL, "plugin %s: %s", module->name, why);
	defaults->module = NULL;
	return false;
}

static void reject(struct instance *instance, const char *key, const char *why)
{
	const struct config_entry *entry = config_get(instance->section, key);

	config_error(instance->bench->config, entry ? entry->place : instance->section->place,
		instance->section, key, "%s", why);
}

static void set_profiles(struct instance *pump, const struct mix *mix,
	const struct theca_drug_profile *profiles[MIX_MAX])
{
	for (uint32_t i = 0; i < mix->count; i++)
		profiles[i] = bench_instance(pump->bench, mix->parts[i].drug)->profile;
}

static void read_program(struct instance *pump, const struct pump_settings *settings)
{
	struct program *program = &pump->pump->program;
	struct mix_names names = bench_drugs(pump->bench);
	struct guard_verdict verdict;
	char why[256] = "";

	program_init(program);
	if (settings->basal && program_parse_basal(program, settings->basal, &names, why, sizeof why))
		reject(pump, "basal", why);
	if (settings->patient_bolus &&
		program_parse_patient(program, settings->patient_bolus, &names, why, sizeof why))
		reject(pump, "patient bolus", why);
	if (!*why && treatment_judge(pump, program, &verdict, why, sizeof why))
		reject(pump, settings->basal ? "basal" : "patient bolus", why);
}

static void draw_course(struct instance *pump, const struct pump_settings *settings)
{
	const struct mix *mix = &pump->pump->account.mix;
	const char *drugs[MIX_MAX];

	if (pump->bench->instance_count > COURSES_MOST)
		return;
	for (uint32_t i = 0; i < mix->count; i++)
		drugs[i] = bench_instance(pump->bench, mix->parts[i].drug)->name;
	pump->pump->course = results_course(&pump->bench->results, pump->name, settings->driver,
		settings->holds, mix->count, drugs);
}

/* What the reservoir holds, and the core's signals of it: before the driver declares its own. */
static bool read_mix(struct instance *pump, const struct pump_settings *settings, struct mix *mix)
{
	struct mix_names names = bench_drugs(pump->bench);
	char why[256];

	if (mix_parse(mix, settings->holds, &names, why, sizeof why)) {
		reject(pump, "holds", why);
		return false;
	}
	int result = sampling_declare(pump, mix);
	if (result)
		reject(pump, "holds", strerror(-result));
	return !result;
}

/* The pump is there and says what it can: its account, line and program. */
static void set_up_pump(struct instance *pump, const struct pump_settings *settings, const struct mix *mix)
{
	struct pump_part *part = pump->pump;
	struct bench *bench = pump->bench;
	struct mix_names names = bench_drugs(bench);
	struct theca_pump_range range = {.size = sizeof range};
	const struct theca_drug_profile *profiles[MIX_MAX] = {0};
	char why[256];

	if (!pump->module->pump.range || pump->module->pump.range(pump->self, &range)) {
		reject(pump, "driver", "the driver does not say what the pump can do");
		return;
	}
	pump_init(&part->account, &range, 0);
	line_init(&part->line);
	part->next_change_ns = THECA_NEVER;
	pump->due.run = treatment_due;
	if (strcmp(settings->catheter, "none") && line_parse(&part->line, settings->catheter, why, sizeof why))
		reject(pump, "catheter", why);
	pump_line(&part->account, part->line.dead_volume_pl);
	part->account.plays_program = pump->module->pump.program != NULL;
	simulation_init(pump, settings);
	set_profiles(pump, mix, profiles);
	int64_t filled_pl = settings->filled_pl == THECA_NONE ? range.reservoir_pl : settings->filled_pl;
	struct guard_verdict verdict = pump_judge_fill(&part->account, mix, profiles, filled_pl);
	if (verdict.decision == GUARD_REFUSE) {
		guard_explain(&verdict, &names, why, sizeof why);
		reject(pump, verdict.limit == GUARD_RESERVOIR ? "filled" : "holds", why);
	}
	if (pump_fill(&part->account, mix, profiles, filled_pl, 0))
		reject(pump, "holds", "the fill could not be counted");
	read_program(pump, settings);
	draw_course(pump, settings);
}

/* The pump that a procedure's options name is the one it holds. */
static void find_held_pump(struct instance *procedure)
{
	struct schema schema = {procedure->module->plugin.options, procedure->module->plugin.option_size};

	for (size_t i = 0; i < schema_count(schema); i++) {
		const struct theca_option *option = schema_at(schema, i);
		if (option->type == THECA_INSTANCE && (option->flags & THECA_REF_PUMP)) {
			uint32_t number;
			memcpy(&number, (const char *)procedure->config + option->offset, sizeof number);
			procedure->procedure->pump = bench_instance(procedure->bench, number);
			return;
		}
	}
}

static bool allocate_part(struct instance *instance)
{
	switch (instance->module->kind) {
	case MODULE_PUMP: return (instance->pump = calloc(1, sizeof *instance->pump));
	case MODULE_PROCEDURE: return (instance->procedure = calloc(1, sizeof *instance->procedure));
	case MODULE_TRANSPORT: return (instance->transport = calloc(1, sizeof *instance->transport));
	case MODULE_DRUG: return (instance->profile = calloc(1, sizeof *instance->profile));
	default: return true;
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
	int result = drug->module->drug.profile(drug->self, drug->profile);
	if (result)
		reject(drug, "plugin", "the plugin gives no profile");
}

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
		config_error(instance->bench->config, instance->section->place, instance->section, NULL,
			"the plugin refuses this section: %s", strerror(-result));
	return config_errors(instance->bench->config) == before;
}

static void wake(void *user, int64_t now_ns)
{
	struct instance *instance = user;

	if (instance->state != INSTANCE_RUNNING || !instance->module->plugin.wake)
		return;
	int result = instance->module->plugin.wake(instance->self, now_ns);
	if (result)
		log_line(THECA_WARNING, "%s: wake: %s", instance->name, strerror(-result));
}

static void one_step(void *user, int64_t now_ns)
{
	struct instance *instance = user;

	schedule_set(&instance->bench->schedule, &instance->wake, THECA_NEVER);
	wake(user, now_ns);
}

static bool convert_section(struct instance *instance, struct defaults *defaults, void *core)
{
	struct conversion conversion = {instance->bench, instance->section};
	size_t before = config_errors(instance->bench->config);
	struct target targets[] = {
		{settings_of(instance->module->kind), core, 0},
		{defaults->schema, instance->config, 0},
	};
	convert(&conversion, targets, 2);
	return config_errors(instance->bench->config) == before;
}

static void create_instance(struct bench *bench, const struct config_section *section,
	struct defaults *defaults)
{
	struct instance *instance = instance_new(bench, section);
	const struct module *module = find_module(bench, section);

	if (!instance || !module || !prepare_defaults(bench, defaults, module, section))
		return;
	instance->module = module;
	instance->wake.run = one_step;
	instance->config = malloc(module->plugin.config_size + 1);
	if (!instance->config || !allocate_part(instance)) {
		config_error(bench->config, section->place, section, NULL, "out of memory");
		return;
	}
	memcpy(instance->config, defaults->image, module->plugin.config_size);
	env_random_init(&instance->random, (uint64_t)bench->settings.seed, instance->name);
	struct pump_settings pump = defaults->core.pump;
	struct other_settings other = defaults->core.other;
	bool is_pump = module->kind == MODULE_PUMP;
	bool good = convert_section(instance, defaults, is_pump ? (void *)&pump : (void *)&other);
	int64_t every_ns = is_pump ? pump.sample_every_ns : other.sample_every_ns;
	if (module->kind != MODULE_INSTRUMENT && !is_pump)
		every_ns = THECA_NONE;
	instance->sample_every_ns = every_ns == THECA_NONE ? bench->settings.sample_every_ns : every_ns;
	struct mix mix;
	if (!good || (is_pump && !read_mix(instance, &pump, &mix)) || !create(instance))
		return;
	instance->state = INSTANCE_STOPPED;
	if (is_pump)
		set_up_pump(instance, &pump, &mix);
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
	read_bench(bench);
	for (int kind = CONFIG_DRUG; kind < CONFIG_KINDS; kind++)
		for (size_t i = 0; i < count; i++)
			if ((int)sections[i].kind == kind)
				create_instance(bench, &sections[i], &defaults);
	free(defaults.image);
	return config_errors(bench->config);
}

/* -- start, stop, destroy --------------------------------------------------------------------- */

static int take_samples(void *user, const struct theca_sample *samples, size_t count)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return -EAGAIN;
	return transport->module->transport.publish(transport->self, samples, count);
}

static int take_event(void *user, const struct theca_event *event)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return -EAGAIN;
	return transport->module->transport.event(transport->self, event);
}

static int take_tick(void *user, int64_t now_ns)
{
	struct instance *transport = user;
	if (transport->state != INSTANCE_RUNNING)
		return 0;
	return transport->module->transport.tick(transport->self, now_ns);
}

static void cut_off(void *user)
{
	event_alarm(user, THECA_MEDIUM, "cut-off", "fell 1 MiB of events behind and gets nothing more");
}

static void subscribe(struct instance *transport)
{
	const struct theca_transport *operations = &transport->module->transport;
	struct bus_sink sink = {
		.user = transport,
		.samples = operations->publish ? take_samples : NULL,
		.event = operations->event ? take_event : NULL,
		.tick = operations->tick ? take_tick : NULL,
		.cut_off = cut_off,
	};
	if (!transport->transport->subscriber)
		transport->transport->subscriber = bus_subscribe(&transport->bench->bus, &sink);
}

static void start(struct instance *);

static void restart(void *user, int64_t now_ns)
{
	struct instance *instance = user;

	(void)now_ns;
	schedule_set(&instance->bench->schedule, &instance->due, THECA_NEVER);
	start(instance);
}

static void failed(struct instance *instance, int error)
{
	struct bench *bench = instance->bench;
	int64_t delay_ns = RESTART_FIRST_NS << (instance->restarts < 6 ? instance->restarts : 6);

	instance->state = INSTANCE_FAILED;
	instance->restarts++;
	event_alarm(instance, THECA_MEDIUM, "not-started", "did not start: %s", strerror(-error));
	log_line(THECA_ERROR, "%s: did not start: %s", instance->name, strerror(-error));
	if (instance_is(instance, MODULE_PUMP))
		return; /* its deadlines are its own; a pump that failed stays failed */
	if (delay_ns > RESTART_LAST_NS)
		delay_ns = RESTART_LAST_NS;
	instance->due.run = restart;
	schedule_set(&bench->schedule, &instance->due, bench->now_ns + delay_ns * bench->clock.speed);
}

static void start(struct instance *instance)
{
	const struct theca_plugin *plugin = &instance->module->plugin;
	int result = plugin->start ? plugin->start(instance->self) : 0;

	if (result) {
		failed(instance, result);
		return;
	}
	instance->state = INSTANCE_RUNNING;
	event_clear(instance->bench, instance, "not-started");
	if (instance_is(instance, MODULE_TRANSPORT))
		subscribe(instance);
	if (instance_is(instance, MODULE_PROCEDURE))
		procedure_attach(instance);
	if (instance_is(instance, MODULE_PUMP)) {
		const struct pump *account = &instance->pump->account;
		simulation_contain(instance, &account->mix, pump_reservoir_pl(account));
		command_reschedule(instance);
	}
}

void instance_start_all(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->planning)
			bench->instances[i]->state = INSTANCE_RUNNING;
		else
			start(bench->instances[i]);
}

void instance_stop_all(struct bench *bench)
{
	for (uint32_t i = bench->instance_count; i-- > 0;) {
		struct instance *instance = bench->instances[i];
		if (instance->state != INSTANCE_RUNNING)
			continue;
		instance->state = INSTANCE_STOPPING;
		int result = 0;
		if (instance->module->plugin.stop && !bench->planning)
			result = instance->module->plugin.stop(instance->self);
		if (result != -EINPROGRESS)
			instance->state = INSTANCE_STOPPED;
		if (result && result != -EINPROGRESS)
			log_line(THECA_WARNING, "%s: stop: %s", instance->name, strerror(-result));
	}
}

bool instance_all_stopped(const struct bench *bench)
{
	for (uint32_t i = 0; i < bench->instance_count; i++)
		if (bench->instances[i]->state == INSTANCE_STOPPING)
			return false;
	return true;
}

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

const char *instance_state_word(enum instance_state state)
{
	static const char *const words[] = {"created", "running", "stopping", "stopped", "failed"};
	return words[state];
}
