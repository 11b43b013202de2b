#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Benches with a wire in the loop, all at once, as each takes its time: the installed rigs (two hours
# at x60, two minutes at real speed), the same over TCP, and a balance that is taken away in the
# middle of a test, once with its line and once only silent. What is read through MT-SICS is
# compared with what the simulated balance said itself.
for need in jq awk; do
	command -v $need >/dev/null || { echo "1..0 # SKIP no $need"; exit 0; }
done
. "$TOP_SRCDIR/tests/system/lib.sh"
others=''
leave() {
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$others" ] || kill -KILL $others 2>/dev/null
	clean_up
}
trap leave EXIT

# A rig in a folder of its own; its number in $rig.
rig() { # FOLDER BENCH
	mkdir -p "$1"
	(cd "$1" && exec "$thecad" --quiet --socket socket --output run "$2" >out 2>log </dev/null) &
	rig=$!
	others="$others $rig"
}
of() { # FOLDER WORD...: thecactl there
	there=$1
	shift
	timeout -s KILL 10 "$TOP_BUILDDIR/thecactl" --socket "$there/socket" "$@" </dev/null
}
until_has() { # FILE PATTERN TENTHS [TIMES]
	tenths=$3
	until [ "$(cat "$1" 2>/dev/null | grep -cE -e "$2")" -ge "${4:-1}" ]; do
		tenths=$((tenths - 1))
		[ $tenths -gt 0 ] || return 1
		sleep 0.1
	done
}
quality() { # of the weight that is measured
	of measure --json signals mettler 2>/dev/null | jq -r '.[] | select(.signal == "mettler.mass") | .quality'
}
until_is() { # QUALITY TENTHS
	tenths=$2
	until [ "$(quality)" = "$1" ]; do
		tenths=$((tenths - 1))
		[ $tenths -gt 0 ] || return 1
		sleep 0.1
	done
}
ends() { # NUMBER FOLDER TEXT
	wait "$1"
	status=$?
	[ $status = 0 ]
	ok $? "$3" || { echo "# exit status $status" && cat "$2/log" "$2/run/verdicts.tap" 2>/dev/null | sed 's/^/#   /'; }
}
# Are the driver's readings what the simulated balance showed then, or up to AGE seconds of bench time
# before? One in a hundred may be older: at x60 a busy machine's tenth of a second is six.
agrees() { # RUN AGE LEAST TEXT
	awk -F, -v age="$2" -v least="$3" 'FNR == 1 { file++; next }
		file == 1 { if ($3 != "") { t[++n] = $2; m[n] = $3 } next }
		$3 != "" { all++; low = 1e9; high = -1e9
			while (last < n && t[last + 1] <= $2) last++
			for (i = last + (last < n); i >= 1; i--) {
				if (m[i] < low) low = m[i]
				if (m[i] > high) high = m[i]
				if (t[i] < $2 - age) break
			}
			if ($3 < low - 0.001 || $3 > high + 0.001) { wrong++; print "# " $0 " " low " " high >"/dev/stderr" } }
		END { print wrong + 0 " of " all + 0 " readings are not the balance'\''s"
			exit !(wrong <= all / 100 && all >= least) }' \
		"$1/samples-scale.csv" "$1/samples-mettler.csv" >found 2>strange
	ok $? "$4" || { sed 's/^/# /' found && head -n 5 strange; }
}

rig fast "$TOP_SRCDIR/configs/rig-mt-sics.ini"
fast=$rig
rig slow "$TOP_SRCDIR/configs/rig-mt-sics-real.ini"
slow=$rig

# -- over TCP -------------------------------------------------------------------------------------

tcp_bench() { # PORT
	sed -e 's/^until .*/until = 10 min/' -e "s/^port *= pty:.*/port = listen:127.0.0.1:$1/" \
		-e "s/^port *= serial:.*/port = tcp:127.0.0.1:$1/" -e '/^test/d' -e 's/^\[scenario\]/&\nbegin = at 10 s, start dut/' \
		-e 's/^holds .*/&\nbasal = 24 mL\/day/' "$TOP_SRCDIR/configs/rig-mt-sics.ini"
}
for step in 0 1 2 3 4; do
	port=$((33000 + ($$ * 7 + step * 1013) % 12000))
	mkdir -p tcp
	rm -rf tcp/run
	tcp_bench $port >tcp/bench.ini
	rig tcp bench.ini
	tcp=$rig
	until_has tcp/log "mettler: .*opened" 20 && break
	grep -q 'in use' tcp/log || break
	kill -KILL "$tcp"
done

# -- unplugged ------------------------------------------------------------------------------------

mkdir -p device measure
cat >device/bench.ini <<'END_OF_BENCH'
[bench]
name         = device
clock        = real x60
sample every = 1 s

[pump dut]
driver      = rotor
holds       = water
basal       = 24 mL/day
temperature = 20 degC

[instrument scale]
plugin = balance
weighs = dut

[transport screen]
plugin        = mt-sics-device
port          = pty:../balance.pty
shows         = scale
serial number = SIM205001

[scenario]
begin = at 0 s, start dut
END_OF_BENCH
cat >measure/bench.ini <<'END_OF_BENCH'
[bench]
name         = measure
clock        = real x60
until        = 72 min
sample every = 5 s

[instrument mettler]
plugin = mt-sics
port   = serial:../balance.pty,9600,8N1

[procedure flow]
plugin           = flow-accuracy
instrument       = mettler
rate             = 24 mL/day
method           = continuous
stabilisation    = 8 min
windows          = 2 min, 5 min, 11 min
trumpet limit    = 50 %
missing readings = 20 %

[transport lab]
plugin = csv

[scenario]
test = at 30 s, run flow
END_OF_BENCH
rig device bench.ini
device=$rig
until_has device/log 'pty:.*offered' 20
rig measure bench.ini
measure=$rig
events=measure/run/events.jsonl
until_is good 30
ok $? 'a balance of another process is read'
sleep 1
kill -KILL "$device"
wait "$device" 2>/dev/null
until_has $events '"kind":"alarm".*"mettler".*"silent".*lost' 20
ok $? 'when it is gone an alarm says so'
is "$(quality)" invalid 'and there is no weight'
rm -rf device/run
rig device bench.ini
device=$rig
until_has $events '"kind":"cleared".*"mettler".*"silent"' 150
ok $? 'when it is back it is read again, by itself'
sleep 12 # well into T1
kill -STOP "$device"
until_is stale 9
ok $? 'a weight that grows old is stale'
until_has $events '"kind":"alarm".*"silent".*does not answer' 30
ok $? 'a balance that is silent is an alarm too'
is "$(quality)" invalid 'and no weight either'
kill -CONT "$device"
until_has $events '"kind":"cleared".*"silent"' 30 2
ok $? 'and is over by itself'

# -- their ends -----------------------------------------------------------------------------------

ends "$tcp" tcp 'over TCP: the bench ends in order'
is "$(jq -r '.mettler["serial number"]' tcp/run/identification.json)" SIM205001 'over TCP: the serial number'
agrees tcp/run 6 100 'over TCP: ten minutes of weights, as the balance showed them'

ends "$measure" measure 'unplugged: the test passes all the same'
has measure/run/verdicts.tap '[1-9][0-9]* of [0-9]+ readings are missing' 'unplugged: it says how many readings are missing'
has measure/run/verdicts.tap '[1-9][0-9]* windows are left out, readings are missing' 'unplugged: and how many windows are left out'
has measure/run/report.html 'left out' 'unplugged: the report has them by length'
has measure/run/verdicts.tap 'value: 1\.[67][0-9]$' 'unplugged: the mean error is that of the rotor'
# From the silence on the weights go on along the line of before: none is older than it says.
awk -F, '$3 == "" { if (seen > 150) gap = 1; next }
	{ seen++ }
	seen > 60 && !gap { if (!t0) { t0 = $2; m0 = $3 } t1 = $2; m1 = $3 }
	gap { n++; sum += $3 - (m1 + ($2 - t1) * (m1 - m0) / (t1 - t0)) }
	END { printf "# %d readings, %.2f mg beside the line\n", n, sum / n
		exit !(n > 300 && sum / n < 0.7 && sum / n > -0.7) }' measure/run/samples-mettler.csv >found
ok $? 'unplugged: the weights after it are of their time' || cat found
kill -TERM "$device"
ends "$device" device 'unplugged: the other process ends in order'

ends "$slow" slow 'real speed: all verdicts pass'
is "$(wc -l <slow/run/samples-mettler.csv | awk '{ print ($1 > 118 && $1 < 124) }')" 1 'real speed: a reading a second'
agrees slow/run 2.5 100 'real speed: weights as the balance showed them'

ends "$fast" fast 'two hours: all verdicts pass'
is "$(grep -c '^ok ' fast/run/verdicts.tap)" "$(grep -c 'ok ' fast/run/verdicts.tap)" 'two hours: none is skipped'
jq -c '.mettler | {model, "serial number", plugin}' fast/run/identification.json >found
is "$(cat found)" '{"model":"XS205 simulated","serial number":"SIM205001","plugin":"mt-sics 1"}' \
	'two hours: the report has who the balance said it is'
is "$(sed -n '/mean error A/,/uncertainty/s/ *value: //p' fast/run/verdicts.tap |
	awk '{ print ($1 > -14.5 && $1 < 14.5 && $1 > 1 && $1 < 2.3) }')" 1 'two hours: the mean error is within the label, and that of the rotor'
agrees fast/run 6 1400 'two hours: a weight each five seconds, as the balance showed them'
has_not fast/run/events.jsonl '"kind":"alarm"' 'two hours: without an alarm'
[ ! -L fast/balance.pty ] && [ ! -L slow/balance-real.pty ] && [ ! -S fast/socket ]
ok $? 'lines and sockets go with their benches'
has_not fast/log 'left something open' 'and nothing is left open'
done_testing
