#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the documents say, held to the code: signals, alarms, hazards and their tests, options, keys,
# commands, example benches.
set -u
cd "$TOP_SRCDIR" || exit 1
thecad=$TOP_BUILDDIR/thecad
thecactl=$TOP_BUILDDIR/thecactl
count=0
failed=0
check() { # TEXT COMPLAINTS
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
		failed=1
	fi
}
skip() { # TEXT WHY
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-docs.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT

# Lines of one list that the other has not: `FIRST has ..., SECOND has not`.
differ() { # FIRST FILE SECOND FILE
	sort -u "$2" >"$folder/1"
	sort -u "$4" >"$folder/2"
	comm -23 "$folder/1" "$folder/2" | sed "s@.*@& is in $1, not in $3@"
	comm -13 "$folder/1" "$folder/2" | sed "s@.*@& is in $3, not in $1@"
}
# First column of the tables below a heading: `| `name` | ...`.
column() { # FILE HEADING
	awk -v heading="## $2" '$0 == heading { on = 1; next } /^## / { on = 0 }
		on && /^\| `/ { split($0, part, "`"); print part[2] }' "$1"
}

sources=$(find core drivers plugins -name '*.c' ! -name '*-t.c' | sort)
# shellcheck disable=SC2086 # lists of words from here on
perl -0777 -ne '
	s{/\*.*?\*/}{}gs;
	while (/struct theca_signal \w+(?:\[\])? = \{(.*?)\};/gs) { my $b = $1; print "$1\n" while $b =~ /\.name = "(\w+)"/g }
	if ($ARGV =~ m{core/bench/sampling\.c}) { print "$1\n" while /\bdeclare\(pump, "(\w+)"/g }
	print "delivered_DRUG\n" if /"delivered_%s"/;
' $sources >"$folder/declared"
column docs/signals.md Signals >"$folder/documented"
check 'docs/signals.md names the signals that are declared' \
	"$(differ 'the code' "$folder/declared" docs/signals.md "$folder/documented")"

perl -0777 -ne '
	s{/\*.*?\*/}{}gs;
	print "$1\n" while /\.code = "([a-z][a-z-]*)"/g;
	print "$1\n" while /\bTHECA_(?:LOW|MEDIUM|HIGH),\s*"([a-z-]+)"/gs;
' $(grep -lE 'theca_alarm|event_alarm|theca_raise' $sources) >"$folder/declared"
column docs/signals.md Alarms >"$folder/documented"
check 'docs/signals.md names the alarms that are raised' \
	"$(differ 'the code' "$folder/declared" docs/signals.md "$folder/documented")"

check 'docs/hazards.md: each file that it names is there' "$(grep -oE \
	'`(core|tests|drivers|plugins|configs|docs)/[A-Za-z0-9_./-]*`' docs/hazards.md | tr -d '`' | sort -u |
	while read -r path; do [ -e "$path" ] || echo "there is no $path"; done)"
check 'docs/hazards.md: each promise has a test' "$(awk -F '|' \
	'/^\| H[0-9]+ / && $NF !~ /./ && $(NF - 1) !~ /`[a-z\/-]+-t\.(c|sh)`|not yet/ { print "no test:" $2 }' docs/hazards.md)"

# -- options and commands ---------------------------------------------------------------------------

longs() { grep -oE '(^|[[:space:],[])--[a-z][a-z-]*' | tr -d ' ,[\t' | sort -u; }
fls() { # PAGE: long options of its list
	grep -E '^\.It Fl' "$1" | grep -oE 'Fl -[a-z][a-z-]*' | sed 's/Fl /-/' | sort -u
}
"$thecad" --help </dev/null | longs >"$folder/help"
fls docs/man/thecad.8 >"$folder/page"
check 'thecad(8) has the options of thecad --help' \
	"$(differ 'thecad --help' "$folder/help" 'thecad(8)' "$folder/page")"
grep -oE '[-][-][a-z][a-z-]*' configs/bash-completion/thecad >"$folder/page"
check 'so has its completion' "$(differ 'thecad --help' "$folder/help" 'the completion' "$folder/page")"

"$thecactl" --help </dev/null | awk '/^$/ { part++ } part == 1 && /^  [a-z]/ { print $1 }' >"$folder/commands"
for command in $(cat "$folder/commands") ''; do
	"$thecactl" $command --help </dev/null
done | sed 's/`[^`]*`//g' | longs >"$folder/help"
fls docs/man/thecactl.1 >"$folder/page"
check 'thecactl(1) has the options of thecactl --help' \
	"$(differ 'thecactl --help' "$folder/help" 'thecactl(1)' "$folder/page")"
grep -oE '[-][-][a-z][a-z-]*' configs/bash-completion/thecactl >"$folder/page"
check 'so has its completion' "$(differ 'thecactl --help' "$folder/help" 'the completion' "$folder/page")"
awk '/^The options are/ { exit } /^\.It Cm/ { print $3 }' docs/man/thecactl.1 >"$folder/page"
check 'thecactl(1) has the commands' "$(differ 'thecactl --help' "$folder/commands" 'thecactl(1)' "$folder/page")"
for command in $(cat "$folder/commands"); do
	grep -qE "(^|[^a-z-])$command([^a-z-]|\$)" configs/bash-completion/thecactl || echo "$command"
done >"$folder/missing"
check 'so has its completion' "$(cat "$folder/missing")"

# -- the bench file -----------------------------------------------------------------------------------

check 'theca.ini(5) has the keys of the core' "$(grep -oE '\.name = "[^"]+"' core/bench/settings.c | cut -d '"' -f 2 | sort -u |
	while read -r key; do
		grep -qE "^\.It Cm $key\$" docs/man/theca.ini.5 || echo "$key"
	done)"
check 'theca.ini(5) has what a scenario can do' "$(grep -oE '^	\{"[a-z]+", read_' core/bench/scenario.c | cut -d '"' -f 2 |
	while read -r action; do
		grep -qE "^\.It Cm $action( |\$)" docs/man/theca.ini.5 || echo "$action"
	done)"
check 'theca.ini(5) has each unit' "$(sed -n '/^static const struct unit volumes/,/^static const struct unit number/p' \
	core/base/dimension.c | grep -oE '\{"[^"]+", ' | cut -d '"' -f 2 | sort -u | while read -r unit; do
		case $unit in sec | day | week | */* | ng | ug) continue ;; esac
		grep -qE "(^|[ &])$unit( |\$)" docs/man/theca.ini.5 || echo "$unit"
	done)"
if command -v mandoc >/dev/null; then
	check 'the manual pages are well formed' "$(mandoc -T lint -W warning docs/man/* 2>&1)"
else
	skip 'the manual pages are well formed' 'no mandoc'
fi
check 'each bench of configs/ is good' "$(for file in $(grep -lE '^\[bench\]' configs/*.ini); do
	"$thecad" --check "$file" </dev/null >"$folder/log" 2>&1 || cat "$folder/log"
done)"

check 'each bench of configs/ is installed' "$(for file in configs/*.ini; do
	grep -qF "$file" configs/configs.am plugins/*/*/*.am || echo "$file is in no list of configs/configs.am"
done)"

# -- plugins ------------------------------------------------------------------------------------------

# NAME FOLDER of what has been built.
for so in "$TOP_BUILDDIR"/modules/*.so; do
	name=${so##*/}
	name=${name%.so}
	echo "$name $(for d in drivers/* plugins/*/*; do [ ! -e "$d/$name.c" ] || echo "$d"; done)"
done >"$folder/plugins"
check 'each plugin has its manual beside it' "$(while read -r name at; do
	[ -f "$at/$name.md" ] || [ "$(ls "$at"/*.md 2>/dev/null | wc -l)" -gt 0 ] || echo "there is no $at/$name.md"
done <"$folder/plugins")"
check 'each plugin has its test beside it' "$(while read -r name at; do
	ls "$at"/*-t.c "$at"/*-t.sh >/dev/null 2>&1 || [ -n "$(ls "$at"/*-t.c 2>/dev/null)" ] || echo "there is no $at/$name-t.c"
done <"$folder/plugins")"
check 'each plugin describes itself, each option in a sentence' "$(while read -r name at; do
	"$thecad" --describe "$name" </dev/null >"$folder/log" 2>&1 || cat "$folder/log"
	perl -0777 -ne 's{/\*.*?\*/}{}gs; while (/\.help\s*=\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/g) {
		my $t = $1; $t =~ s/"\s*"//g; print "$ARGV: $t does not end in a full stop\n" if $t !~ /[.?]"\s*$/ }' "$at"/*.c
done <"$folder/plugins")"
# A key that a manual shows in an example section must be one that there is.
check 'the keys in manuals are keys' "$(while read -r name at; do
	"$thecad" --describe "$name" --format ini </dev/null 2>/dev/null |
		sed -nE 's/^[;# ]*([a-z][a-z ]*[a-z]) *=.*/\1/p' | sort -u >"$folder/keys"
	for manual in "$at"/*.md; do
		[ -f "$manual" ] || continue
		awk -v name="$name" '
			/^(    |\t)?\[/ { mine = 0; n = 0; next }
			/^```|^$/ { mine = 0; next }
			/^(    |\t)?[a-z][a-z ]* *=/ {
				line = $0; sub(/^[ \t]+/, "", line)
				key = line; sub(/ *=.*/, "", key)
				value = line; sub(/^[^=]*= */, "", value); sub(/[ ;].*/, "", value)
				if (key == "plugin" || key == "driver") mine = value == name
				else if (mine) print key }' "$manual" | sort -u | comm -23 - "$folder/keys" |
			sed "s@.*@$manual: & is no key of $name@"
	done
done <"$folder/plugins")"

echo "1..$count"
exit $failed
