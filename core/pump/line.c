/* SPDX-License-Identifier: Apache-2.0 */
/* The line: plugs of fluid on their way, and where their drugs went. */
#include "pump/line.h"
#include "base/reader.h"
#include "base/units.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AG_PER_PG 1000000
#define MILLION 1000000
#define DENSITY_MAX_UG_PER_ML (1 << 22) /* so that the product in line_push() fits */
#define BODY_MK 310150

void line_init(struct line *line)
{
	*line = (struct line){.outlet_pa = 101325};
	line->newest.density_ug_per_ml = line_water_density_ug_per_ml(BODY_MK);
}

void line_finish(struct line *line)
{
	free(line->older);
	free(line->drugs);
	*line = (struct line){0};
}

/* -- what there is ------------------------------------------------------------------------------
 */

/* Catheters by their volume per length. */
static const struct {
	const char *word;
	int64_t pl_per_um;
} catheters[] = {
	{"ascenda", 220},  /* 0.0022 mL/cm (U-h) */
	{"prometra", 260}, /* 0.0026 mL/cm [S15] */
};

/* More than 0 and no more than `most`. */
static int read_length(struct reader *reader, const char *what, int64_t most_um, int64_t *length_um)
{
	int error = reader_quantity(reader, THECA_LENGTH, length_um);
	if (!error && (*length_um <= 0 || *length_um > most_um))
		return reader_complain(reader,
			"found a %s of %s, expected more than 0 and at most %d cm", what,
			*length_um <= 0 ? "0" : "more than that", (int)(most_um / 10000));
	return error;
}

static int read_tubing(struct reader *reader, int64_t *volume_pl)
{
	int64_t length_um, diameter_um;
	int error = read_length(reader, "length", 100000000, &length_um);
	if (error)
		return error;
	if (!reader_word(reader, "of"))
		return reader_complain(reader,
			"found '%.20s', expected 'of' and the tubing's inner diameter", reader->at);
	error = read_length(reader, "diameter", 100000, &diameter_um);
	if (error)
		return error;
	/* um^3 are femtolitres */
	double section_um2 = M_PI / 4 * (double)diameter_um * (double)diameter_um;
	*volume_pl = llround(section_um2 * (double)length_um / 1000);
	return 0;
}

static int read_kind(struct reader *reader, int64_t *volume_pl)
{
	int64_t length_um;
	*volume_pl = 0;
	if (reader_word(reader, "none"))
		return 0;
	if (reader_word(reader, "tubing"))
		return read_tubing(reader, volume_pl);
	for (size_t i = 0; i < sizeof catheters / sizeof *catheters; i++) {
		if (!reader_word(reader, catheters[i].word))
			continue;
		int error = read_length(reader, "length", 100000000, &length_um);
		*volume_pl = error ? 0 : length_um * catheters[i].pl_per_um;
		return error;
	}
	return reader_complain(reader,
		"found '%.40s', expected 'none', 'ascenda LENGTH', 'prometra LENGTH' or 'tubing "
		"LENGTH "
		"of DIAMETER'",
		reader->at);
}

/* `2 uL at 100 kPa` */
static int read_compliance(struct reader *reader, int64_t *pl_per_pa)
{
	int64_t volume_pl, pressure_pa;
	int error = reader_quantity(reader, THECA_VOLUME, &volume_pl);
	if (!error && !reader_word(reader, "at"))
		error = reader_complain(
			reader, "found '%.20s', expected 'at' and a pressure", reader->at);
	if (!error)
		error = reader_quantity(reader, THECA_PRESSURE, &pressure_pa);
	if (error)
		return error;
	*pl_per_pa = pressure_pa > 0 ? volume_pl / pressure_pa : 0;
	if (*pl_per_pa > 0)
		return 0;
	return reader_complain(reader,
		"found a line that swells by less than 1 pL/Pa, expected more: leave it out");
}

static int read_leak(struct reader *reader, int64_t *leak_ppm)
{
	int error = reader_quantity(reader, THECA_RATIO, leak_ppm);
	if (!error && (*leak_ppm < 0 || *leak_ppm > MILLION))
		return reader_complain(reader, "found a leak outside 0 to 100 %%");
	return error;
}

static int read_property(struct reader *reader, struct line *line)
{
	if (reader_word(reader, "swells"))
		return read_compliance(reader, &line->compliance_pl_per_pa);
	if (reader_word(reader, "leaks"))
		return read_leak(reader, &line->leak_ppm);
	return reader_complain(reader,
		"found '%.40s', expected 'swells VOLUME at PRESSURE' or 'leaks RATIO'", reader->at);
}

int line_parse(struct line *line, const char *text, char *why, size_t why_size)
{
	struct reader reader = {text, why, why_size};
	struct line read = *line;
	reader_at_end(&reader);
	int error = read_kind(&reader, &read.dead_volume_pl);
	while (!error && reader_comma(&reader))
		error = read_property(&reader, &read);
	if (!error && !reader_at_end(&reader))
		error = reader_complain(
			&reader, "found '%.40s', expected a comma or the end", reader.at);
	if (!error)
		*line = read;
	return error;
}

/* -- where the drugs are ------------------------------------------------------------------------
 */

static struct line_drug *find_drug(const struct line *line, uint32_t drug)
{
	for (uint32_t i = 0; i < line->drug_count; i++)
		if (line->drugs[i].drug == drug)
			return &line->drugs[i];
	return NULL;
}

/* Places for the drugs of a mix, so that booking can not fail later. */
static int know_drugs(struct line *line, const struct mix *mix)
{
	size_t room = line->drug_count + mix->count;
	struct line_drug *drugs = room ? realloc(line->drugs, room * sizeof *drugs) : NULL;
	if (!drugs)
		return room ? -ENOMEM : 0;
	line->drugs = drugs;
	for (uint32_t i = 0; i < mix->count; i++)
		if (!find_drug(line, mix->parts[i].drug))
			drugs[line->drug_count++] = (struct line_drug){.drug = mix->parts[i].drug};
	return 0;
}

static void book(struct line *line, const struct mix *mix, int64_t arrived_pl, int64_t leaked_pl)
{
	for (uint32_t i = 0; i < mix->count; i++) {
		struct line_drug *drug = find_drug(line, mix->parts[i].drug);
		drug->arrived_ag += (__int128)arrived_pl * mix->parts[i].pg_per_ul;
		drug->leaked_ag += (__int128)leaked_pl * mix->parts[i].pg_per_ul;
	}
	line->arrived_booked_pl += arrived_pl;
	line->leaked_booked_pl += leaked_pl;
}

/* What has gone and is not booked was of the newest mix. */
static void book_newest(struct line *line)
{
	book(line, &line->newest.mix, line->arrived_pl - line->arrived_booked_pl,
		line->leaked_pl - line->leaked_booked_pl);
}

struct line_masses line_masses(const struct line *line, uint32_t drug)
{
	const struct line_drug *booked = find_drug(line, drug);
	struct line_masses masses = {0};
	int64_t pg_per_ul = mix_pg_per_ul(&line->newest.mix, drug);
	if (booked)
		masses = (struct line_masses){
			.arrived_ag = booked->arrived_ag, .leaked_ag = booked->leaked_ag};
	masses.arrived_ag += (__int128)(line->arrived_pl - line->arrived_booked_pl) * pg_per_ul;
	masses.leaked_ag += (__int128)(line->leaked_pl - line->leaked_booked_pl) * pg_per_ul;
	masses.held_ag = (__int128)line->newest.volume_pl * pg_per_ul;
	for (uint32_t i = 0; i < line->older_count; i++)
		masses.held_ag += (__int128)line->older[i].volume_pl *
				  mix_pg_per_ul(&line->older[i].mix, drug);
	return masses;
}

int64_t line_arrived_pg(const struct line *line, uint32_t drug)
{
	__int128 arrived_ag = line_masses(line, drug).arrived_ag;
	return (int64_t)(arrived_ag / AG_PER_PG - (arrived_ag % AG_PER_PG < 0));
}

/* -- plugs --------------------------------------------------------------------------------------
 */

static bool same_mix(const struct mix *one, const struct mix *other)
{
	if (one->count != other->count)
		return false;
	for (uint32_t i = 0; i < one->count; i++)
		if (one->parts[i].drug != other->parts[i].drug ||
			one->parts[i].pg_per_ul != other->parts[i].pg_per_ul)
			return false;
	return true;
}

static int make_room(struct line *line)
{
	if (line->older_count < line->older_room)
		return 0;
	uint32_t room = line->older_room ? 2 * line->older_room : 2;
	struct line_plug *older = realloc(line->older, room * sizeof *older);
	if (!older)
		return -ENOMEM;
	line->older = older;
	line->older_room = room;
	return 0;
}

int line_mix(struct line *line, const struct mix *mix, int64_t density_ug_per_ml)
{
	if (density_ug_per_ml <= 0 || density_ug_per_ml > DENSITY_MAX_UG_PER_ML)
		return -EINVAL;
	if (same_mix(&line->newest.mix, mix) && line->newest.density_ug_per_ml == density_ug_per_ml)
		return 0;
	if ((line->newest.volume_pl && make_room(line)) || know_drugs(line, mix))
		return -ENOMEM;
	book_newest(line);
	if (line->newest.volume_pl)
		line->older[line->older_count++] = line->newest;
	line->newest = (struct line_plug){.density_ug_per_ml = density_ug_per_ml, .mix = *mix};
	return 0;
}

static void add_fluid(struct line *line, int64_t volume_pl, int64_t density_ug_per_ml)
{
	__int128 sum = (__int128)volume_pl * density_ug_per_ml + line->arrived_fluid_rest;
	__int128 whole_pg = sum / 1000 - (sum % 1000 < 0);
	line->arrived_fluid_pg += (int64_t)whole_pg;
	line->arrived_fluid_rest = (int64_t)(sum - whole_pg * 1000);
	line->arrived_pl += volume_pl;
}

/* The oldest first. */
static void flow_out(struct line *line, int64_t volume_pl)
{
	line->held_pl -= volume_pl;
	while (line->older_count && volume_pl) {
		struct line_plug *first = line->older;
		int64_t part_pl = first->volume_pl < volume_pl ? first->volume_pl : volume_pl;
		add_fluid(line, part_pl, first->density_ug_per_ml);
		book(line, &first->mix, part_pl, 0);
		first->volume_pl -= part_pl;
		volume_pl -= part_pl;
		if (!first->volume_pl)
			memmove(first, first + 1, --line->older_count * sizeof *first);
	}
	add_fluid(line, volume_pl, line->newest.density_ug_per_ml);
	line->newest.volume_pl -= volume_pl;
}

/* What of an inflow is lost. */
static int64_t leak(struct line *line, int64_t volume_pl)
{
	__int128 sum = (__int128)volume_pl * line->leak_ppm + line->leaked_rest;
	int64_t leaked_pl = (int64_t)(sum / MILLION);
	line->leaked_rest = (int64_t)(sum % MILLION);
	line->leaked_pl += leaked_pl;
	return leaked_pl;
}

/* The newest first: it goes back into the pump. */
static void flow_back(struct line *line, int64_t volume_pl)
{
	line->held_pl -= volume_pl;
	int64_t part_pl = line->newest.volume_pl < volume_pl ? line->newest.volume_pl : volume_pl;
	line->newest.volume_pl -= part_pl;
	for (volume_pl -= part_pl; volume_pl; volume_pl -= part_pl) {
		struct line_plug *last = &line->older[line->older_count - 1];
		part_pl = last->volume_pl < volume_pl ? last->volume_pl : volume_pl;
		last->volume_pl -= part_pl;
		line->older_count -= !last->volume_pl;
	}
}

/* The end of the line takes in what surrounds it. It is no part of what the pump delivered, so its
 * drugs are not booked; without memory for its plug the end takes in nothing. */
static void take_in(struct line *line, int64_t volume_pl)
{
	struct line_plug outside = {volume_pl, line->newest.density_ug_per_ml, {0}};
	if (line->older_count && !line->older[0].mix.count &&
		line->older[0].density_ug_per_ml == outside.density_ug_per_ml) {
		line->older[0].volume_pl += volume_pl;
	} else {
		if (make_room(line))
			return;
		memmove(line->older + 1, line->older, line->older_count++ * sizeof outside);
		line->older[0] = outside;
	}
	line->held_pl += volume_pl;
	add_fluid(line, -volume_pl, outside.density_ug_per_ml);
	line->arrived_booked_pl -= volume_pl;
}

/* Drawn back through the line; beyond what it holds, straight from where it ends. Without a line
 * that is what had arrived: the newest mix. */
static void draw(struct line *line, int64_t volume_pl)
{
	bool full = !line->occluded && line->held_pl >= line->dead_volume_pl;
	int64_t part_pl = volume_pl < line->held_pl ? volume_pl : line->held_pl;
	flow_back(line, part_pl);
	add_fluid(line, part_pl - volume_pl, line->newest.density_ug_per_ml);
	if (line->dead_volume_pl)
		line->arrived_booked_pl += part_pl - volume_pl;
	if (full && part_pl)
		take_in(line, part_pl);
}

void line_push_slowly(struct line *line, int64_t volume_pl)
{
	if (volume_pl < 0) {
		draw(line, -volume_pl);
		return;
	}
	volume_pl -= leak(line, volume_pl);
	line->newest.volume_pl += volume_pl;
	line->held_pl += volume_pl;
	if (!line->occluded)
		flow_out(line, line_stored_pl(line));
}

/* -- pressure -----------------------------------------------------------------------------------
 */

int64_t line_pressure_pa(const struct line *line)
{
	int64_t stored_pl = line_stored_pl(line);
	if (!stored_pl)
		return line->outlet_pa;
	if (!line->compliance_pl_per_pa)
		return line->outlet_pa + LINE_BLOCKED_PA;
	return line->outlet_pa + stored_pl / line->compliance_pl_per_pa;
}

int64_t line_occlude(struct line *line, bool occluded)
{
	int64_t released_pl = occluded ? 0 : line_stored_pl(line);
	line->occluded = occluded;
	flow_out(line, released_pl);
	return released_pl;
}

int64_t line_water_density_ug_per_ml(int64_t temperature_mk)
{
	double celsius = ((double)temperature_mk - 273150) / 1000;
	double t = celsius < 0 ? 0 : celsius > 100 ? 100 : celsius;
	double fraction =
		(t - 3.983035) * (t - 3.983035) * (t + 301.797) / (522528.9 * (t + 69.34881));
	return llround(999974.950 * (1 - fraction));
}
