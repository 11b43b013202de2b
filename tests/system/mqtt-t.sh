#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Telemetry as a real broker and its subscribers see it: samples with their units, events, status and
# will; a broker that dies and comes back; groups; TLS, a password, and a wrong one.
for need in mosquitto mosquitto_sub mosquitto_passwd jq openssl; do
	PATH=$PATH:/usr/sbin command -v $need >/dev/null || { echo "1..0 # SKIP no $need"; exit 0; }
done
. "$TOP_SRCDIR/tests/system/lib.sh"
PATH=$PATH:/usr/sbin
broker=''
leave() {
	[ -z "$broker" ] || kill -KILL $broker 2>/dev/null
	clean_up
}
trap leave EXIT

# What the broker shall do stands in `extra`; it gets a free port, or the one it had.
port=''
listens() {
	printf 'listener %s 127.0.0.1\n' "$1" | cat - extra >conf
	mosquitto -c conf >>broker.log 2>&1 &
	broker=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.1
		kill -0 $broker 2>/dev/null || return 1
		grep -q running broker.log && return 0
	done
	return 1
}
start_broker() {
	: >broker.log
	if [ -n "$port" ]; then listens "$port"; return; fi
	for step in 0 1 2 3 4 5 6 7 8 9; do
		port=$((20000 + ($$ * 13 + step * 1009) % 12000))
		listens $port && return
	done
	sed 's/^/# /' broker.log
	return 1
}
kill_broker() {
	kill -KILL $broker 2>/dev/null
	wait $broker 2>/dev/null
	broker=''
}
# Messages as `RETAINED TOPIC PAYLOAD`.
listen() { # SECONDS ARGUMENT...
	seconds=$1
	shift
	timeout -s KILL 20 mosquitto_sub -p "$port" -V 5 -q 1 -W "$seconds" -F '%r %t %p' "$@" 2>>sub.log
}
payloads() { # FILE TOPIC
	sed -n "s,^[01] $2 ,,p" "$1"
}
until_has() { # FILE PATTERN TENTHS
	tenths=$3
	until grep -qE -e "$2" "$1" 2>/dev/null; do
		tenths=$((tenths - 1))
		[ $tenths -gt 0 ] || return 1
		sleep 0.1
	done
}
pumps() { # NAME...
	for name in "$@"; do
		printf '[pump %s]\ndriver = rotor\nholds = morphine 20 mg/mL\nbasal = 6 mg/day of morphine\n' "$name"
	done
	printf '[drug morphine]\nplugin = formulary\nlimits = pacc-2017\n'
}
bench() { # every sampling period
	printf '[bench]\nname = telemetry\nclock = real\nsample every = %s\n' "$1"
}

# -- samples, units, events, status ---------------------------------------------------------------

echo 'allow_anonymous true' >extra
start_broker
ok $? 'a broker runs' || exit 1
{
	bench '50 ms'
	pumps left right
	printf '[transport telemetry]\nplugin = mqtt\nhost = 127.0.0.1\nport = %s\n' "$port"
	printf '[scenario]\nbegin = at 0.3 s, start left\n'
} >bench.ini
listen 3 -t '#' >all &
listener=$!
sleep 0.2
start_thecad --output run bench.ini
ok $? 'a bench under therapy starts'
until_has all '"code":"started"' 50
try bolus left '0.01 mg of morphine'
ctl note 'quotes " and \ in a note' >/dev/null
listen 1 -t 'theca/+/signals' -t theca/status -C 3 >late
is "$(payloads late theca/status)" online 'who comes later is told that it is online'
is "$(grep -c '^1 ' late)" 3 'status and units are retained'
wait $listener

payloads late 'theca/left/signals' >units
is "$(jq -r .rate units)" mL/day 'the units are told: rate'
is "$(jq -r '.state | index("delivering") != null' units)" true 'and the words of a choice'
payloads all theca/left/samples >samples
is "$(jq -s 'length > 20' samples)" true 'samples come at their period'
jq -s --slurpfile units units '
	[.[] | to_entries[] | select(.key != "time" and .key != "instance") | . as $entry |
	 $units[0][$entry.key] | if type == "array" then index($entry.value) != null
	 elif type == "string" then ($entry.value | type == "number") else . != null end] | all' samples >all.ok
is "$(cat all.ok)" true 'each value is a number with a unit, or one of the words'
jq -s '[.[].time | sub("\\.[0-9]{3}Z$"; "Z") | fromdate] |
	. == sort and (.[-1] - (now | floor) | fabs) < 20' samples >all.ok
is "$(cat all.ok)" true 'times go forward and are the civil time of now'
is "$(jq -s '[.[] | select(.state == "delivering") | .rate] | .[0]' samples)" 0.3 \
	'6 mg/day of 20 mg/mL is seen as 0.3 mL/day'
is "$(jq -rs '.[0].instance' samples)" left 'and whose it is'
payloads all theca/events >events
is "$(jq -rs '[.[] | select(.kind == "state") | .code] | index("started") != null' events)" true \
	'the start is an event'
is "$(jq -rs '[.[] | select(.kind == "note") | .text] | .[0]' events)" 'quotes " and \ in a note' \
	'a note comes as it was written'
is "$(jq -s '[.[].number] | . == [range(.[0]; .[0] + length)]' events)" true 'events are without gaps'
jq -s 'map({number, kind, code, instance})' events >told
jq -s --argjson first "$(jq '.[0].number' told)" --argjson last "$(jq '.[-1].number' told)" \
	'map(select(.number >= $first and .number <= $last) | {number, kind, code, instance})' run/events.jsonl >written
is "$(cmp told written 2>&1)" '' 'and those of the journal'

listen 5 -t theca/status -C 2 >status &
listener=$!
until_has status online 20
kill_thecad
wait $listener
is "$(sed -n 2p status)" '0 theca/status offline' 'after kill -9 the broker says offline'
listen 1 -t theca/status -C 1 >late
is "$(cat late)" '1 theca/status offline' 'and keeps it'

# -- groups, and a broker that goes away ----------------------------------------------------------

{
	bench '50 ms'
	pumps a b c d
	printf '[transport telemetry]\nplugin = mqtt\nhost = 127.0.0.1\nport = %s\ngroup = 4\nqueue = 10\ntopic = lab/7\n' "$port"
	printf '[scenario]\nbegin = at 0.1 s, start a\n'
} >bench.ini
start_thecad --output run-2 bench.ini
listen 2 -t 'lab/7/#' -C 12 >all
payloads all lab/7/group/0 >samples
is "$(jq -sc '[.[].instances | keys] | unique' samples)" '[["a","b","c","d"]]' \
	'a group is one message for four pumps'
is "$(grep -c '/samples ' all)" 0 'and not others beside it'

kill_broker
until_has log 'raised|is gone' 20
sleep 2.5
ctl note 'nobody hears this' >/dev/null
ok $? 'without a broker the control answers'
ctl --json alarms >alarms
is "$(jq -r '.. | .code? // empty' alarms | sort -u)" broker-away 'and an alarm says that it is away'
before=$(grep -c . run-2/events.jsonl)
start_broker
listen 9 -t 'lab/7/status' -t lab/7/events -t lab/7/group/0 -C 60 >all
is "$(grep -c 'lab/7/status online' all)" 1 'it connects again by itself'
has all 'nobody hears this' 'the events of meanwhile come late'
has log '[1-9][0-9]* samples and 0 events were lost' 'the samples that did not fit were counted'
ctl --json alarms >alarms
is "$(jq -c '[.. | objects | select(.code == "broker-away") | .cleared != null]' alarms)" '[true]' 'the alarm has cleared'
payloads all lab/7/group/0 >samples
is "$(jq -s 'length > 10' samples)" true 'samples come again'
listen 5 -t lab/7/status -C 2 >status &
listener=$!
until_has status online 20
kill -TERM "$service"
wait_thecad
is $status 0 'an orderly stop'
wait $listener
is "$(sed -n 2p status)" '0 lab/7/status offline' 'says offline'
kill_broker

# -- TLS and a password ---------------------------------------------------------------------------

certificates() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=bench test CA' -keyout ca.key -out ca.pem &&
		openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr &&
		echo 'subjectAltName = DNS:localhost, IP:127.0.0.1' >names &&
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
}
certificates >openssl.log 2>&1
ok $? 'certificates are made' || sed 's/^/# /' openssl.log
touch passwords && chmod 600 passwords && mosquitto_passwd -b passwords bench 'right; one'
{
	echo 'allow_anonymous false'
	echo 'password_file passwords'
	echo 'certfile server.pem'
	echo 'keyfile server.key'
	[ "$(id -u)" != 0 ] || echo 'user root'
} >extra
port=''
start_broker
ok $? 'a broker with TLS and passwords runs'
secured() { # PASSWORD CA
	bench '100 ms'
	pumps left
	printf '[transport telemetry]\nplugin = mqtt\nhost = localhost\nport = %s\ntls = yes\nca file = %s\n' "$port" "$2"
	printf 'username = bench\npassword = %s\n' "$1"
}
secured 'right; one' ca.pem >bench.ini
start_thecad --output run-3 bench.ini
listen 5 --cafile ca.pem -u bench -P 'right; one' -t theca/left/samples -C 3 >all
is "$(grep -c '"rate":0' all)" 3 'samples come through TLS'
has_not log 'unencrypted' 'without a warning'
has_not run-3/bench.ini 'right' 'the run keeps the file without the password'
! grep -rqa 'right; one' run-3
ok $? 'nor does anything else of the run have it'
kill -TERM "$service"
wait_thecad
start_thecad --output run-3 bench.ini
ok $? 'a restart finds the same bench there'
kill -TERM "$service"
wait_thecad

# Both at once: a wrong password, and a broker whose certificate nobody vouches for.
secured wrong ca.pem >bench.ini
start_thecad --output run-4 bench.ini
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=another CA' -keyout other.key -out other.pem 2>/dev/null
secured 'right; one' other.pem >bench-5.ini
"$thecad" --socket socket-5 --output run-5 bench-5.ini >out-5 2>log-5 </dev/null &
second=$!
until_has run-4/events.jsonl broker-away 80
has run-4/events.jsonl '"kind":"alarm".*"telemetry".*broker-away.*[Nn]ot authori[sz]ed' 'a wrong password raises an alarm that says so'
has log 'telemetry: .*localhost.*[Nn]ot authori[sz]ed' 'and the log says so'
is "$(grep -c 'telemetry: localhost' log)" 1 'once'
has_not log 'wrong' 'without the password'
until_has run-5/events.jsonl broker-away 80
has run-5/events.jsonl '"kind":"alarm".*broker-away.*certificate' 'an unknown certificate raises an alarm that says so'
has log-5 'certificate' 'and the log says so'
ctl status >/dev/null
ok $? 'the bench goes on'
kill -TERM "$service" $second
wait_thecad
is $status 0 'and ends in order'
wait $second
is $? 0 'both of them'
done_testing
