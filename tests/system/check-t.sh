#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Wrong bench files: each slip is told with file, line, section and key, what was found and what was
# expected, all of them in one go; the exit status is 78, and nothing is started.
. "$TOP_SRCDIR/tests/system/lib.sh"

cat >good.ini <<'END'
[bench]
until = 1 d
[drug morphine]
plugin = formulary
limits = pacc-2017
[pump left]
driver = rotor
holds = morphine 20 mg/mL
basal = 6 mg/day of morphine
[pump dut]
driver = rotor
[scenario]
begin = at 0 d, start left
END
run_thecad --check good.ini
is "$status $(cat out)" '0 good.ini: good: 3 instances' 'a good file'

# One slip each: a sed command that makes it, and what is said: an ERE, whole line.
wrong() { # SED ERE
	sed "$1" good.ini >slip.ini
	run_thecad --output run slip.ini
	[ $status = 78 ] && [ ! -s out ] && [ ! -e run ] && [ "$(grep -c . err)" = 1 ] && grep -qxE "slip.ini:$2" err
	ok $? "$2" || { echo "# after $1: status $status"; sed 's/^/#   /' err; }
}
wrong 's/^holds/hold/'                     "8: \[pump left\] hold: unknown key; did you mean 'holds'\?"
wrong 's/^limits/limit/'                   "5: \[drug morphine\] limit: unknown key; did you mean 'limits'\?"
wrong 's/^until.*/until = 1/'              "2: \[bench\] until: found '1', without a unit; expected a duration such as .*"
wrong 's/^until.*/until = 1 mL/'           "2: \[bench\] until: found '1 mL', a volume; expected a duration such as .*"
wrong 's/^until.*/until = -1 d/'           "2: \[bench\] until: found '-1 d', negative; expected .*"
wrong 's/^until.*//'                       "1: \[bench\] until: missing, expected .* such as 180 d"
wrong 's/^until.*/&\nuntil = 2 d/'         "3: \[bench\] until: found again, first at line 2"
wrong 's/^until.*/&\nclock = fast/'        "3: \[bench\] clock: found 'fast', expected virtual, real or a speed such as real x60"
wrong 's/^until.*/&\nclock = real x0/'     "3: \[bench\] clock: found 'real x0', expected .*"
wrong 's/^until.*/&\nbegins = 2026-02-30/' "3: \[bench\] begins: found '2026-02-30', expected a time such as .*"
wrong 's/^until.*/&\nseed = one/'          "3: \[bench\] seed: found 'one', expected a whole number such as 4"
wrong 's/20 mg\/mL/20 mg/'                 "8: \[pump left\] holds: morphine: found '20 mg', a mass; expected a concentration such as 20 mg/mL"
wrong 's/20 mg\/mL/80 mg\/mL/'             "8: \[pump left\] holds: concentration of morphine would be 80 mg/mL, above the hard limit of 50 mg/mL \(pacc-2017\)"
wrong 's/holds = morphine/holds = heroin/' "8: \[pump left\] holds: found 'heroin', expected a drug that has a section \[drug heroin\]"
wrong 's/day of morphine/day of heroin/'   "9: \[pump left\] basal: found 'heroin', expected a drug that has a section .*"
wrong 's/^basal.*/basal = 6 mg of morphine/' "9: \[pump left\] basal: found '6 mg of morphine', expected a rate such as .*"
wrong 's/^basal.*/&, from 25:00 1 mg\/day of morphine/' "9: \[pump left\] basal: found '25:00', expected a time of day, 00:00 to 23:59"
wrong 's/^basal.*/&\nfilled = 50 mL/'      "10: \[pump left\] filled: reservoir: 50 mL are more than the 40 mL that are possible"
wrong 's/^basal.*/&\ncatheter = string 1 m/' "10: \[pump left\] catheter: found 'string 1 m', expected 'none', 'ascenda LENGTH', .*"
wrong 's/^basal.*/basal/'                  "9: found no \`=\`, expected \`key = value\`"
wrong '7s/rotor/roter/'                    "7: \[pump left\] driver: no plugin roter: .*thecad --list.*"
wrong '7s/rotor/..\/rotor/'                "7: \[pump left\] driver: .*"
wrong '7s/rotor/balance/'                  "7: \[pump left\] driver: found 'balance', which is a plugin of kind instrument, expected one of kind pump"
wrong '7d'                                 "6: \[pump left\] driver: missing, expected the name of a plugin \(.*\)"
wrong '/^plugin/d'                         "3: \[drug morphine\] plugin: missing, expected the name of a plugin \(.*\)"
wrong 's/pacc-2017/pacc/'                  "5: \[drug morphine\] limits: found no \[limits pacc morphine\] in formulary.ini, but there is the set pacc-2017"
wrong 's/^limits/file = nowhere.ini\n&/'   "5: \[drug morphine\] file: found no nowhere.ini beside the bench file nor in .*"
wrong 's/pump dut/pump left/'              "10: \[pump left\]: found again, first at line 6"
wrong 's/pump dut/pump morphine/'          "10: \[pump morphine\]: found name 'morphine' again, first as \[drug morphine\] at line 3"
wrong 's/pump dut/pumps dut/'              "10: \[pumps dut\]: found kind 'pumps', expected bench, .*; did you mean \`pump\`\?"
wrong 's/\[pump dut/[pump/'                "10: \[pump\]: found no name, expected \`\[pump NAME\]\`"
wrong '1i include = nowhere.ini'           "1: .*"

scenario() { # LINE ERE
	wrong "s/^begin.*/begin = $1/" "13: \[scenario\] begin: $2"
}
scenario 'in 0 d, start left'                      "found 'in 0 d, start left', expected at, every or when"
scenario 'at 0, start left'                        "found '0, start left', without a unit; expected a duration such as .*"
scenario 'at 0 d start left'                       "found 'start left', expected a comma and what to do"
scenario 'at 1 d 25:00, start left'                "found '25:00, start left', expected a time of day such as 10:00"
scenario 'at 0 d, begin left'                      "found 'begin left', expected start, halt, press, .*"
scenario 'at 0 d, start lefty'                     "found 'lefty', expected a pump of this bench; did you mean 'left'\?"
scenario 'at 0 d, start left now'                  "found 'now' after the end"
scenario 'at 0 d, run left'                        "found 'left', expected a procedure of this bench"
scenario 'every 0 h, press left'                   "found less than 1 s, expected 1 s or more"
scenario 'at 0 d, refill left'                     "found nothing more, expected a volume such as 40 mL"
scenario 'at 0 d, refill left 20 mL with heroin 1 mg\/mL' "found 'heroin', expected a drug that has a section .*"
scenario 'when left.reservoir < 3 mL, start left'  "found 'left.reservoir', expected a signal such as left.reservoir_volume"
scenario 'when left.reservoir_volume < 3, start left' "found '3, start left', without a unit; expected a volume such as 40 mL"
scenario 'when left.reservoir_volume 3 mL, start left' "found '3 mL, start left', expected <, <=, >, >= or ="

# All of them in one go, in order of lines; and --check says the same as a run.
sed 's/^until.*/until = 1/; s/^holds/hold/; 11s/rotor/roter/' good.ini >slips.ini
run_thecad slips.ini
is "$status $(cut -d: -f1-2 err | tr '\n' ' ')" '78 slips.ini:2 slips.ini:8 slips.ini:11 ' 'all errors in one go'
cp err first
run_thecad --check slips.ini
[ $status = 78 ] && cmp -s err first
ok $? '--check says the same'
run_thecad nowhere.ini
is "$status $(cat err)" '78 nowhere.ini: cannot be used: No such file or directory' 'a file that is not there'
run_thecad --check
is "$status $(sed -n 1p err)" '64 thecad: expected one bench file' 'no file at all is wrong usage'
run_thecad --chek good.ini
is $status 64 'so is an unknown option'
[ ! -e runs ]
ok $? 'nothing was started'
done_testing
