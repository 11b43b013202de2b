/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Theca plugin is a shared object with one symbol, theca_plugin_v1. Include this header; it
 * brings all others but theca/uv.h. A file of one plugin:
 *
 *	#include <theca/plugin.h>
 *
 *	static int publish(void *self, const struct theca_sample *samples, size_t count)
 *	{
 *		(void)self, (void)samples;
 *		return (int)count;
 *	}
 *
 *	static const struct theca_transport transport = {.size = sizeof transport, .publish = publish};
 *
 *	THECA_PLUGIN(.name = "null", .version = "1", .summary = "Takes samples and drops them.",
 *		.transport = &transport);
 *
 * The life of an instance; one section of the INI file is one instance, and a plugin has any number
 * of them, so it keeps no mutable data outside `self`:
 *
 *	      INI text ──► config struct (by the option table)
 *	                         │
 *	                       check ──► error: reported with file and line, nothing is started
 *	                         │
 *	                       create ─► error: likewise
 *	                         │          (self exists from here; no I/O yet)
 *	                       start ──► error: the instance is restarted with back-off, others run
 *	                         │          (I/O, operations of the kind, wake, ended)
 *	                       stop ───► -EINPROGRESS: theca_stopped() follows within 10 s
 *	                         │          (no operation is called from here)
 *	                       destroy      (everything that create made is freed; host is gone after)
 *
 *	callback   called by / when                how often         on failure (negative errno)
 *	check      loading, --check, --plan        once              bench does not start
 *	create     loading                         once              bench does not start
 *	start      the bench starts                once, or again    instance failed, alarm, back-off
 *	                                           after a stop
 *	stop       the bench ends, restart         once a start      logged, goes on
 *	destroy    after stop, or after create     once              -
 *	wake       theca_wake()'s time has come    once a call       logged
 *	ended      a command of theca_ask() ended  once a command    -
 *
 * All run on the loop's thread, one at a time, and never block. `config` belongs to the service,
 * stays constant and outlives the instance. `check` must be pure: it may look at `config`, complain
 * and read files with theca_table() and theca_load(), nothing else.
 */
#ifndef THECA_PLUGIN_H
#define THECA_PLUGIN_H

#include <theca/data.h>
#include <theca/drug.h>
#include <theca/host.h>
#include <theca/instrument.h>
#include <theca/option.h>
#include <theca/procedure.h>
#include <theca/pump.h>
#include <theca/quantity.h>
#include <theca/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

struct theca_plugin {
	uint32_t size, option_size;          /* filled in by THECA_PLUGIN() */
	const char *name;                    /* [a-z0-9-]{1,32}, the file's name without `.so` */
	const char *version, *summary;       /* summary: one sentence */
	const struct theca_option *options;  /* NULL: none */
	size_t config_size;                  /* of the struct that `options` describe */
	int (*check)(struct theca_host *, const void *config);
	int (*create)(struct theca_host *, const void *config, void **self);
	int (*start)(void *self);
	int (*stop)(void *self);
	void (*destroy)(void *self);
	int (*wake)(void *self, int64_t now_ns);
	void (*ended)(void *self, uint64_t token, int outcome, const char *reason);
	const struct theca_pump *pump;       /* exactly one of these five: the plugin's kind */
	const struct theca_drug *drug;
	const struct theca_transport *transport;
	const struct theca_instrument *instrument;
	const struct theca_procedure *procedure;
};
/* Every lifecycle callback may be NULL; without `create`, `self` is the config struct. */

#define THECA_PLUGIN(...)                                                                          \
	extern __attribute__((visibility("default"))) const struct theca_plugin theca_plugin_v1;   \
	const struct theca_plugin theca_plugin_v1 = {                                              \
		.size = sizeof(struct theca_plugin), .option_size = sizeof(struct theca_option), __VA_ARGS__}

extern __attribute__((visibility("default"))) const struct theca_plugin theca_plugin_v1;

#ifdef __cplusplus
}
#endif

#endif
