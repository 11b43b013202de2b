/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MT-SICS on the wire: lines of bytes to answers, requests and masses, and back. Pure; driver and
 * device side share it.
 *
 *	request   name [argument]            CR LF
 *	answer    id status [value unit]     CR LF    value right-aligned in 10 characters
 *	          id status "text" ...       CR LF
 *	          ES | ET | EL               CR LF    syntax, transmission, logical
 */
#ifndef SICS_WIRE_H
#define SICS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SICS_LINE_MAX 160 /* without CR LF; the longest answers are I-texts of about 60 */
#define SICS_ID_MAX 6
#define SICS_UNIT_MAX 6

/* -- lines ------------------------------------------------------------------------------------ */

struct sics_lines {
	size_t count;
	bool garbled;
	char bytes[SICS_LINE_MAX + 1];
};

enum sics_heard { SICS_NOTHING, SICS_LINE, SICS_GARBLED };

/* One byte more. SICS_LINE: lines->bytes is a whole line until the next call. SICS_GARBLED: a line
 * ended that was too long or had bytes that are no text. CR, LF and both end a line. */
enum sics_heard sics_add(struct sics_lines *, uint8_t byte);

/* -- masses ----------------------------------------------------------------------------------- */

/* A mass as written: 52.1873 g is digits 521873, decimals 4, `g`. */
struct sics_mass {
	int64_t digits;
	uint32_t decimals;
	char unit[SICS_UNIT_MAX];
};

/* `52.1873 g`, blanks around it allowed. 0; -EINVAL: no mass; -ERANGE: more than 18 digits. */
int sics_read_mass(const char *text, struct sics_mass *);
/* Exactly, or -EINVAL: no unit of mass, or finer than a picogram; -ERANGE. */
int sics_mass_pg(const struct sics_mass *, int64_t *mass_pg);
/* Rounded half away from zero to `decimals` of that unit. */
int sics_mass_of_pg(int64_t mass_pg, const char *unit, uint32_t decimals, struct sics_mass *);

/* -- answers ---------------------------------------------------------------------------------- */

enum sics_status {
	SICS_STABLE = 'S',
	SICS_DYNAMIC = 'D',
	SICS_DONE = 'A',
	SICS_MORE = 'B',      /* further lines follow */
	SICS_NOT_NOW = 'I',   /* also: did not become stable in time */
	SICS_WRONG = 'L',     /* parameter */
	SICS_OVER = '+',
	SICS_UNDER = '-',
	SICS_FAULT = 'E',     /* `S S Error 10b`: the balance's own error; in `text` */
	SICS_SYNTAX = 1,      /* ES, ET, EL: no id */
	SICS_TRANSMISSION = 2,
	SICS_LOGICAL = 3,
};

struct sics_answer {
	char id[SICS_ID_MAX];
	enum sics_status status;
	bool has_mass;
	struct sics_mass mass;
	char text[SICS_LINE_MAX + 1]; /* what else stood behind the status, quotes and all */
};

/* 0, or -EINVAL: no answer. */
int sics_read_answer(const char *line, struct sics_answer *);
/* A line with CR LF; `out` has room for SICS_LINE_MAX + 3. Returns its length. */
size_t sics_print_answer(const struct sics_answer *, char *out);
/* The text between the first two quotes; false: there is none. */
bool sics_quoted(const char *text, char *out, size_t size);

/* -- requests --------------------------------------------------------------------------------- */

struct sics_request {
	char name[SICS_ID_MAX];
	const char *argument; /* in the line; "" when there is none */
};

/* 0, or -EINVAL: the answer is ES. */
int sics_read_request(const char *line, struct sics_request *);

#endif
