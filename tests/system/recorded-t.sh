#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A laboratory's own series, weighed elsewhere: the recorded bench gives its curves and verdicts, in
# whatever form a spreadsheet wrote the file, and a broken file is shown by file and line.
. "$TOP_SRCDIR/tests/system/lib.sh"
cp "$TOP_SRCDIR/configs/recorded.ini" "$TOP_SRCDIR/configs/recorded.csv" . || exit 1

run_thecad --output run recorded.ini
is $status 0 'the recorded bench runs, and its verdicts pass'
has out 'pass +flow +mean error A over T1 +1\.2[0-9] %' 'the 1.2 % that were put into the series are found'
is "$(grep -c '^ok ' run/verdicts.tap)" 9 'nine verdicts: data, time, mean error, six windows'
has run/report.html '<svg' 'the report has drawings'
for curve in 'Start-up' 'Trumpet'; do
	has run/report.html "$curve" "and the $curve curve"
done

# The same numbers, as other programs write them: the verdicts are the same bytes.
as() { # TEXT, the keys that differ in `keys`, the series in recorded.csv
	sed '/^\(file\|time\|value\) /d' "$TOP_SRCDIR/configs/recorded.ini" |
		sed '/^plugin *= csv-player/r keys' >other.ini
	rm -rf other
	run_thecad --output other other.ini
	is "$status" 0 "$1: runs" || sed 's/^/# /' err
	is "$(cmp run/verdicts.tap other/verdicts.tap 2>&1)" '' "$1: the same verdicts"
}
rows() { grep -v '^#' "$TOP_SRCDIR/configs/recorded.csv" | tr -d '\r'; }
printf 'file = german.csv\ntime unit = min\nvalue unit = mg\n' >keys
rows | tr ',.' ';,' | sed 's/$/\r/' >german.csv
as 'semicolons, decimal commas and CRLF'
printf 'file = tabs.csv\ntime column = 2\nvalue column = mass [mg]\ntime unit = min\nvalue unit = mg\n' >keys
rows | awk -F, -v OFS='\t' '{ print NR, $1, "\"" $2 "\"", "ok" }' | sed '1s/"//g' >tabs.csv
as 'tabs, more columns, quotes'
printf 'file = iso.csv\ntime unit = ISO\nvalue unit = g\n' >keys
rows | awk -F, 'NR == 1 { print "when,mass"; next }
	{ m = int($1 + 0.5); printf "2024-02-%02dT%02d:%02d:00Z,%.6f\n", 28 + int(m / 1440), int(m / 60) % 24, m % 60, $2 / 1000 }' |
	sed 's/2024-02-30/2024-03-01/; s/2024-02-31/2024-03-02/' >iso.csv
as 'dates over a leap day, and grams'

# -- what is wrong, and where ---------------------------------------------------------------------

cat >broken.ini <<'END_OF_BENCH'
[bench]
clock = virtual

[instrument scale]
plugin = csv-player
file   = series.csv

[procedure flow]
plugin     = flow-accuracy
instrument = scale
rate       = 24 mL/day
method     = continuous

[scenario]
test = at 0 d, run flow
END_OF_BENCH
# shellcheck disable=SC2059 # a series with its line ends
broken() { # TEXT PATTERN SERIES
	printf "$3" >series.csv
	run_thecad --output broken broken.ini
	is $status 78 "$1: nothing is started"
	has err "^broken\.ini:6: \[instrument scale\] file: .*$2" "$1: it says where and what"
}
broken 'no number' "series\.csv:5: found 'abc', expected a number" 't,m\n0,1\n\n# a remark\n1,abc\n'
broken 'a field that is missing' 'series\.csv:3: no column 2' 't,m\n0,1\n1\n'
broken 'time that goes backwards' 'series\.csv:4: .*backwards' 't,m\n0,1\n2,2\n1,3\n'
broken 'a thousands separator' "series\.csv:2: found '1\.234,5'" '0;1,5\n1;1.234,5\n'
broken 'a number that no balance shows' 'series\.csv:2: ' 't,m\n0,1e400\n'
broken 'a header alone' 'series\.csv: no rows' 't,m\n'
broken 'nothing' 'series\.csv: no rows' ''
rm series.csv
run_thecad --check broken.ini
is $status 78 'a file that is not there is found by --check'
has err 'series\.csv: .*No such file' 'and said in words'
[ ! -d broken ]
ok $? 'none of them made a run'

# A series that ends too early judges nothing that it does not know.
awk 'BEGIN { print "t,m"; for (s = 0; s <= 3000; s += 15) printf "%d,%.5f\n", s, s / 3600 }' >series.csv
run_thecad --output broken broken.ini
is $status 1 'a series of 50 min does not pass as two hours'
has broken/verdicts.tap '^not ok .*data complete' 'because data are missing'
has broken/verdicts.tap '^ok .*mean error.*# SKIP' 'and a mean error is not judged'
done_testing
