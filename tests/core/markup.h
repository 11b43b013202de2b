/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text well-formed markup: every tag closed in order, every & an entity we write? */
#ifndef MARKUP_H
#define MARKUP_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define MARKUP_DEPTH 64

struct markup {
	const char *names[MARKUP_DEPTH];
	size_t lengths[MARKUP_DEPTH];
	int depth;
};

static bool markup_entity(const char *at)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strncmp(at, known[i], strlen(known[i])))
			return true;
	return false;
}

/* Behind the `>` of the tag at `at`, quotes minded; NULL: none. */
static const char *markup_tag_end(const char *at)
{
	for (bool quoted = false; *at; at++) {
		quoted ^= *at == '"';
		if (*at == '>' && !quoted)
			return at + 1;
		if (*at == '<' && quoted)
			return NULL;
	}
	return NULL;
}

static bool markup_tag(struct markup *markup, const char *at, const char *end)
{
	bool closing = at[1] == '/';
	const char *name = at + 1 + closing;
	size_t length = 0;
	while (isalnum((unsigned char)name[length]))
		length++;
	if (name[0] == '!' || name[0] == '?' || end[-2] == '/' ||
		(length == 4 && !strncmp(name, "meta", 4)))
		return true;
	if (!closing) {
		if (markup->depth == MARKUP_DEPTH || !length)
			return false;
		markup->names[markup->depth] = name;
		markup->lengths[markup->depth++] = length;
		return true;
	}
	if (!markup->depth--)
		return false;
	return markup->lengths[markup->depth] == length &&
		!strncmp(markup->names[markup->depth], name, length);
}

static bool markup_is_sound(const char *text)
{
	struct markup markup = {.depth = 0};
	while (*text) {
		const char *end = *text == '<' ? markup_tag_end(text) : text + 1;
		if (!end || (*text == '<' && !markup_tag(&markup, text, end)))
			return false;
		if (*text == '&' && !markup_entity(text))
			return false;
		text = end;
	}
	return !markup.depth;
}

static size_t markup_count(const char *text, const char *what)
{
	size_t count = 0;
	while ((text = strstr(text, what))) {
		count++;
		text += strlen(what);
	}
	return count;
}

#endif
