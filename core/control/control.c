/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: who may connect, how much one client may hold, and how a request finds its
 * handler. What a line means is rpc.c's. An answer is written into one buffer that all requests
 * share and leaves by uv_try_write() in the same turn; memory is only taken for what a slow client
 * has not read yet.
 */
#include "control/control.h"
#include "base/log.h"
#include "control/outlet.h"
#include "control/peer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <theca/host.h>

#define CLIENTS_MAX 64
#define OPEN_MAX 32
#define URGENT_MAX 4              /* on top, for CONTROL_URGENT */
#define UNREAD_MAX (1024u * 1024) /* bytes that a client has not read yet */
#define REPLY_MAX (1024u * 1024)
#define ERROR_MAX 4096
#define TURN_MAX 16 /* requests of one client before the others' turn */
#define PATIENCE_MS 10000

struct control_request {
	struct client *client;
	json_t *id; /* NULL: a notification */
	bool open;
};

struct client {
	uv_pipe_t pipe;
	struct control *control;
	size_t slot; /* in control->clients; CLIENTS_MAX: in none */
	struct rpc_lines lines;
	uint64_t half_since_ms; /* 0: no half line */
	bool closing, closed;   /* uv_close() called; and done */
	bool ended;             /* it sends no more, but may still read */
	bool paused;            /* had its turn, whole lines wait */
	bool subscribed;
	unsigned open;
	struct control_request requests[OPEN_MAX + URGENT_MAX];
	char who[PEER_NAME];
};

struct control {
	uv_loop_t *loop;
	uv_pipe_t listener;
	uv_idle_t turn;   /* runs while a client is paused */
	uv_timer_t sweep; /* runs while a client has half a line, or has ended */
	unsigned holders; /* the three handles, and each client's memory */
	bool closing;
	const struct control_method *methods;
	void *user;
	json_t *no_params;
	struct client *clients[CLIENTS_MAX];
	size_t subscribers;
	uint64_t patience_ms;
	struct emit later;
	size_t later_opened;
	char path[PEER_PATH];
	char reply[REPLY_MAX], later_reply[REPLY_MAX]; /* untouched pages cost nothing */
};

static void release_control(struct control *control)
{
	if (--control->holders > 0)
		return;
	json_decref(control->no_params);
	free(control);
}

/* -- one client: its end ---------------------------------------------------------------------- */

static void release_client(struct client *client)
{
	if (!client->closed || client->open > 0)
		return;
	release_control(client->control);
	free(client);
}

static void on_client_closed(uv_handle_t *handle)
{
	struct client *client = handle->data;
	client->closed = true;
	free(client->lines.bytes);
	release_client(client);
}

static void close_client(struct client *client)
{
	if (client->closing)
		return;
	client->closing = true;
	client->control->subscribers -= client->subscribed;
	if (client->slot < CLIENTS_MAX)
		client->control->clients[client->slot] = NULL;
	uv_close((uv_handle_t *)&client->pipe, on_client_closed);
}

static int client_fd(const struct client *client)
{
	int fd = -1;
	uv_fileno((const uv_handle_t *)&client->pipe, &fd);
	return fd;
}

/* After its last request a client may still wait for answers: `printf ... | nc -U` does. */
static void close_if_over(struct client *client)
{
	bool waits = client->open > 0 || client->subscribed || client->pipe.write_queue_size > 0;
	if (client->ended && (!waits || peer_gone(client_fd(client))))
		close_client(client);
}

/* -- output ----------------------------------------------------------------------------------- */

static void on_kept(uv_stream_t *stream, int status)
{
	if (status < 0)
		close_client(stream->data);
	else
		close_if_over(stream->data);
}

static void send_line(struct client *client, const char *line, size_t length)
{
	if (client->closing)
		return;
	int rc = outlet_send((uv_stream_t *)&client->pipe, line, length, UNREAD_MAX, on_kept);
	if (rc == -ENOBUFS)
		log_line(THECA_WARNING, "control: %s does not read; cut off", client->who);
	if (rc)
		close_client(client);
}

static void send_error(struct client *client, const json_t *id, int error, const char *message,
	const char *data_json)
{
	char line[ERROR_MAX];
	size_t length = rpc_error(line, sizeof line, id, error, message, data_json);
	if (length > 0)
		send_line(client, line, length);
}

/* The last word to a client, then the end. */
__attribute__((format(printf, 3, 4))) static void dismiss(
	struct client *client, int error, const char *format, ...)
{
	char message[RPC_WHY];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	send_error(client, NULL, error, message, NULL);
	close_client(client);
}

/* -- requests --------------------------------------------------------------------------------- */

static struct control_request *begin_request(struct client *client, json_t *id, bool urgent)
{
	if (client->open >= (urgent ? OPEN_MAX + URGENT_MAX : OPEN_MAX))
		return NULL;
	struct control_request *request = client->requests;
	while (request->open)
		request++;
	client->open++;
	*request = (struct control_request){client, json_incref(id), true};
	return request;
}

static void end_request(struct control_request *request)
{
	struct client *client = request->client;
	json_decref(request->id);
	*request = (struct control_request){0};
	client->open--;
	if (client->closing)
		release_client(client);
	else
		close_if_over(client);
}

const char *control_who(const struct control_request *request)
{
	return request->client->who;
}

void control_fail(
	struct control_request *request, int error, const char *data_json, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	if (request->id)
		send_error(request->client, request->id, error, message, data_json);
	end_request(request);
}

static void finish_request(struct control_request *request, struct emit *reply, size_t opened)
{
	size_t length = rpc_result_close(reply, opened);
	if (length == 0) {
		control_fail(request, CONTROL_INTERNAL, NULL,
			"the answer is longer than %u bytes: ask for less at once", REPLY_MAX);
		return;
	}
	if (request->id)
		send_line(request->client, reply->out, length);
	end_request(request);
}

struct emit *control_reply(struct control_request *request)
{
	struct control *control = request->client->control;
	control->later_opened =
		rpc_result_open(&control->later, control->later_reply, REPLY_MAX, request->id);
	return &control->later;
}

void control_answer(struct control_request *request)
{
	struct control *control = request->client->control;
	finish_request(request, &control->later, control->later_opened);
}

void control_subscribe(struct control_request *request)
{
	struct client *client = request->client;
	if (client->closing || client->subscribed)
		return;
	client->subscribed = true;
	client->control->subscribers++;
}

void control_notify(struct control *control, const char *json, size_t length)
{
	if (control->subscribers == 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (control->clients[i] && control->clients[i]->subscribed)
			send_line(control->clients[i], json, length);
}

void control_tell(struct control_request *request, const char *json, size_t length)
{
	send_line(request->client, json, length);
}

size_t control_subscribers(const struct control *control)
{
	return control->subscribers;
}

/* -- a line finds its handler ----------------------------------------------------------------- */

static void emit_method(struct emit *reply, const struct control_method *method)
{
	emit_open(reply, NULL, '{');
	emit_text(reply, "name", method->name);
	emit_text(reply, "params", method->params);
	emit_text(reply, "help", method->help);
	emit_close(reply, '}');
}

static control_handler discover;

static const struct control_method discover_method = {
	"rpc.discover", "", "What can be asked here.", discover, 0};

static int discover(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	(void)user, (void)params;
	emit_open(reply, NULL, '{');
	emit_open(reply, "methods", '[');
	for (const struct control_method *m = request->client->control->methods; m->name; m++)
		emit_method(reply, m);
	emit_method(reply, &discover_method);
	emit_close(reply, ']');
	emit_close(reply, '}');
	return 0;
}

static const struct control_method *find_method(const struct control *control, const char *name)
{
	for (const struct control_method *m = control->methods; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return strcmp(name, discover_method.name) ? NULL : &discover_method;
}

static void call(struct control *control, const struct control_method *method,
	struct control_request *request, const json_t *params)
{
	struct emit reply;
	size_t opened = rpc_result_open(&reply, control->reply, REPLY_MAX, request->id);
	int rc = method->call(control->user, request, params, &reply);
	if (rc == CONTROL_LATER || !request->open)
		return;
	if (rc < 0)
		control_fail(
			request, CONTROL_INTERNAL, NULL, "%s: %s", method->name, strerror(-rc));
	else
		finish_request(request, &reply, opened);
}

/* The gate before a handler: 0 and the method, or a control_error and why. */
static int admit(const struct client *client, const struct rpc_request *asked,
	const struct control_method **found, char why[RPC_WHY])
{
	const struct control_method *method = find_method(client->control, asked->method);
	*found = method;
	if (!method) {
		snprintf(why, RPC_WHY, "no method `%.64s`; rpc.discover lists them", asked->method);
		return CONTROL_NO_METHOD;
	}
	return method->params ? rpc_check_params(method->params, asked->params, why) : 0;
}

static void dispatch(struct client *client, const struct rpc_request *asked)
{
	struct control *control = client->control;
	const struct control_method *method;
	struct control_request *request = NULL;
	char why[RPC_WHY];
	int error = admit(client, asked, &method, why);
	if (!error) {
		request =
			begin_request(client, (json_t *)asked->id, method->flags & CONTROL_URGENT);
		snprintf(why, sizeof why, "%d requests are open already", OPEN_MAX);
	}
	if (request)
		call(control, method, request, asked->params ? asked->params : control->no_params);
	else if (asked->id)
		send_error(client, asked->id, error ? error : CONTROL_REFUSED, why, NULL);
}

static void serve_line(struct client *client, const char *line, size_t length)
{
	struct rpc_request asked;
	char why[RPC_WHY];
	if (rpc_blank(line, length))
		return;
	int error = rpc_read(&asked, line, length, why);
	if (error)
		send_error(client, asked.id, error, why, NULL);
	else
		dispatch(client, &asked);
	rpc_finish(&asked);
}

/* -- input ------------------------------------------------------------------------------------ */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct client *client = handle->data;
	size_t room;
	(void)suggested;
	char *bytes = rpc_lines_room(&client->lines, &room);
	*buffer = uv_buf_init(bytes, (unsigned)room);
}

static void on_sweep(uv_timer_t *timer)
{
	struct control *control = timer->data;
	uint64_t now_ms = uv_now(control->loop);
	bool needed = false;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = control->clients[i];
		if (!client)
			continue;
		if (client->half_since_ms && now_ms - client->half_since_ms >= control->patience_ms)
			dismiss(client, CONTROL_INVALID, "half a line, and then nothing for %g s",
				(double)control->patience_ms / 1000);
		else
			close_if_over(client);
		needed |= !client->closing && (client->half_since_ms || client->ended);
	}
	if (!needed)
		uv_timer_stop(timer);
}

static void need_sweep(struct control *control)
{
	uint64_t period_ms = control->patience_ms / 10 + 1;
	if (!uv_is_active((uv_handle_t *)&control->sweep))
		uv_timer_start(&control->sweep, on_sweep, period_ms, period_ms);
}

static void on_turn(uv_idle_t *idle);
static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer);

static void pause_client(struct client *client)
{
	client->paused = true;
	uv_read_stop((uv_stream_t *)&client->pipe);
	if (!client->control->closing)
		uv_idle_start(&client->control->turn, on_turn);
}

/* Serves whole lines, up to a turn of them. */
static void serve_lines(struct client *client)
{
	const char *line;
	size_t length;
	unsigned served = 0;
	while (!client->closing && served < TURN_MAX &&
		(line = rpc_lines_next(&client->lines, &length))) {
		serve_line(client, line, length);
		served++;
	}
	if (client->closing)
		return;
	if (rpc_lines_waiting(&client->lines)) {
		pause_client(client);
	} else if (rpc_lines_overlong(&client->lines)) {
		dismiss(client, CONTROL_INVALID, "a line has at most %d bytes", RPC_LINE_MAX);
	} else if (!rpc_lines_half(&client->lines)) {
		client->half_since_ms = 0;
	} else if (served > 0 || client->half_since_ms == 0) {
		client->half_since_ms = uv_now(client->control->loop);
		need_sweep(client->control);
	}
}

static void on_turn(uv_idle_t *idle)
{
	struct control *control = idle->data;
	bool needed = false;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = control->clients[i];
		if (!client || !client->paused)
			continue;
		client->paused = false;
		serve_lines(client);
		if (!client->closing && !client->paused)
			uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read);
		needed |= !client->closing && client->paused;
	}
	if (!needed)
		uv_idle_stop(idle);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct client *client = stream->data;
	(void)buffer;
	if (got > 0) {
		rpc_lines_add(&client->lines, (size_t)got);
		serve_lines(client);
	} else if (got == UV_EOF) {
		client->ended = true;
		client->half_since_ms = 0;
		uv_read_stop(stream);
		close_if_over(client);
		if (!client->closing)
			need_sweep(client->control);
	} else if (got < 0) {
		close_client(client);
	}
}

/* -- who may connect -------------------------------------------------------------------------- */

static void welcome(struct client *client)
{
	struct control *control = client->control;
	size_t slot = 0;
	while (slot < CLIENTS_MAX && control->clients[slot])
		slot++;
	if (!peer_allowed(client_fd(client), control->path, client->who)) {
		log_line(THECA_WARNING, "control: %s may not connect", client->who);
		dismiss(client, CONTROL_REFUSED, "%s may not use this socket", client->who);
	} else if (slot == CLIENTS_MAX) {
		dismiss(client, CONTROL_REFUSED, "%d clients are connected already", CLIENTS_MAX);
	} else {
		client->slot = slot;
		control->clients[slot] = client;
		uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read);
	}
}

static struct client *create_client(struct control *control)
{
	struct client *client = calloc(1, sizeof *client);
	char *bytes = malloc(RPC_LINE_MAX + 1);
	if (!client || !bytes) {
		free(client);
		free(bytes);
		return NULL;
	}
	client->control = control;
	client->slot = CLIENTS_MAX;
	rpc_lines_init(&client->lines, bytes, RPC_LINE_MAX + 1);
	uv_pipe_init(control->loop, &client->pipe, 0);
	client->pipe.data = client;
	control->holders++;
	return client;
}

static void on_connect(uv_stream_t *listener, int status)
{
	struct client *client = status < 0 ? NULL : create_client(listener->data);
	if (!client)
		return;
	if (uv_accept(listener, (uv_stream_t *)&client->pipe))
		close_client(client);
	else
		welcome(client);
}

/* -- the server ------------------------------------------------------------------------------- */

static int listen_at(struct control *control, const char *path)
{
	mode_t before = umask(0117); /* before bind: nobody else connects even for a moment */
	int rc = uv_pipe_bind(&control->listener, path);
	umask(before);
	return rc ? rc : uv_listen((uv_stream_t *)&control->listener, 128, on_connect);
}

int control_open(struct control **result, uv_loop_t *loop, const char *path,
	const struct control_method *methods, void *user)
{
	int rc = peer_clear_path(path);
	if (rc)
		return rc;
	struct control *control = calloc(1, sizeof *control);
	if (!control)
		return -ENOMEM;
	control->loop = loop;
	control->methods = methods;
	control->user = user;
	control->patience_ms = PATIENCE_MS;
	control->no_params = json_object();
	control->holders = 3;
	memcpy(control->path, path, strlen(path) + 1);
	uv_pipe_init(loop, &control->listener, 0);
	uv_idle_init(loop, &control->turn);
	uv_timer_init(loop, &control->sweep);
	control->listener.data = control->turn.data = control->sweep.data = control;
	rc = listen_at(control, path);
	if (rc)
		control_close(control);
	else
		*result = control;
	return rc;
}

static void on_handle_closed(uv_handle_t *handle)
{
	release_control(handle->data);
}

void control_close(struct control *control)
{
	if (!control || control->closing)
		return;
	control->closing = true;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (control->clients[i])
			close_client(control->clients[i]);
	/* closing a bound pipe removes its file */
	uv_close((uv_handle_t *)&control->listener, on_handle_closed);
	uv_close((uv_handle_t *)&control->turn, on_handle_closed);
	uv_close((uv_handle_t *)&control->sweep, on_handle_closed);
}

void control_set_patience(struct control *control, uint64_t half_line_ms)
{
	control->patience_ms = half_line_ms;
	uv_timer_stop(&control->sweep); /* it starts again with the new period */
}
