#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An alarm from its condition to the report: the magnet goes, then somebody acknowledges it. When
# the reservoir will be low. And a scenario's own end of the bench is an end, not a run cut short.
. "$TOP_SRCDIR/tests/system/lib.sh"

cat >bench.ini <<'END'
[bench]
name = magnet
clock = real x36000
sample every = 1 min
[pump left]
driver = rotor
basal = 1 mL/day
[scenario]
begin = at 0 s, start left
imaging = at 10 min, magnet 1.5 T for 40 min on left
END
start_thecad --output run bench.ini
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	ctl alarms >out
	grep -q 'motor-stall .*cleared' out && break
	sleep 0.1
done
has out 'motor-stall .*cleared' 'the condition has gone, the alarm stays'
try ack left motor-stall
is $status 0 'it is acknowledged'
try alarms
has out 'no alarms' 'and has left the list'
try shutdown
wait_thecad
tr -d '\n' <run/report.html >page
has page "motor-stall.*<td>$(id -un)</td></tr></table>" 'the report says who acknowledged it'

# 13 mL, low at 2 mL, 0.867 mL a day: the run ends in a night, at 0.2 mL/day.
cat >refill.ini <<'END'
[bench]
clock = virtual
begins = 2026-01-05 00:00
until = 1 d
[pump left]
driver = rotor
filled = 13 mL
basal = 0.2 mL/day, from 06:00 1.2 mL/day, from 22:00 0.2 mL/day
[scenario]
begin = at 0 s, start left
END
run_thecad refill.ini
has out 'next refill 2026-01-17' 'a refill is foreseen by the day, not by the rate of the hour'

cat >stop.ini <<'END'
[bench]
clock = virtual
until = 10 d
[scenario]
enough = at 9 d 12:00, stop
END
run_thecad stop.ini
is $status 0 'a bench that its scenario ends'
has out '9 d 12 h of bench time, complete' 'is complete'
done_testing
