/* SPDX-License-Identifier: Apache-2.0 */
/* Files for plugins: data that they read while the bench is loaded, and new ones in the run's folder. */
#ifndef HOST_FILES_H
#define HOST_FILES_H

#include <theca/host.h>

/* As theca_load(), theca_table() and theca_create_file() say. */
int host_load(struct theca_host *, const char *file, const char **data, size_t *size);
int host_table(struct theca_host *, const char *file, const char *section, const struct theca_option *,
	size_t option_size, void *into);
int host_create_file(struct theca_host *, const char *name);

#endif
