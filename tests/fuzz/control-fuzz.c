/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a control client, in pieces as a socket might cut them (the first byte says how large),
 * through lines, requests, parameters and answers. Every line gets one answer, which is JSON on one
 * line whatever was asked.
 */
#include "control/rpc.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096 };

static void check_answer(const char *out, size_t length)
{
	if (length == 0 || memchr(out, '\n', length))
		abort();
	json_t *answer = json_loadb(out, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(answer))
		abort();
	json_decref(answer);
}

static void answer_line(const char *line, size_t length)
{
	struct rpc_request request;
	struct emit emit;
	char why[RPC_WHY], out[4096];
	if (rpc_blank(line, length))
		return;
	int error = rpc_read(&request, line, length, why);
	if (!error)
		error = rpc_check_params("pump, volume | dose, over?", request.params, why);
	if (error) {
		check_answer(out, rpc_error(out, sizeof out, request.id, error, why, NULL));
	} else {
		size_t opened = rpc_result_open(&emit, out, sizeof out, request.id);
		emit_text(&emit, NULL, request.method);
		/* a method's name may be longer than this small buffer; control.c's is larger */
		if (!emit.full)
			check_answer(out, rpc_result_close(&emit, opened));
	}
	rpc_finish(&request);
}

static void feed(struct rpc_lines *lines, const uint8_t *bytes, size_t count)
{
	size_t length, room;
	char *to = rpc_lines_room(lines, &room);
	const char *line;
	if (count > room)
		abort();
	memcpy(to, bytes, count);
	rpc_lines_add(lines, count);
	while ((line = rpc_lines_next(lines, &length)))
		answer_line(line, length);
	if (rpc_lines_waiting(lines))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct rpc_lines lines;
	char buffer[LINE];
	size_t piece = size > 0 ? (size_t)bytes[0] + 1 : 1;
	rpc_lines_init(&lines, buffer, sizeof buffer);
	for (size_t at = 1; at < size && !rpc_lines_overlong(&lines); at += piece) {
		size_t room;
		rpc_lines_room(&lines, &room);
		if (piece > room)
			piece = room;
		feed(&lines, bytes + at, size - at < piece ? size - at : piece);
	}
	return 0;
}
