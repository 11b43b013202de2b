/* SPDX-License-Identifier: Apache-2.0 */
/* What reaches stderr when it is a file: levels, words, and progress once in 10 %. */
#include "base/log.h"
#include "tap.h"

#include <stdlib.h>
#include <theca/host.h>
#include <unistd.h>

static const char expected[] = "thecad: error: left: no answer\n"
			       "thecad: warning: right: ?[31mred fake line\n"
			       "thecad: ready\n"
			       "thecad: 3 d of 180 d, 1 %\n"
			       "thecad: 19 d of 180 d, 10 %\n"
			       "thecad: 36 d of 180 d, 20.0%\n"
			       "thecad: done\n"
			       "thecad: no number\n"
			       "thecad: debug: now\n";

static void speak(void)
{
	log_line(THECA_ERROR, "%s: no answer", "left");
	log_line(THECA_WARNING, "right: %s", "\033[31mred\nfake line");
	log_line(THECA_INFO, "ready");
	log_line(THECA_DEBUG, "not at this level");
	log_progress("%d d of 180 d, 1 %%", 3);
	log_progress("%d d of 180 d, 9 %%", 16);
	log_progress("19 d of 180 d, 10 %%");
	log_progress("27 d of 180 d, 15 %%");
	log_progress("36 d of 180 d, 20.0%%");
	log_progress_end();
	log_line(THECA_INFO, "done");
	log_progress("no number");
	log_progress("no number either");
	log_init("thecad", THECA_WARNING);
	log_line(THECA_INFO, "too quiet for this");
	log_progress("and for this, 50 %%");
	log_init("thecad", THECA_DEBUG);
	log_line(THECA_DEBUG, "now");
}

int main(void)
{
	char text[1024] = "", longest[3000];
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	if (!file || saved < 0 || dup2(fileno(file), STDERR_FILENO) < 0) {
		printf("Bail out! no file to write to\n");
		return 1;
	}
	log_init("thecad", THECA_INFO);
	is(log_level(), THECA_INFO, "the level is kept");
	speak();
	long length = (long)lseek(fileno(file), 0, SEEK_END);
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	log_line(THECA_ERROR, "%s", longest);
	long after = (long)lseek(fileno(file), 0, SEEK_END);
	dup2(saved, STDERR_FILENO);
	rewind(file);
	text[fread(text, 1, (size_t)length < sizeof text ? (size_t)length : 0, file)] = 0;
	is_text(text, expected, "the lines");
	ok(after - length > 1000 && after - length < 1100, "a longer one is cut");
	fseek(file, -1, SEEK_END);
	is(fgetc(file), '\n', "and still a line");
	fclose(file);
	return done_testing();
}
