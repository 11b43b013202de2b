/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line behind an outlet: catheter or tubing with dead volume, compliance, occlusion, leak. It
 * carries what a simulated pump truly delivers and gives the pressure back. Truth, not knowledge:
 * nothing here reaches guard, accounts or reports. Pure.
 */
#ifndef LINE_H
#define LINE_H

#include "mix.h"
#include <stdbool.h>

#define LINE_PLUGS 8 /* different mixes under way at once; more are blended at the far end */

struct line_plug {
	int64_t volume_pl;
	struct mix mix;
};

struct line {
	int64_t dead_volume_pl;
	int64_t compliance_pl_per_pa; /* 0: stiff */
	int64_t outlet_pa;            /* absolute, where the line ends */
	int64_t leak_ppm;             /* of the inflow that never arrives */
	bool occluded;
	int64_t stored_pl;            /* compressed behind an occlusion */

	struct line_plug *plugs;      /* malloc'ed at the second mix; NULL: one mix fills the line */
	uint32_t plug_count;
	struct mix mix;               /* of the newest plug */
	int64_t in_line_pl;           /* filled part of the dead volume */

	int64_t arrived_pl;           /* at the end, since the run began */
	int64_t arrived_fluid_pg;     /* its mass by density */
	int64_t leaked_pl;
	int64_t arrived_pg[MIX_MAX];  /* of each part of `mix`, as arrived */
	int64_t density_ug_per_ml;    /* of what flows */
	int64_t rest[3];              /* carried remainders: fluid, leak, mass */
};

/* `ascenda 89 cm`, `ascenda 89 cm`, `tubing 30 cm of 0.5 mm`, `none`: kinds with their volume per
 * length. 0 or -EINVAL with `why`. */
int line_parse(struct line *, const char *text, char *why, size_t why_size);
void line_init(struct line *); /* no line: what leaves the outlet arrives */
void line_finish(struct line *);
/* From now on this mix, of this density, enters. */
int line_mix(struct line *, const struct mix *, int64_t density_ug_per_ml);
/* `volume` left the pump; it pushes as much out at the end, unless occluded. */
void line_push(struct line *, int64_t volume_pl);
/* The pressure at the pump's outlet, absolute. */
int64_t line_pressure_pa(const struct line *);
/* Opening an occluded line releases what is stored as a bolus; returns its volume. */
int64_t line_occlude(struct line *, bool occluded);

/* Density of water at normal pressure, ug/mL, 0 to 100 degC; Tanaka et al. 2001. */
int64_t line_water_density_ug_per_ml(int64_t temperature_mk);

#endif
