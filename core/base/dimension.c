/* SPDX-License-Identifier: Apache-2.0 */
#include "base/dimension.h"

#include <stdio.h>
#include <string.h>

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
	[0] = {"a quantity", "1", .usual = ""},
	[THECA_VOLUME] = {"a volume", "40 mL", "mL", .units = volumes},
	[THECA_RATE] = {"a rate", "0.25 mL/day", "mL/day", volumes, .per = per_day},
	[THECA_MASS] = {"a mass", "0.3 mg", "mg", .units = masses},
	[THECA_CONCENTRATION] = {"a concentration", "20 mg/mL", "mg/mL", .units = concentrations},
	[THECA_DOSE_RATE] = {"a dose rate", "6 mg/day", "mg/day", masses, per_day,
		.negative = true},
	[THECA_DURATION] = {"a duration", "15 min", "s", durations, .compound = true},
	[THECA_PRESSURE] = {"a pressure", "760 mmHg", "kPa", pressures, .negative = true},
	[THECA_TEMPERATURE] = {"a temperature", "37 degC", "degC", .units = temperatures},
	[THECA_RATIO] = {"a ratio", "14.5 %", "%", ratios, .negative = true},
	[THECA_LENGTH] = {"a length", "89 cm", "mm", .units = lengths},
	[THECA_MAGNETIC_FIELD] = {"a magnetic field", "1.5 T", "mT", .units = fields},
	[THECA_DENSITY] = {"a density", "0.998 g/mL", "g/mL", .units = densities},
	[THECA_NUMBER] = {"a number", "3.5", "", .negative = true},
	[THECA_COUNT] = {"a whole number", "4", .usual = ""},
	[THECA_CHOICE] = {"a choice", "", .usual = ""},
	[THECA_FLAG] = {"yes or no", "yes", .usual = ""},
	[THECA_TEXT] = {"a text", "", .usual = ""},
	[THECA_FILE] = {"a file", "readings.csv", .usual = ""},
	[THECA_PORT] = {"a port", "serial:/dev/ttyUSB0,9600,8N1", .usual = ""},
	[THECA_INSTANCE] = {"the name of a section", "left", .usual = ""},
};

const uint64_t powers_of_ten[MOST_DIGITS + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
	100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000};

const struct dimension *dimension_of(enum theca_dimension which)
{
	size_t known = sizeof dimensions / sizeof *dimensions;
	const struct dimension *found = &dimensions[(size_t)which < known ? (size_t)which : 0];
	return found->noun ? found : &dimensions[0];
}

static const struct {
	const char *written, *meant;
	size_t written_size, meant_size;
} spellings[] = {{"\xc2\xb5", "u", 2, 1}, {"\xce\xbc", "u", 2, 1}, {"\xc2\xb0", "deg", 2, 3},
	{"mcg", "ug", 3, 2}};

/* What `text` begins with, in our spelling; returns how many bytes of it that was. */
static size_t respell_one(const char *text, size_t length, const char **put, size_t *size)
{
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		size_t written = spellings[i].written_size;
		if (*text != *spellings[i].written || length < written ||
			memcmp(text, spellings[i].written, written))
			continue;
		*put = spellings[i].meant;
		*size = spellings[i].meant_size;
		return written;
	}
	*put = text;
	return *size = 1;
}

bool dimension_respell(const char *text, size_t length, char name[UNIT_NAME])
{
	size_t at = 0;
	while (length) {
		const char *put;
		size_t size, taken = respell_one(text, length, &put, &size);
		if (at + size >= UNIT_NAME)
			return false;
		memcpy(name + at, put, size);
		at += size;
		text += taken;
		length -= taken;
	}
	name[at] = 0;
	return true;
}

static const struct unit *find_name(
	const struct unit *units, const char *name, dimension_compare *compare)
{
	for (; units && units->name; units++)
		if (!compare(units->name, name))
			return units;
	return NULL;
}

/* `mL/day` from the tables of volumes and times; its name stays the part before the stroke. */
static const struct unit *find_quotient(const struct dimension *dimension, char name[UNIT_NAME],
	dimension_compare *compare, struct unit *into)
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
	if (compare != strcmp)
		snprintf(name, UNIT_NAME, "%s/%s", over->name, under->name);
	return into;
}

bool dimension_find(const struct dimension *dimension, char name[UNIT_NAME],
	dimension_compare *compare, struct unit *into)
{
	if (dimension->per)
		return find_quotient(dimension, name, compare, into);
	const struct unit *found = find_name(dimension->units, name, compare);
	if (!found)
		return false;
	*into = *found;
	if (compare != strcmp) /* else it is spelt so already */
		snprintf(name, UNIT_NAME, "%s", found->name);
	return true;
}

bool dimension_unit(enum theca_dimension which, const char *unit, struct unit *into)
{
	char name[UNIT_NAME];
	const struct dimension *dimension = dimension_of(which);
	if (!dimension->units) {
		*into = which == THECA_NUMBER ? number : count;
		return which == THECA_NUMBER || !unit || !*unit;
	}
	if (!unit || !*unit)
		unit = dimension->usual;
	size_t size = strlen(unit) + 1;
	if (size <= UNIT_NAME && dimension_find(dimension, memcpy(name, unit, size), strcmp, into))
		return true; /* spelt our way, as most are */
	return dimension_respell(unit, strlen(unit), name) &&
	       dimension_find(dimension, name, strcmp, into);
}
