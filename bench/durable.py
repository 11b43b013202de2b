#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A dose command, answered when its outcome is told: the intent is on disk before the driver is called.

One client against an append + fdatasync of as many bytes; fifty (a pump each) against Redis with
`appendfsync always`. The client is on the other core.
"""
import os
import re
import time

import figures as f

BOLUS = '{"jsonrpc":"2.0","id":1,"method":"pump.bolus","params":{"pump":"pump%d","volume":"1 nL"}}'
SET = "SET k%d " + "x" * 88
PUMP = "[pump pump{}]\ndriver = instant\nholds = water\nsample every = 1 s\n"


def measure(client, socket, connections, request):
    out = f.run([client, socket, str(connections), "2", request])
    return [float(x) for x in re.search(r"rate=([\d.]+) p50=([\d.]+) p99=([\d.]+)", out).groups()]


def bare(append):
    out = f.run([append, os.path.join(f.folder, "records"), "2"])
    return float(re.search(r"p50=([\d.]+)", out)[1])


one, disk, fifty, redis = [], [], [], []
try:
    client, append = f.compiled("client.c"), f.compiled("append.c")
    f.plugin(os.path.join(f.HERE, "instant.c"), os.path.join(f.folder, "instant.so"))
    path = f.bench_file("[bench]\nclock = real\n\n" + "".join(PUMP.format(i) for i in range(50)))
    service = f.Service(path, "-p", f.folder)
    has_redis = f.has("redis-server")
    socket = os.path.join(f.folder, "redis.socket")
    if has_redis:
        f.spawn(["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "yes",
                 "--appendfsync", "always", "--dir", f.folder])
    time.sleep(1)
    for _ in range(f.ROUNDS):
        disk.append(bare(append))
        one.append(measure(client, service.socket, 1, BOLUS)[1])
        if has_redis:
            redis.append(measure(client, socket, 50, SET)[0])
        fifty.append(measure(client, service.socket, 50, BOLUS)[0])
    print("a dose, its intent durable before the driver is called")
    print(f"  one client, p50: thecad {f.text(one, 'us')}, append + fdatasync {f.text(disk, 'us')}")
    f.against("one client", one, disk, 1.6)
    print(f"  50 clients: thecad {f.text(fifty, '/s')}, Redis AOF always {f.text(redis, '/s')}")
    if redis:
        ratio = f.median(fifty) / f.median(redis)
        print(f"  50 clients, ratio: {ratio:.3g}, goal at least 1.3: {'met' if ratio >= 1.3 else 'MISSED'}")
finally:
    f.finish()
