/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drug profiles from a data file: what a drug is from its section [drug NAME], what is allowed of
 * it from [limits SET NAME]. The figures are data that a lab replaces by its own, so none is here.
 */
#include <stdlib.h>
#include <string.h>
#include <theca/plugin.h>

struct config {
	const char *file, *drug, *limits;
};

static const struct theca_option options[] = {
	{.name = "file",
		.type = THECA_TEXT,
		.offset = offsetof(struct config, file),
		.initial = "formulary.ini",
		.help = "The data file: beside the bench file, else the one that is installed."},
	{.name = "drug",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct config, drug),
		.help = "The drug's name in the file; this section's own name when left out."},
	{.name = "limits",
		.type = THECA_TEXT,
		.offset = offsetof(struct config, limits),
		.initial = "pacc-2017",
		.help = "The limit set: pacc-2017, label, site, or one that the file adds."},
	{0},
};

/* -- the sections of the data file --------------------------------------------------------------
 */

struct drug_section {
	const char *source;
	int32_t patient_bolus;
	int64_t density_ug_per_ml, stable_ns;
};

static const struct theca_option drug_options[] = {
	{.name = "source",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct drug_section, source),
		.help = "Where the figures come from, with their tags."},
	{.name = "patient bolus",
		.type = THECA_FLAG,
		.offset = offsetof(struct drug_section, patient_bolus),
		.initial = "no",
		.help = "May it be given at the patient's press?"},
	{.name = "density",
		.type = THECA_DENSITY,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct drug_section, density_ug_per_ml),
		.min = "0.5 g/mL",
		.max = "2 g/mL",
		.help = "Of the stock solution at 37 degC; left out: as water."},
	{.name = "stable",
		.type = THECA_DURATION,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct drug_section, stable_ns),
		.help = "How long it keeps in a reservoir at 37 degC."},
	{0},
};

struct limits_section {
	const char *source;
	int64_t year;
	struct theca_drug_profile profile; /* its limits only */
};

#define LIMIT(key, kind, field, sentence)                                                          \
	{                                                                                          \
		.name = key, .type = kind, .flags = THECA_OPTIONAL,                                \
		.offset = offsetof(struct limits_section, profile.field), .help = sentence         \
	}

static const struct theca_option limits_options[] = {
	{.name = "source",
		.type = THECA_TEXT,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct limits_section, source),
		.help = "Where the figures come from, with their tags."},
	{.name = "year",
		.type = THECA_COUNT,
		.flags = THECA_OPTIONAL,
		.offset = offsetof(struct limits_section, year),
		.min = "1900",
		.max = "2200",
		.help = "Of the limit set."},
	LIMIT("day soft", THECA_MASS, day_soft_pg, "In any 24 h."),
	LIMIT("day hard", THECA_MASS, day_hard_pg, "In any 24 h; must be stated."),
	LIMIT("hour soft", THECA_MASS, hour_soft_pg, "In any hour."),
	LIMIT("hour hard", THECA_MASS, hour_hard_pg, "In any hour."),
	LIMIT("bolus soft", THECA_MASS, bolus_soft_pg, "One bolus."),
	LIMIT("bolus hard", THECA_MASS, bolus_hard_pg, "One bolus."),
	LIMIT("concentration soft", THECA_CONCENTRATION, concentration_soft_pg_per_ul,
		"In the mix."),
	LIMIT("concentration hard", THECA_CONCENTRATION, concentration_hard_pg_per_ul,
		"In the mix."),
	{0},
};

/* -- reading ------------------------------------------------------------------------------------
 */

struct formulary {
	struct theca_drug_profile profile;
	char limit_set[64], source[600];
};

struct reading {
	struct theca_host *host;
	const struct config *config;
	const char *drug;
	struct drug_section about;
	struct limits_section limits;
};

static int read_drug(struct reading *reading)
{
	char section[160];
	snprintf(section, sizeof section, "drug %.100s", reading->drug);
	int failure = theca_table(
		reading->host, reading->config->file, section, drug_options, &reading->about);
	if (failure == -ENOENT)
		theca_complain(reading->host, "drug", "found no [%s] in %s", section,
			reading->config->file);
	else if (failure && failure != -EINVAL)
		theca_complain(reading->host, "file", "%s: can not be read: %s",
			reading->config->file, strerror(-failure));
	return failure;
}

/* Another set that does have the drug, as a hint; NULL: none of the usual ones. */
static const char *other_set(const struct reading *reading)
{
	static const char *const usual[] = {"pacc-2017", "label", "site"};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		char section[160];
		struct limits_section ignored;
		snprintf(section, sizeof section, "limits %s %.100s", usual[i], reading->drug);
		if (!theca_table(reading->host, reading->config->file, section, limits_options,
			    &ignored))
			return usual[i];
	}
	return NULL;
}

static int read_limits(struct reading *reading)
{
	char section[160];
	snprintf(section, sizeof section, "limits %.60s %.80s", reading->config->limits,
		reading->drug);
	int failure = theca_table(
		reading->host, reading->config->file, section, limits_options, &reading->limits);
	if (failure != -ENOENT)
		return failure;
	const char *other = other_set(reading);
	theca_complain(reading->host, "limits", "found no [%s] in %s%s%s", section,
		reading->config->file, other ? ", but there is the set " : "", other ? other : "");
	return failure;
}

/* A pair of which the soft one could never say a word is a slip of the pen. */
static int check_limits(const struct reading *reading)
{
	const struct theca_drug_profile *limits = &reading->limits.profile;
	const struct {
		const char *name;
		int64_t soft, hard;
	} pairs[] = {
		{"day", limits->day_soft_pg, limits->day_hard_pg},
		{"hour", limits->hour_soft_pg, limits->hour_hard_pg},
		{"bolus", limits->bolus_soft_pg, limits->bolus_hard_pg},
		{"concentration", limits->concentration_soft_pg_per_ul,
			limits->concentration_hard_pg_per_ul},
	};
	if (limits->day_hard_pg == THECA_NONE) {
		theca_complain(reading->host, "limits", "[limits %s %s] states no `day hard`",
			reading->config->limits, reading->drug);
		return -EINVAL;
	}
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (pairs[i].hard == THECA_NONE || pairs[i].soft <= pairs[i].hard)
			continue;
		theca_complain(reading->host, "limits", "[limits %s %s] %s soft is above %s hard",
			reading->config->limits, reading->drug, pairs[i].name, pairs[i].name);
		return -EINVAL;
	}
	return 0;
}

static int read_all(struct reading *reading)
{
	int failure = read_drug(reading);
	if (!failure)
		failure = read_limits(reading);
	if (!failure)
		failure = check_limits(reading);
	return failure;
}

/* -- life ---------------------------------------------------------------------------------------
 */

static void destroy(void *self)
{
	free(self);
}

static void fill(struct formulary *self, const struct reading *reading)
{
	const struct drug_section *about = &reading->about;
	snprintf(self->limit_set, sizeof self->limit_set, "%s", reading->config->limits);
	snprintf(self->source, sizeof self->source, "%s%s%s",
		reading->limits.source ? reading->limits.source : "source not stated",
		about->source ? "; " : "", about->source ? about->source : "");
	self->profile = reading->limits.profile;
	self->profile.patient_bolus = (uint32_t)about->patient_bolus;
	self->profile.limit_set = self->limit_set;
	self->profile.year = reading->limits.year;
	self->profile.source = self->source;
	self->profile.density_ug_per_ml = about->density_ug_per_ml;
	self->profile.stable_ns = about->stable_ns;
}

static int create(struct theca_host *host, const void *data, void **result)
{
	const struct config *config = data;
	struct reading reading = {.host = host,
		.config = config,
		.drug = config->drug ? config->drug : theca_name(host)};
	int failure = read_all(&reading);
	if (failure)
		return failure;
	struct formulary *self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	fill(self, &reading);
	theca_identify(host, "limit set", self->limit_set);
	theca_identify(host, "source", self->source);
	*result = self;
	return 0;
}

static int profile(void *data, struct theca_drug_profile *profile)
{
	const struct formulary *self = data;
	uint32_t size = profile->size < sizeof *profile ? profile->size : sizeof *profile;
	memcpy(profile, &self->profile, size);
	profile->size = size;
	return 0;
}

static const struct theca_drug drug = {.size = sizeof drug, .profile = profile};

THECA_PLUGIN(.name = "formulary", .version = "1",
	.summary = "Drug profiles and limit sets from a data file.", .options = options,
	.config_size = sizeof(struct config), .create = create, .destroy = destroy, .drug = &drug);
