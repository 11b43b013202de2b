/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people, to stderr: `thecad: warning: left: ...`. Never to stdout, never to the journal. */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>

/* Levels are enum theca_level; lines above `level` are not written. Colour only on a terminal and
 * without NO_COLOR. */
void log_init(const char *program, int level);
int log_level(void);
__attribute__((format(printf, 2, 3))) void log_line(int level, const char *format, ...);
/* A line that overwrites itself on a terminal (progress); on a file it is written once in 10 %. */
__attribute__((format(printf, 1, 2))) void log_progress(const char *format, ...);
void log_progress_end(void);

#endif
