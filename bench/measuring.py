"""What the scripts of other programs share: options, times taken in turn, memory, and the report."""

import argparse
import json
import os
import statistics
import time

# From the start of the process, nearly: this is imported before anything slow.
started = time.clock_gettime(time.CLOCK_BOOTTIME)


def options(description):
    """The command line, as script/bench writes it."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model")
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def anonymous_bytes():
    """What the process holds beside mapped files (proc(5), status)."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


class Measurement:
    """Kinds of work, done in turn: `kinds` maps a row's name to the work and its number of lanes."""

    def __init__(self, kinds):
        self.kinds = kinds
        self.most = 0

    def seconds(self, work):
        begin = time.perf_counter()
        work()
        took = time.perf_counter() - begin
        self.most = max(self.most, anonymous_bytes())
        return took

    def report(self, program, options, **more):
        """Works, the first kind once before all, and prints one JSON object."""
        self.seconds(next(iter(self.kinds.values()))[0])
        cold = time.clock_gettime(time.CLOCK_BOOTTIME) - started
        for work, _ in self.kinds.values():
            self.seconds(work)
        times = {name: [] for name in self.kinds}
        for _ in range(options.steps):
            for name, (work, lanes) in self.kinds.items():
                times[name].append(self.seconds(work) / lanes)
        print(json.dumps({
            "program": program,
            "dtype": options.dtype,
            "threads": options.threads,
            "coldStartSeconds": cold,
            "anonymousBytes": self.most,
            "rows": [
                {"id": name, "seconds": statistics.median(all), "range": [min(all), max(all)]}
                for name, all in times.items()
            ],
            **more,
        }))
