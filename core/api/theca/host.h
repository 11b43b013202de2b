/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin may ask of the service. All calls are made on the loop's thread, from inside one of
 * the plugin's own callbacks; none blocks. The table behind the wrappers has a size: a wrapper whose
 * function an older service does not have answers -ENOSYS (or nothing), so a plugin built against
 * newer headers still loads.
 */
#ifndef THECA_HOST_H
#define THECA_HOST_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <theca/data.h>
#include <theca/instrument.h>
#include <theca/option.h>
#include <theca/procedure.h>
#include <theca/pump.h>

#ifdef __cplusplus
extern "C" {
#endif

enum theca_level { THECA_ERROR = 3, THECA_WARNING = 4, THECA_INFO = 6, THECA_DEBUG = 7 };

struct theca_host;
struct theca_port;

#define THECA_FORMAT_MAX 64 /* room for any value of a signal as text */

/* What happens on a port. `user` is what theca_port_open() was given; `client` numbers the
 * connections of a listening TCP port and is 0 elsewhere. Called on the loop's thread. */
struct theca_port_events {
	uint32_t size;
	void (*opened)(void *user, uint32_t client);
	void (*received)(void *user, uint32_t client, const uint8_t *bytes, size_t count);
	void (*silent)(void *user); /* the deadline of a write passed without theca_port_answered() */
	/* Gone. The service opens it again by itself, with back-off, and calls `opened`. */
	void (*closed)(void *user, uint32_t client, int error);
};

struct theca_host_api {
	uint32_t size;
	uint32_t reserved;
	void (*log)(struct theca_host *, int level, const char *text);
	void (*complain)(struct theca_host *, const char *option, const char *text);
	const char *(*name)(struct theca_host *);
	int64_t (*now)(struct theca_host *);
	uint64_t (*random)(struct theca_host *);
	int (*wake)(struct theca_host *, int64_t at_ns);

	int (*declare)(struct theca_host *, const struct theca_signal *);
	int (*report)(struct theca_host *, const struct theca_sample *, size_t count);
	int (*raise)(struct theca_host *, const struct theca_alarm *);
	int (*clear)(struct theca_host *, const char *code);
	int (*done)(struct theca_host *, uint64_t token, int outcome, const char *reason);
	int (*readback)(struct theca_host *, const struct theca_readback *);
	int (*stopped)(struct theca_host *);
	int (*identify)(struct theca_host *, const char *key, const char *value);

	int (*table)(struct theca_host *, const char *file, const char *section,
		const struct theca_option *, size_t option_size, void *into);
	int (*load)(struct theca_host *, const char *file, const char **data, size_t *size);
	int (*create_file)(struct theca_host *, const char *name);

	int (*find)(struct theca_host *, uint32_t instance, const char *signal);
	const struct theca_signal *(*signal)(struct theca_host *, uint32_t signal);
	int (*latest)(struct theca_host *, uint32_t signal, struct theca_sample *);
	const char *(*instance)(struct theca_host *, uint32_t instance);
	int (*ask)(struct theca_host *, uint32_t instance, const struct theca_command *, uint64_t *token);
	int (*arrived)(struct theca_host *, uint32_t pump, struct theca_arrival *);

	int (*verdict)(struct theca_host *, const struct theca_verdict *);
	int (*chart)(struct theca_host *, const struct theca_chart *);
	int (*rows)(struct theca_host *, const struct theca_table *);
	int (*finish)(struct theca_host *);

	int (*port_open)(struct theca_host *, const char *address, const struct theca_port_events *,
		void *user, struct theca_port **);
	int (*port_write)(struct theca_port *, uint32_t client, const uint8_t *bytes, size_t count,
		int64_t deadline_ns);
	int (*port_answered)(struct theca_port *);
	void (*port_close)(struct theca_port *);
	void *(*loop)(struct theca_host *);

	size_t (*format)(struct theca_host *, uint32_t signal, int64_t value, char out[THECA_FORMAT_MAX]);
	size_t (*format_time)(struct theca_host *, int64_t at_ns, unsigned digits, char out[32]);
	int (*is_virtual)(struct theca_host *);
};

/* The handle a plugin gets in check and create, valid until destroy returns. */
struct theca_host {
	const struct theca_host_api *api;
	/* private to the service from here */
};

#define THECA_HAS(host, function)                                                                  \
	((host)->api->size >= offsetof(struct theca_host_api, function) + sizeof(void *) &&        \
		(host)->api->function)

/* -- words ------------------------------------------------------------------------------------ */

/* A line for the log, with the instance's name put in front. At most 255 bytes. */
__attribute__((format(printf, 3, 4))) static inline void theca_log(
	struct theca_host *host, int level, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	host->api->log(host, level, text);
}

/* In check and create only: what is wrong with an option (NULL: with the section); it is printed
 * with file and line, and the bench does not start. */
__attribute__((format(printf, 3, 4))) static inline void theca_complain(
	struct theca_host *host, const char *option, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	host->api->complain(host, option, text);
}

/* The instance's name in the INI file: `left` of [pump left]. */
static inline const char *theca_name(struct theca_host *host)
{
	return host->api->name(host);
}

/* The name of another instance (the value of a THECA_INSTANCE option); NULL: no such. */
static inline const char *theca_instance(struct theca_host *host, uint32_t instance)
{
	return host->api->instance(host, instance);
}

/* A fact for the identification of the run and the report: `serial number`, `calibration`. */
static inline int theca_identify(struct theca_host *host, const char *key, const char *value)
{
	return host->api->identify(host, key, value);
}

/* A value as people see it, without the unit: `0.2500` in theca_signal's unit and decimals, `0` or `1`
 * of a flag, the state's name of a choice. Made for sinks of millions of samples. Returns the length;
 * no NUL. 0: no such signal. */
static inline size_t theca_format(
	struct theca_host *host, uint32_t signal, int64_t value, char out[THECA_FORMAT_MAX])
{
	return host->api->format(host, signal, value, out);
}

/* A bench time as civil time, UTC: `2026-01-05T00:00:00.000Z`, `digits` (0 to 9) after the point.
 * Returns the length, without the NUL. */
static inline size_t theca_format_time(
	struct theca_host *host, int64_t at_ns, unsigned digits, char out[32])
{
	return host->api->format_time(host, at_ns, digits, out);
}

/* -- time and chance -------------------------------------------------------------------------- */

/* Bench time: nanoseconds since the bench's epoch. Stands still during a callback. */
static inline int64_t theca_now(struct theca_host *host)
{
	return host->api->now(host);
}

/* Does time jump (clock = virtual)? Then nobody outside keeps pace: no port, no broker, and a flush
 * each second of bench time would be thousands each second. */
static inline bool theca_is_virtual(struct theca_host *host)
{
	return host->api->is_virtual(host);
}

/* The instance's `wake` is called once at this bench time; a second call replaces the first. */
static inline int theca_wake(struct theca_host *host, int64_t at_ns)
{
	return host->api->wake(host, at_ns);
}

/* 64 random bits of the instance's own stream: same seed and name, same numbers. */
static inline uint64_t theca_random(struct theca_host *host)
{
	return host->api->random(host);
}

/* Uniform in [0, 1). */
static inline double theca_uniform(struct theca_host *host)
{
	return (double)(theca_random(host) >> 11) * 0x1p-53;
}

/* Roughly normal, mean 0, standard deviation 1, never beyond 6: the sum of twelve uniforms. */
static inline double theca_normal(struct theca_host *host)
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += theca_uniform(host);
	return sum;
}

/* -- signals, alarms, commands ---------------------------------------------------------------- */

/* In create, start or later. Returns the signal's number (> 0), -EEXIST, -EINVAL. */
static inline int theca_declare(struct theca_host *host, const struct theca_signal *signal)
{
	return host->api->declare(host, signal);
}

/* New values of own signals. They are copied, stamped and checked; a foreign signal or a time in
 * the future is refused with -EINVAL, and counted. */
static inline int theca_report(struct theca_host *host, const struct theca_sample *samples, size_t count)
{
	return host->api->report(host, samples, count);
}

/* The condition is there. Raising it again while it is there does nothing. */
static inline int theca_raise(struct theca_host *host, const struct theca_alarm *alarm)
{
	return host->api->raise(host, alarm);
}

/* The condition has gone; the alarm stays until it is acknowledged. */
static inline int theca_clear(struct theca_host *host, const char *code)
{
	return host->api->clear(host, code);
}

/* How a command ended: THECA_DONE, a negative errno, THECA_UNCERTAIN. Once per token; `reason` is a
 * sentence, or NULL. -ENOENT: no such token is open (answered twice, or too late). */
static inline int theca_done(struct theca_host *host, uint64_t token, int outcome, const char *reason)
{
	return host->api->done(host, token, outcome, reason);
}

/* What an interrogation found, before its theca_done(). Another serial number than before: hold. */
static inline int theca_readback(struct theca_host *host, const struct theca_readback *readback)
{
	return host->api->readback(host, readback);
}

/* After a `stop` that returned -EINPROGRESS: now everything is closed. */
static inline int theca_stopped(struct theca_host *host)
{
	return host->api->stopped(host);
}

/* A signal of an instance by name: its number, or -ENOENT. */
static inline int theca_find(struct theca_host *host, uint32_t instance, const char *signal)
{
	return host->api->find(host, instance, signal);
}

/* What is known of a signal; NULL: no such. Valid until destroy. Its unit is never NULL: the usual one
 * of its dimension, "" where there is none. Numbers count from 1 without a gap. */
static inline const struct theca_signal *theca_signal(struct theca_host *host, uint32_t signal)
{
	return host->api->signal(host, signal);
}

/* The newest sample of a signal, its quality brought up to date; -ENOENT, -EAGAIN: none yet. */
static inline int theca_latest(struct theca_host *host, uint32_t signal, struct theca_sample *sample)
{
	return host->api->latest(host, signal, sample);
}

/* Procedures and device sides: ask for a command of a pump or instrument. It goes through holder,
 * guard and journal; `ended` of the plugin is called with the token. A negative errno: not taken. */
static inline int theca_ask(
	struct theca_host *host, uint32_t instance, const struct theca_command *command, uint64_t *token)
{
	return host->api->ask(host, instance, command, token);
}

/* Simulated instruments only (-EPERM else): what truly arrived from a simulated pump by now. */
static inline int theca_arrived(struct theca_host *host, uint32_t pump, struct theca_arrival *arrival)
{
	return host->api->arrived(host, pump, arrival);
}

/* -- files ------------------------------------------------------------------------------------ */

/* In check and create: read one section of a data file in INI form into a struct, by an option
 * table, with the same checks and messages as the bench's own file. -ENOENT: no such section;
 * -EINVAL: reported already. Texts live until destroy. */
static inline int theca_table(struct theca_host *host, const char *file, const char *section,
	const struct theca_option *options, void *into)
{
	return host->api->table(host, file, section, options, sizeof *options, into);
}

/* In check and create: a whole file (at most 64 MiB), NUL after its end, valid until destroy. */
static inline int theca_load(struct theca_host *host, const char *file, const char **data, size_t *size)
{
	return host->api->load(host, file, data, size);
}

/* In start or later: a file of that bare name in the run's folder; one that is there, as after a
 * restart, is continued. Returns a descriptor that the plugin closes, for write(2), which appends,
 * and pread(2); or a negative errno. */
static inline int theca_create_file(struct theca_host *host, const char *name)
{
	return host->api->create_file(host, name);
}

/* -- results of a procedure ------------------------------------------------------------------- */

static inline int theca_verdict(struct theca_host *host, const struct theca_verdict *verdict)
{
	return host->api->verdict(host, verdict);
}

static inline int theca_chart(struct theca_host *host, const struct theca_chart *chart)
{
	return host->api->chart(host, chart);
}

static inline int theca_rows(struct theca_host *host, const struct theca_table *table)
{
	return host->api->rows(host, table);
}

/* The procedure has said all; its pump is free again. */
static inline int theca_finish(struct theca_host *host)
{
	return host->api->finish(host);
}

/* -- ports ------------------------------------------------------------------------------------ */

/* In start: open a port and keep it open. Addresses:
 *   serial:/dev/ttyUSB0,19200,8N1     a serial line, exclusively
 *   tcp:host:port                     a connection to there
 *   pty:/path                         makes a pseudo-terminal and a link to it (device side)
 *   listen:host:port                  takes connections (device side)
 * A virtual bench opens no port: -ENOTSUP. */
static inline int theca_port_open(struct theca_host *host, const char *address,
	const struct theca_port_events *events, void *user, struct theca_port **port)
{
	return host->api->port_open(host, address, events, user, port);
}

/* Bytes are copied and sent in order. A deadline (wall time from now, 0: none) arms `silent`; a
 * later write's deadline replaces it. -ENOTCONN: nobody is there. */
static inline int theca_port_write(struct theca_host *host, struct theca_port *port, uint32_t client,
	const void *bytes, size_t count, int64_t deadline_ns)
{
	return host->api->port_write(port, client, (const uint8_t *)bytes, count, deadline_ns);
}

/* The answer is complete: disarm the deadline. */
static inline int theca_port_answered(struct theca_host *host, struct theca_port *port)
{
	return host->api->port_answered(port);
}

/* No callback comes after this. NULL is allowed. */
static inline void theca_port_close(struct theca_host *host, struct theca_port *port)
{
	if (port)
		host->api->port_close(port);
}

#ifdef __cplusplus
}
#endif

#endif
