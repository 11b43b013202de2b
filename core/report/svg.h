/* SPDX-License-Identifier: Apache-2.0 */
/* One chart as an SVG drawing: axes with round ticks, grid, legend, series by style. Pure. */
#ifndef SVG_H
#define SVG_H

#include <stdio.h>
#include <theca/procedure.h>

void svg_chart(FILE *, const struct theca_chart *, int width, int height);

#endif
