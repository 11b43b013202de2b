/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real balance that speaks MT-SICS. One request is under way at a time: who it is, then its
 * weight once a sampling period, tare and zero in between. What does not answer the request under
 * way is not believed, and nothing is sent before the answer or the deadline.
 */
#include "wire.h"
#include <stdlib.h>
#include <string.h>
#include <theca/plugin.h>

#define PATIENCE 10 /* polls before a port that never opened is an alarm */
#define TRIES 2     /* of each question who it is */

struct config {
	const char *port;
	int32_t when_stable; /* index into `commands` */
	int64_t answer_deadline_ns, stability_deadline_ns;
};

static const char *const commands[] = {"SI", "S", NULL};

static const struct theca_option options[] = {
	{.name = "port",
		.type = THECA_PORT,
		.offset = offsetof(struct config, port),
		.help = "Where the balance is, such as serial:/dev/ttyUSB1,9600,8N1 or "
			"tcp:balance.lab:8001."},
	{.name = "command",
		.type = THECA_CHOICE,
		.offset = offsetof(struct config, when_stable),
		.initial = "SI",
		.choices = commands,
		.help = "SI reads, tares and zeroes at once; S waits until the balance is stable."},
	{.name = "answer deadline",
		.type = THECA_DURATION,
		.offset = offsetof(struct config, answer_deadline_ns),
		.initial = "1 s",
		.min = "50 ms",
		.max = "1 min",
		.help = "Wall time after which a balance that has not answered is silent."},
	{.name = "stability deadline",
		.type = THECA_DURATION,
		.offset = offsetof(struct config, stability_deadline_ns),
		.initial = "45 s",
		.min = "50 ms",
		.max = "10 min",
		.help = "The same for requests that wait for stability; longer than the balance's "
			"own limit."},
	{0},
};

enum step { NOTHING, SERIAL_NUMBER, MODEL, SOFTWARE, WEIGH, TARE, ZERO };

struct sics {
	struct theca_host *host;
	const struct config *config;
	struct theca_port *port;
	uint32_t mass, stable; /* signals */
	bool connected;
	struct sics_lines lines;
	enum step asked;        /* the request under way */
	enum step introduction; /* the next question who it is; WEIGH: all answered */
	unsigned tries;         /* of it */
	uint64_t token;
	enum step command; /* TARE, ZERO, or NOTHING */
	bool mute;         /* alarm `silent` is raised */
	unsigned unopened; /* polls without a connection */
	const struct trouble *trouble;
	char serial_number[SICS_LINE_MAX];
	struct theca_sample last; /* of `mass` */
};

/* -- alarms ----------------------------------------------------------------------------------- */

/* Why a balance that answers gives no weight. */
static const struct trouble {
	enum sics_status status;
	const char *code; /* of an alarm; NULL: a line in the log will do */
	const char *text;
} troubles[] = {
	{SICS_OVER, "overload", "The load is above the balance's range."},
	{SICS_UNDER, "underload", "The load is below the balance's range: is the pan on?"},
	{SICS_FAULT, "fault", "The balance reports an error of its own."},
	{SICS_SYNTAX, "protocol", "The balance does not know the request (ES)."},
	{SICS_TRANSMISSION, "protocol", "The balance received a damaged request (ET)."},
	{SICS_LOGICAL, "protocol", "The balance cannot execute the request (EL)."},
	{SICS_WRONG, "protocol", "The balance does not take the parameter (L)."},
	{SICS_NOT_NOW, NULL, "The balance has no weight now: busy, or not stable in time (I)."},
	{SICS_DONE, "no-mass", "The balance shows something that is no mass."}, /* and all others */
};

static const struct trouble *trouble_of(enum sics_status status)
{
	const struct trouble *last = &troubles[sizeof troubles / sizeof *troubles - 1];
	const struct trouble *trouble = troubles;
	while (trouble < last && trouble->status != status)
		trouble++;
	return trouble;
}

static void raise_alarm(struct sics *self, const char *code, const char *text)
{
	const struct theca_alarm alarm = {
		.size = sizeof alarm, .priority = THECA_MEDIUM, .code = code, .text = text};
	theca_raise(self->host, &alarm);
}

/* NULL: none any more. */
static void set_trouble(struct sics *self, const struct trouble *trouble)
{
	const struct trouble *before = self->trouble;
	if (before == trouble)
		return;
	self->trouble = trouble;
	if (before && before->code)
		theca_clear(self->host, before->code);
	if (trouble && trouble->code)
		raise_alarm(self, trouble->code, trouble->text);
	if (trouble)
		theca_log(self->host, THECA_WARNING, "%s", trouble->text);
}

static void set_mute(struct sics *self, bool mute, const char *why)
{
	if (mute && !self->mute)
		raise_alarm(self, "silent", why);
	if (!mute && self->mute)
		theca_clear(self->host, "silent");
	self->mute = mute;
}

/* -- samples ---------------------------------------------------------------------------------- */

static void report(struct sics *self, int64_t mass_pg, bool stable, enum theca_quality quality)
{
	const struct theca_sample samples[] = {
		{.signal = self->mass, .value = mass_pg, .quality = (uint16_t)quality},
		{.signal = self->stable, .value = stable, .quality = (uint16_t)quality},
	};
	self->last = samples[0];
	theca_report(self->host, samples, 2);
}

static void report_nothing(struct sics *self)
{
	report(self, self->last.value, false, THECA_INVALID);
}

/* -- asking ----------------------------------------------------------------------------------- */

/* Two ways to ask: at once, and when stable. */
static const struct {
	const char *request[2];
	const char *answer[2]; /* its id */
	bool waits[2];
} steps[] = {
	[SERIAL_NUMBER] = {{"I4", "I4"}, {"I4", "I4"}, {false, false}},
	[MODEL] = {{"I2", "I2"}, {"I2", "I2"}, {false, false}},
	[SOFTWARE] = {{"I3", "I3"}, {"I3", "I3"}, {false, false}},
	[WEIGH] = {{"SI", "S"}, {"S", "S"}, {false, true}},
	[TARE] = {{"TI", "T"}, {"TI", "T"}, {false, true}},
	[ZERO] = {{"ZI", "Z"}, {"ZI", "Z"}, {false, true}},
};

static enum step next_step(const struct sics *self)
{
	return self->command ? self->command : self->introduction;
}

static int ask(struct sics *self, enum step step)
{
	char line[SICS_ID_MAX + 2];
	int way = self->config->when_stable;
	int64_t deadline_ns = steps[step].waits[way] ? self->config->stability_deadline_ns
						     : self->config->answer_deadline_ns;
	int length = snprintf(line, sizeof line, "%s\r\n", steps[step].request[way]);
	int failure =
		theca_port_write(self->host, self->port, 0, line, (size_t)length, deadline_ns);
	if (!failure)
		self->asked = step;
	return failure;
}

/* The weight waits for the next sampling period, all else does not. */
static void go_on(struct sics *self)
{
	enum step step = next_step(self);
	if (self->connected && !self->asked && step != WEIGH)
		ask(self, step);
}

static void end_command(struct sics *self, int outcome, const char *reason)
{
	uint64_t token = self->token;
	if (!self->command)
		return;
	self->command = NOTHING;
	self->token = 0;
	theca_done(self->host, token, outcome, reason);
}

/* The request under way gets no answer any more. */
static void give_up(struct sics *self, const char *why)
{
	enum step step = self->asked;
	self->asked = NOTHING;
	if (step && step == self->command)
		end_command(self, THECA_UNCERTAIN, why);
	if (step && step == self->introduction && step != WEIGH && ++self->tries == TRIES) {
		self->introduction++;
		self->tries = 0;
	}
}

/* -- answers ---------------------------------------------------------------------------------- */

static void take_weight(struct sics *self, const struct sics_answer *answer)
{
	int64_t mass_pg;
	bool read = answer->status == SICS_STABLE || answer->status == SICS_DYNAMIC;
	if (read && answer->has_mass && sics_mass_pg(&answer->mass, &mass_pg) == 0) {
		set_trouble(self, NULL);
		report(self, mass_pg, answer->status == SICS_STABLE, THECA_GOOD);
		return;
	}
	set_trouble(self, trouble_of(read ? SICS_DONE : answer->status));
	report_nothing(self);
}

/* Another balance than before measures something else. */
static void take_serial_number(struct sics *self, const char *text)
{
	if (*self->serial_number && strcmp(self->serial_number, text)) {
		raise_alarm(self, "exchanged", "Another balance than before answers on this port.");
		theca_clear(self->host, "exchanged"); /* it stays until it is acknowledged */
		theca_log(self->host, THECA_WARNING, "serial number %s, was %s", text,
			self->serial_number);
	}
	snprintf(self->serial_number, sizeof self->serial_number, "%s", text);
	theca_identify(self->host, "serial number", text);
}

static void take_introduction(struct sics *self, const struct sics_answer *answer, enum step step)
{
	char text[SICS_LINE_MAX];
	self->introduction = step + 1;
	self->tries = 0;
	if (answer->status != SICS_DONE || !sics_quoted(answer->text, text, sizeof text))
		return;
	if (step == SERIAL_NUMBER)
		take_serial_number(self, text);
	else
		theca_identify(self->host, step == MODEL ? "model" : "software", text);
}

static void take_outcome(struct sics *self, const struct sics_answer *answer)
{
	static const struct {
		enum sics_status status;
		int outcome;
		const char *reason;
	} outcomes[] = {
		{SICS_DONE, THECA_DONE, NULL},
		{SICS_STABLE, THECA_DONE, NULL},
		{SICS_DYNAMIC, THECA_DONE, NULL},
		{SICS_NOT_NOW, -EAGAIN, "the balance is busy, or did not become stable"},
		{SICS_OVER, -ERANGE, "the load is above the range for this"},
		{SICS_UNDER, -ERANGE, "the load is below the range for this"},
		{SICS_WRONG, -EINVAL, "the balance does not take the parameter"},
		{SICS_SYNTAX, -ENOTSUP, "the balance does not know the request"},
		{SICS_TRANSMISSION, -EIO, "the balance received a damaged request"},
		{SICS_LOGICAL, -EIO, "the balance cannot execute the request"},
	};
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (outcomes[i].status == answer->status) {
			end_command(self, outcomes[i].outcome, outcomes[i].reason);
			return;
		}
	end_command(self, -EIO, "the balance reports an error of its own");
}

/* A balance says its serial number when it has been switched on; all else was asked too long ago.
 */
static void take_unasked(struct sics *self, const struct sics_answer *answer)
{
	if (!strcmp(answer->id, "I4"))
		self->introduction = SERIAL_NUMBER;
	theca_log(self->host, THECA_DEBUG, "not asked for: %s %.40s", answer->id, answer->text);
}

static void take(struct sics *self, const struct sics_answer *answer)
{
	enum step step = self->asked;
	const char *expected = step ? steps[step].answer[self->config->when_stable] : "";
	bool error = !*answer->id && step;
	if (!error && strcmp(answer->id, expected)) {
		take_unasked(self, answer);
		return;
	}
	if (!step || answer->status == SICS_MORE)
		return;
	theca_port_answered(self->host, self->port);
	self->asked = NOTHING;
	set_mute(self, false, NULL);
	if (step == WEIGH)
		take_weight(self, answer);
	else if (step == self->command)
		take_outcome(self, answer);
	else
		take_introduction(self, answer, step);
}

static void take_line(struct sics *self)
{
	struct sics_answer answer;
	if (sics_read_answer(self->lines.bytes, &answer) == 0)
		take(self, &answer);
	else
		theca_log(self->host, THECA_DEBUG, "no answer: %.80s", self->lines.bytes);
}

/* -- the port --------------------------------------------------------------------------------- */

static void on_opened(void *user, uint32_t client)
{
	struct sics *self = user;
	(void)client;
	self->connected = true;
	self->unopened = 0;
	self->lines = (struct sics_lines){0};
	self->introduction = SERIAL_NUMBER;
	self->tries = 0;
	go_on(self);
}

static void on_received(void *user, uint32_t client, const uint8_t *bytes, size_t count)
{
	struct sics *self = user;
	(void)client;
	for (size_t i = 0; i < count; i++) {
		enum sics_heard heard = sics_add(&self->lines, bytes[i]);
		if (heard == SICS_LINE)
			take_line(self);
		if (heard == SICS_GARBLED)
			theca_log(self->host, THECA_DEBUG, "a garbled line");
	}
	go_on(self);
}

static void on_silent(void *user)
{
	struct sics *self = user;
	give_up(self, "the balance did not answer");
	set_mute(self, true, "The balance does not answer.");
	report_nothing(self);
}

static void on_closed(void *user, uint32_t client, int error)
{
	struct sics *self = user;
	(void)client, (void)error;
	self->connected = false;
	give_up(self, "the connection was lost before the answer");
	end_command(self, -ENOTCONN, "the connection was lost");
	set_mute(self, true, "The connection to the balance is lost.");
	report_nothing(self);
}

static const struct theca_port_events port_events = {
	.size = sizeof port_events,
	.opened = on_opened,
	.received = on_received,
	.silent = on_silent,
	.closed = on_closed,
};

/* -- what the service calls ------------------------------------------------------------------- */

static int poll_weight(void *data, int64_t now_ns)
{
	struct sics *self = data;
	(void)now_ns;
	if (!self->connected) {
		if (++self->unopened == PATIENCE)
			set_mute(self, true, "The balance's port cannot be opened.");
		report_nothing(self);
		return 0;
	}
	return self->asked ? 0 : ask(self, next_step(self));
}

static int start_command(struct sics *self, enum step step, uint64_t token)
{
	if (!self->connected)
		return -ENOTCONN;
	if (self->command)
		return -EBUSY;
	self->command = step;
	self->token = token;
	go_on(self);
	return 0;
}

static int tare(void *data, const struct theca_command *command)
{
	return start_command(data, TARE, command->token);
}

static int zero(void *data, const struct theca_command *command)
{
	return start_command(data, ZERO, command->token);
}

static int start(void *data)
{
	struct sics *self = data;
	return theca_port_open(self->host, self->config->port, &port_events, self, &self->port);
}

static int stop(void *data)
{
	struct sics *self = data;
	theca_port_close(self->host, self->port);
	self->port = NULL;
	self->connected = false;
	give_up(self, "stopped before the answer");
	end_command(self, -ECANCELED, "stopped");
	return 0;
}

static int declare_signals(struct sics *self)
{
	const struct theca_signal mass = {.size = sizeof mass,
		.name = "mass",
		.dimension = THECA_MASS,
		.unit = "mg",
		.decimals = 4}; /* 0.1 ug: the finest balances there are */
	const struct theca_signal stable = {
		.size = sizeof stable, .name = "stable", .dimension = THECA_FLAG};
	int number = theca_declare(self->host, &mass);
	self->mass = (uint32_t)number;
	if (number > 0)
		number = theca_declare(self->host, &stable);
	self->stable = (uint32_t)number;
	return number > 0 ? 0 : number;
}

static int create(struct theca_host *host, const void *config, void **result)
{
	struct sics *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->host = host;
	self->config = config;
	self->introduction = SERIAL_NUMBER;
	int failure = declare_signals(self);
	if (failure) {
		free(self);
		return failure;
	}
	*result = self;
	return 0;
}

static void destroy(void *data)
{
	free(data);
}

static const struct theca_instrument instrument = {
	.size = sizeof instrument,
	.poll = poll_weight,
	.tare = tare,
	.zero = zero,
};

THECA_PLUGIN(.name = "mt-sics", .version = "1",
	.summary = "A balance that speaks MT-SICS: Mettler-Toledo, and KERN's KCP.",
	.options = options, .config_size = sizeof(struct config), .create = create, .start = start,
	.stop = stop, .destroy = destroy, .instrument = &instrument);
