/* SPDX-License-Identifier: Apache-2.0 */
#include "service/prescribe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/command.h"
#include "bench/treatment.h"
#include "base/units.h"

#define PLAN_LIFE_NS (60 * THECA_SECOND_NS) /* of wall time */
#define PAGE 4096
#define PRESCRIBE_PLANS 16

/* What was prepared: the texts, so that the page can be made again. The newest few are kept. */
struct plan {
	uint64_t id;
	struct instance *pump;
	char basal[512], patient_bolus[256]; /* "": stays */
	int64_t made_boot_ns;
};

struct prescribe {
	struct plan plans[PRESCRIBE_PLANS];
	uint64_t next_id;
};

/* The prescribed program with the given parts in place of its own. */
static int new_program(struct instance *pump, const char *basal, const char *patient_bolus,
	struct program *program, char *why, size_t why_size)
{
	struct mix_names names = bench_drugs(pump->bench);
	char text[1024], *rest = text;
	int error = 0;

	program_init(program);
	program_print(&pump->pump->program, &names, text, sizeof text);
	for (char *line; !error && (line = strsep(&rest, "\n"));) {
		char *value = strstr(line, " = ");
		bool is_basal = !strncmp(line, "basal", 5);
		if (!value || (is_basal ? basal : patient_bolus))
			continue;
		error = is_basal ? program_parse_basal(program, value + 3, &names, why, why_size)
				 : program_parse_patient(program, value + 3, &names, why, why_size);
	}
	if (!error && basal)
		error = program_parse_basal(program, basal, &names, why, why_size);
	if (!error && patient_bolus)
		error = program_parse_patient(program, patient_bolus, &names, why, why_size);
	return error;
}

static void totals(const struct instance *pump, const struct program *program, struct emit *emit)
{
	const struct mix *mix = &pump->pump->account.mix;
	int64_t basal_pl = program_day_volume_pl(program), with_boluses_pl = basal_pl;
	char text[64];

	if (program->has_patient)
		with_boluses_pl += program->patient.volume_pl * program->patient.at_most;
	emit_open(emit, "totals", '[');
	for (uint32_t i = 0; i < mix->count; i++) {
		emit_open(emit, NULL, '{');
		emit_text(emit, "drug", bench_instance(pump->bench, mix->parts[i].drug)->name);
		units_print(THECA_DOSE_RATE, mix_mass_pg(mix->parts[i].pg_per_ul, basal_pl), "mg/day", 3, text,
			sizeof text);
		emit_text(emit, "per_day", text);
		units_print(THECA_DOSE_RATE, mix_mass_pg(mix->parts[i].pg_per_ul, with_boluses_pl), "mg/day", 3,
			text, sizeof text);
		emit_text(emit, "per_day_with_boluses", text);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
	units_print(THECA_RATE, basal_pl, "mL/day", 4, text, sizeof text);
	emit_text(emit, "volume_per_day", text);
}

static void side(struct instance *pump, const char *key, const struct program *program, struct emit *emit)
{
	struct mix_names names = bench_drugs(pump->bench);
	char text[1024], *rest = text;

	program_print(program, &names, text, sizeof text);
	emit_open(emit, key, '{');
	emit_open(emit, "lines", '[');
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			emit_text(emit, NULL, line);
	emit_close(emit, ']');
	totals(pump, program, emit);
	emit_close(emit, '}');
}

static void show_verdict(struct instance *pump, const struct guard_verdict *verdict, struct emit *emit)
{
	static const char *const decisions[] = {"allow", "confirm", "refuse"};
	char text[256] = "within all limits";

	if (verdict->decision != GUARD_ALLOW)
		command_explain(pump->bench, verdict, text, sizeof text);
	emit_open(emit, "verdict", '{');
	emit_text(emit, "decision", decisions[verdict->decision]);
	emit_text(emit, "code", guard_code(verdict->limit));
	emit_text(emit, "text", text);
	emit_close(emit, '}');
}

/* Old beside new, as members of an open object: what is shown, and what is hashed. */
static int page(const struct plan *plan, struct emit *emit, char *why, size_t why_size)
{
	struct program program;
	struct guard_verdict verdict;
	const char *basal = *plan->basal ? plan->basal : NULL;
	const char *patient_bolus = *plan->patient_bolus ? plan->patient_bolus : NULL;
	int error = new_program(plan->pump, basal, patient_bolus, &program, why, why_size);

	if (!error)
		error = treatment_judge(plan->pump, &program, &verdict, why, why_size);
	if (!error) {
		emit_text(emit, "pump", plan->pump->name);
		side(plan->pump, "old", &plan->pump->pump->program, emit);
		side(plan->pump, "new", &program, emit);
		show_verdict(plan->pump, &verdict, emit);
	}
	program_finish(&program);
	return error;
}

static int hash_page(const struct plan *plan, char sha256[65], char *why, size_t why_size)
{
	char text[PAGE];
	struct emit emit;

	emit_init(&emit, text, sizeof text);
	emit_open(&emit, NULL, '{');
	int error = page(plan, &emit, why, why_size);
	emit_int(&emit, "plan", (int64_t)plan->id);
	emit_close(&emit, '}');
	if (!error && emit.full) {
		snprintf(why, why_size, "the program is too long to show");
		return -EINVAL;
	}
	env_hash(text, emit.length, sha256);
	return error;
}

static struct plan *add_plan(struct bench *bench)
{
	if (!bench->prescribe)
		bench->prescribe = calloc(1, sizeof *bench->prescribe);
	if (!bench->prescribe)
		return NULL;
	uint64_t id = ++bench->prescribe->next_id;
	struct plan *plan = &bench->prescribe->plans[id % PRESCRIBE_PLANS];
	*plan = (struct plan){.id = id, .made_boot_ns = env_boot_ns()};
	return plan;
}

static bool fits(const char *text, size_t size, char *why, size_t why_size)
{
	if (text && !*text)
		snprintf(why, why_size, "found nothing, expected a program; leave out what stays");
	else if (text && strlen(text) >= size)
		snprintf(why, why_size, "the program is too long");
	else
		return true;
	return false;
}

int prescribe_prepare(struct instance *pump, const char *basal, const char *patient_bolus, struct emit *emit,
	char *why, size_t why_size)
{
	struct plan *plan = NULL;
	char sha256[65];

	if (!fits(basal, sizeof plan->basal, why, why_size) ||
		!fits(patient_bolus, sizeof plan->patient_bolus, why, why_size))
		return -EINVAL;
	plan = add_plan(pump->bench);
	if (!plan) {
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	plan->pump = pump;
	snprintf(plan->basal, sizeof plan->basal, "%s", basal ? basal : "");
	snprintf(plan->patient_bolus, sizeof plan->patient_bolus, "%s", patient_bolus ? patient_bolus : "");
	int error = hash_page(plan, sha256, why, why_size);
	if (error) {
		plan->id = 0;
		return error;
	}
	emit_open(emit, NULL, '{');
	emit_int(emit, "plan", (int64_t)plan->id);
	emit_text(emit, "sha256", sha256);
	page(plan, emit, why, why_size);
	emit_quantity(emit, "expires", THECA_DURATION, PLAN_LIFE_NS);
	emit_close(emit, '}');
	return 0;
}

int prescribe_commit(struct bench *bench, uint64_t id, const char *sha256, const char *who, const char *accepted_by,
	struct guard_verdict *verdict)
{
	struct plan *plan = bench->prescribe ? &bench->prescribe->plans[id % PRESCRIBE_PLANS] : NULL;
	struct program program;
	char shown[65], why[160];

	if (!plan || !id || plan->id != id || env_boot_ns() - plan->made_boot_ns > PLAN_LIFE_NS)
		return -ENOENT;
	if (hash_page(plan, shown, why, sizeof why) || strcmp(shown, sha256))
		return -ESTALE;
	int error = new_program(plan->pump, *plan->basal ? plan->basal : NULL,
		*plan->patient_bolus ? plan->patient_bolus : NULL, &program, why, sizeof why);
	if (!error)
		error = treatment_prescribe(plan->pump, &program, who, accepted_by, verdict);
	program_finish(&program);
	if (!error)
		plan->id = 0; /* once only */
	return error;
}
