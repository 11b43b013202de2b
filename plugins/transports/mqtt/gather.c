/* SPDX-License-Identifier: Apache-2.0 */
#include "gather.h"
#include <stdlib.h>

#define SAMPLE_ROOM 128 /* key and number; a choice's name asks for its own */

void gather_init(struct gather *gather, struct theca_host *host, const char *prefix, uint32_t group,
	gather_send *send, void *user)
{
	*gather = (struct gather){
		.host = host, .prefix = prefix, .group = group, .send = send, .user = user};
}

void gather_finish(struct gather *gather)
{
	for (uint32_t i = 0; i < gather->station_count; i++)
		free(gather->stations[i].topic);
	free(gather->stations);
	free(gather->slots);
	free(gather->keys);
	text_finish(&gather->text);
	*gather = (struct gather){0};
}

/* -- what a signal is called ------------------------------------------------------------------ */

static int find_key(const struct gather *gather, const struct gather_key *wanted)
{
	for (uint32_t i = 0; i < gather->key_count; i++)
		if (!strcmp(gather->keys[i].text, wanted->text))
			return (int)i;
	return -1;
}

/* Keys are few: instances of one plugin have the same. */
static int add_key(struct gather *gather, const char *name)
{
	struct gather_key key;
	int length = snprintf(key.text, sizeof key.text, ",\"%.32s\":", name);
	key.length = (size_t)length;
	int found = find_key(gather, &key);
	if (found >= 0)
		return found;
	struct gather_key *keys = gather->keys;
	if (!(gather->key_count & (gather->key_count - 1))) /* the room is the next power of two */
		keys = realloc(
			keys, (gather->key_count ? 2 * gather->key_count : 1) * sizeof *keys);
	if (!keys)
		return -ENOMEM;
	gather->keys = keys;
	keys[gather->key_count] = key;
	return (int)gather->key_count++;
}

static int make_stations(struct gather *gather, uint32_t instance)
{
	uint32_t count = gather->station_count ? gather->station_count : 64;
	while (count <= instance)
		count *= 2;
	if (count == gather->station_count)
		return 0;
	struct gather_station *stations = realloc(gather->stations, count * sizeof *stations);
	if (!stations)
		return -ENOMEM;
	memset(stations + gather->station_count, 0,
		(count - gather->station_count) * sizeof *stations);
	gather->stations = stations;
	gather->station_count = count;
	return 0;
}

static int add_station(struct gather *gather, uint32_t instance)
{
	char topic[256];
	if (make_stations(gather, instance))
		return -ENOMEM;
	struct gather_station *station = &gather->stations[instance];
	if (station->topic)
		return 0;
	snprintf(topic, sizeof topic, "%s/%s/samples", gather->prefix,
		theca_instance(gather->host, instance));
	station->topic = strdup(topic);
	station->order = gather->orders++;
	return station->topic ? 0 : -ENOMEM;
}

static int add_slot(struct gather *gather, uint32_t number, const struct theca_signal *signal)
{
	if (number >= gather->slot_room) {
		uint32_t room = gather->slot_room ? 2 * gather->slot_room : 256;
		struct gather_slot *slots = realloc(gather->slots, room * sizeof *slots);
		if (!slots)
			return -ENOMEM;
		gather->slots = slots;
		gather->slot_room = room;
	}
	int key = add_key(gather, signal->name);
	if (key < 0 || add_station(gather, signal->instance))
		return -ENOMEM;
	gather->slots[number] = (struct gather_slot){
		.instance = signal->instance, .key = (uint32_t)key, .dimension = signal->dimension};
	gather->slot_count = number + 1;
	struct gather_station *station = &gather->stations[signal->instance];
	station->last = number;
	if (!station->first)
		station->first = number;
	return 0;
}

uint32_t gather_learn(struct gather *gather)
{
	const struct theca_signal *signal;
	uint32_t lowest = 0;
	uint32_t number = gather->slot_count ? gather->slot_count : 1; /* there is no signal 0 */
	for (; (signal = theca_signal(gather->host, number)); number++) {
		if (add_slot(gather, number, signal))
			break;
		if (!lowest || signal->instance < lowest)
			lowest = signal->instance;
	}
	return lowest;
}

/* -- messages --------------------------------------------------------------------------------- */

void gather_end(struct gather *gather)
{
	char topic[256];
	uint32_t samples = gather->samples;
	if (!samples)
		return;
	const struct gather_station *station = &gather->stations[gather->instance];
	gather->samples = 0;
	text_say(&gather->text, gather->group > 1 ? "}}}" : "}");
	snprintf(topic, sizeof topic, "%s/group/%u", gather->prefix,
		(unsigned)(station->order / gather->group));
	if (gather->text.failed)
		gather->lost += samples;
	else
		gather->send(gather->user, gather->group > 1 ? topic : station->topic,
			&gather->text, samples);
}

static void put_name(struct gather *gather, uint32_t instance)
{
	const char *name = theca_instance(gather->host, instance);
	text_quote(&gather->text, name, strlen(name));
}

static void enter(struct gather *gather, uint32_t instance)
{
	gather->instance = instance;
	gather->stations[instance].message = gather->message;
	if (gather->group == 1)
		return;
	put_name(gather, instance);
	text_put(&gather->text, ":{", 2);
	gather->first = true;
}

static void begin(struct gather *gather, uint32_t instance, int64_t time_ns)
{
	gather_end(gather);
	if (!gather->stamp_length || time_ns != gather->stamped_ns)
		gather->stamp_length = theca_format_time(gather->host, time_ns, 3, gather->stamp);
	gather->stamped_ns = gather->time_ns = time_ns;
	gather->message++;
	gather->first = false;
	text_clear(&gather->text);
	text_say(&gather->text, "{\"time\":\"");
	text_put(&gather->text, gather->stamp, gather->stamp_length);
	text_say(&gather->text, gather->group > 1 ? "\",\"instances\":{" : "\",\"instance\":");
	if (gather->group == 1)
		put_name(gather, instance);
	enter(gather, instance);
}

/* Another instance may join the message when it is of the group and has not been in it. */
static bool may_join(const struct gather *gather, uint32_t instance)
{
	const struct gather_station *joins = &gather->stations[instance];
	return gather->group > 1 && joins->message != gather->message &&
	       joins->order / gather->group ==
		       gather->stations[gather->instance].order / gather->group;
}

static void put_word(struct gather *gather, const struct theca_sample *sample)
{
	char word[THECA_FORMAT_MAX];
	text_quote(&gather->text, word,
		theca_format(gather->host, sample->signal, sample->value, word));
}

static void put_value(struct gather *gather, uint32_t dimension, const struct theca_sample *sample)
{
	struct text *text = &gather->text;
	if (sample->quality != THECA_GOOD)
		text_put(text, "null", 4);
	else if (dimension == THECA_CHOICE)
		put_word(gather, sample);
	else if (dimension == THECA_FLAG)
		text_say(text, sample->value ? "true" : "false");
	else
		text->length += theca_format(
			gather->host, sample->signal, sample->value, text->bytes + text->length);
}

static void take(struct gather *gather, const struct theca_sample *sample)
{
	struct gather_slot *slot = &gather->slots[sample->signal];
	bool joins = slot->instance != gather->instance;
	if (!gather->samples || sample->time_ns != gather->time_ns ||
		slot->message == gather->message || (joins && !may_join(gather, slot->instance))) {
		begin(gather, slot->instance, sample->time_ns);
	} else if (joins) {
		text_put(&gather->text, "},", 2);
		enter(gather, slot->instance);
	}
	const struct gather_key *key = &gather->keys[slot->key];
	slot->message = gather->message;
	gather->samples++;
	if (!text_room(&gather->text, SAMPLE_ROOM))
		return;
	text_put(&gather->text, key->text + gather->first, key->length - gather->first);
	gather->first = false;
	put_value(gather, slot->dimension, sample);
}

uint32_t gather_samples(struct gather *gather, const struct theca_sample *samples, size_t count)
{
	uint32_t learned = 0;
	for (size_t i = 0; i < count; i++) {
		if (samples[i].signal >= gather->slot_count) {
			uint32_t lowest = gather_learn(gather);
			if (lowest && (!learned || lowest < learned))
				learned = lowest;
		}
		if (samples[i].signal < gather->slot_count)
			take(gather, &samples[i]);
		else
			gather->lost++;
	}
	return learned;
}

/* -- what there is to know about them --------------------------------------------------------- */

static void put_meaning(const struct theca_signal *signal, struct text *text)
{
	if (signal->dimension != THECA_CHOICE) {
		text_quote(text, signal->unit, strlen(signal->unit));
		return;
	}
	for (size_t i = 0; signal->states[i]; i++) {
		text_put(text, i ? "," : "[", 1);
		text_quote(text, signal->states[i], strlen(signal->states[i]));
	}
	text_put(text, "]", 1);
}

bool gather_signals(
	const struct gather *gather, uint32_t instance, struct text *topic, struct text *text)
{
	text_clear(topic);
	text_clear(text);
	if (instance >= gather->station_count || !gather->stations[instance].topic)
		return false;
	const struct gather_station *station = &gather->stations[instance];
	text_say(topic, gather->prefix);
	text_put(topic, "/", 1);
	text_say(topic, theca_instance(gather->host, instance));
	text_put(topic, "/signals", sizeof "/signals");
	for (uint32_t number = station->first; number <= station->last; number++) {
		const struct gather_slot *slot = &gather->slots[number];
		if (slot->instance != instance)
			continue;
		const struct gather_key *key = &gather->keys[slot->key];
		text_put(text, text->length ? "," : "{", 1);
		text_put(text, key->text + 1, key->length - 1);
		put_meaning(theca_signal(gather->host, number), text);
	}
	text_put(text, "}", 1);
	return !topic->failed && !text->failed;
}
