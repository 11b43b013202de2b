/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against a real mosquitto on a free port: what arrives, and what happens when the broker goes, is
 * killed, wants a password or TLS. A second client looks at it all.
 */
#include <dirent.h>
#include <fakehost.h>
#include <mosquitto.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <tap.h>
#include <theca/uv.h>
#include <unistd.h>
#include <testbroker.h>

#define SECOND THECA_SECOND_NS
#define PATIENCE_MS 8000

struct config { /* as in mqtt.c */
	const char *host, *ca_file, *certificate, *key, *username, *password, *client_id, *topic;
	int64_t port, group, queue, keep_alive_ns;
	int32_t tls, qos, retain;
};

static const struct theca_plugin *const plugin = &theca_plugin_v1;
static const char *const states[] = {"stopped", "held, \"by\" test", NULL};

/* -- the bench -------------------------------------------------------------------------------- */

static uv_loop_t loop;
static struct fake fake;
static struct config config;
static void *self;
static char logged[4096]; /* all lines */

static void *the_loop(struct theca_host *host)
{
	(void)host;
	return &loop;
}

static void log_all(struct theca_host *host, int level, const char *text)
{
	(void)host, (void)level;
	size_t length = strlen(logged);
	snprintf(logged + length, sizeof logged - length, "%s\n", text);
}

static void declare(uint32_t instance, const char *name, uint32_t dimension, const char *unit)
{
	const struct theca_signal signal = {.size = sizeof signal,
		.name = name,
		.dimension = dimension,
		.unit = unit,
		.instance = instance,
		.states = dimension == THECA_CHOICE ? states : NULL};
	fake.host.api->declare(&fake.host, &signal);
}

static void prepare(void)
{
	fake_init(&fake);
	fake.api.loop = the_loop;
	fake.api.log = log_all;
	logged[0] = 0;
	config = (struct config){.host = "127.0.0.1",
		.topic = "theca",
		.port = port,
		.group = 1,
		.queue = 50,
		.keep_alive_ns = 5 * SECOND,
		.retain = true};
	declare(1, "rate", THECA_RATE, "mL/day");
	declare(1, "state", THECA_CHOICE, NULL);
	declare(2, "rate", THECA_RATE, "uL/h");
	declare(2, "magnet", THECA_FLAG, NULL);
}

static void begin(void)
{
	plugin->create(&fake.host, &config, &self);
	is(plugin->start(self), 0, "start");
}

static void turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
	if (looker)
		mosquitto_loop(looker, 1, 100);
	else
		sleep_ms(1);
}

/* Until `condition`, or patience is at its end. */
#define UNTIL(condition)                                                                           \
	do {                                                                                       \
		uint64_t until_ns = uv_hrtime() + PATIENCE_MS * UINT64_C(1000000);                 \
		while (!(condition) && uv_hrtime() < until_ns)                                     \
			turn();                                                                    \
	} while (0)

static void end(void)
{
	int result = plugin->stop(self);
	if (result == -EINPROGRESS)
		UNTIL(fake.stopped);
	is(fake.stopped, result == -EINPROGRESS, "stopped");
	plugin->destroy(self);
	uv_run(&loop, UV_RUN_NOWAIT);
	ok(!uv_loop_alive(&loop), "nothing is left in the loop");
}

static void put(int64_t time_ns, uint32_t signal, int64_t value, int quality)
{
	const struct theca_sample sample = {
		.time_ns = time_ns, .signal = signal, .value = value, .quality = (uint16_t)quality};
	plugin->transport->publish(self, &sample, 1);
}

static void put_all(int64_t at_ns)
{
	put(at_ns, 1, 250, THECA_GOOD);
	put(at_ns, 2, 1, THECA_GOOD);
	put(at_ns, 3, -7, THECA_STALE);
	put(at_ns, 4, 1, THECA_GOOD);
	plugin->transport->tick(self, at_ns);
}

static int put_event(uint32_t kind, uint64_t number, uint32_t instance)
{
	const struct theca_event event = {.size = sizeof event,
		.kind = kind,
		.number = number,
		.time_ns = SECOND,
		.instance = instance,
		.priority = kind == THECA_EVENT_ALARM ? THECA_HIGH : 0,
		.outcome = -EIO,
		.code = kind == THECA_EVENT_NOTE ? "" : "motor-stall",
		.who = "A. Tester",
		.text = "it \"stands\"\n"};
	return plugin->transport->event(self, &event);
}

/* -- tests ------------------------------------------------------------------------------------ */

static void test_messages(void)
{
	start_broker("allow_anonymous true");
	prepare();
	begin();
	look(NULL, NULL, NULL);
	UNTIL(find("theca/status", "online") && find("theca/two/signals", NULL));
	ok(find("theca/status", "online"), "online");
	is_text(find("theca/one/signals", NULL)->text,
		"{\"rate\":\"mL/day\",\"state\":[\"stopped\",\"held, \\\"by\\\" test\"]}",
		"units and states are told");
	is_text(find("theca/two/signals", NULL)->text, "{\"rate\":\"uL/h\",\"magnet\":\"\"}",
		"... of the other too");
	put_all(SECOND);
	put_all(1500000000);
	put(2 * SECOND, 1, 1, THECA_GOOD);
	put(2 * SECOND, 1, 2, THECA_GOOD);
	is(put_event(THECA_EVENT_ALARM, 7, 1), 0, "an event is taken");
	is(put_event(THECA_EVENT_NOTE, 8, 0), 0, "another");
	is(put_event(THECA_EVENT_OUTCOME, 9, 2), 0, "a third");
	put_all(3 * SECOND);
	UNTIL(count_of("theca/two/samples") == 3 && count_of("theca/events") == 3);
	is_text(find("theca/one/samples", "01.000Z")->text,
		"{\"time\":\"2026-01-05T00:00:01.000Z\",\"instance\":\"one\",\"rate\":250,"
		"\"state\":\"held, \\\"by\\\" test\"}",
		"samples of an instance");
	is_text(find("theca/two/samples", "01.500Z")->text,
		"{\"time\":\"2026-01-05T00:00:01.500Z\",\"instance\":\"two\",\"rate\":null,"
		"\"magnet\":true}",
		"a stale value is null, a flag true");
	is(count_of("theca/one/samples"), 5, "one signal twice at one time: two messages");
	is_text(find("theca/events", "\"number\":7")->text,
		"{\"number\":7,\"time\":\"2026-01-05T00:00:01.000Z\",\"kind\":\"alarm\","
		"\"instance\":\"one\",\"code\":\"motor-stall\",\"priority\":\"high\","
		"\"who\":\"A. Tester\",\"text\":\"it \\\"stands\\\"\\u000a\"}",
		"an alarm");
	is_text(find("theca/events", "\"number\":8")->text,
		"{\"number\":8,\"time\":\"2026-01-05T00:00:01.000Z\",\"kind\":\"note\","
		"\"who\":\"A. Tester\",\"text\":\"it \\\"stands\\\"\\u000a\"}",
		"a note of the bench");
	ok(find("theca/events", "\"outcome\":\"failed\""), "an outcome");
	declare(3, "late", THECA_VOLUME, "mL");
	put(4 * SECOND, 5, 1, THECA_GOOD);
	plugin->transport->tick(self, 4 * SECOND);
	UNTIL(find("theca/three/signals", NULL) && find("theca/three/samples", NULL));
	ok(find("theca/three/signals", "late"), "a late signal is told");
	put_all(5 * SECOND);
	end();
	UNTIL(find("theca/status", "offline") && find("theca/two/samples", "05.000Z"));
	ok(find("theca/status", "offline"), "offline at the end");
	ok(find("theca/two/samples", "05.000Z"), "... and the last sample came");
	look_away();
	look(NULL, NULL, NULL);
	UNTIL(count_of("theca/status"));
	ok(find("theca/status", "offline") && find("theca/status", NULL)->retained,
		"the broker keeps the status for who comes later");
	ok(!strstr(logged, "lost"), "nothing was lost");
	look_away();
}

static void test_group(void)
{
	prepare();
	config.group = 2;
	config.qos = 1;
	config.retain = false;
	declare(3, "mass", THECA_MASS, "mg");
	begin();
	look(NULL, NULL, NULL);
	UNTIL(find("theca/three/signals", NULL));
	put(SECOND, 1, 1, THECA_GOOD);
	put(SECOND, 2, 0, THECA_GOOD);
	put(SECOND, 3, 3, THECA_GOOD);
	put(SECOND, 5, 5, THECA_GOOD);
	put(SECOND, 4, 0, THECA_GOOD);
	put(SECOND, 1, 9, THECA_GOOD);
	plugin->transport->tick(self, SECOND);
	UNTIL(count_of("theca/group/0") == 2 && count_of("theca/group/1"));
	is_text(find("theca/group/0", "\"one\":{")->text,
		"{\"time\":\"2026-01-05T00:00:01.000Z\",\"instances\":{\"one\":{\"rate\":1,"
		"\"state\":\"stopped\"},\"two\":{\"rate\":3}}}",
		"a group is one message");
	is_text(find("theca/group/1", NULL)->text,
		"{\"time\":\"2026-01-05T00:00:01.000Z\",\"instances\":{\"three\":{\"mass\":5}}}",
		"the next group is another");
	is_text(find("theca/group/0", "\"magnet\"")->text,
		"{\"time\":\"2026-01-05T00:00:01.000Z\",\"instances\":{\"two\":{\"magnet\":false},"
		"\"one\":{\"rate\":9}}}",
		"what comes again makes a new message");
	for (int i = 0; i < 1000; i++) {
		put_all((i + 10) * SECOND);
		turn();
	}
	UNTIL(count_of("theca/group/0") == 1002);
	is(count_of("theca/group/0"), 1002, "QoS 1: more than the window goes through");
	end();
	look_away();
}

static void test_broker_comes_back(void)
{
	prepare();
	begin();
	look(NULL, NULL, NULL);
	UNTIL(find("theca/status", "online"));
	put_all(SECOND);
	put_event(THECA_EVENT_NOTE, 1, 0);
	UNTIL(count_of("theca/events"));
	look_away();
	stop_broker(SIGKILL);
	UNTIL(strstr(logged, "is gone"));
	ok(strstr(logged, "127.0.0.1 is gone: "), "killed: said");
	for (int i = 0; i < 100; i++)
		put_all((i + 10) * SECOND);
	put_event(THECA_EVENT_NOTE, 2, 0);
	UNTIL(fake.alarms);
	is_text(fake.alarm, "broker-away", "away for long: an alarm");
	is(fake.alarms, 1, "... one");
	start_broker("allow_anonymous true");
	look(NULL, NULL, NULL);
	UNTIL(find("theca/events", "\"number\":2"));
	ok(find("theca/events", "\"number\":2"), "back: the event that waited");
	UNTIL(count_of("theca/two/samples") == 25);
	is(count_of("theca/one/samples") + count_of("theca/two/samples"), 50,
		"... and as many messages as the queue holds");
	ok(find("theca/one/samples", "00:01:49"), "... the newest ones");
	ok(strstr(logged, "300 samples and 0 events were lost"), "... the others are counted");
	is_text(fake.cleared, "broker-away", "... the alarm is cleared");
	ok(find("theca/one/signals", NULL), "... units are told again");
	end();
	look_away();
	stop_broker(SIGTERM);
}

static void test_no_broker(void)
{
	prepare();
	begin();
	UNTIL(strstr(logged, "Connection refused"));
	ok(strstr(logged, "127.0.0.1 can not be reached: Connection refused; trying again"),
		"nobody there: said");
	put_all(SECOND);
	put_event(THECA_EVENT_NOTE, 1, 0);
	end();
	ok(strstr(logged, "4 samples and 1 events were lost"), "what never went is counted");

	prepare();
	config.host = "192.0.2.1"; /* for documentation: whoever routes it, nobody answers */
	begin();
	turn();
	uint64_t before_ns = uv_hrtime();
	end();
	ok(uv_hrtime() - before_ns < UINT64_C(1000000000), "stopping does not wait for an attempt");

	prepare();
	fake.is_virtual = 1;
	plugin->create(&fake.host, &config, &self);
	is(plugin->start(self), -ENOTSUP, "a virtual bench has no broker");
	plugin->destroy(self);
}

/* Takes connections and says nothing; later the broker starts there. */
static void test_silence(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	listen(fd, 4);
	prepare();
	begin();
	for (int i = 0; i < 50; i++)
		turn();
	put_all(SECOND);
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	uint8_t hello[512] = {0};
	ssize_t length;
	UNTIL((length = read(client, hello, sizeof hello)) > 0);
	is(hello[0], 0x10, "CONNECT comes first");
	is(length, 2 + hello[1], "... and nothing behind it before CONNACK");
	close(client);
	UNTIL(strstr(logged, "can not be reached"));
	ok(strstr(logged, "can not be reached"), "hung up before CONNACK: said");
	end();
	close(fd);
}

static void test_password(void)
{
	char file[256], more[512];
	snprintf(file, sizeof file, "%s/passwords", folder);
	if (!ran((char *[]){"mosquitto_passwd", "-b", "-c", file, "bench", "secret word", NULL})) {
		printf("# no mosquitto_passwd\n");
		return;
	}
	snprintf(more, sizeof more, "password_file %s", file);
	start_broker(more);
	prepare();
	config.username = "bench";
	config.password = "wrong";
	begin();
	UNTIL(strstr(logged, "Not authorized"));
	ok(strstr(logged, "127.0.0.1 can not be reached: Not authorized; trying again"),
		"a wrong password: said");
	ok(!strstr(logged, "wrong"), "... without the password");
	end();
	prepare();
	config.username = "bench";
	config.password = "secret word";
	begin();
	look("bench", "secret word", NULL);
	UNTIL(find("theca/status", "online"));
	ok(find("theca/status", "online"), "the right password");
	ok(strstr(logged, "the password goes unencrypted to 127.0.0.1"), "a warning without TLS");
	end();
	look_away();
	stop_broker(SIGTERM);
}

static bool make_certificate(const char *name, char *certificate, char *key)
{
	char subject[64], alternative[80];
	snprintf(certificate, 256, "%s/%s.pem", folder, name);
	snprintf(key, 256, "%s/%s.key", folder, name);
	snprintf(subject, sizeof subject, "/CN=%s", name);
	snprintf(alternative, sizeof alternative, "subjectAltName=DNS:%s", name);
	return ran((char *[]){"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", subject, "-addext",
		alternative, "-keyout", key, "-out", certificate, NULL});
}

static void test_tls(void)
{
	char certificate[256], key[256], more[1024], other[256], other_key[256];
	if (!make_certificate("localhost", certificate, key) ||
		!make_certificate("elsewhere", other, other_key)) {
		printf("# no openssl\n");
		return;
	}
	snprintf(more, sizeof more, "allow_anonymous true\ncertfile %s\nkeyfile %s", certificate,
		key);
	start_broker(more);
	prepare();
	config.tls = true;
	config.host = "localhost";
	config.ca_file = other;
	begin();
	UNTIL(strstr(logged, "certificate verify failed"));
	ok(strstr(logged, "certificate verify failed"), "a broker nobody vouches for: said");
	end();
	prepare();
	config.tls = true;
	config.host = "localhost";
	config.ca_file = certificate;
	begin();
	look(NULL, NULL, certificate);
	UNTIL(find("theca/status", "online"));
	for (int i = 0; i < 200; i++)
		put_all(i * SECOND);
	put_event(THECA_EVENT_NOTE, 1, 0);
	UNTIL(count_of("theca/two/samples") == 200 && count_of("theca/events"));
	is(count_of("theca/one/samples"), 200, "TLS: samples");
	is(count_of("theca/events"), 1, "... and an event");
	end();
	look_away();
	stop_broker(SIGTERM);
}

static void test_check(void)
{
	static const struct {
		struct config config;
		const char *complaint, *what;
	} cases[] = {
		{{.topic = "theca"}, "", "the least"},
		{{.topic = "lab/bench 1"}, "", "a deeper topic"},
		{{.topic = ""}, "topic", "no topic"},
		{{.topic = "/theca"}, "topic", "a topic that begins with /"},
		{{.topic = "a/#"}, "topic", "a wildcard"},
		{{.topic = "theca", .tls = 1, .key = "k"}, "key", "a key alone"},
		{{.topic = "theca", .tls = 1, .certificate = "c"}, "certificate", "no key"},
		{{.topic = "theca", .ca_file = "c"}, "ca file", "certificates without TLS"},
		{{.topic = "theca", .password = "p"}, "password", "a password without a user"},
		{{.topic = "theca", .password = "p", .username = "u"}, "", "a password and a user"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fake_init(&fake);
		int result = plugin->check(&fake.host, &cases[i].config);
		size_t length = strlen(cases[i].complaint);
		ok(result == (length ? -EINVAL : 0) &&
				!strncmp(fake.complaint, cases[i].complaint, length),
			"%s", cases[i].what);
	}
}

static void tidy_up(void)
{
	DIR *files = opendir(folder);
	char path[512];
	for (struct dirent *file; (file = readdir(files));) {
		snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
		unlink(path);
	}
	closedir(files);
	rmdir(folder);
}

int main(void)
{
	mosquitto_lib_init();
	test_check();
	if (access("/usr/sbin/mosquitto", X_OK) && !ran((char *[]){"mosquitto", "-h", NULL})) {
		printf("ok %d - against a broker # SKIP mosquitto is not installed\n", ++tap_count);
		return done_testing();
	}
	if (!mkdtemp(folder))
		return 1;
	port = free_port();
	uv_loop_init(&loop);
	test_messages();
	test_group();
	test_broker_comes_back();
	test_no_broker();
	test_silence();
	test_password();
	test_tls();
	is(uv_loop_close(&loop), 0, "the loop closes");
	tidy_up();
	mosquitto_lib_cleanup();
	return done_testing();
}
