/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's journal, read from its folder. Records hold bench time; the calendar is taken from a real
 * clock's wall time or from the run's identification, and where neither says, time is shown as it
 * was counted: `+12 d 08:30:00`.
 */
#include "ctl/ctl_journal.h"
#include "ctl/ctl_client.h"
#include "ctl/ctl_show.h"
#include "base/env.h"
#include "journal/journal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	const struct ctl_page *page;
	bool show, json;
	bool dated;
	int64_t epoch_ns; /* unix time of bench time 0 */
};

/* When did bench time begin, says the run itself. */
static bool read_epoch(const char *folder, int64_t *epoch_ns)
{
	char path[4096];
	size_t size;
	snprintf(path, sizeof path, "%s/identification.json", folder);
	char *text = env_read_file(path, 1 << 20, &size);
	json_t *facts = text ? json_loadb(text, size, 0, NULL) : NULL;
	const char *begins = ctl_member(json_object_get(facts, "bench"), "begins", "");
	bool found = env_parse_time(begins, epoch_ns) == 0;
	json_decref(facts);
	free(text);
	return found;
}

static json_t *counted_time(int64_t time_ns)
{
	char text[64];
	long long seconds = time_ns / THECA_SECOND_NS, of_day = seconds % 86400;
	snprintf(text, sizeof text, "+%lld d %02lld:%02lld:%02lld", seconds / 86400, of_day / 3600,
		of_day / 60 % 60, of_day % 60);
	return json_string(text);
}

static void show_record(void *user, const struct record *record)
{
	struct reading *reading = user;
	char text[4 * RECORD_MAX];
	if (!reading->show)
		return;
	if (!reading->dated && record->wall_ns) {
		reading->epoch_ns = record->wall_ns - record->event.time_ns;
		reading->dated = true;
	}
	size_t length = record_json(record, reading->epoch_ns, text, sizeof text);
	json_t *event = length ? json_loadb(text, length, 0, NULL) : NULL;
	if (event && !reading->dated)
		json_object_set_new(event, "time", counted_time(record->event.time_ns));
	if (event && reading->json) {
		json_dumpf(event, reading->page->out, JSON_COMPACT);
		fputc('\n', reading->page->out);
	} else if (event) {
		ctl_show_event(reading->page, event);
	}
	json_decref(event);
}

/* What verifying found, for people and for scripts. */
static void show_finding(
	const struct ctl_page *page, const struct journal_finding *finding, bool json)
{
	static const char *const words[] = {[JOURNAL_NEW] = "empty",
		[JOURNAL_CLEAN] = "clean",
		[JOURNAL_TAIL_CUT] = "torn tail",
		[JOURNAL_DAMAGED] = "DAMAGED"};
	json_t *result = json_pack("{s:s, s:I, s:I, s:s}", "health", words[finding->health],
		"records", (json_int_t)finding->records, "last", (json_int_t)finding->last_number,
		"text", finding->text);
	if (json) {
		json_dumpf(result, page->out, JSON_COMPACT);
		fputc('\n', page->out);
	} else {
		fprintf(page->out, "%s: %llu records, the last is number %llu",
			words[finding->health], (unsigned long long)finding->records,
			(unsigned long long)finding->last_number);
		ctl_put(page, *finding->text ? "; " : "");
		ctl_put(page, finding->text);
		fputc('\n', page->out);
	}
	json_decref(result);
}

int ctl_read_journal(const struct ctl_page *page, const char *folder, bool show, bool json,
	char *why, size_t size)
{
	struct reading reading = {.page = page, .show = show, .json = json};
	struct journal_finding finding = {0};
	reading.dated = read_epoch(folder, &reading.epoch_ns);
	int error = journal_read(folder, show_record, &reading, &finding);
	bool readable = error == 0 || error == -EBADMSG;
	if (readable && !show)
		show_finding(page, &finding, json);
	if (!readable)
		snprintf(why, size, "%s: no journal: %s", folder, strerror(-error));
	else if (error && show)
		snprintf(why, size, "%s: the journal is damaged: %s", folder, finding.text);
	return error ? CTL_REFUSED : CTL_OK;
}
