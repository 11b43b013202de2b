/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times of recorded files; see scan.h. */
#include "scan.h"
#include <theca/quantity.h>

/* What is left of a field while it is read. */
struct cursor {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* -- decimals --------------------------------------------------------------------------------- */

struct decimal {
	int64_t digits; /* all digits as one number */
	int exponent;   /* times ten to this */
	bool any, too_large;
};

/* Up to 18 digits count; what follows after the point is finer than any base unit of use. */
static void take_digits(struct cursor *cursor, struct decimal *decimal, bool fraction)
{
	for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++) {
		decimal->any = true;
		if (decimal->digits < INT64_C(100000000000000000)) {
			decimal->digits = decimal->digits * 10 + (*cursor->at - '0');
			decimal->exponent -= fraction;
		} else if (!fraction) {
			decimal->too_large = true;
		}
	}
}

static bool take_exponent(struct cursor *cursor, int *exponent)
{
	if (!take(cursor, 'e') && !take(cursor, 'E'))
		return true;
	bool negative = take(cursor, '-');
	int value = 0, digits = 0;
	if (!negative)
		take(cursor, '+');
	for (; cursor->at < cursor->end && is_digit(*cursor->at) && digits < 3; digits++)
		value = value * 10 + (*cursor->at++ - '0');
	*exponent += negative ? -value : value;
	return digits > 0;
}

/* digits * unit * 10^exponent, to the nearest whole number, halves away from zero. */
static bool scale(const struct decimal *decimal, int64_t unit, int64_t *value)
{
	__int128 product = (__int128)decimal->digits * unit, half = 0;
	for (int i = 0; i < decimal->exponent && product; i++) {
		product *= 10;
		if (product > INT64_MAX)
			return false;
	}
	for (int i = decimal->exponent; i < 0 && (product || half); i++) {
		half = product % 10 >= 5;
		product /= 10;
	}
	if (product + half > INT64_MAX)
		return false;
	*value = (int64_t)(product + half);
	return true;
}

bool scan_decimal(struct field field, bool comma_too, int64_t unit, int64_t *value)
{
	struct cursor cursor = {field.bytes, field.bytes + field.length};
	struct decimal decimal = {0};
	bool negative = take(&cursor, '-');
	if (!negative)
		take(&cursor, '+');
	take_digits(&cursor, &decimal, false);
	if (take(&cursor, '.') || (comma_too && take(&cursor, ',')))
		take_digits(&cursor, &decimal, true);
	if (!decimal.any || decimal.too_large || !take_exponent(&cursor, &decimal.exponent) ||
		cursor.at != cursor.end || !scale(&decimal, unit, value))
		return false;
	if (negative)
		*value = -*value;
	return true;
}

/* -- times ------------------------------------------------------------------------------------ */

static bool take_number(struct cursor *cursor, int digits, int low, int high, int64_t *value)
{
	*value = 0;
	for (int i = 0; i < digits; i++) {
		if (cursor->at == cursor->end || !is_digit(*cursor->at))
			return false;
		*value = *value * 10 + (*cursor->at++ - '0');
	}
	return *value >= low && *value <= high;
}

/* Days since 1970-01-01 of the Gregorian calendar: years begin in March, so that the leap day is
 * the last of its year. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t from_march = (month + 9) % 12;
	year -= month <= 2;
	int64_t days = year * 365 + year / 4 - year / 100 + year / 400;
	return days + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static bool take_date(struct cursor *cursor, int64_t *days)
{
	static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year, month, day;
	if (!take_number(cursor, 4, 1970, 2199, &year) || !take(cursor, '-') ||
		!take_number(cursor, 2, 1, 12, &month) || !take(cursor, '-') ||
		!take_number(cursor, 2, 1, lengths[month - 1], &day))
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	*days = days_since_1970(year, month, day);
	return month != 2 || day < 29 || leap;
}

static bool take_fraction(struct cursor *cursor, int64_t *ns)
{
	const char *start = cursor->at;
	int64_t place = THECA_SECOND_NS / 10;
	for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++, place /= 10)
		*ns += (*cursor->at - '0') * place;
	return cursor->at > start;
}

static bool take_clock(struct cursor *cursor, int64_t *ns)
{
	int64_t hour, minute, second = 0, fraction = 0;
	if (!take_number(cursor, 2, 0, 23, &hour) || !take(cursor, ':') ||
		!take_number(cursor, 2, 0, 59, &minute))
		return false;
	if (take(cursor, ':') && !take_number(cursor, 2, 0, 59, &second))
		return false;
	if (take(cursor, '.') && !take_fraction(cursor, &fraction))
		return false;
	*ns = hour * THECA_HOUR_NS + minute * THECA_MINUTE_NS + second * THECA_SECOND_NS + fraction;
	return true;
}

static bool take_zone(struct cursor *cursor, int64_t *ahead_ns)
{
	int64_t hour, minute;
	*ahead_ns = 0;
	if (cursor->at == cursor->end || take(cursor, 'Z'))
		return true;
	bool behind = take(cursor, '-');
	if (!behind && !take(cursor, '+'))
		return false;
	if (!take_number(cursor, 2, 0, 14, &hour))
		return false;
	take(cursor, ':');
	if (!take_number(cursor, 2, 0, 59, &minute))
		return false;
	*ahead_ns = (hour * THECA_HOUR_NS + minute * THECA_MINUTE_NS) * (behind ? -1 : 1);
	return true;
}

bool scan_time(struct field field, int64_t *time_ns)
{
	struct cursor cursor = {field.bytes, field.bytes + field.length};
	int64_t days, clock_ns, ahead_ns;
	if (!take_date(&cursor, &days) || !(take(&cursor, 'T') || take(&cursor, ' ')) ||
		!take_clock(&cursor, &clock_ns) || !take_zone(&cursor, &ahead_ns) ||
		cursor.at != cursor.end)
		return false;
	*time_ns = days * THECA_DAY_NS + clock_ns - ahead_ns;
	return true;
}
