/* SPDX-License-Identifier: Apache-2.0 */
/* thecad: the bench service. */
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "config/describe.h"
#include "base/log.h"
#include "service/plan.h"
#include "service/service.h"
#include "bench/settings.h"

#define EXIT_USAGE 64  /* sysexits.h: EX_USAGE */
#define EXIT_CONFIG 78 /* EX_CONFIG */

enum job { RUN, CHECK, PLAN, LIST, DESCRIBE };

struct arguments {
	enum job job;
	struct service_options service;
	const char *plugin; /* --describe */
	enum describe_form form;
	int level;
};

static const char usage[] =
	"Usage: thecad [OPTION]... BENCH.ini\n"
	"Run a bench of intrathecal drug pumps. Not for clinical use.\n"
	"\n"
	"      --check             read the file, report every error, run nothing\n"
	"      --plan              print the timetable with the guard's verdicts, run nothing\n"
	"      --list              list the plugins that can be loaded\n"
	"      --describe PLUGIN   print a plugin's options\n"
	"      --format FORM       of --describe: text, ini or man\n"
	"  -o, --output FOLDER     where the run is kept (runs/NAME)\n"
	"  -s, --socket PATH       the control socket\n"
	"  -p, --plugins PATH      folders of plugins, ':' between\n"
	"      --tap               print the verdicts as TAP on standard output, nothing else\n"
	"  -q, --quiet             print no summary and no progress\n"
	"  -v, --verbose           log more\n"
	"  -h, --help              this text\n"
	"  -V, --version           the version\n"
	"\n"
	"Exit status: 0 all verdicts passed; 1 one failed, or the run was cut short; 64 wrong\n"
	"usage; 78 the bench file has errors; 70 it could not run. See thecad(8), theca.ini(5).\n";

enum long_only { OPT_CHECK = 256, OPT_PLAN, OPT_LIST, OPT_DESCRIBE, OPT_FORMAT, OPT_TAP };

static const struct option long_options[] = {
	{"check", no_argument, NULL, OPT_CHECK},
	{"plan", no_argument, NULL, OPT_PLAN},
	{"list", no_argument, NULL, OPT_LIST},
	{"describe", required_argument, NULL, OPT_DESCRIBE},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"tap", no_argument, NULL, OPT_TAP},
	{"output", required_argument, NULL, 'o'},
	{"socket", required_argument, NULL, 's'},
	{"plugins", required_argument, NULL, 'p'},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{0},
};

/* 0: go on; else an exit status plus 1. */
static int read_form(const char *word, enum describe_form *form)
{
	static const char *const words[] = {"text", "ini", "man"};

	for (int i = 0; i < 3; i++)
		if (!strcmp(word, words[i])) {
			*form = (enum describe_form)i;
			return 0;
		}
	fprintf(stderr, "thecad: found --format %s, expected text, ini or man\n", word);
	return EXIT_USAGE + 1;
}

static int read_option(struct arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPT_CHECK: arguments->job = CHECK; return 0;
	case OPT_PLAN: arguments->job = PLAN; return 0;
	case OPT_LIST: arguments->job = LIST; return 0;
	case OPT_DESCRIBE:
		arguments->job = DESCRIBE;
		arguments->plugin = value;
		return 0;
	case OPT_FORMAT: return read_form(value, &arguments->form);
	case OPT_TAP: arguments->service.tap = true; return 0;
	case 'o': arguments->service.folder = value; return 0;
	case 's': arguments->service.socket = value; return 0;
	case 'p': arguments->service.plugin_path = value; return 0;
	case 'q':
		arguments->service.quiet = true;
		arguments->level = THECA_WARNING;
		return 0;
	case 'v': arguments->level = THECA_DEBUG; return 0;
	case 'h': fputs(usage, stdout); return 1;
	case 'V': puts("thecad " VERSION_TEXT); return 1;
	default: fputs("Try 'thecad --help'.\n", stderr); return EXIT_USAGE + 1;
	}
}

static int read_arguments(struct arguments *arguments, int argc, char **argv)
{
	int option, stop = 0;

	while (!stop && (option = getopt_long(argc, argv, "o:s:p:qvhV", long_options, NULL)) != -1)
		stop = read_option(arguments, option, optarg);
	if (stop)
		return stop;
	arguments->service.file = argv[optind];
	bool needs_file = arguments->job != LIST && arguments->job != DESCRIBE;
	if (needs_file != (optind < argc) || optind + 1 < argc) {
		fprintf(stderr, "thecad: expected %s\nTry 'thecad --help'.\n",
			needs_file ? "one bench file" : "no bench file");
		return EXIT_USAGE + 1;
	}
	return 0;
}

/* In the build tree the plugins are beside the program; else where they were installed. */
static const char *plugin_path(char path[PATH_MAX])
{
	struct stat status;
	const char *given = getenv("THECA_PLUGIN_PATH");

	if (given)
		return given;
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof "/modules");
	char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
	if (slash) {
		strcpy(slash, "/modules");
		if (!stat(path, &status) && S_ISDIR(status.st_mode))
			return path;
	}
	return PLUGINDIR;
}

static void list_one(void *user, const char *name, const struct module *module, const char *why)
{
	(void)user;
	if (module)
		printf("%-16s %-11s %-6s %s\n", name, module_kind_word(module->kind), module->plugin.version,
			module->plugin.summary);
	else
		printf("%-16s %-11s %-6s %s\n", name, "-", "-", why);
}

static int list_plugins(const struct arguments *arguments)
{
	struct modules *modules = modules_create(arguments->service.plugin_path);

	if (!modules)
		return EXIT_FAILURE;
	modules_list(modules, list_one, NULL);
	modules_destroy(modules);
	return EXIT_SUCCESS;
}

static int describe(const struct arguments *arguments)
{
	struct modules *modules = modules_create(arguments->service.plugin_path);
	char why[512] = "out of memory";
	const struct module *module =
		modules ? modules_load(modules, arguments->plugin, why, sizeof why) : NULL;

	if (module)
		describe_plugin(stdout, arguments->form, &module->plugin, module_kind_word(module->kind),
			settings_of(module->kind));
	else
		fprintf(stderr, "thecad: %s\n", why);
	modules_destroy(modules);
	return module ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int with_bench(const struct arguments *arguments)
{
	struct bench bench;
	int status = EXIT_CONFIG;

	if (!service_load(&bench, &arguments->service, arguments->job == PLAN)) {
		status = EXIT_SUCCESS;
		if (arguments->job == CHECK)
			printf("%s: good: %u instances\n", arguments->service.file, bench.instance_count);
		else if (arguments->job == PLAN)
			status = plan_print(&bench, stdout);
		else
			status = service_run(&bench, &arguments->service);
	}
	service_unload(&bench);
	return status < 0 ? 70 : status;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.job = RUN, .level = THECA_INFO};
	struct winsize size = {.ws_col = 80};
	char path[PATH_MAX];

	arguments.service.plugin_path = plugin_path(path);
	int stop = read_arguments(&arguments, argc, argv);
	if (stop)
		return stop - 1;
	signal(SIGPIPE, SIG_IGN);
	log_init("thecad", arguments.level);
	arguments.service.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		size.ws_col = 80;
	arguments.service.columns = size.ws_col;
	if (arguments.job == LIST)
		return list_plugins(&arguments);
	if (arguments.job == DESCRIBE)
		return describe(&arguments);
	return with_bench(&arguments);
}
