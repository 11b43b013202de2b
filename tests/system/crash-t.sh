#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 at any moment: what was acknowledged is in the journal, accounts never fall, nothing goes on
# delivering, what is open is uncertain and blocks doses. And a journal that is torn, or damaged.
. "$TOP_SRCDIR/tests/system/lib.sh"
if ! command -v perl >/dev/null; then
	echo '1..0 # SKIP no perl'
	exit 0
fi
seed=${THECA_TEST_SEED:-$(date +%s)}
echo "# THECA_TEST_SEED=$seed"

cat >bench.ini <<'END'
[bench]
name = crash
clock = real x60
begins = 2026-01-05 00:00
sample every = 1 min
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
once  = at 0 s, note once
begin = at 1 s, start left
tick  = every 10 s from 2 s, note tick
low   = when left.reservoir_volume < 40.1 mL, note low
END
journal() { "$TOP_BUILDDIR/thecactl" journal "$@"; }
# What a pump has given by its account, in units of 0.1 uL.
delivered() { # PUMP
	ctl status "$1" --json 2>/dev/null | sed 's/.*"delivered":"\([0-9]*\)\.\([0-9]*\) mL".*/\1\2/; s/^0*\(.\)/\1/'
}
state() { ctl status "$1" --json | sed 's/.*"state":"\([a-z]*\)".*/\1/'; }

# An operator in a hurry: boluses, each of another volume; the acknowledged ones are written down.
hurry() { # ROUND
	n=0
	while n=$((n + 1)) && [ $n -lt 99 ]; do
		volume=$(printf '0.001%d%02d' "$1" $n)
		ctl bolus dut "$volume mL" --over '7 s' >/dev/null 2>&1
		case $? in
		0) echo "$volume mL over 7 s" >>acknowledged ;;
		3) return ;;
		esac
		echo "left $(delivered left) dut $(delivered dut)" >>seen
	done
}

: >acknowledged
lost=0 fell=0 went_on=0 not_blocked=0 not_settled=0 rounds=8
for round in 1 2 3 4 5 6 7 8; do
	: >seen
	start_thecad --quiet --output run bench.ini || break
	if [ $round -gt 1 ]; then
		for pump in left dut; do
			case $(state $pump) in
			stopped) ;;
			uncertain)
				ctl bolus $pump 0.001 mL --over '1 min' >out 2>err
				grep -q 'not known\|uncertain' err || not_blocked=$((not_blocked + 1))
				ctl interrogate $pump >/dev/null 2>&1
				[ "$(state $pump)" = stopped ] || not_settled=$((not_settled + 1))
				;;
			*) went_on=$((went_on + 1)) ;;
			esac
			before=$(cat "before-$pump")
			[ "$(delivered $pump)" -ge "${before:-0}" ] || fell=$((fell + 1))
		done
		[ $((round % 2)) = 0 ] || ctl start left >/dev/null 2>&1
	fi
	hurry $round &
	hurrying=$!
	sleep "$(awk "BEGIN { srand($seed + $round); printf \"%.3f\", 0.1 + rand() * 0.4 }")"
	kill_thecad
	wait $hurrying
	for pump in left dut; do
		sed -n "s/.*$pump \([0-9][0-9]*\).*/\1/p" seen | tail -n 1 >"before-$pump"
	done
done
is "$round" $rounds "$rounds rounds"
[ -s acknowledged ]
ok $? "$(grep -c . acknowledged) boluses were acknowledged before the kills"
journal show run >shown
while read -r bolus; do
	grep -q "dut  *intent  *bolus $(echo "$bolus" | sed 's/0* mL/0* mL/; s/\./\\./') " shown || lost=$((lost + 1))
done <acknowledged
is $lost 0 'none of them is lost'
is $fell 0 'no account was lower than before'
is $went_on 0 'no pump went on delivering'
is $not_blocked 0 'what is uncertain blocks doses'
is $not_settled 0 'and an interrogation settles it'
has shown 'alarm +high +uncertain +it was delivering when the service stopped' 'the alarm says why'
is "$(grep -c 'fired  *once' shown) $(grep -c 'fired  *begin' shown) $(grep -c 'fired  *low' shown)" '1 1 1' 'what was to happen once happened once'
# Each line of the scenario that comes again fires, or is missed, once at each of its times.
elapsed=$(journal show run --json | tail -n 1 | sed 's/.*"time":"2026-01-05T\([0-9:]*\).*/\1/' | awk -F: '{ print $1 * 3600 + $2 * 60 + $3 }')
ticks=$(grep -c 'fired  *tick' shown)
[ "$ticks" -le $(((elapsed - 2) / 10 + 1)) ] && [ "$ticks" -ge $(((elapsed - 2) / 10 - 12)) ]
ok $? 'and what comes again came no more often than it should' || echo "# $ticks in $elapsed s"
journal verify run >out
has out '^(clean|torn tail): ' 'the journal verifies after all that'

# -- one service, one file, one folder --
start_thecad --quiet --output run bench.ini
ok $? 'it starts once more'
run_thecad --socket other --output run bench.ini
is "$status $(cat err)" '70 thecad: error: run: another service has this run' 'a second service in the same folder is refused'
ctl interrogate left >/dev/null 2>&1
ctl interrogate dut >/dev/null 2>&1
ctl bolus dut 0.02 mL --over '10 min' >out 2>&1
is "$(cat out)" "done" 'a bolus'
sleep 0.3 # until its outcome is on disk, too
kill_thecad
sed 's/6 mg/7 mg/' bench.ini >other.ini
run_thecad --socket other --output run other.ini
is $status 70 'another bench file in the same folder is refused'
has err 'run of another bench file' 'and it says why'
cp -R run whole

# -- the tail --
# Bytes of the journal: where its records begin and end.
cat >cut.pl <<'END'
my ($file, $what) = @ARGV;
open my $f, '+<:raw', $file or die;
my ($at, $last, @all) = (32, 0);
while (seek($f, $at, 0) && read($f, my $head, 4) == 4) {
	my $length = unpack 'V', $head;
	last if !$length;
	push @all, $last = $at;
	$at += $length;
}
if ($what eq 'garbage') { seek $f, $at, 0; print $f "torn by a power cut, in the middle of a word" }
if ($what eq 'tear') { seek $f, $last + 20, 0; print $f "\0" x ($at - $last - 20) }
if ($what eq 'drop') { # all from the last outcome of a bolus on
	for my $i (reverse 0 .. $#all) {
		seek $f, $all[$i] + 32, 0; read $f, my $kind, 2;
		seek $f, $all[$i] + 48, 0; read $f, my $verb, 4;
		next unless unpack('v', $kind) == 3 && unpack('V', $verb) == $ARGV[2];
		seek $f, $all[$i], 0;
		print $f "\0" x ($at - $all[$i]);
		exit;
	}
	die;
}
if ($what eq 'flip') { seek $f, $all[@all / 2] + 60, 0; read $f, my $byte, 1; seek $f, -1, 1; print $f chr(ord($byte) ^ 1) }
END
newest() { for file in run/journal/*.tj; do :; done && echo "$file"; }
anew() { rm -rf run && cp -R whole run; }
records() { journal verify run | sed 's/.*: \([0-9]*\) records.*/\1/'; }
had=$(records)

perl cut.pl "$(newest)" garbage
journal verify run >out
has out "^torn tail: $had records" 'garbage after the last record is a torn tail'
start_thecad --output run bench.ini
ok $? 'with which it starts'
has log 'journal: .*(torn|cut)' 'saying so'
is "$(state dut)" uncertain 'the bolus that ran is uncertain'
kill_thecad
journal verify run >out
has out '^clean: ' 'the tail was cut'

anew
perl cut.pl "$(newest)" tear
journal verify run >out
has out "^torn tail: $((had - 1)) records" 'so is half a record'
start_thecad --quiet --output run bench.ini
ok $? 'with which it starts too'
kill_thecad

anew
perl cut.pl "$(newest)" drop 2
start_thecad --quiet --output run bench.ini
ctl status dut --json >out
has out '"state":"uncertain".*"delivered":"0\.[0-9]*' 'a bolus without an outcome is uncertain'
[ "$(delivered dut)" -ge "$(($(cat before-dut) + 199))" ]
ok $? 'all of it counts' || echo "# $(delivered dut), before it $(cat before-dut)"
try alarms
has out 'dut .*uncertain.*a command was open' 'the alarm says why'
try bolus dut 0.001 mL --over '1 min'
is $status 1 'doses are blocked'
try interrogate dut
try bolus dut 0.001 mL --over '1 min'
is $status 0 'until the pump is read'
kill_thecad
start_thecad --quiet --output run bench.ini
[ "$(delivered dut)" -lt "$(($(cat before-dut) + 400))" ]
ok $? 'after a second crash nothing is counted twice' || echo "# $(delivered dut)"
try interrogate left
try interrogate dut
had="$(delivered left) $(delivered dut)"
kill_thecad
start_thecad --quiet --output run bench.ini
is "$(state left) $(delivered left) $(state dut) $(delivered dut)" "stopped ${had% *} stopped ${had#* }" 'what was settled before another crash stays settled'
kill_thecad

# -- the middle --
anew
perl cut.pl "$(newest)" flip
journal verify run >out
is $? 1 'a flipped bit is damage'
has out '^DAMAGED: ' 'and thecactl says so'
start_thecad --output run bench.ini
ok $? 'the service starts'
has log 'journal: ' 'says so'
is "$(state left) $(state dut)" 'held held' 'and holds all pumps'
try alarms
has out 'high +.*journal-damaged|journal-damaged.*high' 'with a high alarm'
try start left
is $status 1 'nothing is started'
try bolus dut 0.001 mL --over '1 min'
is $status 1 'no dose is given'
try interrogate dut
is $status 0 'reading is allowed'
is "$(state dut)" held 'and releases nothing'
try halt --all
is $status 0 'so is a halt'
kill_thecad
done_testing
