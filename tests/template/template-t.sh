#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A stranger's way to a plugin: Theca is installed, the template is copied somewhere else, built
# against the installed files alone, and run by the installed thecad. And a look at what was installed.
set -u
count=0
failed=0
ok() { # STATUS TEXT
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}

unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
umask 022
folder=$(mktemp -d "${TMPDIR:-/tmp}/theca-template.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
root=$folder/root
log=$folder/log
run() { "$@" >>"$log" 2>&1 </dev/null; }
show() { sed 's/^/# /' "$log"; }

make -C "$TOP_BUILDDIR" install DESTDIR="$root" >"$log" 2>&1 </dev/null
ok $? 'make install' || show

pc=$(find "$root" -name theca.pc)
export PKG_CONFIG_PATH="${pc%/*}" PKG_CONFIG_SYSROOT_DIR="$root"
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
export PKG_CONFIG
pkg() { # VARIABLE: its folder, below the root once
	value=$(PKG_CONFIG_SYSROOT_DIR='' "$PKG_CONFIG" --variable="$1" theca) && echo "$root$value"
}
plugins=$(pkg plugindir)
[ "$(PKG_CONFIG_SYSROOT_DIR='' "$PKG_CONFIG" --variable=abi theca)" = 1 ]
ok $? 'theca.pc says which contract'
[ -d "$plugins" ] && [ -z "$(find "$plugins" -type f ! -name '*.so')" ]
ok $? 'nothing but plugins in plugindir'
[ -z "$(find "$plugins" ! -type l ! -perm 755)" ]
ok $? 'nobody but the owner may write there'
[ -f "$(pkg includedir)/theca/plugin.h" ] && [ -z "$(find "$(pkg includedir)" -name '*.h' ! -path '*/theca/*')" ]
ok $? 'the headers are in include/theca'
[ -f "$(pkg configdir)/quickstart.ini" ] && [ -f "$(pkg configdir)/formulary.ini" ]
ok $? 'the benches are in configdir'

cp -R "$TOP_SRCDIR/tests/template" "$folder/mine" && chmod -R u+w "$folder/mine"
cd "$folder/mine" || exit 1
rm -rf ./*.so run
: >"$log"
run make CC="${CC:-cc}" CFLAGS='-O1 -Werror' LDFLAGS=
ok $? 'the template builds against the installed files' || show
[ -z "$(find . -name '*.so' ! -perm 755)" ] && [ -f syringe.so ] && [ -f lines.so ]
ok $? 'into two plugins'

thecad=$(find "$root" -name thecad -type f -perm -100)
: >"$log"
"$thecad" --plugins .:"$plugins" --describe syringe >describe.txt 2>>"$log" &&
	grep -q 'fastest' describe.txt && grep -q 'syringe' describe.txt
ok $? 'the installed thecad describes the driver'
run "$thecad" --plugins .:"$plugins" --output run bench.ini
ok $? 'and runs the bench'
lines=run/lines.txt
[ "$(grep -c ' dut\.delivered_volume ' $lines)" -ge 24 ]
ok $? 'the transport wrote each hour'
[ "$(awk '$2 == "dut.delivered_volume" { last = $3 } END { print last }' $lines)" = 500000000 ]
ok $? 'the account: 12 h at 1 mL/day are 0.5 mL'
[ "$(awk '$2 == "dut.counter" { last = $3 } END { print last }' $lines)" = 500000000 ]
ok $? "and so says the driver's own counter"
[ $failed = 0 ] || show
echo "1..$count"
exit $failed
