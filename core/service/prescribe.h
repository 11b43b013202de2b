/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programming in two steps: what is prepared is shown beside what is prescribed now, with 24-hour
 * totals and the guard's verdict; what is committed carries the hash of what was shown. Anything
 * that changed in between makes the hash another one.
 */
#ifndef PRESCRIBE_H
#define PRESCRIBE_H

#include "bench/bench.h"
#include "base/emit.h"

/* NULL texts: that part stays as prescribed. Writes the object of program.prepare. -EINVAL with `why`. */
int prescribe_prepare(struct instance *pump, const char *basal, const char *patient_bolus, struct emit *,
	char *why, size_t why_size);
/* -ENOENT: no such plan, or older than 60 s; -ESTALE: another hash; else as treatment_prescribe(). */
int prescribe_commit(struct bench *, uint64_t plan, const char *sha256, const char *who, const char *accepted_by,
	struct guard_verdict *);

#endif
