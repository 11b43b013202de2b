/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results to paper: a self-contained HTML file with SVG drawings, a summary for the terminal, TAP 13
 * with YAML diagnostics, JUnit XML. The same results give the same bytes. Each writer returns a
 * malloc'ed text of *size bytes, or NULL.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stddef.h>
#include <stdio.h>
#include "report/results.h"

char *report_html(const struct results *, size_t *size);
char *report_tap(const struct results *, size_t *size);
char *report_junit(const struct results *, size_t *size);
/* `columns` of the terminal; `color`: with ANSI colours. */
char *report_summary(const struct results *, int columns, bool color, size_t *size);

/* A text from whoever writes it to a stream. */
char *report_write(const struct results *, void (*write)(FILE *, const struct results *), size_t *size);

#endif
