"""The stage that trains the autoencoder, on scenes painted as they are needed."""
import math
import random
import time

import torch
import torch.nn as nn

from networks import SIZE, RunningAverage, device_and_precision
from world import Painter, draw_scene

BATCH = 40
CROPS = .8               # share of the time that sees crops of half the side: four times cheaper


def edges(pictures):
    """Differences between neighbouring pixels, across and down."""
    return pictures[..., 1:] - pictures[..., :-1], pictures[..., 1:, :] - pictures[..., :-1, :]


def picture_error(found, pictures):
    """Absolute and squared error of pixels, and absolute error of edges, which keeps outlines sharp."""
    difference = found - pictures
    sharpness = sum((a - b).abs().mean() for a, b in zip(edges(found), edges(pictures)))
    return difference.abs().mean() + .5 * sharpness + (difference ** 2).mean()


def cropped(pictures):
    """The same random quarter of all pictures."""
    half = SIZE // 2
    top, left = random.randint(0, half), random.randint(0, half)
    return pictures[..., top:top + half, left:left + half]


def train_autoencoder(vae, minutes, rate):
    """Trains in place; leaves the running average of the weights in `vae`."""
    device, half = device_and_precision()
    rng, painter, vae = random.Random(), Painter(device), vae.to(device).train()
    optimizer = torch.optim.AdamW(vae.parameters(), rate, weight_decay=0, betas=(.9, .99))
    average, began, step = RunningAverage(vae), time.time(), 0
    while (done := (time.time() - began) / 60 / minutes) < 1:
        crops = done < CROPS
        scenes = [draw_scene(rng) for _ in range(BATCH if crops else BATCH // 2)]
        pictures = painter.paint(scenes, rng)[0] * 2 - 1
        pictures = cropped(pictures) if crops else pictures
        with torch.autocast(device, dtype=torch.bfloat16, enabled=half):
            latents = vae.encode(pictures).latent_dist
            found = vae.decode(latents.sample()).sample.float()
        mean, log_variance = latents.mean.float(), latents.logvar.float()
        spread = .5 * (mean ** 2 + log_variance.exp() - 1 - log_variance).mean()
        optimizer.param_groups[0]["lr"] = (
            rate * min(1, (step + 1) / 100) * (.5 + .5 * math.cos(math.pi * done)) + 1e-6)
        optimizer.zero_grad()
        (picture_error(found, pictures) + 1e-4 * spread).backward()
        nn.utils.clip_grad_norm_(vae.parameters(), 1.)
        optimizer.step()
        average.step(.998)
        step += 1
        if step % 100 == 0:
            error = ((found - pictures) ** 2).mean().item()
            print(f"{step} steps, {done * minutes:.1f} min, PSNR {10 * math.log10(4 / error):.1f} dB, "
                  f"std of latents {mean.std().item():.2f}", flush=True)
    vae.load_state_dict(average.copies[0].state_dict())


@torch.no_grad()
def scaling_factor(vae, count=512):
    """What brings the latents of drawn scenes to a standard deviation of one."""
    device, _ = device_and_precision()
    rng, painter = random.Random(3), Painter(device)
    latents = []
    for _ in range(count // 64):
        pictures = painter.paint([draw_scene(rng) for _ in range(64)], rng)[0]
        latents.append(vae.encode(pictures * 2 - 1).latent_dist.mean)
    return 1 / torch.cat(latents).std().item()
