#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU per sample to MQTT, QoS 0: 1,000 pumps x 10 signals at 10 Hz, a message a pump, and 16 pumps a message."""
import time

import figures as f
from many import bench_file

PUMPS, SIGNALS, HERTZ, PORT = 1000, 10, 10, 18839
single, grouped, theirs = [], [], []

try:
    if not f.has("mosquitto"):
        raise SystemExit("apt-get install mosquitto")
    configuration = f.bench_file(f"listener {PORT} 127.0.0.1\nallow_anonymous true\nlog_dest none\n", "broker.conf")
    f.spawn(["mosquitto", "-c", configuration])
    time.sleep(0.5)
    for _ in range(f.ROUNDS):
        theirs.append(f.collectd_us_per_sample("mqtt", PUMPS, 1 / HERTZ))
        for group, into in (1, single), (16, grouped):
            path = f.bench_file(bench_file(PUMPS, transports=[
                f"plugin = mqtt; host = 127.0.0.1; port = {PORT}; qos = 0; group = {group}"]))
            service = f.Service(path)
            service.wait_for_doses(PUMPS)
            time.sleep(1)
            into.append(service.cpu_us_per_sample(PUMPS * SIGNALS * HERTZ, 5))
            service.kill()
    print("poll to MQTT, 1,000 pumps at 10 Hz, CPU of the publisher per sample")
    print("  thecad, a message a pump", f.text(single, "us"))
    print("  thecad, 16 pumps a message", f.text(grouped, "us"))
    print("  collectd, ten values a message", f.text(theirs, "us"))
    f.against("a message a pump / collectd", single, theirs, 1 / 2)
    f.against("16 pumps a message / collectd", grouped, theirs, 1 / 8)
finally:
    f.finish()
