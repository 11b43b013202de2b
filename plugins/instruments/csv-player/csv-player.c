/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded series as an instrument: what somebody weighed elsewhere goes through the same
 * procedures and reports as what this bench weighs. Reading the file is in series.c.
 */
#include "series.h"
#include <stdlib.h>
#include <string.h>
#include <theca/plugin.h>

#define BATCH 64

struct config {
	const char *file, *time_column, *value_column;
	int32_t time_unit, value_unit;
	int64_t begins_ns;
};

static const char *const time_units[] = {"ms", "s", "min", "h", "d", "ISO", NULL};
static const int64_t time_units_ns[] = {
	1000000, THECA_SECOND_NS, THECA_MINUTE_NS, THECA_HOUR_NS, THECA_DAY_NS, 0};
static const char *const value_units[] = {"ug", "mg", "g", "kg", NULL};
static const int64_t value_units_pg[] = {
	INT64_C(1000000), INT64_C(1000000000), INT64_C(1000000000000), INT64_C(1000000000000000)};

static const struct theca_option options[] = {
	{.name = "file",
		.type = THECA_FILE,
		.offset = offsetof(struct config, file),
		.help = "The recorded series; separators `;`, tab, `,` or blanks."},
	{.name = "time column",
		.type = THECA_TEXT,
		.offset = offsetof(struct config, time_column),
		.initial = "1",
		.help = "Name in the header line, or number from 1."},
	{.name = "value column",
		.type = THECA_TEXT,
		.offset = offsetof(struct config, value_column),
		.initial = "2",
		.help = "Name in the header line, or number from 1."},
	{.name = "time unit",
		.type = THECA_CHOICE,
		.offset = offsetof(struct config, time_unit),
		.initial = "s",
		.choices = time_units,
		.help = "Of the numbers in the time column; ISO: dates with times, counted from "
			"the "
			"first row."},
	{.name = "value unit",
		.type = THECA_CHOICE,
		.offset = offsetof(struct config, value_unit),
		.initial = "g",
		.choices = value_units,
		.help = "Of the numbers in the value column."},
	{.name = "begins",
		.type = THECA_DURATION,
		.offset = offsetof(struct config, begins_ns),
		.initial = "0 s",
		.help = "The bench time of the file's time 0."},
	{0},
};

struct player {
	struct theca_host *host;
	const struct config *config;
	struct series series;
	size_t next; /* row */
	uint32_t mass;
	bool started, ended;
};

/* -- the file --------------------------------------------------------------------------------- */

static int read_file(struct theca_host *host, const struct config *config, struct series *series)
{
	const struct series_format format = {.time_column = config->time_column,
		.value_column = config->value_column,
		.time_unit_ns = time_units_ns[config->time_unit],
		.value_unit = value_units_pg[config->value_unit]};
	struct series_error error;
	const char *text;
	size_t size;
	int failure = theca_load(host, config->file, &text, &size);
	if (failure) {
		theca_complain(host, "file", "%s: can not be read: %s", config->file,
			strerror(-failure));
		return failure;
	}
	failure = series_parse(series, text, size, &format, &error);
	if (failure == -EINVAL && error.line)
		theca_complain(host, "file", "%s:%zu: %s", config->file, error.line, error.why);
	else if (failure == -EINVAL)
		theca_complain(host, "file", "%s: %s", config->file, error.why);
	return failure;
}

/* Every row gets a bench time that is not before the bench's epoch. */
static int place(struct theca_host *host, const struct config *config, struct series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		int64_t *time_ns = &series->rows[i].time_ns;
		if (!__builtin_add_overflow(*time_ns, config->begins_ns, time_ns) &&
			*time_ns >= 0) {
			*time_ns += !*time_ns; /* a sample's time 0 would mean now */
			continue;
		}
		theca_complain(host, "begins", "row %zu of %s is before the bench's time 0", i + 1,
			config->file);
		return -EINVAL;
	}
	return 0;
}

static int load_series(struct theca_host *host, const struct config *config, struct series *series)
{
	int failure = read_file(host, config, series);
	if (failure)
		return failure;
	failure = place(host, config, series);
	if (failure)
		series_finish(series);
	return failure;
}

static int check(struct theca_host *host, const void *config)
{
	struct series series;
	int failure = load_series(host, config, &series);
	if (!failure)
		series_finish(&series);
	return failure;
}

/* -- life ------------------------------------------------------------------------------------- */

/* A value is good until well after the next row should have come. */
static int64_t max_age_ns(const struct series *series)
{
	int64_t longest_ns = THECA_SECOND_NS;
	for (size_t i = 1; i < series->count; i++) {
		int64_t gap_ns = series->rows[i].time_ns - series->rows[i - 1].time_ns;
		if (gap_ns > longest_ns)
			longest_ns = gap_ns;
	}
	return longest_ns < INT64_MAX / 4 ? 2 * longest_ns : longest_ns;
}

static void destroy(void *data)
{
	struct player *self = data;
	if (self)
		series_finish(&self->series);
	free(self);
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct player *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	int number = load_series(host, self->config, &self->series);
	if (!number) {
		const struct theca_signal mass = {.size = sizeof mass,
			.name = "mass",
			.dimension = THECA_MASS,
			.unit = "mg",
			.decimals = 4,
			.max_age_ns = max_age_ns(&self->series)};
		number = theca_declare(host, &mass);
	}
	if (number < 0) {
		destroy(self);
		return number;
	}
	self->mass = (uint32_t)number;
	theca_identify(host, "recorded in", self->config->file);
	*result = self;
	return 0;
}

/* A service that was away does not play again what went by a minute and more before it came. */
static int start(void *data)
{
	struct player *self = data;
	int64_t since_ns = theca_now(self->host) - THECA_MINUTE_NS;
	while (!self->started && self->next < self->series.count &&
		self->series.rows[self->next].time_ns < since_ns)
		self->next++;
	self->started = true;
	return 0;
}

static int end(struct player *self, int64_t now_ns)
{
	const struct theca_sample last = {.time_ns = now_ns,
		.signal = self->mass,
		.value = self->series.rows[self->series.count - 1].value,
		.quality = THECA_STALE};
	self->ended = true;
	theca_log(self->host, THECA_INFO, "the recorded series has ended");
	return theca_report(self->host, &last, 1);
}

static int poll_rows(void *data, int64_t now_ns)
{
	struct player *self = data;
	const struct series *series = &self->series;
	struct theca_sample batch[BATCH];
	if (self->next == series->count)
		return self->ended ? 0 : end(self, now_ns);
	while (self->next < series->count && series->rows[self->next].time_ns <= now_ns) {
		size_t count = 0;
		for (; count < BATCH && self->next < series->count &&
			series->rows[self->next].time_ns <= now_ns;
			self->next++)
			batch[count++] = (struct theca_sample){.signal = self->mass,
				.time_ns = series->rows[self->next].time_ns,
				.value = series->rows[self->next].value};
		int failure = theca_report(self->host, batch, count);
		if (failure)
			return failure;
	}
	return 0;
}

static const struct theca_instrument instrument = {.size = sizeof instrument, .poll = poll_rows};

THECA_PLUGIN(.name = "csv-player", .version = "1",
	.summary = "Plays a recorded series of masses as an instrument.", .options = options,
	.config_size = sizeof(struct config), .check = check, .create = create, .start = start,
	.destroy = destroy, .instrument = &instrument);
