/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts in words: the stable ones for programs, sentences for people. */
#include "pump/guard.h"
#include "base/units.h"
#include <stdio.h>
#include <string.h>

/* $d drug, $v value, $b bound, $h holder, $s `(limit set, year)`. */
struct wording {
	const char *code, *sentence;
};

static const struct wording wordings[GUARD_LIMITS] = {
	[GUARD_NOTHING] = {"allowed", "allowed"},
	[GUARD_IS_UNCERTAIN] = {"uncertain",
		"the end of an earlier command is not known: interrogate the pump first"},
	[GUARD_IS_HELD] = {"held", "the pump is held: only reading and a halt are allowed"},
	[GUARD_NOT_OFFERED] = {"not-offered", "the pump has no such operation"},
	[GUARD_RATE_BELOW] = {"rate-below",
		"flow would be $v, below the lowest of $b (the pump's hardware)"},
	[GUARD_RATE_ABOVE] = {"rate-above",
		"flow would be $v, above the highest of $b (the pump's hardware)"},
	[GUARD_DIRECTION] = {"direction", "drawing back is never allowed"},
	[GUARD_NO_LIMITS] = {"no-limits", "$d has no stated hard daily maximum$s"},
	[GUARD_CONCENTRATION_HARD] = {"concentration-hard",
		"concentration of $d would be $v, above the hard limit of $b$s"},
	[GUARD_BOLUS_HARD] = {"bolus-hard",
		"a bolus of $d would be $v, above the hard limit of $b$s"},
	[GUARD_HOUR_HARD] = {"hour-hard",
		"1 h sum of $d would be $v, above the hard limit of $b/h$s"},
	[GUARD_DAY_HARD] = {"day-hard",
		"24 h sum of $d would be $v, above the hard limit of $b/day$s"},
	[GUARD_PATIENT_BOLUS] = {"patient-bolus", "$d may not be given at the patient's press$s"},
	[GUARD_LOCKOUT] = {"lockout",
		"the last patient bolus began $v ago, within the lockout of $b"},
	[GUARD_COUNT] = {"count", "it would be patient bolus $v in 24 h, above the program's $b"},
	[GUARD_BOLUS_RUNS] = {"bolus-runs", "a bolus is being given"},
	[GUARD_NOT_STARTED] = {"not-started", "the therapy has not been started"},
	[GUARD_NO_PROGRAM] = {"no-program", "nothing like it is prescribed"},
	[GUARD_RESERVOIR] = {"reservoir", "reservoir: $v are more than the $b that are possible"},
	[GUARD_CONCENTRATION_SOFT] = {"concentration-soft",
		"concentration of $d would be $v, above the soft limit of $b$s"},
	[GUARD_BOLUS_SOFT] = {"bolus-soft",
		"a bolus of $d would be $v, above the soft limit of $b$s"},
	[GUARD_HOUR_SOFT] = {"hour-soft",
		"1 h sum of $d would be $v, above the soft limit of $b/h$s"},
	[GUARD_DAY_SOFT] = {"day-soft",
		"24 h sum of $d would be $v, above the soft limit of $b/day$s"},
};

static const struct wording *wording_of(enum guard_limit limit)
{
	static const struct wording unknown = {"unknown", "refused"};
	return (unsigned)limit < GUARD_LIMITS ? &wordings[limit] : &unknown;
}

const char *guard_code(enum guard_limit limit)
{
	return wording_of(limit)->code;
}

/* -- quantities as people write them ---------------------------------------------------------- */

/* The unit that keeps the bound readable: 20 ug, not 0.02 mg. */
static const char *unit_for(uint32_t dimension, int64_t bound)
{
	static const struct {
		uint32_t dimension;
		int64_t below;
		const char *unit;
	} finer[] = {
		{THECA_MASS, 100000, "ng"},
		{THECA_MASS, 100000000, "ug"},
		{THECA_CONCENTRATION, 100000, "ug/mL"},
		{THECA_VOLUME, 100000000, "uL"},
	};
	for (size_t i = 0; i < sizeof finer / sizeof *finer; i++)
		if (finer[i].dimension == dimension && bound > 0 && bound < finer[i].below)
			return finer[i].unit;
	return NULL;
}

/* Five digits tell people enough, as long as they do not make a value look like its bound. */
static int64_t rounded(uint32_t dimension, int64_t value, int64_t bound)
{
	int64_t step = dimension == THECA_DURATION ? THECA_SECOND_NS : 1, short_value;
	while (dimension != THECA_DURATION && value / step >= 100000)
		step *= 10;
	if (value <= step || value > INT64_MAX - step)
		return value;
	short_value = (value + step / 2) / step * step;
	return short_value == bound ? value : short_value;
}

/* -- sentences -------------------------------------------------------------------------------- */

struct text {
	char *out;
	size_t size, length;
};

static void add(struct text *text, const char *words)
{
	while (*words && text->length + 1 < text->size)
		text->out[text->length++] = *words++;
}

static void add_quantity(struct text *text, const struct guard_verdict *verdict, int64_t value)
{
	char words[64];
	int64_t other = value == verdict->value ? verdict->bound : THECA_NONE;
	units_print(verdict->dimension, rounded(verdict->dimension, value, other),
		unit_for(verdict->dimension, verdict->bound), -1, words, sizeof words);
	add(text, words);
}

/* ` (pacc-2017)`; a name that does not tell its year gets it. */
static void add_limit_set(struct text *text, const struct guard_verdict *verdict)
{
	char year[24];
	if (!verdict->limit_set || !*verdict->limit_set)
		return;
	add(text, " (");
	add(text, verdict->limit_set);
	snprintf(year, sizeof year, "%lld", (long long)verdict->year);
	if (verdict->year > 0 && !strstr(verdict->limit_set, year)) {
		add(text, ", ");
		add(text, year);
	}
	add(text, ")");
}

static void add_drug(
	struct text *text, const struct guard_verdict *verdict, const struct mix_names *names)
{
	const char *name = names && verdict->drug ? names->name(names->user, verdict->drug) : NULL;
	add(text, name ? name : "a drug");
}

static const char *sentence_of(const struct guard_verdict *verdict)
{
	if (verdict->limit == GUARD_RESERVOIR && verdict->value <= 0 && verdict->bound <= 0)
		return "reservoir: nothing is left that could be delivered";
	if (verdict->limit == GUARD_RESERVOIR && verdict->dimension == THECA_COUNT)
		return "reservoir: with what stays in it there would be more than $b drugs";
	if (verdict->limit == GUARD_IS_HELD && verdict->holder)
		return "held by procedure $h: only reading and a halt are allowed";
	return wording_of(verdict->limit)->sentence;
}

size_t guard_explain(
	const struct guard_verdict *verdict, const struct mix_names *names, char *out, size_t size)
{
	struct text text = {out, size, 0};
	for (const char *at = sentence_of(verdict); *at; at++) {
		char letter[2] = {*at, 0};
		if (*at != '$')
			add(&text, letter);
		else if (*++at == 'd')
			add_drug(&text, verdict, names);
		else if (*at == 'v')
			add_quantity(&text, verdict, verdict->value);
		else if (*at == 'b')
			add_quantity(&text, verdict, verdict->bound);
		else if (*at == 'h')
			add(&text, verdict->holder);
		else if (*at == 's')
			add_limit_set(&text, verdict);
	}
	if (size)
		out[text.length] = 0;
	return text.length;
}
