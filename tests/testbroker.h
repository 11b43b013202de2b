/* SPDX-License-Identifier: Apache-2.0 */
/* For mqtt-t.c: a real mosquitto on a free port, and a second client that looks at it all. */
#ifndef TESTBROKER_H
#define TESTBROKER_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* -- the broker ------------------------------------------------------------------------------- */

static char folder[] = "/tmp/theca-mqtt-XXXXXX";
static int port;
static pid_t broker;

static int free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&address, size);
	getsockname(fd, (struct sockaddr *)&address, &size);
	close(fd);
	return ntohs(address.sin_port);
}

static void sleep_ms(int ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static bool answers(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool connected = !connect(fd, (struct sockaddr *)&address, sizeof address);
	close(fd);
	return connected;
}

static pid_t run(char *const arguments[])
{
	pid_t child = fork();
	if (child)
		return child;
	int null = open("/dev/null", O_RDWR);
	dup2(null, 1);
	dup2(null, 2);
	execvp(arguments[0], arguments);
	execv("/usr/sbin/mosquitto", arguments);
	_exit(127);
}

static bool ran(char *const arguments[])
{
	int status;
	return waitpid(run(arguments), &status, 0) > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void start_broker(const char *more)
{
	char file[256];
	snprintf(file, sizeof file, "%s/broker.conf", folder);
	FILE *config = fopen(file, "w");
	fprintf(config, "listener %d 127.0.0.1\nuser root\npersistence false\n%s\n", port, more);
	fclose(config);
	broker = run((char *[]){"mosquitto", "-c", file, NULL});
	for (int i = 0; i < 400 && !answers(); i++)
		sleep_ms(10);
}

static void stop_broker(int how)
{
	kill(broker, how);
	waitpid(broker, NULL, 0);
}

/* -- who looks -------------------------------------------------------------------------------- */

struct arrived {
	char topic[64], text[1024];
	bool retained;
};

static struct arrived arrived[4096];
static int arrived_count;
static struct mosquitto *looker;
static int subscribed;

static void on_message(
	struct mosquitto *client, void *user, const struct mosquitto_message *message)
{
	(void)client, (void)user;
	if (arrived_count == 4096)
		return;
	struct arrived *one = &arrived[arrived_count++];
	snprintf(one->topic, sizeof one->topic, "%s", message->topic);
	snprintf(one->text, sizeof one->text, "%.*s", message->payloadlen,
		(const char *)message->payload);
	one->retained = message->retain;
}

static void on_connected(struct mosquitto *client, void *user, int reason)
{
	(void)user;
	if (!reason)
		mosquitto_subscribe(client, NULL, "#", 1);
}

static void on_subscribed(struct mosquitto *client, void *user, int id, int count, const int *qos)
{
	(void)client, (void)user, (void)id, (void)count, (void)qos;
	subscribed = 1;
}

static void look(const char *username, const char *password, const char *ca_file)
{
	arrived_count = subscribed = 0;
	looker = mosquitto_new(NULL, true, NULL);
	mosquitto_message_callback_set(looker, on_message);
	mosquitto_connect_callback_set(looker, on_connected);
	mosquitto_subscribe_callback_set(looker, on_subscribed);
	mosquitto_username_pw_set(looker, username, password);
	if (ca_file)
		mosquitto_tls_set(looker, ca_file, NULL, NULL, NULL, NULL);
	if (mosquitto_connect(looker, ca_file ? "localhost" : "127.0.0.1", port, 60))
		printf("# can not look\n");
	for (int i = 0; i < 200 && !subscribed; i++)
		mosquitto_loop(looker, 5, 100);
}

static void look_away(void)
{
	mosquitto_destroy(looker);
	looker = NULL;
}

static const struct arrived *find(const char *topic, const char *text)
{
	for (int i = 0; i < arrived_count; i++)
		if (!strcmp(arrived[i].topic, topic) && (!text || strstr(arrived[i].text, text)))
			return &arrived[i];
	return NULL;
}

static int count_of(const char *topic)
{
	int count = 0;
	for (int i = 0; i < arrived_count; i++)
		count += !strcmp(arrived[i].topic, topic);
	return count;
}

#endif
