/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs as people write them: the texts of `basal` and `patient bolus`, read, written back and
 * turned into rows of the contract. A dose is kept as it was written.
 */
#include "pump/program.h"
#include "base/reader.h"
#include "base/units.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const weekday_words[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* What a dose may be: outright, or as mass of a drug. */
struct dose_form {
	enum theca_dimension outright, of_drug;
};
static const struct dose_form basal_form = {THECA_RATE, THECA_DOSE_RATE};
static const struct dose_form bolus_form = {THECA_VOLUME, THECA_MASS};

/* -- reading doses --------------------------------------------------------------------------- */

static int read_drug(struct reader *reader, const struct mix_names *names, uint32_t *drug)
{
	char name[64];
	int error = reader_name(reader, "the name of a drug", name, sizeof name);
	if (error)
		return error;
	*drug = names->number(names->user, name);
	if (!*drug)
		return reader_complain(reader,
			"found '%s', expected a drug that has a section [drug %s]", name, name);
	return 0;
}

/* `0.25 mL/day`: the drug's name would be misleading here, as it is no dose. */
static int end_outright(struct reader *reader, const struct dose_form *form)
{
	if (!reader_word(reader, "of"))
		return 0;
	return reader_complain(reader, "found %s of a drug, expected %s such as %s, or %s alone",
		units_noun(form->outright), units_noun(form->of_drug), units_example(form->of_drug),
		units_noun(form->outright));
}

/* A number too large or too fine deserves its own words; else both forms are told. */
static int no_dose(struct reader *reader, const struct dose_form *form, int error, const char *why)
{
	if (error == -ERANGE)
		return reader_complain(reader, "%s", why);
	return reader_complain(reader,
		"found '%.40s', expected %s such as %s, or %s of a drug such as %s of morphine",
		reader_at_end(reader) ? "" : reader->at, units_noun(form->outright),
		units_example(form->outright), units_noun(form->of_drug),
		units_example(form->of_drug));
}

static int read_dose(struct reader *reader, const struct dose_form *form,
	const struct mix_names *names, struct program_dose *dose)
{
	char why[UNITS_WHY];
	const char *end;
	*dose = (struct program_dose){0};
	reader_at_end(reader); /* skips blanks */
	int error = units_scan(form->outright, reader->at, &end, &dose->amount, NULL);
	if (!error) {
		reader->at = end;
		return end_outright(reader, form);
	}
	enum theca_dimension then = error == -ERANGE ? form->outright : form->of_drug;
	error = units_scan(then, reader->at, &end, &dose->amount, why);
	if (error)
		return no_dose(reader, form, error, why);
	reader->at = end;
	if (!reader_word(reader, "of"))
		return reader_complain(reader,
			"found %s without a drug, expected for example %s of morphine",
			units_noun(form->of_drug), units_example(form->of_drug));
	return read_drug(reader, names, &dose->drug);
}

/* -- reading the basal pattern --------------------------------------------------------------- */

/* -1: the next word is no day. */
static int read_weekday(struct reader *reader)
{
	for (int i = 0; i < 7; i++)
		if (reader_word(reader, weekday_words[i]))
			return i;
	return -1;
}

static int read_weekday_range(struct reader *reader, int first, uint32_t *weekdays)
{
	int last = first;
	if (!reader_at_end(reader) && *reader->at == '-') {
		reader->at++;
		last = read_weekday(reader);
	}
	if (last < 0)
		return reader_complain(reader,
			"found '%.20s' after '%s-', expected a day, mon to sun", reader->at,
			weekday_words[first]);
	for (int day = first;; day = (day + 1) % 7) {
		*weekdays |= 1u << day;
		if (day == last)
			return 0;
	}
}

/* `on mon-fri`, `on sat sun`; without `on`, every day. */
static int read_weekdays(struct reader *reader, bool *named, uint32_t *weekdays)
{
	*named = reader_word(reader, "on");
	*weekdays = *named ? 0 : THECA_EVERY_DAY;
	if (!*named)
		return 0;
	for (;;) {
		int day = read_weekday(reader);
		if (day < 0 && *weekdays)
			return 0;
		if (day < 0)
			return reader_complain(reader,
				"found '%.20s' after 'on', expected days such as mon-fri or sat "
				"sun",
				reader->at);
		int error = read_weekday_range(reader, day, weekdays);
		if (error)
			return error;
	}
}

/* `08:00` as two numbers below their bounds; the characters are checked one by one. */
static bool time_of_day(const char *text, int64_t *from_ns)
{
	unsigned digits[4];
	if (strlen(text) != 5 || text[2] != ':')
		return false;
	for (int i = 0; i < 4; i++) {
		digits[i] = (unsigned)(text[i + (i > 1)] - '0');
		if (digits[i] > 9)
			return false;
	}
	unsigned hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
	*from_ns = hours * THECA_HOUR_NS + minutes * THECA_MINUTE_NS;
	return hours < 24 && minutes < 60;
}

static int read_from(struct reader *reader, bool optional, int64_t *from_ns)
{
	char text[24];
	*from_ns = 0;
	if (!reader_word(reader, "from")) {
		if (optional)
			return 0;
		return reader_complain(
			reader, "found '%.40s', expected 'from HH:MM' and a rate", reader->at);
	}
	int error = reader_name(reader, "a time of day such as 22:00", text, sizeof text);
	if (!error && !time_of_day(text, from_ns))
		return reader_complain(
			reader, "found '%s', expected a time of day, 00:00 to 23:59", text);
	return error;
}

static int check_overlap(
	const struct reader *reader, const struct program *program, const struct program_basal *row)
{
	for (uint32_t i = 0; i < program->basal_count; i++) {
		const struct program_basal *other = &program->basal[i];
		uint32_t both = other->weekdays & row->weekdays;
		if (other->from_ns != row->from_ns || !both)
			continue;
		return reader_complain(reader, "found two rates from %02d:%02d on %s, expected one",
			(int)(row->from_ns / THECA_HOUR_NS),
			(int)(row->from_ns / THECA_MINUTE_NS % 60),
			weekday_words[__builtin_ctz(both)]);
	}
	return 0;
}

/* Keeps the rows in order of their start. */
static int add_row(struct program *program, const struct program_basal *row)
{
	size_t size = (program->basal_count + 1) * sizeof *row;
	struct program_basal *rows = realloc(program->basal, size);
	if (!rows)
		return -ENOMEM;
	uint32_t at = program->basal_count++;
	for (; at && (rows[at - 1].from_ns > row->from_ns ||
			     (rows[at - 1].from_ns == row->from_ns &&
				     rows[at - 1].weekdays > row->weekdays));
		at--)
		rows[at] = rows[at - 1];
	rows[at] = *row;
	program->basal = rows;
	return 0;
}

static int read_row(struct reader *reader, const struct mix_names *names, struct program *program)
{
	struct program_basal row = {0};
	bool days_named;
	int error = 0;
	if (program->basal_count == PROGRAM_BASAL_MAX)
		error = reader_complain(reader, "found more than %d rates, expected at most %d",
			PROGRAM_BASAL_MAX, PROGRAM_BASAL_MAX);
	if (!error)
		error = read_weekdays(reader, &days_named, &row.weekdays);
	if (!error)
		error = read_from(reader, days_named || !program->basal_count, &row.from_ns);
	if (!error)
		error = read_dose(reader, &basal_form, names, &row.dose);
	if (!error)
		error = check_overlap(reader, program, &row);
	return error ? error : add_row(program, &row);
}

/* After a part: a comma and more (1), or the end (0). */
static int read_next(struct reader *reader)
{
	if (reader_comma(reader))
		return 1;
	if (reader_at_end(reader))
		return 0;
	return reader_complain(reader, "found '%.40s', expected a comma or the end", reader->at);
}

int program_parse_basal(struct program *program, const char *text, const struct mix_names *names,
	char *why, size_t why_size)
{
	struct reader reader = {text, why, why_size};
	struct program read = {0};
	int more;
	do {
		more = read_row(&reader, names, &read);
		if (!more)
			more = read_next(&reader);
	} while (more > 0);
	if (more < 0) {
		program_finish(&read);
		return more;
	}
	free(program->basal);
	program->basal = read.basal;
	program->basal_count = read.basal_count;
	return 0;
}

/* -- reading the patient bolus --------------------------------------------------------------- */

static int read_lockout(struct reader *reader, struct program_patient *patient)
{
	if (patient->lockout_ns)
		return reader_complain(reader, "found a second lockout, expected one");
	int error = reader_quantity(reader, THECA_DURATION, &patient->lockout_ns);
	if (!error && patient->lockout_ns <= 0)
		return reader_complain(reader, "found a lockout of 0, expected more");
	return error;
}

static int read_at_most(struct reader *reader, struct program_patient *patient)
{
	if (patient->at_most)
		return reader_complain(reader, "found a second 'at most', expected one");
	int error = reader_count(reader, "a number of boluses after 'at most'", &patient->at_most);
	if (error)
		return error;
	if (patient->at_most < 1 || patient->at_most > PROGRAM_AT_MOST)
		return reader_complain(reader, "found at most %lld boluses, expected 1 to %d",
			(long long)patient->at_most, PROGRAM_AT_MOST);
	if (reader_word(reader, "per") && reader_word(reader, "day"))
		return 0;
	return reader_complain(reader, "found '%.20s' after 'at most %d', expected 'per day'",
		reader->at, (int)patient->at_most);
}

static int read_bound(struct reader *reader, struct program_patient *patient)
{
	if (reader_word(reader, "lockout"))
		return read_lockout(reader, patient);
	if (reader_word(reader, "at") && reader_word(reader, "most"))
		return read_at_most(reader, patient);
	return reader_complain(reader,
		"found '%.40s', expected 'lockout DURATION' or 'at most NUMBER per day'",
		reader_at_end(reader) ? "" : reader->at);
}

static int check_patient(const struct reader *reader, const struct program_patient *patient)
{
	if (patient->dose.amount <= 0)
		return reader_complain(reader, "found a patient bolus of 0, expected more");
	if (!patient->lockout_ns)
		return reader_complain(
			reader, "found no lockout, expected one such as 'lockout 4 h'");
	if (!patient->at_most)
		return reader_complain(
			reader, "found no daily maximum, expected one such as 'at most 4 per day'");
	if (patient->lockout_ns < patient->duration_ns)
		return reader_complain(
			reader, "found a lockout shorter than the bolus, expected no less");
	return 0;
}

int program_parse_patient(struct program *program, const char *text, const struct mix_names *names,
	char *why, size_t why_size)
{
	struct reader reader = {text, why, why_size};
	struct program_patient patient = {0};
	int more = read_dose(&reader, &bolus_form, names, &patient.dose);
	if (!more && reader_word(&reader, "over"))
		more = reader_quantity(&reader, THECA_DURATION, &patient.duration_ns);
	if (!more)
		more = read_next(&reader);
	while (more > 0) {
		more = read_bound(&reader, &patient);
		if (!more)
			more = read_next(&reader);
	}
	if (!more)
		more = check_patient(&reader, &patient);
	if (more)
		return more;
	program->patient = patient;
	program->has_patient = 1;
	return 0;
}

/* -- writing --------------------------------------------------------------------------------- */

/* A text that grows; like snprintf, it counts on where its room ends. */
struct writer {
	char *out;
	size_t size, length;
};

__attribute__((format(printf, 2, 3))) static void put(
	struct writer *writer, const char *format, ...)
{
	size_t room = writer->length < writer->size ? writer->size - writer->length : 0;
	va_list arguments;
	va_start(arguments, format);
	writer->length += (size_t)vsnprintf(
		room ? writer->out + writer->length : NULL, room, format, arguments);
	va_end(arguments);
}

static void put_quantity(struct writer *writer, enum theca_dimension dimension, int64_t value)
{
	char text[64];
	units_print(dimension, value, NULL, -1, text, sizeof text);
	put(writer, "%s", text);
}

static void put_dose(struct writer *writer, const struct dose_form *form,
	const struct program_dose *dose, const struct mix_names *names)
{
	put_quantity(writer, dose->drug ? form->of_drug : form->outright, dose->amount);
	if (!dose->drug)
		return;
	const char *name = names->name(names->user, dose->drug);
	put(writer, " of %s", name ? name : "?");
}

static void put_start(struct writer *writer, const struct program_basal *row, bool first)
{
	if (row->weekdays != THECA_EVERY_DAY) {
		put(writer, "on ");
		for (int day = 0; day < 7; day++)
			if (row->weekdays >> day & 1)
				put(writer, "%s ", weekday_words[day]);
	}
	if (!first || row->from_ns || row->weekdays != THECA_EVERY_DAY)
		put(writer, "from %02d:%02d ", (int)(row->from_ns / THECA_HOUR_NS),
			(int)(row->from_ns / THECA_MINUTE_NS % 60));
}

static void put_patient(
	struct writer *writer, const struct program_patient *patient, const struct mix_names *names)
{
	put_dose(writer, &bolus_form, &patient->dose, names);
	if (patient->duration_ns) {
		put(writer, " over ");
		put_quantity(writer, THECA_DURATION, patient->duration_ns);
	}
	put(writer, ", lockout ");
	put_quantity(writer, THECA_DURATION, patient->lockout_ns);
	put(writer, ", at most %d per day", (int)patient->at_most);
}

size_t program_print(
	const struct program *program, const struct mix_names *names, char *out, size_t size)
{
	struct writer writer = {out, size, 0};
	if (size)
		out[0] = 0;
	for (uint32_t i = 0; i < program->basal_count; i++) {
		put(&writer, i ? ", " : "basal = ");
		put_start(&writer, &program->basal[i], !i);
		put_dose(&writer, &basal_form, &program->basal[i].dose, names);
	}
	if (program->basal_count)
		put(&writer, "\n");
	if (program->has_patient) {
		put(&writer, "patient bolus = ");
		put_patient(&writer, &program->patient, names);
		put(&writer, "\n");
	}
	return writer.length;
}

size_t program_rows(const struct program *program, const struct mix_names *names,
	struct theca_program_row *rows, char (*texts)[PROGRAM_TEXT])
{
	size_t count = 0;
	for (; count < program->basal_count; count++) {
		const struct program_basal *basal = &program->basal[count];
		struct writer writer = {texts[count], PROGRAM_TEXT, 0};
		put_dose(&writer, &basal_form, &basal->dose, names);
		rows[count] = (struct theca_program_row){.kind = THECA_ROW_BASAL,
			.weekdays = basal->weekdays,
			.from_ns = basal->from_ns,
			.rate_pl_per_day = basal->rate_pl_per_day,
			.as_written = texts[count]};
	}
	if (program->has_patient) {
		const struct program_patient *patient = &program->patient;
		struct writer writer = {texts[count], PROGRAM_TEXT, 0};
		put_dose(&writer, &bolus_form, &patient->dose, names);
		rows[count] = (struct theca_program_row){.kind = THECA_ROW_PATIENT,
			.weekdays = THECA_EVERY_DAY,
			.volume_pl = patient->volume_pl,
			.duration_ns = patient->duration_ns,
			.lockout_ns = patient->lockout_ns,
			.at_most = patient->at_most,
			.as_written = texts[count]};
		count++;
	}
	return count;
}
