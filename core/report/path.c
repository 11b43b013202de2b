/* SPDX-License-Identifier: Apache-2.0 */
#include "report/path.h"

#include <math.h>

static void path_point(struct path *path, double x, double y)
{
	FILE *out = path->out;
	if (!path->open)
		fprintf(out, "M%.1f %.1f", x, y);
	else if (path->steps)
		fprintf(out, "H%.1fV%.1f", x, y);
	else
		fprintf(out, "L%.1f %.1f", x, y);
	if (!path->open)
		path->start_x = x;
	path->open = true;
}

static void path_flush(struct path *path)
{
	bool lowest_first = path->order[1] <= path->order[2];
	const int sequence[] = {0, lowest_first ? 1 : 2, lowest_first ? 2 : 1, 3};
	for (int i = 0; path->held && i < 4; i++) {
		int now = sequence[i];
		if (i && path->order[now] == path->order[sequence[i - 1]])
			continue;
		path_point(path, path->xs[now], path->ys[now]);
	}
	path->held = 0;
}

static void path_hold(struct path *path, int slot, double x, double y)
{
	path->xs[slot] = x;
	path->ys[slot] = y;
	path->order[slot] = path->held;
}

void path_add(struct path *path, double x, double y)
{
	int column = (int)floor(x);
	if (path->held && column != path->column)
		path_flush(path);
	path->column = column;
	if (!path->held)
		path_hold(path, 0, x, y);
	if (!path->held || y < path->ys[1])
		path_hold(path, 1, x, y);
	if (!path->held || y > path->ys[2])
		path_hold(path, 2, x, y);
	path_hold(path, 3, x, y);
	path->held++;
}

void path_end(struct path *path)
{
	path_flush(path);
	if (path->open && path->fill)
		fprintf(path->out, "V%.1fH%.1fZ", path->base_y, path->start_x);
	path->open = false;
}
