# SPDX-License-Identifier: Apache-2.0
"""What the commands of this folder share: running both sides, measuring them, saying what came out.

THECA_BUILD is the folder where Theca was built (default: the current one), THECA_PEERS the folder of
the peers' sources (default: `peers` beside the checkout); without it only our side is measured.
ROUNDS is how often each side runs, in turn (default 3).
"""
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(HERE)
BUILD = os.path.abspath(os.environ.get("THECA_BUILD", "."))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CORE = "0"  # both sides, and the client where there is one: across cores the guest is measured

folder = tempfile.mkdtemp(prefix="theca-figures.")
running = []


def program(name="thecad"):
    path = os.path.join(BUILD, name)
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is not there: build with CFLAGS='-O2 -g' and set THECA_BUILD")
    return path


def peers():
    """The folder of the peers' sources, or None. Their programs are built into `peers_built()`."""
    path = os.environ.get("THECA_PEERS", os.path.join(os.path.dirname(SOURCE), "peers"))
    return os.path.abspath(path) if os.path.isdir(path) else None


def peers_built():
    return os.environ.get("B", os.path.join(tempfile.gettempdir(), "theca-peers", "build"))


def has(tool):
    return shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def finish():
    for process in running:
        stop(process)
    shutil.rmtree(folder, ignore_errors=True)


# -- processes --------------------------------------------------------------------------------

def spawn(argv, cwd=None, quiet=True):
    process = subprocess.Popen(["taskset", "-c", CORE] + argv, cwd=cwd or folder,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL if quiet else None)
    running.append(process)
    return process


def stop(process, kill=False):
    if process.poll() is None:
        process.kill() if kill else process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in running:
        running.remove(process)


def cpu_ns(pid):
    """On-CPU time of all threads."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            pass
    return total


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def run(argv, **more):
    """Standard output of a program that ends; its standard error is shown when it fails."""
    done = subprocess.run(argv, cwd=folder, text=True, capture_output=True, timeout=900, **more)
    if done.returncode:
        sys.exit(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def cost_s(argv):
    """From exec to exit, pinned: wall time and CPU time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run(["taskset", "-c", CORE] + argv)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compiled(name, *more):
    """A program of this folder, compiled where it does not stay."""
    out = os.path.join(folder, name.removesuffix(".c"))
    run([os.environ.get("CC", "cc"), "-O2", "-g", "-D_GNU_SOURCE", "-o", out,
         os.path.join(HERE, name), *more])
    return out


def plugin(source, out):
    run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-std=gnu11",
         "-I", os.path.join(SOURCE, "core", "api"), "-o", out, source])
    os.chmod(out, 0o755)
    return out


def instructions(argv):
    """Of a whole run, by callgrind: not disturbed by what else the machine does."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + argv,
                          cwd=folder, text=True, capture_output=True, timeout=900)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found:
        sys.exit(done.stderr)
    return int(found[1])


# -- thecad -----------------------------------------------------------------------------------

def bench_file(text, name="bench.ini"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o644)
    shutil.copy(os.path.join(SOURCE, "configs", "formulary.ini"), folder)
    return path


def fresh(name="run"):
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    return path


class Service:
    """thecad on a real clock, up when its control socket answers."""

    def __init__(self, path, *options):
        self.socket = os.path.join(folder, "socket")
        self.run = fresh()
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self.began = time.perf_counter()
        self.process = spawn([program(), "-q", "-s", self.socket, "-o", self.run, *options, path])
        self.pid = self.process.pid
        self.wait(lambda: os.path.exists(self.socket))

    def wait(self, condition, most_s=60):
        until = time.perf_counter() + most_s
        while not condition():
            if self.process.poll() is not None or time.perf_counter() > until:
                sys.exit("thecad did not come up: run it by hand to see why")
            time.sleep(0.0005)

    def wait_for_doses(self, count):
        """Until so many commands have been done: every pump plays its program."""
        def done():
            try:
                with open(os.path.join(self.run, "events.jsonl")) as file:
                    return sum('"outcome":"done"' in line for line in file) >= count
            except FileNotFoundError:
                return False
        until = time.perf_counter() + 60
        while not done():
            if time.perf_counter() > until:
                sys.exit("the pumps did not start")
            time.sleep(0.2)

    def cpu_us_per_sample(self, samples_per_s, seconds):
        before, began = cpu_ns(self.pid), time.perf_counter()
        time.sleep(seconds)
        spent, took = cpu_ns(self.pid) - before, time.perf_counter() - began
        return spent / 1e3 / (samples_per_s * took)

    def kill(self):
        stop(self.process, kill=True)


# -- collectd ---------------------------------------------------------------------------------

def collectd_us_per_sample(sink, pumps, interval, seconds=4):
    """The peers' own measurement, one round; None without them."""
    if not peers() or not has("collectd"):
        return None
    out = run([sys.executable, os.path.join(peers(), "j1_collectd.py"), sink, str(pumps), str(interval),
               "multi", str(seconds), "1", CORE], env={**os.environ, "RUN": os.path.join(folder, "peers"),
                                                       "SETTLE": "4"})
    return float(re.search(r"'us': ([\d.]+)", out)[1])


# -- saying it --------------------------------------------------------------------------------

def text(values, unit):
    known = [v for v in values if v is not None]
    if not known:
        return "not measured"
    form = "%.3g" if max(known) < 1000 else "%.0f"
    return f"{form % statistics.median(known)} {unit} ({form % min(known)} to {form % max(known)})"


def median(values):
    known = [v for v in values if v is not None]
    return statistics.median(known) if known else None


def verdict(name, got, most, unit=""):
    """`got` may be at most `most`."""
    word = "met" if got <= most else "MISSED"
    print(f"  {name}: {got:.4g}{unit}, goal at most {most:.4g}{unit}: {word}")


def against(name, ours, theirs, most_ratio):
    """Medians of both sides and their ratio against the goal."""
    if median(theirs) is None:
        print(f"  {name}: the other side is not here, see bench/README.md")
    else:
        verdict(f"{name}, ratio", median(ours) / median(theirs), most_ratio)
