#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A service that dies in the middle of a bench test: the readings are gone, and nobody may take the
# run for one that passed, neither then nor after another restart.
. "$TOP_SRCDIR/tests/system/lib.sh"
cat >bench.ini <<'END_OF_BENCH'
[bench]
clock        = real x3600
sample every = 15 s

[instrument scale]
plugin = csv-player
file   = series.csv

[procedure flow]
plugin     = flow-accuracy
instrument = scale
rate       = 24 mL/day
method     = continuous

[scenario]
test = at 10 s, run flow
END_OF_BENCH
awk 'BEGIN { print "t,m"; for (s = 0; s <= 100000; s += 15) printf "%d,%.5f\n", s, s / 3600 }' >series.csv
until_has() { # PATTERN: in the journal, for what a kill can not take back; events.jsonl may be ahead of it
	tenths=80
	until "$TOP_BUILDDIR/thecactl" journal show run 2>/dev/null | grep -qE -e "$1"; do
		tenths=$((tenths - 1))
		[ $tenths -gt 0 ] || return 1
		sleep 0.1
	done
}
stop() {
	kill -TERM "$service"
	wait_thecad
}

start_thecad --output run bench.ini
until_has 'procedure +began'
ok $? 'a test has begun'
kill_thecad
start_thecad --output run bench.ini
ok $? 'the service was killed, and starts again'
stop
is $status 1 'its exit status says that a verdict failed'
has run/verdicts.tap '^not ok 1 - flow: carried to its end' 'the verdict is: not carried to its end'
has run/summary.txt 'FAIL +flow +carried to its end' 'and so says the summary'

start_thecad --output run bench.ini
ctl run flow >/dev/null
ok $? 'it can be run again'
until_has 'procedure +ended'
ok $? 'and comes to its end'
stop
is $status 1 'the first is not forgotten'
has run/verdicts.tap '^ok 4 - flow: mean error A over T1' 'beside the verdicts of the second'
start_thecad --output run bench.ini
stop
is $status 1 'also after another restart'
is "$(grep -E '^(not )?ok ' run/verdicts.tap | sed 's/ [0-9].*: / /' | tr '\n' ',')" \
	'not ok carried to its end,ok data complete,ok time analysed in T1,ok mean error A over T1,' \
	'which knows the verdicts of all lives'
is "$(sed 's/^{"number":\([0-9]*\).*/\1/' run/events.jsonl | awk '$1 != NR' | head -n 1)" '' \
	'events.jsonl has every event of all lives, those of the recovery too'
done_testing
