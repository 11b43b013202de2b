/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <theca/host.h>

#define LINE_SIZE 1024
#define NO_PROGRESS -2 /* nothing of it written yet */

/* The one state below main: who speaks, how much, and what stands on the terminal's last line. */
static struct {
	char program[32];
	int level;
	bool terminal, colour;
	bool progress; /* the last line is one of progress */
	int tenths;    /* of the last progress written to a file */
} state = {.program = "theca", .level = THECA_INFO, .tenths = NO_PROGRESS};

static const struct {
	int level;
	const char *word, *colour;
} words[] = {{THECA_ERROR, "error: ", "\033[31m"}, {THECA_WARNING, "warning: ", "\033[33m"},
	{THECA_INFO, "", ""}, {THECA_DEBUG, "debug: ", "\033[2m"}};

void log_init(const char *program, int level)
{
	const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
	snprintf(state.program, sizeof state.program, "%s", program);
	state.level = level;
	state.terminal = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb");
	state.colour = state.terminal && !(no_colour && *no_colour);
	state.progress = false;
	state.tenths = NO_PROGRESS;
}

int log_level(void)
{
	return state.level;
}

/* At once and whole, so that lines of several programs do not mix; a log that is gone stops nobody.
 */
static void write_line(const char *text, size_t size)
{
	while (size) {
		ssize_t put = write(STDERR_FILENO, text, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return;
		text += put;
		size -= (size_t)put;
	}
}

/* A device's text in a message must not move the cursor or fake a line. */
static void disarm(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = *text == '\n' || *text == '\t' ? ' ' : '?';
}

static void speak(int level, const char *text)
{
	char line[LINE_SIZE + 64];
	size_t known = sizeof words / sizeof *words, which = 0;
	while (which + 1 < known && words[which].level < level)
		which++;
	const char *colour = state.colour ? words[which].colour : "";
	snprintf(line, sizeof line, "%s%s: %s%s%s%s\n", state.progress ? "\r\033[K" : "",
		state.program, colour, words[which].word, *colour ? "\033[0m" : "", text);
	state.progress = false;
	write_line(line, strlen(line));
}

void log_line(int level, const char *format, ...)
{
	char text[LINE_SIZE];
	va_list arguments;
	if (level > state.level)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	disarm(text);
	speak(level, text);
}

/* The tenths of the last `NN %` or `NN%` in the text; -1 without one. */
static int tenths_in(const char *text)
{
	const char *sign = strrchr(text, '%');
	int whole = 0, tens = 1;
	if (!sign)
		return -1;
	while (sign > text && sign[-1] == ' ')
		sign--;
	const char *from = sign;
	while (from > text && ((from[-1] >= '0' && from[-1] <= '9') || from[-1] == '.'))
		from--;
	for (const char *at = from; at < sign && *at != '.' && tens < 1000; at++, tens *= 10)
		whole = whole * 10 + (*at - '0');
	return whole / 10;
}

void log_progress(const char *format, ...)
{
	char text[LINE_SIZE], line[LINE_SIZE + 8];
	va_list arguments;
	if (state.level < THECA_INFO)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	disarm(text);
	if (state.terminal) {
		snprintf(line, sizeof line, "\r\033[K%s", text);
		state.progress = true;
		write_line(line, strlen(line));
		return;
	}
	int tenths = tenths_in(text);
	if (tenths == state.tenths)
		return;
	state.tenths = tenths;
	speak(THECA_INFO, text);
}

void log_progress_end(void)
{
	if (state.progress)
		write_line("\r\033[K", 4); /* what follows says how it ended */
	state.progress = false;
	state.tenths = NO_PROGRESS;
}
