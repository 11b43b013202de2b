#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The systemd unit: well formed, and as hardened as it claims. Both looks need no running systemd.
set -u
if ! command -v systemd-analyze >/dev/null || ! systemd-analyze verify --man=no /dev/null >/dev/null 2>&1; then
	if ! systemd-analyze --version >/dev/null 2>&1; then
		echo '1..0 # SKIP no systemd-analyze'
		exit 0
	fi
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-unit.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
unit=$folder/thecad@.service
sed "s,^ExecStart=[^ ]*,ExecStart=$TOP_BUILDDIR/thecad," "$TOP_BUILDDIR/configs/systemd/thecad@.service" >"$unit"
failed=0
if systemd-analyze verify --man=no "$unit" >"$folder/log" 2>&1; then
	echo 'ok 1 - the unit is well formed'
else
	echo 'not ok 1 - the unit is well formed'
	sed 's/^/# /' "$folder/log"
	failed=1
fi
if systemd-analyze security --offline=yes --threshold=20 "$unit" >"$folder/log" 2>&1; then
	echo 'ok 2 - its exposure is at most 2.0'
else
	echo 'not ok 2 - its exposure is at most 2.0'
	tail -n 1 "$folder/log" | sed 's/^/# /'
	failed=1
fi
# Its command line is one that thecad takes: every option is in --help.
wrong=$(grep '^ExecStart=' "$unit" | grep -oE ' --[a-z]+' | while read -r option; do
	"$TOP_BUILDDIR/thecad" --help | grep -q -e "$option" || echo "# $option"
done)
if [ -z "$wrong" ]; then
	echo 'ok 3 - thecad has the options that the unit gives'
else
	printf 'not ok 3 - thecad has the options that the unit gives\n%s\n' "$wrong"
	failed=1
fi
echo 1..3
exit $failed
