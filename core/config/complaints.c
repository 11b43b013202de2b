/* SPDX-License-Identifier: Apache-2.0 */
/* Sorted as they come: nearly all come in order already, so each goes to the end at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/complaints.h"

struct complaint {
	size_t rank;
	int line;
	const char *text;
};

/* `file:line: [title] key: text`, without what is not known. */
static const char *compose(struct arena *arena, struct ini_place place, const char *title,
	const char *key, const char *text)
{
	char line[1024], number[16] = "";

	if (place.line)
		snprintf(number, sizeof number, ":%d", place.line);
	snprintf(line, sizeof line, "%s%s: %s%s%s%s%s%s%s", place.file, number, title ? "[" : "",
		title ? title : "", title ? "]" : "", title && key ? " " : "", key ? key : "",
		title || key ? ": " : "", text);
	return arena_text(arena, line, strlen(line));
}

int complaints_add(struct complaints *complaints, struct arena *arena, size_t rank,
	struct ini_place place, const char *title, const char *key, const char *text)
{
	complaints->total++;
	if (complaints->count == COMPLAINTS_MOST)
		return 0;
	if (complaints->count == complaints->room) {
		size_t room = 2 * complaints->room + 8;
		void *larger = reallocarray(complaints->list, room, sizeof *complaints->list);
		if (!larger)
			return -ENOMEM;
		complaints->list = larger;
		complaints->room = room;
	}
	struct complaint *at = complaints->list + complaints->count;
	const char *line = compose(arena, place, title, key, text);
	if (!line)
		return -ENOMEM;
	complaints->count++;
	for (; at > complaints->list; at--) {
		if (at[-1].rank < rank || (at[-1].rank == rank && at[-1].line <= place.line))
			break;
		*at = at[-1];
	}
	*at = (struct complaint){.rank = rank, .line = place.line, .text = line};
	return 0;
}

void complaints_print(const struct complaints *complaints, FILE *file)
{
	size_t more = complaints->total - complaints->count;

	for (size_t i = 0; i < complaints->count; i++)
		fprintf(file, "%s\n", complaints->list[i].text);
	if (more)
		fprintf(file, "and %zu more\n", more);
}

void complaints_finish(struct complaints *complaints)
{
	free(complaints->list);
	*complaints = (struct complaints){0};
}
