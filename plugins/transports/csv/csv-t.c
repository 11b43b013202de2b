/* SPDX-License-Identifier: Apache-2.0 */
/* CSV files: rows, columns, quoting, parts, a file that is continued, a disk that is full. */
#include <dirent.h>
#include <fakehost.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tap.h>
#include <unistd.h>

#define SECOND THECA_SECOND_NS
#define HEAD "time,elapsed [s],"
#define AT(seconds, text) "2026-01-05T00:00:" #seconds ".000Z," text

struct config { /* as in csv.c */
	int32_t layout, quality;
	const char *file;
};
enum { PER_INSTANCE, ONE_FILE };

static const struct theca_plugin *const plugin = &theca_plugin_v1;
static const char *const states[] = {"stopped", "held, \"by\" test", NULL};

static char folder[] = "/tmp/theca-csv-XXXXXX"; /* the run's */

static int create_in_folder(struct theca_host *host, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (fake_of(host)->created_fd) /* the error that a test wants */
		return -fake_of(host)->created_fd;
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

static const char *content(const char *name)
{
	static char text[1 << 20];
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return NULL;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	text[length < 0 ? 0 : length] = 0;
	return text;
}

static void empty_folder(void)
{
	DIR *files = opendir(folder);
	char path[512];
	for (struct dirent *file; (file = readdir(files));)
		if (file->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
			unlink(path);
		}
	closedir(files);
}

/* A bench of two pumps; the second one has a signal more. */
struct bench {
	struct fake fake;
	struct config config;
	void *self;
};

static void declare(struct bench *bench, uint32_t instance, const char *name, uint32_t dimension,
	const char *unit)
{
	const struct theca_signal signal = {.size = sizeof signal,
		.name = name,
		.dimension = dimension,
		.unit = unit,
		.instance = instance,
		.states = dimension == THECA_CHOICE ? states : NULL};
	bench->fake.host.api->declare(&bench->fake.host, &signal);
}

static void setup(struct bench *bench, int layout, int quality)
{
	fake_init(&bench->fake);
	bench->fake.api.create_file = create_in_folder;
	bench->config = (struct config){layout, quality, "samples"};
	declare(bench, 1, "rate", THECA_RATE, "mL/day");
	declare(bench, 1, "state", THECA_CHOICE, NULL);
	declare(bench, 2, "rate", THECA_RATE, "mL/day");
	declare(bench, 2, "mass", THECA_MASS, "mg");
	declare(bench, 2, "state", THECA_CHOICE, NULL);
	is(plugin->create(&bench->fake.host, &bench->config, &bench->self), 0, "create");
}

static void teardown(struct bench *bench)
{
	plugin->stop(bench->self);
	plugin->destroy(bench->self);
}

static int put(struct bench *bench, int64_t time_ns, uint32_t signal, int64_t value, int quality)
{
	const struct theca_sample sample = {
		.time_ns = time_ns, .signal = signal, .value = value, .quality = (uint16_t)quality};
	return plugin->transport->publish(bench->self, &sample, 1);
}

static void put_rows(struct bench *bench, int64_t at_ns)
{
	put(bench, at_ns, 1, 250, THECA_GOOD);
	put(bench, at_ns, 2, 1, THECA_GOOD);
	put(bench, at_ns, 3, 260, THECA_GOOD);
	put(bench, at_ns, 5, 0, THECA_GOOD); /* not in the order of the columns */
	put(bench, at_ns, 4, 7, THECA_STALE);
	plugin->transport->tick(bench->self, at_ns);
}

static void test_one_file(void)
{
	struct bench bench;
	setup(&bench, ONE_FILE, true);
	put_rows(&bench, 0);
	put_rows(&bench, 1500000000);
	teardown(&bench);
	is_text(content("samples.csv"),
		HEAD "instance,rate [mL/day],state,mass [mg],quality\r\n" AT(
			00, "0.000,one,250,\"held, \"\"by\"\" test\",,good\r\n")
			AT(00, "0.000,two,260,stopped,,stale\r\n") "2026-01-05T00:00:01.500Z,1.500,"
								   "one,250,\"held, \"\"by\"\" "
								   "test\",,good\r\n"
								   "2026-01-05T00:00:01.500Z,1.500,"
								   "two,260,stopped,,stale\r\n",
		"one file: a row an instance and time, the union of their columns");
	empty_folder();
}

static void test_file_per_instance(void)
{
	struct bench bench;
	setup(&bench, PER_INSTANCE, false);
	put_rows(&bench, 3 * SECOND);
	put(&bench, 3 * SECOND, 1, 1, THECA_INVALID);
	put(&bench, 3 * SECOND, 1, 2, THECA_GOOD);
	teardown(&bench);
	is_text(content("samples-one.csv"),
		HEAD "rate [mL/day],state\r\n" AT(03, "3.000,250,\"held, \"\"by\"\" test\"\r\n")
			AT(03, "3.000,,\r\n") AT(03, "3.000,2,\r\n"),
		"file per instance: an invalid value is empty, a value twice is a row of its own");
	is_text(content("samples-two.csv"),
		HEAD "rate [mL/day],mass [mg],state\r\n" AT(03, "3.000,260,,stopped\r\n"),
		"... and the other's file");
	empty_folder();
}

static void test_same_name_other_unit(void)
{
	struct bench bench;
	setup(&bench, ONE_FILE, false);
	declare(&bench, 3, "rate", THECA_RATE, "uL/h");
	put(&bench, 0, 6, 5, THECA_GOOD);
	teardown(&bench);
	is_text(content("samples.csv"),
		HEAD "instance,rate [mL/day],state,mass [mg],rate [uL/h]\r\n" AT(
			00, "0.000,three,,,,5\r\n"),
		"one name in two units is two columns");
	empty_folder();
}

static void test_late_signal(void)
{
	struct bench bench;
	setup(&bench, PER_INSTANCE, false);
	put(&bench, 0, 1, 1, THECA_GOOD);
	declare(&bench, 1, "flow", THECA_RATE, "mL/day");
	put(&bench, SECOND, 1, 2, THECA_GOOD);
	put(&bench, SECOND, 6, 3, THECA_GOOD);
	teardown(&bench);
	is_text(content("samples-one.csv"),
		HEAD "rate [mL/day],state\r\n" AT(00, "0.000,1,\r\n") AT(01, "1.000,2,\r\n"),
		"before a late signal: the first part");
	is_text(content("samples-one.2.csv"),
		HEAD "rate [mL/day],state,flow [mL/day]\r\n" AT(01, "1.000,,,3\r\n"),
		"... and the next part with its column");
	empty_folder();
}

static void put_file(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ok(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s is there", name);
	close(fd);
}

/* What is in samples-one.csv when the service begins, and what it then does. */
static void test_continue(void)
{
	static const struct {
		const char *before, *first, *second, *what;
	} cases[] = {
		{HEAD "rate [mL/day],state\r\nold\r\n",
			HEAD "rate [mL/day],state\r\nold\r\n" AT(00, "0.000,1,\r\n"), NULL,
			"the same columns: continued"},
		{HEAD "rate [mL/day],state\r\ncut o",
			HEAD "rate [mL/day],state\r\ncut o\r\n" AT(00, "0.000,1,\r\n"), NULL,
			"a row was cut off: ended first"},
		{HEAD "rate [uL/h],state\r\nold\r\n", HEAD "rate [uL/h],state\r\nold\r\n",
			HEAD "rate [mL/day],state\r\n" AT(00, "0.000,1,\r\n"),
			"other columns: left alone"},
		{"time", "time", HEAD "rate [mL/day],state\r\n" AT(00, "0.000,1,\r\n"),
			"a header that was cut off: left alone"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench bench;
		put_file("samples-one.csv", cases[i].before);
		setup(&bench, PER_INSTANCE, false);
		put(&bench, 0, 1, 1, THECA_GOOD);
		teardown(&bench);
		is_text(content("samples-one.csv"), cases[i].first, "%s", cases[i].what);
		is_text(content("samples-one.2.csv"), cases[i].second, "... the second part");
		empty_folder();
	}
}

static void test_two_writers(void)
{
	struct bench bench, other;
	setup(&bench, PER_INSTANCE, false);
	setup(&other, PER_INSTANCE, false);
	put(&bench, 0, 1, 1, THECA_GOOD);
	plugin->transport->tick(bench.self, 0);
	put(&other, 0, 1, 2, THECA_GOOD);
	teardown(&other);
	teardown(&bench);
	is_text(content("samples-one.csv"), HEAD "rate [mL/day],state\r\n" AT(00, "0.000,1,\r\n"),
		"two transports of one file name do not mix");
	is_text(content("samples-one.2.csv"), HEAD "rate [mL/day],state\r\n" AT(00, "0.000,2,\r\n"),
		"... the later one has its own part");
	empty_folder();
}

static void test_flush(void)
{
	struct bench bench;
	setup(&bench, PER_INSTANCE, false);
	put_rows(&bench, SECOND);
	is(bench.fake.wake_ns, 2 * SECOND, "a real clock: written a second later");
	plugin->transport->tick(bench.self, SECOND + 1);
	is(bench.fake.wake_ns, 2 * SECOND, "... not put off by further ticks");
	is_text(content("samples-one.csv"), HEAD "rate [mL/day],state\r\n",
		"... until then there is the header");
	plugin->wake(bench.self, 2 * SECOND);
	ok(strstr(content("samples-one.csv"), "held"), "... then it is there");
	teardown(&bench);
	empty_folder();

	setup(&bench, PER_INSTANCE, false);
	bench.fake.is_virtual = 1;
	put_rows(&bench, SECOND);
	is(bench.fake.wake_ns, 0, "a virtual clock: no wake");
	for (int i = 0; i < 400; i++)
		put_rows(&bench, i * SECOND / 100);
	size_t early = strlen(content("samples-one.csv"));
	ok(early > 6000, "... a full buffer is written: %zu bytes", early);
	teardown(&bench);
	ok(strlen(content("samples-one.csv")) > early, "... and the rest at the end");
	empty_folder();
}

static int rows_of(const char *text)
{
	int rows = -1; /* the header */
	for (; *text; text++)
		rows += *text == '\n';
	return rows;
}

/* Every row has all its commas, in particular the one where the disk became full. */
static bool is_whole(const char *text)
{
	int commas = 0;
	for (; *text; text++) {
		commas += *text == ',';
		if (*text == '\n' && commas != 3)
			return false;
		commas = *text == '\n' ? 0 : commas;
	}
	return true;
}

static void test_full_disk(void)
{
	struct bench bench;
	struct rlimit limit;
	getrlimit(RLIMIT_FSIZE, &limit);
	struct rlimit small = {1000, limit.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setup(&bench, PER_INSTANCE, false);
	put(&bench, 0, 1, 0, THECA_GOOD);
	plugin->wake(bench.self, SECOND);
	setrlimit(RLIMIT_FSIZE, &small); /* a write is cut off in the middle of a row */
	for (int i = 1; i < 1000; i++)
		put(&bench, i * SECOND / 100, 1, i, THECA_GOOD);
	plugin->transport->tick(bench.self, 10 * SECOND);
	setrlimit(RLIMIT_FSIZE, &limit);
	is(bench.fake.alarms, 1, "a full disk: one alarm");
	is_text(bench.fake.alarm, "file-not-written", "... of that code");
	is_text(bench.fake.last_log, "samples-one.csv: File too large; samples are being lost",
		"... and one line");
	is_text(bench.fake.cleared, "", "... which stays");
	plugin->transport->tick(bench.self, 10 * SECOND);
	is_text(bench.fake.cleared, "file-not-written", "space again: cleared");
	int rows = rows_of(content("samples-one.csv"));
	char said[64];
	snprintf(said, sizeof said, "is written again; %d samples were lost", 1000 - rows);
	is_text(bench.fake.last_log, said, "... each lost sample is counted");
	put(&bench, 10 * SECOND, 1, 5, THECA_GOOD);
	teardown(&bench);
	is(rows_of(content("samples-one.csv")), rows + 1, "... and it goes on");
	ok(is_whole(content("samples-one.csv")), "... with no torn row");
	empty_folder();
}

static void test_no_file(void)
{
	struct bench bench;
	setup(&bench, ONE_FILE, false);
	bench.fake.created_fd = EMFILE;
	put_rows(&bench, SECOND);
	is_text(bench.fake.last_log, "samples.csv: Too many open files; samples are being lost",
		"no file: said");
	bench.fake.created_fd = 0;
	plugin->transport->tick(bench.self, 2 * SECOND);
	is_text(bench.fake.last_log, "is written again; 5 samples were lost",
		"... and opened later");
	put_rows(&bench, 3 * SECOND);
	teardown(&bench);
	is(rows_of(content("samples.csv")), 2, "... with what came since");
	empty_folder();
}

static void test_check(void)
{
	static const struct {
		const char *file;
		int want;
	} cases[] = {{"samples", 0}, {"a b", 0}, {"", -EINVAL}, {".hidden", -EINVAL},
		{"../x", -EINVAL}, {"a/b", -EINVAL}};
	struct fake fake;
	fake_init(&fake);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct config config = {.file = cases[i].file};
		is(plugin->check(&fake.host, &config), cases[i].want, "file = %s", cases[i].file);
	}
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	test_one_file();
	test_file_per_instance();
	test_same_name_other_unit();
	test_late_signal();
	test_continue();
	test_two_writers();
	test_flush();
	test_full_disk();
	test_no_file();
	test_check();
	rmdir(folder);
	return done_testing();
}
