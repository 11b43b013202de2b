#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""10,000 pumps: memory a pump, and from exec to running (the first answer of the control socket)."""
import socket
import time

import figures as f
from many import bench_file

FEW, MANY = 1000, 10000
ASK = b'{"jsonrpc":"2.0","id":1,"method":"pump.status","params":{"pump":"pump00000"}}\n'


def answer(path):
    with socket.socket(socket.AF_UNIX) as client:
        while client.connect_ex(path):
            time.sleep(0.0005)  # it is bound, and does not listen yet
        client.sendall(ASK)
        client.recv(65536)


slopes, ready, cpu = [], [], []
try:
    for _ in range(f.ROUNDS):
        rss = []
        for count in FEW, MANY:
            path = f.bench_file(bench_file(count, every="1 s", transports=["plugin = null"]))
            service = f.Service(path)
            answer(service.socket)
            if count == MANY:
                ready.append((time.perf_counter() - service.began) * 1e3)
                cpu.append(f.cpu_ns(service.pid) / 1e6)
            service.wait_for_doses(count)
            time.sleep(1.5)
            rss.append(f.rss_kib(service.pid))
            service.kill()
        slopes.append((rss[1] - rss[0]) / (MANY - FEW))
    print("10,000 pumps")
    print("  RSS a pump", f.text(slopes, "KiB"))
    print("  exec to the first answer", f.text(ready, "ms"))
    print("  of it CPU", f.text(cpu, "ms"))
    f.verdict("RSS a pump", f.median(slopes), 4, " KiB")
    f.verdict("exec to running", f.median(ready), 150, " ms")
finally:
    f.finish()
