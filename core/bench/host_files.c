/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/host_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/bench.h"
#include "base/env.h"
#include "bench/run.h"
#include "config/schema.h"

#define FILE_MAX (64u << 20)

static struct instance *self_of(struct theca_host *host)
{
	return (struct instance *)host;
}

/* Beside the bench file, else where the service's own data are. */
static char *find_file(struct instance *instance, const char *file, size_t *size)
{
	char path[1024];
	const char *folder = config_folder(instance->bench->config);

	snprintf(path, sizeof path, "%s/%s", folder, file);
	char *text = file[0] == '/' ? NULL : env_read_file(path, FILE_MAX, size);
	if (!text) /* absolute, or the value of a THECA_FILE option, which has the folder in it */
		text = env_read_file(file, FILE_MAX, size);
	if (text || errno != ENOENT || file[0] == '/')
		return text;
	snprintf(path, sizeof path, "%s/%s", CONFIGDIR, file);
	return env_read_file(path, FILE_MAX, size);
}

int host_load(struct theca_host *host, const char *file, const char **data, size_t *size)
{
	struct instance *instance = self_of(host);
	char *text = find_file(instance, file, size);

	if (!text)
		return -errno;
	*data = config_keep(instance->bench->config, text, *size + 1);
	free(text);
	return *data ? 0 : -ENOMEM;
}

/* One section of a data file, as it is read. */
struct table_reader {
	struct instance *instance;
	const char *section;
	struct schema schema;
	void *into;
	bool found;
	int errors;
};

static void *keep(void *user, const void *bytes, size_t size)
{
	return config_keep(user, bytes, size);
}

static void table_error(void *user, struct ini_place place, const char *text)
{
	struct table_reader *reader = user;
	config_error(reader->instance->bench->config, place, NULL, NULL, "%s", text);
	reader->errors++;
}

static void table_entry(void *user, const struct ini_entry *entry)
{
	struct table_reader *reader = user;
	struct config *config = reader->instance->bench->config;
	struct schema_context context = {.user = config, .keep = keep, .folder = config_folder(config)};
	char why[256];

	if (!entry->section || strcmp(entry->section, reader->section))
		return;
	reader->found = true;
	if (!entry->key)
		return;
	const struct theca_option *option = schema_find(reader->schema, entry->key);
	if (!option)
		snprintf(why, sizeof why, "[%s] %s: unknown key", entry->section, entry->key);
	else if (schema_set(option, entry->value, reader->into, &context, why, sizeof why)) {
		char reason[256];
		snprintf(reason, sizeof reason, "%s", why);
		snprintf(why, sizeof why, "[%s] %s: %.180s", entry->section, entry->key, reason);
	} else
		return;
	table_error(reader, entry->place, why);
}

int host_table(struct theca_host *host, const char *file, const char *section,
	const struct theca_option *options, size_t option_size, void *into)
{
	struct instance *instance = self_of(host);
	struct config *config = instance->bench->config;
	struct table_reader reader = {
		.instance = instance,
		.section = section,
		.schema = {options, option_size},
		.into = into,
	};
	struct schema_context context = {.user = config, .keep = keep, .folder = config_folder(config)};
	const struct ini_handler handler = {&reader, table_entry, table_error};
	char why[256];
	size_t size;
	char *text = find_file(instance, file, &size);

	if (!text && errno != ENOENT)
		return -errno;
	if (!text) { /* -ENOENT would say that there is no such section */
		theca_complain(host, "file", "found no %s beside the bench file nor in " CONFIGDIR, file);
		return -EINVAL;
	}
	const char *kept_name = config_keep(config, file, strlen(file) + 1);
	int result = schema_defaults(reader.schema, into, &context, why, sizeof why);
	if (!result)
		ini_read(kept_name, text, size, &handler);
	free(text);
	if (result || reader.errors)
		return -EINVAL;
	return reader.found ? 0 : -ENOENT;
}

int host_create_file(struct theca_host *host, const char *name)
{
	struct bench *bench = self_of(host)->bench;
	return bench->run ? run_create_file(bench->run, name) : -ENOTSUP;
}
