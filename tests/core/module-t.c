/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader before a zoo of plugins that are wrong in one way each: small shared objects built
 * from tests/abi/zoo, and mangled copies of a whole one. Whoever is refused for what the file is
 * has run no code: the animals' constructors leave a mark in the environment.
 */
#include "plugin/elf_file.h"
#include "plugin/module.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "THECA_ZOO_RAN"

static char folder[64];
static uint8_t animal[1 << 21];

static const char *path_to(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static size_t load_animal(const char *name)
{
	char path[256];
	const char *zoo = getenv("THECA_ZOO");
	snprintf(path, sizeof path, "%s/%s.so", zoo ? zoo : "tests/abi/zoo/.libs", name);
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(animal, 1, sizeof animal, file) : 0;
	if (!file || !size) {
		printf("Bail out! no %s\n", path);
		exit(1);
	}
	fclose(file);
	return size;
}

static void save(const char *path, size_t size)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(animal, 1, size, file) != size || fclose(file) || chmod(path, 0644))
		abort();
}

/* Puts the animal into the folder, under a name. */
static void put(const char *name, const char *as)
{
	save(path_to(as), load_animal(name));
}

static void make_folder(const char *name, mode_t mode)
{
	if (mkdir(path_to(name), mode) || chmod(path_to(name), mode))
		abort();
}

static void start(void)
{
	strcpy(folder, "/tmp/theca-module-XXXXXX");
	if (!mkdtemp(folder) || chmod(folder, 0755))
		abort();
	unsetenv(MARK);
}

static void finish(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", folder);
	if (system(command))
		abort();
}

/* -- what is in order ---------------------------------------------------------------------------
 */

static void test_whole(void)
{
	char why[512] = "";
	struct theca_drug_profile profile = {.size = sizeof profile};
	start();
	put("whole", "whole.so");
	put("another", "another.so");
	struct modules *modules = modules_create(folder);
	const struct module *whole = modules_load(modules, "whole", why, sizeof why);
	if (!ok(whole, "a whole plugin loads: %s", why))
		return;
	is_text(getenv(MARK), "whole", "its code runs then");
	is_text(whole->name, "whole", "name");
	is_text(whole->path, path_to("whole.so"), "path");
	is(whole->kind, MODULE_DRUG, "kind");
	is_text(module_kind_word(whole->kind), "drug", "in a word");
	is_text(whole->plugin.version, "1.2", "version");
	ok(whole->plugin.drug == &whole->drug && whole->drug.profile, "its table is our copy");
	is(whole->drug.profile(NULL, &profile), 0, "and can be called");
	is(profile.year, 2017, "and is the plugin's");
	ok(modules_load(modules, "whole", why, sizeof why) == whole, "it is loaded once");
	/* The first one's descriptor was closed, so this one's has the same number. */
	const struct module *another = modules_load(modules, "another", why, sizeof why);
	ok(another && another->kind == MODULE_TRANSPORT, "another is not taken for it: %s", why);
	modules_destroy(modules);
	finish();
}

static void test_sizes(void)
{
	char why[512] = "";
	start();
	put("older", "older.so");
	put("newer", "newer.so");
	struct modules *modules = modules_create(folder);
	const struct module *older = modules_load(modules, "older", why, sizeof why);
	if (ok(older && older->kind == MODULE_PUMP, "a plugin with shorter tables loads: %s",
		    why)) {
		ok(older->pump.range && older->pump.set_rate, "what it has is there");
		ok(!older->pump.bolus && !older->pump.halt && !older->pump.simulation,
			"what it does not know is zero");
		ok(!older->plugin.drug && !older->plugin.procedure, "kinds too");
	}
	const struct module *newer = modules_load(modules, "newer", why, sizeof why);
	if (ok(newer && newer->kind == MODULE_INSTRUMENT, "one with longer tables too: %s", why)) {
		ok(newer->instrument.poll, "what we know is there");
		is(newer->plugin.option_size, sizeof(struct theca_option) + 16,
			"its row size is kept");
	}
	modules_destroy(modules);
	finish();
}

/* -- what is refused ----------------------------------------------------------------------------
 */

static size_t keep(size_t size)
{
	return size;
}

static size_t make_text(size_t size)
{
	memset(animal, 'x', size);
	return size;
}

static size_t make_empty(size_t size)
{
	(void)size;
	return 0;
}

static size_t make_short(size_t size)
{
	(void)size;
	return 10;
}

static size_t cut_half(size_t size)
{
	return size / 2;
}

static size_t cut_end(size_t size)
{
	return size - 1;
}

static size_t other_machine(size_t size)
{
	animal[18] ^= 0x55;
	return size;
}

static size_t other_class(size_t size)
{
	animal[4] ^= 3; /* 64 to 32 bit */
	return size;
}

static size_t other_order(size_t size)
{
	animal[5] ^= 3;
	return size;
}

static size_t program(size_t size)
{
	animal[16] = 2; /* ET_EXEC */
	return size;
}

#define NOT_ELF "not an ELF file"
#define OTHER "built for another machine"
#define CUT "cut off: "

static void test_animals(void)
{
	static const struct {
		const char *animal, *as, *want;
		size_t (*mangle)(size_t size);
		bool may_run;
	} cases[] = {
		{"whole", "whole", NOT_ELF, make_text, false},
		{"whole", "whole", NOT_ELF, make_empty, false},
		{"whole", "whole", NOT_ELF, make_short, false},
		{"whole", "whole", CUT, cut_half, false},
		{"whole", "whole", CUT "its section headers are missing", cut_end, false},
		{"whole", "whole", OTHER, other_machine, false},
		{"whole", "whole", OTHER, other_class, false},
		{"whole", "whole", OTHER, other_order, false},
		{"whole", "whole", "not a shared object", program, false},
		{"stranger", "stranger", "exports no theca_plugin_v1", keep, false},
		{"version-2", "version-2",
			"speaks version 2 of the contract, this service speaks 1", keep, false},
		{"liar", "liar", "its theca_plugin_v1 has 160 bytes and states 4096", keep, false},
		{"whole", "wrong", "calls itself 'whole', not 'wrong'", keep, true},
		{"two-kinds", "two-kinds", "is of kind drug and of kind procedure", keep, true},
		{"no-kind", "no-kind", "is of no kind", keep, true},
		{"incomplete", "incomplete", "needs range, and set_rate or refill", keep, true},
		{"sizeless", "sizeless", "its transport states a size of 0", keep, true},
		{"unresolved", "unresolved", "undefined symbol: nobody_has_this", keep, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char why[512] = "", file[64], begins[256];
		start();
		snprintf(file, sizeof file, "%s.so", cases[i].as);
		save(path_to(file), cases[i].mangle(load_animal(cases[i].animal)));
		snprintf(begins, sizeof begins, "%s: ", path_to(file));
		struct modules *modules = modules_create(folder);
		ok(!modules_load(modules, cases[i].as, why, sizeof why) &&
				strstr(why, cases[i].want),
			"%s: %s", cases[i].animal, why);
		ok(!strncmp(why, begins, strlen(begins)), "the file is named");
		ok(cases[i].may_run || !getenv(MARK), "its code %s",
			cases[i].may_run ? "had to run" : "did not run");
		modules_destroy(modules);
		finish();
	}
}

static void write_by_group(void)
{
	chmod(path_to("whole.so"), 0664);
}

static void write_by_all(void)
{
	chmod(path_to("whole.so"), 0646);
}

static void open_folder(void)
{
	chmod(folder, 0777);
}

static void make_link(void)
{
	if (rename(path_to("whole.so"), path_to("real.so")) ||
		symlink(path_to("real.so"), path_to("whole.so")))
		abort();
}

static void make_pipe(void)
{
	unlink(path_to("whole.so"));
	if (mkfifo(path_to("whole.so"), 0600))
		abort();
}

static void be_a_folder(void)
{
	unlink(path_to("whole.so"));
	make_folder("whole.so", 0755);
}

static void give_away(void)
{
	if (chown(path_to("whole.so"), 12345, 0))
		abort();
}

static void give_folder_away(void)
{
	if (chown(folder, 12345, 0))
		abort();
}

static void test_trust(void)
{
	static const struct {
		void (*spoil)(void);
		const char *want;
		bool root;
	} cases[] = {
		{write_by_group, "may be written by its group (mode 0664)", false},
		{write_by_all, "may be written by everybody (mode 0646)", false},
		{open_folder, "may be written by everybody (mode 0777)", false},
		{make_link, "a symbolic link", false},
		{make_pipe, "not a regular file", false},
		{be_a_folder, "not a regular file", false},
		{give_away, "belongs to user 12345, neither root nor us", true},
		{give_folder_away, "belongs to user 12345, neither root nor us", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char why[512] = "";
		if (cases[i].root && geteuid()) {
			ok(true, "another owner # SKIP needs root");
			continue;
		}
		start();
		put("whole", "whole.so");
		cases[i].spoil();
		struct modules *modules = modules_create(folder);
		ok(!modules_load(modules, "whole", why, sizeof why) && strstr(why, cases[i].want),
			"refused: %s", why);
		ok(!getenv(MARK), "its code did not run");
		modules_destroy(modules);
		finish();
	}
}

/* The folder above counts as well, and a sticky one does not. */
static void test_folder_above(void)
{
	char why[512] = "";
	start();
	make_folder("above", 0755);
	make_folder("above/own", 0755);
	put("whole", "above/own/whole.so");
	chmod(path_to("above"), 0775);
	struct modules *modules = modules_create(path_to("above/own"));
	ok(!modules_load(modules, "whole", why, sizeof why) &&
			strstr(why, "/above may be written by its group (mode 0775)"),
		"the folder above: %s", why);
	modules_destroy(modules);
	chmod(path_to("above"), 01777);
	modules = modules_create(path_to("above/own"));
	ok(modules_load(modules, "whole", why, sizeof why), "a sticky one is fine: %s", why);
	modules_destroy(modules);
	finish();
}

static void test_names(void)
{
	static const char *const names[] = {"", "../whole", "own/whole", "whole.so", "Whole",
		"who le", "w_hole", "a2345678901234567890123456789012x", "/etc/passwd"};
	char why[512] = "";
	start();
	put("whole", "whole.so");
	struct modules *modules = modules_create(folder);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ok(!modules_load(modules, names[i], why, sizeof why) &&
				strstr(why, "is no plugin's name"),
			"%s", why);
	ok(!modules_load(modules, "rotor", why, sizeof why) &&
			strstr(why, "no plugin rotor: there is no rotor.so in /tmp/"),
		"%s", why);
	modules_destroy(modules);
	finish();
}

/* -- the path -----------------------------------------------------------------------------------
 */

struct listing {
	char text[2048];
};

static void note(void *user, const char *name, const struct module *module, const char *why)
{
	(void)why;
	struct listing *listing = user;
	size_t length = strlen(listing->text);
	snprintf(listing->text + length, sizeof listing->text - length, "%s %s; ", name,
		module ? module_kind_word(module->kind) : "refused");
}

static void test_path(void)
{
	char why[512] = "", path[256];
	struct listing listing = {""};
	start();
	make_folder("one", 0755);
	make_folder("two", 0755);
	put("whole", "one/whole.so");
	put("stranger", "two/whole.so"); /* in the shade of the first folder's */
	put("another", "two/another.so");
	put("no-kind", "two/Odd.so");
	put("no-kind", "two/notes.txt");
	snprintf(path, sizeof path, "%s/one::%s/missing:%s/two", folder, folder, folder);
	struct modules *modules = modules_create(path);
	const struct module *module = modules_load(modules, "whole", why, sizeof why);
	ok(module && strstr(module->path, "/one/whole.so"), "the first folder that has it: %s",
		why);
	modules_list(modules, note, &listing);
	is_text(listing.text, "Odd refused; another transport; whole drug; ", "all files, by name");
	modules_destroy(modules);
	modules = modules_create("");
	ok(!modules_load(modules, "whole", why, sizeof why), "an empty path has none: %s", why);
	modules_destroy(modules);
	modules_destroy(NULL);
	finish();
}

/* -- the reader of ELF tables -------------------------------------------------------------------
 */

/* Whatever the bytes say, nothing beyond them is read; a sanitizer would tell. */
static int read_all(const uint8_t *bytes, size_t size)
{
	struct elf elf;
	struct elf_symbol symbol;
	uint8_t *exact = malloc(size ? size : 1);
	int found = 0, sum = 0;
	memcpy(exact, bytes, size);
	if (!elf_open(&elf, exact, size))
		for (uint64_t at = 0; elf_next(&elf, "theca_plugin_v", &at, &symbol); found++)
			for (size_t i = 0; symbol.data && i < symbol.size; i++)
				sum += symbol.data[i];
	free(exact);
	return found + 0 * sum;
}

static void test_mangled_elf(void)
{
	size_t size = load_animal("whole"), cuts = 0;
	uint64_t random = 1;
	is(read_all(animal, size), 1, "one symbol");
	for (size_t cut = 0; cut < size; cut += 61)
		cuts += read_all(animal, cut) != 0;
	is(cuts, 0, "none in a file that was cut off");
	for (int i = 0; i < 4000; i++) {
		uint8_t before[4];
		size_t at[4];
		for (int k = 0; k < 4; k++) {
			random = random * UINT64_C(6364136223846793005) +
				 UINT64_C(1442695040888963407);
			size_t spot = (size_t)(random >> 33);
			/* Heads at the front, section headers at the end, or anywhere. */
			at[k] = i % 3 == 0   ? spot % 800
				: i % 3 == 1 ? size - 1 - spot % 2200
					     : spot % size;
			before[k] = animal[at[k]];
			animal[at[k]] = (uint8_t)(random >> 24);
		}
		read_all(animal, size);
		for (int k = 3; k >= 0; k--)
			animal[at[k]] = before[k];
	}
	is(read_all(animal, size), 1, "4000 mangled ones were read without a fault");
}

int main(void)
{
	test_animals(); /* first: nothing has left its mark */
	test_trust();
	test_whole();
	test_sizes();
	test_folder_above();
	test_names();
	test_path();
	test_mangled_elf();
	return done_testing();
}
