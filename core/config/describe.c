/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Option tables to words. Each form says the same of an option: its help, what a value may be, what
 * it is when not stated; what differs is how lines begin and when they end.
 */
#include <stdbool.h>
#include <string.h>
#include <theca/plugin.h>

#include "config/describe.h"
#include "base/units.h"

#define WIDTH 79     /* of a line for people: 80 columns hold it */
#define MAN_WIDTH 76 /* mandoc's lint asks for at most 80 bytes in a line */
#define BOUNDS 256
#define WORDS 512 /* enough for what may be said of a value */

/* -- lines ------------------------------------------------------------------------------------- */

/* Words, wrapped. `first` begins the first line, `next` each further one. */
struct lines {
	FILE *file;
	const char *first, *next;
	size_t width;
	bool man;      /* a new line for each sentence, and mdoc's escapes */
	size_t column; /* 0: nothing is written yet */
	bool sentence; /* the last word ended one */
};

/* Columns of UTF-8 text: bytes that do not continue a character. */
static size_t columns(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += (text[i] & 0xc0) != 0x80;
	return count;
}

static void put_escaped(const struct lines *lines, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (lines->man && word[i] == '\\')
			fputs("\\e", lines->file);
		else
			fputc(word[i], lines->file);
}

static bool ends_sentence(const char *word, size_t length)
{
	while (length && strchr(")]'`\"", word[length - 1]))
		length--;
	return length && strchr(".!?", word[length - 1]);
}

static void put_word(struct lines *lines, const char *word, size_t length)
{
	size_t wide = columns(word, length);
	bool starts = !lines->column || lines->column + 1 + wide > lines->width ||
		      (lines->man && lines->sentence && !(*word >= 'a' && *word <= 'z'));

	if (starts) {
		const char *indent = lines->column ? lines->next : lines->first;
		fprintf(lines->file, "%s%s", lines->column ? "\n" : "", indent);
		if (lines->man && (*word == '.' || *word == '\''))
			fputs("\\&", lines->file);
		lines->column = columns(indent, strlen(indent)) + wide;
	} else {
		fputc(' ', lines->file);
		lines->column += 1 + wide;
	}
	put_escaped(lines, word, length);
	lines->sentence = ends_sentence(word, length);
}

static void put_text(struct lines *lines, const char *text)
{
	while (*(text += strspn(text, " \t\n"))) {
		size_t length = strcspn(text, " \t\n");
		put_word(lines, text, length);
		text += length;
	}
}

static void end_lines(struct lines *lines)
{
	if (lines->column)
		fputc('\n', lines->file);
	lines->column = 0;
}

/* A whole paragraph. */
static void put_lines(FILE *file, const char *indent, const char *text)
{
	struct lines lines = {.file = file, .first = indent, .next = indent, .width = WIDTH};

	put_text(&lines, text);
	end_lines(&lines);
}

/* -- what may be said of an option ------------------------------------------------------------- */

static const char *noun_of(const struct theca_option *option)
{
	uint32_t refs = option->flags & (THECA_REF_PUMP | THECA_REF_INSTRUMENT);

	if (option->type != THECA_INSTANCE)
		return units_noun(option->type);
	return refs == THECA_REF_PUMP         ? "the name of a pump"
	       : refs == THECA_REF_INSTRUMENT ? "the name of an instrument"
					      : "the name of a pump or instrument";
}

static void say_choices(const struct theca_option *option, char words[WORDS])
{
	const char *const *choices = option->choices;
	size_t used = 0;

	for (size_t i = 0; choices[i] && used < WORDS; i++)
		used += (size_t)snprintf(words + used, WORDS - used, "%s%s",
			!i               ? "One of "
			: choices[i + 1] ? ", "
					 : " or ",
			choices[i]);
	if (used < WORDS)
		snprintf(words + used, WORDS - used, ".");
}

/* `from 1 mL to 60 mL` */
static void say_bounds(const struct theca_option *option, char words[BOUNDS])
{
	const char *min = option->min, *max = option->max;

	*words = 0;
	if (min && max)
		snprintf(words, BOUNDS, " from %s to %s", min, max);
	else if (min || max)
		snprintf(words, BOUNDS, " of at %s %s", min ? "least" : "most", min ? min : max);
}

/* `A volume from 1 mL to 60 mL.` */
static void say_value(const struct theca_option *option, char words[WORDS])
{
	bool list = option->flags & THECA_LIST;
	char bounds[BOUNDS];

	if (option->type == THECA_CHOICE) {
		say_choices(option, words);
		return;
	}
	say_bounds(option, bounds);
	snprintf(words, WORDS, "%s%s%s.", noun_of(option), bounds,
		list ? ", or several with commas between" : "");
	*words = (char)(*words - 'a' + 'A'); /* a noun's article, in ASCII */
}

/* `Default: 40 mL.` */
static void say_absence(const struct theca_option *option, char words[WORDS])
{
	if (option->initial)
		snprintf(words, WORDS, "Default: %s.", option->initial);
	else
		snprintf(words, WORDS, "%s",
			option->flags & THECA_OPTIONAL ? "May be left out." : "Required.");
}

static void put_all(struct lines *lines, const struct theca_option *option, bool absence)
{
	char words[WORDS];

	put_text(lines, option->help);
	say_value(option, words);
	put_text(lines, words);
	say_absence(option, words);
	if (absence)
		put_text(lines, words);
	end_lines(lines);
}

static bool is_required(const struct theca_option *option)
{
	return !option->initial && !(option->flags & THECA_OPTIONAL);
}

/* The core names the plugin by a key of its own, which the caller's table may hold or not. */
static bool is_plugin_key(const struct theca_option *option)
{
	return !strcmp(option->name, "driver") || !strcmp(option->name, "plugin");
}

static const char *plugin_key(const char *kind)
{
	return strcmp(kind, "pump") ? "plugin" : "driver";
}

/* -- help -------------------------------------------------------------------------------------- */

static void text_option(FILE *file, const struct theca_option *option)
{
	struct lines lines = {.file = file, .first = "      ", .next = "      ", .width = WIDTH};

	fprintf(file, "  %s%s%s\n", option->name, option->initial ? " = " : "",
		option->initial ? option->initial : "");
	put_all(&lines, option, !option->initial);
}

static void text_options(FILE *file, struct schema schema)
{
	const struct theca_option *option;

	for (size_t i = 0; (option = schema_at(schema, i)); i++)
		if (!is_plugin_key(option))
			text_option(file, option);
}

static void describe_text(
	FILE *file, const struct theca_plugin *plugin, const char *kind, struct schema core)
{
	const struct schema own = {plugin->options, plugin->option_size};

	fprintf(file, "%s %s (%s)\n", plugin->name, plugin->version ? plugin->version : "", kind);
	put_lines(file, "  ", plugin->summary ? plugin->summary : "");
	fprintf(file, "\nA section [%s NAME] with %s = %s takes%s\n", kind, plugin_key(kind),
		plugin->name, schema_count(own) ? ":" : " no keys of the plugin's own.");
	text_options(file, own);
	if (!schema_count(core))
		return;
	fprintf(file, "\nand, as every [%s NAME]:\n", kind);
	text_options(file, core);
}

/* -- an INI template --------------------------------------------------------------------------- */

/* Does the schema take this quantity? Files are not opened, sections not looked up. */
static bool is_taken(const struct theca_option *option, const char *text)
{
	struct theca_option one = *option;
	char why[UNITS_WHY];
	int64_t value;

	one.flags &= ~THECA_LIST;
	one.offset = 0;
	return !schema_is_quantity(one.type) ||
	       !schema_set(&one, text, &value, NULL, why, sizeof why);
}

/* The value that the help names: "such as `water`". */
static bool sample_of_help(const struct theca_option *option, char sample[WORDS])
{
	static const char sign[] = "such as `";
	const char *start = strstr(option->help, sign);

	start = start ? start + strlen(sign) : "";
	size_t length = strcspn(start, "`");
	if (!length || length >= WORDS || start[length] != '`')
		return false;
	memcpy(sample, start, length);
	sample[length] = 0;
	return is_taken(option, sample);
}

/* A value that the schema takes; `room` is for one that stands in the help. */
static const char *sample_of(const struct theca_option *option, char room[WORDS])
{
	const char *example = units_example(option->type);

	if (option->initial)
		return option->initial;
	if (sample_of_help(option, room))
		return room;
	if (option->type == THECA_CHOICE)
		return option->choices[0];
	if (!is_taken(option, example))
		return option->min ? option->min : option->max;
	return *example ? example : "text";
}

static void ini_option(FILE *file, const struct theca_option *option)
{
	const char *mark = is_required(option) ? "" : ";";
	char words[WORDS], next[4];
	struct lines help = {.file = file, .first = "; ", .next = "; ", .width = WIDTH};
	struct lines value = {.file = file, .first = mark, .next = next, .width = WIDTH};

	fputc('\n', file);
	put_all(&help, option, !option->initial);
	snprintf(next, sizeof next, "%s\t", mark);
	put_text(&value, option->name);
	put_text(&value, "=");
	put_text(&value, sample_of(option, words));
	end_lines(&value);
}

static void ini_options(FILE *file, struct schema schema)
{
	const struct theca_option *option;

	for (size_t i = 0; (option = schema_at(schema, i)); i++)
		if (!is_plugin_key(option))
			ini_option(file, option);
}

static void describe_ini(
	FILE *file, const struct theca_plugin *plugin, const char *kind, struct schema core)
{
	const struct schema own = {plugin->options, plugin->option_size};

	put_lines(file, "; ", plugin->summary ? plugin->summary : plugin->name);
	fprintf(file, "; A line that begins with `;key =` shows what holds without it.\n");
	fprintf(file, "[%s example]\n%s = %s\n", kind, plugin_key(kind), plugin->name);
	ini_options(file, core);
	ini_options(file, own);
}

/* -- the OPTIONS of a manual ------------------------------------------------------------------- */

/* What stands for the value: one word for `Ar`. */
static const char *man_value(uint32_t type)
{
	static const char *const words[] = {[THECA_CHOICE] = "word",
		[THECA_FLAG] = "yes|no",
		[THECA_TEXT] = "text",
		[THECA_FILE] = "file",
		[THECA_PORT] = "port",
		[THECA_INSTANCE] = "section"};
	const char *noun = units_noun(type);

	if (!schema_is_quantity(type))
		return type < sizeof words / sizeof *words && words[type] ? words[type] : "value";
	return strncmp(noun, "a ", 2) ? noun : noun + 2;
}

static void man_option(FILE *file, const struct theca_option *option)
{
	struct lines lines = {
		.file = file, .first = "", .next = "", .width = MAN_WIDTH, .man = true};

	fprintf(file, ".It Cm %s No = Ar %s\n", option->name, man_value(option->type));
	put_all(&lines, option, true);
}

static void describe_man(
	FILE *file, const struct theca_plugin *plugin, const char *kind, struct schema core)
{
	const struct schema all[] = {{plugin->options, plugin->option_size}, core};
	const struct theca_option *option;

	(void)kind;
	for (size_t part = 0; part < sizeof all / sizeof *all; part++)
		for (size_t i = 0; (option = schema_at(all[part], i)); i++)
			man_option(file, option);
}

void describe_plugin(FILE *file, enum describe_form form, const struct theca_plugin *plugin,
	const char *kind, struct schema core)
{
	static void (*const forms[])(FILE *, const struct theca_plugin *, const char *,
		struct schema) = {[DESCRIBE_TEXT] = describe_text,
		[DESCRIBE_INI] = describe_ini,
		[DESCRIBE_MAN] = describe_man};

	forms[form](file, plugin, kind, core);
}
