#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The quickstart: half a year in seconds, everything that a run leaves behind, and the same bytes again.
. "$TOP_SRCDIR/tests/system/lib.sh"
quickstart=$TOP_SRCDIR/configs/quickstart.ini

run_thecad --output one --tap "$quickstart"
is $status 0 'quickstart passes'
cp out tap
cmp -s one/verdicts.tap tap
ok $? '--tap prints the verdicts and nothing else'
has_not err 'TAP|^ok|^not ok' 'progress and words go to standard error'
is "$(sed -n 1p tap)" 'TAP version 13' 'TAP says its version'
is "$(sed -n 2p tap)" "1..$(grep -c '^ok' tap)" 'the plan counts what comes'
has_not tap '^not ok' 'all verdicts pass'
if command -v prove >/dev/null; then
	prove -e cat tap >/dev/null 2>&1
	ok $? 'prove reads it'
fi
run_thecad --output plain --quiet "$quickstart"
is "$status $(wc -c <out) $(wc -c <err)" '0 0 0' '--quiet says nothing'

for file in bench.ini events.jsonl identification.json report.html summary.txt verdicts.tap verdicts.xml \
	samples-left.csv samples-dut.csv samples-scale.csv; do
	[ -s one/$file ]
	ok $? "the run has $file"
done
cmp -s one/bench.ini "$quickstart"
ok $? 'bench.ini is the file, byte for byte'
diff -r one plain >differences
ok $? 'the same file and seed give the same bytes in every file' || head -n 5 differences | sed 's/^/# /'
sed 's/^seed .*/seed = 2/' "$quickstart" >other.ini
run_thecad --output other --quiet other.ini
cmp -s one/samples-scale.csv other/samples-scale.csv
is $? 1 'another seed gives another run'
"$TOP_BUILDDIR/thecactl" journal verify one >verified
has verified '^clean: [1-9]' 'the journal verifies'
is "$(grep -c . one/events.jsonl)" "$(sed 's/^clean: \([0-9]*\) .*/\1/' verified)" 'events.jsonl has each record of the journal'

is "$(grep '"kind":"fill"' one/events.jsonl | grep '"instance":"left"' | grep -vc 'bench file')" 2 'two refills happened'
has one/summary.txt 'refilled 2 times' 'and the summary says so'
# Each press is asked for once, and is either given or refused.
fired=$(grep '"kind":"fired"' one/events.jsonl | grep -cE '"code":"(pain|impatient)"')
given=$(sed -n 's/.*patient  *\([0-9]*\) boluses given, .*/\1/p' one/summary.txt)
refused=$(sed -n 's/.*boluses given, \([0-9]*\) press.*/\1/p' one/summary.txt)
is $((given + refused)) "$fired" 'presses given and refused are all that were asked'
[ "$refused" -gt 0 ] && [ "$(grep -c '"kind":"refused".*"code":"\(lockout\|count\)"' one/events.jsonl)" -gt 0 ]
ok $? 'lockout refused some'
# The samples and the account agree: the last sample of each pump, to the digits of the summary.
for pump in left dut; do
	column=$(head -n 40 one/samples-$pump.csv | grep -m 1 'delivered_volume' | tr ',' '\n' | grep -n 'delivered_volume' | head -n 1 | cut -d: -f1)
	last=$(tail -n 1 one/samples-$pump.csv | cut -d, -f"$column")
	stated=$(sed -n "/^$pump /,/^\$/s/.*delivered  *\([0-9.]*\) mL.*/\1/p" one/summary.txt)
	is "$(LC_ALL=C printf '%.3f' "$last")" "$stated" "$pump: the last sample is what the summary says"
done

# The report stands alone, and says what it is.
grep -oE '(https?:)?//[a-z][^"'"'"' <)]*' one/report.html | grep -v 'www.w3.org' >outside
is "$(cat outside)" '' 'the report names no other host'
grep -oiE '(src|href|url)[=(]["'"'"']?[^"'"'"' >)]*' one/report.html | grep -viE '=["'"'"']?#|data:|\(#' >links
is "$(cat links)" '' 'and loads nothing'
has one/report.html '[Nn]ot for clinical use' 'it says that it is not for clinical use'
has one/summary.txt 'Not for clinical use' 'so does the summary'
has one/verdicts.xml '<testsuite' 'verdicts.xml is JUnit'
if command -v xmllint >/dev/null; then
	xmllint --noout one/verdicts.xml
	ok $? 'verdicts.xml is XML'
fi
has one/identification.json '"seed":"1"' 'the identification has the seed'
has one/identification.json "\"bench file sha256\":\"$(sha256sum "$quickstart" | cut -c1-64)\"" 'and the hash of the file'
has one/identification.json "\"plugin rotor\":\"sha256 $(sha256sum "$TOP_BUILDDIR/modules/rotor.so" | cut -c1-16)\"" 'and of the plugins'
has one/identification.json '"fluid":"morphine 20 mg/mL, bupivacaine 5 mg/mL"' 'and what the pumps hold'

run_thecad --output one "$quickstart"
[ $status = 70 ] && grep -q 'fresh folder' err
ok $? 'a virtual run does not write over another'
done_testing
