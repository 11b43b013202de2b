# SPDX-License-Identifier: Apache-2.0
# For the tests of the whole service: TAP, a folder that goes away, a thecad that goes with it.
# Sourced with $TOP_SRCDIR and $TOP_BUILDDIR set; the test then is in its own empty folder.
set -u
export TZ=UTC LC_ALL=C
unset THECA_SOCKET
tap_count=0
tap_failed=0
service='' # pid of the thecad that start_thecad started
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-test.XXXXXX") || exit 1
thecad=$TOP_BUILDDIR/thecad
socket=$folder/socket

clean_up() {
	[ -z "$service" ] || kill -KILL "$service" 2>/dev/null
	rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
cp "$TOP_SRCDIR/configs/formulary.ini" . || exit 1

ok() { # STATUS TEXT
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=1
	fi
	return "$1"
}
is() { # FOUND WANTED TEXT
	[ "$1" = "$2" ]
	ok $? "$3" || printf '# found:  %s\n# wanted: %s\n' "$1" "$2"
}
has() { # FILE PATTERN TEXT: grep -E finds it
	grep -qE -e "$2" "$1"
	ok $? "$3" || { printf '# no %s in:\n' "$2" && head -n 20 "$1" | sed 's/^/#   /'; }
}
has_not() { # FILE PATTERN TEXT
	! grep -qE -e "$2" "$1"
	ok $? "$3" || { printf '# there is:\n' && grep -E -e "$2" "$1" | head -n 5 | sed 's/^/#   /'; }
}
done_testing() {
	echo "1..$tap_count"
	exit $tap_failed
}

# thecad that ends by itself: its exit status in $status, what it says in `out` and `err`.
run_thecad() {
	timeout -s KILL 60 "$thecad" "$@" >out 2>err </dev/null
	status=$?
}

# thecad that goes on: returns when it answers. `log` has what it says.
start_thecad() { # ARGUMENT...
	"$thecad" --socket "$socket" "$@" >log.out 2>log </dev/null &
	service=$!
	give_up=$(($(date +%s) + 10))
	while [ "$(date +%s)" -lt $give_up ] && kill -0 "$service" 2>/dev/null; do
		ctl instances >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "# thecad does not answer:"
	sed 's/^/#   /' log
	return 1
}
# Its exit status in $status.
wait_thecad() {
	wait "$service" 2>/dev/null
	status=$?
	service=''
}
kill_thecad() {
	kill -KILL "$service" 2>/dev/null
	wait_thecad
}
ctl() { timeout -s KILL 10 "$TOP_BUILDDIR/thecactl" --socket "$socket" "$@" </dev/null; }
# The same with its exit status in $status, what it says in `out` and `err`.
try() {
	ctl "$@" >out 2>err
	status=$?
}

# Lines of JSON to the socket, and the answers: what thecactl has no words for. Needs perl.
raw() { # LINE...
	timeout -s KILL 10 perl -MIO::Socket::UNIX -e '
		my $socket = IO::Socket::UNIX->new(Peer => shift) or exit 1;
		for my $line (@ARGV) { print $socket "$line\n"; $socket->flush; print scalar <$socket>; }
	' "$socket" "$@"
}
