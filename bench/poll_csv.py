#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU per sample to CSV: 1,000 pumps x 10 signals, in the peer's form (a row each second) and ten a second."""
import figures as f
from many import bench_file

PUMPS, SIGNALS = 1000, 10
ours, fast, theirs = [], [], []

try:
    for _ in range(f.ROUNDS):
        theirs.append(f.collectd_us_per_sample("csv", PUMPS, 1))
        for every, hertz, into in ("1 s", 1, ours), ("100 ms", 10, fast):
            path = f.bench_file(bench_file(PUMPS, every=every, transports=["plugin = csv; layout = one file"]))
            service = f.Service(path)
            service.wait_for_doses(PUMPS)
            into.append(service.cpu_us_per_sample(PUMPS * SIGNALS * hertz, 6))
            service.kill()
    print("poll to CSV, 1,000 pumps, CPU of the whole process per sample")
    print("  thecad at 1 Hz", f.text(ours, "us"))
    print("  thecad at 10 Hz", f.text(fast, "us"))
    print("  collectd, ten values a list, 1 Hz", f.text(theirs, "us"))
    f.against("thecad / collectd, both at 1 Hz", ours, theirs, 1 / 15)
finally:
    f.finish()
