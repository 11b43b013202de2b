/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device side of MT-SICS: a pseudo-terminal or TCP port where an instrument of the bench, a
 * simulated balance as a rule, answers as a real balance would. What its clients ask of it, tare
 * and zero, goes the way of every command.
 */
#include "device.h"
#include <stdlib.h>

static const struct theca_option options[] = {
	{.name = "port",
		.type = THECA_PORT,
		.offset = offsetof(struct device_config, port),
		.help = "Where clients find the balance: pty:/path or listen:host:port."},
	{.name = "shows",
		.type = THECA_INSTANCE,
		.flags = THECA_REF_INSTRUMENT,
		.offset = offsetof(struct device_config, shows),
		.help = "The instrument whose `mass` and `stable` are shown."},
	{.name = "model",
		.type = THECA_TEXT,
		.offset = offsetof(struct device_config, model),
		.initial = "Theca simulated balance",
		.help = "What I2 answers."},
	{.name = "serial number",
		.type = THECA_TEXT,
		.offset = offsetof(struct device_config, serial_number),
		.initial = "SIM000001",
		.help = "What I4 and @ answer."},
	{.name = "unit",
		.type = THECA_CHOICE,
		.offset = offsetof(struct device_config, unit),
		.initial = "g",
		.choices = device_units,
		.help = "The unit of the weights."},
	{.name = "decimals",
		.type = THECA_COUNT,
		.offset = offsetof(struct device_config, decimals),
		.initial = "5",
		.min = "0",
		.max = "7",
		.help = "Digits after the point; 5 with g is a readability of 0.01 mg (U-m)."},
	{.name = "stability timeout",
		.type = THECA_DURATION,
		.offset = offsetof(struct device_config, stability_timeout_ns),
		.initial = "40 s",
		.min = "0 s",
		.max = "1 h",
		.help = "Bench time after which S, T and Z give up (I)."},
	{0},
};

/* -- clients ---------------------------------------------------------------------------------- */

static struct client *find_client(struct device *device, uint32_t number)
{
	for (struct client *client = device->clients; client < device->clients + CLIENTS_MAX;
		client++)
		if (client->there && client->number == number)
			return client;
	return NULL;
}

static void on_opened(void *user, uint32_t number)
{
	struct device *device = user;
	struct client *client = device->clients;
	while (client < device->clients + CLIENTS_MAX && client->there)
		client++;
	if (client < device->clients + CLIENTS_MAX)
		*client = (struct client){.there = true, .number = number};
}

static void on_received(void *user, uint32_t number, const uint8_t *bytes, size_t count)
{
	struct device *device = user;
	struct client *client = find_client(device, number);
	for (size_t i = 0; client && i < count; i++) {
		enum sics_heard heard = sics_add(&client->lines, bytes[i]);
		if (heard == SICS_LINE)
			device_execute(device, client, client->lines.bytes);
		if (heard == SICS_GARBLED)
			device_misheard(device, client);
	}
}

static void on_closed(void *user, uint32_t number, int error)
{
	struct client *client = find_client(user, number);
	(void)error;
	if (client)
		client->there = false;
}

static const struct theca_port_events port_events = {
	.size = sizeof port_events,
	.opened = on_opened,
	.received = on_received,
	.closed = on_closed,
};

/* -- what the service calls ------------------------------------------------------------------- */

static int tick(void *data, int64_t now_ns)
{
	struct device *device = data;
	for (struct client *client = device->clients; client < device->clients + CLIENTS_MAX;
		client++)
		if (client->there)
			device_tick(device, client, now_ns);
	return 0;
}

static void ended(void *data, uint64_t token, int outcome, const char *reason)
{
	struct device *device = data;
	const struct errand *errand = &device->errand;
	(void)reason;
	if (errand->open && (!errand->token || errand->token == token))
		device_errand_ended(device, outcome);
}

static int start(void *data)
{
	struct device *device = data;
	return theca_port_open(
		device->host, device->config->port, &port_events, device, &device->port);
}

static int stop(void *data)
{
	struct device *device = data;
	theca_port_close(device->host, device->port);
	device->port = NULL;
	device->errand.open = false;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		device->clients[i].there = false;
	return 0;
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct device *device = calloc(1, sizeof *device);
	if (!device)
		return -ENOMEM;
	device->host = host;
	device->config = config;
	device->changed_ns = INT64_MIN;
	*result = device;
	return 0;
}

static void destroy(void *data)
{
	free(data);
}

static const struct theca_transport transport = {.size = sizeof transport, .tick = tick};

THECA_PLUGIN(.name = "mt-sics-device", .version = "1",
	.summary = "Shows an instrument of the bench as a balance that speaks MT-SICS.",
	.options = options, .config_size = sizeof(struct device_config), .create = create,
	.start = start, .stop = stop, .destroy = destroy, .ended = ended, .transport = &transport);
