/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of port share: the port itself, and the steps of its life that each kind takes. */
#ifndef PORT_LIFE_H
#define PORT_LIFE_H

#include "config/address.h"
#include "port/channel.h"
#include "port/tty.h"
#include <theca/host.h>
#include <uv.h>

#define PORT_CLIENTS_MAX 16

struct theca_port {
	uv_loop_t *loop;
	struct theca_port_events events;
	void *user;
	void (*log)(void *log_user, int level, const char *text);
	void *log_user;
	char text[ADDRESS_MAX + 32]; /* the address as it was given */
	struct address address;
	uv_timer_t retry, deadline;
	uv_getaddrinfo_t lookup;
	const struct addrinfo *candidate; /* of what was looked up, the next one to try */
	struct channel *channels;         /* the line, or the listener and its clients */
	struct tty_pair pair;
	int visitors; /* of the pseudo-terminal; -1: cannot be counted */
	bool visited; /* and this was told */
	unsigned holders; /* handles, channels, a lookup: what must go before this may be freed */
	unsigned clients;
	uint32_t last_client;
	uint64_t back_off_ms;
	int last_failure; /* each one is told once */
	bool looking, closing;
};

__attribute__((format(printf, 3, 4))) void port_tell(
	struct theca_port *, int level, const char *format, ...);
/* This attempt came to nothing: the next one comes after the back-off. */
void port_fail(struct theca_port *, int error);
void port_hold(struct theca_port *);
void port_release(struct theca_port *); /* the last one frees it */

/* Takes `fd` over; NULL and *failure when that failed. */
struct channel *port_add_channel(struct theca_port *, int fd, enum channel_state,
	const struct channel_events *, int *failure);
void port_remove_channel(struct channel *);
/* What a channel tells: */
void port_opened(struct channel *);
void port_received(struct channel *, const uint8_t *bytes, size_t count);
void port_lost(struct channel *, int error);
void port_released(struct channel *);

/* port_pty.c: offers a pseudo-terminal and counts who comes. */
void port_attempt_pty(struct theca_port *);
/* port_tcp.c: looks the host up, then connects or listens. */
void port_attempt_tcp(struct theca_port *);

#endif
