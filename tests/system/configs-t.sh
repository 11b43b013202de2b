#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every bench of configs/ is one that works: it passes --check, and a virtual one runs to its end.
. "$TOP_SRCDIR/tests/system/lib.sh"

for file in "$TOP_SRCDIR"/configs/*.ini; do
	name=${file##*/}
	grep -q '^\[bench\]' "$file" || continue # a formulary is data
	run_thecad --check "$file"
	is "$status $(cat err)" '0 ' "$name passes --check"
	grep -q '^; Not for clinical use' "$file"
	ok $? "$name says what it is not for"
	if grep -qE '^clock *= *real' "$file"; then
		continue # a rig: it has a test of its own
	fi
	run_thecad --plan "$file"
	is $status 0 "$name has a plan without refusals" || tail -n 1 out | sed 's/^/# /'
	run_thecad --quiet --output "run-$name" "$file"
	is "$status $(cat err)" '0 ' "$name runs to its end"
done
[ $tap_count -ge 4 ]
ok $? 'there are such files'
done_testing
