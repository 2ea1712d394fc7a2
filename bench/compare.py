"""Runs the benchmark in turn with others, tells medians, spread and ratios, and keeps the numbers.

    script/bench [MODEL] [--against torch] [--against openvino] [--against native] [--rounds N]
                 [--steps N] [--lanes N] [--dtype f32|bf16]

Each round is one process of ours and one of each other program, A B A B, so that what else the machine
does meets all alike. "native" is our own program with native numerics. Without --dtype float32 comes
first, against all, then bfloat16, against PyTorch.
Results go to bench/results/, named by the CPU's kind, the model and the size, and by the dtype where it
is not f32.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys

NAMES = {
    "step": "guided step",
    "recording": "source step, maps recorded",
    "injecting": "a lane's step, maps injected",
    "injecting-written": "the same, checkpoints written",
    "decode": "decoding a picture",
    "encode": "encoding a prompt",
}
# What is not measured in bfloat16.
FLOAT32_ALONE = {"openvino", "native"}


def run(command, environment=None):
    """The JSON object that a program prints last."""
    result = subprocess.run(
        command, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})}, text=True)
    if result.returncode != 0:
        sys.exit(f"script/bench: {' '.join(command)} ended with {result.returncode}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def merged(reports):
    """Rows by id over all rounds: median of medians, and the least and most that was seen."""
    rows = {}
    for report in reports:
        for row in report["rows"]:
            rows.setdefault(row["id"], []).append(row)
    return {
        name: {
            "seconds": statistics.median(row["seconds"] for row in found),
            "range": [min(row["range"][0] for row in found), max(row["range"][1] for row in found)],
        }
        for name, found in rows.items()
    }


def most(reports, key):
    return max(report[key] for report in reports)


def main():
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("model", nargs="?", default="models/mini-shapes")
    parser.add_argument("--against", action="append", choices=["torch", "openvino", "native"], default=[])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--lanes", type=int)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--dtype", choices=["f32", "bf16"])
    parser.add_argument("--worker", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.dtype == "bf16" and options.against and FLOAT32_ALONE.issuperset(options.against):
        parser.error("OpenVINO and native numerics are measured in f32 alone: leave --dtype out")
    for dtype in [options.dtype] if options.dtype else ["f32", "bf16"]:
        if dtype == "bf16" and not has_bf16():
            print("\nbf16: not measured here, this CPU has no AVX512-BF16")
        else:
            compare(options, dtype)


def has_bf16():
    with open("/proc/cpuinfo") as file:
        return " avx512_bf16" in file.read()


def compare(options, dtype):
    against = [name for name in options.against if dtype == "f32" or name not in FLOAT32_ALONE]
    with open(f"{options.model}/unet/config.json") as file:
        large = json.load(file)["sample_size"] >= 64
    steps = options.steps or (2 if large else 50)
    lanes = options.lanes or (2 if large else 4)
    common = ["--steps", str(steps), "--lanes", str(lanes), "--threads", str(options.threads),
              "--dtype", dtype]
    digests = os.path.join(os.path.dirname(options.worker), "bench-digests.json")
    programs = {
        "p2p": [options.worker, "bench", options.model, "--json", "--digest-cache", digests, *common]
    }
    here = os.path.dirname(os.path.abspath(__file__))
    for other in against:
        if other == "native":
            programs[other] = [*programs["p2p"], "--numerics", "native"]
            continue
        script = os.path.join(here, f"{other}_steps.py")
        programs[other] = [options.python, script, options.model, *common]

    reports = {name: [] for name in programs}
    for number in range(options.rounds):
        for name, command in programs.items():
            print(f"{dtype}, round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
            reports[name].append(run(command))

    ours = reports["p2p"][0]
    peak = most(reports["p2p"], "peakGFLOPs")
    tables = {name: merged(found) for name, found in reports.items()}
    operations = {row["id"]: row["gflops"] * row["seconds"] * 1e9 for row in ours["rows"]}
    size = f"{ours['height']}×{ours['width']}"
    print(f"\n{ours['model']}  {size}  {options.rounds} rounds of {steps} steps, {lanes} lanes")
    sides = {}
    for side in (side for report in reports["p2p"] for side in report["peaks"]):
        sides[side["kernels"]] = max(side["gflops"], sides.get(side["kernels"], 0))
    print(f"{ours['cpu']}; in {dtype} a product's peak is {peak:.1f} GFLOP/s: "
          + ", ".join(f"{gflops:.1f} by {name}" for name, gflops in sides.items()))
    others = [name for name in programs if name != "p2p"]
    print(f"{'':34}{'p2p, s':>10}{'from':>10}{'to':>10}{'GFLOP/s':>10}{'of peak':>9}"
          + "".join(f"{name + ', s':>14}{'p2p / it':>10}" for name in others))
    for name, row in tables["p2p"].items():
        gflops = operations[name] / row["seconds"] / 1e9
        line = (f"{NAMES[name]:34}{row['seconds']:10.4f}{row['range'][0]:10.4f}"
                f"{row['range'][1]:10.4f}{gflops:10.1f}{100 * gflops / peak:8.0f}%")
        for other in others:
            theirs = tables[other].get(name)
            line += (f"{theirs['seconds']:14.4f}{row['seconds'] / theirs['seconds']:10.2f}"
                     if theirs else f"{'':24}")
        print(line)
    facts = {"coldStartSeconds": ("cold start to first step, s", 1),
             "anonymousBytes": ("anonymous memory at most, GB", 1e9)}
    for key, (title, unit) in facts.items():
        line = f"{title:34}{most(reports['p2p'], key) / unit:10.2f}{'':39}"
        line += "".join(
            f"{most(reports[other], key) / unit:14.2f}"
            f"{most(reports['p2p'], key) / most(reports[other], key):10.2f}" for other in others)
        print(line)
    floor = operations["step"] / peak / 1e9
    print(f"a guided step's floor at that peak is {floor:.3f} s; "
          f"the step takes {tables['p2p']['step']['seconds'] / floor:.2f} of it")

    # Kernels, CPU, threads.
    kind = re.sub(r"[^a-z0-9]+", "-", ours["cpu"].lower()).strip("-")
    ending = "" if dtype == "f32" else f"-{dtype}"
    model = os.path.basename(os.path.normpath(options.model))
    path = os.path.join(here, "results", f"{kind}-{model}-{ours['height']}x{ours['width']}{ending}.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for report in reports["p2p"] + reports.get("native", []):
        report["model"] = model
    with open(path, "w") as file:
        json.dump({"model": model, "cpu": ours["cpu"], "dtype": dtype, "lanes": lanes,
                   "reports": reports}, file, indent=1, sort_keys=True)
        file.write("\n")
    print(f"kept in {os.path.relpath(path)}")


main()
