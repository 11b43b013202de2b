/* SPDX-License-Identifier: Apache-2.0 */
/* Printing quantities: the half of units.h that sinks of millions of samples call. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/dimension.h"
#include "base/units.h"

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static struct units_format format_of(const struct unit *shown, unsigned decimals)
{
	uint64_t multiply = shown->divisor * powers_of_ten[decimals];
	uint64_t common = greatest_divisor(multiply, shown->base);
	uint64_t divide = shown->base / common;
	return (struct units_format){.divide = divide,
		.multiply = multiply / common,
		.reciprocal = UINT64_MAX / divide,
		.decimals = decimals,
		.offset = shown->zero != 0};
}

int units_format_init(struct units_format *format, enum theca_dimension which, const char *unit,
	unsigned decimals)
{
	struct unit shown;
	if (decimals > 9 || !dimension_unit(which, unit, &shown))
		return -EINVAL;
	*format = format_of(&shown, decimals);
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

/* Does a value of units that are no whole number of base units read as printed with these digits?
 */
static bool reads_back(const struct unit *unit, uint64_t magnitude, unsigned digits)
{
	unsigned __int128 divisor = (unsigned __int128)unit->divisor * powers_of_ten[digits];
	unsigned __int128 scaled = divide_widely(magnitude * divisor, unit->base);
	return divide_widely(scaled * unit->base, divisor) == magnitude;
}

/* Digits after the point that give the value exactly, or as exactly as it is read; 9 if none do. */
static unsigned decimals_needed(const struct unit *unit, int64_t value)
{
	__int128 above = (__int128)value - unit->zero;
	uint64_t magnitude = (uint64_t)(above < 0 ? -above : above), rest = magnitude % unit->base;
	unsigned digits = 0;
	for (; digits < 9; digits++, rest = rest * 10 % unit->base)
		if (unit->divisor == 1 ? !rest : reads_back(unit, magnitude, digits))
			break;
	return digits;
}

static size_t print_duration(int64_t value, char *out, size_t size)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	size_t length = 0;
	if (!rest)
		return (size_t)snprintf(out, size, "0 s");
	for (const struct unit *unit = dimension_of(THECA_DURATION)->units; rest; unit++) {
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
	struct unit shown;
	if (!dimension_unit(which, unit, &shown)) {
		unit = dimension_of(which)->usual;
		dimension_unit(which, unit, &shown);
	}
	unsigned digits = decimals < 0 ? decimals_needed(&shown, value) : (unsigned)decimals;
	struct units_format format = format_of(&shown, digits > 9 ? 9 : digits);
	size_t length = units_format(&format, value, out);
	if (!unit)
		unit = dimension_of(which)->usual;
	if (*unit && length < size - 1)
		out[length++] = ' ';
	size_t left = size - 1 - length, unit_length = strnlen(unit, left);
	memcpy(out + length, unit, unit_length);
	return length + unit_length;
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
