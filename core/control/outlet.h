/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to a reader who may be slow: at once by uv_try_write() as a rule; what the socket does not
 * take is kept, up to a bound. Beyond that the reader is to be cut off, by whoever asked.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include <stddef.h>
#include <uv.h>

/* Writes the line and a newline. 0; -ENOBUFS: more than `most` bytes would be unread; -errno: the
 * reader is gone. `kept` is called for each line that had to be kept when it is gone, status 0, or
 * when the stream is closed or broken, status < 0; always before the stream's own close callback. */
int outlet_send(uv_stream_t *, const char *line, size_t length, size_t most,
	void (*kept)(uv_stream_t *, int status));

#endif
