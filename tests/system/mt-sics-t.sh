#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A simulated balance on two pseudo-terminals: one is read by our own driver, the other by a shell.
set -u
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-sics.XXXXXX") || exit 1
service= count=0
trap '[ -z "$service" ] || kill "$service" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1

check() { # NAME COMMAND...
	count=$((count + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' log
	fi
}
until_true() { # COMMAND..., at most 5 s
	tries=0
	until "$@" || [ $tries = 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	[ $tries -lt 50 ]
}
ask() { # REQUEST: its answer, without CR
	# shellcheck disable=SC2016 # is expanded in there
	timeout 5 sh -c 'exec 3<>shell.pty && printf "%s\r\n" "$1" >&3 && IFS= read -r answer <&3 &&
		printf "%s\n" "$answer"' ask "$1" | tr -d '\r'
}
answers() { # REQUEST PATTERN
	answer=$(ask "$1")
	echo "# $1 -> $answer"
	printf '%s\n' "$answer" | grep -Eqx "$2"
}
signal_is() { # PATTERN: of the driver's mass
	"$TOP_BUILDDIR/thecactl" -s "$folder/socket" signals mettler 2>/dev/null | grep -Eq "^.*mass.*$1"
}

cat >bench.ini <<'END'
[bench]
clock = real
sample every = 50 ms

[instrument scale]
plugin = balance
noise = 0 mg
evaporation = 0 mg/day

[transport screen]
plugin = mt-sics-device
port = pty:driver.pty
shows = scale
model = XS205
serial number = SIM205

[transport second-screen]
plugin = mt-sics-device
port = pty:shell.pty
shows = scale
serial number = SIM206

[instrument mettler]
plugin = mt-sics
port = serial:driver.pty,9600,8N1
END
ln -s /dev/pts/99999 driver.pty # as a service leaves it that was killed
"$TOP_BUILDDIR/thecad" -v -q -s "$folder/socket" -o run bench.ini 2>log &
service=$!

check 'both lines are offered' until_true test -L shell.pty
check 'the driver reads the weight' until_true signal_is 'good'
check 'a shell reads it too' answers SI 'S [SD] {4}0\.00000 g'
check 'and who it is' answers I4 'I4 A "SIM206"'
check 'and is told what is no command' answers si ES
check 'its tare goes through the bench' answers TI 'TI [SD] {4}0\.00000 g'
check 'and into the journal' until_true grep -qs '"verb":"tare".*"outcome":"done"' run/events.jsonl
kill "$service"
wait "$service"
check 'it ends in order' test $? = 0
service=
check 'the serial number is in the report' grep -q SIM205 run/identification.json
check 'the lines go with it' test ! -L shell.pty -a ! -L driver.pty
echo "1..$count"
