/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind: procedure. A bench test: a fold over samples and events that asks for commands and ends in
 * verdicts. What it knows comes only from what it was given, so that it can be resumed after a
 * restart, run again from a folder, and fed with a series that somebody recorded.
 *
 * It holds the pump that its option with THECA_REF_PUMP names, from begin to finish: others'
 * commands are refused, halt excepted. That option may be optional: then no pump is commanded.
 */
#ifndef THECA_PROCEDURE_H
#define THECA_PROCEDURE_H

#include <theca/data.h>

/* A verdict: becomes a TAP line with YAML diagnostics, and a row of the report. */
struct theca_verdict {
	uint32_t size;
	uint32_t passed;
	uint32_t skipped;         /* 1: could not be judged; `reason` says why */
	uint32_t decimals;        /* of the numbers below */
	const char *name;         /* `mean error over T1` */
	const char *reason;       /* one sentence, or NULL */
	const char *unit;         /* of the numbers, `%` */
	double value, lower, upper; /* measured and allowed; NAN: not stated */
	double uncertainty;       /* expanded, k = 2, in `unit`; NAN: not stated */
};

enum theca_series_style { THECA_LINE = 0, THECA_STEPS = 1, THECA_POINTS = 2, THECA_LIMIT = 3 };

struct theca_series {
	const char *name;
	uint32_t style; /* enum theca_series_style */
	uint32_t reserved;
	const double *x, *y;
	size_t count;
};

#define THECA_LOG_X 0x01u /* chart: logarithmic x axis */

struct theca_chart {
	uint32_t size, flags, series_size; /* series_size: sizeof(struct theca_series) */
	uint32_t series_count;
	const char *title, *x_label, *y_label; /* labels with their unit: `time, h` */
	const struct theca_series *series;
	const char *caption; /* how to read it, or NULL */
};

struct theca_table {
	uint32_t size, columns, rows;
	uint32_t reserved;
	const char *title;
	const char *const *heads; /* `columns` of them, with units */
	const char *const *cells; /* rows x columns, row by row */
};

struct theca_procedure {
	uint32_t size;
	/* One of each pair of calls: begin, then finish by theca_finish() or abort by the service. */
	int (*begin)(void *self, int64_t now_ns);
	int (*samples)(void *self, const struct theca_sample *, size_t count);
	int (*event)(void *self, const struct theca_event *);
	/* 0 to 1000000: how far it is, for progress. May be NULL. */
	int64_t (*progress_ppm)(void *self, int64_t now_ns);
	/* The bench ends, or an operator cuts it short: give what can be said, as skipped verdicts. */
	void (*abort)(void *self, const char *why);
};

#endif
