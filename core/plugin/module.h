/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding, probing and loading plugin files. A file is looked at before its code runs: a regular
 * file under a bare name in the plugin path, writable by nobody but its owner (root or us), nor any
 * folder above it unless sticky; an ELF shared object of this machine that exports theca_plugin_v1.
 * What was looked at is what is loaded. Never closed.
 */
#ifndef MODULE_H
#define MODULE_H

#include "plugin/adopt.h"

struct modules;

/* `path`: folders, `:` between. NULL: out of memory. */
struct modules *modules_create(const char *path);
void modules_destroy(struct modules *);
/* The module of that name, loaded once. NULL with `why`: what is wrong with which file. */
const struct module *modules_load(struct modules *, const char *name, char *why, size_t why_size);
/* Calls `each` for every plugin file in the path, loaded (module) or not (why). */
void modules_list(struct modules *, void (*each)(void *user, const char *name, const struct module *,
	const char *why), void *user);

#endif
