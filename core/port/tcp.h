/* SPDX-License-Identifier: Apache-2.0 */
/* TCP sockets for devices: without delay, and with probes, so that a dead peer is noticed in 25 s. */
#ifndef TCP_H
#define TCP_H

#include <netdb.h>
#include <stddef.h>

#define TCP_NAME 80

/* Each returns a non-blocking descriptor or -errno. */
int tcp_connect(const struct addrinfo *); /* still connecting */
int tcp_listen(const struct addrinfo *);
int tcp_accept(int listener);             /* -EAGAIN: nobody is waiting */
/* `127.0.0.1:5025`, of our own end; "?" when there is none. */
void tcp_name(int fd, char out[TCP_NAME]);

#endif
