/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/adopt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the first release had, and nothing between fields: sizes are whole pointers. */
enum { FIRST_SIZE = offsetof(struct theca_plugin, version), FIRST_TABLE_SIZE = 2 * sizeof(void *) };

static bool pump_complete(const struct module *module)
{
	const struct theca_pump *pump = &module->pump;
	return pump->range && (pump->set_rate || pump->refill);
}

static bool drug_complete(const struct module *module)
{
	return module->drug.profile;
}

static bool transport_complete(const struct module *module)
{
	const struct theca_transport *transport = &module->transport;
	return transport->publish || transport->event || transport->tick || module->plugin.start;
}

static bool instrument_complete(const struct module *module)
{
	return module->instrument.poll;
}

static bool procedure_complete(const struct module *module)
{
	return module->procedure.begin;
}

/* The kinds: where their table stands in a plugin, where our copy is, what it must hold. */
#define KIND(kind)                                                                                 \
#kind, offsetof(struct theca_plugin, kind), offsetof(struct module, kind),                 \
		sizeof(struct theca_##kind), kind##_complete
static const struct kind {
	const char *word;
	size_t pointer, copy, size;
	bool (*complete)(const struct module *);
	const char *needs;
} kinds[MODULE_KINDS] = {
	[MODULE_PUMP] = {KIND(pump), "range, and set_rate or refill"},
	[MODULE_DRUG] = {KIND(drug), "profile"},
	[MODULE_TRANSPORT] = {KIND(transport), "publish, event, tick or start"},
	[MODULE_INSTRUMENT] = {KIND(instrument), "poll"},
	[MODULE_PROCEDURE] = {KIND(procedure), "begin"},
};

struct reason {
	char *text;
	size_t size;
};

const char *module_kind_word(enum module_kind kind)
{
	return (unsigned)kind < MODULE_KINDS ? kinds[kind].word : "unknown";
}

__attribute__((format(printf, 2, 3))) static int refuse(struct reason why, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why.text, why.size, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

bool adopt_size_is_good(uint32_t size)
{
	return size >= FIRST_SIZE && size % sizeof(void *) == 0;
}

/* Each table begins with its size. Copies the smaller of both; what theirs does not have is zero.
 */
static int copy_table(
	void *ours, size_t our_size, const void *theirs, const char *what, struct reason why)
{
	uint32_t their_size;
	memcpy(&their_size, theirs, sizeof their_size);
	if (their_size < FIRST_TABLE_SIZE || their_size % sizeof(void *))
		return refuse(why, "its %s states a size of %u", what, their_size);
	memset(ours, 0, our_size);
	memcpy(ours, theirs, their_size < our_size ? their_size : our_size);
	return 0;
}

static const void *table_of(const struct theca_plugin *plugin, const struct kind *kind)
{
	const void *table;
	memcpy(&table, (const char *)plugin + kind->pointer, sizeof table);
	return table;
}

static int take_simulation(struct module *module, struct reason why)
{
	struct theca_simulation *own = &module->simulation;
	if (!module->pump.simulation)
		return 0;
	int error = copy_table(own, sizeof *own, module->pump.simulation, "simulation", why);
	if (error)
		return error;
	module->pump.simulation = own;
	if (!own->contain || !own->next_event || !own->advance)
		return refuse(why, "a simulation needs contain, next_event and advance");
	return 0;
}

static int take_kind(struct module *module, enum module_kind index, struct reason why)
{
	const struct kind *kind = &kinds[index];
	void *copy = (char *)module + kind->copy;
	int error = copy_table(copy, kind->size, table_of(&module->plugin, kind), kind->word, why);
	if (error)
		return error;
	memcpy((char *)&module->plugin + kind->pointer, &copy, sizeof copy);
	module->kind = index;
	if (!kind->complete(module))
		return refuse(why, "a plugin of kind %s needs %s", kind->word, kind->needs);
	return index == MODULE_PUMP ? take_simulation(module, why) : 0;
}

static int take_the_one_kind(struct module *module, struct reason why)
{
	int found = -1;
	for (int i = 0; i < MODULE_KINDS; i++) {
		if (!table_of(&module->plugin, &kinds[i]))
			continue;
		if (found >= 0)
			return refuse(why, "is of kind %s and of kind %s, a plugin is of one",
				kinds[found].word, kinds[i].word);
		found = i;
	}
	if (found < 0)
		return refuse(why, "is of no kind: pump, drug, transport, instrument or procedure");
	return take_kind(module, (enum module_kind)found, why);
}

static int check_plugin(const struct module *module, struct reason why)
{
	const struct theca_plugin *plugin = &module->plugin;
	if (!plugin->name || strcmp(plugin->name, module->name))
		return refuse(why, "calls itself '%.64s', not '%s'",
			plugin->name ? plugin->name : "", module->name);
	if (!plugin->version || !plugin->summary)
		return refuse(why, "states no %s", plugin->version ? "summary" : "version");
	if (plugin->options && (plugin->option_size < sizeof(struct theca_option) ||
				       plugin->option_size % sizeof(void *)))
		return refuse(why, "has options of %u bytes each, expected at least %zu",
			plugin->option_size, sizeof(struct theca_option));
	return 0;
}

int adopt(struct module *module, const struct theca_plugin *theirs, char *text, size_t text_size)
{
	struct reason why = {text, text_size};
	int error =
		copy_table(&module->plugin, sizeof module->plugin, theirs, "theca_plugin_v1", why);
	if (!error)
		error = check_plugin(module, why);
	return error ? error : take_the_one_kind(module, why);
}
