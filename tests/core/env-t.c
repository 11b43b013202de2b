/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, random numbers, files, hashes and calendar. */
#include "base/env.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *text, *written;
	int64_t ns;
} times[] = {
	{"1970-01-01", "1970-01-01T00:00:00Z", 0},
	{"2026-01-05", "2026-01-05T00:00:00Z", INT64_C(1767571200000000000)},
	{"2026-01-05 08:00", "2026-01-05T08:00:00Z", INT64_C(1767600000000000000)},
	{"2026-01-05T08:00:30Z", "2026-01-05T08:00:30Z", INT64_C(1767600030000000000)},
	{"2026-01-05 08:00:30.25", "2026-01-05T08:00:30Z", INT64_C(1767600030250000000)},
	{"2026-01-05Z", "2026-01-05T00:00:00Z", INT64_C(1767571200000000000)},
	{"2024-02-29 23:59:59", "2024-02-29T23:59:59Z", INT64_C(1709251199000000000)},
	{"2000-02-29", "2000-02-29T00:00:00Z", INT64_C(951782400000000000)},
	{"1969-12-31 23:59:59.999999999", "1969-12-31T23:59:59Z", -1},
	{"1900-03-01", "1900-03-01T00:00:00Z", INT64_C(-2203891200000000000)},
	{"2262-04-11 23:47:16.854775807", "2262-04-11T23:47:16Z", INT64_MAX},
};

static const char *const no_times[] = {"", "2026", "2026-1-5", "2026-13-01", "2026-00-01",
	"2026-01-00", "2026-02-29", "1900-02-29", "2026-04-31", "2026-01-05 ", "2026-01-05 8:00",
	"2026-01-05 24:00", "2026-01-05 08:60", "2026-01-05 08:00:60", "2026-01-05 08:00:00.",
	"2026-01-05 08:00:00.1234567890", "2026-01-05 08:00:", "2026-01-05 08:00 Z",
	"2026-01-05 08:00+01:00", "2263-01-01", "1677-01-01", "+026-01-05", "2026-01-05ZZ"};

static void test_times(void)
{
	char text[32];
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		int64_t ns = 77;
		is(env_parse_time(times[i].text, &ns), 0, "reads %s", times[i].text);
		is(ns, times[i].ns, "as nanoseconds");
		is(env_format_time(ns, 0, text), 20, "20 bytes");
		is_text(text, times[i].written, "printed");
	}
	for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++) {
		int64_t ns;
		is(env_parse_time(no_times[i], &ns), -EINVAL, "refuses '%s'", no_times[i]);
	}
	env_format_time(INT64_C(1767600030250000999), 3, text);
	is_text(text, "2026-01-05T08:00:30.250Z", "milliseconds, cut and not rounded");
	env_format_time(INT64_MIN, 9, text);
	is_text(text, "1677-09-21T00:12:43.145224192Z", "the first instant there is");
	is(env_format_time(0, 99, text), 30, "never more than 9 digits");
}

static void test_every_day(void)
{
	unsigned wrong = 0;
	for (int64_t day = -106751; day <= 106751; day++) {
		char text[32];
		int64_t back;
		int64_t ns = day * INT64_C(86400000000000);
		env_format_time(ns, 0, text);
		wrong += env_parse_time(text, &back) || back != ns;
	}
	is(wrong, 0, "every day from 1677 to 2262 reads as it was printed");
}

static void test_random(void)
{
	struct env_random left, again, right, other;
	env_random_init(&left, 1, "left");
	env_random_init(&again, 1, "left");
	env_random_init(&right, 1, "right");
	env_random_init(&other, 2, "left");
	uint64_t first = env_random_next(&left);
	ok(first == env_random_next(&again), "same seed and name, same number");
	ok(first != env_random_next(&right), "another name, another number");
	ok(first != env_random_next(&other), "another seed, another number");
	struct env_random known = {.state = 1234567};
	ok(env_random_next(&known) == 6457827717110365317u, "splitmix64's published first value");
	ok(env_random_next(&known) == 3203168211198807973u, "and its second");
}

static const struct {
	const char *text, *hash;
} hashes[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrl"
	 "mnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void test_hashes(void)
{
	char hash[65], million[65], *many = malloc(1000000);
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		env_hash(hashes[i].text, strlen(hashes[i].text), hash);
		is_text(hash, hashes[i].hash, "SHA-256 of %zu bytes, from FIPS 180-4",
			strlen(hashes[i].text));
	}
	memset(many, 'a', 1000000);
	env_hash(many, 1000000, million);
	is_text(million, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"a million times a");
	is(env_write_file("million", many, 1000000), 0, "a file of it");
	is(env_hash_file("million", hash), 0, "is hashed");
	is_text(hash, million, "alike");
	is(env_hash_file("nowhere", hash), -ENOENT, "a missing file");
	is(env_hash_file(".", hash), -EISDIR, "a folder");
	free(many);
}

static void test_files(void)
{
	size_t size = 0;
	struct stat about;
	is(env_make_folder("a/b//c/"), 0, "a folder with its parents");
	is(env_make_folder("a/b/c"), 0, "once more");
	is(env_write_file("a/b/c/file", "one", 3), 0, "a file in it");
	is(env_write_file("a/b/c/file", "three", 5), 0, "replaced");
	char *bytes = env_read_file("a/b/c/file", 5, &size);
	is_text(bytes, "three", "read again, with a NUL");
	is(size, 5, "and its size");
	free(bytes);
	errno = 0;
	ok(!env_read_file("a/b/c/file", 4, NULL) && errno == EFBIG,
		"more than the most is refused");
	ok(!env_read_file("nowhere", 4, NULL) && errno == ENOENT, "a missing file");
	ok(!env_read_file("a", 1 << 20, NULL) && errno == EISDIR, "a folder is no file");
	ok(!env_read_file("/dev/zero", 10000, NULL) && errno == EFBIG, "an endless one ends");
	bytes = env_read_file("/proc/self/mountinfo", 1 << 20, &size);
	ok(bytes && size && size == strlen(bytes), "a file that tells no size");
	free(bytes);
	is(env_make_folder("a/b/c/file"), -ENOTDIR, "a file is no folder");
	is(env_make_folder("a/b/c/file/d"), -ENOTDIR, "nor a parent");
	is(env_make_folder(""), -ENOENT, "nothing is no folder");
	is(env_write_file("nowhere/file", "x", 1), -ENOENT, "no folder, no file");
	is(env_write_file("a", "x", 1), -EISDIR, "a folder is not replaced");
	is(rmdir("a/b/c") ? errno : 0, ENOTEMPTY, "only the file is there");
	is(unlink("a/b/c/file") || rmdir("a/b/c") || rmdir("a/b"), 0, "and nothing beside it");
	is(stat("a", &about) || rmdir("a") || unlink("million"), 0, "tidied up");
}

int main(void)
{
	char folder[] = "/tmp/env-t.XXXXXX";
	if (!mkdtemp(folder) || chdir(folder)) {
		printf("Bail out! no folder to test in\n");
		return 1;
	}
	int64_t before = env_boot_ns();
	ok(before > 0 && env_boot_ns() >= before, "the clock goes forward");
	ok(env_wall_ns() > INT64_C(1700000000000000000), "it is later than 2023");
	test_times();
	test_every_day();
	test_random();
	test_hashes();
	test_files();
	is(chdir("/") || rmdir(folder), 0, "nothing is left");
	return done_testing();
}
