/* SPDX-License-Identifier: Apache-2.0 */
/* TCP sockets for devices. */
#include "port/tcp.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_S 10
#define PROBE_S 5
#define PROBES 3

/* A request of ten bytes must not wait for the next one, nor a vanished device stay open for hours.
 */
static void tune(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S},
		{IPPROTO_TCP, TCP_KEEPINTVL, PROBE_S},
		{IPPROTO_TCP, TCP_KEEPCNT, PROBES},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, (IDLE_S + PROBE_S * PROBES) * 1000},
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			sizeof options[i].value);
}

static int new_socket(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int close_failed(int fd)
{
	int failure = -errno;
	close(fd);
	return failure;
}

int tcp_connect(const struct addrinfo *address)
{
	int fd = new_socket(address);
	if (fd < 0)
		return fd;
	tune(fd);
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)
		return close_failed(fd);
	return fd;
}

int tcp_listen(const struct addrinfo *address)
{
	const int yes = 1;
	int fd = new_socket(address);
	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, 16) < 0)
		return close_failed(fd);
	return fd;
}

int tcp_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	tune(fd);
	return fd;
}

void tcp_name(int fd, char out[TCP_NAME])
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char host[64], service[8];
	snprintf(out, TCP_NAME, "?");
	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return;
	if (getnameinfo((struct sockaddr *)&address, size, host, sizeof host, service,
		    sizeof service, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(out, TCP_NAME, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
			service);
}
