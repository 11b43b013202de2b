/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a port: attempts with back-off, the one deadline, and who is told what. What is
 * opened comes from tty.c and port_tcp.c, what is said on it goes through channel.c. Deadlines and
 * back-off are wall time: a device does not know how fast the bench's clock runs.
 */
#include "port/port.h"
#include "port/port_life.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACK_OFF_FIRST_MS 100
#define BACK_OFF_LAST_MS 10000
#define MS_NS INT64_C(1000000)

void port_tell(struct theca_port *port, int level, const char *format, ...)
{
	char line[ADDRESS_MAX + 160];
	int length = snprintf(line, sizeof line, "%s: ", port->text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
	va_end(arguments);
	port->log(port->log_user, level, line);
}

void port_hold(struct theca_port *port)
{
	port->holders++;
}

void port_release(struct theca_port *port)
{
	if (--port->holders > 0)
		return;
	uv_freeaddrinfo(port->lookup.addrinfo);
	free(port);
}

/* -- attempts --------------------------------------------------------------------------------- */

static void attempt_serial(struct theca_port *);

static void attempt(uv_timer_t *timer)
{
	static void (*const attempts[])(struct theca_port *) = {
		[ADDRESS_SERIAL] = attempt_serial,
		[ADDRESS_TCP] = port_attempt_tcp,
		[ADDRESS_PTY] = port_attempt_pty,
		[ADDRESS_LISTEN] = port_attempt_tcp,
	};
	struct theca_port *port = timer->data;
	attempts[port->address.kind](port);
}

static void try_later(struct theca_port *port)
{
	if (port->closing)
		return;
	uv_timer_start(&port->retry, attempt, port->back_off_ms, 0);
	port->back_off_ms *= 2;
	if (port->back_off_ms > BACK_OFF_LAST_MS)
		port->back_off_ms = BACK_OFF_LAST_MS;
}

void port_fail(struct theca_port *port, int error)
{
	if (error != port->last_failure)
		port_tell(port, THECA_WARNING, "cannot be opened: %s; trying again",
			uv_strerror(error));
	port->last_failure = error;
	try_later(port);
}

/* -- channels --------------------------------------------------------------------------------- */

struct channel *port_add_channel(struct theca_port *port, int fd, enum channel_state state,
	const struct channel_events *events, int *failure)
{
	struct channel *channel = malloc(sizeof *channel);
	*failure = channel ? channel_open(channel, port->loop, fd, state, events, port) : -ENOMEM;
	if (*failure) {
		free(channel);
		return NULL;
	}
	channel->next = port->channels;
	port->channels = channel;
	port_hold(port);
	return channel;
}

void port_remove_channel(struct channel *channel)
{
	struct theca_port *port = channel->owner;
	struct channel **link = &port->channels;
	while (*link != channel)
		link = &(*link)->next;
	*link = channel->next;
	if (port->address.kind == ADDRESS_SERIAL)
		tty_release(channel->fd);
	if (port->address.kind == ADDRESS_PTY)
		tty_unlink_pty(&port->pair, port->address.path);
	port->clients -= channel->client != 0;
	channel_close(channel);
}

void port_released(struct channel *channel)
{
	struct theca_port *port = channel->owner;
	free(channel);
	port_release(port);
}

void port_opened(struct channel *channel)
{
	struct theca_port *port = channel->owner;
	port->last_failure = 0;
	port_tell(port, THECA_INFO, "opened");
	if (port->events.opened)
		port->events.opened(port->user, channel->client);
}

void port_received(struct channel *channel, const uint8_t *bytes, size_t count)
{
	struct theca_port *port = channel->owner;
	port->back_off_ms =
		BACK_OFF_FIRST_MS; /* not before: a peer may accept and hang up at once */
	if (port->events.received)
		port->events.received(port->user, channel->client, bytes, count);
}

/* A client of a listener goes when it likes; a line that we opened should not. */
void port_lost(struct channel *channel, int error)
{
	struct theca_port *port = channel->owner;
	uint32_t client = channel->client;
	port_remove_channel(channel);
	port_tell(port, client ? THECA_INFO : THECA_WARNING, "closed: %s",
		error ? uv_strerror(error) : "the other side ended");
	if (!client) {
		uv_timer_stop(&port->deadline);
		try_later(port);
	}
	if (port->events.closed)
		port->events.closed(port->user, client, error);
}

/* -- serial lines ----------------------------------------------------------------------------- */

static const struct channel_events serial_events = {
	.received = port_received,
	.ended = port_lost,
	.released = port_released,
};

static void attempt_serial(struct theca_port *port)
{
	bool unsettled = false;
	int failure, fd = tty_open_serial(&port->address, &unsettled);
	if (fd < 0) {
		port_fail(port, fd);
		return;
	}
	if (unsettled)
		port_tell(port, THECA_WARNING, "a pseudo-terminal: no parity, no 7 bits");
	struct channel *channel =
		port_add_channel(port, fd, CHANNEL_OPEN, &serial_events, &failure);
	if (channel)
		port_opened(channel);
	else
		port_fail(port, failure);
}

/* -- what the others call --------------------------------------------------------------------- */

int port_check(const char *address, char *why, size_t why_size)
{
	struct address parts;
	return address_parse(&parts, address, why, why_size);
}

static void add_timer(struct theca_port *port, uv_timer_t *timer)
{
	uv_timer_init(port->loop, timer);
	timer->data = port;
	port_hold(port);
}

int port_open(struct theca_port **result, uv_loop_t *loop, const char *address,
	const struct theca_port_events *events, void *user,
	void (*log)(void *log_user, int level, const char *text), void *log_user)
{
	char why[128];
	struct theca_port *port = calloc(1, sizeof *port);
	if (!port)
		return -ENOMEM;
	if (strlen(address) >= sizeof port->text ||
		address_parse(&port->address, address, why, sizeof why)) {
		free(port);
		return -EINVAL;
	}
	strcpy(port->text, address);
	port->loop = loop;
	memcpy(&port->events, events,
		events->size < sizeof port->events ? events->size : sizeof port->events);
	port->user = user;
	port->log = log;
	port->log_user = log_user;
	port->back_off_ms = BACK_OFF_FIRST_MS;
	add_timer(port, &port->retry);
	add_timer(port, &port->deadline);
	uv_timer_start(
		&port->retry, attempt, 0, 0); /* from the loop: `opened` must not come from here */
	*result = port;
	return 0;
}

static struct channel *find_open(const struct theca_port *port, uint32_t client)
{
	struct channel *channel = port->channels;
	while (channel && (channel->client != client || channel->state != CHANNEL_OPEN))
		channel = channel->next;
	return port->address.kind != ADDRESS_PTY || port->visited ? channel : NULL;
}

static void on_deadline(uv_timer_t *timer)
{
	struct theca_port *port = timer->data;
	if (port->events.silent)
		port->events.silent(port->user);
}

int port_write(struct theca_port *port, uint32_t client, const uint8_t *bytes, size_t count,
	int64_t deadline_ns)
{
	struct channel *channel = find_open(port, client);
	int failure = channel ? channel_write(channel, bytes, count) : -ENOTCONN;
	if (failure)
		return failure;
	uv_timer_stop(&port->deadline);
	if (deadline_ns <= 0)
		return 0;
	uv_update_time(port->loop); /* the loop's time may be a long callback old */
	uint64_t wait_ms = (uint64_t)(deadline_ns / MS_NS + (deadline_ns % MS_NS > 0));
	return uv_timer_start(&port->deadline, on_deadline, wait_ms, 0);
}

int port_answered(struct theca_port *port)
{
	return uv_timer_stop(&port->deadline);
}

static void on_timer_closed(uv_handle_t *handle)
{
	port_release(handle->data);
}

void port_close(struct theca_port *port)
{
	if (!port || port->closing)
		return;
	port->closing = true;
	port->events = (struct theca_port_events){0};
	port_hold(port); /* until the end of this function */
	while (port->channels)
		port_remove_channel(port->channels);
	if (port->looking)
		uv_cancel((uv_req_t *)&port->lookup);
	uv_close((uv_handle_t *)&port->retry, on_timer_closed);
	uv_close((uv_handle_t *)&port->deadline, on_timer_closed);
	port_release(port);
}
