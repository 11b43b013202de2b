/* SPDX-License-Identifier: Apache-2.0 */
/* A transport to begin with: each sample is a line of `lines.txt` in the run's folder. */
#include <stdlib.h>
#include <theca/plugin.h>
#include <unistd.h>

struct lines {
	struct theca_host *host;
	int file;
};

static int create(struct theca_host *host, const void *config, void **self)
{
	struct lines *lines = calloc(1, sizeof *lines);

	(void)config;
	if (!lines)
		return -ENOMEM;
	*lines = (struct lines){.host = host, .file = -1};
	*self = lines;
	return 0;
}

static int start(void *self)
{
	struct lines *lines = self;

	lines->file = theca_create_file(lines->host, "lines.txt");
	return lines->file < 0 ? lines->file : 0;
}

static int stop(void *self)
{
	close(((struct lines *)self)->file);
	return 0;
}

static int publish(void *self, const struct theca_sample *samples, size_t count)
{
	struct lines *lines = self;

	for (size_t i = 0; i < count; i++) {
		const struct theca_signal *signal = theca_signal(lines->host, samples[i].signal);
		dprintf(lines->file, "%lld %s.%s %lld\n", (long long)(samples[i].time_ns / THECA_SECOND_NS),
			theca_instance(lines->host, signal->instance), signal->name,
			(long long)samples[i].value);
	}
	return (int)count;
}

static const struct theca_transport transport = {.size = sizeof transport, .publish = publish};

THECA_PLUGIN(.name = "lines", .version = "1", .summary = "A transport to begin with.", .create = create,
	.start = start, .stop = stop, .destroy = free, .transport = &transport);
