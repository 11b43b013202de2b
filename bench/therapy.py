#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""180 days of the quickstart's therapy, ten signals each 60 s and each 1 s: the whole process, exec to exit.

It never sleeps and has one thread that works, so its CPU time is what a quiet machine's clock shows.
"""
import os
import re
import subprocess

import figures as f

PYTHON = "/usr/bin/python3"  # the system's, whose packages the peers use

minute, second, simpy = [], [], []


def therapy(every):
    """The quickstart with its pump `left` alone, and no sink."""
    with open(os.path.join(f.SOURCE, "configs", "quickstart.ini")) as file:
        sections = re.split(r"(?m)^(?=\[)", file.read())
    kept = [s for s in sections if not re.match(r"\[(pump dut|instrument|procedure|transport)", s)]
    ini = "".join(kept).replace("sample every            = 15 min", f"sample every = {every}")
    ini = re.sub(r"(?m)^test .*\n", "", ini) + "\n[transport nowhere]\nplugin = null\n"
    return f.bench_file(ini, f"every-{every.replace(' ', '')}.ini")


def equations_s():
    """SimPy with the bare equations of three compartments: no guard, no journal, no report."""
    if not f.peers():
        return None
    done = subprocess.run([PYTHON, os.path.join(f.peers(), "j3_py.py"), "180", "60", "simpy"],
                          capture_output=True, text=True)
    return None if done.returncode else float(re.search(r"([\d.]+) ms", done.stdout)[1]) / 1e3


try:
    for _ in range(f.ROUNDS):
        simpy.append(equations_s())
        minute.append(f.cost_s([f.program(), "-q", "-o", f.fresh(), therapy("60 s")]))
        second.append(f.cost_s([f.program(), "-q", "-o", f.fresh(), therapy("1 s")]))
    print("180 days of the quickstart's therapy, the whole process")
    for name, costs in ("each 60 s", minute), ("each 1 s", second):
        print(f"  {name}", f.text([c[0] for c in costs], "s"), "of it CPU", f.text([c[1] for c in costs], "s"))
    print("  SimPy, the bare equations each 60 s", f.text(simpy, "s"))
    f.verdict("each 60 s, CPU", f.median([c[1] for c in minute]), 0.050, " s")
    f.verdict("each 1 s, CPU", f.median([c[1] for c in second]), 1.5, " s")
finally:
    f.finish()
