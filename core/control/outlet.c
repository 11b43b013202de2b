/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to a reader who may be slow (see outlet.h). Memory is taken only for what is kept. */
#include "control/outlet.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	uv_write_t write;
	void (*done)(uv_stream_t *, int status);
	char bytes[];
};

static void on_written(uv_write_t *write, int status)
{
	struct kept *kept = write->data;
	kept->done(write->handle, status);
	free(kept);
}

/* The line's rest and its newline. */
static int keep(uv_stream_t *stream, const char *rest, size_t length,
	void (*done)(uv_stream_t *, int status))
{
	struct kept *kept = malloc(sizeof *kept + length + 1);
	if (!kept)
		return -ENOMEM;
	memcpy(kept->bytes, rest, length);
	kept->bytes[length] = '\n';
	kept->done = done;
	kept->write.data = kept;
	uv_buf_t buffer = uv_buf_init(kept->bytes, (unsigned)length + 1);
	int rc = uv_write(&kept->write, stream, &buffer, 1, on_written);
	if (rc)
		free(kept);
	return rc;
}

int outlet_send(uv_stream_t *stream, const char *line, size_t length, size_t most,
	void (*kept)(uv_stream_t *, int status))
{
	uv_buf_t parts[] = {uv_buf_init((char *)line, (unsigned)length), uv_buf_init("\n", 1)};
	int sent = uv_try_write(stream, parts, 2);
	if (sent < 0 && sent != UV_EAGAIN)
		return sent;
	size_t done = sent < 0 ? 0 : (size_t)sent;
	if (done > length)
		return 0;
	if (stream->write_queue_size + length - done + 1 > most)
		return -ENOBUFS;
	return keep(stream, line + done, length - done, kept);
}
