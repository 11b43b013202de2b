/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to the broker: libmosquitto on the bench's loop. It is kept up by itself, with
 * back-off, until it is closed.
 *
 * The library resolves names and connects blockingly, so that happens in a thread of its own; the
 * thread pool of libuv is not for that, as the journal is synced there, and a connection attempt to
 * a host that is silent takes two minutes. An attempt that nobody waits for any more is left to its
 * thread, so closing never waits for the network.
 */
#ifndef BROKER_H
#define BROKER_H

#include <theca/uv.h>

struct broker_settings {
	const char *host;
	int port, keep_alive_s;
	bool tls, retain;
	const char *ca_file, *certificate, *key; /* NULL: none */
	const char *username, *password, *client_id;
	const char *status_topic; /* says online and, by the will, offline */
};

struct broker_events {
	void (*ready)(void *user);    /* connected: publishing is possible */
	void (*writable)(void *user); /* publishing is possible again, after -EAGAIN */
	/* Not connected, or not any more; `attempts` in a row have failed, 0: a connection was lost. */
	void (*trouble)(void *user, const char *why, unsigned attempts);
	void (*closed)(void *user); /* after broker_close(): everything is released */
};

struct broker;

/* Begins to connect. The settings are copied or kept (texts: until `closed`). */
int broker_open(struct broker **, struct theca_host *, const struct broker_settings *,
	const struct broker_events *, void *user);
/* 0: taken; -EAGAIN: not now (not connected, or enough is on its way); another: never. */
int broker_publish(struct broker *, const char *topic, const void *payload, size_t length, int qos,
	bool retain);
/* What was published goes on the wire: once a tick. */
void broker_flush(struct broker *);
/* Says goodbye, for at most a second, and lets go; then `closed`. `writable` may be called till then. */
void broker_close(struct broker *);

#endif
