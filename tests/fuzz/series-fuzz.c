/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a recorded series; the first byte chooses the format. What is accepted must have
 * rows in order of time, what is refused must say why and leave nothing behind.
 */
#include "plugins/instruments/csv-player/series.c"
#include "plugins/instruments/csv-player/scan.c"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <theca/quantity.h>

static const struct series_format formats[] = {
	{"1", "2", THECA_SECOND_NS, INT64_C(1000000000000)},
	{"2", "1", 0, 1000000},
	{"t", "mass", THECA_HOUR_NS, 1000000000},
	{"time", "3", 1000000, INT64_C(1000000000000000)},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct series series;
	struct series_error error;
	if (!size)
		return 0;
	/* a copy of its own size, so that reading past its end is found */
	char *text = size > 1 ? malloc(size - 1) : calloc(1, 1);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	int result = series_parse(&series, text, size - 1, &formats[data[0] % 4], &error);
	if (result ? series.rows || !*error.why : !series.count)
		abort();
	for (size_t i = 1; i < series.count; i++)
		if (series.rows[i].time_ns < series.rows[i - 1].time_ns)
			abort();
	series_finish(&series);
	free(text);
	return 0;
}
