/* SPDX-License-Identifier: Apache-2.0 */
/* Ports over TCP: looking a host up, connecting to each of its addresses in turn, taking clients.
 */
#include "port/port_life.h"
#include "port/tcp.h"
#include <errno.h>
#include <unistd.h>

#define CONNECT_MS 5000

static void connect_next(struct theca_port *, int failure);

static void forget_addresses(struct theca_port *port)
{
	uv_freeaddrinfo(port->lookup.addrinfo);
	port->lookup.addrinfo = NULL;
	port->candidate = NULL;
}

/* -- connecting ------------------------------------------------------------------------------- */

static void on_connected(struct channel *channel)
{
	struct theca_port *port = channel->owner;
	uv_timer_stop(&port->retry);
	forget_addresses(port);
	port_opened(channel);
}

static void on_ended(struct channel *channel, int error)
{
	struct theca_port *port = channel->owner;
	if (channel->state != CHANNEL_CONNECTING) {
		port_lost(channel, error);
		return;
	}
	port_remove_channel(channel);
	connect_next(port, error);
}

static void on_late(uv_timer_t *timer)
{
	struct theca_port *port = timer->data;
	on_ended(port->channels, -ETIMEDOUT); /* the only one: it is still connecting */
}

static const struct channel_events line_events = {
	.connected = on_connected,
	.received = port_received,
	.ended = on_ended,
	.released = port_released,
};

/* Each address that the name has, one after the other, then back-off. */
static void connect_next(struct theca_port *port, int failure)
{
	while (port->candidate) {
		const struct addrinfo *address = port->candidate;
		port->candidate = address->ai_next;
		int fd = tcp_connect(address);
		failure = fd;
		if (fd >= 0 &&
			port_add_channel(port, fd, CHANNEL_CONNECTING, &line_events, &failure)) {
			uv_timer_start(&port->retry, on_late, CONNECT_MS, 0);
			return;
		}
	}
	forget_addresses(port);
	uv_timer_stop(&port->retry);
	port_fail(port, failure);
}

/* -- listening -------------------------------------------------------------------------------- */

static const struct channel_events client_events = {
	.received = port_received,
	.ended = port_lost,
	.released = port_released,
};

static void on_acceptable(struct channel *listener)
{
	struct theca_port *port = listener->owner;
	int failure, fd = tcp_accept(listener->fd);
	if (fd < 0)
		return;
	if (port->clients == PORT_CLIENTS_MAX) {
		port_tell(port, THECA_WARNING, "has %d clients; one more is refused",
			PORT_CLIENTS_MAX);
		close(fd);
		return;
	}
	struct channel *channel =
		port_add_channel(port, fd, CHANNEL_OPEN, &client_events, &failure);
	if (!channel)
		return;
	channel->client = ++port->last_client ? port->last_client : ++port->last_client;
	port->clients++;
	port_opened(channel);
}

static void on_listener_ended(struct channel *listener, int error)
{
	struct theca_port *port = listener->owner;
	port_remove_channel(listener);
	port_fail(port, error);
}

static const struct channel_events listener_events = {
	.acceptable = on_acceptable,
	.ended = on_listener_ended,
	.released = port_released,
};

static void listen_first(struct theca_port *port)
{
	char name[TCP_NAME];
	int failure = 0, fd = tcp_listen(port->candidate);
	forget_addresses(port);
	if (fd >= 0)
		tcp_name(fd, name);
	else
		failure = fd;
	if (!failure)
		port_add_channel(port, fd, CHANNEL_LISTENING, &listener_events, &failure);
	if (failure) {
		port_fail(port, failure);
		return;
	}
	port->last_failure = 0;
	port_tell(port, THECA_INFO, "listening on %s", name);
}

/* -- looking up ------------------------------------------------------------------------------- */

static void on_found(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
	struct theca_port *port = lookup->data;
	port->looking = false;
	port->candidate = found;
	if (port->closing)
		forget_addresses(port);
	else if (status < 0)
		port_fail(port, status);
	else if (port->address.kind == ADDRESS_LISTEN)
		listen_first(port);
	else
		connect_next(port, -ENOENT);
	port_release(port);
}

void port_attempt_tcp(struct theca_port *port)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags =
			AI_NUMERICSERV | (port->address.kind == ADDRESS_LISTEN ? AI_PASSIVE : 0)};
	port->lookup.data = port;
	int failure = uv_getaddrinfo(port->loop, &port->lookup, on_found, port->address.host,
		port->address.service, &hints);
	if (failure) {
		port_fail(port, failure);
		return;
	}
	port->looking = true;
	port_hold(port);
}
