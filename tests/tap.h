/* SPDX-License-Identifier: Apache-2.0 */
/* Our TAP producer: ok(), is(), and the plan at the end by done_testing(). */
#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool passed, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	tap_failed += !passed;
	return passed;
}

/* Two whole numbers; both are shown when they differ. */
#define is(got, want, ...) is_at(__LINE__, (int64_t)(got), (int64_t)(want), __VA_ARGS__)
#define is_at(line, got, want, ...)                                                                \
	do {                                                                                       \
		int64_t tap_got = (got), tap_want = (want);                                        \
		if (!ok(tap_got == tap_want, __VA_ARGS__))                                         \
			printf("# line %d: got %" PRId64 ", want %" PRId64 "\n", line, tap_got,    \
				tap_want);                                                         \
	} while (0)

/* Two texts; NULL is a text of its own. */
#define is_text(got, want, ...)                                                                    \
	do {                                                                                       \
		const char *tap_got = (got), *tap_want = (want);                                   \
		if (!ok(tap_got && tap_want ? !strcmp(tap_got, tap_want) : tap_got == tap_want,    \
			    __VA_ARGS__))                                                          \
			printf("# line %d: got '%s'\n# want '%s'\n", __LINE__,                     \
				tap_got ? tap_got : "(null)", tap_want ? tap_want : "(null)");     \
	} while (0)

static inline int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
