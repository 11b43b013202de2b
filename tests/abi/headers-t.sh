#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header of the contract compiles alone, in strict C11, C17 and C++17, with no warning, and
# brings all that it needs. A plugin in C++ compiles too and exports the C symbol.
set -u
api=$TOP_SRCDIR/core/api
CC=${CC:-cc}
CXX=${CXX:-c++}
count=0
failed=0
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-headers.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT

compile() { # TEXT COMPILER...
	text=$1
	shift
	count=$((count + 1))
	if "$@" -fsyntax-only -Wall -Wextra -pedantic -Werror -I"$api" "$folder/one.$suffix" \
		>"$folder/log" 2>&1; then
		echo "ok $count - $text"
	else
		echo "not ok $count - $text"
		sed 's/^/# /' "$folder/log"
		failed=1
	fi
}

has_uv() { echo '#include <uv.h>' | $CC -D_GNU_SOURCE -E - >/dev/null 2>&1; }

for header in "$api"/theca/*.h; do
	name=theca/${header##*/}
	uv=
	if [ "$name" = theca/uv.h ]; then
		has_uv || continue
		uv=-D_POSIX_C_SOURCE=200809L # <uv.h> itself wants it under a strict standard
	fi
	for suffix in c cpp; do
		printf '#include <%s>\n#include <%s>\nextern int unused;\n' "$name" "$name" >"$folder/one.$suffix"
	done
	suffix=c
	# shellcheck disable=SC2086 # words, or none
	compile "$name alone, C11" $CC -std=c11 -Wshadow -Wstrict-prototypes $uv
	# shellcheck disable=SC2086
	compile "$name alone, C17" $CC -std=c17 -Wshadow -Wstrict-prototypes $uv
	suffix=cpp
	# shellcheck disable=SC2086
	compile "$name alone, C++17" $CXX -std=c++17 $uv
done

cat >"$folder/one.c" <<'END'
#include <theca/plugin.h>
static int publish(void *self, const struct theca_sample *samples, size_t count)
{
	(void)self, (void)samples;
	return (int)count;
}
static const struct theca_transport transport = {.size = sizeof transport, .publish = publish};
THECA_PLUGIN(.name = "one", .version = "1", .summary = "A plugin.", .transport = &transport);
END
suffix=c
compile 'a plugin, strict C11' $CC -std=c11

cat >"$folder/one.cpp" <<'END'
#include <theca/plugin.h>
static int publish(void *, const struct theca_sample *, size_t count) { return (int)count; }
static theca_transport make() { theca_transport t = {}; t.size = sizeof t; t.publish = publish; return t; }
static const theca_transport transport = make();
static theca_plugin whole()
{
	theca_plugin p = {};
	p.size = sizeof p;
	p.option_size = sizeof(theca_option);
	p.name = "one", p.version = "1", p.summary = "A plugin.";
	p.transport = &transport;
	return p;
}
const theca_plugin theca_plugin_v1 = whole();
END
suffix=cpp
compile 'a plugin, C++17' $CXX -std=c++17
count=$((count + 1))
if $CXX -std=c++17 -I"$api" -c -o "$folder/one.o" "$folder/one.cpp" &&
	nm "$folder/one.o" | grep -q ' [BDR] theca_plugin_v1$'; then
	echo "ok $count - its symbol has its C name"
else
	echo "not ok $count - its symbol has its C name"
	failed=1
fi
echo "1..$count"
exit $failed
