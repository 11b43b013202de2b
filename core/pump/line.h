/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line behind an outlet: catheter or tubing with dead volume, compliance, occlusion, leak. It
 * carries what a simulated pump truly delivers and gives the pressure back. Truth, not knowledge:
 * nothing here reaches guard, accounts or reports. Pure.
 *
 * Fluid moves as plugs: what enters pushes out what entered first, without mixing. Nothing is lost
 * in a rounding: volume pushed = arrived + held + leaked in whole picolitres, and so do the masses
 * of each drug in attograms (1 pl of 1 pg/uL holds 1 ag). They are not counted at each push, but
 * when the mix changes or somebody asks.
 */
#ifndef LINE_H
#define LINE_H

#include "pump/mix.h"
#include <stdbool.h>

#define LINE_BLOCKED_PA 1000000 /* above the outlet: in a stiff line that is occluded */

struct line_plug {
	int64_t volume_pl;
	int64_t density_ug_per_ml;
	struct mix mix;
};

struct line_drug {
	uint32_t drug;
	__int128 arrived_ag, leaked_ag; /* up to the last change of the mix */
};

/* The fields above `newest` are all that a push touches as long as one mix fills the line. */
struct line {
	int64_t dead_volume_pl;
	int64_t held_pl;              /* in the line; above the dead volume: compressed */
	int64_t leak_ppm;             /* of the inflow that never arrives */
	uint32_t older_count;
	bool occluded;
	int64_t arrived_pl;           /* at the end, since the run began */
	int64_t arrived_fluid_pg;     /* its mass by density */
	int64_t arrived_fluid_rest;   /* in 1/1000 pg */

	struct line_plug newest;      /* enters now */
	struct line_plug *older;      /* malloc'ed; the first of them leaves next */
	uint32_t older_room;
	uint32_t drug_count;
	struct line_drug *drugs;      /* malloc'ed: every drug that ever entered */
	int64_t outlet_pa;            /* absolute, where the line ends */
	int64_t compliance_pl_per_pa; /* 0: stiff */
	int64_t leaked_pl;
	int64_t leaked_rest;          /* in 1/1000000 pl */
	int64_t arrived_booked_pl, leaked_booked_pl; /* whose drugs are in `drugs` */
};

void line_init(struct line *); /* no line: what leaves the outlet arrives */
void line_finish(struct line *);
/* `ascenda 89 cm`, `prometra 70 cm`, `tubing 30 cm of 0.5 mm`, `none`; then, if wanted,
 * `, swells 2 uL at 100 kPa` and `, leaks 5 %`. 0 or -EINVAL with `why`. After line_init(); the line
 * is empty: the first of the fluid fills it. */
int line_parse(struct line *, const char *text, char *why, size_t why_size);

/* From now on this mix, of this density, enters. 0, -EINVAL: no such density, -ENOMEM. */
int line_mix(struct line *, const struct mix *, int64_t density_ug_per_ml);

void line_push_slowly(struct line *, int64_t volume_pl); /* all the cases */
/* `volume` left the pump; it pushes as much out at the end, unless occluded. Negative: it was drawn
 * back, and the end of a full line takes in what is there, fluid without drugs. */
static inline void line_push(struct line *line, int64_t volume_pl)
{
	bool usual = line->held_pl == line->dead_volume_pl && !line->older_count &&
		!line->leak_ppm && !line->occluded;
	if (!usual || (uint64_t)volume_pl >> 40) {
		line_push_slowly(line, volume_pl);
		return;
	}
	/* As much of the one mix enters as leaves. */
	line->arrived_pl += volume_pl;
	line->arrived_fluid_rest += volume_pl * line->newest.density_ug_per_ml;
	line->arrived_fluid_pg += line->arrived_fluid_rest / 1000;
	line->arrived_fluid_rest %= 1000;
}

/* What is compressed behind an occlusion. */
static inline int64_t line_stored_pl(const struct line *line)
{
	return line->held_pl > line->dead_volume_pl ? line->held_pl - line->dead_volume_pl : 0;
}
/* The pressure at the pump's outlet, absolute. */
int64_t line_pressure_pa(const struct line *);
/* Opening an occluded line releases what is stored as a bolus; returns its volume. */
int64_t line_occlude(struct line *, bool occluded);

struct line_masses {
	__int128 arrived_ag, held_ag, leaked_ag;
};
/* Where the mass of a drug that entered is now. */
struct line_masses line_masses(const struct line *, uint32_t drug);
int64_t line_arrived_pg(const struct line *, uint32_t drug); /* rounded down */

/* Density of water without air at normal pressure, 0 to 100 degC (beyond: of the nearer end). Tanaka
 * et al., Metrologia 2001;38:301, made for 0 to 40 degC; 0.03 % too low at 100 degC. */
int64_t line_water_density_ug_per_ml(int64_t temperature_mk);

#endif
