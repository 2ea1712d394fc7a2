"""Golden runs of the bundled model: writes them, or says how far those that are there are from a new run.

    python goldens.py write ../../models/mini-shapes ../../Tests/engine/Fixtures/edits
    python goldens.py compare ../../models/mini-shapes ../../Tests/engine/Fixtures/edits

`write` replaces the files mini-shapes.*.safetensors and their entries of index.json and leaves the rest.
A file has `latents` (row, step, channel, row, column; row 0 is the source), `mean_maps` (row, token, row,
column), `images` (row, channel, row, column) and, of runs with local blend, `mask/ROW/STEP`; all float32.
"""
import argparse
import dataclasses
import json

import torch
from safetensors.torch import load_file, save_file

from oracle import Edit, Model, Source

NAME = "mini-shapes"
SOURCE, COLOR = "a red circle next to a white star", "a blue circle next to a white star"
BACK, GLOW = SOURCE + " on a yellow background", "a glowing" + SOURCE[1:]
CASES = {
    "color": (125, [Edit(COLOR, tau=(0., last)) for last in (.2, .5, .8)]),
    "add": (126, [Edit(BACK, blend=(["circle"], ["yellow"]))]),
    "glow": (127, [Edit(GLOW, weights={"glowing": factor}) for factor in (-1., 1., 3.)]),
}
THRESHOLDS = (.3, .4, .5, .55, .6, .65, .7, .75, .8, .85, .9, .93, .95, .97)
AREA, MARGIN, SEEDS = (.08, .9), 2e-4, 12


def run_case(model, seed, edits):
    """A run, and its source and edits as they were.

    Those with local blend take the first threshold and seed whose masks are neither empty nor full and
    whose maps stay clear of the threshold: another implementation must give exactly these masks.
    """
    source = Source(SOURCE, seed=seed, steps=20)
    if not any(edit.blend for edit in edits):
        return model.run(source, edits), source, edits
    for attempt in range(SEEDS):
        source.seed = seed + 1000 * attempt
        for threshold in THRESHOLDS:
            tried = [dataclasses.replace(edit, blend_threshold=(threshold, .3)) for edit in edits]
            run = model.run(source, tried)
            areas = [mask.float().mean().item() for mask in run.masks.values()]
            if AREA[0] < min(areas) and max(areas) < AREA[1] and run.margin > MARGIN:
                print(f"seed {source.seed}, threshold {threshold}: masks of {min(areas):.2f} to "
                      f"{max(areas):.2f}, {run.margin:.1e} clear of it")
                return run, source, tried
    raise SystemExit("no seed and threshold give masks that are neither empty nor full")


def tensors(model, run):
    """What a golden file has."""
    found = {"latents": torch.stack([torch.stack(row) for row in run.latents]),
             "mean_maps": torch.stack(run.mean_maps),
             "images": torch.stack([model.decode(row[-1]) for row in run.latents])}
    found.update({f"mask/{row}/{step}": mask.float() for (row, step), mask in run.masks.items()})
    return {key: value.contiguous() for key, value in found.items()}


def write(model, folder):
    """Writes all cases and their entries in the index."""
    entries = {}
    for case, (seed, edits) in CASES.items():
        run, source, edits = run_case(model, seed, edits)
        save_file(tensors(model, run), f"{folder}/{NAME}.{case}.safetensors")
        entries[f"{NAME}.{case}"] = {
            "file": f"{NAME}.{case}", "model": NAME, "size": None, "source": dataclasses.asdict(source),
            "edits": [{**dataclasses.asdict(edit), "google": False} for edit in edits],
            "timesteps": [float(level) for level in run.timesteps]}
        print(f"{case}: edits differ from the source by",
              ", ".join(f"{(row[-1] - run.latents[0][-1]).abs().mean():.3f}" for row in run.latents[1:]))
    with open(f"{folder}/index.json") as file:
        index = json.load(file)
    index = [entries.pop(entry["file"], entry) for entry in index] + list(entries.values())
    with open(f"{folder}/index.json", "w") as file:
        json.dump(index, file, indent=1, ensure_ascii=False)


def compare(model, folder):
    """Runs what the index says and prints the largest differences from the files."""
    with open(f"{folder}/index.json") as file:
        index = json.load(file)
    for entry in index:
        if entry["model"] != NAME:
            continue
        edits = [Edit(**{key: value for key, value in edit.items() if key != "google"})
                 for edit in entry["edits"]]
        found = tensors(model, model.run(Source(**entry["source"]), edits))
        golden = load_file(f"{folder}/{entry['file']}.safetensors")
        assert set(found) == set(golden), set(found) ^ set(golden)
        worst = {key: (found[key] - golden[key]).abs().max().item() for key in golden}
        masks = sum(worst.pop(key) > 0 for key in list(worst) if key.startswith("mask/"))
        print(entry["file"], ", ".join(f"{key} {value:.1e}" for key, value in worst.items()),
              f"({masks} masks differ)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("write", "compare"))
    parser.add_argument("model")
    parser.add_argument("folder")
    args = parser.parse_args()
    torch.set_num_threads(1)
    {"write": write, "compare": compare}[args.verb](Model(args.model), args.folder)


if __name__ == "__main__":
    main()
