/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI text to entries. inih parses; the reader below feeds it line by line and closes its traps. It
 * sees each line first, so it knows the line's number on every build of inih, and only lines that
 * inih reads as we mean them get through: blank, commented and bad lines stay here.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"

/* inih's header bears the name of ours, so its one function that we call is declared here. Some
 * builds pass the handler a line number as a fifth argument; it is not looked at. */
int ini_parse_stream(char *(*reader)(char *line, int size, void *stream), void *stream,
	int (*handler)(void *user, const char *section, const char *name, const char *value),
	void *user);

struct text {
	char *bytes; /* NUL at its end once there is anything */
	size_t length, room;
};

struct reader {
	const struct ini_handler *handler;
	const char *next, *end; /* what is not yet read */
	struct ini_place place; /* of the line that inih works on */
	size_t errors;
	bool owed;      /* inih has not yet called back for this line */
	bool continues; /* the line is indented: more of the value before it */
	bool dropping;  /* after a bad section header: its keys are nobody's */
	bool has_key;   /* there was a key line since the header, good or bad */
	bool pending;   /* an entry is collected and not yet handed on */
	char section[INI_LINE_MAX + 1], key[INI_LINE_MAX + 1];
	struct text value;
	struct ini_place value_place;
};

enum line_kind { LINE_BLANK, LINE_SECTION, LINE_KEY, LINE_CONTINUATION };

struct line {
	const char *start, *end; /* without indentation, line end and blanks at the end */
	size_t length;           /* of all of it, without the line end */
	bool indented;
};

__attribute__((format(printf, 2, 3))) static void complain(
	struct reader *reader, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	reader->errors++;
	reader->handler->error(reader->handler->user, reader->place, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* -- one line: may it be there at all? --------------------------------------------------------- */

/* The bytes of the UTF-8 character at `at`: 0 when it is none, or a control character. */
static size_t character_length(const unsigned char *at, const unsigned char *end)
{
	static const struct {
		unsigned char first, last, second_first, second_last, length;
	} forms[] = {{0x20, 0x7e, 0, 0, 1}, {'\t', '\t', 0, 0, 1}, {0xc2, 0xc2, 0xa0, 0xbf, 2},
		{0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
	size_t form = 0;

	while (form < sizeof forms / sizeof *forms &&
		(*at < forms[form].first || *at > forms[form].last))
		form++;
	if (form == sizeof forms / sizeof *forms || end - at < forms[form].length)
		return 0;
	size_t length = forms[form].length;
	if (length > 1 && (at[1] < forms[form].second_first || at[1] > forms[form].second_last))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return length;
}

/* The first byte that is not text, or NULL. */
static const char *bad_byte(const char *start, const char *end)
{
	const unsigned char *at = (const unsigned char *)start, *stop = (const unsigned char *)end;

	while (at < stop) {
		size_t length = *at >= 0x20 && *at < 0x7f ? 1 : character_length(at, stop);
		if (!length)
			return (const char *)at;
		at += length;
	}
	return NULL;
}

static void complain_byte(struct reader *reader, const struct line *line, const char *at)
{
	unsigned char byte = (unsigned char)*at;
	size_t column = line->length - (size_t)(line->end - at) + 1;

	if (!byte)
		complain(reader, "found a NUL byte at column %zu, expected text", column);
	else if (byte == '\r')
		complain(reader,
			"found a carriage return within the line at column %zu, expected line "
			"ends of LF or CRLF",
			column);
	else if (byte < 0x20 || byte == 0x7f)
		complain(reader, "found control character 0x%02x at column %zu, expected text",
			byte, column);
	else
		complain(reader, "found byte 0x%02x at column %zu, expected UTF-8", byte, column);
}

/* Is the line fit to be parsed, given a buffer of `size` bytes for it? Complains when not. */
static bool line_fits(struct reader *reader, const struct line *line, size_t size)
{
	size_t most = size - 1 < INI_LINE_MAX ? size - 1 : INI_LINE_MAX;
	const char *at = bad_byte(line->start, line->end);

	if (at)
		complain_byte(reader, line, at);
	else if (line->length > most)
		complain(reader,
			"found a line of %zu bytes, expected at most %zu: go on in an indented "
			"line",
			line->length, most);
	else
		return true;
	return false;
}

/* -- entries: collected until it is known that no further line belongs to them ----------------- */

static void hand_on(struct reader *reader)
{
	if (!reader->pending)
		return;
	reader->pending = false;
	const struct ini_entry entry = {.section = reader->section,
		.key = reader->key,
		.value = reader->value.length ? reader->value.bytes : "",
		.place = reader->value_place};
	reader->handler->entry(reader->handler->user, &entry);
}

static int text_append(struct text *text, const char *bytes, size_t count)
{
	size_t blank = text->length != 0;

	if (text->length + blank + count + 1 > text->room) {
		size_t room = 2 * (text->length + count) + 256;
		char *larger = realloc(text->bytes, room);
		if (!larger)
			return -ENOMEM;
		text->bytes = larger;
		text->room = room;
	}
	if (blank)
		text->bytes[text->length++] = ' ';
	memcpy(text->bytes + text->length, bytes, count);
	text->length += count;
	text->bytes[text->length] = 0;
	return 0;
}

/* Where the text ends without a comment and the blanks before it. */
static const char *without_comment(const char *start, const char *end)
{
	for (const char *at = start + 1; at < end; at++)
		if (*at == ';' && is_blank(at[-1]))
			end = at;
	while (end > start && is_blank(end[-1]))
		end--;
	return end;
}

static void begin_entry(struct reader *reader, const char *key)
{
	hand_on(reader);
	if (!*key) {
		complain(reader, "found no key, expected `key = value`");
		return;
	}
	reader->pending = !reader->dropping;
	reader->value.length = 0;
	reader->value_place = reader->place;
	memcpy(reader->key, key, strlen(key) + 1); /* a line's part: it fits */
}

/* inih calls this right after it read a line. */
static int on_value(void *user, const char *section, const char *key, const char *value)
{
	struct reader *reader = user;

	(void)section; /* cut at 49 bytes; reader->section is the whole name */
	reader->owed = false;
	if (!reader->continues)
		begin_entry(reader, key);
	size_t length = (size_t)(without_comment(value, value + strlen(value)) - value);
	if (reader->pending && length && text_append(&reader->value, value, length) < 0)
		complain(reader, "out of memory");
	return 1;
}

/* -- lines: what is for inih, and what stays here ---------------------------------------------- */

static bool next_line(struct reader *reader, struct line *line)
{
	if (reader->next == reader->end)
		return false;
	size_t left = (size_t)(reader->end - reader->next);
	const char *start = reader->next, *end = memchr(start, '\n', left);
	reader->next = end ? end + 1 : reader->end;
	if (!end)
		end = reader->end;
	else if (end > start && end[-1] == '\r')
		end--;
	line->length = (size_t)(end - start);
	line->start = start;
	while (line->start < end && is_blank(*line->start))
		line->start++;
	line->indented = line->start > start;
	line->end = end;
	reader->place.line++;
	return true;
}

static enum line_kind kind_of(const struct line *line)
{
	if (line->start == line->end || *line->start == ';' || *line->start == '#')
		return LINE_BLANK;
	if (*line->start == '[')
		return LINE_SECTION;
	return line->indented ? LINE_CONTINUATION : LINE_KEY;
}

/* `[name]`, and nothing but a comment after it. */
static bool read_header(struct reader *reader, const struct line *line)
{
	const char *start = line->start + 1, *end = without_comment(line->start, line->end) - 1;

	if (end < start || memchr(start, ']', (size_t)(line->end - start)) != end) {
		complain(reader, "found no `]` at the end of the line, expected `[section]`");
		return false;
	}
	while (start < end && is_blank(*start))
		start++;
	while (start < end && is_blank(end[-1]))
		end--;
	memcpy(reader->section, start, (size_t)(end - start));
	reader->section[end - start] = 0;
	return true;
}

static bool section_line(struct reader *reader, const struct line *line, bool fits)
{
	hand_on(reader);
	reader->has_key = false;
	reader->dropping = true;
	if (!fits || !read_header(reader, line))
		return false;
	if (line->indented)
		complain(reader, "found an indented `[%s]`, expected it at the start of the line",
			reader->section);
	else if (!*reader->section)
		complain(reader, "found `[]`, expected a name between the brackets");
	else
		reader->dropping = false;
	if (reader->dropping)
		return false;
	const struct ini_entry entry = {.section = reader->section, .place = reader->place};
	reader->handler->entry(reader->handler->user, &entry);
	return true;
}

static bool continuation_line(struct reader *reader, bool fits)
{
	if (fits && !reader->has_key && !reader->dropping)
		complain(reader,
			"found an indented line, which continues a value, and no key before it");
	return fits && reader->pending;
}

static bool key_line(struct reader *reader, bool fits)
{
	hand_on(reader);
	reader->has_key = true;
	return fits;
}

/* Does the line go to inih? */
static bool line_counts(struct reader *reader, const struct line *line, size_t size)
{
	enum line_kind kind = kind_of(line);
	bool fits = line_fits(reader, line, size);

	reader->continues = kind == LINE_CONTINUATION;
	if (kind == LINE_SECTION)
		return section_line(reader, line, fits);
	if (kind == LINE_CONTINUATION)
		return continuation_line(reader, fits);
	return kind == LINE_KEY && key_line(reader, fits);
}

/* inih asks for a line. */
static char *read_line(char *buffer, int size, void *stream)
{
	struct reader *reader = stream;
	struct line line;

	if (reader->owed) {
		complain(reader, "found no `=`, expected `key = value`");
		reader->owed = false;
	}
	do {
		if (!next_line(reader, &line))
			return NULL;
	} while (!line_counts(reader, &line, (size_t)size));
	reader->owed = *line.start != '[';
	memcpy(buffer, line.end - line.length, line.length);
	buffer[line.length] = 0;
	return buffer;
}

static void skip_byte_order_mark(struct reader *reader)
{
	if (reader->end - reader->next >= 3 && !memcmp(reader->next, "\xef\xbb\xbf", 3))
		reader->next += 3;
}

size_t ini_read(const char *file, const char *text, size_t size, const struct ini_handler *handler)
{
	struct reader reader = {.handler = handler, .next = text, .place = {.file = file}};

	if (size > INI_FILE_MAX) {
		complain(&reader, "found %zu bytes, expected at most %u", size, INI_FILE_MAX);
		return reader.errors;
	}
	if (!size)
		return 0;
	reader.end = text + size;
	skip_byte_order_mark(&reader);
	ini_parse_stream(read_line, &reader, on_value, &reader);
	hand_on(&reader);
	free(reader.value.bytes);
	return reader.errors;
}

/* -- a copy without a secret ------------------------------------------------------------------- */

static char *put(char *to, const char *from, const char *end)
{
	memcpy(to, from, (size_t)(end - from));
	return to + (end - from);
}

static const char *after_separator(const struct line *line)
{
	const char *at = line->start;

	while (at < line->end && *at != '=' && *at != ':')
		at++;
	return at < line->end ? at + 1 : at;
}

char *ini_mask(const char *text, size_t *size, int key_line_number)
{
	static const char mask[] = " (secret)";
	struct reader reader = {.next = text, .end = text + *size};
	char *masked = malloc(*size + sizeof mask), *to = masked;
	bool masking = false, found = false;
	struct line line;

	for (const char *from = text; masked && next_line(&reader, &line); from = reader.next) {
		enum line_kind kind = kind_of(&line);
		if (kind == LINE_KEY || kind == LINE_SECTION)
			masking = kind == LINE_KEY && reader.place.line == key_line_number;
		found |= masking;
		if (!masking || kind == LINE_BLANK) {
			to = put(to, from, reader.next);
			continue;
		}
		if (kind == LINE_KEY)
			to = put(put(to, from, after_separator(&line)), mask,
				mask + sizeof mask - 1);
		to = put(to, line.end, reader.next);
	}
	*size = (size_t)(to - masked);
	if (found)
		return masked;
	free(masked);
	return NULL;
}
