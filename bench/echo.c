/* SPDX-License-Identifier: Apache-2.0 */
/* A bare libuv server on a Unix socket that sends back what comes: what the machine allows. echo PATH */
#include <stdlib.h>
#include <uv.h>

struct connection {
	uv_pipe_t pipe; /* first */
	char bytes[4096];
};

static void on_close(uv_handle_t *handle)
{
	free(handle);
}

static void give_room(uv_handle_t *handle, size_t size, uv_buf_t *room)
{
	struct connection *connection = (struct connection *)handle;
	(void)size;
	*room = uv_buf_init(connection->bytes, sizeof connection->bytes);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
	if (count < 0)
		uv_close((uv_handle_t *)stream, on_close);
	else if (count) {
		uv_buf_t answer = uv_buf_init(bytes->base, (unsigned)count);
		uv_try_write(stream, &answer, 1);
	}
}

static void on_connection(uv_stream_t *server, int status)
{
	struct connection *connection = calloc(1, sizeof *connection);

	(void)status;
	uv_pipe_init(server->loop, &connection->pipe, 0);
	if (uv_accept(server, (uv_stream_t *)&connection->pipe))
		uv_close((uv_handle_t *)&connection->pipe, on_close);
	else
		uv_read_start((uv_stream_t *)&connection->pipe, give_room, on_read);
}

int main(int argc, char **argv)
{
	uv_pipe_t server;

	uv_pipe_init(uv_default_loop(), &server, 0);
	if (argc != 2 || uv_pipe_bind(&server, argv[1]) ||
		uv_listen((uv_stream_t *)&server, 64, on_connection))
		return 1;
	return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
