/* SPDX-License-Identifier: Apache-2.0 */
/* The name that was probably meant: the known one with the fewest slips of the finger. */
#include <string.h>

#include "config/schema.h"

#define NEAREST_MOST 64 /* bytes of a name that is looked for */

/* Case and what stands between words are not what a slip of the finger is about. */
static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' || c == '-' ? ' ' : c;
}

/* Letters to insert, drop, change or swap with their neighbour. Both are shorter than NEAREST_MOST.
 */
static size_t distance(const char *one, const char *other)
{
	size_t rows[3][NEAREST_MOST + 1], *before = rows[0], *last = rows[1], *now = rows[2];
	size_t length = strlen(other);

	for (size_t j = 0; j <= length; j++)
		last[j] = j;
	for (size_t i = 1; one[i - 1]; i++) {
		now[0] = i;
		for (size_t j = 1; j <= length; j++) {
			char a = folded(one[i - 1]), b = folded(other[j - 1]);
			size_t least = last[j - 1] + (a != b);
			if (least > last[j] + 1)
				least = last[j] + 1;
			if (least > now[j - 1] + 1)
				least = now[j - 1] + 1;
			if (i > 1 && j > 1 && a == folded(other[j - 2]) &&
				folded(one[i - 2]) == b && least > before[j - 2] + 1)
				least = before[j - 2] + 1;
			now[j] = least;
		}
		size_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[length];
}

const char *schema_nearest(const char *wrong, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t least = SIZE_MAX, length = strlen(wrong);

	for (size_t i = 0; length < NEAREST_MOST && i < count; i++) {
		size_t other = strlen(names[i]);
		if (other >= NEAREST_MOST)
			continue;
		size_t away = distance(wrong, names[i]);
		if (away < least && 3 * away <= (length > other ? length : other)) {
			least = away;
			nearest = names[i];
		}
	}
	return nearest;
}
