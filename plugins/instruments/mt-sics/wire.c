/* SPDX-License-Identifier: Apache-2.0 */
/* MT-SICS: lines, masses, answers, requests. */
#include "wire.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 18
#define FIELD 10 /* characters of a weight */

/* -- lines ------------------------------------------------------------------------------------ */

static enum sics_heard end_line(struct sics_lines *lines)
{
	bool garbled = lines->garbled;
	bool empty = lines->count == 0; /* LF behind CR, or a client's bare newline */
	lines->bytes[lines->count] = '\0';
	lines->count = 0;
	lines->garbled = false;
	if (garbled)
		return SICS_GARBLED;
	return empty ? SICS_NOTHING : SICS_LINE;
}

enum sics_heard sics_add(struct sics_lines *lines, uint8_t byte)
{
	if (byte == '\r' || byte == '\n')
		return end_line(lines);
	if (lines->count == SICS_LINE_MAX || byte < ' ' || byte > '~')
		lines->garbled = true;
	else
		lines->bytes[lines->count++] = (char)byte;
	return SICS_NOTHING;
}

/* -- masses ----------------------------------------------------------------------------------- */

/* Each is a whole number of picograms by definition. */
static const struct unit {
	const char *name;
	int64_t size_pg;
} units[] = {
	{"g", INT64_C(1000000000000)},
	{"mg", INT64_C(1000000000)},
	{"ug", INT64_C(1000000)},
	{"kg", INT64_C(1000000000000000)},
	{"ct", INT64_C(200000000000)},
	{"lb", INT64_C(453592370000000)},
	{"oz", INT64_C(28349523125000)},
	{"ozt", INT64_C(31103476800000)},
	{"GN", INT64_C(64798910000)},
	{"dwt", INT64_C(1555173840000)},
};

static int64_t size_of_unit_pg(const char *name)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strcmp(units[i].name, name))
			return units[i].size_pg;
	return 0;
}

static int64_t power_of_ten(uint32_t exponent)
{
	int64_t power = 1;
	while (exponent-- > 0)
		power *= 10;
	return power;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits with at most one point inside; *end is what follows. */
static int read_number(const char *text, const char **end, struct sics_mass *mass)
{
	bool negative = *text == '-', point = false;
	uint32_t count = 0;
	if (*text == '-' || *text == '+')
		text++;
	for (; is_digit(*text) || (*text == '.' && !point && count > 0); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		if (count++ == DIGITS_MAX)
			return -ERANGE;
		mass->digits = mass->digits * 10 + (*text - '0');
		mass->decimals += point;
	}
	*end = text;
	if (count == 0 || (point && mass->decimals == 0))
		return -EINVAL;
	if (negative)
		mass->digits = -mass->digits;
	return 0;
}

static bool is_unit(const char *text, size_t length)
{
	if (length == 0 || length >= SICS_UNIT_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] < '%' || text[i] == '.' || is_digit(text[i]))
			return false;
	return true;
}

int sics_read_mass(const char *text, struct sics_mass *mass)
{
	*mass = (struct sics_mass){0};
	int failure = read_number(skip_blanks(text), &text, mass);
	if (failure)
		return failure;
	if (*text != ' ')
		return -EINVAL;
	text = skip_blanks(text);
	size_t length = strcspn(text, " ");
	if (!is_unit(text, length) || *skip_blanks(text + length))
		return -EINVAL;
	memcpy(mass->unit, text, length);
	return 0;
}

int sics_mass_pg(const struct sics_mass *mass, int64_t *mass_pg)
{
	int64_t unit_pg = size_of_unit_pg(mass->unit);
	if (!unit_pg || mass->decimals > DIGITS_MAX)
		return -EINVAL;
	int64_t divisor = power_of_ten(mass->decimals);
	__int128 value = (__int128)mass->digits * unit_pg;
	if (value % divisor)
		return -EINVAL;
	value /= divisor;
	if (value > INT64_MAX || value <= INT64_MIN)
		return -ERANGE;
	*mass_pg = (int64_t)value;
	return 0;
}

int sics_mass_of_pg(int64_t mass_pg, const char *unit, uint32_t decimals, struct sics_mass *mass)
{
	int64_t unit_pg = size_of_unit_pg(unit);
	if (!unit_pg || decimals > DIGITS_MAX)
		return -EINVAL;
	__int128 value = (__int128)mass_pg * power_of_ten(decimals);
	__int128 half = mass_pg < 0 ? -(unit_pg / 2) : unit_pg / 2;
	value = (value + half) / unit_pg;
	if (value >= power_of_ten(DIGITS_MAX) || value <= -power_of_ten(DIGITS_MAX))
		return -ERANGE;
	*mass = (struct sics_mass){.digits = (int64_t)value, .decimals = decimals};
	snprintf(mass->unit, sizeof mass->unit, "%s", unit);
	return 0;
}

/* `52.1873`; room for 21. */
static void print_number(const struct sics_mass *mass, char *out, size_t size)
{
	int64_t divisor = power_of_ten(mass->decimals);
	uint64_t digits = mass->digits < 0 ? -(uint64_t)mass->digits : (uint64_t)mass->digits;
	int length = snprintf(out, size, "%s%llu", mass->digits < 0 ? "-" : "",
		(unsigned long long)(digits / (uint64_t)divisor));
	if (mass->decimals)
		snprintf(out + length, size - (size_t)length, ".%0*llu", (int)mass->decimals,
			(unsigned long long)(digits % (uint64_t)divisor));
}

/* -- answers ---------------------------------------------------------------------------------- */

static const struct {
	const char *line;
	enum sics_status status;
} errors[] = {
	{"ES", SICS_SYNTAX},
	{"ET", SICS_TRANSMISSION},
	{"EL", SICS_LOGICAL},
};

static bool read_error(const char *line, struct sics_answer *answer)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (strcmp(line, errors[i].line))
			continue;
		answer->status = errors[i].status;
		return true;
	}
	return false;
}

/* Names of commands and ids of answers: `@`, `S`, `I4`, `TAC`. */
static size_t read_name(const char *text, char name[SICS_ID_MAX])
{
	size_t length = 0;
	while ((text[length] >= 'A' && text[length] <= 'Z') || is_digit(text[length]) ||
		text[length] == '@')
		length++;
	if (length == 0 || length >= SICS_ID_MAX || (text[length] && text[length] != ' '))
		return 0;
	memcpy(name, text, length);
	return length;
}

static void trim(char *text)
{
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
}

int sics_read_answer(const char *line, struct sics_answer *answer)
{
	*answer = (struct sics_answer){0};
	if (read_error(line, answer))
		return 0;
	size_t length = read_name(line, answer->id);
	if (!length || line[length] != ' ' || !line[length + 1] ||
		!strchr("SDABIL+-", line[length + 1]))
		return -EINVAL;
	answer->status = (enum sics_status)line[length + 1];
	const char *rest = line + length + 2;
	if (*rest && *rest != ' ')
		return -EINVAL;
	rest = skip_blanks(rest);
	answer->has_mass = sics_read_mass(rest, &answer->mass) == 0;
	if (answer->has_mass)
		return 0;
	answer->mass = (struct sics_mass){0};
	snprintf(answer->text, sizeof answer->text, "%.*s", SICS_LINE_MAX, rest);
	trim(answer->text);
	if (!strncmp(rest, "Error", 5))
		answer->status = SICS_FAULT;
	return 0;
}

size_t sics_print_answer(const struct sics_answer *answer, char *out)
{
	const size_t size = SICS_LINE_MAX + 3;
	char number[32], rest[SICS_LINE_MAX + 1] = "";
	if (answer->status == SICS_SYNTAX || answer->status == SICS_TRANSMISSION ||
		answer->status == SICS_LOGICAL)
		return (size_t)snprintf(out, size, "%s\r\n", errors[answer->status - 1].line);
	if (answer->has_mass) {
		print_number(&answer->mass, number, sizeof number);
		snprintf(rest, sizeof rest, " %*s %s", FIELD, number, answer->mass.unit);
	} else if (*answer->text) {
		snprintf(rest, sizeof rest, " %.*s", SICS_LINE_MAX - 1, answer->text);
	}
	char status = answer->status == SICS_FAULT ? 'S' : (char)answer->status;
	int length = snprintf(out, size, "%s %c%.*s\r\n", answer->id, status,
		SICS_LINE_MAX - 2 - (int)strlen(answer->id), rest);
	return (size_t)length;
}

bool sics_quoted(const char *text, char *out, size_t size)
{
	const char *start = strchr(text, '"');
	const char *end = start ? strchr(start + 1, '"') : NULL;
	if (!end)
		return false;
	snprintf(out, size, "%.*s", (int)(end - start - 1), start + 1);
	return true;
}

/* -- requests --------------------------------------------------------------------------------- */

int sics_read_request(const char *line, struct sics_request *request)
{
	*request = (struct sics_request){0};
	size_t length = read_name(line, request->name);
	if (!length)
		return -EINVAL;
	request->argument = line + length;
	if (!*request->argument)
		return 0;
	request->argument++; /* exactly one blank parts the name from the rest */
	return *request->argument && *request->argument != ' ' ? 0 : -EINVAL;
}
