/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device side shows: the weight as its clients see it, how it is told to them, and the two
 * things that change it, tare and zero, which the bench is asked for.
 */
#include "device.h"
#include <string.h>

const char *const device_units[] = {"g", "mg", "kg", NULL};

/* -- answers ---------------------------------------------------------------------------------- */

void device_send(struct device *device, struct client *client, const struct sics_answer *answer)
{
	char line[SICS_LINE_MAX + 3];
	size_t length = sics_print_answer(answer, line);
	theca_port_write(device->host, device->port, client->number, line, length, 0);
}

static struct sics_answer answer_of(const char *id, enum sics_status status)
{
	struct sics_answer answer = {.status = status};
	snprintf(answer.id, sizeof answer.id, "%s", id);
	return answer;
}

void device_say(
	struct device *device, struct client *client, const char *id, enum sics_status status)
{
	struct sics_answer answer = answer_of(id, status);
	device_send(device, client, &answer);
}

/* Ten characters hold 9 digits and a point, with a sign one less. */
static bool fits(const struct sics_mass *mass)
{
	int64_t most = mass->decimals ? INT64_C(999999999) : INT64_C(9999999999);
	return mass->digits <= most && mass->digits >= -(most / 10);
}

void device_say_mass(struct device *device, struct client *client, const char *id,
	enum sics_status status, int64_t mass_pg)
{
	struct sics_answer answer = answer_of(id, status);
	answer.has_mass = true;
	if (sics_mass_of_pg(mass_pg, device_units[device->config->unit],
		    (uint32_t)device->config->decimals, &answer.mass) ||
		!fits(&answer.mass))
		answer = answer_of(id, mass_pg < 0 ? SICS_UNDER : SICS_OVER);
	device_send(device, client, &answer);
}

/* -- the display ------------------------------------------------------------------------------ */

static bool find_signals(struct device *device)
{
	if (device->mass <= 0)
		device->mass = theca_find(device->host, device->config->shows, "mass");
	if (device->stable <= 0)
		device->stable = theca_find(device->host, device->config->shows, "stable");
	return device->mass > 0;
}

/* Without a signal `stable`, all is. */
static enum sics_status stability(struct device *device)
{
	struct theca_sample sample;
	if (device->stable <= 0)
		return SICS_STABLE;
	if (theca_latest(device->host, (uint32_t)device->stable, &sample) < 0)
		return SICS_DYNAMIC;
	return sample.value && sample.quality == THECA_GOOD ? SICS_STABLE : SICS_DYNAMIC;
}

/* What the instrument says: stable, dynamic, not now, or over its range. A simulated balance calls
 * a reading invalid when it is overloaded. */
enum sics_status device_weigh(struct device *device, int64_t *mass_pg)
{
	struct theca_sample sample;
	if (!find_signals(device) ||
		theca_latest(device->host, (uint32_t)device->mass, &sample) < 0 ||
		sample.time_ns <= device->changed_ns || sample.quality == THECA_STALE)
		return SICS_NOT_NOW;
	if (sample.quality != THECA_GOOD)
		return SICS_OVER;
	*mass_pg = sample.value;
	return stability(device);
}

bool device_has_weight(enum sics_status status)
{
	return status == SICS_STABLE || status == SICS_DYNAMIC;
}

int64_t device_shown_pg(const struct device *device, int64_t mass_pg)
{
	return mass_pg + device->forgotten_pg - device->tare_pg;
}

void device_say_weight(struct device *device, struct client *client)
{
	int64_t mass_pg;
	enum sics_status status = device_weigh(device, &mass_pg);
	if (device_has_weight(status))
		device_say_mass(device, client, "S", status, device_shown_pg(device, mass_pg));
	else
		device_say(device, client, "S", status);
}

/* -- tare and zero ---------------------------------------------------------------------------- */

static bool is_tare(const char *id)
{
	return *id == 'T';
}

void device_run_errand(struct device *device, struct client *client, const char *id)
{
	struct theca_command command = {
		.size = sizeof command, .verb = is_tare(id) ? THECA_TARE : THECA_ZERO};
	int64_t mass_pg;
	enum sics_status status = device_weigh(device, &mass_pg);
	if (!device_has_weight(status) || device->errand.open) {
		device_say(device, client, id, device_has_weight(status) ? SICS_NOT_NOW : status);
		return;
	}
	device->errand = (struct errand){.open = true,
		.id = id,
		.client = client->number,
		.mass_pg = mass_pg,
		.status = status};
	/* it may have ended when this returns */
	if (theca_ask(device->host, device->config->shows, &command, &device->errand.token) < 0)
		device_errand_ended(device, -EBUSY);
}

static void forget(struct device *device, const struct errand *errand)
{
	device->changed_ns = theca_now(device->host);
	if (is_tare(errand->id)) {
		device->forgotten_pg += errand->mass_pg;
		device->tare_pg = device->forgotten_pg;
	} else {
		device->forgotten_pg = 0;
		device->tare_pg = 0;
	}
}

/* T and TI tell the tare, ZI whether it was stable, Z only that it was done. */
static void tell_errand(struct device *device, struct client *client, const struct errand *errand)
{
	if (is_tare(errand->id))
		device_say_mass(device, client, errand->id, errand->status, device->tare_pg);
	else
		device_say(device, client, errand->id,
			strcmp(errand->id, "ZI") ? SICS_DONE : errand->status);
}

void device_errand_ended(struct device *device, int outcome)
{
	struct errand errand = device->errand;
	struct client *client = device->clients;
	device->errand.open = false;
	if (outcome == THECA_DONE)
		forget(device, &errand);
	while (client < device->clients + CLIENTS_MAX &&
		!(client->there && client->number == errand.client))
		client++;
	if (client == device->clients + CLIENTS_MAX)
		return;
	if (outcome == THECA_DONE)
		tell_errand(device, client, &errand);
	else
		device_say(device, client, errand.id, SICS_NOT_NOW);
}

/* -- what waits for stability ----------------------------------------------------------------- */

static void perform(struct device *device, struct client *client, const char *id)
{
	client->waits_as = NULL;
	if (*id == 'S')
		device_say_weight(device, client);
	else
		device_run_errand(device, client, id);
}

void device_when_stable(struct device *device, struct client *client, const char *id,
	int64_t timeout_ns, bool anyway)
{
	int64_t mass_pg;
	client->waits_as = id;
	client->waits_until_ns = theca_now(device->host) + timeout_ns;
	client->anyway = anyway;
	if (device_weigh(device, &mass_pg) == SICS_STABLE)
		perform(device, client, id);
}

void device_tick_waiting(struct device *device, struct client *client, int64_t now_ns)
{
	const char *id = client->waits_as;
	int64_t mass_pg;
	bool late = now_ns >= client->waits_until_ns;
	if (device_weigh(device, &mass_pg) == SICS_STABLE || (late && client->anyway)) {
		perform(device, client, id);
	} else if (late) {
		client->waits_as = NULL;
		device_say(device, client, id, SICS_NOT_NOW);
	}
}
