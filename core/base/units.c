/* SPDX-License-Identifier: Apache-2.0 */
/* Reading quantities; printing them is format.c's. */
#include "base/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/dimension.h"

const char *units_usual(enum theca_dimension which)
{
	return dimension_of(which)->usual;
}

const char *units_noun(enum theca_dimension which)
{
	return dimension_of(which)->noun;
}

const char *units_example(enum theca_dimension which)
{
	return dimension_of(which)->example;
}

int units_known(enum theca_dimension which, const char *unit)
{
	struct unit found;
	bool unitless = !unit || !*unit;
	if (unitless && dimension_of(which)->units)
		return 0;
	return dimension_unit(which, unit, &found);
}

int units_muldiv(int64_t a, int64_t b, int64_t c, int64_t *result)
{
	__int128 product = (__int128)a * b;
	__int128 quotient = product / c - (product % c < 0);
	if (quotient < INT64_MIN || quotient > INT64_MAX)
		return -ERANGE;
	*result = (int64_t)quotient;
	return 0;
}

/* -- reading ---------------------------------------------------------------------------------- */

enum fault {
	FINE,
	NO_NUMBER,
	NO_UNIT,
	COMMA,
	OTHER_UNIT,
	TRAILING,
	TOO_LARGE,
	TOO_FINE,
	NEGATIVE,
	NEGATIVE_ZERO,
	TOO_COLD,
	NO_QUANTITY,
	FAULTS
};

static const struct {
	int error;
	const char *text;
} faults[FAULTS] = {
	[NO_NUMBER] = {-EINVAL, ""},
	[NO_UNIT] = {-EINVAL, "without a unit; "},
	[COMMA] = {-EINVAL, "but the decimal sign is a point; "},
	[OTHER_UNIT] = {-EINVAL, ""},
	[TRAILING] = {-EINVAL, "with text after the quantity; "},
	[TOO_LARGE] = {-ERANGE, "too large; "},
	[TOO_FINE] = {-EINVAL, "finer than can be held; "},
	[NEGATIVE] = {-EINVAL, "negative; "},
	[NEGATIVE_ZERO] = {-EINVAL, "a zero with a sign; "},
	[TOO_COLD] = {-ERANGE, "below absolute zero; "},
	[NO_QUANTITY] = {-EINVAL, ""},
};

struct figure {
	uint64_t whole, fraction; /* fraction / 10^digits */
	unsigned digits;
	bool negative, pointed;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) || c == '%';
}

static enum fault read_digits(const char *from, const char *until, uint64_t *value)
{
	for (*value = 0; from < until; from++)
		if (__builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(*value, (unsigned)(*from - '0'), value))
			return TOO_LARGE;
	return FINE;
}

static const char *past_digits(const char *text)
{
	while (is_digit(*text))
		text++;
	return text;
}

static enum fault read_fraction(const char **text, struct figure *figure)
{
	const char *from = *text, *until = past_digits(from);
	*text = until;
	if (from == until)
		return NO_NUMBER;
	while (until > from && until[-1] == '0')
		until--;
	if (until - from > MOST_DIGITS)
		return TOO_FINE;
	figure->digits = (unsigned)(until - from);
	return read_digits(from, until, &figure->fraction);
}

static enum fault read_figure(const char **text, struct figure *figure)
{
	*figure = (struct figure){.negative = **text == '-'};
	const char *from = *text + figure->negative, *until = past_digits(from);
	if (from == until)
		return NO_NUMBER;
	enum fault fault = read_digits(from, until, &figure->whole);
	*text = until;
	figure->pointed = *until == '.';
	if (!fault && figure->pointed) {
		++*text;
		fault = read_fraction(text, figure);
	}
	if (!fault && figure->negative && !figure->whole && !figure->fraction)
		fault = NEGATIVE_ZERO;
	return fault;
}

/* Exact, but for units that are no whole number of base units. */
static enum fault convert(const struct figure *figure, const struct unit *unit, int64_t *value)
{
	uint64_t tail = powers_of_ten[figure->digits];
	unsigned __int128 part = (unsigned __int128)figure->fraction * unit->base;
	unsigned __int128 sum = (unsigned __int128)figure->whole * unit->base + part / tail;
	if (unit->divisor == 1 && part % tail)
		return TOO_FINE;
	if (unit->divisor > 1)
		sum = (sum + unit->divisor / 2) / unit->divisor;
	if (sum > INT64_MAX)
		return TOO_LARGE;
	int64_t magnitude = (int64_t)sum;
	if (__builtin_add_overflow(figure->negative ? -magnitude : magnitude, unit->zero, value))
		return TOO_LARGE;
	return unit->zero && *value < 0 ? TOO_COLD : FINE;
}

/* The length of what stands where a unit should: letters, then digits and strokes too (`kg/m3`).
 * Not in durations, where a digit begins the next one (`1d12h`). */
static size_t unit_length(const char *text, const struct dimension *dimension)
{
	size_t length = 0;
	while (is_letter(text[length]) || (length && text[length] == '/') ||
		(length && is_digit(text[length]) && !dimension->compound))
		length++;
	return length;
}

static enum fault read_unit(const char **text, const struct dimension *dimension,
	char name[UNIT_NAME], struct unit *unit)
{
	const char *at = *text;
	if (*at == ',' && is_digit(at[1]))
		return COMMA;
	at += *at == ' ' || *at == '\t';
	size_t length = unit_length(at, dimension);
	*name = 0;
	if (!length)
		return NO_UNIT;
	if (!dimension_respell(at, length, name) || !dimension_find(dimension, name, strcmp, unit))
		return OTHER_UNIT;
	*text = at + length;
	return FINE;
}

/* One figure with its unit. `name` is then the unit, or what stands in its place. */
static enum fault read_one(const char **text, const struct dimension *dimension,
	char name[UNIT_NAME], struct unit *unit, int64_t *value)
{
	struct figure figure;
	enum fault fault = read_figure(text, &figure);
	if (!fault)
		fault = read_unit(text, dimension, name, unit);
	if (!fault && figure.negative && !dimension->negative && !unit->zero)
		fault = NEGATIVE;
	return fault ? fault : convert(&figure, unit, value);
}

/* The further ones of `1 d 12 h`, each smaller than the one before. What does not read as one is
 * left for the caller: the `10:00` of `45 d 10:00`. */
static enum fault read_more_durations(const char **text, struct unit unit, int64_t *value)
{
	for (;;) {
		char name[UNIT_NAME];
		struct unit next;
		int64_t more;
		const char *at = *text + (**text == ' ' || **text == '\t');
		if (read_one(&at, dimension_of(THECA_DURATION), name, &next, &more))
			return FINE;
		if (next.base >= unit.base)
			return FINE;
		if (__builtin_add_overflow(*value, more, value))
			return TOO_LARGE;
		unit = next;
		*text = at;
	}
}

static enum fault read_unitless(enum theca_dimension which, const char **text, int64_t *value)
{
	struct figure figure;
	struct unit unit;
	dimension_unit(which, NULL, &unit);
	enum fault fault = read_figure(text, &figure);
	if (fault)
		return fault;
	if (which == THECA_COUNT && (figure.negative || figure.pointed))
		return NO_NUMBER;
	if (**text == ',' && is_digit((*text)[1]))
		return COMMA;
	if (is_letter(**text) || **text == '.')
		return TRAILING;
	return convert(&figure, &unit, value);
}

static enum fault read_quantity(
	enum theca_dimension which, const char **text, char name[UNIT_NAME], int64_t *value)
{
	const struct dimension *dimension = dimension_of(which);
	struct unit unit;
	*name = 0;
	if (which == THECA_NUMBER || which == THECA_COUNT)
		return read_unitless(which, text, value);
	if (!dimension->units)
		return NO_QUANTITY;
	enum fault fault = read_one(text, dimension, name, &unit, value);
	if (!fault && dimension->compound)
		fault = read_more_durations(text, unit, value);
	return fault;
}

/* -- saying what is wrong --------------------------------------------------------------------- */

/* `a volume; ` for `5 mL` where a rate is wanted, `did you mean mL/day?; ` for `5 ml/day`. */
static void explain_unit(enum theca_dimension which, char name[UNIT_NAME], char *out, size_t size)
{
	struct unit unit;
	snprintf(out, size, "of no known unit; ");
	if (!*name)
		return;
	if (dimension_find(dimension_of(which), name, strcasecmp, &unit)) {
		snprintf(out, size, "did you mean %s?; ", name);
		return;
	}
	for (size_t i = 1; i < THECA_NUMBER; i++)
		if (dimension_find(dimension_of(i), name, strcmp, &unit)) {
			snprintf(out, size, "%s; ", dimension_of(i)->noun);
			return;
		}
}

/* The text as it may stand in a message: short, cut between characters, nothing unprintable. */
static void quote(const char *text, char *out, size_t size)
{
	size_t length = strnlen(text, size);
	bool cut = length == size;
	if (cut)
		for (length = size - 4; length && (text[length] & 0xc0) == 0x80;)
			length--;
	for (size_t i = 0; i < length; i++)
		out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	snprintf(out + length, size - length, "%s", cut ? "..." : "");
}

static int complain(enum theca_dimension which, enum fault fault, const char *text,
	char name[UNIT_NAME], char why[UNITS_WHY])
{
	char found[44], detail[40];
	const struct dimension *dimension = dimension_of(which);
	quote(text, found, sizeof found);
	if (fault == OTHER_UNIT)
		explain_unit(which, name, detail, sizeof detail);
	else
		snprintf(detail, sizeof detail, "%s", faults[fault].text);
	snprintf(why, UNITS_WHY, "found '%s', %sexpected %s%s%s", found, detail, dimension->noun,
		*dimension->example ? " such as " : "", dimension->example);
	return faults[fault].error;
}

int units_scan(enum theca_dimension which, const char *text, const char **end, int64_t *value,
	char why[UNITS_WHY])
{
	char name[UNIT_NAME];
	const char *at = text;
	int64_t read = 0;
	enum fault fault = read_quantity(which, &at, name, &read);
	if (fault)
		return why ? complain(which, fault, text, name, why) : faults[fault].error;
	*end = at;
	*value = read;
	return 0;
}

int units_parse(enum theca_dimension which, const char *text, int64_t *value, char why[UNITS_WHY])
{
	const char *end;
	int64_t read;
	char none[UNIT_NAME] = "";
	int error = units_scan(which, text, &end, &read, why);
	if (error)
		return error;
	if (*end)
		return complain(which, TRAILING, text, none, why);
	*value = read;
	return 0;
}
