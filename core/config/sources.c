/* SPDX-License-Identifier: Apache-2.0 */
/* Which files may be read. Files are told apart by device and number, not by their names. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/sources.h"

struct source {
	dev_t device;
	ino_t number;
	size_t parent; /* who includes it; of the bench file: itself */
	unsigned depth;
	struct ini_place place; /* where it is included */
};

static int add(struct sources *sources, const char *path, struct source source)
{
	if (sources->count == sources->room) {
		size_t room = 2 * sources->room + 4;
		void *paths = reallocarray(sources->paths, room, sizeof *sources->paths);
		if (paths)
			sources->paths = paths;
		void *list = reallocarray(sources->list, room, sizeof *sources->list);
		if (list)
			sources->list = list;
		if (!paths || !list)
			return -ENOMEM;
		sources->room = room;
	}
	sources->paths[sources->count] = path;
	sources->list[sources->count++] = source;
	return 0;
}

/* The length of a path's folder with the slash at its end. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

int sources_init(struct sources *sources, struct arena *arena, const char *bench_file)
{
	size_t folder = folder_length(bench_file);
	const char *path = arena_text(arena, bench_file, strlen(bench_file));

	*sources = (struct sources){.folder = "."};
	if (folder)
		sources->folder = arena_text(arena, bench_file, folder > 1 ? folder - 1 : 1);
	if (!path || !sources->folder)
		return -ENOMEM;
	return add(sources, path, (struct source){0});
}

void sources_finish(struct sources *sources)
{
	free(sources->list);
	free(sources->paths);
	free(sources->root);
	*sources = (struct sources){0};
}

/* What is wrong with a file, or NULL. */
static const char *look_at(const char *path, struct source *source)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return strerror(errno);
	source->device = status.st_dev;
	source->number = status.st_ino;
	if (!S_ISREG(status.st_mode))
		return "not a regular file";
	if (status.st_mode & S_IWOTH)
		return "anyone may write it, expected a file that only its owner or group may "
		       "write";
	return NULL;
}

const char *sources_open(struct sources *sources)
{
	const char *wrong = look_at(sources->paths[0], &sources->list[0]);

	if (!wrong)
		sources->root = realpath(sources->folder, NULL);
	return wrong;
}

static bool is_within(const char *root, const char *path)
{
	char *resolved = realpath(path, NULL);
	size_t length = strlen(root);
	bool within = resolved && !strncmp(resolved, root, length) &&
		      (resolved[length] == '/' || !strcmp(root, "/"));

	free(resolved);
	return within;
}

/* Which source is this file already? `count` when none. */
static size_t find(const struct sources *sources, const struct source *source)
{
	size_t i = 0;

	while (i < sources->count && (sources->list[i].device != source->device ||
					     sources->list[i].number != source->number))
		i++;
	return i;
}

static bool includes(const struct sources *sources, size_t ancestor, size_t source)
{
	while (source != ancestor && source != sources->list[source].parent)
		source = sources->list[source].parent;
	return source == ancestor;
}

/* What is wrong with including this file, or NULL. */
static const char *why_not(
	const struct sources *sources, size_t from, const char *path, struct source *source)
{
	const char *wrong = look_at(path, source);

	if (wrong)
		return wrong;
	if (!is_within(sources->root, path))
		return "expected a file in the bench file's folder or below it";
	if (includes(sources, find(sources, source), from))
		return "a loop, expected a file that does not include this one";
	return NULL;
}

/* What is wrong with the name alone, or NULL. */
static const char *why_not_named(const struct sources *sources, size_t from, const char *name)
{
	if (!sources->root)
		return "expected no include in a text that is not a file";
	if (!*name || *name == '/')
		return "expected a path relative to this file";
	if (sources->list[from].depth == SOURCES_DEPTH)
		return "expected includes at most 4 deep";
	return NULL;
}

static char *beside(struct arena *arena, const char *file, const char *name)
{
	size_t folder = folder_length(file), length = strlen(name);
	char *path = arena_keep(arena, NULL, folder + length + 1, 1);

	if (path) {
		memcpy(path, file, folder);
		memcpy(path + folder, name, length);
	}
	return path;
}

int sources_include(struct sources *sources, struct arena *arena, size_t from, const char *name,
	struct ini_place place, char *why, size_t why_size)
{
	struct source source = {
		.parent = from, .depth = sources->list[from].depth + 1, .place = place};
	const char *wrong = why_not_named(sources, from, name), *path = NULL;
	char first[160];

	if (!wrong) {
		path = beside(arena, sources->paths[from], name);
		if (!path)
			return -ENOMEM;
		wrong = why_not(sources, from, path, &source);
	}
	if (wrong) {
		snprintf(why, why_size, "found '%s': %s", name, wrong);
		return -EINVAL;
	}
	size_t known = find(sources, &source);
	if (known == sources->count)
		return add(sources, path, source);
	sources_place(sources->list[known].place, place, first, sizeof first);
	snprintf(why, why_size, "found '%s' again, first at %s", name, first);
	return -EINVAL;
}

const char *sources_place(struct ini_place first, struct ini_place here, char *out, size_t size)
{
	if (first.file == here.file)
		snprintf(out, size, "line %d", first.line);
	else
		snprintf(out, size, "%s:%d", first.file, first.line);
	return out;
}
