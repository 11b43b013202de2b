/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the device side share: its clients, its display, and the commands. */
#ifndef SICS_DEVICE_H
#define SICS_DEVICE_H

#include "wire.h"
#include <theca/plugin.h>

#define CLIENTS_MAX 16

struct device_config {
	const char *port;
	uint32_t shows;
	const char *model, *serial_number;
	int32_t unit; /* index into device_units */
	int64_t decimals;
	int64_t stability_timeout_ns;
};

enum watching { WATCH_NOTHING, WATCH_FOR_REST, WATCH_FOR_CHANGE }; /* SR */

struct client {
	bool there;
	uint32_t number;
	struct sics_lines lines;
	const char *waits_as;  /* "S", "T", "Z": answered when stable; NULL: nothing waits */
	int64_t waits_until_ns;
	bool anyway;           /* then the weight as it is, not `I` */
	bool streams;          /* SIR */
	enum watching watching;
	int64_t watched_pg, threshold_pg;
};

/* A tare or zero that the bench has been asked for. */
struct errand {
	bool open;
	const char *id; /* of the answer: T, TI, Z, ZI */
	uint32_t client;
	uint64_t token;
	int64_t mass_pg; /* of the instrument when it was asked */
	enum sics_status status;
};

/* gross = what the instrument says + what it was made to forget; shown = gross - tare. */
struct device {
	struct theca_host *host;
	const struct device_config *config;
	struct theca_port *port;
	int mass, stable; /* signals; 0: not found yet */
	int64_t forgotten_pg, tare_pg;
	int64_t changed_ns; /* of the last tare or zero: older samples do not know of it */
	struct errand errand;
	struct client clients[CLIENTS_MAX];
};

extern const char *const device_units[];

/* display.c */
void device_send(struct device *, struct client *, const struct sics_answer *);
void device_say(struct device *, struct client *, const char *id, enum sics_status);
void device_say_mass(
	struct device *, struct client *, const char *id, enum sics_status, int64_t mass_pg);
void device_say_weight(struct device *, struct client *);
/* What the instrument says; *mass_pg only where device_has_weight(). */
enum sics_status device_weigh(struct device *, int64_t *mass_pg);
bool device_has_weight(enum sics_status);
int64_t device_shown_pg(const struct device *, int64_t mass_pg);
/* T, TI, Z, ZI at once; S, T, Z when stable, or `I`. */
void device_run_errand(struct device *, struct client *, const char *id);
void device_errand_ended(struct device *, int outcome);
void device_when_stable(
	struct device *, struct client *, const char *id, int64_t timeout_ns, bool anyway);
void device_tick_waiting(struct device *, struct client *, int64_t now_ns);

/* commands.c */
void device_execute(struct device *, struct client *, const char *line);
void device_misheard(struct device *, struct client *); /* ET */
void device_tick(struct device *, struct client *, int64_t now_ns);

#endif
