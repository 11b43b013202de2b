/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a run: what is in it, what is never in it, and who may not have it. */
#include <errno.h>
#include <fcntl.h>
#include "benchfixture.h"
#include "bench/run.h"

static const char bench_text[] =
	"[bench]\nuntil = 1 d\nname = trial\ninclude = sub/bench.ini\ninclude = more.ini\n"
	"include = sub/more.ini\n"
	"[transport out]\nplugin = puppet-transport\npassword = hunter2\n";

static char *read_back(struct fixture *fixture, const char *folder, const char *name)
{
	size_t size;
	snprintf(fixture->path, sizeof fixture->path, "%s/%s", folder, name);
	return env_read_file(fixture->path, 1 << 22, &size);
}

static bool holds(struct fixture *fixture, const char *folder, const char *name, const char *words)
{
	char *text = read_back(fixture, folder, name);
	bool is = text && strstr(text, words);
	free(text);
	return is;
}

/* A bench of four files; the fixture's folder is known only once it is there, so it is made twice.
 */
static void load(struct fixture *fixture)
{
	char folder[96];

	fixture_load(fixture, "[bench]\nuntil = 1 d\n[pump p]\ndriver = puppet\n");
	service_unload(&fixture->bench);
	snprintf(folder, sizeof folder, "%s/sub", fixture->folder);
	mkdir(folder, 0755);
	fixture_write(fixture, "bench.ini", bench_text);
	fixture_write(fixture, "sub/bench.ini", "[pump p]\ndriver = puppet\n");
	fixture_write(fixture, "more.ini", "[pump q]\ndriver = puppet\n");
	fixture_write(fixture, "sub/more.ini", "[pump r]\ndriver = puppet\n");
	char plugins[1024];
	const char *build = getenv("TOP_BUILDDIR");
	snprintf(plugins, sizeof plugins, "%s/modules:%s/tests/puppets/modules",
		build ? build : ".", build ? build : ".");
	struct service_options options = {.file = fixture->file, .plugin_path = plugins};
	is(service_load(&fixture->bench, &options, false), 0, "a bench of four files");
}

static void test_folder(void)
{
	struct fixture fixture, second;
	char folder[96], *summary = NULL;

	load(&fixture);
	snprintf(folder, sizeof folder, "%s/run/deep", fixture.folder);
	fixture.bench.results.bench = strdup("trial"); /* as the service does */
	fixture.bench.results.clock = strdup("virtual");
	is(run_open(&fixture.bench, folder), 0, "a folder is made");
	is_text(run_folder(fixture.bench.run), folder, "the one that is wanted");
	is(run_listen(&fixture.bench), 0, "it listens");
	is(run_begin(&fixture.bench), 0, "the run begins");
	ok(holds(&fixture, folder, "bench.ini", "name = trial"), "the bench's file is kept");
	ok(holds(&fixture, folder, "more.ini", "[pump q]"), "with what it includes");
	ok(holds(&fixture, folder, "1-bench.ini", "[pump p]"),
		"no copy takes the place of another: the bench's");
	ok(holds(&fixture, folder, "3-more.ini", "[pump r]"), "nor an included one's");
	ok(holds(&fixture, folder, "bench.ini", "password"), "a secret's key is there");
	ok(!holds(&fixture, folder, "bench.ini", "hunter2"), "the secret is not");
	ok(holds(&fixture, folder, "identification.json", "\"bench file sha256\":\""),
		"the hash is");

	event_say(&fixture.bench, THECA_EVENT_NOTE, NULL, "x", "me", "a \"word\"");
	ok(!holds(&fixture, folder, "events.jsonl", "word"), "events are buffered");
	run_flush(fixture.bench.run);
	ok(holds(&fixture, folder, "events.jsonl", "a \\\"word\\\""), "and written as JSON lines");

	int fd = run_create_file(fixture.bench.run, "out.csv");
	ok(fd >= 0, "a plugin gets a file");
	is(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "that no child inherits");
	close(fd);
	static const char *const names[] = {"", ".", "..", ".x", "a/b", "../x", "/tmp/x"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		is(run_create_file(fixture.bench.run, names[i]), -EINVAL, "not one named '%s'",
			names[i]);

	is(run_end(&fixture.bench, 80, false, &summary), 0, "the run ends");
	ok(summary && strstr(summary, "trial"), "with a summary");
	free(summary);
	ok(holds(&fixture, folder, "report.html", "<html"), "a report");
	ok(holds(&fixture, folder, "verdicts.tap", "1.."), "TAP");
	ok(holds(&fixture, folder, "verdicts.xml", "<testsuite"), "JUnit");
	ok(holds(&fixture, folder, "summary.txt", "trial"), "and the summary");

	load(&second);
	is(run_open(&second.bench, folder), 0, "a folder without a journal is taken");
	run_close(second.bench.run);
	second.bench.run = NULL;
	char journal[128];
	snprintf(journal, sizeof journal, "%s/journal", folder);
	mkdir(journal, 0755);
	is(run_open(&second.bench, folder), -EEXIST,
		"one with is another run's: a virtual bench wants a fresh one");
	run_close(second.bench.run);
	second.bench.run = NULL;
	second.bench.clock.is_virtual = false;
	is(run_open(&second.bench, folder), 0, "a real one comes back to its own");
	second.bench.clock.is_virtual = true;
	fixture_close(&second);
	fixture_close(&fixture);
}

int main(void)
{
	log_init("test", -1);
	test_folder();
	return done_testing();
}
