#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A number whose unit nobody can see is how minutes become hours. Every int64_t and double that the
# contract and the core's headers pass around ends in its unit, or stands in the short list here.
set -u
cd "$TOP_SRCDIR" || exit 1
count=0
failed=0
check() { # TEXT COMPLAINTS
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
		failed=1
	fi
}

# `FILE:LINE NAME` of each int64_t and double in a header: fields and parameters.
numbers() {
	perl -0777 -ne '
		s{/\*.*?\*/}{ my $c = $&; $c =~ s/[^\n]//g; $c }gse;
		s{"[^"]*"}{}g; s{^\s*#.*$}{}gm;
		while (/\b(?:int64_t|double)\s+(\**\w+(?:\[\w*\])?(?:\s*,\s*\**(?!const\b|struct\b|int64_t\b|double\b|uint|int\b|size_t|void|char)\w+(?:\[\w*\])?)*)\s*(?=[;,)=])/g) {
			my $line = 1 + (substr($_, 0, pos) =~ tr/\n//);
			for my $name (split /\s*,\s*/, $1) { $name =~ s/^\**|\[.*//g; print "$ARGV:$line $name\n" }
		}
	' "$@"
}

units='pl|pl_per_day|pl_per_um|pg|pg_per_ul|pg_per_day|ns|pa|mk|ppm|um|ut|ug_per_ml|millionths|ms|s|h|days|ml|ul_per_pa'
# Quantities whose dimension another field names, and plain numbers.
plain='value|values|bound|amount|got|want|result|year|at_most|number|seed|count|most|speed|size|x|y|lower|upper|uncertainty|a|b|c|position|from|to|low|high|first|last|step|scale|boluses_in_day|boluses_per_day|min|max|xs|ys|base_y|start_x|tick|ticks|factor|zero|presses|refused'

check 'the contract: every quantity ends in its unit' "$(numbers core/api/theca/*.h |
	grep -vE " ([a-z0-9_]*_)?($units)$| ($plain|sum)$")"
check "the core's headers: every quantity ends in its unit" "$(numbers core/*/*.h |
	grep -vE " ([a-z0-9_]*_)?($units)$| ($plain|[a-z_]*_(value|bound|at_most|count|number|rest))$")"
# `rate_ns` would lie: the names of rates, volumes and times end in a unit of theirs.
check 'a name and its unit agree' "$(numbers core/api/theca/*.h core/*/*.h | grep -E \
	' ([a-z_]*rate_(pl|pg|ns|pa|um)|[a-z_]*volume_(ns|pa|pl_per_day|pg)|[a-z_]*duration_(pl|pg|ms|s)|[a-z_]*(lockout|age|period)_(pl|pg))$')"

echo "1..$count"
exit $failed
