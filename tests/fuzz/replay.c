/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a corpus through a fuzz target without a fuzzer, so that every compiler's `make check` does.
 * Arguments are files and folders; without any, NAME.t takes $srcdir/tests/fuzz/corpus/NAME. One
 * TAP line an argument; what breaks the target ends the program, after a line that names the file.
 */
#include "tap.h"

#include <dirent.h>
#include <stdlib.h>

#define MOST (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The target gets memory of exactly that size, so that a sanitizer sees it read beyond. */
static bool replay_file(const char *path)
{
	static uint8_t buffer[MOST];
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	size_t size = fread(buffer, 1, sizeof buffer, file);
	bool failed = ferror(file);
	fclose(file);
	if (failed)
		return false;
	printf("# %s\n", path);
	fflush(stdout);
	uint8_t *bytes = malloc(size ? size : 1);
	memcpy(bytes, buffer, size);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	return true;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static unsigned replay(const char *path)
{
	char inside[4096];
	unsigned files = 0;
	struct dirent **entries;
	int count = scandir(path, &entries, is_visible, alphasort);
	if (count < 0)
		return replay_file(path);
	for (int i = 0; i < count; i++) {
		snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name);
		files += replay_file(inside);
		free(entries[i]);
	}
	free(entries);
	return files;
}

static void replay_and_tell(const char *path)
{
	unsigned files = replay(path);
	ok(files > 0, "%s: %u inputs", path, files);
}

static void replay_own(const char *program)
{
	char path[4096];
	const char *folder = getenv("srcdir"), *stroke = strrchr(program, '/');
	const char *name = stroke ? stroke + 1 : program;
	if (!strncmp(name, "lt-", 3)) /* libtool's wrapped program */
		name += 3;
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%.*s", folder ? folder : ".",
		(int)strcspn(name, "."), name);
	replay_and_tell(path);
}

int main(int count, char **arguments)
{
	for (int i = 1; i < count; i++)
		replay_and_tell(arguments[i]);
	if (count < 2)
		replay_own(arguments[0]);
	return done_testing();
}
