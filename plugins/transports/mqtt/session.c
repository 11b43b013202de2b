/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"
#include <fcntl.h>
#include <mqtt_protocol.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- the library's object --------------------------------------------------------------------- */

/* Also called in the thread; the session is its then. */
static void keep_words(struct mosquitto *mosquitto, void *data, int level, const char *words)
{
	struct session *session = data;
	(void)mosquitto;
	if (level == MOSQ_LOG_ERR)
		snprintf(session->why, sizeof session->why, "%s", words);
}

/* A key with a password: OpenSSL would ask for it at the terminal. */
static int no_password(char *out, int size, int writing, void *user)
{
	(void)out, (void)size, (void)writing, (void)user;
	return 0;
}

static int set_tls(struct mosquitto *mosquitto, const struct broker_settings *settings)
{
	int result = 0;
	if (!settings->tls)
		return 0;
	if (settings->ca_file)
		result = mosquitto_tls_set(mosquitto, settings->ca_file, NULL,
			settings->certificate, settings->key, no_password);
	else
		result = mosquitto_tls_set(mosquitto, NULL, "/etc/ssl/certs", settings->certificate,
			settings->key, no_password);
	return result ? result : mosquitto_tls_opts_set(mosquitto, 1, "tlsv1.2", NULL);
}

static int configure(struct session *session, const struct broker_settings *settings)
{
	struct mosquitto *mosquitto = session->mosquitto;
	int result = mosquitto_int_option(mosquitto, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_threaded_set(mosquitto, true); /* else each publish writes by itself */
	if (!result)
		result = mosquitto_int_option(mosquitto, MOSQ_OPT_TCP_NODELAY, 1);
	if (!result && settings->username)
		result = mosquitto_username_pw_set(
			mosquitto, settings->username, settings->password);
	if (!result)
		result = mosquitto_will_set_v5(
			mosquitto, settings->status_topic, 7, "offline", 1, settings->retain, NULL);
	return result ? result : set_tls(mosquitto, settings);
}

struct session *session_create(const struct broker_settings *settings, struct broker *broker,
	session_connected *connected, session_published *published, char *why)
{
	mosquitto_lib_init();
	struct session *session = calloc(1, sizeof *session);
	int result = MOSQ_ERR_NOMEM;
	if (session) {
		session->broker = broker;
		session->port = settings->port;
		session->keep_alive_s = settings->keep_alive_s;
		session->host = strdup(settings->host);
		session->mosquitto = mosquitto_new(settings->client_id, true, session);
	}
	if (session && session->host && session->mosquitto)
		result = configure(session, settings);
	if (result) {
		snprintf(
			why, 160, "%s", session ? session_error(session, result, errno) : "memory");
		session_destroy(session);
		return NULL;
	}
	mosquitto_connect_v5_callback_set(session->mosquitto, connected);
	mosquitto_publish_v5_callback_set(session->mosquitto, published);
	return session;
}

void session_destroy(struct session *session)
{
	if (!session)
		return;
	mosquitto_destroy(session->mosquitto);
	free(session->host);
	free(session);
}

const char *session_error(const struct session *session, int result, int error)
{
	if (session->why[0])
		return session->why;
	if (result == MOSQ_ERR_ERRNO)
		return strerror(error);
	return mosquitto_strerror(result);
}

/* -- the thread ------------------------------------------------------------------------------- */

static void part(struct session *session)
{
	if (atomic_exchange(&session->parted, true))
		session_destroy(session);
}

static void *connect_to_broker(void *data)
{
	struct session *session = data;
	int end = session->end;
	session->result = session->again
				  ? mosquitto_reconnect(session->mosquitto)
				  : mosquitto_connect_bind_v5(session->mosquitto, session->host,
					    session->port, session->keep_alive_s, NULL, NULL);
	session->error = errno;
	session->again = true;
	part(session); /* what follows is not in it */
	close(end);
	return NULL;
}

static int start_thread(struct session *session)
{
	pthread_t thread;
	sigset_t all, before;
	sigfillset(&all); /* signals are the loop's */
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int failure = pthread_create(&thread, NULL, connect_to_broker, session);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failure)
		pthread_detach(thread);
	return -failure;
}

int session_connect(struct session *session, int end)
{
	session->end = end;
	session->why[0] = 0;
	mosquitto_log_callback_set(session->mosquitto, keep_words);
	atomic_store(&session->parted, false);
	return start_thread(session);
}

void session_hush(struct session *session)
{
	session->why[0] = 0;
	mosquitto_log_callback_set(session->mosquitto, NULL);
}

void session_take_back(struct session *session)
{
	atomic_load(&session->parted); /* pairs with part(): its results are seen */
}

void session_abandon(struct session *session)
{
	part(session);
}
