#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who includes whom, and who calls what: core/LAYERS against the files. A file of the core includes
# only files above it in that list, only rank 4 and up see <uv.h>, rank 3 is pure, and a plugin sees
# the contract, its own folder and libraries.
set -u
cd "$TOP_SRCDIR" || exit 1
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

# `FILE LINE HEADER` of each #include; HEADER with its quotes or brackets.
includes() {
	awk '/^[ \t]*#[ \t]*include[ \t]*["<]/ { sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
		sub(/[">][^">]*$/, "&"); split($0, part, /[ \t]/); print FILENAME, FNR, part[1] }' "$@"
}
core=$(find core -name '*.[ch]' ! -path 'core/api/*' | sort)
# shellcheck disable=SC2086 # lists of words from here on
core_includes=$(includes $core)
order=$(awk '!/^#/ { for (i = 2; i <= NF; i++) print $i, $1 }' core/LAYERS)

check 'LAYERS names each file once' "$(echo "$order" | awk 'seen[$1]++ { print $1 " is named twice" }')"

check 'each file of the core is in LAYERS' "$(for file in $core; do
	word=${file#core/}
	echo "$order" | grep -q "^${word%.[ch]} " || echo "$file is in no layer"
done)"

check 'each name in LAYERS has a file' "$(echo "$order" | while read -r word rank; do
	[ -e "core/$word.c" ] || [ -e "core/$word.h" ] || echo "rank $rank: there is no core/$word.c"
done)"

check 'a file of the core includes only files above it' "$({ echo "$order"; echo .; echo "$core_includes"; } | awk '
	$0 == "." { list = 1; next }
	!list { place[$1] = NR; next }
	$3 !~ /^"/ { next }
	{ file = $1; sub(/^core\//, "", file); sub(/\.[ch]$/, "", file)
	  header = $3; gsub(/"/, "", header); word = header; sub(/\.h$/, "", word)
	  if (!(word in place)) print $1 ":" $2 ": " header " is no file of core/LAYERS"
	  else if (place[word] > place[file]) print $1 ":" $2 ": " header " comes after " file " in core/LAYERS" }')"

check 'only rank 4 and up see the event loop' "$({ echo "$order"; echo .; echo "$core_includes"; } | awk '
	$0 == "." { list = 1; next }
	!list { rank[$1] = $2; next }
	{ file = $1; sub(/^core\//, "", file); sub(/\.[ch]$/, "", file) }
	$3 ~ /^<(theca\/)?uv\.h>/ && rank[file] < 4 { print $1 ":" $2 ": rank " rank[file] " includes " $3 }')"

check 'rank 3 is pure' "$({ echo "$order"; echo .; echo "$core_includes"; } | awk '
	$0 == "." { list = 1; next }
	!list { rank[$1] = $2; next }
	{ file = $1; sub(/^core\//, "", file); sub(/\.[ch]$/, "", file) }
	rank[file] == 3 && $3 ~ /^<(dlfcn|fcntl|unistd|time|pthread|signal|sys\/.*|netinet\/.*)\.h>|"base\/log\.h"/ {
		print $1 ":" $2 ": a pure file includes " $3 }')"

# Code alone: without comments and text, so that a word in a sentence is no call.
calls() { # PATTERN FILE...: FILE:LINE of each call of a function whose name matches
	pattern=$1
	shift
	for file; do
		sed -e 's/\\"//g' -e 's/"[^"]*"//g' -e 's@/\*.*\*/@@g' -e '/^[ \t]*\(\/\*\|\*\)/s/.*//' "$file" |
			grep -nE "(^|[^A-Za-z0-9_.>])($pattern)[ ]*\(" | sed "s@^@$file:@"
	done
}
check 'nobody but env reads clocks and random numbers' "$(calls \
	'clock_gettime|gettimeofday|time|getrandom|random|rand|srand|uv_hrtime' \
	$(echo "$core" | grep -v '^core/base/env\.c$'))"
plugin_files=$(find drivers plugins -name '*.[ch]' ! -name '*-t.c' | sort)
check 'no number or date goes through libc, and no locale' "$(calls \
	'strtod|strtof|strtold|strtol|strtoll|strtoul|strtoull|atof|atoi|atol|sscanf|setlocale|strptime|mktime|localtime' \
	$core $plugin_files)"
check 'nobody below main ends the process' "$(calls 'exit|_exit|abort|dlclose' \
	$(echo "$core" | grep -vE '^core/(main|ctl/.*)\.c$') $plugin_files)"
check 'plugins read no clock, no random number, no file by themselves' "$(calls \
	'clock_gettime|gettimeofday|time|getrandom|random|rand|fopen|open|openat|socket' $plugin_files)"

pure=$(echo "$order" | awk '$2 == 3 { print "core/" $1 ".c" }' | while read -r file; do
	[ ! -e "$file" ] || echo "$file"
done)
check 'rank 3 takes nothing of env but its calendar' "$(calls 'env_[a-z0-9_]*' $pure |
	grep -vE '[^a-z_]env_(format|parse)_time[ ]*\(')"

contract=$(ls core/api/theca/*.h)
check 'the contract needs libc alone' "$(includes $contract | awk '
	$3 ~ /^<(theca\/.*|std[a-z]*|errno)\.h>$/ || ($1 ~ /\/uv\.h$/ && $3 == "<uv.h>") { next }
	{ print $1 ":" $2 ": includes " $3 }')"

check 'a plugin includes the contract, its folder and libraries' "$(includes $plugin_files |
	while read -r file line header; do
		name=${header#?}
		name=${name%?}
		case $header in
		\<theca/*) [ -e "core/api/$name" ] || echo "$file:$line: there is no $name" ;;
		\<*) [ ! -e "core/$name" ] || [ -e "/usr/include/$name" ] || echo "$file:$line: $header is private" ;;
		*) at=$(realpath -m --relative-to=. "${file%/*}/$name")
			case $at in
			drivers/* | plugins/*) [ -e "$at" ] || echo "$file:$line: there is no $at" ;;
			*) echo "$file:$line: $at is private" ;;
			esac ;;
		esac
	done)"

# A table is const; anything else that outlives a call would be shared by all instances.
check 'no mutable file-scope state (the log level excepted)' "$(awk '
	/^[ \t]*static / && !/^[ \t]*static (const|inline) / && !/\* ?const [a-z_]/ {
		head = $0; sub(/[=;].*/, "", head)
		if (head !~ /\(|_handler / && $0 ~ /[=;]/) print FILENAME ":" FNR ": " $0 }' \
	$plugin_files $(echo "$core" | grep -vE '^core/(base/log|main|ctl/.*)\.[ch]$'))"

echo "1..$count"
exit $failed
