/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A curve as an SVG path, point by point. Of the points in one column of pixels only the first,
 * lowest, highest and last are written: the same picture, however long the series. Pure.
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct path {
	FILE *out;
	bool steps;    /* across first, then up or down */
	bool fill;     /* closed along base_y */
	double base_y;
	/* the rest is path.c's */
	bool open;
	double start_x;
	int column;
	size_t held;         /* points in this column */
	double xs[4], ys[4]; /* first, lowest, highest, last */
	size_t order[4];     /* when they came */
};

/* In pixels. */
void path_add(struct path *, double x, double y);
/* The curve ends here, or has a gap. */
void path_end(struct path *);

#endif
