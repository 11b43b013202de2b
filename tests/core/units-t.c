/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities as text: what is read, what is refused and why, and that printing is exact. */
#include "tap.h"
#include "base/units.h"

#include <errno.h>

static const struct {
	enum theca_dimension dimension;
	const char *text;
	int64_t value;
} accepted[] = {
	{THECA_RATE, "0.25 mL/day", 250000000},
	{THECA_RATE, "0.25mL/d", 250000000},
	{THECA_RATE, "12.5 uL/h", 300000000},
	{THECA_RATE, "12.5 \xc2\xb5L/h", 300000000},
	{THECA_RATE, "12.5 \xce\xbcL/h", 300000000},
	{THECA_RATE, "1 nL/min", 1440000},
	{THECA_RATE, "1 pL/s", 86400},
	{THECA_RATE, "1 L/sec", 86400000000000000},
	{THECA_RATE, "0 mL/day", 0},
	{THECA_VOLUME, "40 mL", 40000000000},
	{THECA_VOLUME, "0.000000000001 L", 1},
	{THECA_VOLUME, "1.00000000000000000000000000000 pL", 1},
	{THECA_VOLUME, "9223372036854775807 pL", INT64_MAX},
	{THECA_VOLUME, "007\tmL", 7000000000},
	{THECA_MASS, "0.3 mg", 300000000},
	{THECA_MASS, "100 mcg", 100000000},
	{THECA_MASS, "1 g", 1000000000000},
	{THECA_CONCENTRATION, "20 mg/mL", 20000000},
	{THECA_CONCENTRATION, "20 g/L", 20000000},
	{THECA_CONCENTRATION, "500 mcg/mL", 500000},
	{THECA_CONCENTRATION, "500 \xc2\xb5g/mL", 500000},
	{THECA_CONCENTRATION, "20 ug/uL", 20000000},
	{THECA_CONCENTRATION, "7 pg/uL", 7},
	{THECA_DOSE_RATE, "6 mg/day", 6000000000},
	{THECA_DOSE_RATE, "-1 ug/min", -1440000000},
	{THECA_DURATION, "1 d 12 h", 36 * THECA_HOUR_NS},
	{THECA_DURATION, "1d12h", 36 * THECA_HOUR_NS},
	{THECA_DURATION, "1 day 2 h 3 min 4 s 5 ms 6 us 7 ns", 93784005006007},
	{THECA_DURATION, "180 days", 180 * THECA_DAY_NS},
	{THECA_DURATION, "2 weeks", 14 * THECA_DAY_NS},
	{THECA_DURATION, "1.5 h", 90 * THECA_MINUTE_NS},
	{THECA_DURATION, "20 \xc2\xb5s", 20000},
	{THECA_PRESSURE, "760 mmHg", 101325},
	{THECA_PRESSURE, "-10 mmHg", -1333},
	{THECA_PRESSURE, "1013.25 hPa", 101325},
	{THECA_PRESSURE, "1013.25 mbar", 101325},
	{THECA_PRESSURE, "1 bar", 100000},
	{THECA_PRESSURE, "10 psi", 68948},
	{THECA_PRESSURE, "10 cmH2O", 981},
	{THECA_TEMPERATURE, "37 degC", 310150},
	{THECA_TEMPERATURE, "37 \xc2\xb0\x43", 310150},
	{THECA_TEMPERATURE, "-10.5 degC", 262650},
	{THECA_TEMPERATURE, "-273.15 degC", 0},
	{THECA_TEMPERATURE, "310.15 K", 310150},
	{THECA_RATIO, "14.5 %", 145000},
	{THECA_RATIO, "14.5%", 145000},
	{THECA_RATIO, "-3 ppm", -3},
	{THECA_LENGTH, "89 cm", 890000},
	{THECA_LENGTH, "0.53 mm", 530},
	{THECA_MAGNETIC_FIELD, "1.5 T", 1500000},
	{THECA_DENSITY, "0.99821 g/mL", 998210},
	{THECA_DENSITY, "998.21 kg/m3", 998210},
	{THECA_NUMBER, "3.5", 3500000},
	{THECA_NUMBER, "-0.000001", -1},
	{THECA_COUNT, "4", 4},
	{THECA_COUNT, "9223372036854775807", INT64_MAX},
};

static const struct {
	enum theca_dimension dimension;
	const char *text;
	int error;
	const char *why; /* a part of the reason */
} refused[] = {
	{THECA_VOLUME, "NaN", -EINVAL, "found 'NaN', expected a volume such as 40 mL"},
	{THECA_VOLUME, "nan mL", -EINVAL, "expected a volume"},
	{THECA_VOLUME, "inf", -EINVAL, "expected a volume"},
	{THECA_VOLUME, "-inf mL", -EINVAL, "expected a volume"},
	{THECA_VOLUME, "", -EINVAL, "found '', expected a volume"},
	{THECA_VOLUME, "mL", -EINVAL, "found 'mL', expected a volume"},
	{THECA_VOLUME, " 5 mL", -EINVAL, "expected a volume"},
	{THECA_VOLUME, "+5 mL", -EINVAL, "expected a volume"},
	{THECA_VOLUME, "0x10", -EINVAL, "no known unit"},
	{THECA_VOLUME, "0x10 mL", -EINVAL, "no known unit"},
	{THECA_VOLUME, "1e3", -EINVAL, "no known unit"},
	{THECA_VOLUME, "1e3 mL", -EINVAL, "no known unit"},
	{THECA_VOLUME, "1e999 mL", -EINVAL, "no known unit"},
	{THECA_MASS, "1,5 mg", -EINVAL, "decimal sign is a point; expected a mass such as 0.3 mg"},
	{THECA_VOLUME, "1'000 mL", -EINVAL, "without a unit"},
	{THECA_VOLUME, ".2 mL", -EINVAL, "found '.2 mL', expected a volume"},
	{THECA_VOLUME, "1. mL", -EINVAL, "found '1. mL', expected a volume"},
	{THECA_VOLUME, "1.2.3 mL", -EINVAL, "without a unit"},
	{THECA_VOLUME, "-0", -EINVAL, "a zero with a sign"},
	{THECA_TEMPERATURE, "-0 degC", -EINVAL, "a zero with a sign"},
	{THECA_NUMBER, "-0.0", -EINVAL, "a zero with a sign"},
	{THECA_VOLUME, "-5 mL", -EINVAL, "negative"},
	{THECA_RATE, "-5 mL/day", -EINVAL, "negative"},
	{THECA_MASS, "-5 mg", -EINVAL, "negative"},
	{THECA_CONCENTRATION, "-5 mg/mL", -EINVAL, "negative"},
	{THECA_DURATION, "-5 s", -EINVAL, "negative"},
	{THECA_TEMPERATURE, "-5 K", -EINVAL, "negative"},
	{THECA_TEMPERATURE, "-273.151 degC", -ERANGE, "below absolute zero"},
	{THECA_VOLUME, "5", -EINVAL, "found '5', without a unit; expected a volume"},
	{THECA_RATE, "5 mL", -EINVAL,
		"found '5 mL', a volume; expected a rate such as 0.25 mL/day"},
	{THECA_RATE, "6 mg/day", -EINVAL, "a dose rate; expected a rate"},
	{THECA_RATE, "6 ml/DAY", -EINVAL, "did you mean mL/day?"},
	{THECA_DURATION, "3 months", -EINVAL, "no known unit"},
	{THECA_VOLUME, "5 millilitresofthelongestkindthereis", -EINVAL, "no known unit"},
	{THECA_VOLUME, "5  mL", -EINVAL, "without a unit"},
	{THECA_VOLUME, "5 mL ", -EINVAL, "text after the quantity"},
	{THECA_VOLUME, "5 mL x", -EINVAL, "text after the quantity"},
	{THECA_VOLUME, "5 mL2", -EINVAL, "no known unit"},
	{THECA_VOLUME, "5 mL/", -EINVAL, "no known unit"},
	{THECA_RATE, "5 mL / day", -EINVAL, "a volume"},
	{THECA_DURATION, "1 d 12", -EINVAL, "text after the quantity"},
	{THECA_DURATION, "12 h 1 d", -EINVAL, "text after the quantity"},
	{THECA_DURATION, "1 h 1 h", -EINVAL, "text after the quantity"},
	{THECA_DURATION, "0.5 ns", -EINVAL, "finer"},
	{THECA_VOLUME, "0.1 pL", -EINVAL, "finer"},
	{THECA_VOLUME, "0.0000000000000000000000001 L", -EINVAL, "finer"},
	{THECA_NUMBER, "0.0000001", -EINVAL, "finer"},
	{THECA_VOLUME, "9223372036854775808 pL", -ERANGE, "too large"},
	{THECA_VOLUME, "9223372036854775807 mL", -ERANGE, "too large"},
	{THECA_RATE, "18446744073709551615 L/s", -ERANGE, "too large"},
	{THECA_VOLUME, "18446744073709551616 pL", -ERANGE, "too large"},
	{THECA_VOLUME, "99999999999999999999999999999999999999999999999999999 mL", -ERANGE,
		"found '9999999999999999999999999999999999999999...', too large"},
	{THECA_DURATION, "106751 d 10000 h", -ERANGE, "too large"},
	{THECA_TEMPERATURE, "9223372036854775.807 degC", -ERANGE, "too large"},
	{THECA_NUMBER, "3.5 rpm", -EINVAL, "text after"},
	{THECA_NUMBER, "3,5", -EINVAL, "the decimal sign"},
	{THECA_COUNT, "-4", -EINVAL, "expected a whole number such as 4"},
	{THECA_COUNT, "4.0", -EINVAL, "expected a whole number"},
	{THECA_COUNT, "4x", -EINVAL, "text after"},
	{THECA_TEXT, "5 mL", -EINVAL, "expected a text"},
	{(enum theca_dimension)99, "5 mL", -EINVAL, "expected a quantity"},
	{THECA_VOLUME, "5\n\033[2J", -EINVAL, "found '5??[2J'"},
};

static void test_reading(void)
{
	char why[UNITS_WHY];
	for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
		int64_t value = 77;
		int error = units_parse(accepted[i].dimension, accepted[i].text, &value, why);
		is(error ? error : value, accepted[i].value, "reads '%s'", accepted[i].text);
	}
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		int64_t value = 77;
		int error = units_parse(refused[i].dimension, refused[i].text, &value, why);
		bool right =
			error == refused[i].error && strstr(why, refused[i].why) && value == 77;
		if (!ok(right, "refusal %zu names the reason", i))
			printf("# '%s': %d, %s\n", refused[i].text, error, error ? why : "");
	}
}

static const struct {
	enum theca_dimension dimension;
	const char *text, *rest;
} scanned[] = {
	{THECA_DOSE_RATE, "6 mg/day of morphine", " of morphine"},
	{THECA_DURATION, "10 min, lockout 4 h", ", lockout 4 h"},
	{THECA_DURATION, "45 d 10:00, magnet", " 10:00, magnet"},
	{THECA_DURATION, "1 d 12 h of", " of"},
	{THECA_CONCENTRATION, "20 mg/mL, bupivacaine 5 mg/mL", ", bupivacaine 5 mg/mL"},
	{THECA_NUMBER, "3.5, 4", ", 4"},
	{THECA_COUNT, "4 per day", " per day"},
};

static void test_scanning(void)
{
	for (size_t i = 0; i < sizeof scanned / sizeof *scanned; i++) {
		int64_t value;
		char why[UNITS_WHY];
		const char *end = "";
		units_scan(scanned[i].dimension, scanned[i].text, &end, &value, why);
		is_text(end, scanned[i].rest, "scans '%s'", scanned[i].text);
	}
}

static const struct {
	enum theca_dimension dimension;
	int64_t value;
	const char *unit;
	int decimals;
	const char *text;
} printed[] = {
	{THECA_RATE, 250000000, NULL, -1, "0.25 mL/day"},
	{THECA_RATE, 300000000, "uL/h", -1, "12.5 uL/h"},
	{THECA_RATE, 300000000, "\xc2\xb5L/h", 2, "12.50 \xc2\xb5L/h"},
	{THECA_RATE, 1, NULL, -1, "0.000000001 mL/day"},
	{THECA_RATE, 1000, "uL/h", -1, "0.000041667 uL/h"},
	{THECA_VOLUME, 40000000000, NULL, -1, "40 mL"},
	{THECA_VOLUME, 0, NULL, -1, "0 mL"},
	{THECA_VOLUME, 0, NULL, 2, "0.00 mL"},
	{THECA_VOLUME, -5, "pL", -1, "-5 pL"},
	{THECA_VOLUME, 15, "pL", 3, "15.000 pL"},
	{THECA_VOLUME, INT64_MAX, "pL", 0, "9223372036854775807 pL"},
	{THECA_VOLUME, INT64_MIN, "pL", 0, "-9223372036854775808 pL"},
	{THECA_VOLUME, INT64_MIN, "pL", 9, "-9223372036854775808 pL"},
	{THECA_VOLUME, INT64_MAX, "mL", 9, "9223372036.854775807 mL"},
	{THECA_VOLUME, 5, "no unit", -1, "0.000000005 mL"},
	{THECA_VOLUME, 499999, "uL", 0, "0 uL"},
	{THECA_VOLUME, 500000, "uL", 0, "1 uL"},
	{THECA_VOLUME, -499999, "uL", 0, "0 uL"},
	{THECA_VOLUME, -500000, "uL", 0, "-1 uL"},
	{THECA_VOLUME, 1500000, "uL", 0, "2 uL"},
	{THECA_VOLUME, 999999999, "mL", 3, "1.000 mL"},
	{THECA_TEMPERATURE, 310150, NULL, -1, "37 degC"},
	{THECA_TEMPERATURE, 262650, NULL, 1, "-10.5 degC"},
	{THECA_TEMPERATURE, INT64_MIN, NULL, 0, "-9223372036854776 degC"},
	{THECA_TEMPERATURE, 310150, "K", 2, "310.15 K"},
	{THECA_PRESSURE, 101325, "mmHg", -1, "760 mmHg"},
	{THECA_PRESSURE, 101325, NULL, -1, "101.325 kPa"},
	{THECA_PRESSURE, 1, "psi", -1, "0.0001 psi"},
	{THECA_PRESSURE, -1333, "mmHg", 1, "-10.0 mmHg"},
	{THECA_RATIO, 145000, NULL, -1, "14.5 %"},
	{THECA_LENGTH, 890000, NULL, -1, "890 mm"},
	{THECA_DENSITY, 998210, NULL, -1, "0.99821 g/mL"},
	{THECA_NUMBER, 3500000, NULL, -1, "3.5"},
	{THECA_NUMBER, 3500000, "rpm", -1, "3.5 rpm"},
	{THECA_COUNT, 12, NULL, -1, "12"},
	{THECA_CHOICE, 2, NULL, -1, "2"},
	{THECA_DURATION, 0, NULL, -1, "0 s"},
	{THECA_DURATION, 36 * THECA_HOUR_NS, NULL, -1, "1 d 12 h"},
	{THECA_DURATION, 30 * THECA_MINUTE_NS, NULL, -1, "30 min"},
	{THECA_DURATION, 1500000000, NULL, -1, "1 s 500 ms"},
	{THECA_DURATION, 1500000000, "s", -1, "1.5 s"},
	{THECA_DURATION, INT64_MIN, NULL, -1, "-106751 d 23 h 47 min 16 s 854 ms 775 us 808 ns"},
};

static void test_printing(void)
{
	char text[64], tiny[5];
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
		size_t length = units_print(printed[i].dimension, printed[i].value, printed[i].unit,
			printed[i].decimals, text, sizeof text);
		is_text(text, printed[i].text, "prints row %zu", i);
		if (length != strlen(text))
			ok(false, "its length is %zu", length);
	}
	is(units_print(THECA_RATE, 250000000, NULL, -1, tiny, sizeof tiny), 4, "cut to the buffer");
	is_text(tiny, "0.25", "with a NUL");
}

static uint64_t random_bits(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state ^ *state >> 29;
}

/* What the fast path should give, by 128-bit arithmetic and the C library. */
static int print_slowly(int64_t value, int64_t base, unsigned decimals, char *out, size_t size)
{
	unsigned __int128 tens = 1,
			  magnitude = value < 0 ? -(unsigned __int128)value : (uint64_t)value;
	for (unsigned i = 0; i < decimals; i++)
		tens *= 10;
	uint64_t scaled =
		(uint64_t)((magnitude * tens * 2 + (uint64_t)base) / (2 * (uint64_t)base));
	const char *sign = value < 0 && scaled ? "-" : "";
	if (!decimals)
		return snprintf(out, size, "%s%" PRIu64, sign, scaled);
	return snprintf(out, size, "%s%" PRIu64 ".%0*" PRIu64, sign, scaled / (uint64_t)tens,
		(int)decimals, scaled % (uint64_t)tens);
}

static void test_fast_path(void)
{
	static const char *const units[] = {"pL", "nL", "uL", "mL", "L"};
	static const int64_t base[] = {1, 1000, 1000000, 1000000000, 1000000000000};
	uint64_t state = 1;
	unsigned wrong = 0;
	for (unsigned i = 0; i < 20000; i++) {
		struct units_format format;
		char want[40], got[40];
		int64_t value = (int64_t)random_bits(&state) >> (state >> 58);
		unsigned which = i % 5, decimals = i / 5 % (3 * which + 1) % 10;
		int length = print_slowly(value, base[which], decimals, want, sizeof want);
		units_format_init(&format, THECA_VOLUME, units[which], decimals);
		size_t size = units_format(&format, value, got);
		wrong += size != (size_t)length || memcmp(got, want, size);
	}
	is(wrong, 0, "the fast path agrees with the slow one 20000 times");
}

static void test_round_trip(void)
{
	unsigned wrong = 0;
	uint64_t state = 2;
	for (int dimension = THECA_VOLUME; dimension <= THECA_COUNT; dimension++)
		for (unsigned i = 0; i < 500; i++) {
			int64_t value = (int64_t)(random_bits(&state) >> (1 + state % 62)),
				back = -1;
			char text[64], why[UNITS_WHY];
			units_print(dimension, value, NULL, -1, text, sizeof text);
			wrong += units_parse(dimension, text, &back, why) || back != value;
		}
	is(wrong, 0, "every dimension: parse(print(x)) == x");
}

static void test_words(void)
{
	struct units_format format;
	ok(units_known(THECA_RATE, "mL/day"), "mL/day is a rate");
	ok(units_known(THECA_RATE, "\xc2\xb5L/h"), "so is \xc2\xb5L/h");
	ok(!units_known(THECA_RATE, "mL"), "mL is not");
	ok(!units_known(THECA_RATE, ""), "nor is nothing");
	ok(units_known(THECA_NUMBER, "rpm"), "a number knows any unit");
	ok(units_known(THECA_COUNT, "") && !units_known(THECA_COUNT, "mL"), "a count knows none");
	is(units_format_init(&format, THECA_RATE, "mL", 3), -EINVAL, "no format for a wrong unit");
	is(units_format_init(&format, THECA_RATE, "mL/h", 10), -EINVAL, "nor for 10 decimals");
	is_text(units_usual(THECA_COUNT), "", "counts have no unit");
	is_text(units_noun(THECA_RATE), "a rate", "the noun of a rate");
	for (int dimension = THECA_VOLUME; dimension <= THECA_COUNT; dimension++) {
		int64_t value;
		char why[UNITS_WHY];
		is(units_parse(dimension, units_example(dimension), &value, why), 0,
			"the example of %s is one", units_noun(dimension));
	}
}

static const struct {
	int64_t a, b, c, result;
	int error;
} products[] = {
	{7, 1, 2, 3, 0},
	{-7, 1, 2, -4, 0},
	{-8, 1, 2, -4, 0},
	{INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, 0},
	{INT64_MIN, 1, 1, INT64_MIN, 0},
	{INT64_MAX, 2, 1, 0, -ERANGE},
	{INT64_MIN, INT64_MAX, 1, 0, -ERANGE},
};

int main(void)
{
	test_reading();
	test_scanning();
	test_printing();
	test_fast_path();
	test_round_trip();
	test_words();
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		int64_t result = 0;
		int error = units_muldiv(products[i].a, products[i].b, products[i].c, &result);
		ok(error == products[i].error && result == products[i].result, "product %zu", i);
	}
	return done_testing();
}
