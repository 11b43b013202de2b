/* SPDX-License-Identifier: Apache-2.0 */
/* Mixes: their text, and the arithmetic between volume and mass. All products go through 128 bits.
 */
#include "pump/mix.h"
#include "base/reader.h"
#include "base/units.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PL_PER_UL 1000000

static int read_concentration(struct reader *reader, const char *name, int64_t *pg_per_ul)
{
	char why[UNITS_WHY];
	struct reader named = {reader->at, why, sizeof why};
	int error = reader_quantity(&named, THECA_CONCENTRATION, pg_per_ul);
	reader->at = named.at;
	if (error)
		return reader_complain(reader, "%s: %s", name, why);
	if (*pg_per_ul <= 0)
		return reader_complain(reader,
			"%s has concentration 0, expected more: leave it out, or write water",
			name);
	return 0;
}

static int check_drug(
	const struct reader *reader, const struct mix *mix, uint32_t drug, const char *name)
{
	if (!strcmp(name, "water"))
		return reader_complain(
			reader, "found water beside drugs, expected it alone or not at all");
	if (!drug)
		return reader_complain(reader,
			"found '%s', expected a drug that has a section [drug %s]", name, name);
	if (mix_index(mix, drug) >= 0)
		return reader_complain(reader, "%s is named twice, expected each drug once", name);
	if (mix->count == MIX_MAX)
		return reader_complain(reader, "%s is drug number %d, expected at most %d", name,
			MIX_MAX + 1, MIX_MAX);
	return 0;
}

static int read_part(struct reader *reader, const struct mix_names *names, struct mix *mix)
{
	char name[64];
	int64_t pg_per_ul;
	int error = reader_name(reader, "a drug and its concentration such as morphine 20 mg/mL",
		name, sizeof name);
	if (error)
		return error;
	uint32_t drug = names->number(names->user, name);
	if ((error = check_drug(reader, mix, drug, name)))
		return error;
	if ((error = read_concentration(reader, name, &pg_per_ul)))
		return error;
	mix->parts[mix->count++] = (struct mix_part){.drug = drug, .pg_per_ul = pg_per_ul};
	return 0;
}

static int read_parts(struct reader *reader, const struct mix_names *names, struct mix *mix)
{
	do {
		int error = read_part(reader, names, mix);
		if (error)
			return error;
	} while (reader_comma(reader));
	if (reader_at_end(reader))
		return 0;
	return reader_complain(reader,
		"found '%.40s', expected a comma and the next drug, or the end", reader->at);
}

int mix_parse(struct mix *mix, const char *text, const struct mix_names *names, char *why,
	size_t why_size)
{
	struct reader reader = {text, why, why_size};
	struct mix read = {0};
	int error = 0;
	if (!reader_word(&reader, "water") || !reader_at_end(&reader)) {
		reader.at = text;
		error = read_parts(&reader, names, &read);
	}
	if (!error)
		*mix = read;
	return error;
}

size_t mix_print(const struct mix *mix, const struct mix_names *names, char *out, size_t size)
{
	if (!mix->count)
		return (size_t)snprintf(out, size, "water");
	size_t length = 0;
	for (uint32_t i = 0; i < mix->count; i++) {
		char number[64];
		size_t room = length < size ? size - length : 0;
		const char *name = names->name(names->user, mix->parts[i].drug);
		units_print(THECA_CONCENTRATION, mix->parts[i].pg_per_ul, NULL, -1, number,
			sizeof number);
		length += (size_t)snprintf(room ? out + length : NULL, room, "%s%s %s",
			i ? ", " : "", name ? name : "?", number);
	}
	return length;
}

int mix_index(const struct mix *mix, uint32_t drug)
{
	for (uint32_t i = 0; i < mix->count; i++)
		if (mix->parts[i].drug == drug)
			return (int)i;
	return -1;
}

int64_t mix_pg_per_ul(const struct mix *mix, uint32_t drug)
{
	int i = mix_index(mix, drug);
	return i < 0 ? 0 : mix->parts[i].pg_per_ul;
}

int64_t mix_mass_pg(int64_t pg_per_ul, int64_t volume_pl)
{
	int64_t mass_pg;
	return units_muldiv(pg_per_ul, volume_pl, PL_PER_UL, &mass_pg) ? THECA_NONE : mass_pg;
}

int64_t mix_volume_pl(int64_t pg_per_ul, int64_t mass_pg)
{
	int64_t volume_pl;
	if (pg_per_ul <= 0 || units_muldiv(mass_pg, PL_PER_UL, pg_per_ul, &volume_pl))
		return THECA_NONE;
	return volume_pl;
}

int64_t mix_rate_pl_per_day(int64_t pg_per_ul, int64_t pg_per_day)
{
	return mix_volume_pl(pg_per_ul, pg_per_day);
}

/* The concentration that `pg_per_ul` in `volume` and the other in its volume make together. */
static int64_t blended(
	int64_t pg_per_ul, int64_t volume_pl, int64_t added_pg_per_ul, int64_t added_volume_pl)
{
	__int128 sum_pl = (__int128)volume_pl + added_volume_pl;
	__int128 mass =
		(__int128)pg_per_ul * volume_pl + (__int128)added_pg_per_ul * added_volume_pl;
	return (int64_t)((mass + sum_pl / 2) / sum_pl);
}

/* Appends unless it is so thin that nothing of it is left. */
static int append(struct mix *mix, uint32_t drug, int64_t pg_per_ul)
{
	if (!pg_per_ul)
		return 0;
	if (mix->count == MIX_MAX)
		return -ENOSPC;
	mix->parts[mix->count++] = (struct mix_part){.drug = drug, .pg_per_ul = pg_per_ul};
	return 0;
}

int mix_blend(struct mix *into, int64_t volume_pl, const struct mix *added, int64_t added_volume_pl)
{
	struct mix sum = {0};
	int error = 0;
	if (volume_pl < 0 || added_volume_pl < 0)
		return -EINVAL;
	if (!added_volume_pl)
		return 0;
	for (uint32_t i = 0; i < into->count && !error; i++) {
		const struct mix_part *part = &into->parts[i];
		error = append(&sum, part->drug,
			blended(part->pg_per_ul, volume_pl, mix_pg_per_ul(added, part->drug),
				added_volume_pl));
	}
	for (uint32_t i = 0; i < added->count && !error; i++) {
		const struct mix_part *part = &added->parts[i];
		if (mix_index(into, part->drug) < 0)
			error = append(&sum, part->drug,
				blended(0, volume_pl, part->pg_per_ul, added_volume_pl));
	}
	if (!error)
		*into = sum;
	return error;
}
