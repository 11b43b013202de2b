/* SPDX-License-Identifier: Apache-2.0 */
/* The other side of the control socket (see ctl_client.h). */
#include "ctl/ctl_client.h"
#include "control/rpc.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES (4u << 20) /* the service's longest is 1 MiB */

__attribute__((format(printf, 3, 4))) static int failed(
	struct ctl_client *client, int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(client->why, sizeof client->why, format, arguments);
	va_end(arguments);
	return code;
}

static int dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	int rc = -errno;
	close(fd);
	return rc;
}

int ctl_connect(struct ctl_client *client, const char *path, int timeout_ms)
{
	*client = (struct ctl_client){.path = path, .timeout_ms = timeout_ms};
	client->fd = dial(path);
	if (client->fd >= 0)
		return CTL_OK;
	int error = -client->fd;
	client->fd = -1;
	return failed(client, CTL_NO_SERVICE, "no service at %s: %s", path, strerror(error));
}

void ctl_disconnect(struct ctl_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	free(client->bytes);
	json_decref(client->early);
	client->fd = -1;
	client->bytes = NULL;
	client->early = NULL;
	client->length = client->size = client->taken = 0;
}

/* -- lines ------------------------------------------------------------------------------------ */

static bool make_room(struct ctl_client *client)
{
	if (client->taken > 0) {
		client->length -= client->taken;
		memmove(client->bytes, client->bytes + client->taken, client->length);
		client->taken = 0;
	}
	if (client->length < client->size)
		return true;
	size_t size = client->size ? client->size * 2 : 16384;
	char *bytes = size <= LINE_MAX_BYTES ? realloc(client->bytes, size) : NULL;
	if (!bytes)
		return false;
	client->bytes = bytes;
	client->size = size;
	return true;
}

static json_t *take_line(struct ctl_client *client)
{
	char *line = client->bytes + client->taken;
	char *newline = client->length > client->taken
				? memchr(line, '\n', client->length - client->taken)
				: NULL;
	if (!newline)
		return NULL;
	client->taken += (size_t)(newline - line) + 1;
	json_t *parsed = json_loadb(line, (size_t)(newline - line), JSON_REJECT_DUPLICATES, NULL);
	return parsed ? parsed : json_null();
}

/* Reads once. 1: more bytes; 0: nothing in time; -1: the connection is lost, or nonsense. */
static int read_more(struct ctl_client *client, int timeout_ms)
{
	struct pollfd input = {.fd = client->fd, .events = POLLIN};
	int ready = poll(&input, 1, timeout_ms);
	if (ready == 0 || (ready < 0 && errno == EINTR))
		return 0;
	if (!make_room(client))
		return -1;
	ssize_t got =
		recv(client->fd, client->bytes + client->length, client->size - client->length, 0);
	if (got <= 0)
		return -1;
	client->length += (size_t)got;
	return 1;
}

/* The next line as JSON; NULL: *lost, or nothing in time. */
static json_t *read_line(struct ctl_client *client, int timeout_ms, bool *lost)
{
	json_t *line;
	*lost = client->fd < 0;
	while (!(line = take_line(client)) && !*lost) {
		int rc = read_more(client, timeout_ms);
		if (rc == 0)
			return NULL;
		*lost = rc < 0;
	}
	return line;
}

json_t *ctl_next(struct ctl_client *client, int timeout_ms)
{
	bool lost = false;
	json_t *line = NULL, *params = NULL;
	if (json_array_size(client->early) > 0) {
		params = json_incref(json_array_get(client->early, 0));
		json_array_remove(client->early, 0);
		return params;
	}
	while (!params && (line = read_line(client, timeout_ms, &lost))) {
		params = json_incref(json_object_get(line, "params"));
		json_decref(line);
	}
	if (lost)
		ctl_disconnect(client);
	return params;
}

/* -- calls ------------------------------------------------------------------------------------ */

static bool send_request(struct ctl_client *client, const char *method, json_t *params)
{
	json_t *request = json_pack(
		"{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", ++client->id, "method", method);
	if (params)
		json_object_set(request, "params", params);
	char *text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	size_t length = text ? strlen(text) : 0, sent = 0;
	if (text)
		text[length++] = '\n'; /* in the place of the NUL */
	while (sent < length) {
		ssize_t rc = send(client->fd, text + sent, length - sent, MSG_NOSIGNAL);
		if (rc < 0)
			break;
		sent += (size_t)rc;
	}
	free(text);
	return length > 0 && sent == length;
}

/* What an error means to whoever asked. */
static int exit_of(int error)
{
	static const struct {
		int error, code;
	} codes[] = {{CONTROL_BAD_PARAMS, CTL_USAGE}, {CONTROL_UNCERTAIN, CTL_UNCERTAIN}};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].error == error)
			return codes[i].code;
	return CTL_REFUSED;
}

static int take_error(struct ctl_client *client, const json_t *error)
{
	const char *message = json_string_value(json_object_get(error, "message"));
	client->error = (int)json_integer_value(json_object_get(error, "code"));
	return failed(client, exit_of(client->error), "%s", message ? message : "refused");
}

/* Is this line the answer? One with id null is the service's last word, whatever was asked. */
static bool is_answer(const struct ctl_client *client, const json_t *line)
{
	const json_t *id = json_object_get(line, "id");
	return json_integer_value(id) == client->id ||
	       (json_is_null(id) && json_object_get(line, "error"));
}

static json_t *wait_answer(struct ctl_client *client, bool *lost)
{
	json_t *line;
	while ((line = read_line(client, client->timeout_ms, lost)) && !is_answer(client, line)) {
		json_t *params = json_object_get(line, "params");
		if (!client->early)
			client->early = json_array();
		if (params)
			json_array_append(client->early, params);
		json_decref(line);
	}
	return line;
}

static int no_answer(struct ctl_client *client, const char *method, bool changes, bool lost)
{
	const char *what = lost ? "the connection was lost" : "there was no answer in time";
	if (lost)
		ctl_disconnect(client);
	if (changes)
		return failed(client, CTL_UNCERTAIN, "%s: %s, it is not known whether it was done",
			method, what);
	return failed(client, CTL_NO_SERVICE, "%s: %s", method, what);
}

int ctl_call(struct ctl_client *client, const char *method, json_t *params, bool changes,
	json_t **result)
{
	bool sent = send_request(client, method, params), lost = !sent;
	json_decref(params);
	*result = NULL;
	client->error = 0;
	json_t *answer = wait_answer(client, &lost);
	if (!answer)
		return no_answer(client, method, changes && sent, lost);
	json_t *error = json_object_get(answer, "error");
	*result = json_incref(json_object_get(answer, "result"));
	int code = CTL_OK;
	if (error)
		code = take_error(client, error);
	else if (!*result)
		code = failed(client, changes ? CTL_UNCERTAIN : CTL_REFUSED,
			"%s: the answer makes no sense", method);
	json_decref(answer);
	return code;
}
