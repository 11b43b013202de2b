/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text inside HTML, SVG and XML: escaped, and what these may not hold (control characters, broken
 * UTF-8) replaced by U+FFFD, so that no name from an INI file can become markup. Pure.
 */
#ifndef XML_H
#define XML_H

#include <stdio.h>

/* NULL is nothing. Good between tags and inside quoted attributes. */
void xml_text(FILE *, const char *text);
/* The same with a true minus sign where a hyphen stands before a number. */
void xml_figure(FILE *, const char *text);
/* Bytes of the well-formed UTF-8 character that starts here; 0: none does. */
unsigned xml_character(const char *text);

#endif
