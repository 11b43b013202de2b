/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One open descriptor on the loop: a terminal, a socket, or a socket that is still connecting or
 * listening. It reads as bytes come, writes at once or keeps a bounded rest, and tells its owner
 * when it has ended. It never opens anything itself.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define CHANNEL_UNSENT_MAX (64u * 1024u)

struct channel;

struct channel_events {
	void (*connected)(struct channel *);
	void (*acceptable)(struct channel *);
	void (*received)(struct channel *, const uint8_t *bytes, size_t count);
	void (*ended)(struct channel *, int error); /* the owner calls channel_close() */
	void (*released)(struct channel *);         /* its descriptor and handle are gone; free it */
};

enum channel_state { CHANNEL_CONNECTING, CHANNEL_LISTENING, CHANNEL_OPEN, CHANNEL_CLOSED };

struct channel {
	uv_poll_t poll;
	const struct channel_events *events;
	void *owner;
	struct channel *next;    /* the owner's list */
	uint32_t client;         /* the owner's number */
	enum channel_state state;
	int fd;
	bool is_socket, starved; /* starved: waits until it can write */
	uint8_t *unsent;
	size_t unsent_count, unsent_room;
};

/* Takes `fd` over. On failure it is closed and there is no channel; else the struct must live until
 * `released`. */
int channel_open(struct channel *, uv_loop_t *, int fd, enum channel_state,
	const struct channel_events *, void *owner);
/* All or nothing: 0; -ENOTCONN: not open; -ENOBUFS: too much unsent; -errno: it has ended, and
 * `ended` follows from the loop. */
int channel_write(struct channel *, const uint8_t *bytes, size_t count);
/* Drops what could not be sent yet. */
void channel_forget(struct channel *);
/* No event but `released` comes after this. Closing twice is fine. */
void channel_close(struct channel *);

#endif
