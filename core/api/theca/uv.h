/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Optional: the event loop itself, for a plugin whose library brings sockets of its own. Handles
 * are made on the loop's thread between start and stop; stop closes them and answers -EINPROGRESS
 * until the last close callback has run. Link libuv yourself.
 */
#ifndef THECA_UV_H
#define THECA_UV_H

#include <theca/host.h>
#include <uv.h>

/* Never NULL; the bench's one loop. */
static inline uv_loop_t *theca_loop(struct theca_host *host)
{
	return (uv_loop_t *)host->api->loop(host);
}

#endif
