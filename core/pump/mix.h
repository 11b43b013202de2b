/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reservoir holds: drugs, each with its concentration; all doses move together with the one
 * rate. `water` is the mix without drugs. Pure.
 */
#ifndef MIX_H
#define MIX_H

#include <stddef.h>
#include <stdint.h>
#include <theca/quantity.h>

#define MIX_MAX 6

struct mix_part {
	uint32_t drug;        /* instance number of the [drug] section */
	uint32_t reserved;
	int64_t pg_per_ul;
};

struct mix {
	uint32_t count; /* 0: water */
	uint32_t reserved;
	struct mix_part parts[MIX_MAX];
};

/* Names of drugs: number by name (0: none) and back. */
struct mix_names {
	void *user;
	uint32_t (*number)(void *user, const char *name);
	const char *(*name)(void *user, uint32_t drug);
};

/* `morphine 20 mg/mL, bupivacaine 5 mg/mL` or `water`. 0 or -EINVAL with `why`. */
int mix_parse(struct mix *, const char *text, const struct mix_names *, char *why, size_t why_size);
size_t mix_print(const struct mix *, const struct mix_names *, char *out, size_t size);

/* Concentration of a drug, 0 when it is not in the mix; its place among the parts, or -1. */
int64_t mix_pg_per_ul(const struct mix *, uint32_t drug);
int mix_index(const struct mix *, uint32_t drug);
/* Mass in a volume, volume of a mass, rate of a dose rate: rounded down. THECA_NONE: too large, or a
 * volume or rate of what is not in the mix (concentration 0; its mass in a volume is 0). */
int64_t mix_mass_pg(int64_t pg_per_ul, int64_t volume_pl);
int64_t mix_volume_pl(int64_t pg_per_ul, int64_t mass_pg);
int64_t mix_rate_pl_per_day(int64_t pg_per_ul, int64_t pg_per_day);
/* `volume` of `into` is joined by `added_volume` of `added`; concentrations are rounded to the
 * nearest picogram per microlitre, and a drug diluted to 0 is left out. Drugs of `into` keep their
 * order and come first. -ENOSPC: more than MIX_MAX drugs, -EINVAL: a negative volume; `into` stays. */
int mix_blend(struct mix *into, int64_t volume_pl, const struct mix *added, int64_t added_volume_pl);

#endif
