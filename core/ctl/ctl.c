/* SPDX-License-Identifier: Apache-2.0 */
/* thecactl: asks a running bench, and tells what came of it. The commands are in ctl_command.c. */
#include "ctl/ctl_command.h"
#include "control/rpc.h"
#include "base/units.h"
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION_TEXT
#define VERSION_TEXT "(unknown)"
#endif

#define SYSTEM_SOCKET "/run/theca/theca.sock"
#define LOCAL_SOCKET "theca.sock"
#define TIMEOUT_MS 60000
#define COMMON_OPTIONS ((1u << (OPT_TIMEOUT + 1)) - 1) /* help, version, socket, timeout */

/* -- help ------------------------------------------------------------------------------------- */

static void print_options(FILE *out, unsigned options)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct ctl_option_row *row = &ctl_options[i];
		char left[64], letter[8] = "";
		if (!(options & 1u << i))
			continue;
		if (row->letter)
			snprintf(letter, sizeof letter, "-%c,", row->letter);
		snprintf(left, sizeof left, "%-3s --%s%s%s", letter, row->name,
			row->value ? " " : "", row->value ? row->value : "");
		fprintf(out, "  %-28s %s\n", left, row->help);
	}
}

static void print_help(FILE *out)
{
	fputs("usage: thecactl [OPTION]... COMMAND [WORD]...\n"
	      "Asks the bench service thecad. For bench work only: NOT FOR CLINICAL USE.\n\n",
		out);
	for (const struct ctl_command *c = ctl_commands; c->name; c++) {
		char left[64];
		snprintf(left, sizeof left, "%s %s", c->name, c->usage);
		fprintf(out, "  %-28s %s\n", left, c->help);
	}
	fputc('\n', out);
	print_options(out, COMMON_OPTIONS | 1u << OPT_JSON);
	fputs("\nThe socket is that of --socket, else $THECA_SOCKET, else ./" LOCAL_SOCKET
	      " if there is one, else\n" SYSTEM_SOCKET
	      ". `thecactl COMMAND --help` shows a command's "
	      "options.\n\nExit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no service, "
	      "4 "
	      "uncertain:\nit may have happened; interrogate the pump.\n",
		out);
}

static void print_command_help(const struct ctl_command *command, FILE *out)
{
	fprintf(out, "usage: thecactl %s%s%s\n%s\n\n", command->name, *command->usage ? " " : "",
		command->usage, command->help);
	print_options(out, COMMON_OPTIONS | command->options);
}

__attribute__((format(printf, 2, 3))) static int usage(
	const struct ctl_command *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("thecactl: ", stderr);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (command)
		fprintf(stderr, "\nusage: thecactl %s %s\n", command->name, command->usage);
	else
		fputs("; `thecactl --help` lists what there is\n", stderr);
	return CTL_USAGE;
}

/* -- the command line ------------------------------------------------------------------------- */

static void make_getopt(struct option longs[OPT_COUNT + 1], char shorts[2 * OPT_COUNT + 2])
{
	*shorts++ = ':'; /* we say ourselves what is wrong */
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct ctl_option_row *row = &ctl_options[i];
		longs[i] = (struct option){
			row->name, row->value ? required_argument : no_argument, NULL, 256 + i};
		if (row->letter) {
			*shorts++ = (char)row->letter;
			if (row->value)
				*shorts++ = ':';
		}
	}
	longs[OPT_COUNT] = (struct option){0};
	*shorts = '\0';
}

static int option_of(int found)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (found == 256 + i || (ctl_options[i].letter && found == ctl_options[i].letter))
			return i;
	return -1;
}

/* `--over 10 min`: people forget to quote that, too. */
static bool is_split(const struct ctl_option_row *row, const char *value, const char *next)
{
	int64_t duration_ns;
	char text[32], why[UNITS_WHY];
	if (strcmp(row->value, "DURATION") || value[strspn(value, "0123456789.")])
		return false;
	int length = snprintf(text, sizeof text, "%s %s", value, next);
	return length < (int)sizeof text && !units_parse(THECA_DURATION, text, &duration_ns, why);
}

static int read_options(struct ctl_asked *asked, int argc, char **argv)
{
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 2];
	int found;
	make_getopt(longs, shorts);
	opterr = 0;
	while ((found = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		int option = option_of(found);
		if (found == ':')
			return usage(NULL, "%s needs a value", argv[optind - 1]);
		if (option < 0)
			return usage(NULL, "unknown option %s", argv[optind - 1]);
		asked->values[option] = optarg ? optarg : ctl_options[option].name;
		if (optarg && optind < argc &&
			is_split(&ctl_options[option], optarg, argv[optind])) {
			snprintf(asked->durations[option], sizeof *asked->durations, "%s %s",
				optarg, argv[optind++]);
			asked->values[option] = asked->durations[option];
		}
	}
	asked->words = argv + optind;
	asked->count = argc - optind;
	return CTL_OK;
}

static const struct ctl_command *find_command(const char *name)
{
	for (const struct ctl_command *c = ctl_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Takes the command's name off the words, and holds the rest to it. */
static int read_command(struct ctl_asked *asked)
{
	const struct ctl_command *command = find_command(asked->words[0]);
	if (!command)
		return usage(NULL, "no command `%s`", asked->words[0]);
	asked->command = command;
	asked->words++;
	asked->count--;
	if (asked->values[OPT_HELP])
		return CTL_OK;
	for (int i = 0; i < OPT_COUNT; i++)
		if (asked->values[i] && !((COMMON_OPTIONS | command->options) & 1u << i))
			return usage(command, "--%s does not go with `%s`", ctl_options[i].name,
				command->name);
	if (asked->count < command->least || asked->count > command->most)
		return usage(command, "%s: %s", command->name,
			asked->count < command->least ? "something is missing" : "too many words");
	return CTL_OK;
}

/* -- running ---------------------------------------------------------------------------------- */

static const char *socket_path(const struct ctl_asked *asked)
{
	const char *path = asked->values[OPT_SOCKET];
	if (!path)
		path = getenv("THECA_SOCKET");
	if (path && *path)
		return path;
	return access(LOCAL_SOCKET, F_OK) == 0 ? LOCAL_SOCKET : SYSTEM_SOCKET;
}

static int connect_asked(struct ctl_asked *asked)
{
	const char *wanted = asked->values[OPT_TIMEOUT];
	int64_t timeout_ns = TIMEOUT_MS * INT64_C(1000000);
	char why[UNITS_WHY];
	if (wanted && units_parse(THECA_DURATION, wanted, &timeout_ns, why))
		return usage(NULL, "--timeout: %s", why);
	int64_t timeout_ms = timeout_ns / 1000000;
	if (timeout_ms < 1 || timeout_ms > INT32_MAX)
		return usage(NULL, "--timeout: from 1 ms to 24 d");
	return ctl_connect(&asked->client, socket_path(asked), (int)timeout_ms);
}

static int run(struct ctl_asked *asked)
{
	struct ctl_page errors = {.out = stderr};
	int code = asked->command->offline ? CTL_OK : connect_asked(asked);
	if (code == CTL_OK)
		code = ctl_run(asked);
	if (code != CTL_OK && *asked->client.why) {
		fputs("thecactl: ", stderr);
		ctl_put(&errors, asked->client.why);
		if (asked->client.error == CONTROL_NEEDS_CONFIRM)
			fputs(" (--confirm accepts it, in your name)", stderr);
		fputc('\n', stderr);
	}
	if (!asked->command->offline)
		ctl_disconnect(&asked->client);
	return code;
}

int main(int argc, char **argv)
{
	struct ctl_asked asked = {.client.fd = -1, .page = {stdout, ctl_wants_colour()}};
	signal(SIGPIPE, SIG_DFL); /* `thecactl events | head` ends quietly */
	int code = read_options(&asked, argc, argv);
	if (code == CTL_OK && asked.count > 0)
		code = read_command(&asked);
	if (code != CTL_OK)
		return code;
	if (asked.values[OPT_VERSION])
		printf("thecactl " VERSION_TEXT "\n");
	else if (asked.values[OPT_HELP] && asked.command)
		print_command_help(asked.command, stdout);
	else if (asked.values[OPT_HELP])
		print_help(stdout);
	else if (!asked.command)
		code = usage(NULL, "what is to be done?");
	else
		code = run(&asked);
	return fflush(stdout) ? CTL_REFUSED : code;
}
