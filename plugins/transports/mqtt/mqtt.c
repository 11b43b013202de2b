/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples and events to an MQTT 5 broker. A message is what one instance said at one time (or a
 * group of instances), as each message costs a broker more than the samples in it. Nothing here
 * waits: what the broker does not take now is in bounded queues, and what they do not hold is
 * counted.
 */
#include <mosquitto.h>
#include <stdlib.h>
#include <theca/plugin.h>
#include "broker.h"
#include "gather.h"
#include "outbox.h"

#define EVENTS_MAX 4096 /* that wait */
#define ALARM "broker-away"
#define ALARM_AFTER 5 /* attempts: about two seconds */

struct config {
	const char *host, *ca_file, *certificate, *key, *username, *password, *client_id, *topic;
	int64_t port, group, queue, keep_alive_ns;
	int32_t tls, qos, retain;
};

static const char *const qualities_of_service[] = {"0", "1", NULL};

#define AT(field) .offset = offsetof(struct config, field)

static const struct theca_option options[] = {
	{.name = "host",
		.type = THECA_TEXT,
		AT(host),
		.initial = "localhost",
		.help = "The broker's name or address."},
	{.name = "port",
		.type = THECA_COUNT,
		.flags = THECA_OPTIONAL,
		AT(port),
		.min = "1",
		.max = "65535",
		.help = "Its port; not stated: 1883, with TLS 8883."},
	{.name = "tls",
		.type = THECA_FLAG,
		AT(tls),
		.initial = "no",
		.help = "Encrypts, and checks the broker's certificate and name; TLS 1.2 at "
			"least."},
	{.name = "ca file",
		.type = THECA_FILE,
		.flags = THECA_OPTIONAL,
		AT(ca_file),
		.help = "Certificates to trust, PEM; not stated: the system's."},
	{.name = "certificate",
		.type = THECA_FILE,
		.flags = THECA_OPTIONAL,
		AT(certificate),
		.help = "The bench's own certificate, PEM."},
	{.name = "key",
		.type = THECA_FILE,
		.flags = THECA_OPTIONAL,
		AT(key),
		.help = "The key of that certificate, PEM, without a passphrase."},
	{.name = "username",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		AT(username),
		.help = "As whom to connect."},
	{.name = "password",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL | THECA_SECRET,
		AT(password),
		.help = "The password of that user."},
	{.name = "client id",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		AT(client_id),
		.help = "The name at the broker, which no other client may have; not stated: the "
			"broker gives one."},
	{.name = "topic",
		.type = THECA_TEXT,
		AT(topic),
		.initial = "theca",
		.help = "What all topics begin with; benches that share a broker need different "
			"ones."},
	{.name = "qos",
		.type = THECA_CHOICE,
		AT(qos),
		.initial = "0",
		.choices = qualities_of_service,
		.help = "Of samples: 0 may lose some with the connection, 1 may repeat some. "
			"Events "
			"always go with 1."},
	{.name = "keep alive",
		.type = THECA_DURATION,
		AT(keep_alive_ns),
		.initial = "30 s",
		.min = "5 s",
		.max = "1 h",
		.help = "A broker that is silent for longer is given up."},
	{.name = "group",
		.type = THECA_COUNT,
		AT(group),
		.initial = "1",
		.min = "1",
		.max = "1000",
		.help = "Instances a message; more than 1 changes topics and messages."},
	{.name = "queue",
		.type = THECA_COUNT,
		AT(queue),
		.initial = "10000",
		.min = "1",
		.max = "1000000",
		.help = "Messages that wait while the broker is away; then the oldest is dropped."},
	{.name = "retain",
		.type = THECA_FLAG,
		AT(retain),
		.initial = "yes",
		.help = "The broker keeps status and units for who subscribes later."},
	{0},
};

struct mqtt {
	struct theca_host *host;
	const struct config *config;
	struct broker *broker; /* NULL: not started */
	struct gather gather;
	struct outbox samples, events;
	struct text topic, text;
	char status_topic[128], events_topic[128];
	uint32_t announcing; /* instance whose units are to be said next */
	bool away, alarmed;
	char why[160]; /* said last */
	uint64_t lost_samples, lost_events;
};

/* -- out -------------------------------------------------------------------------------------- */

/* Units of all instances, as far as the broker takes them. false: not all yet. */
static bool announce(struct mqtt *self)
{
	for (; self->announcing < self->gather.station_count; self->announcing++) {
		if (!gather_signals(&self->gather, self->announcing, &self->topic, &self->text))
			continue;
		if (broker_publish(self->broker, self->topic.bytes, self->text.bytes,
			    self->text.length, 0, self->config->retain) == -EAGAIN)
			return false;
	}
	return true;
}

/* A message that the broker never takes: larger than it allows. */
static void lose_samples(struct mqtt *self, uint32_t samples)
{
	if (!self->lost_samples)
		theca_log(self->host, THECA_ERROR,
			"the broker does not take messages of this size; a smaller group may help");
	self->lost_samples += samples;
}

static void empty(struct mqtt *self, struct outbox *box, int qos)
{
	const struct outbox_message *message;
	while ((message = outbox_front(box))) {
		int result = broker_publish(self->broker, message->topic, message->payload,
			message->length, qos, false);
		if (result == -EAGAIN)
			return;
		if (result)
			lose_samples(self, message->samples);
		outbox_pop(box);
	}
}

/* What waits, oldest first; events go ahead of samples. */
static void drain(struct mqtt *self)
{
	if (announce(self)) {
		empty(self, &self->events, 1);
		empty(self, &self->samples, self->config->qos);
	}
	broker_flush(self->broker);
}

static void send_samples(void *data, const char *topic, const struct text *text, uint32_t samples)
{
	struct mqtt *self = data;
	int result = self->samples.count ? -EAGAIN
					 : broker_publish(self->broker, topic, text->bytes,
						   text->length, self->config->qos, false);
	if (result == -EAGAIN)
		self->lost_samples +=
			outbox_push(&self->samples, topic, text->bytes, text->length, samples);
	else if (result)
		lose_samples(self, samples);
}

static int publish(void *data, const struct theca_sample *samples, size_t count)
{
	struct mqtt *self = data;
	uint32_t learned = gather_samples(&self->gather, samples, count);
	if (learned && learned < self->announcing)
		self->announcing = learned;
	return (int)count;
}

static int tick(void *data, int64_t now_ns)
{
	struct mqtt *self = data;
	(void)now_ns;
	gather_end(&self->gather);
	if (self->announcing < self->gather.station_count && !self->away)
		drain(self);
	broker_flush(self->broker);
	return 0;
}

/* -- events ----------------------------------------------------------------------------------- */

static const char *const kinds[] = {
	[THECA_EVENT_STATE] = "state",
	[THECA_EVENT_INTENT] = "intent",
	[THECA_EVENT_OUTCOME] = "outcome",
	[THECA_EVENT_REFUSED] = "refused",
	[THECA_EVENT_ALARM] = "alarm",
	[THECA_EVENT_CLEARED] = "cleared",
	[THECA_EVENT_ACKNOWLEDGED] = "acknowledged",
	[THECA_EVENT_FIRED] = "fired",
	[THECA_EVENT_PROCEDURE] = "procedure",
	[THECA_EVENT_NOTE] = "note",
	[THECA_EVENT_FILL] = "fill",
	[THECA_EVENT_BENCH] = "bench",
	[THECA_EVENT_PROGRAM] = "program",
};
static const char *const priorities[] = {
	[THECA_LOW] = "low", [THECA_MEDIUM] = "medium", [THECA_HIGH] = "high"};

#define WORD(words, i)                                                                             \
	((i) < sizeof(words) / sizeof *(words) && (words)[i] ? (words)[i] : "unknown")

static void put_pair(struct text *text, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	text_say(text, ",\"");
	text_say(text, key);
	text_say(text, "\":");
	text_quote(text, value, strlen(value));
}

/* The keys of events.jsonl, in its order. */
static void put_event(struct mqtt *self, const struct theca_event *event)
{
	struct text *text = &self->text;
	char number[32], time[32];
	int outcome = event->outcome;
	text_clear(text);
	snprintf(number, sizeof number, "{\"number\":%llu", (unsigned long long)event->number);
	theca_format_time(self->host, event->time_ns, 3, time);
	text_say(text, number);
	put_pair(text, "time", time);
	put_pair(text, "kind", WORD(kinds, event->kind));
	if (event->instance)
		put_pair(text, "instance", theca_instance(self->host, event->instance));
	put_pair(text, "code", event->code);
	if (event->priority)
		put_pair(text, "priority", WORD(priorities, event->priority));
	if (event->kind == THECA_EVENT_OUTCOME)
		put_pair(text, "outcome", outcome > 0 ? "uncertain" : outcome ? "failed" : "done");
	put_pair(text, "who", event->who);
	put_pair(text, "text", event->text);
	text_say(text, "}");
}

/* Events are always taken: a broker that is away for a week must not cut this transport off. */
static int on_event(void *data, const struct theca_event *event)
{
	struct mqtt *self = data;
	put_event(self, event);
	if (self->text.failed)
		return -ENOMEM;
	if (self->events.count || broker_publish(self->broker, self->events_topic, self->text.bytes,
					  self->text.length, 1, false))
		self->lost_events += outbox_push(
			&self->events, self->events_topic, self->text.bytes, self->text.length, 1);
	broker_flush(self->broker);
	return 0;
}

/* -- how the broker is ------------------------------------------------------------------------ */

static void tell_lost(struct mqtt *self)
{
	uint64_t samples = self->lost_samples + self->gather.lost;
	if (samples || self->lost_events)
		theca_log(self->host, THECA_WARNING, "%llu samples and %llu events were lost",
			(unsigned long long)samples, (unsigned long long)self->lost_events);
	self->lost_samples = self->gather.lost = self->lost_events = 0;
}

static void on_ready(void *data)
{
	struct mqtt *self = data;
	theca_log(self->host, THECA_INFO, "connected to %s", self->config->host);
	if (self->alarmed)
		theca_clear(self->host, ALARM);
	self->away = self->alarmed = false;
	self->why[0] = 0;
	tell_lost(self);
	gather_learn(&self->gather);
	self->announcing = 1;
	drain(self);
}

static void on_writable(void *data)
{
	drain(data);
}

static void on_trouble(void *data, const char *why, unsigned attempts)
{
	struct mqtt *self = data;
	char text[256];
	snprintf(text, sizeof text, "%s %s: %.140s", self->config->host,
		attempts ? "can not be reached" : "is gone", why);
	self->away = true;
	if (strcmp(why, self->why))
		theca_log(self->host, THECA_WARNING, "%s; trying again", text);
	snprintf(self->why, sizeof self->why, "%s", why);
	if (self->alarmed || attempts < ALARM_AFTER)
		return;
	self->alarmed = true;
	theca_raise(self->host, &(struct theca_alarm){.size = sizeof(struct theca_alarm),
					.priority = THECA_LOW,
					.code = ALARM,
					.text = text});
}

static void forget(struct mqtt *self)
{
	gather_finish(&self->gather);
	outbox_finish(&self->samples);
	outbox_finish(&self->events);
	text_finish(&self->topic);
	text_finish(&self->text);
}

static void on_closed(void *data)
{
	struct mqtt *self = data;
	struct outbox *boxes[] = {&self->events, &self->samples};
	uint64_t *lost[] = {&self->lost_events, &self->lost_samples};
	for (int i = 0; i < 2; i++)
		for (; boxes[i]->count; outbox_pop(boxes[i]))
			*lost[i] += outbox_front(boxes[i])->samples;
	tell_lost(self);
	self->broker = NULL;
	forget(self);
	theca_stopped(self->host);
}

/* -- life ------------------------------------------------------------------------------------- */

static int check(struct theca_host *host, const void *data)
{
	const struct config *config = data;
	int result = 0;
	if (mosquitto_pub_topic_check(config->topic) || !*config->topic || *config->topic == '/' ||
		strlen(config->topic) > 64) {
		theca_complain(host, "topic",
			"is 1 to 64 bytes without `+` and `#`, not beginning with `/`");
		result = -EINVAL;
	}
	if (!config->certificate != !config->key) {
		theca_complain(host, config->key ? "key" : "certificate",
			"certificate and key go together");
		result = -EINVAL;
	}
	if (!config->tls && (config->ca_file || config->certificate)) {
		theca_complain(
			host, config->ca_file ? "ca file" : "certificate", "wants tls = yes");
		result = -EINVAL;
	}
	if (config->password && !config->username) {
		theca_complain(host, "password", "wants a username");
		result = -EINVAL;
	}
	return result;
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct mqtt *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	snprintf(self->status_topic, sizeof self->status_topic, "%s/status", self->config->topic);
	snprintf(self->events_topic, sizeof self->events_topic, "%s/events", self->config->topic);
	*result = self;
	return 0;
}

static struct broker_settings settings_of(const struct mqtt *self)
{
	const struct config *config = self->config;
	int usual = config->tls ? 8883 : 1883;
	return (struct broker_settings){.host = config->host,
		.port = config->port == THECA_NONE ? usual : (int)config->port,
		.keep_alive_s = (int)(config->keep_alive_ns / THECA_SECOND_NS),
		.tls = config->tls,
		.retain = config->retain,
		.ca_file = config->ca_file,
		.certificate = config->certificate,
		.key = config->key,
		.username = config->username,
		.password = config->password,
		.client_id = config->client_id,
		.status_topic = self->status_topic};
}

static int start(void *data)
{
	static const struct broker_events events = {on_ready, on_writable, on_trouble, on_closed};
	struct mqtt *self = data;
	const struct broker_settings settings = settings_of(self);
	if (theca_is_virtual(self->host)) {
		theca_log(self->host, THECA_ERROR,
			"no broker keeps pace with a virtual bench: use csv");
		return -ENOTSUP;
	}
	if (settings.password && !settings.tls && strcmp(settings.host, "localhost"))
		theca_log(self->host, THECA_WARNING, "the password goes unencrypted to %s",
			settings.host);
	gather_init(&self->gather, self->host, self->config->topic, (uint32_t)self->config->group,
		send_samples, self);
	outbox_init(&self->samples, (size_t)self->config->queue);
	outbox_init(&self->events, EVENTS_MAX);
	self->announcing = 1;
	self->away = true;
	return broker_open(&self->broker, self->host, &settings, &events, self);
}

static int stop(void *data)
{
	struct mqtt *self = data;
	if (!self->broker)
		return 0;
	gather_end(&self->gather);
	broker_close(self->broker);
	return -EINPROGRESS;
}

static void destroy(void *data)
{
	struct mqtt *self = data;
	if (!self || self->broker) /* not stopped: the loop has it still */
		return;
	forget(self);
	free(self);
}

static const struct theca_transport transport = {
	.size = sizeof transport, .publish = publish, .event = on_event, .tick = tick};

THECA_PLUGIN(.name = "mqtt", .version = "1",
	.summary = "Publishes samples and events to an MQTT 5 broker.", .options = options,
	.config_size = sizeof(struct config), .check = check, .create = create, .start = start,
	.stop = stop, .destroy = destroy, .transport = &transport);
