/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawing is complete in itself: title, axes, and at the right edge the name of each series at
 * the height where it ends, so that nobody looks up colours. Series differ in dash and marker as
 * well as in colour (after Okabe and Ito), so that a grey print can be read.
 */
#include "report/svg.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/axis.h"
#include "report/path.h"
#include "report/xml.h"

#define INK "#1c2430"
#define MUTED "#5a6472"
#define GRID "#e3e7eb"
#define LIMIT "#38424e"
#define LEAST_SHARE 0.15 /* of the plot's height, for the curves: beyond it a level is not drawn */
#define LABEL_ROOM 8
#define CHARACTER 6.3 /* width of one at 11 px, on the safe side */

struct bounds {
	double low_x, high_x, low_y, high_y;
};

struct drawing {
	FILE *out;
	const struct theca_chart *chart;
	double left, top, right, bottom; /* of the plot, in pixels */
	double name_room;                /* beside it, for names of series */
	struct axis x, y;
	bool empty;
};

struct label {
	double wanted_y, y;
	uint32_t index;
};

static struct theca_series series_of(const struct theca_chart *chart, uint32_t index)
{
	struct theca_series series = {.name = ""};
	if (index >= chart->series_count)
		return series;
	size_t size = chart->series_size < sizeof series ? chart->series_size : sizeof series;
	memcpy(&series, (const char *)chart->series + (size_t)index * chart->series_size, size);
	return series;
}

static const char *color_of(const struct theca_series *series, uint32_t index)
{
	static const char *const colors[] = {
		"#0072b2", "#d55e00", "#009e73", "#a2477f", "#b07400", "#3a8fc4"};
	return series->style == THECA_LIMIT ? LIMIT : colors[index % 6];
}

/* -- range and axes --------------------------------------------------------------------------- */

static bool visible(const struct theca_chart *chart, double x, double y)
{
	return isfinite(x) && isfinite(y) && (!(chart->flags & THECA_LOG_X) || x > 0);
}

/* A limit of one point is a level across the whole plot. */
static bool is_level(const struct theca_series *series)
{
	return series->style == THECA_LIMIT && series->count == 1 && isfinite(series->y[0]);
}

/* A limit of two points above each other marks a place on the x axis, and is named there. */
static bool is_upright(const struct theca_series *series)
{
	return series->style == THECA_LIMIT && series->count == 2 && series->x[0] == series->x[1] &&
	       isfinite(series->x[0]);
}

/* All the same: markers would only hide what is beneath. */
static bool is_flat(const struct theca_series *series)
{
	for (size_t i = 1; i < series->count; i++)
		if (!(series->y[i] == series->y[0]))
			return false;
	return series->count > 1;
}

static void widen(struct bounds *bounds, const struct theca_chart *chart, uint32_t index)
{
	struct theca_series series = series_of(chart, index);
	bool level = is_level(&series);
	for (size_t i = 0; i < series.count; i++) {
		if (!level && !visible(chart, series.x[i], series.y[i]))
			continue;
		bounds->low_x = level ? bounds->low_x : fmin(bounds->low_x, series.x[i]);
		bounds->high_x = level ? bounds->high_x : fmax(bounds->high_x, series.x[i]);
		bounds->low_y = fmin(bounds->low_y, series.y[i]);
		bounds->high_y = fmax(bounds->high_y, series.y[i]);
	}
	if (series.style == THECA_STEPS && series.count)
		bounds->low_y = fmin(bounds->low_y, 0);
}

/* With this level in the range, is there enough left of it for the curves? */
static bool is_near(const struct bounds *curves, const struct theca_series *level)
{
	double low = fmin(curves->low_y, level->y[0]), high = fmax(curves->high_y, level->y[0]);
	return !(curves->high_y - curves->low_y < LEAST_SHARE * (high - low));
}

/* Levels far away would press the curves flat: they are named at the edge instead of drawn. */
static struct bounds find_bounds(const struct theca_chart *chart)
{
	struct bounds bounds = {INFINITY, -INFINITY, INFINITY, -INFINITY}, curves;
	for (uint32_t i = 0; i < chart->series_count; i++) {
		struct theca_series series = series_of(chart, i);
		if (!is_level(&series))
			widen(&bounds, chart, i);
	}
	curves = bounds;
	for (uint32_t i = 0; i < chart->series_count; i++) {
		struct theca_series series = series_of(chart, i);
		if (is_level(&series) && is_near(&curves, &series))
			widen(&bounds, chart, i);
	}
	if (bounds.low_y > 0 && bounds.low_y < 0.75 * bounds.high_y)
		bounds.low_y = 0;
	return bounds;
}

/* A curve of few points on a logarithmic axis has its ticks where the points are: the windows of a
 * trumpet curve are read by their length. */
static void set_log_axis(struct drawing *drawing, const struct bounds *bounds)
{
	axis_logarithmic(&drawing->x, bounds->low_x / 1.12, bounds->high_x * 1.12);
	struct theca_series first = series_of(drawing->chart, 0);
	for (size_t i = 0; i < first.count; i++)
		if (!(first.x[i] > 0 && isfinite(first.x[i])))
			return;
	if (first.count > 1 && first.count <= 12)
		axis_ticks_at(&drawing->x, first.x, (int)first.count);
}

static void set_axes(struct drawing *drawing, const struct bounds *bounds)
{
	const struct theca_chart *chart = drawing->chart;
	drawing->empty = !(bounds->low_x <= bounds->high_x);
	struct bounds used = drawing->empty ? (struct bounds){1, 10, 0, 1} : *bounds;
	axis_linear(&drawing->y, used.low_y, used.high_y, chart->y_label, 6, false);
	if (chart->flags & THECA_LOG_X)
		set_log_axis(drawing, &used);
	else
		axis_linear(&drawing->x, used.low_x, used.high_x, chart->x_label, 9, true);
}

static double text_width(const char *text)
{
	double count = 0;
	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count * CHARACTER;
}

static double widest_tick(const struct axis *axis)
{
	double widest = 0;
	char text[32];
	for (int i = 0; i < axis->tick_count; i++)
		widest = fmax(widest, text_width(axis_text(axis, axis->ticks[i], text)));
	return widest;
}

/* The title names a series that is alone; an empty name asks for none. */
static bool is_named(const struct theca_chart *chart, const struct theca_series *series)
{
	return chart->series_count > 1 && series->name && *series->name && !is_upright(series);
}

static void lay_out(struct drawing *drawing, int width, int height)
{
	const struct theca_chart *chart = drawing->chart;
	double names = 0;
	for (uint32_t i = 0; i < chart->series_count; i++) {
		struct theca_series series = series_of(chart, i);
		if (is_named(chart, &series))
			names = fmax(names, text_width(series.name) + 34);
	}
	drawing->name_room = fmin(names, width * 0.3);
	drawing->left = fmax(60, 34 + widest_tick(&drawing->y)); /* charts on one page line up */
	drawing->right = width - fmax(drawing->name_room, 14);
	drawing->top = 34;
	drawing->bottom = height - 44;
}

static double pixel_x(const struct drawing *drawing, double x)
{
	return drawing->left + axis_position(&drawing->x, x) * (drawing->right - drawing->left);
}

static double pixel_y(const struct drawing *drawing, double y)
{
	return drawing->bottom - axis_position(&drawing->y, y) * (drawing->bottom - drawing->top);
}

/* -- frame ------------------------------------------------------------------------------------ */

static void draw_line(FILE *out, double x1, double y1, double x2, double y2, const char *style)
{
	fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\" %s/>\n", x1, y1, x2, y2, style);
}

static void draw_ticks(const struct drawing *drawing)
{
	FILE *out = drawing->out;
	char text[32];
	for (int i = 0; i < drawing->y.tick_count; i++) {
		double y = pixel_y(drawing, drawing->y.ticks[i]);
		draw_line(out, drawing->left, y, drawing->right, y, "stroke=\"" GRID "\"");
		fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", drawing->left - 7,
			y + 4);
		xml_figure(out, axis_text(&drawing->y, drawing->y.ticks[i], text));
		fputs("</text>\n", out);
	}
	for (int i = 0; i < drawing->x.tick_count; i++) {
		double x = pixel_x(drawing, drawing->x.ticks[i]);
		draw_line(out, x, drawing->bottom, x, drawing->bottom + 5, "stroke=\"" MUTED "\"");
		fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x,
			drawing->bottom + 18);
		xml_figure(out, axis_text(&drawing->x, drawing->x.ticks[i], text));
		fputs("</text>\n", out);
	}
}

static void draw_titles(const struct drawing *drawing)
{
	FILE *out = drawing->out;
	double middle_y = (drawing->top + drawing->bottom) / 2;
	fputs("<text x=\"0\" y=\"16\" font-size=\"13\" font-weight=\"600\" fill=\"" INK "\">", out);
	xml_text(out, drawing->chart->title);
	fprintf(out, "</text>\n<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
		(drawing->left + drawing->right) / 2, drawing->bottom + 37);
	xml_text(out, drawing->chart->x_label);
	fprintf(out,
		"</text>\n<text transform=\"translate(13 %.1f) rotate(-90)\" "
		"text-anchor=\"middle\">",
		middle_y);
	xml_text(out, drawing->chart->y_label);
	fputs("</text>\n", out);
	if (drawing->empty)
		fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">no data</text>\n",
			(drawing->left + drawing->right) / 2, middle_y);
}

/* A base line where zero is, else the frame's lower edge. */
static void draw_base(const struct drawing *drawing)
{
	draw_line(drawing->out, drawing->left, drawing->bottom, drawing->right, drawing->bottom,
		"stroke=\"" MUTED "\"");
	if (drawing->y.low < 0 && drawing->y.high > 0)
		draw_line(drawing->out, drawing->left, pixel_y(drawing, 0), drawing->right,
			pixel_y(drawing, 0), "stroke=\"#a9b1ba\"");
}

/* -- curves ----------------------------------------------------------------------------------- */

/* A step lasts until the next point, also when that one has no value. */
static void write_gap(const struct drawing *drawing, const struct theca_series *series, size_t i,
	struct path *path)
{
	if (path->steps && i && visible(drawing->chart, series->x[i], series->y[i - 1]))
		path_add(path, pixel_x(drawing, series->x[i]), pixel_y(drawing, series->y[i - 1]));
	path_end(path);
}

static void write_path(const struct drawing *drawing, const struct theca_series *series, bool fill)
{
	struct path path = {.out = drawing->out,
		.steps = series->style == THECA_STEPS,
		.fill = fill,
		.base_y = pixel_y(drawing, fmax(0, drawing->y.low))};
	fputs("<path d=\"", drawing->out);
	for (size_t i = 0; i < series->count; i++)
		if (visible(drawing->chart, series->x[i], series->y[i]))
			path_add(&path, pixel_x(drawing, series->x[i]),
				pixel_y(drawing, series->y[i]));
		else
			write_gap(drawing, series, i, &path);
	path_end(&path);
	fputs("\" ", drawing->out);
}

static const char *dash_of(const struct theca_series *series, uint32_t index)
{
	static const char *const dashes[] = {
		"", " stroke-dasharray=\"7 3\"", " stroke-dasharray=\"2 2.5\""};
	return series->style == THECA_LIMIT ? " stroke-dasharray=\"5 4\"" : dashes[index / 2 % 3];
}

static void draw_curve(
	const struct drawing *drawing, const struct theca_series *series, uint32_t index)
{
	const char *color = color_of(series, index);
	if (series->style == THECA_STEPS) {
		write_path(drawing, series, true);
		fprintf(drawing->out, "fill=\"%s\" fill-opacity=\"0.1\" stroke=\"none\"/>\n",
			color);
	}
	write_path(drawing, series, false);
	fprintf(drawing->out, "stroke=\"%s\" stroke-width=\"%s\"%s/>\n", color,
		series->style == THECA_LIMIT ? "1.2" : "1.7", dash_of(series, index));
}

/* Circle, triangle, square, diamond in turn. */
static void draw_marker(FILE *out, double x, double y, const char *color, uint32_t index)
{
	static const char *const shapes[] = {"m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
		"m0 -4.4l4.2 7.4h-8.4z", "m-3.2 -3.2h6.4v6.4h-6.4z",
		"m0 -4.4l4.4 4.4l-4.4 4.4l-4.4 -4.4z"};
	fprintf(out, "<path d=\"M%.1f %.1f%s\" fill=\"%s\" stroke=\"#fff\"/>\n", x, y,
		shapes[index % 4], color);
}

static bool has_markers(const struct theca_series *series)
{
	return series->style == THECA_POINTS ||
	       (series->style == THECA_LINE && series->count <= 24 && !is_flat(series));
}

/* A level beyond the axis. */
static bool is_outside(const struct drawing *drawing, const struct theca_series *series)
{
	return is_level(series) &&
	       (series->y[0] > drawing->y.high || series->y[0] < drawing->y.low);
}

static void draw_series(
	const struct drawing *drawing, const struct theca_series *series, uint32_t index)
{
	if (is_outside(drawing, series))
		return;
	if (is_level(series)) {
		double y = pixel_y(drawing, series->y[0]);
		draw_line(drawing->out, drawing->left, y, drawing->right, y,
			"stroke=\"" LIMIT "\" stroke-width=\"1.2\" stroke-dasharray=\"5 4\"");
		return;
	}
	if (series->style != THECA_POINTS)
		draw_curve(drawing, series, index);
	for (size_t i = 0; has_markers(series) && i < series->count; i++)
		if (visible(drawing->chart, series->x[i], series->y[i]))
			draw_marker(drawing->out, pixel_x(drawing, series->x[i]),
				pixel_y(drawing, series->y[i]), color_of(series, index), index);
}

/* The name of a mark, beside its upper end; where there is no room right of it, left. */
static void draw_mark_name(const struct drawing *drawing, const struct theca_series *series)
{
	double x = pixel_x(drawing, series->x[0]);
	bool left = x + 6 + text_width(series->name) > drawing->right;
	fprintf(drawing->out, "<text x=\"%.1f\" y=\"%.1f\"%s fill=\"" INK "\">",
		x + (left ? -5 : 5), drawing->top + 9, left ? " text-anchor=\"end\"" : "");
	xml_figure(drawing->out, series->name);
	fputs("</text>\n", drawing->out);
}

/* -- names of series -------------------------------------------------------------------------- */

static int by_height(const void *a, const void *b)
{
	const struct label *left = a, *right = b;
	int order = (left->wanted_y > right->wanted_y) - (left->wanted_y < right->wanted_y);
	return order ? order : (int)left->index - (int)right->index;
}

/* Where the curve ends; NAN: nowhere. */
static double end_of(const struct drawing *drawing, const struct theca_series *series)
{
	for (size_t i = series->count; i-- > 0;)
		if (is_level(series) || visible(drawing->chart, series->x[i], series->y[i]))
			return pixel_y(
				drawing, fmax(drawing->y.low, fmin(series->y[i], drawing->y.high)));
	return NAN;
}

/* Names that would touch are pushed down, and from the lower edge up again. */
static void spread(struct label *labels, int count, double bottom)
{
	for (int i = 0; i < count; i++)
		labels[i].y =
			i ? fmax(labels[i].wanted_y, labels[i - 1].y + 15) : labels[i].wanted_y;
	for (int i = count; i-- > 0;)
		labels[i].y = fmin(labels[i].y, i == count - 1 ? bottom : labels[i + 1].y - 15);
}

/* As much of it as there is room for. */
static void write_name(const struct drawing *drawing, const char *name)
{
	char text[256];
	size_t length = 0;
	int room = (int)((drawing->name_room - 32) / CHARACTER);
	for (; name[length] && room && length < sizeof text - 4; room--) {
		unsigned count = xml_character(name + length);
		length += count ? count : 1;
	}
	snprintf(text, sizeof text, "%.*s", (int)length, name);
	xml_figure(drawing->out, text);
	if (name[length])
		fputs("\xe2\x80\xa6", drawing->out);
}

/* Where a level is that the plot does not reach: an arrow for its key, its value below its name. */
static void write_outside(FILE *out, double x, double y, double value, bool above)
{
	char text[32];
	snprintf(text, sizeof text, "%.6g", value);
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n<text x=\"%.1f\" y=\"%.1f\">", x + 4,
		y + 4, above ? "\xe2\x86\x91" : "\xe2\x86\x93", x + 21, y + (above ? 17 : -9));
	xml_figure(out, text);
	fputs("</text>\n", out);
}

static void draw_key(
	const struct drawing *drawing, const struct theca_series *series, const struct label *label)
{
	double x = drawing->right + 8;
	const char *color = color_of(series, label->index);
	bool outside = is_outside(drawing, series);
	if (series->style != THECA_POINTS && !outside)
		fprintf(drawing->out,
			"<path d=\"M%.1f %.1fh16\" stroke=\"%s\" stroke-width=\"1.7\"%s/>\n", x,
			label->y, color, dash_of(series, label->index));
	if (has_markers(series))
		draw_marker(drawing->out, x + 8, label->y, color, label->index);
	fprintf(drawing->out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"" INK "\">", x + 21,
		label->y + 4);
	write_name(drawing, series->name);
	fputs("</text>\n", drawing->out);
	if (outside)
		write_outside(
			drawing->out, x, label->y, series->y[0], series->y[0] > drawing->y.high);
}

static void draw_names(const struct drawing *drawing)
{
	struct label labels[LABEL_ROOM];
	int count = 0;
	for (uint32_t i = 0; i < drawing->chart->series_count && count < LABEL_ROOM; i++) {
		struct theca_series series = series_of(drawing->chart, i);
		double y = end_of(drawing, &series);
		if (is_upright(&series) && series.name)
			draw_mark_name(drawing, &series);
		if (is_named(drawing->chart, &series) && !isnan(y))
			labels[count++] = (struct label){.wanted_y = y, .index = i};
	}
	qsort(labels, (size_t)count, sizeof *labels, by_height);
	spread(labels, count, drawing->bottom);
	for (int i = 0; i < count; i++) {
		struct theca_series series = series_of(drawing->chart, labels[i].index);
		draw_key(drawing, &series, &labels[i]);
	}
}

void svg_chart(FILE *out, const struct theca_chart *chart, int width, int height)
{
	struct drawing drawing = {.out = out, .chart = chart};
	struct bounds bounds = find_bounds(chart);
	set_axes(&drawing, &bounds);
	lay_out(&drawing, width, height);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"font-family=\"system-ui, sans-serif\" font-size=\"11\" fill=\"" MUTED
		"\">\n<title>",
		width, height);
	xml_text(out, chart->title);
	fputs("</title>\n", out);
	draw_ticks(&drawing);
	draw_titles(&drawing);
	fputs("<g fill=\"none\" stroke-linejoin=\"round\">\n", out);
	draw_base(&drawing);
	for (uint32_t i = 0; i < chart->series_count; i++) {
		struct theca_series series = series_of(chart, i);
		draw_series(&drawing, &series, i);
	}
	fputs("</g>\n", out);
	draw_names(&drawing);
	fputs("</svg>\n", out);
}
