/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a balance answers, and as what a client requests. An answer that is read prints
 * as a line that reads as the same answer and prints the same again; a mass that is a whole number of
 * picograms comes back from them.
 */
#include "plugins/instruments/mt-sics/wire.c"
#include <stdlib.h>
#include <string.h>

static void check_mass(const struct sics_mass *mass)
{
	struct sics_mass again;
	int64_t mass_pg, again_pg;
	if (sics_mass_pg(mass, &mass_pg))
		return;
	if (sics_mass_of_pg(mass_pg, mass->unit, mass->decimals, &again) ||
		sics_mass_pg(&again, &again_pg) || again_pg != mass_pg)
		abort();
}

static void check_answer(const char *line)
{
	struct sics_answer answer, again;
	char printed[SICS_LINE_MAX + 3], reprinted[SICS_LINE_MAX + 3];
	if (sics_read_answer(line, &answer))
		return;
	size_t length = sics_print_answer(&answer, printed);
	if (length < 4 || strcmp(printed + length - 2, "\r\n"))
		abort();
	printed[length - 2] = '\0';
	if (sics_read_answer(printed, &again) || again.status != answer.status ||
		again.has_mass != answer.has_mass || strcmp(again.id, answer.id))
		abort();
	if (sics_print_answer(&again, reprinted) != length ||
		memcmp(printed, reprinted, length - 2))
		abort();
	if (answer.has_mass)
		check_mass(&answer.mass);
}

static void check_request(const char *line)
{
	struct sics_request request;
	struct sics_mass mass;
	if (sics_read_request(line, &request))
		return;
	if (request.argument < line || request.argument > line + strlen(line))
		abort();
	if (sics_read_mass(request.argument, &mass) == 0)
		check_mass(&mass);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct sics_lines lines = {0};
	char text[SICS_LINE_MAX];
	for (size_t i = 0; i < size; i++) {
		if (sics_add(&lines, bytes[i]) != SICS_LINE)
			continue;
		check_answer(lines.bytes);
		check_request(lines.bytes);
		sics_quoted(lines.bytes, text, sizeof text);
	}
	return 0;
}
