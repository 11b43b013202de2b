#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --plan: the timetable with the guard's verdicts, and nothing else happens.
. "$TOP_SRCDIR/tests/system/lib.sh"

mkdir here
cd here || exit 1
run_thecad --plan "$TOP_SRCDIR/configs/quickstart.ini"
mv out err ..
is "$(ls -A)" '' '--plan writes nothing'
cd .. || exit 1
is $status 0 'the quickstart can be done'
has out 'Not for clinical use' 'it says what it is not for'
has out '2026-01-05 00:00 .* left +started .*allowed' 'the start has its line and verdict'
has out '2026-03-06 09:30 .* left +refill +40 mL +allowed' 'so has the first refill'
has out '2026-05-05 09:30 .* left +refill +40 mL +allowed' 'and the second'
has out 'procedure flow holds dut at 0.5 mL/day: allowed' 'the procedure has its rate judged'
has out 'morphine [0-9.]+ mg \(hard limit 25 mg\)' "a day's dose is beside its limit"
has out '^1 starts, [1-9][0-9]* boluses, 2 refills; 0 refused$' 'sums at the end'

cat >bench.ini <<'END'
[bench]
until = 10 d
[drug morphine]
plugin = formulary
limits = pacc-2017
[pump left]
driver = rotor
holds  = morphine 20 mg/mL
basal  = 30 mg/day of morphine
[pump soft]
driver = rotor
holds  = morphine 20 mg/mL
basal  = 20 mg/day of morphine
[scenario]
begin   = at 0 d, start left
gently  = at 1 d, start soft
too full = at 2 d, refill left 50 mL
also    = at 5 d 10:00, refill soft 20 mL
END
run_thecad --plan bench.ini
is $status 1 'a plan with a refusal exits with 1'
has out 'left +start +REFUSED: .*morphine would be 30.* mg, above the hard limit of 25 mg.*pacc-2017' 'the refusal names drug, dose, limit and set'
has out 'soft +start +REFUSED: .*morphine.*above the soft limit of .*pacc-2017' 'a soft limit that nobody accepted refuses too'
has out 'left +refill +50 mL +REFUSED: .*40 mL' 'a refill that does not fit'
has out '; 3 refused$' 'all of them are counted'
[ ! -e runs ]
ok $? 'and nothing was written'

sed 's/^until.*/until = 10 d\nsoft limits accepted by = A. Tester/' bench.ini >accepted.ini
run_thecad --plan accepted.ini
sed -n 's,^\(20[0-9-]*\) .*,\1,p' out >days
sort -c days
ok $? 'the lines are in order of days'
has out 'soft +day-soft +accepted: soft limit accepted: .*morphine' 'with a name in the file the soft limit is accepted'
has out 'soft +started +allowed' 'and the therapy starts'
has out '; 2 refused$' 'the hard ones stay refused'

cat >empty.ini <<'END'
[bench]
clock = real
[pump dut]
driver = rotor
END
run_thecad --plan empty.ini
is "$status $(tail -n 1 out)" '0 0 starts, 0 boluses, 0 refills; 0 refused' 'a bench without a scenario has an empty plan'
done_testing
