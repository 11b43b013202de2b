/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A closed-loop client: each of N connections has one line outstanding. Prints how many answers came
 * a second and the 50th and 99th percentile of their times, in microseconds, warm-up left out.
 *
 *     client SOCKET CONNECTIONS SECONDS REQUEST
 *
 * `%d` in the request is the connection's number. An answer is a line with `"id"`, or, from what
 * does not speak JSON-RPC, any line.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST 64
#define SAMPLES (1 << 22)
#define WARM_NS 500000000

struct connection {
	char request[512], answer[65536];
	size_t length, have;
	int64_t asked_ns;
};

static struct connection connections[MOST];
static struct pollfd sockets[MOST];
static uint32_t times_ns[SAMPLES];
static size_t count;

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void dial(size_t i, const char *path, const char *request)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct connection *connection = &connections[i];
	const char *number = strstr(request, "%d");
	int before = number ? (int)(number - request) : (int)strlen(request);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	sockets[i] = (struct pollfd){.fd = socket(AF_UNIX, SOCK_STREAM, 0), .events = POLLIN};
	if (connect(sockets[i].fd, (void *)&address, sizeof address)) {
		perror(path);
		exit(1);
	}
	snprintf(connection->request, sizeof connection->request, "%.*s", before, request);
	if (number)
		snprintf(connection->request + before, sizeof connection->request - (size_t)before,
			"%zu%s", i, number + 2);
	strcat(connection->request, "\n");
	connection->length = strlen(connection->request);
}

static void ask(size_t i)
{
	struct connection *connection = &connections[i];

	connection->have = 0;
	connection->asked_ns = now_ns();
	if (write(sockets[i].fd, connection->request, connection->length) !=
		(ssize_t)connection->length) {
		perror("write");
		exit(1);
	}
}

/* The answer is whole. The first one is shown when it is an error. */
static int answered(size_t i)
{
	struct connection *connection = &connections[i];
	ssize_t n = read(sockets[i].fd, connection->answer + connection->have,
		sizeof connection->answer - 1 - connection->have);

	if (n <= 0) {
		fputs("the server hung up\n", stderr);
		exit(1);
	}
	connection->have += (size_t)n;
	connection->answer[connection->have] = 0;
	if (connection->answer[connection->have - 1] != '\n')
		return 0;
	if (strstr(connection->answer, "\"error\"")) {
		fputs(connection->answer, stderr);
		exit(1);
	}
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	size_t connection_count = (size_t)atoi(argv[2]);
	int64_t begins_ns = now_ns() + WARM_NS, ends_ns = begins_ns + (int64_t)(atof(argv[3]) * 1e9);

	for (size_t i = 0; i < connection_count && i < MOST; i++) {
		dial(i, argv[1], argv[4]);
		ask(i);
	}
	for (int64_t at_ns = 0; at_ns < ends_ns && count < SAMPLES;) {
		if (connection_count > 1)
			poll(sockets, connection_count, -1);
		for (size_t i = 0; i < connection_count; i++) {
			if ((connection_count > 1 && !sockets[i].revents) || !answered(i))
				continue;
			at_ns = now_ns();
			if (at_ns >= begins_ns)
				times_ns[count++] = (uint32_t)(at_ns - connections[i].asked_ns);
			ask(i);
		}
	}
	qsort(times_ns, count, sizeof *times_ns, by_size);
	printf("rate=%.0f p50=%.2f p99=%.2f\n", (double)count / atof(argv[3]),
		count ? times_ns[count / 2] / 1e3 : 0, count ? times_ns[count * 99 / 100] / 1e3 : 0);
	return 0;
}
