/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports: serial lines, TCP, pseudo-terminals, listening sockets, all with the same four events. A
 * port is opened exclusively, kept open with back-off (0.1 s doubling to 10 s), never blocks the
 * loop, and holds its own slave of a pseudo-terminal, so that a client's leaving makes no spin.
 * Addresses and the events' contract: theca_port_open() in host.h.
 */
#ifndef PORT_H
#define PORT_H

#include <theca/host.h>
#include <uv.h>

/* Is the address well formed? 0 or -EINVAL with `why`. For --check: opens nothing. */
int port_check(const char *address, char *why, size_t why_size);
/* `log` gets one line per opening, loss and failure: user, level, text. */
int port_open(struct theca_port **, uv_loop_t *, const char *address, const struct theca_port_events *,
	void *user, void (*log)(void *log_user, int level, const char *text), void *log_user);
int port_write(struct theca_port *, uint32_t client, const uint8_t *bytes, size_t count,
	int64_t deadline_ns);
int port_answered(struct theca_port *);
void port_close(struct theca_port *); /* frees itself once its handles are closed */

#endif
