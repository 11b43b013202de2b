/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INI text to entries: what is read is written back as `LINE [section]` and `LINE key=value`, and
 * what is wrong as `LINE !text`, one a line in the order of the calls.
 */
#include <stdlib.h>

#include "base/ini.h"
#include "tap.h"

struct written {
	char text[4096];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(
	struct written *written, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	written->length += (size_t)vsnprintf(written->text + written->length,
		sizeof written->text - written->length, format, arguments);
	va_end(arguments);
	if (written->length >= sizeof written->text)
		written->length = sizeof written->text - 1;
}

static void on_entry(void *user, const struct ini_entry *entry)
{
	if (entry->key)
		put(user, "%d %s=%s\n", entry->place.line, entry->key, entry->value);
	else
		put(user, "%d [%s]\n", entry->place.line, entry->section);
}

static void on_error(void *user, struct ini_place place, const char *text)
{
	put(user, "%d !%s\n", place.line, text);
}

/* The text is copied to the heap without a NUL, so that ASan sees a read beyond its end. */
static size_t read_into(struct written *written, const char *text, size_t size)
{
	const struct ini_handler handler = {written, on_entry, on_error};
	char *copy = malloc(size + !size);

	*written = (struct written){.length = 0};
	memcpy(copy, text, size);
	size_t errors = ini_read("test.ini", copy, size, &handler);
	free(copy);
	return errors;
}

#define NAMED(name, text, want)                                                                    \
	{                                                                                          \
		name, text, sizeof(text) - 1, want                                                 \
	}
#define PAIR "found no `=`, expected `key = value`\n"
#define CLOSE "found no `]` at the end of the line, expected `[section]`\n"
#define ORPHAN "found an indented line, which continues a value, and no key before it\n"

static const struct {
	const char *name, *text;
	size_t size;
	const char *want;
} cases[] = {
	NAMED("nothing", "", ""),
	NAMED("only comments and blank lines", "; a\n# b\n\n  \t\n  ; c\n  # d\n", ""),
	NAMED("a section and a key", "[a b]\nc = d e\n", "1 [a b]\n2 c=d e\n"),
	NAMED("a colon instead", "[a]\nc: d\n", "1 [a]\n2 c=d\n"),
	NAMED("the first of both separates", "[a]\nport = tcp:host:1\n",
		"1 [a]\n2 port=tcp:host:1\n"),
	NAMED("an indented first key", "[ a  b ] \n key \t=\t v  w \n", "1 [a  b]\n2 !" ORPHAN),
	NAMED("blanks around a pair", "[ a ]\nkey \t=\t v  w \t\n", "1 [a]\n2 key=v  w\n"),
	NAMED("no line end at the end", "[a]\nb=c", "1 [a]\n2 b=c\n"),
	NAMED("CRLF", "[a]\r\nb = c\r\n\r\n  d\r\n", "1 [a]\n2 b=c d\n"),
	NAMED("a byte order mark", "\xef\xbb\xbf[a]\nb = c\n", "1 [a]\n2 b=c\n"),
	NAMED("a byte order mark alone", "\xef\xbb\xbf", ""),
	NAMED("a key outside of a section", "b = c\n[a]\n", "1 b=c\n2 [a]\n"),
	NAMED("sections without keys", "[a]\n[b]\n[a]\n", "1 [a]\n2 [b]\n3 [a]\n"),
	NAMED("a key again", "[a]\nb=1\nb=2\n", "1 [a]\n2 b=1\n3 b=2\n"),
	NAMED("an empty value", "[a]\nb =\nc = ; d\n", "1 [a]\n2 b=\n3 c=\n"),
	NAMED("UTF-8", "[a]\nb = \xc2\xb5L \xe2\x82\xac \xf0\x9f\x92\x89\n",
		"1 [a]\n2 b=\xc2\xb5L \xe2\x82\xac \xf0\x9f\x92\x89\n"),
	/* comments */
	NAMED("a comment after a value", "[a]\nb = c ; d\ne = f;g\n", "1 [a]\n2 b=c\n3 e=f;g\n"),
	NAMED("a semicolon at once is text", "[a]\nb =;c\n", "1 [a]\n2 b=;c\n"),
	NAMED("a hash is no comment within a line", "[a]\nb = c # d\n", "1 [a]\n2 b=c # d\n"),
	NAMED("a comment after a section", "[a] ; b\n[c]; d\n[e]\t;f]\n",
		"1 [a]\n2 !" CLOSE "3 [e]\n"),
	NAMED("a comment that eats the bracket", "[a ; b]\n", "1 !" CLOSE),
	/* values of several lines */
	NAMED("a value of three lines", "[a]\nb = c\n  d\n\te f\ng = h\n",
		"1 [a]\n2 b=c d e f\n5 g=h\n"),
	NAMED("a value that begins below", "[a]\nb =\n  c\n", "1 [a]\n2 b=c\n"),
	NAMED("comments within it", "[a]\nb = c ; 1\n  d ; 2\n# 3\n  ; 4\n\n  e;5 ;6\n",
		"1 [a]\n2 b=c d e;5\n"),
	NAMED("an indented pair is a value", "[a]\nb = c\n  d = e\n", "1 [a]\n2 b=c d = e\n"),
	NAMED("nothing to continue", "[a]\n  b = c\n  d = e\n", "1 [a]\n2 !" ORPHAN "3 !" ORPHAN),
	NAMED("nothing to continue at all", " a = b\n", "1 !" ORPHAN),
	NAMED("not over a section", "[a]\nb = c\n[d]\n  e\n", "1 [a]\n2 b=c\n3 [d]\n4 !" ORPHAN),
	/* no pairs */
	NAMED("no separator", "[a]\nb c\nd = e\n", "1 [a]\n2 !" PAIR "3 d=e\n"),
	NAMED("no separator at the end", "[a]\nb", "1 [a]\n2 !" PAIR),
	NAMED("no separator before a comment", "[a]\nb ; c = d\n", "1 [a]\n2 !" PAIR),
	NAMED("what continues that is dropped", "[a]\nb c\n  d\n", "1 [a]\n2 !" PAIR),
	NAMED("no key", "[a]\nb = 1\n= c\n  d\n",
		"1 [a]\n2 b=1\n3 !found no key, expected `key = value`\n"),
	/* headers */
	NAMED("no bracket", "[a\nb = c\n  d\n[e]\nf = g\n", "1 !" CLOSE "4 [e]\n5 f=g\n"),
	NAMED("text after it", "[a] b\n[c]]\n[d]e]\n", "1 !" CLOSE "2 !" CLOSE "3 !" CLOSE),
	NAMED("only brackets", "[]\nb = c\n[ ]\n[\n",
		"1 !found `[]`, expected a name between the brackets\n"
		"3 !found `[]`, expected a name between the brackets\n4 !" CLOSE),
	NAMED("an indented header", "[a]\nb = c\n  [d]\ne = f\n",
		"1 [a]\n2 b=c\n3 !found an indented `[d]`, expected it at the start of the line\n"),
	/* bytes */
	NAMED("NUL", "[a]\nb = c\0d\ne = f\n",
		"1 [a]\n2 !found a NUL byte at column 6, expected text\n3 e=f\n"),
	NAMED("NUL in a comment", "; \0\n", "1 !found a NUL byte at column 3, expected text\n"),
	NAMED("a bare CR", "[a]\nb = c\rd\n",
		"1 [a]\n2 !found a carriage return within the line at column 6, expected line ends "
		"of "
		"LF or CRLF\n"),
	NAMED("CR CR LF", "[a]\r\r\n",
		"1 !found a carriage return within the line at column 4, expected line ends of LF "
		"or "
		"CRLF\n"),
	NAMED("CR at the end", "[a]\r",
		"1 !found a carriage return within the line at column 4, expected line ends of LF "
		"or "
		"CRLF\n"),
	NAMED("escape", "[a]\nb = \x1b[1m\n",
		"1 [a]\n2 !found control character 0x1b at column 5, expected text\n"),
	NAMED("Latin 1", "[a]\n b = \xb5L\n",
		"1 [a]\n2 !found byte 0xb5 at column 6, expected UTF-8\n"),
	NAMED("cut UTF-8", "[a]\nb = \xe2\x82\n",
		"1 [a]\n2 !found byte 0xe2 at column 5, expected UTF-8\n"),
	NAMED("overlong UTF-8", "\xc0\xaf\n", "1 !found byte 0xc0 at column 1, expected UTF-8\n"),
	NAMED("a surrogate", "\xed\xa0\x80\n", "1 !found byte 0xed at column 1, expected UTF-8\n"),
	NAMED("beyond Unicode", "\xf4\x90\x80\x80\n",
		"1 !found byte 0xf4 at column 1, expected UTF-8\n"),
	NAMED("UTF-16", "\xff\xfe[\0", "1 !found byte 0xff at column 1, expected UTF-8\n"),
	NAMED("what continues a bad line is dropped", "[a]\nb = \xff\n  c\nd = e\n",
		"1 [a]\n2 !found byte 0xff at column 5, expected UTF-8\n4 d=e\n"),
};

static void test_cases(void)
{
	struct written written;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t errors = read_into(&written, cases[i].text, cases[i].size), marks = 0;
		is_text(written.text, cases[i].want, "%s", cases[i].name);
		for (const char *at = cases[i].want; (at = strstr(at, " !")); at++)
			marks++;
		if (errors != marks)
			is(errors, marks, "%s: the number of errors", cases[i].name);
	}
}

/* A line that begins with `start` and is filled up to `length` bytes, then `end`. */
static size_t long_line(char *out, const char *start, size_t length, const char *end)
{
	memset(out, 'x', length);
	memcpy(out, start, strlen(start));
	memcpy(out + length, end, strlen(end) + 1);
	return length + strlen(end);
}

static void test_long_lines(void)
{
	struct written written;
	char text[2048];

	read_into(&written, text, long_line(text, "key = ", INI_LINE_MAX, "\r\n"));
	ok(!strncmp(written.text, "1 key=xxx", 9) && written.length == 1 + INI_LINE_MAX,
		"a line of the most bytes is read whole");
	read_into(&written, text, long_line(text, "key = ", INI_LINE_MAX + 1, "\nb = c\n"));
	is_text(written.text,
		"1 !found a line of 191 bytes, expected at most 190: go on in an indented line\n"
		"2 b=c\n",
		"a byte more is an error, and its tail no key");
	read_into(&written, text, long_line(text, "label = ", 1000, "max_rate=999\nb = c"));
	is_text(written.text,
		"1 !found a line of 1012 bytes, expected at most 190: go on in an indented line\n"
		"2 b=c\n",
		"nor is that of a line of several buffers");
	read_into(&written, text, long_line(text, "[pump ", 199, "]\nb = c\n[d]\n"));
	is_text(written.text,
		"1 !found a line of 200 bytes, expected at most 190: go on in an indented line\n"
		"3 [d]\n",
		"the keys of an over-long section are dropped");
	read_into(&written, text, long_line(text, "[pump ", 100, "]\n"));
	is(written.length, 2 + 102, "a section's name is not cut at inih's 49 bytes");
}

static void test_sizes(void)
{
	const size_t lines = 2000, line = 102;
	struct written written;
	char *text = malloc(lines * line);
	const struct ini_handler handler = {&written, on_entry, on_error};

	for (size_t i = 0; i < lines; i++)
		long_line(text + i * (line - 1), i ? "  b" : "a=b", line - 2, "\n");
	written.length = 0;
	is(ini_read("test.ini", text, lines * (line - 1), &handler), 0, "a value of 2000 lines");
	ok(!strncmp(written.text, "1 a=bxxx", 8) && strstr(written.text, "xx bxx"), "is joined");
	free(text);
	written.length = 0;
	is(ini_read("test.ini", "", (size_t)INI_FILE_MAX + 1, &handler), 1, "a file too large");
	is_text(written.text, "0 !found 16777217 bytes, expected at most 16777216\n",
		"is an error");
}

static void test_mask(void)
{
	static const struct {
		const char *name, *text;
		int line;
		const char *want;
	} masks[] = {
		{"a value", "[a]\nkey = x ; c\nb = 1\n", 2, "[a]\nkey = (secret)\nb = 1\n"},
		{"the last line, without its end", "[a]\nk=x", 2, "[a]\nk= (secret)"},
		{"with CRLF and a colon", "k: x\r\nb: 1\r\n", 1, "k: (secret)\r\nb: 1\r\n"},
		{"with its further lines", "k = x\n\ty\n; c\n\n  z\nb = 1\n", 1,
			"k = (secret)\n\n; c\n\n\nb = 1\n"},
		{"a separator in the value", "k = a=b:c\n[s]\n", 1, "k = (secret)\n[s]\n"},
		{"no value", "k =\n", 1, "k = (secret)\n"},
		{"a section's line", "[a]\nk = x\n", 1, NULL},
		{"a line that goes on", "k = x\n\ty\n", 2, NULL},
		{"beyond the end", "k = x\n", 3, NULL},
		{"nothing", "", 1, NULL},
	};

	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		size_t size = strlen(masks[i].text);
		char *masked = ini_mask(masks[i].text, &size, masks[i].line);
		ok(masks[i].want ? masked && size == strlen(masks[i].want) &&
					   !memcmp(masked, masks[i].want, size)
				 : !masked,
			"mask: %s", masks[i].name);
		free(masked);
	}
}

int main(void)
{
	test_mask();
	test_cases();
	test_long_lines();
	test_sizes();
	return done_testing();
}
