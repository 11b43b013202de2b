/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service for one plugin under test: it keeps what the plugin says, so that a test can look at it.
 * Time is `fake.now_ns`, set by the test. Ports are not there; a test that needs one sets
 * fake.api.port_open and its kin itself.
 */
#ifndef FAKEHOST_H
#define FAKEHOST_H

#include <stdlib.h>
#include <string.h>
#include <theca/plugin.h>

#define FAKE_MAX 4096

struct fake {
	struct theca_host host; /* first: a plugin's host pointer is a struct fake pointer */
	struct theca_host_api api;
	int64_t now_ns, wake_ns;
	uint64_t random_state;
	struct theca_signal signals[32]; /* signals[0] is not used */
	int signal_count;
	struct theca_sample latest[32];
	struct theca_sample samples[FAKE_MAX];
	size_t sample_count; /* of all reported; the array keeps the first FAKE_MAX */
	char alarm[64], cleared[64], complaint[256], last_log[256], identified[256];
	int alarms;
	uint64_t done_token;
	int done_outcome, done_count;
	struct theca_readback readback;
	int readbacks;
	struct theca_arrival arrival;
	struct theca_command asked[64];
	int ask_count;
	struct theca_verdict verdicts[64];
	char verdict_names[64][64];
	int verdict_count, chart_count, table_count, finished, stopped;
	void (*on_chart)(const struct theca_chart *);
	void (*on_table)(const struct theca_table *);
	const char *file_text; /* what theca_load() finds, whatever the name */
	int created_fd;        /* what theca_create_file() answers */
	int is_virtual;
};

static inline struct fake *fake_of(struct theca_host *host)
{
	return (struct fake *)host;
}

static void fake_log(struct theca_host *host, int level, const char *text)
{
	(void)level;
	snprintf(fake_of(host)->last_log, sizeof fake_of(host)->last_log, "%s", text);
}

static void fake_complain(struct theca_host *host, const char *option, const char *text)
{
	snprintf(fake_of(host)->complaint, sizeof fake_of(host)->complaint, "%s: %s",
		option ? option : "-", text);
}

static const char *fake_name(struct theca_host *host)
{
	(void)host;
	return "fake";
}

static int64_t fake_now(struct theca_host *host)
{
	return fake_of(host)->now_ns;
}

static uint64_t fake_random(struct theca_host *host) /* splitmix64 */
{
	uint64_t z = fake_of(host)->random_state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int fake_wake(struct theca_host *host, int64_t at_ns)
{
	fake_of(host)->wake_ns = at_ns;
	return 0;
}

static int fake_declare(struct theca_host *host, const struct theca_signal *signal)
{
	struct fake *fake = fake_of(host);
	if (fake->signal_count == 31)
		return -ENOSPC;
	fake->signals[++fake->signal_count] = *signal;
	if (!signal->unit)
		fake->signals[fake->signal_count].unit = "";
	return fake->signal_count;
}

static int fake_report(struct theca_host *host, const struct theca_sample *samples, size_t count)
{
	struct fake *fake = fake_of(host);
	for (size_t i = 0; i < count; i++) {
		struct theca_sample sample = samples[i];
		if (!sample.time_ns)
			sample.time_ns = fake->now_ns;
		if (fake->sample_count < FAKE_MAX)
			fake->samples[fake->sample_count] = sample;
		fake->sample_count++;
		fake->latest[sample.signal] = sample;
	}
	return 0;
}

static int fake_raise(struct theca_host *host, const struct theca_alarm *alarm)
{
	snprintf(fake_of(host)->alarm, sizeof fake_of(host)->alarm, "%s", alarm->code);
	fake_of(host)->alarms++;
	return 0;
}

static int fake_clear(struct theca_host *host, const char *code)
{
	snprintf(fake_of(host)->cleared, sizeof fake_of(host)->cleared, "%s", code);
	return 0;
}

static int fake_done(struct theca_host *host, uint64_t token, int outcome, const char *reason)
{
	(void)reason;
	fake_of(host)->done_token = token;
	fake_of(host)->done_outcome = outcome;
	fake_of(host)->done_count++;
	return 0;
}

static int fake_readback(struct theca_host *host, const struct theca_readback *readback)
{
	fake_of(host)->readback = *readback;
	fake_of(host)->readbacks++;
	return 0;
}

static int fake_stopped(struct theca_host *host)
{
	fake_of(host)->stopped++;
	return 0;
}

static int fake_identify(struct theca_host *host, const char *key, const char *value)
{
	snprintf(fake_of(host)->identified, sizeof fake_of(host)->identified, "%s = %s", key, value);
	return 0;
}

static int fake_load(struct theca_host *host, const char *file, const char **data, size_t *size)
{
	(void)file;
	if (!fake_of(host)->file_text)
		return -ENOENT;
	*data = fake_of(host)->file_text;
	*size = strlen(*data);
	return 0;
}

static int fake_create_file(struct theca_host *host, const char *name)
{
	(void)name;
	return fake_of(host)->created_fd;
}

static int fake_find(struct theca_host *host, uint32_t instance, const char *signal)
{
	struct fake *fake = fake_of(host);
	for (int i = 1; i <= fake->signal_count; i++)
		if (!strcmp(fake->signals[i].name, signal) &&
			(!fake->signals[i].instance || fake->signals[i].instance == instance))
			return i;
	return -ENOENT;
}

static const struct theca_signal *fake_signal(struct theca_host *host, uint32_t signal)
{
	struct fake *fake = fake_of(host);
	return signal && (int)signal <= fake->signal_count ? &fake->signals[signal] : NULL;
}

static int fake_latest(struct theca_host *host, uint32_t signal, struct theca_sample *sample)
{
	*sample = fake_of(host)->latest[signal];
	return sample->signal ? 0 : -EAGAIN;
}

static const char *fake_instance(struct theca_host *host, uint32_t instance)
{
	static const char *const names[] = {NULL, "one", "two", "three"};
	(void)host;
	return instance < 4 ? names[instance] : "other";
}

static int fake_ask(struct theca_host *host, uint32_t instance, const struct theca_command *command,
	uint64_t *token)
{
	struct fake *fake = fake_of(host);
	(void)instance;
	if (fake->ask_count < 64)
		fake->asked[fake->ask_count] = *command;
	*token = (uint64_t)++fake->ask_count;
	return 0;
}

static int fake_arrived(struct theca_host *host, uint32_t pump, struct theca_arrival *arrival)
{
	(void)pump;
	*arrival = fake_of(host)->arrival;
	return 0;
}

static int fake_verdict(struct theca_host *host, const struct theca_verdict *verdict)
{
	struct fake *fake = fake_of(host);
	if (fake->verdict_count < 64) {
		fake->verdicts[fake->verdict_count] = *verdict;
		snprintf(fake->verdict_names[fake->verdict_count], 64, "%s", verdict->name);
	}
	fake->verdict_count++;
	return 0;
}

static int fake_chart(struct theca_host *host, const struct theca_chart *chart)
{
	fake_of(host)->chart_count++;
	if (fake_of(host)->on_chart)
		fake_of(host)->on_chart(chart);
	return 0;
}

static int fake_rows(struct theca_host *host, const struct theca_table *table)
{
	fake_of(host)->table_count++;
	if (fake_of(host)->on_table)
		fake_of(host)->on_table(table);
	return 0;
}

static int fake_finish(struct theca_host *host)
{
	fake_of(host)->finished++;
	return 0;
}

/* In base units, whatever the signal's unit; choices by name. */
static size_t fake_format(struct theca_host *host, uint32_t signal, int64_t value, char *out)
{
	const struct theca_signal *info = fake_signal(host, signal);
	char text[THECA_FORMAT_MAX + 1];
	if (!info)
		return 0;
	int length = info->dimension == THECA_CHOICE
			     ? snprintf(text, sizeof text, "%s", info->states[value])
			     : snprintf(text, sizeof text, "%lld", (long long)value);
	memcpy(out, text, (size_t)length);
	return (size_t)length;
}

/* As if the bench began on 2026-01-05 and its first day never ended. */
static size_t fake_format_time(struct theca_host *host, int64_t at_ns, unsigned digits, char *out)
{
	(void)host;
	long long second = at_ns / THECA_SECOND_NS, rest = at_ns % THECA_SECOND_NS;
	char fraction[12];
	snprintf(fraction, sizeof fraction, ".%09lld", rest);
	return (size_t)snprintf(out, 32, "2026-01-05T%02lld:%02lld:%02lld%.*sZ", second / 3600 % 100,
		second / 60 % 60, second % 60, digits ? (int)digits + 1 : 0, fraction);
}

static int fake_is_virtual(struct theca_host *host)
{
	return fake_of(host)->is_virtual;
}

static const struct theca_host_api fake_api = {
	.size = sizeof fake_api, .log = fake_log, .complain = fake_complain, .name = fake_name,
	.now = fake_now, .random = fake_random, .wake = fake_wake, .declare = fake_declare,
	.report = fake_report, .raise = fake_raise, .clear = fake_clear, .done = fake_done,
	.readback = fake_readback, .stopped = fake_stopped, .identify = fake_identify,
	.load = fake_load, .create_file = fake_create_file, .find = fake_find,
	.signal = fake_signal, .latest = fake_latest, .instance = fake_instance, .ask = fake_ask,
	.arrived = fake_arrived, .verdict = fake_verdict, .chart = fake_chart, .rows = fake_rows,
	.finish = fake_finish, .format = fake_format, .format_time = fake_format_time,
	.is_virtual = fake_is_virtual,
};

static inline void fake_init(struct fake *fake)
{
	*fake = (struct fake){.api = fake_api, .random_state = 1};
	fake->host.api = &fake->api;
}

#endif
