#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The service on a real clock, as an operator meets it through thecactl: what each command does and
# says, what the guard refuses, and how it all ends.
. "$TOP_SRCDIR/tests/system/lib.sh"
me=$(id -un)

cat >bench.ini <<'END'
[bench]
name = ward
clock = real
operator = A. Tester
sample every = 200 ms
[drug morphine]
plugin = formulary
limits = pacc-2017
[pump left]
driver = rotor
holds = morphine 20 mg/mL
basal = 6 mg/day of morphine
patient bolus = 0.1 mg of morphine over 1 min, lockout 4 h, at most 4 per day
[pump dut]
driver = rotor
[pump extra]
driver = rotor
holds = morphine 20 mg/mL
[instrument scale]
plugin = balance
weighs = dut
[procedure flow]
plugin = flow-accuracy
pump = dut
instrument = scale
rate = 0.5 mL/day
[transport lab]
plugin = csv
END
said() { # STATUS PATTERN-IN-OUT-OR-ERR TEXT
	cat out err >both
	[ "$status" = "$1" ] && grep -qE -e "$2" both
	ok $? "$3" || { echo "# status $status" && sed 's/^/#   /' both; }
}

try status
said 3 'no service at' 'without a service: status 3'
start_thecad --output run bench.ini
ok $? 'the service answers'

try status
said 0 'left .*stopped .*40\.000 mL' 'status has the pumps'
said 0 '^ward +running .* [0-9]\.?[0-9]* s +clock real' 'and the bench, seconds old'
try status --json
said 0 '^\{"bench":\{"name":"ward","clock":"real",' 'as JSON too'
is "$(grep -c . out)" 1 'which is one line'
try interrogate left
said 0 '^done$' 'interrogate'
try instances
said 0 '^left +pump +rotor +running' 'instances'
try plugins
said 0 '^rotor +pump ' 'plugins'
try methods
said 0 '^pump.halt ' 'methods'
try nonsense
said 2 'no command' 'an unknown command is wrong usage'
try start nobody
said 1 "there is no pump 'nobody'" 'an unknown pump'

# -- doses --
try bolus left 4 mg of morphine
said 1 'a bolus of morphine would be 4 mg, above the hard limit of 3 mg \(pacc-2017\)' 'a bolus above the hard limit names drug, limit and set'
try bolus left 4 mg of morphine --confirm
said 1 'above the hard limit of 3 mg' 'no confirmation helps against a hard limit'
try bolus left 1 mg of morphine
said 1 'above the soft limit of 0.5 mg .*--confirm accepts it, in your name' 'a soft limit asks for a confirmation'
try bolus left 0.6 mg of morphine --confirm --over '3 min'
said 0 '^done$' 'and is passed with it'
try bolus left 0.1
said 2 'without a unit' 'a bolus without a unit is wrong usage'
try bolus left 0.1 mg of water
said 2 "left does not hold 'water'" 'a drug that it does not hold'
try press left
said 1 'the therapy has not been started' 'a press before the start'
try start left
said 0 '^done$' 'start'
try start left
said 1 'started already' 'twice is once'
try start dut
said 1 'prescribed' 'nothing prescribed, nothing to start'
try bolus extra 0.1 mg of morphine --over '1 min'
said 0 '^done$' 'a small bolus needs nobody'
try bolus dut 0.02 mL
try bolus dut 0.03 mL
said 1 'did not take it' 'a busy pump takes no second bolus'
try status dut
said 0 'dut .* 0\.0200 mL' 'and it does not count'
try status left
said 0 'left .*(bolus|delivering)' 'the pump delivers'
try halt left
said 0 '^done$' 'halt'
try start left
said 0 '^done$' 'and start again'
try press left
said 0 '^done$' 'a press'
try press left
said 1 '(lockout|bolus)' 'and a press in the lockout'
try halt
said 2 'which pump' 'halt without a name is wrong usage'
try halt --all
said 0 '^done$' 'halt --all'
try status --json
[ "$(grep -o '"state":"stopped"' out | wc -l)" = 3 ]
ok $? 'all pumps are stopped'

# -- programs --
try program left --basal '5 mg/day of morphine'
said 1 'nothing was changed' 'a program is not committed without a yes'
try program left --basal '5 mg/day of morphine' --yes
said 0 'the program is prescribed' 'and is with one'
said 0 '> +basal = 5 mg/day of morphine' 'it was shown beside the old one'
try program left --basal '30 mg/day of morphine' --yes --confirm
said 1 'refused: .*above the hard limit of 25 mg/day \(pacc-2017\)' 'a hard limit refuses the whole program'
try program left --basal '20 mg/day of morphine' --yes
said 1 '--confirm accepts the soft limit' 'a soft one wants a confirmation'
try program left --basal '20 mg/day of morphine' --yes --confirm
said 0 'the program is prescribed' 'and is passed with it'
if command -v perl >/dev/null; then
	prepare() { raw "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"program.prepare\",\"params\":{\"pump\":\"left\",\"basal\":\"$1\"}}"; }
	commit() { # PREPARED [SHA256]
		plan=$(echo "$1" | sed 's/.*"plan":\([0-9]*\).*/\1/')
		hash=${2:-$(echo "$1" | sed 's/.*"sha256":"\([0-9a-f]*\)".*/\1/')}
		raw "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"program.commit\",\"params\":{\"plan\":$plan,\"sha256\":\"$hash\"}}"
	}
	first=$(prepare '4 mg/day of morphine')
	second=$(prepare '3 mg/day of morphine')
	commit "$second" 00 >out
	has out '"code":-32005.*prepare again' 'another hash is refused'
	commit "$second" >out
	has out '"outcome":"done"' 'the right one is committed'
	commit "$second" >out
	has out '"code":-32004' 'once only'
	commit "$first" >out
	has out '"code":-32005.*prepare again' 'what was shown beside another program is stale'
	raw '{"jsonrpc":"2.0","id":3,"method":"pump.fly"}' '{' '{"jsonrpc":"2.0","id":4,"method":"bench.status"}' >out
	is "$(grep -oE '"code":-[0-9]+|"name":"ward"' out | tr '\n' ' ')" '"code":-32601 "code":-32700 "name":"ward" ' 'nonsense is answered, and the line goes on'
fi

# -- the rest --
try refill left 40 mL
said 0 '^done$' 'refill'
try refill left 50 mL
said 1 '50 mL are more than the 40 mL' 'what does not fit is refused'
try refill left 40 mL --holds 'morphine 60 mg/mL'
said 1 'above the hard limit of 50 mg/mL' 'a concentration above the hard limit too'
try run flow
said 0 '^done$' 'run a procedure'
try bolus dut 0.1 mL
said 1 'held by procedure flow' 'a held pump takes no other commands, and says who has it'
try halt dut
said 0 '^done$' 'halt excepted'
try abort flow
said 0 '^done$' 'abort'
try alarms
said 0 '.' 'alarms'
try ack left motor-stall
said 1 "there is no alarm 'motor-stall' of 'left'" 'an alarm that is not there'
try signals left
said 0 '^left.delivered_volume +0\.0[0-9]* mL +mL +good' 'signals'
try note the door was open
said 0 '^done$' 'a note'
try events
said 0 'note +note +the door was open +\('"$me" 'events have it, with who wrote it'
said 0 'soft limit accepted: a bolus of morphine would be 0.6 mg.*\('"$me" 'a confirmed soft limit is on record with who confirmed it'
said 0 'refused +bolus-hard bolus 0.2 mL +.*4 mg' 'and so is each refusal'
last=$(tail -n 1 out | awk '{ print $1 }')
try events --from "$last"
is "$(head -n 1 out | awk '{ print $1 }')" "$last" 'events from a number on'

# -- the end --
try start left
try shutdown
said 0 '^done$' 'shutdown'
wait_thecad
is $status 0 'ends the service'
[ ! -e "$socket" ]
ok $? 'the socket has gone'
"$TOP_BUILDDIR/thecactl" journal verify run >out
has out '^clean: ' 'the journal verifies'
"$TOP_BUILDDIR/thecactl" journal show run >out
[ "$(grep -nE 'left +outcome +halt: done +\(service stop\)' out | cut -d: -f1)" -gt "$(grep -nE 'left +state +started' out | tail -n 1 | cut -d: -f1)" ]
ok $? 'it halted the pump that was delivering'
is "$(tail -n 1 out | awk '{ print $5, $6 }')" 'bench ends' 'and says that it ended'
has run/summary.txt 'left +rotor +stopped' 'the summary has it'
has run/summary.txt 'patient +1 bolus given, [0-9] press' 'one press was given'

start_thecad --output run bench.ini
ok $? 'it starts in the same folder again'
try status left
said 0 'left +stopped' 'and delivers nothing'
try start left
said 0 '^done$' 'until it is told to'
began=$(date +%s)
kill -TERM "$service"
kill -TERM "$service"
wait_thecad
is $status 0 'SIGTERM ends it, twice too'
[ $(($(date +%s) - began)) -le 5 ]
ok $? 'within 5 s'
"$TOP_BUILDDIR/thecactl" journal show run | tail -n 4 >out
has out 'left +outcome +halt: done +\(service stop\)' 'and halts the pump'
done_testing
