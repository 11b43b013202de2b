#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU per sample: 10,000 pumps x 10 signals at 10 Hz on the real clock, guard on, to nowhere."""
import figures as f
from many import bench_file

PUMPS, SIGNALS, HERTZ = 10000, 10, 10
ours, theirs = [], []

try:
    path = f.bench_file(bench_file(PUMPS, transports=["plugin = null"]))
    for _ in range(f.ROUNDS):
        theirs.append(f.collectd_us_per_sample("null", PUMPS, 1 / HERTZ))
        service = f.Service(path)
        service.wait_for_doses(PUMPS)
        ours.append(service.cpu_us_per_sample(PUMPS * SIGNALS * HERTZ, 5))
        service.kill()
    print("poll, no sink, CPU of the whole process per sample")
    print("  thecad", f.text(ours, "us"))
    print("  collectd, ten values a list", f.text(theirs, "us"))
    f.against("thecad / collectd", ours, theirs, 1 / 5)
    f.verdict("1,000,000 samples/s", f.median(ours), 0.12, " of a core")
    counts = []
    for seconds in 2, 12:
        path = f.bench_file(bench_file(1000, "virtual", until=f"{seconds} s", transports=["plugin = null"]))
        counts.append(f.instructions([f.program(), "-q", "-o", f.fresh(), path]))
    f.verdict("instructions a sample", (counts[1] - counts[0]) / (1000 * SIGNALS * HERTZ * 10), 300)
finally:
    f.finish()
