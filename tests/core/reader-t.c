/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases: words whole and in any case, names, numbers, and what is said when they are not there.
 */
#include "base/reader.h"
#include "tap.h"
#include <errno.h>

static char why[200];

static struct reader on(const char *text)
{
	why[0] = 0;
	return (struct reader){text, why, sizeof why};
}

static const struct {
	const char *text, *word;
	bool taken;
} words[] = {
	{"lockout 4 h", "lockout", true},
	{" \t\r\nLOCKout", "lockout", true},
	{"lockouts", "lockout", false},
	{"lockout4", "lockout", false},
	{"lock_out", "lock", false},
	{"mon-fri", "mon", true},
	{"mo", "mon", false},
	{"", "mon", false},
	{"@n", "`n", false},
};

static void reads_words(void)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct reader reader = on(words[i].text);
		is(reader_word(&reader, words[i].word), words[i].taken, "'%s' in case %zu",
			words[i].word, i);
	}
	struct reader reader = on("at most");
	reader_word(&reader, "at");
	ok(!reader_word(&reader, "least"), "another word");
	ok(reader_word(&reader, "most"), "... leaves what is there");
	ok(reader_at_end(&reader), "... and then it ends");
}

static void reads_names(void)
{
	char name[6];
	struct reader reader = on("  left,right,toolong,");
	is(reader_name(&reader, "a pump", name, sizeof name), 0, "a name");
	is_text(name, "left", "... ends at a comma");
	ok(!reader_at_end(&reader), "... that is still there");
	is(reader_name(&reader, "a pump", name, sizeof name), -EINVAL, "a comma is no name");
	is_text(why, "found a comma, expected a pump", "... and it says so");
	ok(reader_comma(&reader) && !reader_comma(&reader), "one comma is taken");
	is(reader_name(&reader, "a pump", name, sizeof name), 0, "a name that just fits");
	reader_comma(&reader);
	is(reader_name(&reader, "a pump", name, sizeof name), -EINVAL, "one that does not");
	is_text(why, "found a word of 7 bytes, expected a pump of at most 5", "... and it says so");
	reader = on("   ");
	is(reader_name(&reader, "a pump", name, sizeof name), -EINVAL, "nothing");
	is_text(why, "found nothing more, expected a pump", "... and it says so");
}

static void reads_numbers(void)
{
	int64_t value;
	struct reader reader = on("12 15 min, 3x,");
	is(reader_count(&reader, "a number", &value), 0, "a count");
	is(value, 12, "... of 12");
	is(reader_quantity(&reader, THECA_DURATION, &value), 0, "a duration");
	is(value, 15 * THECA_MINUTE_NS, "... of 15 min");
	is(reader_quantity(&reader, THECA_DURATION, &value), -EINVAL, "a comma is no duration");
	ok(!strncmp(why, "found a comma, expected ", 24), "... and it says so");
	reader_comma(&reader);
	is(reader_count(&reader, "a number", &value), -EINVAL, "3x is no count");
	is_text(why, "found '3x', expected a number", "... and it says so");
	reader = on("15 parsec");
	ok(reader_quantity(&reader, THECA_DURATION, &value) < 0 && why[0], "an unknown unit");
	reader = on("");
	is(reader_quantity(&reader, THECA_DURATION, &value), -EINVAL, "nothing is no quantity");
	ok(!strncmp(why, "found nothing more, expected ", 29), "... and it says so");
}

int main(void)
{
	reads_words();
	reads_names();
	reads_numbers();
	return done_testing();
}
