/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: what it says is durable is there after a kill, a failed sync, a full segment. */
#include "journalbench.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* -- a killed writer -------------------------------------------------------------------------- */

static void write_until_killed(struct bench *bench)
{
	if (open_journal(bench, true))
		_exit(1);
	for (uint64_t number = bench->finding.last_number + 1;; number++) {
		if (append(bench, number) != number)
			_exit(2);
		if (number % 3 == 0)
			journal_flush(bench->journal);
		uv_run(&bench->loop, UV_RUN_NOWAIT);
		if (number % 64 == 0)
			uv_run(&bench->loop, UV_RUN_DEFAULT);
	}
}

/* Returns the last number that the child was told is durable. */
static uint64_t kill_a_writer(struct bench *bench, unsigned after_us)
{
	int ends[2];
	uint64_t acknowledged = 0;
	if (pipe(ends))
		abort();
	pid_t child = fork();
	if (!child) {
		bench->acknowledge = ends[1];
		write_until_killed(bench);
	}
	close(ends[1]);
	usleep(after_us);
	kill(child, SIGKILL);
	int status;
	waitpid(child, &status, 0);
	ok(WIFSIGNALED(status), "the writer was killed after %u us", after_us);
	for (uint64_t number; read(ends[0], &number, sizeof number) == sizeof number;)
		acknowledged = number;
	close(ends[0]);
	return acknowledged;
}

static void test_kill(void)
{
	struct bench bench;
	const char *text = getenv("SEED");
	unsigned seed = text ? (unsigned)atoi(text) : (unsigned)time(NULL);
	uint64_t total = 0, acknowledged = 0;
	printf("# SEED=%u\n", seed);
	srand(seed);
	begin(&bench);
	for (int round = 0; round < 12; round++) {
		uint64_t now = kill_a_writer(&bench, 500 + (unsigned)rand() % 40000);
		acknowledged = now ? now : acknowledged;
		is(open_journal(&bench, true), 0, "opens again");
		ok(bench.finding.health == JOURNAL_CLEAN ||
				bench.finding.health == JOURNAL_TAIL_CUT ||
				(bench.finding.health == JOURNAL_NEW && !acknowledged),
			"it is whole: %s", bench.finding.text);
		ok(bench.finding.last_number >= acknowledged && bench.finding.last_number >= total,
			"%" PRIu64 " were acknowledged, %" PRIu64 " are there", acknowledged,
			bench.finding.last_number);
		ok(!bench.wrong && bench.seen == bench.last_seen, "each as it was written");
		total = bench.finding.last_number;
		close_journal(&bench);
	}
	ok(acknowledged > 0, "something was acknowledged");
	end(&bench);
}

/* -- the plain way ---------------------------------------------------------------------------- */

static void test_plain(void)
{
	struct bench bench, other;
	begin(&bench);
	is(open_journal(&bench, true), 0, "open");
	is(bench.finding.health, JOURNAL_NEW, "a new journal");
	is(segment_size(&bench, 1), -1, "nothing is written by opening");
	append_many(&bench, 1, 3);
	journal_flush(bench.journal);
	append_many(&bench, 4, 5); /* shares the next sync */
	is(journal_durable(bench.journal), 0, "nothing is durable yet");
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	is(bench.durable, 5, "all are durable");
	is(bench.durable_calls, 2, "in two syncs");
	is(journal_durable(bench.journal), 5, "it says so when asked, too");
	ok(segment_size(&bench, 1) > 1 << 20, "zeros were written ahead");
	other = bench;
	is(open_journal(&other, true), -EBUSY, "a second service is kept out");
	is(journal_read(bench.folder, look, &other, &other.finding), 0, "but it may be read");
	is(other.seen, 5, "with all its records");
	is(other.finding.health, JOURNAL_CLEAN, "and is clean");
	append_many(&bench, 6, 7);
	close_journal(&bench);
	ok(segment_size(&bench, 1) < 2000, "closing takes the zeros off");
	is(open_journal(&bench, true), 0, "open again");
	is(bench.finding.health, JOURNAL_CLEAN, "clean");
	is(bench.finding.records, 7, "closing wrote the rest");
	is(bench.seen, 7, "each is given");
	is(bench.wrong, 0, "as it was written");
	is(bench.walls, 7, "with wall time");
	store(&bench, 8, 8);
	is(bench.durable, 8, "it goes on");
	end(&bench);
}

static void test_too_long(void)
{
	struct bench bench;
	static char text[5000];
	struct theca_event event = {.code = "", .who = "", .text = text};
	memset(text, 'x', sizeof text - 1);
	begin(&bench);
	open_journal(&bench, true);
	is(journal_append(bench.journal, &event, ""), 0, "an event that is too long");
	is(append(&bench, 1), 1, "takes no number");
	end(&bench);
}

static void test_close_at_once(void)
{
	struct bench bench;
	begin(&bench);
	open_journal(&bench, true);
	append_many(&bench, 1, 1000);
	journal_flush(bench.journal);
	append_many(&bench, 1001, 1100);
	is(journal_close(bench.journal), 0, "close while a sync runs");
	bench.journal = NULL;
	is(read_journal(&bench), 0, "read");
	is(bench.seen, 1100, "all are there before the loop turns");
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	is(bench.durable_calls, 0, "nobody is called after closing");
	end(&bench);
}

static void test_virtual(void)
{
	struct bench one, two;
	static uint8_t a[1 << 20], b[1 << 20];
	begin(&one);
	begin(&two);
	fail_syncs(1, 1000);
	open_journal(&one, false);
	open_journal(&two, false);
	append_many(&one, 1, 5000);
	append_many(&two, 1, 5000);
	is(journal_durable(one.journal), 5000, "on a virtual clock all is durable at once");
	journal_flush(one.journal);
	is(one.durable, 5000, "flushing says so");
	close_journal(&one);
	close_journal(&two);
	is(syncs, 0, "nothing was synced");
	fail_syncs(0, 0);
	size_t size = load(segment_path(&one, 1), a, sizeof a);
	is(load(segment_path(&two, 1), b, sizeof b), size, "same events, same size");
	ok(size && !memcmp(a, b, size), "same bytes, however they were flushed");
	is(read_journal(&one), 0, "read");
	is(one.seen, 5000, "all");
	is(one.walls, 0, "without wall time");
	end(&one);
	end(&two);
}

static void test_rolling(bool synced)
{
	struct bench bench;
	begin(&bench);
	open_journal(&bench, synced);
	store(&bench, 1, 10);
	for (uint64_t from = 11; from < 300000; from += 50000) /* about 130 bytes each */
		store(&bench, from, from + 49999);
	is(bench.durable, 300010, "%s: durable", synced ? "synced" : "virtual");
	close_journal(&bench);
	ok(segment_size(&bench, 1) <= 16 << 20 && segment_size(&bench, 2) <= 16 << 20 &&
			segment_size(&bench, 3) > HEAD,
		"no segment is above 16 MiB");
	is(open_journal(&bench, synced), 0, "open");
	is(bench.finding.health, JOURNAL_CLEAN, "clean: %s", bench.finding.text);
	is(bench.seen, 300010, "all");
	is(bench.wrong, 0, "in order");
	end(&bench);
}

/* -- a failing disk --------------------------------------------------------------------------- */

static void test_failed_sync(void)
{
	for (int at = 1; at <= 3; at++) {
		struct bench bench;
		begin(&bench);
		open_journal(&bench, true);
		fail_syncs(at, 1); /* the first batch, writing ahead, the second batch */
		store(&bench, 1, 4);
		store(&bench, 5, 8);
		store(&bench, 9, 12);
		fail_syncs(0, 0);
		is(bench.durable, 12, "sync %d fails: all became durable", at);
		is(bench.failed, 0, "the journal did not fail");
		close_journal(&bench);
		is(open_journal(&bench, true), 0, "open");
		is(bench.finding.health, JOURNAL_CLEAN, "clean: %s", bench.finding.text);
		is(bench.seen, 12, "each record once");
		is(bench.wrong, 0, "in order");
		is(segment_size(&bench, 2) > 0, at != 1,
			"in a second segment, but for the first batch");
		end(&bench);
	}
}

static void test_failed_journal(void)
{
	struct bench bench;
	begin(&bench);
	open_journal(&bench, true);
	store(&bench, 1, 4);
	fail_syncs(1, 2);
	store(&bench, 5, 6);
	fail_syncs(0, 0);
	is(bench.failed, 1, "two syncs in a row fail: so did the journal");
	is(bench.error, -EIO, "with the reason");
	is(bench.durable, 4, "what was durable stays so");
	is(journal_durable(bench.journal), 4, "and it says so");
	is(append(&bench, 7), 0, "nothing is taken any more");
	journal_flush(bench.journal);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	is(bench.failed, 1, "it fails once");
	is(journal_close(bench.journal), -EIO, "closing repeats it");
	is(open_journal(&bench, true), 0, "open");
	ok(bench.finding.health == JOURNAL_CLEAN || bench.finding.health == JOURNAL_TAIL_CUT,
		"no damage: %s", bench.finding.text);
	ok(bench.seen >= 4 && !bench.wrong, "what was durable is there");
	store(&bench, bench.seen + 1, bench.seen + 1);
	is(bench.durable, bench.seen + 1, "it goes on");
	end(&bench);
}

int main(void)
{
	test_kill(); /* first: forks, and there are no threads yet */
	test_plain();
	test_too_long();
	test_close_at_once();
	test_virtual();
	test_rolling(true);
	test_rolling(false);
	test_failed_sync();
	test_failed_journal();
	return done_testing();
}
