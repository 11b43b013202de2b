#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`pump.status` over the control socket, one client on the server's core, against a bare libuv echo."""
import os
import re
import time

import figures as f
from many import bench_file

REQUEST = '{"jsonrpc":"2.0","id":1,"method":"pump.status","params":{"pump":"left"}}'


def times(client, socket):
    out = f.run(["taskset", "-c", f.CORE, client, socket, "1", "2", REQUEST])
    return [float(x) for x in re.search(r"p50=([\d.]+) p99=([\d.]+)", out).groups()]


ours, echo = [], []
try:
    client, server = f.compiled("client.c"), f.compiled("echo.c", "-luv")
    path = f.bench_file(bench_file(1, every="1 s", transports=["plugin = null"]))
    service = f.Service(path)
    service.wait_for_doses(1)
    socket = os.path.join(f.folder, "echo.socket")
    f.spawn([server, socket])
    time.sleep(0.3)
    for _ in range(f.ROUNDS):
        echo.append(times(client, socket))
        ours.append(times(client, service.socket))
    print("pump.status over the control socket, one client, same core")
    for i, (name, most) in enumerate((("p50", 1.5), ("p99", 2))):
        mine, bare = [x[i] for x in ours], [x[i] for x in echo]
        print(f"  {name}: thecad {f.text(mine, 'us')}, bare libuv echo {f.text(bare, 'us')}")
        f.against(name, mine, bare, most)
finally:
    f.finish()
