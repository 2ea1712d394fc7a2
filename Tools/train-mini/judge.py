"""Judges a model of the drawn world: do pictures show what captions say, and how do one-word edits go?

    python judge.py MODEL [--count 100] [--classifier classifier.pt]

A small classifier, trained on drawn scenes of one thing (and kept in the file that is named), says which
shape, colour and background a picture shows.  It must first name 98 % of drawn shapes itself.  Pictures and
edits are made by the PyTorch reference in ../oracle, at guidance 3 and 20 steps.
"""
import argparse
import os
import random
import sys

import torch

from classifier import NAMES, answers, trained
from world import HELD_OUT, SHAPES, caption

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from oracle import Edit, Model, Source  # noqa: E402

STEPS, GUIDANCE = 20, 3.
TAUS = (0., .2, .4, .6, .8)
KINDS = ("shape", "color", "back")


def scene(rng, shape=None, color=None, size=None):
    """A scene of one thing, all of whose words are said."""
    color = color or rng.choice(NAMES)
    back = rng.choice([c for c in NAMES if c != color])
    thing = {"shape": shape or rng.choice(SHAPES), "color": color, "named": True, "size": size, "glow": 0.}
    return {"back": back, "said": True, "rel": None, "a": thing, "b": None}


def seen_scene(rng, size=None):
    """A scene of one thing whose pair of colour and shape was trained."""
    while True:
        found = scene(rng, size=size)
        if (found["a"]["color"], found["a"]["shape"]) not in HELD_OUT:
            return found


def swapped(rng, before, kind):
    """The scene with another shape, colour or background; its caption differs in one word."""
    while True:
        after = {**before, "a": dict(before["a"])}
        if kind == "shape":
            after["a"]["shape"] = rng.choice([s for s in SHAPES if s != before["a"]["shape"]])
        else:
            other = rng.choice([c for c in NAMES if c not in (before["a"]["color"], before["back"])])
            (after if kind == "back" else after["a"])[kind] = other
        words = zip(caption(before).split(), caption(after).split())
        if sum(old != new for old, new in words) == 1:
            return after


def share(values):
    values = list(values)
    return sum(values) / max(1, len(values))


def percent(values):
    return f"{100 * share(values):.0f} %"


class Judge:
    """A model and the classifier that looks at its pictures."""

    def __init__(self, model, classifier):
        self.model, self.classifier = model, classifier

    def look(self, run, row=0):
        """The last picture of a row, and what is on it."""
        picture = self.model.decode(run.latents[row][-1])[None]
        return picture, self.classifier.name(picture)[0]

    def captions(self, title, scenes, seed):
        """Prints how often pictures show what their captions say."""
        right = []
        for number, wanted in enumerate(scenes):
            run = self.model.run(Source(caption(wanted), seed + number, STEPS, GUIDANCE))
            right.append((self.look(run)[1] == answers([wanted])[0]).tolist())
        shape, color, back = (percent(column) for column in zip(*right))
        print(f"captions, {title}: shape {shape} colour {color} background {back} "
              f"all {percent(all(r) for r in right)} of {len(right)}", flush=True)
        for name in SHAPES:
            of_it = [r[0] for r, s in zip(right, scenes) if s["a"]["shape"] == name]
            if of_it:
                print(f"    {name}: {percent(of_it)} of {len(of_it)}", flush=True)

    def swaps(self, rng, count, seed):
        """Prints how one-word edits go at several lengths of injection."""
        rows = {tau: [] for tau in TAUS}
        for number in range(count):
            kind = KINDS[number % 3]
            before = seen_scene(rng)
            after = swapped(rng, before, kind)
            edits = [Edit(caption(after), tau=(0, tau), self_tau=(0, tau / 2)) for tau in TAUS]
            run = self.model.run(Source(caption(before), seed + number, STEPS, GUIDANCE), edits)
            source, shown = self.look(run)
            asked, place = answers([after])[0], KINDS.index(kind)
            for row, tau in enumerate(TAUS, 1):
                picture, found = self.look(run, row)
                kept = all(found[i] == shown[i] for i in range(3) if i != place)
                error = ((picture - source) ** 2).mean().clamp(min=1e-10)
                new = (found[place] == asked[place]).item()
                rows[tau].append((kind, new, kept, -10 * error.log10().item()))
        for tau, found in rows.items():
            by_kind = [percent(new for k, new, _, _ in found if k == kind) for kind in KINDS]
            print(f"swaps, tau {tau}: new word {percent(f[1] for f in found)} "
                  f"(shape {by_kind[0]} colour {by_kind[1]} background {by_kind[2]}) "
                  f"rest kept {percent(f[2] for f in found)} both {percent(f[1] and f[2] for f in found)} "
                  f"PSNR {share(f[3] for f in found):.1f} dB of {len(found)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--count", type=int, default=100, help="captions; half as many of each other kind")
    parser.add_argument("--classifier", default="classifier.pt")
    args = parser.parse_args()
    torch.manual_seed(11)
    rng, half = random.Random(11), max(1, args.count // 2)
    judge = Judge(Model(args.model), trained(args.classifier))
    judge.captions("seen pairs", [seen_scene(rng) for _ in range(args.count)], 5000)
    pairs = sorted(HELD_OUT)
    held_out = [scene(rng, shape, color) for color, shape in (pairs[i % len(pairs)] for i in range(half))]
    judge.captions("held-out pairs", held_out, 6000)
    judge.captions("small things", [seen_scene(rng, "small") for _ in range(half)], 7000)
    judge.swaps(rng, half, 9000)


if __name__ == "__main__":
    main()
