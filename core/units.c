/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to quantity and back. A table of dimensions points to tables of units, each a whole number
 * of base units (or, for three of pressure, a fraction); everything else follows from the tables.
 */
#include "units.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define UNIT_NAME 24   /* longest spelling that is looked at, with NUL */
#define MOST_DIGITS 18 /* after the point: no unit has a base unit finer than that */
#define ICE_POINT_MK 273150

struct unit {
	const char *name;
	uint64_t base;    /* base units in `divisor` of it */
	uint64_t divisor; /* 1, or more where the unit is no whole number of base units */
	int64_t zero;     /* where its zero lies, in base units */
};

struct dimension {
	const char *noun, *example, *usual;
	const struct unit *units;
	const struct unit *per; /* time units: then each unit is `UNIT/PER` */
	bool negative;          /* may have a sign */
};

static const struct unit volumes[] = {{"pL", 1, 1, 0}, {"nL", 1000, 1, 0}, {"uL", 1000000, 1, 0},
	{"mL", 1000000000, 1, 0}, {"L", 1000000000000, 1, 0}, {0}};

static const struct unit masses[] = {{"pg", 1, 1, 0}, {"ng", 1000, 1, 0}, {"ug", 1000000, 1, 0},
	{"mg", 1000000000, 1, 0}, {"g", 1000000000000, 1, 0}, {0}};

static const struct unit per_day[] = {{"day", 1, 1, 0}, {"d", 1, 1, 0}, {"h", 24, 1, 0},
	{"min", 1440, 1, 0}, {"s", 86400, 1, 0}, {"sec", 86400, 1, 0}, {0}};

static const struct unit concentrations[] = {{"mg/mL", 1000000, 1, 0}, {"ug/mL", 1000, 1, 0},
	{"ng/mL", 1, 1, 0}, {"g/mL", 1000000000, 1, 0}, {"g/L", 1000000, 1, 0},
	{"mg/L", 1000, 1, 0}, {"ug/L", 1, 1, 0}, {"mg/uL", 1000000000, 1, 0},
	{"ug/uL", 1000000, 1, 0}, {"ng/uL", 1000, 1, 0}, {"pg/uL", 1, 1, 0}, {0}};

/* The first seven, largest first, are those that a duration is printed in. */
static const struct unit durations[] = {{"d", THECA_DAY_NS, 1, 0}, {"h", THECA_HOUR_NS, 1, 0},
	{"min", THECA_MINUTE_NS, 1, 0}, {"s", THECA_SECOND_NS, 1, 0}, {"ms", 1000000, 1, 0},
	{"us", 1000, 1, 0}, {"ns", 1, 1, 0}, {"day", THECA_DAY_NS, 1, 0},
	{"days", THECA_DAY_NS, 1, 0}, {"week", 7 * THECA_DAY_NS, 1, 0},
	{"weeks", 7 * THECA_DAY_NS, 1, 0}, {0}};

/* Conventional values: ISO 80000-4 (mmHg, cmH2O at standard gravity), NIST SP 811 (psi). */
static const struct unit pressures[] = {{"Pa", 1, 1, 0}, {"hPa", 100, 1, 0}, {"kPa", 1000, 1, 0},
	{"mbar", 100, 1, 0}, {"bar", 100000, 1, 0}, {"mmHg", 133322387415, 1000000000, 0},
	{"psi", 6894757293168, 1000000000, 0}, {"cmH2O", 980665, 10000, 0}, {0}};

static const struct unit temperatures[] = {
	{"degC", 1000, 1, ICE_POINT_MK}, {"K", 1000, 1, 0}, {"mK", 1, 1, 0}, {0}};

static const struct unit ratios[] = {{"%", 10000, 1, 0}, {"ppm", 1, 1, 0}, {0}};

static const struct unit lengths[] = {
	{"um", 1, 1, 0}, {"mm", 1000, 1, 0}, {"cm", 10000, 1, 0}, {"m", 1000000, 1, 0}, {0}};

static const struct unit fields[] = {
	{"uT", 1, 1, 0}, {"mT", 1000, 1, 0}, {"T", 1000000, 1, 0}, {0}};

static const struct unit densities[] = {{"g/mL", 1000000, 1, 0}, {"mg/mL", 1000, 1, 0},
	{"ug/mL", 1, 1, 0}, {"kg/m3", 1000, 1, 0}, {0}};

/* Without units of their own; a signal may name any for its numbers. */
static const struct unit number = {"", 1000000, 1, 0};
static const struct unit count = {"", 1, 1, 0};

static const struct dimension dimensions[] = {
	[0] = {"a quantity", "1", "", NULL, NULL, false},
	[THECA_VOLUME] = {"a volume", "40 mL", "mL", volumes, NULL, false},
	[THECA_RATE] = {"a rate", "0.25 mL/day", "mL/day", volumes, per_day, false},
	[THECA_MASS] = {"a mass", "0.3 mg", "mg", masses, NULL, false},
	[THECA_CONCENTRATION] = {"a concentration", "20 mg/mL", "mg/mL", concentrations, NULL,
		false},
	[THECA_DOSE_RATE] = {"a dose rate", "6 mg/day", "mg/day", masses, per_day, true},
	[THECA_DURATION] = {"a duration", "15 min", "s", durations, NULL, false},
	[THECA_PRESSURE] = {"a pressure", "760 mmHg", "kPa", pressures, NULL, true},
	[THECA_TEMPERATURE] = {"a temperature", "37 degC", "degC", temperatures, NULL, false},
	[THECA_RATIO] = {"a ratio", "14.5 %", "%", ratios, NULL, true},
	[THECA_LENGTH] = {"a length", "89 cm", "mm", lengths, NULL, false},
	[THECA_MAGNETIC_FIELD] = {"a magnetic field", "1.5 T", "mT", fields, NULL, false},
	[THECA_DENSITY] = {"a density", "0.998 g/mL", "g/mL", densities, NULL, false},
	[THECA_NUMBER] = {"a number", "3.5", "", NULL, NULL, true},
	[THECA_COUNT] = {"a whole number", "4", "", NULL, NULL, false},
	[THECA_CHOICE] = {"a choice", "", "", NULL, NULL, false},
	[THECA_FLAG] = {"yes or no", "yes", "", NULL, NULL, false},
	[THECA_TEXT] = {"a text", "", "", NULL, NULL, false},
	[THECA_FILE] = {"a file", "readings.csv", "", NULL, NULL, false},
	[THECA_PORT] = {"a port", "serial:/dev/ttyUSB0,9600,8N1", "", NULL, NULL, false},
	[THECA_INSTANCE] = {"the name of a section", "left", "", NULL, NULL, false},
};

static const uint64_t powers_of_ten[MOST_DIGITS + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000};

static const struct dimension *dimension_of(enum theca_dimension which)
{
	size_t known = sizeof dimensions / sizeof *dimensions;
	const struct dimension *found = &dimensions[(size_t)which < known ? (size_t)which : 0];
	return found->noun ? found : &dimensions[0];
}

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

/* -- finding units ---------------------------------------------------------------------------- */

static const struct {
	const char *written, *meant;
} spellings[] = {{"\xc2\xb5", "u"}, {"\xce\xbc", "u"}, {"\xc2\xb0", "deg"}, {"mcg", "ug"}};

/* The one spelling that the tables know: `µL` is `uL`, `°C` is `degC`. false: too long for a unit.
 */
static bool respell(const char *text, size_t length, char name[UNIT_NAME])
{
	size_t at = 0;
	for (size_t i = 0; i < length;) {
		size_t taken = 1;
		const char *put = text + i;
		size_t size = 1;
		for (size_t k = 0; k < sizeof spellings / sizeof *spellings; k++) {
			size_t written = strlen(spellings[k].written);
			if (length - i < written || memcmp(text + i, spellings[k].written, written))
				continue;
			taken = written;
			put = spellings[k].meant;
			size = strlen(put);
		}
		if (at + size >= UNIT_NAME)
			return false;
		memcpy(name + at, put, size);
		at += size;
		i += taken;
	}
	name[at] = 0;
	return true;
}

typedef int compare_names(const char *, const char *);

static const struct unit *find_name(
	const struct unit *units, const char *name, compare_names *compare)
{
	for (; units && units->name; units++)
		if (!compare(units->name, name))
			return units;
	return NULL;
}

/* `mL/day` from the tables of volumes and times; its name stays the part before the stroke. */
static const struct unit *find_quotient(const struct dimension *dimension, char name[UNIT_NAME],
	compare_names *compare, struct unit *into)
{
	char *stroke = strchr(name, '/');
	if (!stroke)
		return NULL;
	*stroke = 0;
	const struct unit *over = find_name(dimension->units, name, compare);
	const struct unit *under = find_name(dimension->per, stroke + 1, compare);
	*stroke = '/';
	if (!over || !under)
		return NULL;
	*into = (struct unit){over->name, over->base * under->base, 1, 0};
	snprintf(name, UNIT_NAME, "%s/%s", over->name, under->name);
	return into;
}

/* Looks `name` (respelled) up; on success it is the table's own spelling afterwards. */
static bool find_unit(const struct dimension *dimension, char name[UNIT_NAME],
	compare_names *compare, struct unit *into)
{
	if (dimension->per)
		return find_quotient(dimension, name, compare, into);
	const struct unit *found = find_name(dimension->units, name, compare);
	if (!found)
		return false;
	*into = *found;
	snprintf(name, UNIT_NAME, "%s", found->name);
	return true;
}

/* The unit that something is printed in; NULL or "": the usual one. */
static bool printing_unit(enum theca_dimension which, const char *unit, struct unit *into)
{
	char name[UNIT_NAME];
	const struct dimension *dimension = dimension_of(which);
	if (!dimension->units) {
		*into = which == THECA_NUMBER ? number : count;
		return which == THECA_NUMBER || !unit || !*unit;
	}
	if (!unit || !*unit)
		unit = dimension->usual;
	return respell(unit, strlen(unit), name) && find_unit(dimension, name, strcmp, into);
}

int units_known(enum theca_dimension which, const char *unit)
{
	struct unit found;
	bool unitless = !unit || !*unit;
	if (unitless && dimension_of(which)->units)
		return 0;
	return printing_unit(which, unit, &found);
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
		(length && is_digit(text[length]) && dimension->units != durations))
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
	if (!respell(at, length, name) || !find_unit(dimension, name, strcmp, unit))
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
		if (read_one(&at, &dimensions[THECA_DURATION], name, &next, &more))
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
	enum fault fault = read_figure(text, &figure);
	if (fault)
		return fault;
	if (which == THECA_COUNT && (figure.negative || figure.pointed))
		return NO_NUMBER;
	if (**text == ',' && is_digit((*text)[1]))
		return COMMA;
	if (is_letter(**text) || **text == '.')
		return TRAILING;
	return convert(&figure, which == THECA_NUMBER ? &number : &count, value);
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
	if (!fault && which == THECA_DURATION)
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
	if (find_unit(dimension_of(which), name, strcasecmp, &unit)) {
		snprintf(out, size, "did you mean %s?; ", name);
		return;
	}
	for (size_t i = 1; i < THECA_NUMBER; i++)
		if (find_unit(&dimensions[i], name, strcmp, &unit)) {
			snprintf(out, size, "%s; ", dimensions[i].noun);
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
		return complain(which, fault, text, name, why);
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

/* -- printing --------------------------------------------------------------------------------- */

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

int units_format_init(struct units_format *format, enum theca_dimension which, const char *unit,
	unsigned decimals)
{
	struct unit shown;
	if (decimals > 9 || !printing_unit(which, unit, &shown))
		return -EINVAL;
	uint64_t multiply = shown.divisor * powers_of_ten[decimals];
	uint64_t common = greatest_divisor(multiply, shown.base);
	uint64_t divide = shown.base / common;
	*format = (struct units_format){.divide = divide,
		.multiply = multiply / common,
		.reciprocal = UINT64_MAX / divide,
		.decimals = decimals,
		.offset = shown.zero != 0};
	return 0;
}

/* a / b rounded half up, for what 64 bits do not hold. */
static unsigned __int128 divide_widely(unsigned __int128 a, unsigned __int128 b)
{
	return a / b + (a % b >= b - b / 2);
}

/* numerator / divide, rounded half up, by one multiplication: the estimate from the reciprocal is
 * at most two too small. */
static uint64_t divide_quickly(const struct units_format *format, uint64_t numerator)
{
	uint64_t divide = format->divide;
	uint64_t whole = (uint64_t)(((unsigned __int128)numerator * format->reciprocal) >> 64);
	uint64_t rest = numerator - whole * divide;
	while (rest >= divide) {
		rest -= divide;
		whole++;
	}
	return whole + (rest >= divide - divide / 2);
}

/* In units of 10^-decimals; what does not fit in 64 bits then is given up to whole units. */
static uint64_t scale(const struct units_format *format, uint64_t magnitude, uint32_t *decimals)
{
	uint64_t numerator;
	*decimals = format->decimals;
	if (!__builtin_mul_overflow(magnitude, format->multiply, &numerator))
		return divide_quickly(format, numerator);
	unsigned __int128 wide = (unsigned __int128)magnitude * format->multiply;
	unsigned __int128 scaled = divide_widely(wide, format->divide);
	if (scaled <= UINT64_MAX)
		return (uint64_t)scaled;
	uint64_t tens = powers_of_ten[format->decimals];
	*decimals = 0;
	return (uint64_t)divide_widely(wide, (unsigned __int128)format->divide * tens);
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

static size_t put_decimal(uint64_t scaled, uint32_t decimals, char *out)
{
	char digits[24], *const end = digits + sizeof digits, *from = end;
	for (; scaled >= 100; scaled /= 100)
		memcpy(from -= 2, pairs + 2 * (scaled % 100), 2);
	if (scaled >= 10)
		memcpy(from -= 2, pairs + 2 * scaled, 2);
	else
		*--from = (char)('0' + scaled);
	while ((size_t)(end - from) <= decimals)
		*--from = '0';
	size_t whole = (size_t)(end - from) - decimals;
	memcpy(out, from, whole);
	if (!decimals)
		return whole;
	out[whole] = '.';
	memcpy(out + whole + 1, from + whole, decimals);
	return whole + 1 + decimals;
}

size_t units_format(const struct units_format *format, int64_t value, char *out)
{
	uint32_t decimals;
	if (format->offset && __builtin_sub_overflow(value, ICE_POINT_MK, &value))
		value = INT64_MIN;
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t scaled = scale(format, magnitude, &decimals);
	bool sign = value < 0 && scaled; /* no `-0.00` */
	*out = '-';
	return sign + put_decimal(scaled, decimals, out + sign);
}

/* Digits after the point that give the value exactly, or as exactly as it is read; 9 if none do. */
static unsigned decimals_needed(const struct unit *unit, int64_t value)
{
	uint64_t base = unit->base, divisor = unit->divisor;
	__int128 above = (__int128)value - unit->zero;
	uint64_t magnitude = (uint64_t)(above < 0 ? -above : above), rest = magnitude % base;
	for (unsigned digits = 0; digits < 9; digits++) {
		if (divisor == 1 ? !rest
				 : divide_widely(
					   divide_widely((unsigned __int128)magnitude * divisor *
								 powers_of_ten[digits],
						   base) *
						   base,
					   (unsigned __int128)divisor * powers_of_ten[digits]) ==
					   magnitude)
			return digits;
		rest = rest * 10 % base;
	}
	return 9;
}

static size_t print_duration(int64_t value, char *out, size_t size)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	size_t length = 0;
	if (!rest)
		return (size_t)snprintf(out, size, "0 s");
	for (const struct unit *unit = durations; rest; unit++) {
		if (rest < unit->base)
			continue;
		length += (size_t)snprintf(out + length, size - length, "%s%llu %s",
			length      ? " "
			: value < 0 ? "-"
				    : "",
			(unsigned long long)(rest / unit->base), unit->name);
		rest %= unit->base;
	}
	return length;
}

static size_t print_in_unit(enum theca_dimension which, int64_t value, const char *unit,
	int decimals, char *out, size_t size)
{
	struct units_format format;
	struct unit shown;
	if (!printing_unit(which, unit, &shown)) {
		unit = dimension_of(which)->usual;
		printing_unit(which, unit, &shown);
	}
	unsigned digits = decimals < 0 ? decimals_needed(&shown, value) : (unsigned)decimals;
	units_format_init(&format, which, unit, digits > 9 ? 9 : digits);
	size_t length = units_format(&format, value, out);
	if (!unit)
		unit = dimension_of(which)->usual;
	length += (size_t)snprintf(out + length, size - length, "%s%s", *unit ? " " : "", unit);
	return length < size ? length : size - 1;
}

size_t units_print(enum theca_dimension which, int64_t value, const char *unit, int decimals,
	char *out, size_t size)
{
	char text[64];
	size_t length = which == THECA_DURATION && !unit
				? print_duration(value, text, sizeof text)
				: print_in_unit(which, value, unit, decimals, text, sizeof text);
	if (!size)
		return 0;
	if (length >= size)
		length = size - 1;
	memcpy(out, text, length);
	out[length] = 0;
	return length;
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
