/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "session.h"

#define AT_A_TIME 64    /* messages handed over before they are written */
#define MOST_AWAITED 40 /* acknowledgements: twice the usual window of a broker */
#define MISC_EVERY_MS 500
#define GREETING_TURNS 20 /* of MISC_EVERY_MS, until the broker must have answered */
#define STEADY_TURNS 20   /* ... after which a loss begins at the shortest delay again */
#define SHORTEST_DELAY_MS 50
#define LONGEST_DELAY_MS 30000
#define GOODBYE_MS 1000

enum state {
	WAITING,    /* for the next attempt */
	CONNECTING, /* in the thread, which has the session */
	CONNECTED,  /* or not: the thread has ended */
	GREETING,   /* TLS and CONNACK are to come */
	READY,
	LEAVING, /* as READY, until all is said */
};

struct broker {
	struct theca_host *host;
	struct broker_events events;
	void *user;
	const char *status_topic;
	bool retain;
	struct session *session; /* NULL: left to its thread */
	enum state state;
	uv_poll_t poll; /* the thread's end while CONNECTING, else a copy of the socket */
	int polled;     /* its descriptor */
	bool polling;
	uv_timer_t timer;
	bool timing;
	bool closing; /* handles are being closed for good */
	bool welcomed, corked;
	bool refused; /* somebody was told -EAGAIN */
	unsigned attempts, turns, handed, awaited;
	uint64_t acknowledgements[65536 / 64]; /* message ids whose acknowledgement is awaited */
};

static void begin_attempt(struct broker *);

/* -- letting go ------------------------------------------------------------------------------- */

static void finish_closing(struct broker *broker)
{
	if (broker->polling || broker->timing)
		return;
	struct broker_events events = broker->events;
	void *user = broker->user;
	session_destroy(broker->session);
	free(broker);
	events.closed(user);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct broker *broker = handle->data;
	broker->timing = false;
	finish_closing(broker);
}

static void let_go(struct broker *broker, uv_close_cb closed)
{
	uv_poll_stop(&broker->poll);
	uv_close((uv_handle_t *)&broker->poll, closed);
}

static void on_cut(uv_handle_t *handle)
{
	struct broker *broker = handle->data;
	close(broker->polled);
	broker->polling = false;
	finish_closing(broker);
}

static void cut(struct broker *broker)
{
	if (broker->closing)
		return;
	broker->closing = true;
	if (broker->state == CONNECTING) {
		session_abandon(broker->session);
		broker->session = NULL;
	}
	if (broker->polling && !uv_is_closing((uv_handle_t *)&broker->poll))
		let_go(broker, on_cut);
	uv_close((uv_handle_t *)&broker->timer, on_timer_closed);
}

/* -- trouble and the next attempt ------------------------------------------------------------- */

static void on_time_to_try(uv_timer_t *timer)
{
	begin_attempt(timer->data);
}

/* 50 ms, 100 ms, ... 30 s, each between half and all of it, so that a broker that comes back is not
 * met by all benches at once. */
static void wait_for_attempt(struct broker *broker)
{
	unsigned doublings = broker->attempts < 16 ? broker->attempts : 16;
	uint64_t delay_ms = (uint64_t)SHORTEST_DELAY_MS << doublings;
	if (delay_ms > LONGEST_DELAY_MS)
		delay_ms = LONGEST_DELAY_MS;
	delay_ms = (uint64_t)((double)delay_ms * (1 + theca_uniform(broker->host)) / 2);
	uv_timer_start(&broker->timer, on_time_to_try, delay_ms, 0);
}

static void on_lost(uv_handle_t *handle)
{
	struct broker *broker = handle->data;
	close(broker->polled);
	broker->polling = false;
	if (broker->closing)
		finish_closing(broker);
	else
		wait_for_attempt(broker);
}

/* The connection, or the attempt, has failed. */
static void lose(struct broker *broker, const char *why)
{
	if (broker->state == WAITING || broker->closing)
		return;
	bool was_ready = broker->state == READY && broker->welcomed;
	if (broker->state == LEAVING) {
		cut(broker);
		return;
	}
	broker->state = WAITING;
	broker->attempts++;
	broker->welcomed = false;
	uv_timer_stop(&broker->timer);
	if (broker->polling)
		let_go(broker, on_lost);
	else
		wait_for_attempt(broker);
	broker->events.trouble(broker->user, why, was_ready ? 0 : broker->attempts);
}

/* What a call of the library answered; false: the connection is lost by it. */
static bool went_well(struct broker *broker, int result)
{
	if (!result)
		return true;
	lose(broker, session_error(broker->session, result, errno));
	return false;
}

/* -- reading and writing ---------------------------------------------------------------------- */

static void on_socket(uv_poll_t *, int status, int events);

static void watch(struct broker *broker)
{
	int events = UV_READABLE | UV_DISCONNECT;
	if (mosquitto_want_write(broker->session->mosquitto))
		events |= UV_WRITABLE;
	uv_poll_start(&broker->poll, events, on_socket);
}

static void cork(struct broker *broker, int on)
{
	if (broker->corked != on)
		setsockopt(broker->polled, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
	broker->corked = on;
}

static bool is_up(const struct broker *broker)
{
	return broker->state >= GREETING && broker->polling && !broker->closing;
}

static bool write_some(struct broker *broker)
{
	if (!went_well(broker, mosquitto_loop_write(broker->session->mosquitto, 1)))
		return false;
	if (!mosquitto_want_write(broker->session->mosquitto))
		broker->handed = 0;
	return true;
}

void broker_flush(struct broker *broker)
{
	if (!is_up(broker) || !write_some(broker))
		return;
	cork(broker, 0);
	watch(broker);
}

static bool is_all_said(const struct broker *broker)
{
	return !broker->awaited && !mosquitto_want_write(broker->session->mosquitto);
}

/* The broker publishes the will, which is `offline`. */
static void leave(struct broker *broker)
{
	mosquitto_disconnect_v5(broker->session->mosquitto, MQTT_RC_DISCONNECT_WITH_WILL_MSG, NULL);
	mosquitto_loop_write(broker->session->mosquitto, 1);
	cork(broker, 0);
	cut(broker);
}

static void welcome(struct broker *broker)
{
	broker->welcomed = true;
	broker->refused = false;
	session_hush(broker->session);
	broker_publish(broker, broker->status_topic, "online", 6, 1, broker->retain);
	broker->events.ready(broker->user);
}

static void carry_on(struct broker *broker)
{
	if (is_up(broker) && broker->state == READY && !broker->welcomed)
		welcome(broker);
	if (!is_up(broker))
		return;
	if (broker->refused && broker->welcomed &&
		!mosquitto_want_write(broker->session->mosquitto)) {
		broker->refused = false;
		broker->events.writable(broker->user);
	}
	if (!is_up(broker))
		return;
	if (broker->state == LEAVING && is_all_said(broker))
		leave(broker);
	else
		watch(broker);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct broker *broker = poll->data;
	if (status < 0) {
		lose(broker, uv_strerror(status));
		return;
	}
	bool well = true;
	if (events & (UV_READABLE | UV_DISCONNECT))
		well = went_well(broker, mosquitto_loop_read(broker->session->mosquitto, 1));
	if (well && events & UV_WRITABLE)
		well = write_some(broker);
	if (well)
		carry_on(broker);
}

/* Keep-alive; and what TLS has decrypted but the socket does not show any more. */
static void on_misc(uv_timer_t *timer)
{
	struct broker *broker = timer->data;
	broker->turns++;
	if (broker->state == GREETING && broker->turns > GREETING_TURNS) {
		lose(broker, "it does not answer");
		return;
	}
	if (broker->state == READY && broker->turns == STEADY_TURNS)
		broker->attempts = 0;
	if (went_well(broker, mosquitto_loop_misc(broker->session->mosquitto)) &&
		went_well(broker, mosquitto_loop_read(broker->session->mosquitto, 1)))
		carry_on(broker);
}

/* -- the attempt ------------------------------------------------------------------------------ */

static int poll_descriptor(struct broker *broker, int descriptor)
{
	int failure = uv_poll_init(theca_loop(broker->host), &broker->poll, descriptor);
	if (failure) {
		close(descriptor);
		return failure;
	}
	broker->poll.data = broker;
	broker->polled = descriptor;
	broker->polling = true;
	return 0;
}

/* The library closes its socket in the middle of a call, so a copy is polled: its number is not
 * given to another file meanwhile. */
static void greet(struct broker *broker)
{
	int copy = dup(mosquitto_socket(broker->session->mosquitto));
	int failure = copy < 0 ? -errno : poll_descriptor(broker, copy);
	if (failure) {
		lose(broker, strerror(-failure));
		return;
	}
	broker->state = GREETING;
	broker->turns = broker->handed = 0;
	broker->corked = broker->welcomed = false;
	uv_timer_start(&broker->timer, on_misc, MISC_EVERY_MS, MISC_EVERY_MS);
	watch(broker);
}

static void on_attempt_let_go(uv_handle_t *handle)
{
	struct broker *broker = handle->data;
	close(broker->polled);
	broker->polling = false;
	if (broker->closing) {
		finish_closing(broker);
		return;
	}
	const struct session *session = broker->session;
	if (session->result)
		lose(broker, session_error(session, session->result, session->error));
	else
		greet(broker);
}

static void on_attempt_ended(uv_poll_t *poll, int status, int events)
{
	struct broker *broker = poll->data;
	(void)status, (void)events;
	session_take_back(broker->session);
	broker->state = CONNECTED;
	let_go(broker, on_attempt_let_go);
}

static void begin_attempt(struct broker *broker)
{
	int ends[2];
	int failure = pipe2(ends, O_CLOEXEC) ? -errno : 0;
	broker->state = CONNECTED; /* unless the thread has it */
	if (!failure) {
		failure = poll_descriptor(broker, ends[0]);
		if (!failure)
			failure = session_connect(broker->session, ends[1]);
		if (failure)
			close(ends[1]);
	}
	if (failure) {
		lose(broker, strerror(-failure));
		return;
	}
	broker->state = CONNECTING;
	uv_poll_start(&broker->poll, UV_READABLE | UV_DISCONNECT, on_attempt_ended);
}

/* -- from the library ------------------------------------------------------------------------- */

static void on_connected(struct mosquitto *mosquitto, void *data, int reason, int flags,
	const mosquitto_property *properties)
{
	struct session *session = data;
	struct broker *broker = session->broker;
	(void)mosquitto, (void)flags, (void)properties;
	if (reason) { /* the library's next answer is an error, and these are its words */
		snprintf(session->why, sizeof session->why, "%s", mosquitto_reason_string(reason));
		return;
	}
	broker->state = READY; /* the rest is for welcome(): the library is in the middle of it */
	broker->turns = 0;
}

static void on_published(struct mosquitto *mosquitto, void *data, int id, int reason,
	const mosquitto_property *properties)
{
	struct broker *broker = ((struct session *)data)->broker;
	uint64_t bit = UINT64_C(1) << (id & 63),
		 *word = &broker->acknowledgements[(id & 65535) / 64];
	(void)mosquitto, (void)reason, (void)properties;
	if (*word & bit)
		broker->awaited--;
	*word &= ~bit;
}

/* -- for the owner ---------------------------------------------------------------------------- */

static int hand_over(struct broker *broker, const char *topic, const void *payload, size_t length,
	int qos, bool retain)
{
	int id;
	int result = mosquitto_publish_v5(
		broker->session->mosquitto, &id, topic, (int)length, payload, qos, retain, NULL);
	if (result)
		return result == MOSQ_ERR_NO_CONN ? -EAGAIN : -EINVAL;
	broker->handed++;
	if (qos) {
		broker->acknowledgements[(id & 65535) / 64] |= UINT64_C(1) << (id & 63);
		broker->awaited++;
	}
	return 0;
}

static bool can_publish(struct broker *broker, int qos)
{
	if (!is_up(broker) || !broker->welcomed || (qos && broker->awaited >= MOST_AWAITED))
		return false;
	if (broker->handed < AT_A_TIME)
		return true;
	return write_some(broker) && !broker->handed;
}

int broker_publish(struct broker *broker, const char *topic, const void *payload, size_t length,
	int qos, bool retain)
{
	if (!can_publish(broker, qos)) {
		broker->refused = true;
		return -EAGAIN;
	}
	cork(broker, 1);
	return hand_over(broker, topic, payload, length, qos, retain);
}

int broker_open(struct broker **result, struct theca_host *host,
	const struct broker_settings *settings, const struct broker_events *events, void *user)
{
	char why[160];
	struct broker *broker = calloc(1, sizeof *broker);
	if (!broker)
		return -ENOMEM;
	broker->host = host;
	broker->events = *events;
	broker->user = user;
	broker->status_topic = settings->status_topic;
	broker->retain = settings->retain;
	broker->session = session_create(settings, broker, on_connected, on_published, why);
	if (!broker->session) {
		theca_log(host, THECA_ERROR, "%s", why);
		free(broker);
		return -EINVAL;
	}
	uv_timer_init(theca_loop(host), &broker->timer);
	broker->timer.data = broker;
	broker->timing = true;
	*result = broker;
	begin_attempt(broker);
	return 0;
}

static void on_goodbye_too_long(uv_timer_t *timer)
{
	cut(timer->data);
}

void broker_close(struct broker *broker)
{
	if (broker->state != READY || !broker->welcomed) {
		cut(broker);
		return;
	}
	broker->state = LEAVING;
	uv_timer_start(&broker->timer, on_goodbye_too_long, GOODBYE_MS, 0);
	broker_flush(broker);
	if (is_up(broker) && is_all_said(broker))
		leave(broker);
}
