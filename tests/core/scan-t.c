/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a journal: a torn end is told from damage, at each byte, and no record is lost silently.
 */
#include "journalbench.h"

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
	test_torn_tail(0);
	test_torn_tail(0x5a);
	test_flipped_bits();
	test_going_on_damaged();
	test_segments();
	test_later_version();
	return done_testing();
}
