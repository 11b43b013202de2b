/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples as CSV in the run's folder: a row is what one instance said at one time. Which sample
 * goes to which column of which file is worked out once per signal; a sample costs a look into an
 * array and its digits, a system call comes only with many rows.
 */
#include "sheet.h"
#include <stdlib.h>
#include <string.h>
#include <theca/plugin.h>

#define FLUSH_EVERY_NS THECA_SECOND_NS
#define ALARM "file-not-written"

enum layout { FILE_PER_INSTANCE, ONE_FILE };
static const char *const layouts[] = {"file per instance", "one file", NULL};
static const size_t buffer_sizes[] = {[FILE_PER_INSTANCE] = 8192, [ONE_FILE] = 262144};

struct config {
	int32_t layout, quality;
	const char *file;
};

static const struct theca_option options[] = {
	{.name = "layout",
		.type = THECA_CHOICE,
		.offset = offsetof(struct config, layout),
		.initial = "file per instance",
		.choices = layouts,
		.help = "A file for each instance, or one with a column that names the instance."},
	{.name = "file",
		.type = THECA_TEXT,
		.offset = offsetof(struct config, file),
		.initial = "samples",
		.help = "Beginning of the file names, in the run's folder."},
	{.name = "quality",
		.type = THECA_FLAG,
		.offset = offsetof(struct config, quality),
		.initial = "no",
		.help = "Adds a column with the worst quality of the row: good, stale or invalid."},
	{0},
};

/* Where a signal goes. */
struct slot {
	struct sheet *sheet;
	uint32_t instance, column;
};

struct csv {
	struct theca_host *host;
	const struct config *config;
	struct slot *slots; /* by number of the signal */
	uint32_t slot_count, slot_room;
	struct sheet **sheets;
	size_t sheet_count, sheet_room;
	struct sheet *open; /* gathers a row of `instance` at `time_ns`; NULL: none does */
	uint32_t instance;
	int64_t time_ns;
	int64_t stamped_ns; /* the time that `stamp` says */
	char stamp[64];
	size_t stamp_length;
	bool waking, failing;
	uint64_t lost; /* samples, while failing */
};

/* -- which signal goes where ------------------------------------------------------------------ */

/* Signals of an instance mostly follow each other, so its sheet is mostly the last one. */
static struct sheet *find_sheet(const struct csv *self, uint32_t instance)
{
	for (size_t i = self->sheet_count; i--;)
		if (self->sheets[i]->instance == instance)
			return self->sheets[i];
	return NULL;
}

static struct sheet *add_sheet(struct csv *self, uint32_t instance)
{
	int32_t layout = self->config->layout;
	const struct sheet_style style = {.instance = layout == ONE_FILE,
		.quality = self->config->quality,
		.buffer_size = buffer_sizes[layout]};
	char base[128];
	if (self->sheet_count == self->sheet_room) {
		size_t room = self->sheet_room ? 2 * self->sheet_room : 16;
		void *sheets = realloc(self->sheets, room * sizeof *self->sheets);
		if (!sheets)
			return NULL;
		self->sheets = sheets;
		self->sheet_room = room;
	}
	struct sheet *sheet = malloc(sizeof *sheet);
	if (!sheet)
		return NULL;
	snprintf(base, sizeof base, "%s%s%s", self->config->file, instance ? "-" : "",
		instance ? theca_instance(self->host, instance) : "");
	sheet_init(sheet, self->host, base, &style);
	sheet->instance = instance;
	return self->sheets[self->sheet_count++] = sheet;
}

static int place_signal(struct csv *self, const struct theca_signal *signal, struct slot *slot)
{
	uint32_t owner = self->config->layout == ONE_FILE ? 0 : signal->instance;
	struct sheet *sheet = find_sheet(self, owner);
	if (!sheet)
		sheet = add_sheet(self, owner);
	int column = sheet ? sheet_column(sheet, signal) : -ENOMEM;
	if (column < 0)
		return column;
	*slot = (struct slot){sheet, signal->instance, (uint32_t)column};
	return 0;
}

static int make_slots(struct csv *self, uint32_t count)
{
	uint32_t room = self->slot_room ? self->slot_room : 256;
	while (room < count)
		room *= 2;
	if (room == self->slot_room)
		return 0;
	struct slot *slots = realloc(self->slots, room * sizeof *slots);
	if (!slots)
		return -ENOMEM;
	self->slots = slots;
	self->slot_room = room;
	return 0;
}

/* All signals that there are by now get their place, so that headers are complete. */
static void place_signals(struct csv *self)
{
	const struct theca_signal *signal;
	uint32_t next = self->slot_count ? self->slot_count : 1; /* there is no signal 0 */
	for (; (signal = theca_signal(self->host, next)); next++) {
		if (make_slots(self, next + 1) || place_signal(self, signal, &self->slots[next]))
			break;
		self->slot_count = next + 1;
	}
}

/* -- rows ------------------------------------------------------------------------------------- */

static size_t put_elapsed(int64_t at_ns, char *out)
{
	char digits[24], *end = digits + sizeof digits, *from = end;
	uint64_t rest = (uint64_t)(at_ns < 0 ? -at_ns : at_ns) / 1000000;
	for (int i = 0; rest || i < 4; i++, rest /= 10) {
		if (i == 3)
			*--from = '.';
		*--from = (char)('0' + rest % 10);
	}
	if (at_ns < 0)
		*--from = '-';
	memcpy(out, from, (size_t)(end - from));
	return (size_t)(end - from);
}

static void stamp(struct csv *self, int64_t at_ns)
{
	if (self->stamp_length && at_ns == self->stamped_ns)
		return;
	size_t length = theca_format_time(self->host, at_ns, 3, self->stamp);
	self->stamp[length++] = ',';
	self->stamp_length = length + put_elapsed(at_ns, self->stamp + length);
	self->stamped_ns = at_ns;
}

static void tell_trouble(struct csv *self, const struct sheet *sheet, int error)
{
	char text[256];
	if (self->failing)
		return;
	self->failing = true;
	snprintf(
		text, sizeof text, "%s: %s; samples are being lost", sheet->file, strerror(-error));
	theca_log(self->host, THECA_ERROR, "%s", text);
	theca_raise(self->host, &(struct theca_alarm){.size = sizeof(struct theca_alarm),
					.priority = THECA_MEDIUM,
					.code = ALARM,
					.text = text});
}

static void end_row(struct csv *self)
{
	struct sheet *sheet = self->open;
	if (!sheet)
		return;
	stamp(self, self->time_ns);
	int failure = sheet_end_row(sheet, self->stamp, self->stamp_length,
		sheet->style.instance ? theca_instance(self->host, self->instance) : "");
	self->open = NULL;
	if (failure)
		tell_trouble(self, sheet, failure);
}

static void take(struct csv *self, const struct theca_sample *sample)
{
	const struct slot *slot = &self->slots[sample->signal];
	struct sheet *sheet = slot->sheet;
	if (sheet != self->open || slot->instance != self->instance ||
		sample->time_ns != self->time_ns || sheet_has(sheet, slot->column)) {
		end_row(self);
		self->open = sheet;
		self->instance = slot->instance;
		self->time_ns = sample->time_ns;
	}
	sheet_put(sheet, slot->column, sample);
}

static int publish(void *data, const struct theca_sample *samples, size_t count)
{
	struct csv *self = data;
	for (size_t i = 0; i < count; i++) {
		if (samples[i].signal >= self->slot_count) {
			end_row(self);
			place_signals(self);
		}
		if (samples[i].signal < self->slot_count)
			take(self, &samples[i]);
		else
			self->lost++; /* no memory for its column */
	}
	return (int)count;
}

/* -- files ------------------------------------------------------------------------------------ */

static void tell_end_of_trouble(struct csv *self)
{
	self->failing = false;
	theca_log(self->host, THECA_WARNING, "is written again; %llu samples were lost",
		(unsigned long long)self->lost);
	theca_clear(self->host, ALARM);
	self->lost = 0;
}

static void flush(struct csv *self)
{
	bool failed = false;
	end_row(self);
	for (size_t i = 0; i < self->sheet_count; i++) {
		struct sheet *sheet = self->sheets[i];
		int failure = sheet_flush(sheet);
		self->lost += sheet->lost;
		sheet->lost = 0;
		if (failure)
			tell_trouble(self, sheet, failure);
		failed |= failure != 0;
	}
	if (self->failing && !failed)
		tell_end_of_trouble(self);
}

/* On a real clock everything is in its file a second later, however many files; on a virtual one
 * only full buffers and the end write. */
static int tick(void *data, int64_t now_ns)
{
	struct csv *self = data;
	end_row(self);
	if (self->failing)
		flush(self);
	if (!self->waking && !theca_is_virtual(self->host)) {
		self->waking = true;
		theca_wake(self->host, now_ns + FLUSH_EVERY_NS);
	}
	return 0;
}

static int wake(void *data, int64_t now_ns)
{
	struct csv *self = data;
	(void)now_ns;
	self->waking = false;
	flush(self);
	return 0;
}

/* -- life ------------------------------------------------------------------------------------- */

static int check(struct theca_host *host, const void *data)
{
	const struct config *config = data;
	size_t length = strlen(config->file);
	if (length && length <= 64 && config->file[0] != '.' && !strchr(config->file, '/'))
		return 0;
	theca_complain(
		host, "file", "is a name of 1 to 64 bytes without `/`, not beginning with a point");
	return -EINVAL;
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct csv *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	*result = self;
	return 0;
}

static void forget(struct csv *self)
{
	for (size_t i = 0; i < self->sheet_count; i++) {
		sheet_finish(self->sheets[i]);
		free(self->sheets[i]);
	}
	free(self->sheets);
	free(self->slots);
	*self = (struct csv){.host = self->host, .config = self->config};
}

static int stop(void *data)
{
	struct csv *self = data;
	flush(self);
	if (self->failing)
		theca_log(self->host, THECA_ERROR, "%llu samples were lost",
			(unsigned long long)self->lost);
	forget(self);
	return 0;
}

static void destroy(void *data)
{
	if (data)
		forget(data);
	free(data);
}

static const struct theca_transport transport = {
	.size = sizeof transport, .publish = publish, .tick = tick};

THECA_PLUGIN(.name = "csv", .version = "1",
	.summary = "Writes samples to CSV files in the run's folder.", .options = options,
	.config_size = sizeof(struct config), .check = check, .create = create, .stop = stop,
	.destroy = destroy, .wake = wake, .transport = &transport);
