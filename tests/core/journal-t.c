/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: what it says is durable is there after a kill, a failed sync, a torn end; and damage
 * is told from that. fdatasync() is this file's own, so that it can fail when a test wants it to.
 */
#include "journal.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HEAD 32 /* bytes of a segment before its first record */

static int syncs, fail_from, fail_until; /* the syncs that fail, counted from 1 */

int fdatasync(int fd)
{
	syncs++;
	if (syncs >= fail_from && syncs < fail_until) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static void fail_syncs(int from, int count)
{
	syncs = 0;
	fail_from = from;
	fail_until = from + count;
}

/* -- a bench around the journal --------------------------------------------------------------- */

struct bench {
	char folder[64];
	uv_loop_t loop;
	struct journal *journal;
	struct journal_finding finding;
	uint64_t durable;
	int durable_calls, failed, error;
	int acknowledge; /* a pipe, or -1 */

	uint64_t seen, last_seen; /* records given by `each` */
	int wrong;                /* of them: out of order or not as they were written */
	int walls;
};

/* Whatever a record holds follows from its number. */
static void fill(struct theca_event *event, char text[64], uint64_t number)
{
	snprintf(text, 64, "record %" PRIu64 "%.*s", number, (int)(number % 23),
		"......................");
	*event = (struct theca_event){.size = sizeof *event,
		.kind = THECA_EVENT_NOTE,
		.time_ns = (int64_t)number * 1000,
		.instance = (uint32_t)number % 7,
		.code = "note",
		.who = "test",
		.text = text};
}

static void look(void *user, const struct record *record)
{
	struct bench *bench = user;
	struct theca_event want;
	char text[64];
	fill(&want, text, record->event.number);
	bench->wrong += record->event.number <= bench->last_seen ||
			record->event.time_ns != want.time_ns || strcmp(record->event.text, text) ||
			strcmp(record->instance_name, "left");
	bench->walls += record->wall_ns != 0;
	bench->last_seen = record->event.number;
	bench->seen++;
}

static void durable(void *user, uint64_t number)
{
	struct bench *bench = user;
	bench->durable = number;
	bench->durable_calls++;
	if (bench->acknowledge >= 0 && write(bench->acknowledge, &number, sizeof number) < 0)
		_exit(9);
}

static void failed(void *user, int error)
{
	struct bench *bench = user;
	bench->failed++;
	bench->error = error;
}

static int open_journal(struct bench *bench, bool synced)
{
	struct journal_options options = {.folder = bench->folder,
		.synced = synced,
		.loop = &bench->loop,
		.user = bench,
		.durable = durable,
		.failed = failed};
	bench->seen = bench->last_seen = bench->durable = 0;
	bench->durable_calls = bench->failed = bench->wrong = bench->walls = 0;
	return journal_open(&bench->journal, &options, look, &bench->finding);
}

static void begin(struct bench *bench)
{
	*bench = (struct bench){.folder = "/tmp/theca-journal-XXXXXX", .acknowledge = -1};
	if (!mkdtemp(bench->folder) || uv_loop_init(&bench->loop))
		abort();
}

static void end(struct bench *bench)
{
	char command[128];
	journal_close(bench->journal);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	uv_loop_close(&bench->loop);
	snprintf(command, sizeof command, "rm -r %s", bench->folder);
	if (system(command))
		abort();
}

static void close_journal(struct bench *bench)
{
	journal_close(bench->journal);
	bench->journal = NULL;
	uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static uint64_t append(struct bench *bench, uint64_t number)
{
	struct theca_event event;
	char text[64];
	fill(&event, text, number);
	uint64_t got = journal_append(bench->journal, &event, "left");
	return got == event.number ? got : 0;
}

static void append_many(struct bench *bench, uint64_t from, uint64_t until)
{
	uint64_t wrong = 0;
	for (uint64_t number = from; number <= until; number++)
		wrong += append(bench, number) != number;
	if (wrong)
		ok(false, "append %" PRIu64 " to %" PRIu64, from, until);
}

/* One batch, synced before this returns. */
static void store(struct bench *bench, uint64_t from, uint64_t until)
{
	append_many(bench, from, until);
	journal_flush(bench->journal);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static const char *segment_path(const struct bench *bench, unsigned segment)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/journal/%08u.tj", bench->folder, segment);
	return path;
}

static int64_t segment_size(const struct bench *bench, unsigned segment)
{
	struct stat status;
	return stat(segment_path(bench, segment), &status) ? -1 : status.st_size;
}

static size_t load(const char *path, uint8_t *bytes, size_t most)
{
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(bytes, 1, most, file) : 0;
	if (file)
		fclose(file);
	return size;
}

static void save(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
}

static int read_journal(struct bench *bench)
{
	bench->seen = bench->last_seen = 0;
	bench->wrong = 0;
	return journal_read(bench->folder, look, bench, &bench->finding);
}

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

/* -- torn ends and damage --------------------------------------------------------------------- */

#define SMALL 6
static size_t small_journal(
	struct bench *bench, uint8_t *bytes, size_t most, size_t ends[SMALL + 1])
{
	begin(bench);
	open_journal(bench, false);
	ends[0] = HEAD;
	for (uint64_t number = 1; number <= SMALL; number++) {
		append(bench, number);
		journal_flush(bench->journal);
		ends[number] = (size_t)segment_size(bench, 1);
	}
	close_journal(bench);
	return load(segment_path(bench, 1), bytes, most);
}

static uint64_t whole_records(size_t size, const size_t ends[SMALL + 1])
{
	uint64_t whole = 0;
	while (whole < SMALL && ends[whole + 1] <= size)
		whole++;
	return whole;
}

static void test_torn_tail(uint8_t beyond)
{
	struct bench bench;
	uint8_t bytes[4096];
	size_t ends[SMALL + 1], size = small_journal(&bench, bytes, sizeof bytes, ends);
	int wrong_health = 0, wrong_records = 0, not_cut = 0, no_going_on = 0;
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t torn[4096];
		uint64_t whole = whole_records(cut, ends);
		memcpy(torn, bytes, cut);
		memset(torn + cut, beyond, size - cut);
		save(segment_path(&bench, 1), torn, beyond ? size : cut);
		open_journal(&bench, false);
		bool clean = !beyond && (cut == 0 || (cut >= HEAD && cut == ends[whole]));
		wrong_health += bench.finding.health != (clean ? JOURNAL_CLEAN : JOURNAL_TAIL_CUT);
		wrong_records += bench.seen != whole || bench.wrong;
		store(&bench, whole + 1, whole + 1);
		not_cut += read_journal(&bench) || bench.finding.health != JOURNAL_CLEAN;
		store(&bench, whole + 2, whole + 2);
		close_journal(&bench);
		no_going_on += read_journal(&bench) || bench.finding.health != JOURNAL_CLEAN ||
			       bench.seen != whole + 2 || bench.wrong;
	}
	printf("# torn at %zu places, 0x%02x beyond\n", size, beyond);
	is(wrong_health, 0, "the right finding");
	is(wrong_records, 0, "all whole records");
	is(not_cut, 0, "the rest is cut");
	is(no_going_on, 0, "gone on and clean");
	end(&bench);
}

static void test_flipped_bits(void)
{
	struct bench bench;
	uint8_t bytes[4096];
	size_t ends[SMALL + 1], size = small_journal(&bench, bytes, sizeof bytes, ends);
	int silent = 0, middle = 0, wrong = 0;
	for (size_t at = 0; at < size; at++) {
		uint8_t bit = (uint8_t)(1u << (at * 5 + 3) % 8);
		bool last = at >= ends[SMALL - 1];
		bytes[at] ^= bit;
		save(segment_path(&bench, 1), bytes, size);
		bytes[at] ^= bit;
		int result = read_journal(&bench);
		enum journal_health want = last ? JOURNAL_TAIL_CUT : JOURNAL_DAMAGED;
		silent += bench.finding.health != want || result != (last ? 0 : -EBADMSG);
		middle += bench.seen < SMALL - 1; /* only the record that was hit may be missing */
		wrong += bench.wrong;
	}
	is(silent, 0, "a bit flipped at each of %zu bytes is seen", size);
	is(middle, 0, "the other records are read");
	is(wrong, 0, "no wrong record is given");
	save(segment_path(&bench, 1), bytes, size);
	is(read_journal(&bench), 0, "whole again");
	end(&bench);
}

static void test_going_on_damaged(void)
{
	struct bench bench;
	uint8_t bytes[4096], after[4096];
	size_t ends[SMALL + 1], size = small_journal(&bench, bytes, sizeof bytes, ends);
	bytes[ends[2] + 60] ^= 1;
	save(segment_path(&bench, 1), bytes, size);
	is(open_journal(&bench, true), 0, "a damaged journal is opened");
	is(bench.finding.health, JOURNAL_DAMAGED, "and said to be");
	ok(strstr(bench.finding.text, "segment 00000001.tj, byte 2") &&
			strstr(bench.finding.text, "whole records follow"),
		"where: %s", bench.finding.text);
	is(bench.seen, SMALL - 1, "what can be read is given");
	store(&bench, SMALL + 1, SMALL + 3);
	close_journal(&bench);
	is(load(segment_path(&bench, 1), after, sizeof after), size, "the damaged segment ...");
	ok(!memcmp(bytes, after, size), "... is left as it is");
	is(read_journal(&bench), -EBADMSG, "it stays damaged");
	is(bench.seen, SMALL - 1 + 3, "the new records are there");
	end(&bench);
}

/* Three segments of a few records, made by failing syncs. */
static void three_segments(struct bench *bench)
{
	begin(bench);
	open_journal(bench, true);
	store(bench, 1, 3);
	fail_syncs(1, 1);
	store(bench, 4, 6);
	fail_syncs(1, 1);
	store(bench, 7, 9);
	fail_syncs(0, 0);
	close_journal(bench);
}

static void swap_files(struct bench *bench)
{
	char one[128], two[128], three[128];
	snprintf(one, sizeof one, "%s", segment_path(bench, 1));
	snprintf(two, sizeof two, "%s", segment_path(bench, 2));
	snprintf(three, sizeof three, "%s/journal/x", bench->folder);
	if (rename(one, three) || rename(two, one) || rename(three, two))
		abort();
}

static void copy_file(struct bench *bench)
{
	static uint8_t bytes[1 << 21];
	size_t size = load(segment_path(bench, 2), bytes, sizeof bytes);
	save(segment_path(bench, 3), bytes, size);
}

static void add_file(struct bench *bench)
{
	static uint8_t bytes[1 << 21];
	size_t size = load(segment_path(bench, 1), bytes, sizeof bytes);
	save(segment_path(bench, 4), bytes, size);
}

static void remove_first(struct bench *bench)
{
	unlink(segment_path(bench, 1));
}

static void remove_middle(struct bench *bench)
{
	unlink(segment_path(bench, 2));
}

static void cut_middle(struct bench *bench)
{
	if (truncate(segment_path(bench, 2), HEAD + 8))
		abort();
}

static void empty_middle(struct bench *bench)
{
	if (truncate(segment_path(bench, 2), 0))
		abort();
}

static void empty_last(struct bench *bench)
{
	if (truncate(segment_path(bench, 3), 0))
		abort();
}

static void no_change(struct bench *bench)
{
	(void)bench;
}

static void test_segments(void)
{
	static const struct {
		const char *what;
		void (*change)(struct bench *);
		enum journal_health want;
		uint64_t records;
	} cases[] = {
		{"three whole segments", no_change, JOURNAL_CLEAN, 9},
		{"the first is gone", remove_first, JOURNAL_DAMAGED, 6},
		{"the middle one is gone", remove_middle, JOURNAL_DAMAGED,
			9}, /* the failed batch is there */
		{"the middle one is cut", cut_middle, JOURNAL_DAMAGED, 6},
		{"the middle one is empty", empty_middle, JOURNAL_DAMAGED, 9},
		{"two are exchanged", swap_files, JOURNAL_DAMAGED, 3},
		{"one lies over another", copy_file, JOURNAL_DAMAGED, 9},
		{"one comes again", add_file, JOURNAL_DAMAGED, 9},
		{"the last one was never written", empty_last, JOURNAL_CLEAN, 9},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench bench;
		three_segments(&bench);
		cases[i].change(&bench);
		read_journal(&bench);
		is(bench.finding.health, cases[i].want, "%s: %s", cases[i].what,
			bench.finding.text);
		is(bench.seen, cases[i].records, "%s: records", cases[i].what);
		is(bench.wrong, 0, "%s: as written", cases[i].what);
		end(&bench);
	}
}

static void test_later_version(void)
{
	struct bench bench;
	uint8_t bytes[4096];
	size_t ends[SMALL + 1], size = small_journal(&bench, bytes, sizeof bytes, ends);
	bytes[8] = 2;
	uint32_t checksum = record_crc32c(0, bytes, 28);
	for (int i = 0; i < 4; i++)
		bytes[28 + i] = (uint8_t)(checksum >> 8 * i);
	save(segment_path(&bench, 1), bytes, size);
	is(open_journal(&bench, true), -EPROTONOSUPPORT, "a later format is refused");
	is_text(bench.finding.text, "segment 00000001.tj has format 2, this service reads 1",
		"why");
	is_text(bench.journal ? "open" : "closed", "closed", "nothing is open");
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
	test_torn_tail(0);
	test_torn_tail(0x5a);
	test_flipped_bits();
	test_going_on_damaged();
	test_segments();
	test_later_version();
	return done_testing();
}
