/* SPDX-License-Identifier: Apache-2.0 */
#include "report/xml.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a lead byte: how many bytes the character has, and its own bits of the code point. */
static unsigned lead(uint8_t byte, uint32_t *point)
{
	static const struct {
		uint8_t mask, pattern;
	} kinds[] = {{0x80, 0x00}, {0xe0, 0xc0}, {0xf0, 0xe0}, {0xf8, 0xf0}};
	for (unsigned i = 0; i < 4; i++)
		if ((byte & kinds[i].mask) == kinds[i].pattern) {
			*point = byte & (uint8_t)~kinds[i].mask;
			return i + 1;
		}
	return 0;
}

/* What XML 1.0 may hold, in its shortest form. */
static bool allowed(uint32_t point, unsigned count)
{
	static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};
	if (point == '\t' || point == '\n')
		return true;
	if (point < least[count] || point > 0x10ffff || (point >= 0x7f && point < 0xa0))
		return false;
	return point < 0xd800 || (point > 0xdfff && point != 0xfffe && point != 0xffff);
}

unsigned xml_character(const char *text)
{
	uint32_t point = 0;
	unsigned count = lead((uint8_t)text[0], &point);
	for (unsigned i = 1; i < count; i++) {
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | ((uint8_t)text[i] & 0x3f);
	}
	return count && allowed(point, count) ? count : 0;
}

static const char *entity(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void write_text(FILE *out, const char *text, bool figure)
{
	for (char before = ' '; text && *text; before = *text++) {
		unsigned count = xml_character(text);
		const char *escape = entity(*text);
		if (!count)
			fputs("\xef\xbf\xbd", out);
		else if (escape)
			fputs(escape, out);
		else if (figure && *text == '-' && isdigit((uint8_t)text[1]) &&
			 !isalnum((uint8_t)before))
			fputs("\xe2\x88\x92", out);
		else
			fwrite(text, 1, count, out);
		text += count > 1 ? count - 1 : 0;
	}
}

void xml_text(FILE *out, const char *text)
{
	write_text(out, text, false);
}

void xml_figure(FILE *out, const char *text)
{
	write_text(out, text, true);
}
