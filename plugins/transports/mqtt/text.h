/* SPDX-License-Identifier: Apache-2.0 */
/* A text that grows: JSON is made by hand in one buffer that is used again and again. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
	char *bytes;
	size_t length, room;
	bool failed; /* out of memory: what it says is not whole */
};

void text_finish(struct text *);
bool text_grow(struct text *, size_t more); /* text_room()'s slow way */

/* Room for so many further bytes. false: out of memory. */
static inline bool text_room(struct text *text, size_t more)
{
	return text->room - text->length >= more || text_grow(text, more);
}

static inline void text_put(struct text *text, const char *bytes, size_t length)
{
	if (!text_room(text, length))
		return;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

static inline void text_say(struct text *text, const char *words)
{
	text_put(text, words, strlen(words));
}

static inline void text_clear(struct text *text)
{
	text->length = 0;
	text->failed = false;
}

/* A JSON string with its quotes. */
void text_quote(struct text *, const char *bytes, size_t length);

#endif
