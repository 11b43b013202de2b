/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a bare name to a module: find its file, look at it, load exactly that file, adopt its
 * tables. Constructors run inside dlopen(), so all that can be said without running code is said
 * before it.
 */
#include "plugin/module.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "plugin/adopt.h"
#include "plugin/elf_file.h"
#include "plugin/trust.h"

#define SYMBOL "theca_plugin_v"
#define CONTRACT_VERSION "1"

enum { WHY = 512, NAME_MAX_LENGTH = 32 };

struct folder {
	char *path; /* real and absolute; NULL: it does not exist */
	int fd;
	bool looked_at;
	char why[WHY]; /* not to be loaded from, because; "" */
};

struct modules {
	char *path;
	struct folder *folders;
	size_t folder_count;
	struct module **loaded; /* by name */
	size_t loaded_count;
};

__attribute__((format(printf, 2, 3))) static int refuse(char why[WHY], const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why, WHY, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* -- looking at a file ------------------------------------------------------------------------ */

static int check_symbol(const struct elf_symbol *symbol, char why[WHY])
{
	uint32_t size;
	if (!symbol->data || symbol->size < sizeof size)
		return refuse(why, "its " SYMBOL CONTRACT_VERSION " is not a constant struct theca_plugin");
	memcpy(&size, symbol->data, sizeof size);
	if (!adopt_size_is_good(size) || size > symbol->size)
		return refuse(why, "its " SYMBOL CONTRACT_VERSION " has %zu bytes and states %u",
			symbol->size, size);
	return 0;
}

static int check_symbols(const struct elf *elf, char why[WHY])
{
	struct elf_symbol symbol;
	const char *other = NULL;
	for (uint64_t at = 0; elf_next(elf, SYMBOL, &at, &symbol);) {
		const char *version = symbol.name + strlen(SYMBOL);
		if (!strcmp(version, CONTRACT_VERSION))
			return check_symbol(&symbol, why);
		other = version;
	}
	if (other)
		return refuse(why,
			"speaks version %.16s of the contract, this service speaks " CONTRACT_VERSION,
			other);
	return refuse(why, "exports no " SYMBOL CONTRACT_VERSION ", so it is no Theca plugin");
}

static int look_into(int fd, size_t size, char why[WHY])
{
	struct elf elf;
	if (!size)
		return refuse(why, "not an ELF file");
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return refuse(why, "%s", strerror(errno));
	const char *fault = elf_open(&elf, bytes, size);
	int error = fault ? refuse(why, "%s", fault) : check_symbols(&elf, why);
	munmap(bytes, size);
	return error;
}

static int look_at(struct folder *folder, int fd, struct stat *status, char why[WHY])
{
	if (!folder->looked_at)
		trust_folder(folder->fd, folder->path, folder->why, sizeof folder->why);
	folder->looked_at = true;
	if (*folder->why)
		return refuse(why, "%s", folder->why);
	if (fstat(fd, status))
		return refuse(why, "%s", strerror(errno));
	if (!S_ISREG(status->st_mode))
		return refuse(why, "not a regular file");
	if (trust_file(status, why, WHY))
		return -EPERM;
	return look_into(fd, (size_t)status->st_size, why);
}

/* -- loading ---------------------------------------------------------------------------------- */

/*
 * A name by which the loader opens the very file that was looked at. It takes two files of the same
 * name for one, and descriptor numbers come again; so device and inode are written into the name,
 * bit by bit: `/` is 0 and `/.` is 1, and neither leads anywhere else.
 */
static void loader_name(char name[300], int fd, const struct stat *status)
{
	uint64_t inode = status->st_ino, device = status->st_dev;
	char *at = stpcpy(name, "/proc/self/fd");
	for (int bit = 63; bit >= 0; bit--) {
		if (!((inode | device) >> bit))
			continue;
		at = stpcpy(at, inode >> bit & 1 ? "/." : "/");
		at = stpcpy(at, device >> bit & 1 ? "/." : "/");
	}
	sprintf(at, "/%d", fd);
}

/* What the loader says, without the name that it was given. */
static int refuse_by_loader(const char *name, char why[WHY])
{
	const char *text = dlerror();
	size_t length = strlen(name);
	if (!text)
		return refuse(why, "the loader refuses it");
	if (!strncmp(text, name, length) && !strncmp(text + length, ": ", 2))
		text += length + 2;
	return refuse(why, "%s", text);
}

static int load(struct module *module, int fd, const struct stat *status, char why[WHY])
{
	char name[300];
	loader_name(name, fd, status);
	void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const struct theca_plugin *theirs = handle ? dlsym(handle, SYMBOL CONTRACT_VERSION) : NULL;
	return theirs ? adopt(module, theirs, why, WHY) : refuse_by_loader(name, why);
}

static void module_destroy(struct module *module)
{
	if (module)
		free(module->path);
	free(module);
}

static struct module *module_create(const char *name, const char *folder)
{
	struct module *module = calloc(1, sizeof *module);
	if (!module)
		return NULL;
	memcpy(module->name, name, strlen(name) + 1);
	if (asprintf(&module->path, "%s/%s.so", folder, name) < 0) {
		module->path = NULL;
		module_destroy(module);
		return NULL;
	}
	return module;
}

/* -- the set ---------------------------------------------------------------------------------- */

/* Where a name stands or would stand among the loaded ones. */
static size_t place_of(const struct modules *modules, const char *name)
{
	size_t low = 0, high = modules->loaded_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(modules->loaded[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct module *find_loaded(const struct modules *modules, const char *name)
{
	size_t place = place_of(modules, name);
	if (place == modules->loaded_count || strcmp(modules->loaded[place]->name, name))
		return NULL;
	return modules->loaded[place];
}

static int keep(struct modules *modules, struct module *module)
{
	size_t count = modules->loaded_count, place = place_of(modules, module->name);
	if (!(count & (count - 1))) { /* full at each power of two */
		size_t room = count ? count * 2 : 1;
		struct module **loaded = realloc(modules->loaded, room * sizeof *loaded);
		if (!loaded)
			return -ENOMEM;
		modules->loaded = loaded;
	}
	memmove(modules->loaded + place + 1, modules->loaded + place,
		(count - place) * sizeof *modules->loaded);
	modules->loaded[place] = module;
	modules->loaded_count++;
	return 0;
}

static bool name_is_good(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return length && length <= NAME_MAX_LENGTH && !name[length];
}

/* Opens `name`.so in the first folder that has it. Returns the descriptor or -errno. */
static int open_first(struct modules *modules, const char *name, struct folder **folder)
{
	char file[NAME_MAX_LENGTH + 4];
	snprintf(file, sizeof file, "%s.so", name);
	for (size_t i = 0; i < modules->folder_count; i++) {
		*folder = &modules->folders[i];
		if ((*folder)->fd < 0)
			continue;
		/* Not to wait for whoever writes, should it be a pipe. */
		int fd = openat((*folder)->fd, file,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
		if (fd >= 0 || errno != ENOENT)
			return fd >= 0 ? fd : -errno;
	}
	return -ENOENT;
}

static const struct module *load_file(
	struct modules *modules, struct folder *folder, int fd, const char *name, char why[WHY])
{
	struct stat status;
	struct module *module = module_create(name, folder->path);
	int error = module ? look_at(folder, fd, &status, why) : refuse(why, "out of memory");
	if (!error)
		error = load(module, fd, &status, why);
	if (!error && keep(modules, module))
		error = refuse(why, "out of memory");
	if (!error)
		return module;
	module_destroy(module);
	return NULL;
}

const struct module *modules_load(
	struct modules *modules, const char *name, char *why, size_t why_size)
{
	char reason[WHY] = "";
	struct folder *folder = NULL;
	const struct module *module = find_loaded(modules, name);
	if (module)
		return module;
	if (!name_is_good(name)) {
		snprintf(why, why_size, "'%.64s' is no plugin's name: a-z, 0-9 and '-', at most %d",
			name, NAME_MAX_LENGTH);
		return NULL;
	}
	int fd = open_first(modules, name, &folder);
	if (fd == -ENOENT) {
		snprintf(why, why_size, "no plugin %s: there is no %s.so in %s", name, name,
			modules->path);
		return NULL;
	}
	if (fd >= 0) {
		module = load_file(modules, folder, fd, name, reason);
		close(fd);
	} else {
		refuse(reason, "%s", fd == -ELOOP ? "a symbolic link" : strerror(-fd));
	}
	if (!module)
		snprintf(why, why_size, "%s/%s.so: %s", folder->path, name, reason);
	return module;
}

/* A folder that is not there holds no plugins; that is no error. */
static void open_folder(struct folder *folder, const char *path)
{
	folder->path = realpath(path, NULL);
	folder->fd = folder->path ? open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

struct modules *modules_create(const char *path)
{
	struct modules *modules = calloc(1, sizeof *modules);
	size_t most = 1;
	for (const char *at = path; *at; at++)
		most += *at == ':';
	char *names = strdup(path);
	if (modules) {
		modules->path = strdup(path);
		modules->folders = calloc(most, sizeof *modules->folders);
	}
	if (!modules || !names || !modules->path || !modules->folders) {
		free(names);
		modules_destroy(modules);
		return NULL;
	}
	char *rest = names;
	for (char *name; (name = strsep(&rest, ":"));)
		if (*name)
			open_folder(&modules->folders[modules->folder_count++], name);
	free(names);
	return modules;
}

void modules_destroy(struct modules *modules)
{
	if (!modules)
		return;
	for (size_t i = 0; i < modules->folder_count; i++) {
		if (modules->folders[i].fd >= 0)
			close(modules->folders[i].fd);
		free(modules->folders[i].path);
	}
	for (size_t i = 0; i < modules->loaded_count; i++)
		module_destroy(modules->loaded[i]);
	free(modules->loaded);
	free(modules->folders);
	free(modules->path);
	free(modules);
}

/* -- listing ---------------------------------------------------------------------------------- */

struct names {
	char **names;
	size_t count;
	bool failed; /* out of memory: what is there is listed */
};

static void add_name(struct names *list, const char *name, size_t length)
{
	if (!(list->count & (list->count - 1))) {
		size_t room = list->count ? list->count * 2 : 1;
		char **names = realloc(list->names, room * sizeof *names);
		if (!names)
			return;
		list->names = names;
	}
	char *copy = strndup(name, length);
	if (copy)
		list->names[list->count++] = copy;
}

static void add_folder(struct names *list, const struct folder *folder)
{
	int fd = folder->fd < 0 ? -1 : openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory && fd >= 0)
		close(fd);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		size_t length = strlen(entry->d_name);
		if (length > 3 && !strcmp(entry->d_name + length - 3, ".so"))
			add_name(list, entry->d_name, length - 3);
	}
	if (directory)
		closedir(directory);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void modules_list(struct modules *modules,
	void (*each)(void *user, const char *name, const struct module *module, const char *why),
	void *user)
{
	struct names list = {0};
	for (size_t i = 0; i < modules->folder_count; i++)
		add_folder(&list, &modules->folders[i]);
	if (list.count)
		qsort(list.names, list.count, sizeof *list.names, by_text);
	for (size_t i = 0; i < list.count; i++) {
		char why[WHY] = "";
		if (i && !strcmp(list.names[i], list.names[i - 1]))
			continue; /* the first folder of the path has it */
		const struct module *module = modules_load(modules, list.names[i], why, sizeof why);
		each(user, list.names[i], module, module ? NULL : why);
	}
	for (size_t i = 0; i < list.count; i++)
		free(list.names[i]);
	free(list.names);
}
