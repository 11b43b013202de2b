#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A virtual bench races through years, and still answers at once, takes commands, and stops.
. "$TOP_SRCDIR/tests/system/lib.sh"

cat >bench.ini <<'END'
[bench]
until = 3650 d
sample every = 1 s
[drug morphine]
plugin = formulary
limits = pacc-2017
[pump left]
driver = rotor
holds = morphine 20 mg/mL
basal = 6 mg/day of morphine
[pump dut]
driver = rotor
[transport nowhere]
plugin = null
[scenario]
begin = at 0 d, start left
refills = every 60 d from 60 d, refill left 40 mL
END
start_thecad --output run bench.ini
ok $? 'it answers while it races'

elapsed() { sed 's/.*"elapsed":"\([^"]*\)".*/\1/' out; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
slowest=0
first=''
for _ in 1 2 3 4 5 6 7 8; do
	began=$(now_ms)
	try status --json
	took=$(($(now_ms) - began))
	[ $status = 0 ] || break
	[ $took -le $slowest ] || slowest=$took
	[ -n "$first" ] || first=$(elapsed)
done
is "$status" 0 'status, again and again'
[ $slowest -lt 1000 ]
ok $? 'each in less than a second' || echo "# the slowest took $slowest ms"
[ "$first" != "$(elapsed)" ]
ok $? 'and meanwhile time goes on' || echo "# at $first"
try bolus left 0.1 mg of morphine --over '10 min'
is "$status $(cat out err)" '0 done' 'a dose is taken'
try halt --all
is $status 0 'a halt is, too'
try status --json
[ "$(grep -o '"state":"stopped"' out | wc -l)" = 2 ]
ok $? 'and all pumps are stopped'
if kill -0 "$service"; then
	try shutdown
	is $status 0 'shutdown'
	began=$(now_ms)
	wait_thecad
	[ $(($(now_ms) - began)) -lt 5000 ]
	ok $? 'ends the race'
	is $status 1 'as a run that was cut short'
	has run/summary.txt 'stopped|cut short|not complete|incomplete' 'which the summary says'
else
	ok 1 'it is still racing'
fi
done_testing
