/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing a descriptor under uv_poll. The poll's status is only a hint (libuv says
 * UV_EBADF for any hang-up), so a descriptor in trouble is read to its end first: what arrived
 * before it broke still counts, and read() knows the true error.
 */
#include "port/channel.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 4096

static void on_poll(uv_poll_t *, int status, int events);

static bool again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static int watch(struct channel *channel)
{
	int events = UV_READABLE;
	if (channel->state == CHANNEL_CONNECTING)
		events = UV_WRITABLE;
	else if (channel->starved)
		events |= UV_WRITABLE;
	return uv_poll_start(&channel->poll, events, on_poll);
}

static void end(struct channel *channel, int error)
{
	if (channel->state == CHANNEL_CLOSED)
		return;
	uv_poll_stop(&channel->poll);
	channel->events->ended(channel, error);
}

/* -- reading ---------------------------------------------------------------------------------- */

/* Returns true when there may be more. */
static bool read_some(struct channel *channel)
{
	uint8_t bytes[READ_SIZE];
	ssize_t count = read(channel->fd, bytes, sizeof bytes);
	if (count > 0) {
		channel->events->received(channel, bytes, (size_t)count);
		return channel->state == CHANNEL_OPEN;
	}
	if (count == 0)
		end(channel,
			channel->is_socket ? 0 : -EIO); /* a terminal ends only by hanging up */
	else if (!again(errno))
		end(channel, -errno);
	return false;
}

/* -- writing ---------------------------------------------------------------------------------- */

static ssize_t put(const struct channel *channel, const uint8_t *bytes, size_t count)
{
	if (channel->is_socket)
		return send(channel->fd, bytes, count, MSG_NOSIGNAL);
	return write(channel->fd, bytes, count);
}

static int keep(struct channel *channel, const uint8_t *bytes, size_t count)
{
	size_t needed = channel->unsent_count + count;
	if (needed > channel->unsent_room) {
		size_t room = needed < 512 ? 512 : needed * 2;
		uint8_t *grown = realloc(channel->unsent, room);
		if (!grown)
			return -ENOMEM;
		channel->unsent = grown;
		channel->unsent_room = room;
	}
	memcpy(channel->unsent + channel->unsent_count, bytes, count);
	channel->unsent_count = needed;
	if (channel->starved)
		return 0;
	channel->starved = true;
	return watch(channel);
}

static void flush(struct channel *channel)
{
	ssize_t count = put(channel, channel->unsent, channel->unsent_count);
	if (count < 0) {
		if (!again(errno))
			end(channel, -errno);
		return;
	}
	channel->unsent_count -= (size_t)count;
	memmove(channel->unsent, channel->unsent + count, channel->unsent_count);
	if (channel->unsent_count)
		return;
	channel->starved = false;
	watch(channel);
}

int channel_write(struct channel *channel, const uint8_t *bytes, size_t count)
{
	ssize_t sent = 0;
	if (channel->state != CHANNEL_OPEN)
		return -ENOTCONN;
	if (channel->unsent_count + count > CHANNEL_UNSENT_MAX)
		return -ENOBUFS;
	if (!channel->starved)
		sent = put(channel, bytes, count);
	if (sent < 0 && !again(errno))
		return -errno; /* the poll reports it as well, and there it ends */
	if (sent < 0)
		sent = 0;
	return (size_t)sent == count ? 0 : keep(channel, bytes + sent, count - (size_t)sent);
}

void channel_forget(struct channel *channel)
{
	channel->unsent_count = 0;
	if (!channel->starved)
		return;
	channel->starved = false;
	watch(channel);
}

/* -- the loop --------------------------------------------------------------------------------- */

static void finish_connecting(struct channel *channel)
{
	int error = 0;
	socklen_t size = sizeof error;
	if (getsockopt(channel->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (!error) {
		channel->state = CHANNEL_OPEN;
		error = -watch(channel);
	}
	if (error)
		end(channel, -error);
	else
		channel->events->connected(channel);
}

static void serve(struct channel *channel, int events)
{
	if (events & UV_READABLE)
		read_some(channel);
	if (channel->state == CHANNEL_OPEN && channel->starved && events & UV_WRITABLE)
		flush(channel);
}

static void drain(struct channel *channel, int status)
{
	while (read_some(channel))
		;
	end(channel, status);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct channel *channel = poll->data;
	if (channel->state == CHANNEL_CONNECTING)
		finish_connecting(channel);
	else if (channel->state == CHANNEL_LISTENING && status < 0)
		end(channel, status);
	else if (channel->state == CHANNEL_LISTENING)
		channel->events->acceptable(channel);
	else if (status < 0)
		drain(channel, status);
	else
		serve(channel, events);
}

int channel_open(struct channel *channel, uv_loop_t *loop, int fd, enum channel_state state,
	const struct channel_events *events, void *owner)
{
	*channel = (struct channel){.events = events, .owner = owner, .state = state, .fd = fd};
	int kind;
	socklen_t size = sizeof kind;
	channel->is_socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) == 0;
	int failure = uv_poll_init(loop, &channel->poll, fd);
	if (failure) {
		close(fd);
		return failure;
	}
	channel->poll.data = channel;
	return watch(channel); /* of a fresh handle it cannot fail */
}

static void on_released(uv_handle_t *handle)
{
	struct channel *channel = handle->data;
	free(channel->unsent);
	channel->events->released(channel);
}

void channel_close(struct channel *channel)
{
	if (channel->state == CHANNEL_CLOSED)
		return;
	channel->state = CHANNEL_CLOSED;
	uv_poll_stop(&channel->poll);
	close(channel->fd);
	uv_close((uv_handle_t *)&channel->poll, on_released);
}
