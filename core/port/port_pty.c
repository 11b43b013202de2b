/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports that are a pseudo-terminal of ours. We hold its slave, so the master never tells that a
 * client came or went; the slave's own file does. Nobody there means that nothing is sent: a device
 * that streams would fill the line with the past for whoever comes next.
 */
#include "port/port_life.h"

#define ABSENCE_MS                                                                                 \
	20 /* what a client wrote before it left may still be on its way through the kernel */

static struct channel *line_of(const struct theca_port *port)
{
	struct channel *channel = port->channels;
	while (channel && channel->state != CHANNEL_OPEN)
		channel = channel->next;
	return channel;
}

static void on_absent(uv_timer_t *timer)
{
	struct theca_port *port = timer->data;
	if (port->visitors != 0 || !port->visited)
		return;
	port->visited = false;
	tty_renew_pty(&port->pair);
	channel_forget(line_of(port));
	uv_timer_stop(&port->deadline);
	port_tell(port, THECA_INFO, "closed: the client has left");
	if (port->events.closed)
		port->events.closed(port->user, 0, 0);
}

static void look_for_visitors(struct theca_port *port)
{
	if (port->visitors != 0 && !port->visited) {
		port->visited = true;
		port_opened(line_of(port));
	}
	if (port->visitors == 0 && port->visited)
		uv_timer_start(&port->retry, on_absent, ABSENCE_MS, 0);
}

static void on_visitors(struct channel *watch)
{
	struct theca_port *port = watch->owner;
	port->visitors += tty_count_visitors(watch->fd);
	if (port->visitors < 0)
		port->visitors = 0;
	look_for_visitors(port);
}

/* Bytes may be seen before their sender, or after. */
static void on_received(struct channel *line, const uint8_t *bytes, size_t count)
{
	struct theca_port *port = line->owner;
	for (struct channel *channel = port->channels; channel; channel = channel->next)
		if (channel->state == CHANNEL_LISTENING) {
			on_visitors(channel);
			break;
		}
	if (!port->visited) {
		port->visited = true;
		port_opened(line);
		look_for_visitors(port);
	}
	port_received(line, bytes, count);
}

static void on_ended(struct channel *channel, int error)
{
	struct theca_port *port = channel->owner;
	bool visited = port->visited;
	port->visited = false;
	while (port->channels)
		port_remove_channel(port->channels);
	port_fail(port, error);
	if (visited && port->events.closed)
		port->events.closed(port->user, 0, error);
}

static const struct channel_events line_events = {
	.received = on_received,
	.ended = on_ended,
	.released = port_released,
};

static const struct channel_events watch_events = {
	.acceptable = on_visitors,
	.ended = on_ended,
	.released = port_released,
};

/* Where visitors cannot be counted, somebody is always there. */
static void watch_visitors(struct theca_port *port)
{
	int failure, watch = tty_watch_pty(&port->pair);
	port->visitors = -1;
	if (watch >= 0 && port_add_channel(port, watch, CHANNEL_LISTENING, &watch_events, &failure))
		port->visitors = 0;
	look_for_visitors(port);
}

void port_attempt_pty(struct theca_port *port)
{
	int failure = tty_open_pty(&port->pair, port->address.path);
	if (failure) {
		port_fail(port, failure);
		return;
	}
	if (!port_add_channel(port, port->pair.master, CHANNEL_OPEN, &line_events, &failure)) {
		tty_unlink_pty(&port->pair, port->address.path);
		port_fail(port, failure);
		return;
	}
	port->last_failure = 0;
	port_tell(port, THECA_INFO, "offered as %s", port->pair.name);
	watch_visitors(port);
}
