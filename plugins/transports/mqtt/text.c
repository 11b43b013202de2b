/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

void text_finish(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}

bool text_grow(struct text *text, size_t more)
{
	size_t room = text->room ? text->room : 1024;
	while (room - text->length < more)
		room *= 2;
	char *bytes = realloc(text->bytes, room);
	text->failed |= !bytes;
	if (!bytes)
		return false;
	text->bytes = bytes;
	text->room = room;
	return true;
}

static void escape(struct text *text, unsigned char byte)
{
	char code[8];
	if (byte == '"' || byte == '\\')
		snprintf(code, sizeof code, "\\%c", byte);
	else
		snprintf(code, sizeof code, "\\u%04x", byte);
	text_say(text, code);
}

void text_quote(struct text *text, const char *bytes, size_t length)
{
	text_put(text, "\"", 1);
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if (byte < ' ' || byte == '"' || byte == '\\')
			escape(text, byte);
		else
			text_put(text, bytes + i, 1);
	}
	text_put(text, "\"", 1);
}
