/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded series: what is read, what is refused and with which words, and how rows are played. */
#include <fakehost.h>
#include <stdlib.h>
#include <tap.h>
#include "scan.h"
#include "series.h"

struct config { /* as in csv-player.c */
	const char *file, *time_column, *value_column;
	int32_t time_unit, value_unit;
	int64_t begins_ns;
};

#define SECOND THECA_SECOND_NS
#define HOUR THECA_HOUR_NS
#define G INT64_C(1000000000000)

static const struct theca_plugin *const plugin = &theca_plugin_v1;

/* -- numbers ---------------------------------------------------------------------------------- */

static void test_decimals(void)
{
	static const struct {
		const char *text;
		bool comma, good;
		int64_t unit, value;
	} cases[] = {
		{"0", false, true, 1000, 0},
		{"12.5", false, true, 1000, 12500},
		{"-12.5", false, true, 1000, -12500},
		{"+1", false, true, 1000, 1000},
		{".5", false, true, 1000, 500},
		{"5.", false, true, 1000, 5000},
		{"1e3", false, true, 1, 1000},
		{"1.5E-3", false, true, 1000, 2},
		{"1.4999e-3", false, true, 1000, 1},
		{"-0.0015", false, true, 1000, -2},
		{"123456.7890123", false, true, G, 123456789012300000},
		{"0.00000000000000000000000000001", false, true, G, 0},
		{"1.00000000000000000000000000001", false, true, G, G},
		{"9223372.036854775", false, true, G, 9223372036854775000},
		{"9223373", false, false, G, 0},
		{"9999999999999999999999", false, false, 1, 0},
		{"1e99", false, false, 1, 0},
		{"1e-99", false, true, 1, 0},
		{"0e99", false, true, 1, 0},
		{"1e", false, false, 1, 0},
		{"1e1000", false, false, 1, 0},
		{"1,5", true, true, 10, 15},
		{"1,5", false, false, 10, 0},
		{"1,5,5", true, false, 10, 0},
		{"1.5,5", true, false, 10, 0},
		{"", false, false, 1, 0},
		{"-", false, false, 1, 0},
		{".", false, false, 1, 0},
		{"+-1", false, false, 1, 0},
		{"0x10", false, false, 1, 0},
		{"nan", false, false, 1, 0},
		{"inf", false, false, 1, 0},
		{"1 g", false, false, 1, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t value = 0;
		bool good = scan_decimal((struct field){cases[i].text, strlen(cases[i].text)},
			cases[i].comma, cases[i].unit, &value);
		ok(good == cases[i].good && (!good || value == cases[i].value),
			"number '%s' is %s: %" PRId64, cases[i].text, good ? "read" : "refused",
			value);
	}
}

static void test_times(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t ns;
	} cases[] = {
		{"1970-01-01T00:00:00Z", true, 0},
		{"1970-01-02 00:00", true, THECA_DAY_NS},
		{"2000-03-01T00:00:00Z", true, 951868800 * SECOND},
		{"2026-01-05T10:20:30.25Z", true, 1767608430 * SECOND + SECOND / 4},
		{"2026-01-05T10:20:30+01:00", true, (1767608430 - 3600) * SECOND},
		{"2026-01-05T10:20:30-0130", true, (1767608430 + 5400) * SECOND},
		{"2024-02-29T00:00", true, 1709164800 * SECOND},
		{"2023-02-29T00:00", false, 0},
		{"2026-13-01T00:00", false, 0},
		{"2026-04-31T00:00", false, 0},
		{"2026-01-05", false, 0},
		{"2026-01-05T24:00", false, 0},
		{"2026-01-05T10:20:30.Z", false, 0},
		{"2026-01-05T10:20:30 ", false, 0},
		{"2026-1-5T10:20", false, 0},
		{"1969-12-31T00:00", false, 0},
		{"12.5", false, 0},
		{"", false, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ns = 0;
		bool good = scan_time((struct field){cases[i].text, strlen(cases[i].text)}, &ns);
		ok(good == cases[i].good && (!good || ns == cases[i].ns),
			"time '%s' is %s: %" PRId64, cases[i].text, good ? "read" : "refused", ns);
	}
}

/* -- series ----------------------------------------------------------------------------------- */

static int parse(const char *text, const char *time_column, const char *value_column, bool iso,
	struct series *series, struct series_error *error)
{
	struct series_format format = {time_column, value_column, iso ? 0 : SECOND, G};
	return series_parse(series, text, strlen(text), &format, error);
}

static void test_good_files(void)
{
	static const struct {
		const char *what, *text, *time, *value;
		bool iso;
		size_t count;
		int64_t last_ns, last;
	} cases[] = {
		{"commas", "0,1\n1,2.5\n", "1", "2", false, 2, SECOND, 5 * G / 2},
		{"a header is skipped", "t,m\n0,1\n1,2\n", "1", "2", false, 2, SECOND, 2 * G},
		{"columns by name", "m;x;t\n3;;0\n4;;2\n", "t", "m", false, 2, 2 * SECOND, 4 * G},
		{"a decimal comma with ;", "0;1,5\n0,5;2,5\n", "1", "2", false, 2, SECOND / 2,
			5 * G / 2},
		{"tabs, an empty first field", "\t0\t1\n\t1\t2\n", "2", "3", false, 2, SECOND,
			2 * G},
		{"blanks", "  0   1\n 1  2 \n", "1", "2", false, 2, SECOND, 2 * G},
		{"CRLF, comments, empty lines, no last newline", "# a\r\n\r\n0,1\r\n#\r\n1,2", "1",
			"2", false, 2, SECOND, 2 * G},
		{"a byte order mark",
			"\xef\xbb\xbf"
			"0,1\n1,2\n",
			"1", "2", false, 2, SECOND, 2 * G},
		{"quotes", "\"t, s\",\"m\"\n\"0\",\"1\"\n\"1\",\" 2 \"\n", "t, s", "m", false, 2,
			SECOND, 2 * G},
		{"ISO times count from the first",
			"2026-01-05T10:00:00Z,1\n2026-01-05T11:00:00Z,2\n", "1", "2", true, 2, HOUR,
			2 * G},
		{"equal times", "1,1\n1,2\n", "1", "2", false, 2, SECOND, 2 * G},
		{"negative masses", "0,-1\n", "1", "2", false, 1, 0, -G},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct series series;
		struct series_error error;
		int result = parse(cases[i].text, cases[i].time, cases[i].value, cases[i].iso,
			&series, &error);
		is(result, 0, "%s %s", cases[i].what, error.why);
		is(series.count, cases[i].count, "... rows");
		if (series.count) {
			is(series.rows[series.count - 1].time_ns, cases[i].last_ns, "... time");
			is(series.rows[series.count - 1].value, cases[i].last, "... value");
		}
		series_finish(&series);
	}
}

static void test_wrong_files(void)
{
	static const struct {
		const char *text, *time, *value;
		size_t line;
		const char *why;
	} cases[] = {
		{"", "1", "2", 0, "no rows"},
		{"\n# nothing\n", "1", "2", 0, "no rows"},
		{"t,m\n", "1", "2", 0, "no rows"},
		{"0,1\n1,x\n", "1", "2", 2, "found 'x', expected a number such as 12.345"},
		{"0,1\n\ny,2\n", "1", "2", 3, "found 'y', expected a time such as 12.5"},
		{"0,1\n2,2\n1,3\n", "1", "2", 3, "the time goes backwards"},
		{"0,1\n1\n", "1", "2", 2, "no column 2 for the value"},
		{"0,1\n1,2\n", "3", "2", 1, "no column 3 for the time"},
		{"t,m\n0,1\n", "t", "mass", 1, "no column 'mass' in the header line"},
		{"0,1\n1,1,5\n", "1", "3", 1, "no column 3 for the value"},
		{"0,1.5\n1,\n", "1", "2", 2, "no column 2 for the value"},
		{"0;1\n1;1.5.5\n", "1", "2", 2, "found '1.5.5', expected a number such as 12.345"},
		{"0,1e30\n", "1", "2", 1, "found '1e30', expected a number such as 12.345"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct series series;
		struct series_error error;
		int result =
			parse(cases[i].text, cases[i].time, cases[i].value, false, &series, &error);
		is(result, -EINVAL, "refused");
		is(error.line, cases[i].line, "... with its line");
		is_text(error.why, cases[i].why, "... and why");
		ok(!series.rows, "... and nothing is left");
	}
}

static void test_nul_bytes(void)
{
	struct series_format format = {"1", "2", SECOND, G};
	struct series series;
	struct series_error error;
	is(series_parse(&series, "0,1\0\n", 5, &format, &error), -EINVAL, "a NUL is not a digit");
	is(error.line, 1, "... with its line");
}

/* -- playing ---------------------------------------------------------------------------------- */

struct rig {
	struct fake fake;
	struct config config;
	void *self;
};

static int open_rig(struct rig *rig, const char *text, int64_t now_ns)
{
	*rig = (struct rig){.config = {"scale.csv", "1", "2", 1, 2, 0}};
	fake_init(&rig->fake);
	rig->fake.file_text = text;
	int result = plugin->create(&rig->fake.host, &rig->config, &rig->self);
	rig->fake.now_ns = now_ns;
	if (!result)
		plugin->start(rig->self);
	return result;
}

static size_t poll_at(struct rig *rig, int64_t now_ns)
{
	size_t before = rig->fake.sample_count;
	rig->fake.now_ns = now_ns;
	plugin->instrument->poll(rig->self, now_ns);
	return rig->fake.sample_count - before;
}

static void test_play(void)
{
	struct rig rig;
	is(open_rig(&rig, "0,1\n0.4,2\n0.8,3\n3,4\n", 0), 0, "create");
	is_text(rig.fake.signals[1].name, "mass", "its signal");
	is(rig.fake.signals[1].max_age_ns, 4400000000, "good for twice the longest gap");
	is(poll_at(&rig, 0), 0, "time 0 is not before the first nanosecond");
	is(poll_at(&rig, SECOND), 3, "all rows that have come");
	is(rig.fake.samples[1].time_ns, SECOND * 4 / 10, "each with its own time");
	is(rig.fake.samples[1].value, 2 * G, "and value");
	is(poll_at(&rig, 2 * SECOND), 0, "each once");
	is(poll_at(&rig, 3 * SECOND), 1, "the last");
	is(poll_at(&rig, 4 * SECOND), 1, "after it");
	is(rig.fake.latest[1].quality, THECA_STALE, "... the value is stale");
	is(poll_at(&rig, 5 * SECOND), 0, "and that is all");
	plugin->destroy(rig.self);
}

static void test_many_rows(void)
{
	struct rig rig;
	char *text = malloc(64 * 1000), *at = text;
	for (int i = 0; i < 1000; i++)
		at += sprintf(at, "%d,%d.5\n", i, i);
	is(open_rig(&rig, text, 0), 0, "a thousand rows");
	is(poll_at(&rig, 999 * SECOND), 1000, "at once");
	bool ordered = true;
	for (int i = 1; i < 1000; i++)
		ordered &= rig.fake.samples[i].time_ns == i * SECOND &&
			   rig.fake.samples[i].value == i * G + G / 2;
	ok(ordered, "in order, none lost");
	plugin->destroy(rig.self);
	free(text);
}

static void test_late_start(void)
{
	struct rig rig;
	open_rig(&rig, "0,1\n30,2\n100,3\n130,4\n", 120 * SECOND);
	is(poll_at(&rig, 120 * SECOND), 1, "what went by long before the start is left out");
	is(rig.fake.latest[1].value, 3 * G, "... but for the last minute");
	plugin->destroy(rig.self);
}

static void test_complaints(void)
{
	struct rig rig;
	is(open_rig(&rig, "0,1\n1,abc\n", 0), -EINVAL, "a wrong file");
	is_text(rig.fake.complaint,
		"file: scale.csv:2: found 'abc', expected a number such as 12.345",
		"... with file and line");
	is(plugin->check(&rig.fake.host, &rig.config), -EINVAL, "check says so too");
	is(open_rig(&rig, "", 0), -EINVAL, "an empty file");
	is_text(rig.fake.complaint, "file: scale.csv: no rows", "... and why");
	is(open_rig(&rig, NULL, 0), -ENOENT, "no file");
	is(open_rig(&rig, "-1,1\n1,2\n", 0), -EINVAL, "a row before the bench's time 0");
	ok(!strncmp(rig.fake.complaint, "begins:", 7), "... names the option");
	rig.config.begins_ns = SECOND;
	is(plugin->check(&rig.fake.host, &rig.config), 0, "unless it begins later");
}

int main(void)
{
	is(plugin->config_size, sizeof(struct config), "the config struct is as here");
	test_decimals();
	test_times();
	test_good_files();
	test_wrong_files();
	test_nul_bytes();
	test_play();
	test_many_rows();
	test_late_start();
	test_complaints();
	return done_testing();
}
