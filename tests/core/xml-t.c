/* SPDX-License-Identifier: Apache-2.0 */
/* No text becomes markup, and no byte makes a file that a parser refuses. */
#include <stdlib.h>

#include "tap.h"
#include "report/xml.h"

#define BAD "\xef\xbf\xbd"
#define MINUS "\xe2\x88\x92"

static const struct {
	const char *text, *want, *what;
} texts[] = {
	{"left", "left", "a plain name"},
	{"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;", "markup"},
	{NULL, "", "no text"},
	{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"UTF-8 of 2, 3, 4 bytes"},
	{"a\x01"
	 "b\x1b[0m\x7f",
		"a" BAD "b" BAD "[0m" BAD, "control characters"},
	{"a\tb\nc", "a\tb\nc", "tab and new line"},
	{"\xff\xc3", BAD BAD, "bytes that are no UTF-8"},
	{"\xc0\xbc", BAD BAD, "an overlong <"},
	{"\xed\xa0\x80", BAD BAD BAD, "half a surrogate pair"},
	{"\xf4\x90\x80\x80", BAD BAD BAD BAD, "beyond Unicode"},
	{"\xef\xbf\xbf", BAD BAD BAD, "U+FFFF"},
	{"\xe2\x82", BAD BAD, "a character cut short"},
	{"-5", "-5", "hyphens stay"},
};

static const struct {
	const char *text, *want, *what;
} figures[] = {
	{"-5", MINUS "5", "a minus before a number"},
	{"-14.5 to -2 %", MINUS "14.5 to " MINUS "2 %", "two of them"},
	{"2026-01-05", "2026-01-05", "a date keeps its hyphens"},
	{"flow-2", "flow-2", "so does a name"},
	{"a - b", "a - b", "and a dash"},
	{"<-1", "&lt;" MINUS "1", "escaped all the same"},
};

static void check(
	void (*write)(FILE *, const char *), const char *text, const char *want, const char *what)
{
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	write(out, text);
	fclose(out);
	is_text(got, want, "%s", what);
	free(got);
}

int main(void)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check(xml_text, texts[i].text, texts[i].want, texts[i].what);
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		check(xml_figure, figures[i].text, figures[i].want, figures[i].what);
	return done_testing();
}
