#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A real clock without `until` runs until it is stopped, also after its scenario has nothing left.
set -u
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-real.XXXXXX") || exit 1
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cat >bench.ini <<'END'
[bench]
clock = real
sample every = 50 ms

[pump left]
driver = rotor
holds = water
basal = 0.3 mL/day

[scenario]
begin = at 0 s, start left
END
"$TOP_BUILDDIR/thecad" -q -s "$folder/socket" -o run bench.ini 2>log &
service=$!
tries=0
until grep -q '"verb":"set-rate".*"outcome":"done"' run/events.jsonl 2>/dev/null || [ $tries = 50 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
sleep 0.3
if kill -0 $service 2>/dev/null && [ $tries -lt 50 ]; then
	echo 'ok 1 - it goes on after the last action of its scenario'
else
	echo 'not ok 1 - it goes on after the last action of its scenario'
	sed 's/^/# /' log
fi
kill $service 2>/dev/null
wait $service
status=$?
service=
if [ $status = 0 ] && grep -q '"code":"ends"' run/events.jsonl; then
	echo 'ok 2 - SIGTERM ends it in order'
else
	echo "not ok 2 - SIGTERM ends it in order (status $status)"
	sed 's/^/# /' log
fi
echo 1..2
