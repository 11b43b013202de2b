/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thecactl against a made-up service: the parameters that it sends, what it prints, what it exits
 * with. The program is $THECACTL, or ./thecactl.
 */
#include "control/control.h"
#include "journal/journal.h"
#include "journal/record.h"
#include "tap.h"
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64] = "/tmp/theca-ctl-XXXXXX", path[96], printed[65536];

/* -- the made-up service: one child process -------------------------------------------------- */

#define PUMP_LEFT                                                                                  \
	"{\"name\":\"left\",\"driver\":\"rotor\",\"state\":\"running\",\"holder\":\"\",\"rate\":"  \
	"\"0.25 mL/day\",\"flow\":\"0.249 mL/day\",\"delivered\":\"1.75 mL\",\"doses\":[{"         \
	"\"drug\":\"morphine\",\"concentration\":\"20 mg/mL\",\"delivered\":\"35 mg\","            \
	"\"per_day\":\"5 mg/day\"},{\"drug\":\"bupivacaine\",\"concentration\":\"5 mg/mL\","       \
	"\"delivered\":\"8.75 mg\",\"per_day\":\"1.25 mg/day\"}],\"reservoir\":\"38.25 mL\","      \
	"\"low_at\":\"2026-06-05T10:00:00Z\",\"battery\":null,\"alarms\":1,\"stale\":false}"
#define PUMP_DUT                                                                                   \
	"{\"name\":\"dut\",\"driver\":\"rotor\",\"state\":\"stopped\",\"holder\":\"flow\","        \
	"\"rate\":null,\"flow\":null,\"delivered\":\"0 mL\",\"doses\":[],\"reservoir\":\"20 mL\"," \
	"\"low_at\":null,\"battery\":null,\"alarms\":0,\"stale\":true}"
#define ALARMS                                                                                     \
	"[{\"instance\":\"left\",\"code\":\"motor-stall\",\"priority\":\"high\",\"text\":"         \
	"\"The motor \\u001b[2Jstalls.\",\"raised\":\"2026-01-12T08:29:00Z\",\"cleared\":null,"    \
	"\"acknowledged_by\":null},{\"instance\":\"dut\",\"code\":\"low\",\"priority\":\"medium\"" \
	",\"text\":\"\",\"raised\":\"2026-01-12T08:00:00Z\",\"cleared\":\"2026-01-12T08:10:00Z\"," \
	"\"acknowledged_by\":\"root\"}]"
#define STATUS                                                                                     \
	"{\"bench\":{\"name\":\"demo\",\"clock\":\"real x60\",\"time\":\"2026-01-12T08:30:00Z\","  \
	"\"elapsed\":\"7 d 8 h\",\"until\":null,\"running\":true,\"version\":\"0.1.0\","           \
	"\"folder\":\"runs/1\"},\"pumps\":[" PUMP_LEFT "," PUMP_DUT "],\"instruments\":[{"         \
	"\"name\":\"scale\",\"plugin\":\"balance\",\"state\":\"running\",\"signals\":[{\"name\":"  \
	"\"mass\",\"value\":\"12.345 g\",\"quality\":\"good\"},{\"name\":\"temperature\","         \
	"\"value\":\"21.5 degC\",\"quality\":\"stale\"}]}],\"procedures\":[{\"name\":\"flow\","    \
	"\"state\":\"running\",\"progress\":0.52,\"pump\":\"dut\"}],\"alarms\":" ALARMS "}"
#define PROGRAM(lines, morphine, with, volume)                                                     \
	"{\"lines\":[" lines "],\"totals\":[{\"drug\":\"morphine\",\"per_day\":\"" morphine        \
	"\",\"per_day_with_boluses\":\"" with "\"}],\"volume_per_day\":\"" volume "\"}"
#define PLAN(decision)                                                                             \
	"{\"plan\":\"p1\",\"sha256\":\"abc\",\"old\":" PROGRAM("\"6 mg/day of morphine\"",         \
		"6 mg/day", "6 mg/day",                                                            \
		"0.3 mL/day") ",\"new\":" PROGRAM("\"7 mg/day of morphine\",\"bolus 0.3 mg\"",     \
		"7 mg/day", "8.2 mg/day",                                                          \
		"0.35 mL/day") ",\"verdict\":{\"decision\":\"" decision                            \
			       "\",\"code\":\"daily-dose\",\"text\":\"7 mg/day, the soft limit "   \
			       "is 6.5\"},\"expires\":\"2026-01-12T08:31:00Z\"}"

static const char event[] =
	"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"number\":%d,\"time\":"
	"\"2026-01-05T00:00:0%d.000Z\",\"kind\":\"intent\",\"instance\":\"left\",\"verb\":"
	"\"bolus\","
	"\"volume\":\"0.1 mL\",\"duration\":\"10 min\",\"who\":\"alice\"}}";

/* What `pump` is given decides what happens, so that each case below is one command line. */
static bool misbehave(struct control_request *request, const char *pump)
{
	static const struct {
		const char *pump, *message;
		int error;
	} rows[] = {
		{"limited", "0.5 mL is over the limit of 0.2 mL", CONTROL_REFUSED},
		{"soft", "over the soft limit", CONTROL_NEEDS_CONFIRM},
		{"broken", "the pump did not do it", CONTROL_FAILED},
		{"gone", "there is no instance 'gone'", CONTROL_NOT_FOUND},
		{"lost", "no answer from the pump", CONTROL_UNCERTAIN},
		{"odd", "expected a volume such as 0.1 mL", CONTROL_BAD_PARAMS},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].pump, pump)) {
			control_fail(request, rows[i].error, NULL, "%s", rows[i].message);
			return true;
		}
	return !strcmp(pump, "silent");
}

/* Answers with the parameters that came, as the text of an outcome. */
static int call_act(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *pump = json_string_value(json_object_get(params, "pump"));
	(void)user;
	if (pump && !strcmp(pump, "crash"))
		_exit(0);
	if (pump && misbehave(request, pump))
		return CONTROL_LATER;
	char *text = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS);
	emit_open(reply, NULL, '{');
	emit_text(reply, "text", text);
	emit_close(reply, '}');
	free(text);
	return 0;
}

static int call_prepare(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	const char *pump = json_string_value(json_object_get(params, "pump"));
	(void)user, (void)request;
	emit_raw(reply, NULL,
		!strcmp(pump, "soft")   ? PLAN("confirm")
		: !strcmp(pump, "hard") ? PLAN("refuse")
		: !strcmp(pump, "new")  ? PLAN("perhaps")
					: PLAN("allow"));
	return 0;
}

static int call_follow(
	void *user, struct control_request *request, const json_t *params, struct emit *reply)
{
	char line[512];
	int from = (int)json_integer_value(json_object_get(params, "from"));
	(void)user;
	int last = from > 3 ? from : 3; /* something new since, for those who come back */
	for (int i = from ? from : 4; i <= last; i++)
		control_tell(request, line, (size_t)snprintf(line, sizeof line, event, i, i));
	emit_raw(reply, NULL, "{\"following\":3}");
	return 0;
}

#define CANNED(name, json)                                                                         \
	static int name(void *user, struct control_request *request, const json_t *params,         \
		struct emit *reply)                                                                \
	{                                                                                          \
		(void)user, (void)request, (void)params;                                           \
		emit_raw(reply, NULL, json);                                                       \
		return 0;                                                                          \
	}
CANNED(call_status, STATUS)
CANNED(call_alarms, ALARMS)
CANNED(call_signals,
	"[{\"signal\":\"left.flow\",\"unit\":\"mL/day\",\"value\":\"0.25\",\"quality\":\"good\","
	"\"age\":\"1 s\"}]")
CANNED(call_instances,
	"[{\"name\":\"left\",\"kind\":\"pump\",\"plugin\":\"rotor\",\"state\":\"running\","
	"\"restarts\":0}]")
CANNED(call_plugins,
	"[{\"name\":\"rotor\",\"kind\":\"pump\",\"version\":\"1.0\",\"summary\":\"A rotor.\","
	"\"file\":\"/x\"},{\"name\":\"bad\",\"error\":\"no symbol\"}]")

static const struct control_method methods[] = {
	{"bench.status", "", "", call_status, 0},
	{"pump.start", "pump, confirm?", "", call_act, 0},
	{"pump.halt", "pump?", "Stops.", call_act, CONTROL_URGENT},
	{"pump.press", "pump", "", call_act, 0},
	{"pump.bolus", "pump, volume | dose, over?, confirm?", "", call_act, 0},
	{"pump.interrogate", "pump", "", call_act, 0},
	{"pump.refill", "pump, volume, holds?, confirm?", "", call_act, 0},
	{"program.prepare", "pump, basal?, patient_bolus?", "", call_prepare, 0},
	{"program.commit", "plan, sha256, confirm?", "", call_act, 0},
	{"procedure.run", "procedure", "", call_act, 0},
	{"procedure.abort", "procedure", "", call_act, 0},
	{"alarm.list", "", "", call_alarms, 0},
	{"alarm.acknowledge", "instance?, code", "", call_act, 0},
	{"signal.list", "instance?", "", call_signals, 0},
	{"instance.list", "", "", call_instances, 0},
	{"plugin.list", "", "", call_plugins, 0},
	{"event.follow", "from?", "", call_follow, 0},
	{"note.add", "text, instance?", "", call_act, 0},
	{"bench.shutdown", "", "", call_act, 0},
	{0},
};

static pid_t serve(void)
{
	pid_t child = fork();
	struct control *control;
	uv_loop_t loop;
	if (child == 0) {
		uv_loop_init(&loop);
		if (control_open(&control, &loop, path, methods, NULL))
			_exit(1);
		uv_run(&loop, UV_RUN_DEFAULT);
		_exit(0);
	}
	for (int i = 0; i < 500 && access(path, F_OK); i++)
		usleep(2000);
	return child;
}

static void end_service(pid_t service)
{
	kill(service, SIGKILL);
	waitpid(service, NULL, 0);
	unlink(path);
}

/* -- running thecactl ------------------------------------------------------------------------- */

static const char *program(void)
{
	const char *given = getenv("THECACTL");
	return given ? given : "./thecactl";
}

/* Runs it by the shell, stdout and stderr in `printed`; returns its exit code. */
static int ctl(const char *words)
{
	char line[1024];
	snprintf(line, sizeof line, "%s -s %s %s 2>&1", program(), path, words);
	FILE *output = popen(line, "r");
	size_t length = output ? fread(printed, 1, sizeof printed - 1, output) : 0;
	printed[length] = '\0';
	int status = output ? pclose(output) : -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct ctl_case {
	const char *words, *part; /* the output holds this */
	int code;
} ctl_cases[] = {
	/* words and options become parameters */
	{"start left", "{\"pump\":\"left\"}\n", 0},
	{"start left --confirm", "{\"confirm\":true,\"pump\":\"left\"}\n", 0},
	{"--confirm start left", "{\"confirm\":true,\"pump\":\"left\"}\n", 0},
	{"halt left", "{\"pump\":\"left\"}\n", 0},
	{"halt --all", "{}\n", 0},
	{"halt", "which pump? a name, or --all", 2},
	{"halt left --all", "which pump? a name, or --all", 2},
	{"bolus left 0.1 mL", "{\"pump\":\"left\",\"volume\":\"0.1 mL\"}\n", 0},
	{"bolus left '0.3 mg of morphine' --over '10 min'",
		"{\"dose\":\"0.3 mg of morphine\",\"over\":\"10 min\",\"pump\":\"left\"}\n", 0},
	{"bolus left 0.3 mg --over 10 min of morphine",
		"{\"dose\":\"0.3 mg of morphine\",\"over\":\"10 min\",\"pump\":\"left\"}\n", 0},
	{"bolus left 0.3mg", "{\"dose\":\"0.3mg\",\"pump\":\"left\"}\n", 0},
	{"bolus left 5", "{\"pump\":\"left\",\"volume\":\"5\"}\n", 0},
	{"bolus left", "something is missing", 2},
	{"press left", "{\"pump\":\"left\"}\n", 0},
	{"interrogate left", "{\"pump\":\"left\"}\n", 0},
	{"refill left 40 mL --holds 'morphine 20 mg/mL'",
		"{\"holds\":\"morphine 20 mg/mL\",\"pump\":\"left\",\"volume\":\"40 mL\"}\n", 0},
	{"run flow", "{\"procedure\":\"flow\"}\n", 0},
	{"abort flow", "{\"procedure\":\"flow\"}\n", 0},
	{"ack motor-stall", "{\"code\":\"motor-stall\"}\n", 0},
	{"ack left motor-stall", "{\"code\":\"motor-stall\",\"instance\":\"left\"}\n", 0},
	{"note a remark of mine --instance left",
		"{\"instance\":\"left\",\"text\":\"a remark of mine\"}\n", 0},
	{"shutdown", "{}\n", 0},
	{"start left --json", "{\"text\":\"{\\\"pump\\\":\\\"left\\\"}\"}\n", 0},
	/* refusals, and what they exit with */
	{"bolus limited 0.5 mL", "thecactl: 0.5 mL is over the limit of 0.2 mL\n", 1},
	{"start soft", "thecactl: over the soft limit (--confirm accepts it, in your name)\n", 1},
	{"start broken", "thecactl: the pump did not do it\n", 1},
	{"start gone", "thecactl: there is no instance 'gone'\n", 1},
	{"start lost", "thecactl: no answer from the pump\n", 4},
	{"bolus odd 5", "thecactl: expected a volume such as 0.1 mL\n", 2},
	{"-t '100 ms' start silent", "not known whether it was done\n", 4},
	/* usage */
	{"", "what is to be done?", 2},
	{"fly left", "no command `fly`", 2},
	{"start", "usage: thecactl start PUMP\n", 2},
	{"start left right", "too many words", 2},
	{"start left --over 5", "--over does not go with `start`", 2},
	{"start left --fast", "unknown option --fast", 2},
	{"start left -t", "-t needs a value", 2},
	{"start left -t 5", "--timeout: ", 2},
	{"--help", "NOT FOR CLINICAL USE", 0},
	{"bolus --help", "usage: thecactl bolus PUMP AMOUNT\n", 0},
	{"--version", "thecactl ", 0},
	/* lists */
	{"signals",
		"SIGNAL     VALUE  UNIT    QUALITY  AGE\nleft.flow   0.25  mL/day  good     1 s\n",
		0},
	{"instances",
		"INSTANCE  KIND  PLUGIN  STATE    RESTARTS\nleft      pump  rotor   running        "
		" "
		"0\n",
		0},
	{"plugins", "bad     ?     ?        no symbol\n", 0},
	{"methods", "pump.halt          pump?                                 Stops.\n", 0},
	{"alarms", "ALARM   OF    CODE         SINCE                STATE\n", 0},
	{"alarms", "dut   low          2026-01-12 08:00:00  cleared, seen by root\n", 0},
	{"alarms", "The motor ?[2Jstalls.\n", 0},
	{"alarms --json", "[{\"instance\":\"left\",\"code\":\"motor-stall\",", 0},
	{"status",
		"demo   running   2026-01-12 08:30:00   7 d 8 h   clock real x60   theca 0.1.0\n",
		0},
	{"status",
		"left  running                             1  0.25 mL/day  0.249 mL/day    1.75 mL   "
		"38.25 mL  2026-06-05\n",
		0},
	{"status",
		"dut   stopped, held by flow (STALE)       0            ?             ?       0 mL "
		" ",
		0},
	{"status", "left  bupivacaine        5 mg/mL    8.75 mg  1.25 mg/day\n", 0},
	{"status", "                              temperature  21.5 degC  stale\n", 0},
	{"status", "flow       dut   running  [##########..........]  52 %\n", 0},
	{"status --json", "\"progress\":0.52,", 0},
	{"status gone", "there is no pump 'gone'", 1},
	/* events */
	{"events",
		"     3  2026-01-05 00:00:03  left         intent       bolus 0.1 mL over 10 min  "
		"(alice)\n",
		0},
	{"events --from 3 --json", "{\"number\":3,", 0},
	{"events --from x", "--from: ", 2},
};

static void test_commands(void)
{
	for (size_t i = 0; i < sizeof ctl_cases / sizeof *ctl_cases; i++) {
		const struct ctl_case *c = &ctl_cases[i];
		int code = ctl(c->words);
		bool right = code == c->code && strstr(printed, c->part);
		if (!ok(right, "thecactl %s", c->words))
			printf("# exit %d, want %d; printed:\n%s\n# want:\n%s\n", code, c->code,
				printed, c->part);
	}
	ctl("status left");
	ok(strstr(printed, "left") && !strstr(printed, "scale") && !strstr(printed, "stopped"),
		"the status of one pump shows that one alone");
	ctl("events --from 3");
	ok(!strstr(printed, "00:00:02"), "events from a number on");
	const char *at = printed;
	ctl("status");
	for (; *at && (at[0] != ' ' || at[1] != '\n'); at++)
		continue;
	ok(!*at, "no line ends in a blank");
}

static void test_program(void)
{
	is(ctl("program left --basal '7 mg/day of morphine' < /dev/null"), 1,
		"a program that nobody agrees to is not committed");
	ok(strstr(printed, "NOW                      NEW\n"
			   "6 mg/day of morphine  >  7 mg/day of morphine\n"
			   "                      >  bolus 0.3 mg\n"),
		"old and new side by side");
	ok(strstr(printed, "morphine    6 mg/day     7 mg/day              6 mg/day           "
			   " 8.2 mg/day\n"
			   "volume    0.3 mL/day  0.35 mL/day\n"),
		"totals of 24 hours");
	ok(strstr(printed, "Commit? [y/N] "), "it asks");
	is(ctl("program left --basal x --json < /dev/null"), 1, "with --json it does not ask");
	is(ctl("program left --basal x --yes"), 0, "--yes commits");
	ok(strstr(printed, "{\"plan\":\"p1\",\"sha256\":\"abc\"}\n"), "... what was shown");
	is(ctl("program soft --yes"), 1, "a soft limit is not accepted by --yes");
	ok(strstr(printed, "beyond a soft limit: 7 mg/day, the soft limit is 6.5\n"),
		"it says why");
	is(ctl("program soft --yes --confirm"), 0, "... but by --confirm");
	ok(strstr(printed, "{\"confirm\":true,\"plan\":\"p1\","), "... which goes along");
	is(ctl("program hard --yes --confirm"), 1, "what is refused is not committed");
	ok(!strstr(printed, "Commit?"), "... nor asked for");
	is(ctl("program new --yes --confirm"), 1,
		"a verdict that it does not know is no permission");
}

/* -- a terminal ------------------------------------------------------------------------------- */

/* Reads what the terminal shows until `part` is there. */
static bool shows(int terminal, const char *part)
{
	size_t length = 0;
	for (int tries = 0; tries < 300; tries++) {
		ssize_t got = read(terminal, printed + length, sizeof printed - 1 - length);
		length += got > 0 ? (size_t)got : 0;
		printed[length] = '\0';
		if (strstr(printed, part))
			return true;
		usleep(10000);
	}
	printf("# the terminal shows:\n%s\n# want %s\n", printed, part);
	return false;
}

static pid_t on_terminal(int *terminal, const char *word, const char *second)
{
	struct winsize size = {.ws_row = 20, .ws_col = 40};
	pid_t child = forkpty(terminal, NULL, NULL, &size);
	if (child == 0) {
		setenv("TERM", "xterm", 1);
		unsetenv("NO_COLOR");
		execl(program(), "thecactl", "-s", path, word, second, (char *)NULL);
		_exit(127);
	}
	fcntl(*terminal, F_SETFL, O_NONBLOCK);
	return child;
}

static int ended(pid_t child)
{
	int status = -1;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_live(pid_t *service)
{
	int terminal;
	pid_t child = on_terminal(&terminal, "status", NULL);
	ok(shows(terminal, "q: leave"), "the live view on a terminal");
	ok(strstr(printed, "\033[1mdemo\033[0m   \033[32mrunning\033[0m   2026-01-12 08:30:00   "
			   "7\033[2m\033[0m\033[2m\033[0m\033[K"),
		"a line is cut at the edge, colours are closed");
	end_service(*service);
	ok(shows(terminal, "THESE VALUES ARE OLD"), "when the service goes, the values are marked");
	*service = serve();
	ok(shows(terminal, "\033[Jq: leave"), "when it comes back, they are good again");
	ok(write(terminal, "q", 1) == 1 && shows(terminal, "\033[?1049l"),
		"q puts the terminal back");
	is(ended(child), 0, "... and leaves");
	close(terminal);
	child = on_terminal(&terminal, "status", NULL);
	shows(terminal, "q: leave");
	kill(child, SIGTERM);
	ok(shows(terminal, "\033[?1049l"), "so does SIGTERM");
	ended(child);
	close(terminal);
	child = on_terminal(&terminal, "program", "left");
	ok(shows(terminal, "Commit? [y/N] "), "a program is asked for");
	ok(write(terminal, "y\n", 2) == 2 && shows(terminal, "\"sha256\":\"abc\""),
		"... and committed by y");
	is(ended(child), 0, "... exit 0");
	close(terminal);
}

static void test_follow(pid_t *service)
{
	int terminal;
	pid_t child = on_terminal(&terminal, "events", "-fn2");
	ok(shows(terminal, "     3  2026-01-05 00:00:03"), "following from a number on");
	end_service(*service);
	*service = serve();
	ok(shows(terminal, "     4  2026-01-05 00:00:04"),
		"when the service comes back, it goes on where it was");
	ok(!strstr(printed, "     3  "), "... and repeats nothing");
	kill(child, SIGTERM);
	ended(child);
	close(terminal);
}

/* -- without a service ------------------------------------------------------------------------ */

static void test_lost(pid_t *service)
{
	is(ctl("bolus crash 0.1 mL"), 4, "a service that dies over a bolus: uncertain");
	ok(strstr(printed, "the connection was lost, it is not known whether it was done"),
		"... it says so");
	end_service(*service);
	is(ctl("status"), 3, "no service");
	ok(strstr(printed, "thecactl: no service at /tmp/theca-ctl-"), "... it says where");
	is(ctl("halt --all"), 3, "no service, no halt");
	*service = serve();
}

static void test_socket_choice(void)
{
	char line[512];
	snprintf(line, sizeof line, "cd %s && ln -s %s theca.sock && %s instances >out 2>&1",
		folder, path, program());
	unsetenv("THECA_SOCKET");
	is(program()[0] == '/' ? system(line) : 0, 0, "./theca.sock is found");
	setenv("THECA_SOCKET", "/nonexistent/sock", 1);
	snprintf(line, sizeof line, "%s instances >%s/out 2>&1", program(), folder);
	is(WEXITSTATUS(system(line)), 3, "$THECA_SOCKET goes before the usual places");
	is(ctl("instances"), 0, "--socket goes before it");
	unsetenv("THECA_SOCKET");
}

/* -- a journal, without a service ------------------------------------------------------------- */

static void ignore_record(void *user, const struct record *record)
{
	(void)user, (void)record;
}

/* Three events of a virtual bench, which has no wall time. */
static void write_journal(const char *run)
{
	struct journal_finding finding;
	struct journal *journal;
	uv_loop_t loop;
	uv_loop_init(&loop);
	struct journal_options options = {.folder = run, .loop = &loop};
	if (!ok(journal_open(&journal, &options, ignore_record, &finding) == 0, "a journal"))
		return;
	for (int i = 0; i < 3; i++) {
		struct theca_event e = {.size = sizeof e,
			.kind = THECA_EVENT_NOTE,
			.time_ns = i * (THECA_DAY_NS + THECA_SECOND_NS),
			.code = "",
			.who = "alice",
			.text = "Hello."};
		journal_append(journal, &e, "left");
	}
	journal_close(journal);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

static void spoil(const char *run)
{
	char line[256];
	snprintf(line, sizeof line,
		"for f in %s/journal/*.tj; do printf X | dd of=$f bs=1 seek=%d conv=notrunc "
		"2>/dev/null; done",
		run, 200);
	is(system(line), 0, "a byte in the middle is changed");
}

static void test_journal(void)
{
	char run[80], line[256];
	snprintf(run, sizeof run, "%s/run", folder);
	snprintf(line, sizeof line, "mkdir %s", run);
	is(system(line), 0, "a run's folder");
	write_journal(run);
	snprintf(line, sizeof line, "journal %s", run);
	is(ctl(line), 0, "a journal is shown");
	ok(strstr(printed, "     3  +2 d 00:00:02  left         note          Hello.  (alice)\n"),
		"... in bench time where nothing else is known");
	snprintf(line, sizeof line,
		"journal %s; printf '{\"bench\":{\"begins\":\"2026-01-05T00:00:00Z\"}}' "
		">%s/identification.json",
		run, run);
	ctl(line);
	snprintf(line, sizeof line, "journal show %s", run);
	ctl(line);
	ok(strstr(printed, "  2026-01-07 00:00:02  "), "... by the calendar where the run says it");
	snprintf(line, sizeof line, "journal show %s --json", run);
	ctl(line);
	ok(strstr(printed, "{\"number\":3,\"time\":\"2026-01-07T00:00:02.000Z\","), "... as JSON");
	snprintf(line, sizeof line, "journal verify %s", run);
	is(ctl(line), 0, "it verifies");
	is_text(printed, "clean: 3 records, the last is number 3\n", "... and says so");
	spoil(run);
	is(ctl(line), 1, "then it does not");
	ok(strstr(printed, "DAMAGED: 2 records"), "... and says where");
	snprintf(line, sizeof line, "journal %s/none", folder);
	is(ctl(line), 1, "a folder without a journal");
	ok(strstr(printed, "no journal"), "... it says so");
	is(ctl("journal look /tmp"), 2, "show or verify");
}

int main(void)
{
	char line[128];
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/control.sock", folder);
	pid_t service = serve();
	test_commands();
	test_program();
	test_live(&service);
	test_follow(&service);
	test_lost(&service);
	test_socket_choice();
	test_journal();
	end_service(service);
	snprintf(line, sizeof line, "rm -r %s", folder);
	ok(system(line) == 0, "cleaned up");
	return done_testing();
}
