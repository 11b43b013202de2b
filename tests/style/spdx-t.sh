#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each file that carries code or data of ours says its licence in one of its first three lines.
# COPYING covers prose (*.md), and bytes that a comment would change: corpora and transcripts.
set -u
cd "$TOP_SRCDIR" || exit 1
if [ ! -e .git ] || ! git -c safe.directory='*' ls-files >/dev/null 2>&1; then
	echo '1..0 # SKIP this is no git checkout: what belongs to us is not known'
	exit 0
fi
files=$(git -c safe.directory='*' ls-files | grep -vE \
	'\.md$|^COPYING$|^\.gitignore$|^\.clang-format$|^core/LAYERS$|^tests/fuzz/corpus/|\.transcript$|\.csv$|\.json$|\.png$')
missing=$(for file in $files; do
	[ ! -f "$file" ] || head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' || echo "# $file"
done)
twice=$(for file in $files; do
	[ ! -f "$file" ] || [ "$(head -n 10 "$file" | grep -cE 'Licensed under|All rights reserved|Copyright')" = 0 ] ||
		echo "# $file"
done)
failed=0
if [ -z "$missing" ]; then echo 'ok 1 - each file has its SPDX line'; else
	printf 'not ok 1 - each file has its SPDX line\n%s\n' "$missing"
	failed=1
fi
if [ -z "$twice" ]; then echo 'ok 2 - and no licence beside it'; else
	printf 'not ok 2 - and no licence beside it\n%s\n' "$twice"
	failed=1
fi
echo 1..2
exit $failed
