"""How the queue's cost grows with a sweep: script/bench --queue.

Runs a sweep of few cells and one of many with a daemon of its own, and says what a unit takes, and what
CPU the daemon uses beside its worker. Then it enqueues ten thousand cells, marks them done with copies of
one picture, and times what people ask for: status, results, grid. Limits are printed beside what was
found; the exit status is 1 where one is exceeded.
"""

import argparse
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PROMPTS = ["--prompt", "a red circle next to a blue square on a white background",
           "--to", "a green circle next to a blue square on a white background"]


class Queue:
    """A state folder with its programs."""

    def __init__(self, programs, model, folder):
        self.programs, self.model, self.state = programs, model, f"{folder}/state"
        self.environment = {**os.environ, "P2P_STATE": self.state}
        self.environment.pop("P2P_RESULTS", None)

    def p2p(self, *arguments):
        """Runs p2p; returns what it printed, and the seconds that took."""
        begin = time.perf_counter()
        ran = subprocess.run([f"{self.programs}/p2p", *arguments], env=self.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if ran.returncode != 0:
            sys.exit(f"bench/queue.py: p2p {arguments[0]} ended with {ran.returncode}: {ran.stderr}")
        return ran.stdout, time.perf_counter() - begin

    def enqueue(self, name, steps, *axes):
        return self.p2p("sweep", "--name", name, "--model", self.model, *PROMPTS, "--steps",
                        str(steps), "--cfg", "3", "--no-reprompt", "--max-cells", "20000", *axes)

    def run(self):
        """Works until nothing is open; seconds between the first claim and the last end by the job
        table, and the CPU seconds of the daemon and of its worker."""
        daemon = subprocess.Popen([f"{self.programs}/p2pd", "run", "--log-level", "error"],
                                  env=self.environment)
        worker, used = None, 0.0
        try:
            while True:
                time.sleep(0.5)
                if daemon.poll() is not None:
                    sys.exit(f"bench/queue.py: p2pd ended with {daemon.returncode}")
                for child in children(daemon.pid):
                    if "serve" in arguments(child):
                        worker, used = child, cpu_seconds(child)
                if worker and not self.is_open():
                    break
            time.sleep(1)  # The last page.
            used = max(used, cpu_seconds(worker))
            own = cpu_seconds(daemon.pid)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
        begin, end = self.ask("SELECT min(claimed_ms), max(ended_ms) FROM attempt")[0]
        return (end - begin) / 1000, own, used

    def is_open(self):
        return self.ask("SELECT count(*) FROM unit WHERE state NOT IN ('done', 'failed', 'cancelled')"
                        )[0][0] > 0

    def ask(self, statement):
        table = sqlite3.connect(f"file:{self.state}/p2p.db?mode=ro", uri=True, timeout=30)
        try:
            return table.execute(statement).fetchall()
        finally:
            table.close()


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        direct = file.read().split()
    found = []
    # Any thread of the daemon may have started its worker.
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += file.read().split()
        except OSError:
            pass
    return sorted({int(child) for child in direct + found})


def arguments(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode(errors="replace").split("\0")
    except OSError:
        return []


def cpu_seconds(pid):
    """User and system time of a process, without its children."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def weights(count):
    """An axis of so many weights, all of them different."""
    if count == 1:
        return ["--w", "green=0.5"]
    return ["--w", f"green=0.5..{0.5 + 0.01 * (count - 1):.2f}:0.01"]


def growth(programs, model, few, many, steps, rounds):
    """Few cells and many, in turn; the best of some rounds of each."""
    best = {}
    for _ in range(rounds):
        for count in (few, many):
            with tempfile.TemporaryDirectory(prefix="p2p-bench-") as folder:
                queue = Queue(programs, model, folder)
                queue.enqueue("growth", steps, "--seed", "1", *weights(count))
                seconds, daemon, worker = queue.run()
                found = {"cells": count, "msPerUnit": 1000 * seconds / (count + 1),
                         "daemonCPU": daemon, "workerCPU": worker, "share": daemon / max(worker, 1e-9)}
                print(f"  {count} cells: {found['msPerUnit']:.1f} ms a unit, daemon {daemon:.2f} s, "
                      f"worker {worker:.2f} s of CPU ({100 * found['share']:.1f} %)", file=sys.stderr)
                if count not in best or found["msPerUnit"] < best[count]["msPerUnit"]:
                    best[count] = found
    return best[few], best[many]


def finish_with_copies(queue):
    """Makes one unit of each kind, and marks all others done with copies of it."""
    results = f"{queue.state}/results"
    # What has a manifest was really made.
    variant, source = (
        next(key for key in os.listdir(f"{results}/{kind}s")
             if os.path.exists(f"{results}/{kind}s/{key}/manifest.json"))
        for kind in ("variant", "source"))
    table = sqlite3.connect(f"{queue.state}/p2p.db", timeout=30)
    with table:
        for kind, key in table.execute("SELECT kind, lower(hex(key)) FROM unit").fetchall():
            original = f"{results}/{kind}s/{variant if kind == 'variant' else source}"
            folder = f"{results}/{kind}s/{key}"
            if os.path.isdir(folder):
                continue
            os.mkdir(folder)
            for name in os.listdir(original):
                if name == "manifest.json":
                    with open(f"{original}/{name}") as old, open(f"{folder}/{name}", "w") as new:
                        new.write(old.read().replace(os.path.basename(original), key))
                elif name.endswith((".png", ".json", ".safetensors", ".bin")):
                    os.link(f"{original}/{name}", f"{folder}/{name}")
        table.execute("""UPDATE unit SET state = 'done', step = steps, token = NULL, due_ms = NULL,
            finished_ms = 1, manifest = zeroblob(32) WHERE state <> 'done'""")
    table.close()


def large(programs, model, cells):
    """Seconds of what people ask of a sweep of so many cells, by name."""
    seeds = max(1, cells // 100)
    found = {}
    with tempfile.TemporaryDirectory(prefix="p2p-bench-") as folder:
        queue = Queue(programs, model, folder)
        # One source and one variant, really made.
        queue.enqueue("one", 4, "--seed", "1", *weights(1))
        queue.run()
        found["enqueue"] = queue.enqueue(
            "large", 4, "--seed", f"1..{seeds}", *weights(cells // seeds))[1]
        finish_with_copies(queue)
        found["status"] = queue.p2p("status")[1]
        found["results"] = queue.p2p("results", "large")[1]
        found["grid"] = queue.p2p("grid", "large", "-o", f"{folder}/grid.png")[1]
        queue.enqueue("seeds", 4, "--seed", "1..2000", *weights(1))
        finish_with_copies(queue)
        found["grid of 2000 seeds"] = queue.p2p("grid", "seeds", "-o", f"{folder}/seeds.png")[1]
    return found


LIMITS = {"enqueue": 10, "status": 1, "results": 2, "grid": 20, "grid of 2000 seeds": 20}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", default="models/mini-shapes")
    parser.add_argument("--programs", required=True, help="the folder of p2p, p2pd and p2p-worker")
    parser.add_argument("--few", type=int, default=30)
    parser.add_argument("--many", type=int, default=800)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--queue", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    programs, model = os.path.abspath(options.programs), os.path.abspath(options.model)

    few, many = growth(
        programs, model, options.few, options.many, options.steps, options.rounds)
    slower = many["msPerUnit"] / few["msPerUnit"] - 1
    rows = [(f"a unit of {options.many} cells, against one of {options.few}",
             100 * slower, 10, "% more"),
            ("CPU of the daemon, against the worker's", 100 * many["share"], 10, "%")]
    times = large(programs, model, options.cells)
    rows += [(re.sub(r"^(\w+)$", rf"\1, {options.cells} cells", name), seconds, LIMITS[name], "s")
             for name, seconds in times.items()]
    print(f"{'':44}{'found':>9}{'limit':>9}")
    for name, value, limit, unit in rows:
        mark = "" if value <= limit else "  exceeded"
        print(f"{name:44}{value:9.2f}{limit:9} {unit}{mark}")
    print(json.dumps({"few": few, "many": many, "seconds": times}))
    sys.exit(1 if any(value > limit for _, value, limit, _ in rows) else 0)


if __name__ == "__main__":
    main()
