"""A small network that names shape, colour and background of a picture with one thing on it."""
import os
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from world import COLORS, SHAPES, Painter, draw_scene

NAMES = list(COLORS)
HEADS = (len(SHAPES), len(NAMES), len(NAMES))
NEEDED = .98                 # share of drawn shapes that it must name before it may judge
ROUND, ROUNDS, BATCH = 500, 12, 64


def one_thing(rng):
    """A scene of one thing whose caption names it and the background; pairs may be held out ones."""
    while True:
        scene = draw_scene(rng, held_out=())
        if scene["b"] is None:
            scene["a"].update(named=True, glow=0.)
            scene["said"] = True
            return scene


def answers(scenes):
    """The right answers, (n, 3): numbers of shape, colour and background."""
    return torch.tensor([[SHAPES.index(s["a"]["shape"]), NAMES.index(s["a"]["color"]), NAMES.index(s["back"])]
                         for s in scenes])


def softened(pictures, rng):
    """Pictures as a model draws them: half of them blurred a little, all with a little noise."""
    for _ in range(rng.choice((0, 0, 1, 2))):
        pictures = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return pictures + rng.uniform(0, .04) * torch.randn_like(pictures)


class Classifier(nn.Module):
    """Three convolutions of stride two, one at their end, and a layer for each question."""

    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for width, stride in ((24, 2), (48, 2), (96, 2), (96, 1)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1), nn.GroupNorm(8, width), nn.ReLU()]
            channels = width
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(96 * 64, 128), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(128, n) for n in HEADS)

    def forward(self, pictures):
        seen = self.body(pictures)
        return [head(seen) for head in self.heads]

    @torch.no_grad()
    def name(self, pictures):
        """What it sees, (n, 3)."""
        return torch.stack([answer.argmax(-1) for answer in self(pictures)], -1)


def measured(net, blur, count=1024):
    """Shares of drawn scenes whose shape, colour and background it names right."""
    rng, painter = random.Random(77), Painter()
    scenes = [one_thing(rng) for _ in range(count)]
    pictures = painter.paint(scenes, rng)[0]
    for _ in range(blur):
        pictures = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return (net.name(pictures) == answers(scenes)).float().mean(0).tolist()


def trained(file):
    """A classifier that names enough drawn shapes, kept in `file`; raises SystemExit where it does not."""
    net, kept = Classifier(), os.path.exists(file)
    if kept:
        net.load_state_dict(torch.load(file))
    else:
        train(net)
    net.eval()
    for blur in (0, 2):
        shares = measured(net, blur)
        print(f"classifier on drawn scenes{', blurred' if blur else ''}: shape {shares[0]:.3f} "
              f"colour {shares[1]:.3f} background {shares[2]:.3f}", flush=True)
        if not blur and shares[0] < NEEDED:
            raise SystemExit(f"this classifier names only {shares[0]:.1%} of drawn shapes and may judge from "
                             f"{NEEDED:.0%} on: " + (f"remove {file}" if kept else "train it for longer"))
    if not kept:
        torch.save(net.state_dict(), file)
    return net


def train(net):
    """Trains in rounds whose rate falls, until a round ends with enough shapes named."""
    rng, painter = random.Random(11), Painter()
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    for turn in range(ROUNDS):
        for step in range(ROUND):
            optimizer.param_groups[0]["lr"] = 2e-3 * (1 - step / ROUND) / (1 + turn / 4)
            scenes = [one_thing(rng) for _ in range(BATCH)]
            pictures = softened(painter.paint(scenes, rng)[0], rng)
            loss = sum(F.cross_entropy(y, t) for y, t in zip(net(pictures), answers(scenes).T))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        shares = measured(net, 0)
        print(f"{(turn + 1) * ROUND} steps: names {shares[0]:.1%} of drawn shapes", flush=True)
        if shares[0] >= NEEDED + .01:
            return
