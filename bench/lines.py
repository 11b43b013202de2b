#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Code lines (neither blank nor comment) of the smallest plugin and of a pump driver with two options."""
import os
import re

import figures as f


def code_lines(path):
    with open(os.path.join(f.SOURCE, path)) as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return sum(bool(line.split("//")[0].strip()) for line in text.splitlines())


f.verdict("smallest plugin, plugins/transports/null/null.c", code_lines("plugins/transports/null/null.c"), 15)
f.verdict("a pump driver with two options, tests/template/syringe.c", code_lines("tests/template/syringe.c"), 60)
f.finish()
