#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes ./configure. Run once in a fresh checkout.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux m4
autoreconf --install --force --warnings=all,no-obsolete
