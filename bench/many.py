#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a bench file of many pumps with the quickstart's drugs and day pattern.

many.py PUMPS [--clock C] [--every T] [--until T] [--transport TEXT]...

Every pump is started by the scenario. --transport adds `[transport NAME]`: the text is
`plugin = NAME` and more keys, parted by `;`. With --bolus each pump also has a patient bolus, and
--operator-only leaves the scenario out.
"""
import argparse
import sys

HEAD = """; SPDX-License-Identifier: Apache-2.0
; Written by bench/many.py. Not for clinical use.
[bench]
name     = many
clock    = {clock}
{begins}{until}seed     = 1
operator = figures
sample every = {every}
soft limits accepted by = figures

[drug morphine]
plugin = formulary
limits = pacc-2017

[drug bupivacaine]
plugin = formulary
limits = pacc-2017
"""

PUMP = """
[pump {name}]
driver    = rotor
reservoir = 40 mL
holds     = morphine 20 mg/mL, bupivacaine 5 mg/mL
basal     = 4 mg/day of morphine, from 07:00 6 mg/day of morphine,
	from 22:00 4 mg/day of morphine
catheter  = ascenda 89 cm
"""
PATIENT = "patient bolus = 0.3 mg of morphine over 10 min, lockout 4 h, at most 4 per day\n"


def names(count):
    return ["left"] if count == 1 else [f"pump{i:05}" for i in range(count)]


def transport(number, text):
    lines = "\n".join(part.strip() for part in text.split(";"))
    return f"\n[transport t{number}]\n{lines}\n"


def bench_file(pumps, clock="real", every="100 ms", until=None, transports=(), patient=False, start=True):
    out = [HEAD.format(clock=clock, every=every, until=f"until    = {until}\n" if until else "",
                       begins="begins   = 2026-01-05 00:00\n" if clock != "real" else "")]
    for name in names(pumps):
        out.append(PUMP.format(name=name) + (PATIENT if patient else ""))
    out += [transport(i, text) for i, text in enumerate(transports)]
    if start:
        out.append("\n[scenario]\n")
        out += [f"begin-{name} = at 0 s, start {name}\n" for name in names(pumps)]
    return "".join(out)


def main():
    parser = argparse.ArgumentParser(description="write a bench file of many pumps")
    parser.add_argument("pumps", type=int)
    parser.add_argument("--clock", default="real")
    parser.add_argument("--every", default="100 ms")
    parser.add_argument("--until")
    parser.add_argument("--transport", action="append", default=[])
    parser.add_argument("--patient", action="store_true")
    wanted = parser.parse_args()
    sys.stdout.write(bench_file(wanted.pumps, wanted.clock, wanted.every, wanted.until,
                                wanted.transport, wanted.patient))


if __name__ == "__main__":
    main()
