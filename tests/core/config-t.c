/* SPDX-License-Identifier: Apache-2.0 */
/* Bench files to sections: what is read, every complaint by its text, includes in a folder made
 * here. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "tap.h"

/* What config_print_errors() writes; freed by the next call. */
static const char *errors_of(const struct config *config)
{
	static char *text;
	size_t size;

	free(text);
	text = NULL;
	FILE *file = open_memstream(&text, &size);
	if (config)
		config_print_errors(config, file);
	fclose(file);
	return text;
}

static struct config *from_text(const char *text)
{
	return config_from_text("b.ini", text, strlen(text));
}

static const char *value_of(const struct config_section *section, const char *key)
{
	const struct config_entry *entry = config_get(section, key);

	return entry ? entry->value : NULL;
}

/* -- what is read ------------------------------------------------------------------------------ */

static const char demo[] = "[bench]\n"
			   "name = demo\n"
			   "until = 180 d ; half a year\n"
			   "[drug morphine]\n"
			   "plugin = formulary\n"
			   "[pump left]\n"
			   "driver = rotor\n"
			   "basal = 6 mg/day of morphine,\n"
			   "        from 22:00 4 mg/day of morphine\n"
			   "[transport\tlab]\n"
			   "[scenario]\n"
			   "first refill = at 30 d, refill left 40 mL\n";

static void test_demo(void)
{
	struct config *config = from_text(demo);
	size_t count;
	const struct config_section *sections = config_sections(config, &count);

	is(config_errors(config), 0, "a good bench has no errors");
	is_text(errors_of(config), "", "and none to print");
	if (!ok(count == 5, "five sections"))
		return;
	is(sections[2].kind, CONFIG_PUMP, "the third is a pump");
	is_text(sections[2].name, "left", "with its name");
	is(sections[2].place.line, 6, "and its place");
	is_text(sections[2].place.file, "b.ini", "in the file as named");
	is(sections[2].count, 2, "two keys");
	is_text(sections[2].entries[1].key, "basal", "in order");
	is_text(sections[2].entries[1].value,
		"6 mg/day of morphine, from 22:00 4 mg/day of morphine", "a value of two lines");
	is(sections[2].entries[1].place.line, 8, "with the place of the first");
	is(sections[3].count, 0, "a section may be empty");
	is_text(sections[3].name, "lab", "any blank parts kind and name");
	is_text(value_of(config_bench(config), "until"), "180 d", "[bench] is found");
	is_text(value_of(config_scenario(config), "first refill"), "at 30 d, refill left 40 mL",
		"[scenario] too");
	ok(!config_get(config_bench(config), "nothing"), "a key that is not there");
	is_text(config_folder(config), ".", "its folder");
	config_destroy(config);
}

static void test_empty(void)
{
	struct config *config = config_from_text("x/b.ini", "", 0);
	size_t count;
	const char *const *files;

	config_sections(config, &count);
	is(count + config_errors(config), 0, "an empty text is no error here");
	is(config_bench(config)->count, 0, "an empty [bench] stands in");
	is_text(config_bench(config)->place.file, "x/b.ini", "and names the file");
	is(config_scenario(config)->kind, CONFIG_SCENARIO, "so does an empty [scenario]");
	is_text(config_folder(config), "x", "the folder is the file's");
	is(config_files(config, &files), 1, "one file");
	is_text(files[0], "x/b.ini", "is the file");
	config_destroy(config);
	config_destroy(NULL);
	is_text(config_kind_word(CONFIG_INSTRUMENT), "instrument", "a kind's word");
	config = config_from_text("/b.ini", "", 0);
	is_text(config_folder(config), "/", "the root is a folder");
	config_destroy(config);
}

/* -- complaints -------------------------------------------------------------------------------- */

#define NAME_RULE ", expected a letter of a-z, then at most 31 of a-z, 0-9, `_` and `-`\n"

static const struct {
	const char *name, *text, *want;
} wrong[] = {
	{"an unknown kind, near", "[pmup left]\nx = 1\n[bench]\n",
		"b.ini:1: [pmup left]: found kind 'pmup', expected bench, scenario, drug, pump, "
		"instrument, procedure or transport; did you mean `pump`?\n"},
	{"an unknown kind, far", "[something]\n",
		"b.ini:1: [something]: found kind 'something', expected bench, scenario, drug, "
		"pump, "
		"instrument, procedure or transport\n"},
	{"a kind in capitals", "[Pump left]\n",
		"b.ini:1: [Pump left]: found kind 'Pump', expected bench, scenario, drug, pump, "
		"instrument, procedure or transport; did you mean `pump`?\n"},
	{"no name", "[pump]\n", "b.ini:1: [pump]: found no name, expected `[pump NAME]`\n"},
	{"a name too many", "[bench x]\n",
		"b.ini:1: [bench x]: found name 'x', expected `[bench]`\n"},
	{"a name in capitals", "[pump Left]\n",
		"b.ini:1: [pump Left]: found name 'Left'" NAME_RULE},
	{"two names", "[pump a b]\n", "b.ini:1: [pump a b]: found name 'a b'" NAME_RULE},
	{"a digit first", "[pump 1]\n", "b.ini:1: [pump 1]: found name '1'" NAME_RULE},
	{"the longest name", "[pump a2345678901234567890123456789_-2]\n", ""},
	{"a byte more", "[pump a2345678901234567890123456789_-23]\n",
		"b.ini:1: [pump a2345678901234567890123456789_-23]: found name "
		"'a2345678901234567890123456789_-23'" NAME_RULE},
	{"a section again", "[pump a]\n[pump b]\n[pump  a]\nx = 1\nx = 2\n",
		"b.ini:3: [pump  a]: found again, first at line 1\n"},
	{"[bench] again", "[bench]\n\n[bench]\n",
		"b.ini:3: [bench]: found again, first at line 1\n"},
	{"a name again", "[pump a]\n[instrument a]\n",
		"b.ini:2: [instrument a]: found name 'a' again, first as [pump a] at line 1\n"},
	{"a key again", "[bench]\na = 1\nb = 2\na = 3\na =\n",
		"b.ini:4: [bench] a: found again, first at line 2\n"
		"b.ini:5: [bench] a: found again, first at line 2\n"},
	{"the same key elsewhere", "[pump a]\nx = 1\n[pump b]\nx = 1\n[drug c]\nx = 2\n", ""},
	{"no section", "a = 1\n",
		"b.ini:1: a: found outside of a section, expected a header such as `[bench]` "
		"before "
		"it\n"},
	{"no value", "[bench]\na =\nb = ; c\n",
		"b.ini:2: [bench] a: found nothing, expected a value\n"
		"b.ini:3: [bench] b: found nothing, expected a value\n"},
	{"a line that is no pair", "[bench]\nnonsense\n",
		"b.ini:2: found no `=`, expected `key = value`\n"},
	{"all in one go, in order", "a = 1\n[pump A]\nb\n[bench]\nc =\n",
		"b.ini:1: a: found outside of a section, expected a header such as `[bench]` "
		"before "
		"it\n"
		"b.ini:2: [pump A]: found name 'A'" NAME_RULE
		"b.ini:3: found no `=`, expected `key = value`\n"
		"b.ini:5: [bench] c: found nothing, expected a value\n"},
	{"an include in a text", "include = a.ini\n[bench]\ninclude = b.ini\n",
		"b.ini:1: include: found 'a.ini': expected no include in a text that is not a "
		"file\n"
		"b.ini:3: [bench] include: found 'b.ini': expected no include in a text that is "
		"not a "
		"file\n"},
	{"an include elsewhere is a key", "[pump a]\ninclude = a.ini\n", ""},
};

static void test_wrong(void)
{
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct config *config = from_text(wrong[i].text);
		size_t lines = 0;
		for (const char *at = wrong[i].want; (at = strchr(at, '\n')); at++)
			lines++;
		is_text(errors_of(config), wrong[i].want, "%s", wrong[i].name);
		if (config_errors(config) != lines)
			is(config_errors(config), lines, "%s: the number", wrong[i].name);
		config_destroy(config);
	}
}

static void test_refused_sections(void)
{
	struct config *config = from_text("[pump a]\nx = 1\n[pump a]\ny = 2\n[pmup b]\nz = 3\n");
	size_t count;
	const struct config_section *sections = config_sections(config, &count);

	is(count, 1, "a refused section is not there");
	is(sections[0].count, 1, "nor do its keys go to the one before");
	config_destroy(config);
}

static void test_later_errors(void)
{
	struct config *config = from_text("[bench]\nname = x\n[pump a]\nbasal = y\nz\n");
	size_t count;
	const struct config_section *sections = config_sections(config, &count);
	struct ini_place table = {"limits.ini", 2};

	config_error(config, table, NULL, "max", "found '%d', expected more", 1);
	config_error(config, sections[1].entries[0].place, &sections[1], "basal", "found y");
	config_error(config, sections[1].place, &sections[1], NULL, "found no `driver`");
	config_error(config, config_bench(config)->place, config_bench(config), "until", "missing");
	is_text(errors_of(config),
		"b.ini:1: [bench] until: missing\n"
		"b.ini:3: [pump a]: found no `driver`\n"
		"b.ini:4: [pump a] basal: found y\n"
		"b.ini:5: found no `=`, expected `key = value`\n"
		"limits.ini:2: max: found '1', expected more\n",
		"later errors are sorted in, other files last");
	config_destroy(config);
}

static void test_many_errors(void)
{
	const size_t lines = 3000;
	char *text = malloc(2 * lines + 1);

	for (size_t i = 0; i < lines; i++)
		memcpy(text + 2 * i, "x\n", 3);
	struct config *config = from_text(text);
	is(config_errors(config), lines, "errors are all counted");
	ok(strstr(errors_of(config), "b.ini:1000: ") && !strstr(errors_of(config), "b.ini:1001: "),
		"a thousand are kept");
	ok(strstr(errors_of(config), "\nand 2000 more\n"), "and the rest is mentioned");
	config_destroy(config);
	free(text);
}

static void test_keep(void)
{
	struct config *config = from_text("");
	const int64_t *value = config_keep(config, &(int64_t){42}, sizeof *value);
	const char *block = config_keep(config, NULL, 1000000);

	is(*value, 42, "bytes are kept");
	is((uintptr_t)value % 16, 0, "aligned for any type");
	ok(block && !block[0] && !block[999999], "a large block of zeroes");
	config_destroy(config);
}

static void test_large(void)
{
	const int count = 3000;
	size_t size = 0, sections;
	char *text = malloc((size_t)count * 64);

	for (int i = 0; i < count; i++)
		size += (size_t)sprintf(
			text + size, "[pump p%05d]\ndriver = rotor\nholds = water\n", i);
	size += (size_t)sprintf(text + size, "[pump p01234]\n");
	struct config *config = config_from_text("b.ini", text, size);
	const struct config_section *all = config_sections(config, &sections);
	is(sections, count, "3000 pumps");
	is_text(all[2999].name, "p02999", "the last one's name");
	ok(all[7].entries[0].key == all[2999].entries[0].key, "keys are kept once");
	is_text(errors_of(config), "b.ini:9001: [pump p01234]: found again, first at line 3703\n",
		"a duplicate among them");
	config_destroy(config);
	free(text);
}

/* -- files ------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/theca-config-XXXXXX";

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	fputs(text, file);
	fclose(file);
	chmod(name, 0644);
}

/* Loads `name`; with the errors in `want` or none. */
static struct config *load(const char *name, const char *want, const char *what)
{
	struct config *config = config_load(name);

	is_text(errors_of(config), want, "%s", what);
	return config;
}

static void refuse(const char *name, const char *want, const char *what)
{
	config_destroy(load(name, want, what));
}

static void test_includes(void)
{
	const char *const *files;
	size_t count;

	mkdir("sub", 0755);
	write_file("main.ini",
		"include = sub/a.ini\n[bench]\nname = x\ninclude = c.ini\nuntil = 1 d\n");
	write_file("sub/a.ini", "include = b.ini\n[pump a]\ndriver = rotor\n");
	write_file("sub/b.ini", "include = ../d.ini\n[drug b]\n");
	write_file("c.ini", "[pump c]\n");
	write_file("d.ini", "[pump d]\nx\n[pump c]\n[bench]\n");
	struct config *config = load("main.ini",
		"sub/../d.ini:2: found no `=`, expected `key = value`\n"
		"sub/../d.ini:3: [pump c]: found again, first at c.ini:1\n"
		"sub/../d.ini:4: [bench]: found again, first at main.ini:2\n",
		"errors name the file");
	is(config_files(config, &files), 5, "five files are read");
	is_text(files[1], "sub/a.ini", "one beside the other");
	const struct config_section *sections = config_sections(config, &count);
	is(count, 5, "their sections");
	is_text(sections[1].place.file, "sub/a.ini", "with their files");
	is(config_bench(config)->count, 2, "[bench] goes on after its include, which is no key");
	config_destroy(config);
}

static void test_refused_includes(void)
{
	write_file("loop.ini", "include = loop2.ini\n");
	write_file("loop2.ini", "\ninclude = sub/../loop.ini\n");
	refuse("loop.ini",
		"loop2.ini:2: include: found 'sub/../loop.ini': a loop, expected a file that does "
		"not "
		"include this one\n",
		"a loop");
	write_file("twice.ini", "include = c.ini\ninclude = sub/../c.ini\n");
	refuse("twice.ini", "twice.ini:2: include: found 'sub/../c.ini' again, first at line 1\n",
		"a file twice");
	write_file("sub/up.ini", "include = ../c.ini\n");
	refuse("sub/up.ini",
		"sub/up.ini:1: include: found '../c.ini': expected a file in the bench file's "
		"folder "
		"or below it\n",
		"above the bench file's folder");
	mkdir("sub2", 0755);
	write_file("sub2/x.ini", "[pump x]\n");
	write_file("sub/beside.ini", "include = ../sub2/x.ini\n");
	refuse("sub/beside.ini",
		"sub/beside.ini:1: include: found '../sub2/x.ini': expected a file in the bench "
		"file's "
		"folder or below it\n",
		"in a folder whose name only begins so");
	symlink("/etc/passwd", "out.ini");
	write_file("link.ini", "include = out.ini\n");
	refuse("link.ini",
		"link.ini:1: include: found 'out.ini': expected a file in the bench file's folder "
		"or "
		"below it\n",
		"by a link");
	write_file("root.ini", "include = /etc/passwd\ninclude =\n");
	refuse("root.ini",
		"root.ini:1: include: found '/etc/passwd': expected a path relative to this file\n"
		"root.ini:2: include: found '': expected a path relative to this file\n",
		"no relative path");
	write_file("gone.ini", "include = nothing.ini\ninclude = sub\n[bench]\nx =\n");
	refuse("gone.ini",
		"gone.ini:1: include: found 'nothing.ini': No such file or directory\n"
		"gone.ini:2: include: found 'sub': not a regular file\n"
		"gone.ini:4: [bench] x: found nothing, expected a value\n",
		"files that are none");
	chmod("c.ini", 0646);
	write_file("open.ini", "include = c.ini\n");
	refuse("open.ini",
		"open.ini:1: include: found 'c.ini': anyone may write it, expected a file that "
		"only "
		"its owner or group may write\n",
		"a file that anyone may write");
}

static void test_depth(void)
{
	char name[] = "deep0.ini", text[] = "include = deep0.ini\n[pump p0]\n";

	for (char i = '0'; i < '6'; i++) {
		name[4] = i;
		text[14] = (char)(i + 1);
		text[27] = i;
		write_file(name, text);
	}
	refuse("deep0.ini",
		"deep4.ini:1: include: found 'deep5.ini': expected includes at most 4 deep\n",
		"a fifth level");
	refuse("deep1.ini",
		"deep5.ini:1: include: found 'deep6.ini': expected includes at most 4 deep\n",
		"from the second file on there are four");
}

static void test_refused_files(void)
{
	refuse("nothing.ini",
		"nothing.ini: cannot be used: No such file or directory\n",
		"no such file");
	refuse("sub", "sub: cannot be used: not a regular file\n", "a folder");
	write_file("w.ini", "[bench]\n");
	chmod("w.ini", 0666);
	refuse("w.ini",
		"w.ini: cannot be used: anyone may write it, expected a file "
		"that "
		"only its owner or group may write\n",
		"a bench that anyone may write");
	truncate("c.ini", INI_FILE_MAX + 1);
	chmod("c.ini", 0644);
	refuse("c.ini", "c.ini: found a file that cannot be read: File too large\n", "17 MB");
}

static void remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -r -- %s", folder);
	ok(chdir("/") == 0 && system(command) == 0, "the folder is removed");
}

int main(void)
{
	test_demo();
	test_empty();
	test_wrong();
	test_refused_sections();
	test_later_errors();
	test_many_errors();
	test_keep();
	test_large();
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return 1;
	test_includes();
	test_refused_includes();
	test_depth();
	test_refused_files();
	remove_folder();
	return done_testing();
}
