/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MT-SICS: byte-exact lines both ways, then the driver against a script, the device side against
 * requests, and both wired together.
 */
#include "device.h"
#include <fakehost.h>
#include <tap.h>

extern const struct theca_plugin device_plugin;

#define MG INT64_C(1000000000)
#define G (1000 * MG)
#define SECOND THECA_SECOND_NS

struct driver_config { /* as in mt-sics.c */
	const char *port;
	int32_t when_stable;
	int64_t answer_deadline_ns, stability_deadline_ns;
};

/* -- a port that is not there ----------------------------------------------------------------- */

struct theca_port {
	struct theca_port_events events;
	void *user;
	char sent[8192]; /* since the test looked */
	size_t count;
	int64_t deadline_ns; /* of the last write; 0: none or answered */
	int writes, refuse;
	bool closed;
};

struct rig {
	struct fake fake; /* first */
	struct theca_port port;
	const struct theca_plugin *plugin;
	void *self;
	union {
		struct driver_config driver;
		struct device_config device;
	} config;
};

static int open_port(struct theca_host *host, const char *address,
	const struct theca_port_events *events, void *user, struct theca_port **port)
{
	struct rig *rig = (struct rig *)host;
	(void)address;
	rig->port.events = *events;
	rig->port.user = user;
	*port = &rig->port;
	return 0;
}

static int write_port(struct theca_port *port, uint32_t client, const uint8_t *bytes, size_t count,
	int64_t deadline_ns)
{
	(void)client;
	if (port->refuse)
		return port->refuse;
	if (port->count + count < sizeof port->sent)
		memcpy(port->sent + port->count, bytes, count);
	port->count += count;
	port->sent[port->count] = '\0';
	port->deadline_ns = deadline_ns;
	port->writes++;
	return 0;
}

static int answered_port(struct theca_port *port)
{
	port->deadline_ns = 0;
	return 0;
}

static void close_port(struct theca_port *port)
{
	port->closed = true;
}

static void open_rig(struct rig *rig, const struct theca_plugin *plugin)
{
	fake_init(&rig->fake);
	rig->fake.api.port_open = open_port;
	rig->fake.api.port_write = write_port;
	rig->fake.api.port_answered = answered_port;
	rig->fake.api.port_close = close_port;
	rig->fake.now_ns = SECOND;
	rig->plugin = plugin;
	rig->port = (struct theca_port){0};
	is(plugin->create(&rig->fake.host, &rig->config, &rig->self), 0, "create");
	is(plugin->start(rig->self), 0, "start");
}

static void close_rig(struct rig *rig)
{
	is(rig->plugin->stop(rig->self), 0, "stop");
	ok(rig->port.closed, "the port is closed");
	rig->plugin->destroy(rig->self);
}

static void hear(struct rig *rig, uint32_t client, const char *text)
{
	rig->port.events.received(rig->port.user, client, (const uint8_t *)text, strlen(text));
}

static void hear_slowly(struct rig *rig, const char *text)
{
	for (; *text; text++)
		rig->port.events.received(rig->port.user, 0, (const uint8_t *)text, 1);
}

/* What was sent since the last time. */
static const char *sent(struct rig *rig)
{
	static char text[sizeof rig->port.sent];
	memcpy(text, rig->port.sent, sizeof text);
	rig->port.count = 0;
	rig->port.sent[0] = '\0';
	return text;
}

/* -- the wire --------------------------------------------------------------------------------- */

static const struct {
	const char *line;
	const char *id;
	int status;
	int64_t mass_pg; /* THECA_NONE: has none */
	const char *text;
	const char *printed; /* NULL: as it came */
} answers[] = {
	{"S S    52.1873 g", "S", 'S', 52187300 * (G / 1000000), "", NULL},
	{"S D     -0.005 mg", "S", 'D', -5 * (MG / 1000), "", NULL},
	{"S S     100.00 g", "S", 'S', 100 * G, "", NULL},
	{"S S          0 g", "S", 'S', 0, "", NULL},
	{"S S       +1.5 kg", "S", 'S', 1500 * G, "", "S S        1.5 kg"},
	{"S S 52.1873 g  ", "S", 'S', 52187300 * (G / 1000000), "", "S S    52.1873 g"},
	{"S S       1.25 ct", "S", 'S', 250 * MG, "", NULL},
	{"S S          1 lb", "S", 'S', INT64_C(453592370000000), "", NULL},
	{"S S          1 oz", "S", 'S', INT64_C(28349523125000), "", NULL},
	{"S S       12.5 ug", "S", 'S', 12500000, "", NULL},
	{"S I", "S", 'I', THECA_NONE, "", NULL},
	{"S +", "S", '+', THECA_NONE, "", NULL},
	{"S -", "S", '-', THECA_NONE, "", NULL},
	{"S L", "S", 'L', THECA_NONE, "", NULL},
	{"S S Error 10b", "S", 'E', THECA_NONE, "Error 10b", NULL},
	{"S S   12:07.50 lb:oz", "S", 'S', THECA_NONE, "12:07.50 lb:oz", "S S 12:07.50 lb:oz"},
	{"T S     100.00 g", "T", 'S', 100 * G, "", NULL},
	{"TI D       1.00 g", "TI", 'D', G, "", NULL},
	{"TA A     100.00 g", "TA", 'A', 100 * G, "", NULL},
	{"TAC A", "TAC", 'A', THECA_NONE, "", NULL},
	{"Z A", "Z", 'A', THECA_NONE, "", NULL},
	{"ZI D", "ZI", 'D', THECA_NONE, "", NULL},
	{"I0 B 0 \"I0\"", "I0", 'B', THECA_NONE, "0 \"I0\"", NULL},
	{"I4 A \"B021002593\"", "I4", 'A', THECA_NONE, "\"B021002593\"", NULL},
	{"I2 A \"XS204 Excellence 220.0090 g\"", "I2", 'A', THECA_NONE,
		"\"XS204 Excellence 220.0090 g\"", NULL},
	{"ES", "", SICS_SYNTAX, THECA_NONE, "", NULL},
	{"ET", "", SICS_TRANSMISSION, THECA_NONE, "", NULL},
	{"EL", "", SICS_LOGICAL, THECA_NONE, "", NULL},
};

static void test_answers(void)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct sics_answer answer;
		char line[SICS_LINE_MAX + 3], want[SICS_LINE_MAX + 3];
		int64_t mass_pg = THECA_NONE;
		is(sics_read_answer(answers[i].line, &answer), 0, "%s", answers[i].line);
		is_text(answer.id, answers[i].id, "... its id");
		is(answer.status, answers[i].status, "... its status");
		if (answer.has_mass)
			sics_mass_pg(&answer.mass, &mass_pg);
		is(mass_pg, answers[i].mass_pg, "... its mass");
		is_text(answer.text, answers[i].text, "... its text");
		snprintf(want, sizeof want, "%s\r\n",
			answers[i].printed ? answers[i].printed : answers[i].line);
		is(sics_print_answer(&answer, line), strlen(want), "... its length");
		is_text(line, want, "... and back, byte by byte");
	}
}

static void test_no_answers(void)
{
	static const char *const lines[] = {"", " ", "S", "S ", "S X", "S SS 1 g", "s s 1 g", "ESX",
		"S\tS 1 g", "TOOLONG A", "S  S    52.1873 g", "52.1873 g", "+ 52.1873 g", "?"};
	struct sics_answer answer;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		is(sics_read_answer(lines[i], &answer), -EINVAL, "'%s' is no answer", lines[i]);
}

static void test_masses(void)
{
	static const struct {
		const char *text;
		int failure; /* of reading or of converting */
	} wrong[] = {
		{"", -EINVAL},
		{"g", -EINVAL},
		{"1", -EINVAL},
		{"1g", -EINVAL},
		{"1. g", -EINVAL},
		{".5 g", -EINVAL},
		{"1.2.3 g", -EINVAL},
		{"1,5 g", -EINVAL},
		{"1e3 g", -EINVAL},
		{"nan g", -EINVAL},
		{"--1 g", -EINVAL},
		{"- 1 g", -EINVAL},
		{"1 pcs", -EINVAL},
		{"1 mL", -EINVAL},
		{"1 g x", -EINVAL},
		{"1 \"g\"", -EINVAL},
		{"0x10 g", -EINVAL},
		{"0.0000000000001 g", -EINVAL}, /* a tenth of a picogram */
		{"1234567890123456789 g", -ERANGE},
		{"9224 kg", -ERANGE},
		{"-9224 kg", -ERANGE},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct sics_mass mass;
		int64_t mass_pg;
		int failure = sics_read_mass(wrong[i].text, &mass);
		if (!failure)
			failure = sics_mass_pg(&mass, &mass_pg);
		is(failure, wrong[i].failure, "'%s' is refused", wrong[i].text);
	}
}

static void test_many_digits(void)
{
	struct sics_mass mass;
	is(sics_read_mass("123456789012345678 ug", &mass), 0, "18 digits are read");
	is(sics_read_mass("1234567890123456789 ug", &mass), -ERANGE, "19 are too many");
	is(sics_read_mass("0.000000000000000000 g", &mass), -ERANGE, "so are 19 with a point");
}

static void test_rounding(void)
{
	static const struct {
		int64_t mass_pg;
		const char *unit;
		uint32_t decimals;
		int64_t digits;
	} cases[] = {
		{52187300 * (G / 1000000), "g", 4, 521873},
		{MG / 200, "g", 5, 1}, /* half a step goes away from zero */
		{-MG / 200, "g", 5, -1},
		{MG / 200 - 1, "g", 5, 0},
		{-MG / 200 + 1, "g", 5, 0},
		{1500 * G, "kg", 1, 15},
		{12345678, "ug", 3, 12346},
	};
	struct sics_mass mass;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		is(sics_mass_of_pg(cases[i].mass_pg, cases[i].unit, cases[i].decimals, &mass), 0,
			"%" PRId64 " pg in %s", cases[i].mass_pg, cases[i].unit);
		is(mass.digits, cases[i].digits, "... its digits");
	}
	is(sics_mass_of_pg(1, "pcs", 0, &mass), -EINVAL, "pieces are no mass");
	is(sics_mass_of_pg(INT64_MAX, "ug", 10, &mass), -ERANGE, "too many digits");
}

static void test_lines(void)
{
	static const struct {
		const char *bytes, *heard; /* L: a line, G: garbled */
	} cases[] = {
		{"SI\r\n", "L"},
		{"SI\n", "L"},
		{"SI\r", "L"},
		{"\r\n\r\n", ""},
		{"S\r\nSI\r\n", "LL"},
		{"S\001I\r\nSI\r\n", "GL"},
		{"S\xb5\r\n", "G"},
		{"SI", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sics_lines lines = {0};
		char heard[16] = "";
		for (const char *byte = cases[i].bytes; *byte; byte++) {
			enum sics_heard what = sics_add(&lines, (uint8_t)*byte);
			if (what)
				strcat(heard, what == SICS_LINE ? "L" : "G");
		}
		is_text(heard, cases[i].heard, "lines, case %zu", i);
	}
}

static void test_long_lines(void)
{
	struct sics_lines lines = {0};
	int heard = 0;
	for (int i = 0; i < 100000; i++)
		heard += sics_add(&lines, 'S');
	is(heard, 0, "100000 bytes without an end are no line");
	is(sics_add(&lines, '\r'), SICS_GARBLED, "their end is garbled");
	for (int i = 0; i < SICS_LINE_MAX; i++)
		sics_add(&lines, 'x');
	is(sics_add(&lines, '\n'), SICS_LINE, "%d bytes are a line", SICS_LINE_MAX);
	is(strlen(lines.bytes), SICS_LINE_MAX, "a whole one");
}

/* -- the driver ------------------------------------------------------------------------------- */

enum { MASS = 1, STABLE = 2 };

static void open_driver(struct rig *rig, int when_stable)
{
	*rig = (struct rig){.config.driver = {.port = "serial:/dev/ttyUSB0,9600,8N1",
				    .when_stable = when_stable,
				    .answer_deadline_ns = SECOND,
				    .stability_deadline_ns = 45 * SECOND}};
	open_rig(rig, &theca_plugin_v1);
}

/* Opened, and all questions who it is are answered. */
static void open_ready(struct rig *rig, int when_stable)
{
	open_driver(rig, when_stable);
	rig->port.events.opened(rig->port.user, 0);
	hear(rig, 0, "I4 A \"B021002593\"\r\n");
	hear(rig, 0, "I2 A \"XS204 Excellence\"\r\n");
	hear(rig, 0, "I3 A \"2.10 10.28.0.493.142\"\r\n");
	sent(rig);
}

static void poll_driver(struct rig *rig)
{
	rig->fake.now_ns += SECOND;
	rig->plugin->instrument->poll(rig->self, rig->fake.now_ns);
}

static int quality(const struct rig *rig)
{
	return rig->fake.latest[MASS].quality;
}

static void test_introduction(void)
{
	struct rig rig;
	open_driver(&rig, 0);
	is_text(rig.fake.signals[MASS].name, "mass", "mass comes first");
	is_text(rig.fake.signals[MASS].unit, "mg", "in mg");
	is(rig.fake.signals[STABLE].dimension, THECA_FLAG, "stable is a flag");
	poll_driver(&rig);
	is_text(sent(&rig), "", "without a connection nothing is sent");
	is(quality(&rig), THECA_INVALID, "and there is no value");
	rig.port.events.opened(rig.port.user, 0);
	is_text(sent(&rig), "I4\r\n", "first: who is it");
	is(rig.port.deadline_ns, SECOND, "with a deadline");
	poll_driver(&rig);
	is_text(sent(&rig), "", "nothing is sent before the answer");
	hear_slowly(&rig, "I4 A \"B021002593\"\r\n");
	is_text(rig.fake.identified, "serial number = B021002593", "its serial number");
	is_text(sent(&rig), "I2\r\n", "then its model");
	hear_slowly(&rig, "I2 A \"XS204 Excellence\"\r\n");
	is_text(rig.fake.identified, "model = XS204 Excellence", "its model");
	is_text(sent(&rig), "I3\r\n", "then its software");
	hear_slowly(&rig, "ES\r\n");
	is_text(sent(&rig), "", "a question that it does not know is left");
	is(rig.port.deadline_ns, 0, "nothing is waited for");
	poll_driver(&rig);
	is_text(sent(&rig), "SI\r\n", "the next period asks for the weight");
	close_rig(&rig);
}

static void test_weights(void)
{
	static const struct {
		const char *answer;
		int64_t mass_pg;
		int stable, quality;
		const char *alarm;
	} cases[] = {
		{"S S    52.1873 g\r\n", 52187300 * (G / 1000000), 1, THECA_GOOD, ""},
		{"S D    52.1874 g\r\n", 52187400 * (G / 1000000), 0, THECA_GOOD, ""},
		{"S I\r\n", 52187400 * (G / 1000000), 0, THECA_INVALID, ""},
		{"S S      -0.01 mg\r\n", -MG / 100, 1, THECA_GOOD, ""},
		{"S +\r\n", -MG / 100, 0, THECA_INVALID, "overload"},
		{"S S       1.00 g\r\n", G, 1, THECA_GOOD, "overload"},
		{"S -\r\n", G, 0, THECA_INVALID, "underload"},
		{"S S Error 10b\r\n", G, 0, THECA_INVALID, "fault"},
		{"ES\r\n", G, 0, THECA_INVALID, "protocol"},
		{"S S         12 pcs\r\n", G, 0, THECA_INVALID, "no-mass"},
		{"S S 12:07.50 lb:oz\r\n", G, 0, THECA_INVALID, "no-mass"},
		{"S S\r\n", G, 0, THECA_INVALID, "no-mass"},
		{"S S       1.00 kg\r\n", 1000 * G, 1, THECA_GOOD, "no-mass"},
	};
	struct rig rig;
	open_ready(&rig, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		poll_driver(&rig);
		is_text(sent(&rig), "SI\r\n", "asked");
		hear(&rig, 0, cases[i].answer);
		is(rig.fake.latest[MASS].value, cases[i].mass_pg, "mass, case %zu", i);
		is(rig.fake.latest[STABLE].value, cases[i].stable, "... stable");
		is(quality(&rig), cases[i].quality, "... quality");
		is_text(rig.fake.alarm, cases[i].alarm, "... alarm");
	}
	is_text(rig.fake.cleared, "no-mass", "alarms go with their cause");
	is(rig.fake.alarms, 5, "each was raised once");
	close_rig(&rig);
}

static void test_silence(void)
{
	struct rig rig;
	open_ready(&rig, 0);
	poll_driver(&rig);
	hear(&rig, 0, "S S       1.00 g\r\n");
	poll_driver(&rig);
	sent(&rig);
	rig.port.events.silent(rig.port.user);
	is(quality(&rig), THECA_INVALID, "no answer: no value");
	is_text(rig.fake.alarm, "silent", "and an alarm");
	is_text(sent(&rig), "", "it is not asked again at once");
	poll_driver(&rig);
	is_text(sent(&rig), "SI\r\n", "but in the next period");
	rig.port.events.silent(rig.port.user);
	is(rig.fake.alarms, 1, "one alarm is enough");
	poll_driver(&rig);
	hear(&rig, 0, "\001\377garbage\r\n      1.00 g\r\nS S       2.00 g\r\n");
	is(rig.fake.latest[MASS].value, 2 * G, "through garbage it finds the answer");
	is_text(rig.fake.cleared, "silent", "the alarm goes");
	poll_driver(&rig);
	hear(&rig, 0, "Z A\r\nS S");
	is(rig.fake.latest[MASS].value, 2 * G, "what was not asked for is not believed");
	hear(&rig, 0, "       3.00 g\r");
	is(rig.fake.latest[MASS].value, 3 * G, "an answer may come in pieces, and end in CR");
	hear(&rig, 0, "\nS S       4.00 g\r\n");
	is(rig.fake.latest[MASS].value, 3 * G, "a second answer is one too many");
	close_rig(&rig);
}

static void test_unplugged(void)
{
	struct rig rig;
	open_driver(&rig, 0);
	for (int i = 0; i < 9; i++)
		poll_driver(&rig);
	is(rig.fake.alarms, 0, "a port may take its time to open");
	poll_driver(&rig);
	is_text(rig.fake.alarm, "silent", "ten periods, then it is an alarm");
	close_rig(&rig);
	open_ready(&rig, 0);
	poll_driver(&rig);
	hear(&rig, 0, "S S   ");
	rig.port.events.closed(rig.port.user, 0, -EIO);
	is(quality(&rig), THECA_INVALID, "unplugged: no value");
	is_text(rig.fake.alarm, "silent", "and an alarm");
	sent(&rig);
	rig.port.events.opened(rig.port.user, 0);
	is_text(sent(&rig), "I4\r\n", "plugged in: who is it now");
	hear(&rig, 0, "I4 A \"OTHER\"\r\n");
	is_text(rig.fake.alarm, "exchanged", "another one: an alarm");
	close_rig(&rig);
}

/* A balance that has been switched on says its serial number unasked. */
static void test_switched_on(void)
{
	struct rig rig;
	open_ready(&rig, 0);
	hear(&rig, 0, "I4 A \"B021002593\"\r\n");
	is_text(sent(&rig), "I4\r\n", "it is asked who it is");
	rig.port.events.silent(rig.port.user);
	poll_driver(&rig);
	is_text(sent(&rig), "I4\r\n", "twice");
	rig.port.events.silent(rig.port.user);
	poll_driver(&rig);
	is_text(sent(&rig), "I2\r\n", "then the next question");
	close_rig(&rig);
}

static const struct theca_command tare_command = {
	.size = sizeof tare_command, .verb = THECA_TARE, .token = 7};
static const struct theca_command zero_command = {
	.size = sizeof zero_command, .verb = THECA_ZERO, .token = 8};

static void test_commands(void)
{
	static const struct {
		int when_stable;
		bool zero;
		const char *request, *answer;
		int outcome;
	} cases[] = {
		{0, false, "TI\r\n", "TI S    100.00 g\r\n", THECA_DONE},
		{0, false, "TI\r\n", "TI D    100.00 g\r\n", THECA_DONE},
		{1, false, "T\r\n", "T S     100.00 g\r\n", THECA_DONE},
		{1, false, "T\r\n", "T I\r\n", -EAGAIN},
		{0, false, "TI\r\n", "TI -\r\n", -ERANGE},
		{0, false, "TI\r\n", "TI L\r\n", -EINVAL},
		{0, false, "TI\r\n", "ES\r\n", -ENOTSUP},
		{0, false, "TI\r\n", "ET\r\n", -EIO},
		{0, true, "ZI\r\n", "ZI S\r\n", THECA_DONE},
		{1, true, "Z\r\n", "Z A\r\n", THECA_DONE},
		{1, true, "Z\r\n", "Z +\r\n", -ERANGE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig rig;
		open_ready(&rig, cases[i].when_stable);
		const struct theca_instrument *instrument = rig.plugin->instrument;
		is(cases[i].zero ? instrument->zero(rig.self, &zero_command)
				 : instrument->tare(rig.self, &tare_command),
			0, "taken");
		is_text(sent(&rig), cases[i].request, "sent");
		is(rig.port.deadline_ns, cases[i].when_stable ? 45 * SECOND : SECOND, "deadline");
		is(rig.fake.done_count, 0, "not done before the answer");
		hear(&rig, 0, cases[i].answer);
		is(rig.fake.done_token, cases[i].zero ? 8 : 7, "its token");
		is(rig.fake.done_outcome, cases[i].outcome, "outcome, case %zu", i);
		is(rig.fake.done_count, 1, "once");
		close_rig(&rig);
	}
}

static void test_lost_answers(void)
{
	struct rig rig;
	open_ready(&rig, 0);
	const struct theca_instrument *instrument = rig.plugin->instrument;
	poll_driver(&rig);
	is(instrument->tare(rig.self, &tare_command), 0, "a tare while a weight is asked for");
	is_text(sent(&rig), "SI\r\n", "waits");
	is(instrument->zero(rig.self, &zero_command), -EBUSY, "a second command is refused");
	hear(&rig, 0, "S S       1.00 g\r\n");
	is_text(sent(&rig), "TI\r\n", "then it is sent");
	rig.port.events.silent(rig.port.user);
	is(rig.fake.done_outcome, THECA_UNCERTAIN, "a lost answer is uncertain");
	is(instrument->tare(rig.self, &tare_command), 0, "a further one");
	rig.port.events.closed(rig.port.user, 0, -EIO);
	is(rig.fake.done_outcome, THECA_UNCERTAIN, "lost with its port: uncertain");
	is(instrument->tare(rig.self, &tare_command), -ENOTCONN, "without a port: refused");
	rig.port.events.opened(rig.port.user, 0);
	sent(&rig);
	is(instrument->tare(rig.self, &tare_command), 0, "one that waits");
	rig.port.events.closed(rig.port.user, 0, -EIO);
	is(rig.fake.done_outcome, -ENOTCONN, "and was not sent did not happen");
	is_text(sent(&rig), "", "indeed");
	is(rig.fake.done_count, 3, "each ended once");
	rig.port.events.opened(rig.port.user, 0);
	instrument->tare(rig.self, &tare_command);
	close_rig(&rig);
	is(rig.fake.done_outcome, -ECANCELED, "stopping ends what is open");
}

/* -- the device side -------------------------------------------------------------------------- */

static const struct device_config plain_device = {.port = "pty:/tmp/balance",
	.shows = 1,
	.model = "XS204 Excellence",
	.serial_number = "B021002593",
	.decimals = 4,
	.stability_timeout_ns = 5 * SECOND};

static void show(struct rig *rig, int64_t mass_pg, int stable, int how)
{
	rig->fake.now_ns += SECOND;
	rig->fake.latest[MASS] = (struct theca_sample){.time_ns = rig->fake.now_ns,
		.signal = MASS,
		.value = mass_pg,
		.quality = (uint16_t)how};
	rig->fake.latest[STABLE] = rig->fake.latest[MASS];
	rig->fake.latest[STABLE].signal = STABLE;
	rig->fake.latest[STABLE].value = stable;
}

static void open_device(struct rig *rig)
{
	static const struct theca_signal mass = {.name = "mass"}, stable = {.name = "stable"};
	*rig = (struct rig){.config.device = plain_device};
	open_rig(rig, &device_plugin);
	fake_declare(&rig->fake.host, &mass);
	fake_declare(&rig->fake.host, &stable);
	rig->port.events.opened(rig->port.user, 0);
}

static void tick(struct rig *rig)
{
	rig->plugin->transport->tick(rig->self, rig->fake.now_ns);
}

static void test_requests(void)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
		{"S\r\n", "S S    52.1873 g\r\n"},
		{"SI\r\n", "S S    52.1873 g\r\n"},
		{"@\r\n", "I4 A \"B021002593\"\r\n"},
		{"I1\r\n", "I1 A \"01\" \"2.30\" \"2.22\" \"\" \"\"\r\n"},
		{"I2\r\n", "I2 A \"XS204 Excellence\"\r\n"},
		{"I3\r\n", "I3 A \"1.00 simulated\"\r\n"},
		{"I4\r\n", "I4 A \"B021002593\"\r\n"},
		{"I5\r\n", "I5 A \"THECA1\"\r\n"},
		{"D \"READY\"\r\n", "D A\r\n"},
		{"D READY\r\n", "D L\r\n"},
		{"DW\r\n", "DW A\r\n"},
		{"K 1\r\n", "K A\r\n"},
		{"K 9\r\n", "K L\r\n"},
		{"K\r\n", "K L\r\n"},
		{"TA\r\n", "TA A     0.0000 g\r\n"},
		{"TA 2.1873 g\r\n", "TA A     2.1873 g\r\n"},
		{"SI\r\n", "S S    50.0000 g\r\n"},
		{"TA 5 pcs\r\n", "TA L\r\n"},
		{"TA -5 g\r\n", "TA L\r\n"},
		{"TA 9000 kg\r\n", "TA L\r\n"},
		{"TA\r\n", "TA A     2.1873 g\r\n"},
		{"TAC\r\n", "TAC A\r\n"},
		{"SI\r\n", "S S    52.1873 g\r\n"},
		{"\r\n\r\nSI\n", "S S    52.1873 g\r\n"},
		{"SI\rSI\r", "S S    52.1873 g\r\nS S    52.1873 g\r\n"},
		{"si\r\n", "ES\r\n"},
		{"SI \r\n", "ES\r\n"},
		{" SI\r\n", "ES\r\n"},
		{"SI 5\r\n", "ES\r\n"},
		{"K  1\r\n", "ES\r\n"},
		{"M21 0 0\r\n", "M21 A\r\n"},
		{"M21 0 1\r\n", "M21 L\r\n"},
		{"SC 1000\r\n", "S S    52.1873 g\r\n"},
		{"SC\r\n", "S L\r\n"},
		{"SC 1.5\r\n", "S L\r\n"},
		{"SC 12345678\r\n", "S L\r\n"},
		{"ZC 1000\r\n", "ES\r\n"},
		{"hello\r\n", "ES\r\n"},
		{"S\xb5I\r\n", "ET\r\n"},
		{"SR x\r\n", "S L\r\n"},
	};
	struct rig rig;
	open_device(&rig);
	show(&rig, 52187300 * (G / 1000000), 1, THECA_GOOD);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hear_slowly(&rig, cases[i].request);
		is_text(sent(&rig), cases[i].answer, "request %.*s",
			(int)strcspn(cases[i].request, "\r\n\xb5"), cases[i].request);
	}
	hear(&rig, 0, "I0\r\n");
	const char *list = sent(&rig);
	ok(!strncmp(list, "I0 B 0 \"I0\"\r\n", 13), "a list begins");
	ok(strstr(list, "I0 B 0 \"SIR\"\r\n") && strstr(list, "I0 B 1 \"SR\"\r\n"), "goes on");
	ok(strstr(list, "\r\nI0 A 2 \"SC\"\r\n"), "and ends");
	close_rig(&rig);
}

static void test_states(void)
{
	struct rig rig;
	open_device(&rig);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S I\r\n", "no value yet");
	show(&rig, G, 0, THECA_GOOD);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S D     1.0000 g\r\n", "moving");
	show(&rig, G, 1, THECA_STALE);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S I\r\n", "stale");
	show(&rig, G, 1, THECA_INVALID);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S +\r\n", "overloaded");
	show(&rig, 100000 * G, 1, THECA_GOOD);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S +\r\n", "more than ten characters");
	show(&rig, -10000 * G, 1, THECA_GOOD);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S -\r\n", "the same below zero");
	show(&rig, -MG, 1, THECA_GOOD);
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S S    -0.0010 g\r\n", "a little below zero");
	close_rig(&rig);
}

static void test_waiting(void)
{
	struct rig rig;
	open_device(&rig);
	show(&rig, G, 0, THECA_GOOD);
	hear(&rig, 0, "S\r\n");
	is_text(sent(&rig), "", "S waits for stability");
	show(&rig, 2 * G, 1, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S S     2.0000 g\r\n", "which comes");
	show(&rig, G, 0, THECA_GOOD);
	hear(&rig, 0, "S\r\n");
	for (int i = 0; i < 4; i++) {
		show(&rig, G, 0, THECA_GOOD);
		tick(&rig);
	}
	is_text(sent(&rig), "", "or does not");
	show(&rig, G, 0, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S I\r\n", "after 5 s");
	hear(&rig, 0, "SC 1500\r\n");
	show(&rig, G, 0, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "", "SC waits too");
	show(&rig, G, 0, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S D     1.0000 g\r\n", "then takes it as it is");
	hear(&rig, 0, "S\r\nSI\r\n");
	show(&rig, G, 1, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S D     1.0000 g\r\n", "a further command ends the waiting");
	close_rig(&rig);
}

static void test_streams(void)
{
	struct rig rig;
	open_device(&rig);
	show(&rig, G, 1, THECA_GOOD);
	hear(&rig, 0, "SIR\r\n");
	tick(&rig);
	show(&rig, 2 * G, 0, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S S     1.0000 g\r\nS S     1.0000 g\r\nS D     2.0000 g\r\n",
		"SIR repeats");
	hear(&rig, 0, "I4\r\n");
	sent(&rig);
	tick(&rig);
	is_text(sent(&rig), "", "the next command ends it");
	show(&rig, G, 1, THECA_GOOD);
	hear(&rig, 0, "SR 10 mg\r\n");
	is_text(sent(&rig), "S S     1.0000 g\r\n", "SR tells the weight");
	show(&rig, G + 9 * MG, 1, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "", "a small change is none");
	show(&rig, G + 10 * MG, 0, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "S D     1.0100 g\r\n", "a larger one is told");
	show(&rig, G + 90 * MG, 0, THECA_GOOD);
	tick(&rig);
	show(&rig, G + 95 * MG, 1, THECA_GOOD);
	tick(&rig);
	tick(&rig);
	is_text(sent(&rig), "S S     1.0950 g\r\n", "and where it comes to rest");
	hear(&rig, 0, "SR\r\n");
	sent(&rig);
	show(&rig, G + 200 * MG, 1, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "", "not stated: an eighth");
	hear(&rig, 0, "@\r\n");
	sent(&rig);
	show(&rig, 9 * G, 1, THECA_GOOD);
	tick(&rig);
	is_text(sent(&rig), "", "@ ends all");
	close_rig(&rig);
}

static void test_errands(void)
{
	struct rig rig;
	open_device(&rig);
	show(&rig, 50 * G, 1, THECA_GOOD);
	hear(&rig, 0, "T\r\n");
	is(rig.fake.ask_count, 1, "a tare is asked for");
	is(rig.fake.asked[0].verb, THECA_TARE, "as a command");
	is_text(sent(&rig), "", "its answer waits");
	hear(&rig, 0, "TI\r\n");
	is_text(sent(&rig), "TI I\r\n", "a second one must wait");
	rig.plugin->ended(rig.self, 99, THECA_DONE, NULL);
	is_text(sent(&rig), "", "another's end is not ours");
	rig.plugin->ended(rig.self, 1, THECA_DONE, NULL);
	is_text(sent(&rig), "T S    50.0000 g\r\n", "done: it tells the tare");
	hear(&rig, 0, "SI\r\n");
	is_text(sent(&rig), "S I\r\n", "a weight from before does not count");
	show(&rig, 5 * G, 1, THECA_GOOD);
	hear(&rig, 0, "SI\r\nTA\r\nTAC\r\nSI\r\n");
	is_text(sent(&rig),
		"S S     5.0000 g\r\nTA A    50.0000 g\r\nTAC A\r\nS S    55.0000 g\r\n",
		"net, tare, gross");
	hear(&rig, 0, "ZI\r\n");
	is(rig.fake.asked[1].verb, THECA_ZERO, "a zero");
	rig.plugin->ended(rig.self, 2, -EBUSY, "the flow test holds it");
	is_text(sent(&rig), "ZI I\r\n", "refused: not now");
	hear(&rig, 0, "Z\r\n");
	rig.plugin->ended(rig.self, 3, THECA_DONE, NULL);
	is_text(sent(&rig), "Z A\r\n", "done");
	show(&rig, 0, 0, THECA_GOOD);
	hear(&rig, 0, "SI\r\nTA\r\nT\r\n");
	is_text(sent(&rig), "S D     0.0000 g\r\nTA A     0.0000 g\r\n", "zero, T waits");
	rig.fake.now_ns += 5 * SECOND;
	tick(&rig);
	is_text(sent(&rig), "T I\r\n", "not stable in time");
	close_rig(&rig);
}

static void test_clients(void)
{
	struct rig rig;
	open_device(&rig);
	show(&rig, G, 1, THECA_GOOD);
	for (uint32_t i = 1; i <= 20; i++)
		rig.port.events.opened(rig.port.user, i);
	hear(&rig, 1, "S");
	hear(&rig, 2, "I4\r\n");
	is_text(sent(&rig), "I4 A \"B021002593\"\r\n", "each client has a line of its own");
	hear(&rig, 1, "I\r\n");
	is_text(sent(&rig), "S S     1.0000 g\r\n", "which may come later");
	hear(&rig, 20, "I4\r\n");
	is_text(sent(&rig), "", "too many are not heard");
	hear(&rig, 3, "T\r\n");
	rig.port.events.closed(rig.port.user, 3, 0);
	rig.plugin->ended(rig.self, 1, THECA_DONE, NULL);
	is_text(sent(&rig), "", "who has left gets no answer");
	rig.port.events.closed(rig.port.user, 77, 0);
	close_rig(&rig);
}

/* -- both ------------------------------------------------------------------------------------- */

static void carry(struct rig *from, struct rig *to)
{
	hear_slowly(to, sent(from));
}

static void test_wired(void)
{
	struct rig driver, device;
	open_driver(&driver, 0);
	open_device(&device);
	driver.port.events.opened(driver.port.user, 0);
	show(&device, 0, 1, THECA_GOOD);
	for (int i = 0; i < 3; i++) {
		carry(&driver, &device);
		carry(&device, &driver);
	}
	is_text(driver.fake.identified, "software = 1.00 simulated", "they know each other");
	int wrong = 0;
	for (int i = 0; i < 1000; i++) {
		int64_t mass_pg = (i * 7919 - 3000000) * (G / 10000);
		show(&device, mass_pg, i % 3 == 0, THECA_GOOD);
		poll_driver(&driver);
		carry(&driver, &device);
		carry(&device, &driver);
		wrong += driver.fake.latest[MASS].value != mass_pg;
		wrong += driver.fake.latest[STABLE].value != (i % 3 == 0);
	}
	is(wrong, 0, "1000 weights pass unchanged");
	driver.plugin->instrument->tare(driver.self, &tare_command);
	carry(&driver, &device);
	device.plugin->ended(device.self, 1, THECA_DONE, NULL);
	carry(&device, &driver);
	is(driver.fake.done_outcome, THECA_DONE, "a tare goes all the way and back");
	close_rig(&driver);
	close_rig(&device);
}

int main(void)
{
	test_answers();
	test_no_answers();
	test_masses();
	test_many_digits();
	test_rounding();
	test_lines();
	test_long_lines();
	test_introduction();
	test_weights();
	test_silence();
	test_unplugged();
	test_switched_on();
	test_commands();
	test_lost_answers();
	test_requests();
	test_states();
	test_waiting();
	test_streams();
	test_errands();
	test_clients();
	test_wired();
	return done_testing();
}
