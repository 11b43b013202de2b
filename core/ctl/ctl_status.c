/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live view (see ctl_status.h): plain ANSI codes, no library. Signals that end the program come
 * through a descriptor, so that the terminal is always put back.
 */
#include "ctl/ctl_status.h"
#include "ctl/ctl_show.h"
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define PERIOD_MS 1000
#define ANSWER_MS 3000               /* longer, and the picture is marked as old */
#define ENTER "\033[?1049h\033[?25l" /* the other screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"

struct screen {
	struct termios before;
	int signals; /* a signalfd */
};

bool ctl_can_watch(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static bool enter(struct screen *screen)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	screen->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (screen->signals < 0 || tcgetattr(STDIN_FILENO, &screen->before))
		return false;
	struct termios raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
	fputs(ENTER, stdout);
	return true;
}

static void leave(struct screen *screen)
{
	fputs(LEAVE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen->before);
	close(screen->signals);
}

/* -- painting --------------------------------------------------------------------------------- */

/* One line, cut at the screen's edge; colour codes take no room, and their end is never cut off. */
static void paint_line(const char *line, size_t length, unsigned columns)
{
	unsigned used = 0;
	for (size_t i = 0; i < length; i++) {
		if (line[i] == '\033') {
			size_t code = strcspn(line + i, "m") + 1;
			fwrite(line + i, 1, code, stdout);
			i += code - 1;
			continue;
		}
		used += ((unsigned char)line[i] & 0xc0) != 0x80;
		if (used <= columns)
			fputc(line[i], stdout);
	}
	fputs("\033[K", stdout);
}

static void paint(const char *text, const char *foot)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	unsigned columns = size.ws_col ? size.ws_col : 80, rows = size.ws_row ? size.ws_row : 24;
	fputs("\033[H", stdout);
	while (*text && rows > 1) {
		size_t length = strcspn(text, "\n");
		paint_line(text, length, columns);
		fputs("\r\n", stdout);
		text += length + (text[length] == '\n');
		rows--;
	}
	fputs("\033[J", stdout);
	paint_line(foot, strlen(foot), columns);
	fflush(stdout);
}

static void paint_status(
	const struct ctl_client *client, const json_t *status, bool old, bool colour)
{
	char *text = NULL, foot[1400];
	size_t size;
	struct ctl_page page = {.out = open_memstream(&text, &size), .colour = colour};
	if (!page.out)
		return;
	ctl_show_status(&page, status);
	fclose(page.out);
	if (old)
		snprintf(foot, sizeof foot, "%sTHESE VALUES ARE OLD: %s%s   q: leave",
			colour ? "\033[1;31m" : "", client->why, colour ? "\033[0m" : "");
	else
		snprintf(foot, sizeof foot, "q: leave");
	paint(text, foot);
	free(text);
}

/* -- asking ----------------------------------------------------------------------------------- */

/* Keeps the elements of `array` whose `key` is `name`; returns how many. */
static size_t keep_only(json_t *array, const char *key, const char *name)
{
	for (size_t i = json_array_size(array); i-- > 0;)
		if (strcmp(ctl_member(json_array_get(array, i), key, ""), name))
			json_array_remove(array, i);
	return json_array_size(array);
}

int ctl_get_status(struct ctl_client *client, const char *pump, json_t **status)
{
	int code = ctl_call(client, "bench.status", NULL, false, status);
	if (code != CTL_OK || !pump)
		return code;
	keep_only(json_object_get(*status, "alarms"), "instance", pump);
	keep_only(json_object_get(*status, "procedures"), "pump", pump);
	json_object_del(*status, "instruments");
	if (keep_only(json_object_get(*status, "pumps"), "name", pump) > 0)
		return code;
	snprintf(client->why, sizeof client->why, "there is no pump '%s'", pump);
	json_decref(*status);
	*status = NULL;
	return CTL_REFUSED;
}

/* -- the loop --------------------------------------------------------------------------------- */

/* Waits for the next picture's time. False: the person, or a signal, wants to leave. */
static bool wait_period(struct screen *screen)
{
	struct signalfd_siginfo signal;
	char key = 0;
	struct pollfd inputs[] = {
		{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = screen->signals, .events = POLLIN}};
	if (poll(inputs, 2, PERIOD_MS) <= 0)
		return true;
	if (inputs[0].revents && (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q'))
		return false;
	if (inputs[1].revents && read(screen->signals, &signal, sizeof signal) > 0)
		return signal.ssi_signo == SIGWINCH;
	return true;
}

/* Asks again; the old picture stays when there is no answer. */
static int refresh(struct ctl_client *client, const char *pump, json_t **status)
{
	json_t *result = NULL;
	int code = CTL_OK;
	if (client->fd < 0)
		code = ctl_connect(client, client->path, ANSWER_MS);
	if (code == CTL_OK)
		code = ctl_get_status(client, pump, &result);
	if (code == CTL_OK) {
		json_decref(*status);
		*status = result;
	}
	return code;
}

int ctl_watch(struct ctl_client *client, const char *pump, bool colour)
{
	struct screen screen;
	json_t *status = NULL;
	client->timeout_ms = ANSWER_MS;
	int code = refresh(client, pump, &status);
	if (code == CTL_OK && enter(&screen)) {
		do {
			paint_status(client, status, code != CTL_OK, colour);
			if (!wait_period(&screen))
				break;
			code = refresh(client, pump, &status);
		} while (code == CTL_OK || code == CTL_NO_SERVICE);
		leave(&screen);
		code = code == CTL_NO_SERVICE ? CTL_OK : code;
	}
	json_decref(status);
	return code;
}
