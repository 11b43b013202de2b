#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""200 different plugin files, each loaded and an instance of it started, against bare dlopen of them."""
import os
import shutil

import figures as f

COUNT = 200
ours, bare = [], []


def copies():
    """Files that differ: the linker shares nothing between them. A plugin's name is its file's."""
    plugins = os.path.join(f.folder, "plugins")
    os.mkdir(plugins)
    with open(os.path.join(f.HERE, "instant.c")) as file:
        source = file.read()
    for i in range(COUNT):
        own = os.path.join(f.folder, "own.c")
        with open(own, "w") as file:
            file.write(source.replace('"instant"', f'"instant-{i:03}"'))
        f.plugin(own, os.path.join(plugins, f"instant-{i:03}.so"))
    return plugins


try:
    plugins = copies()
    files = [os.path.join(plugins, name) for name in sorted(os.listdir(plugins))]
    opener = f.compiled("open.c", "-ldl")
    head = "[bench]\nclock = virtual\nuntil = 1 s\n\n"
    benches = [f.bench_file(head + "".join(f"[pump p{i}]\ndriver = instant-{i:03}\nholds = water\n"
                                           for i in range(count)), f"of-{count}.ini") for count in (1, COUNT)]
    same = f.bench_file(head + "".join(f"[pump p{i}]\ndriver = instant-000\nholds = water\n"
                                       for i in range(COUNT)), "same.ini")
    for _ in range(f.ROUNDS):
        bare.append(float(f.run(["taskset", "-c", f.CORE, opener] + files)))
        times = []
        for path in same, benches[1]:
            repeats = [f.cost_s([f.program(), "-q", "-p", plugins, "-o", f.fresh(), path])[0] for _ in range(9)]
            times.append(min(repeats) * 1e6)
        ours.append((times[1] - times[0]) / (COUNT - 1))
    print("200 plugin files, each loaded and its instance started, beyond 200 instances of one file")
    print("  thecad, a file", f.text(ours, "us"))
    print("  bare dlopen, a file", f.text(bare, "us"))
    f.against("thecad / dlopen", ours, bare, 2)
finally:
    f.finish()
