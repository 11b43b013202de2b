/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who could change a file behind our back? Only its owner may, and that is root or the user we run
 * as; the same holds for its folder and all folders above, but that a sticky one may be open to
 * others, because there nobody can replace what is not his.
 */
#ifndef TRUST_H
#define TRUST_H

#include <stddef.h>
#include <sys/stat.h>

/* 0, or -EPERM with `why`: `may be written by its group (mode 0664)`. */
int trust_file(const struct stat *, char *why, size_t why_size);
/* The folder open as `fd`, and all above it, names from `path`, which is real and absolute. 0 or
 * -errno with `why`, which names the folder. */
int trust_folder(int fd, const char *path, char *why, size_t why_size);

#endif
