"""Stages of training that make data: scenes encoded by the autoencoder, with their captions."""
import random
import time

import torch

from networks import device_and_precision
from world import Painter, caption, draw_scene, word_groups


@torch.no_grad()
def encode_scenes(vae, tokenizer, count, seed, batch=64):
    """Draws `count` scenes: their latents (unscaled, float16), tokens, masks and token groups."""
    device, half = device_and_precision()
    rng, painter, began = random.Random(seed), Painter(device), time.time()
    latents, masks, captions, groups = [], [], [], []
    while len(captions) < count:
        scenes = [draw_scene(rng) for _ in range(batch)]
        pictures, cover = painter.paint(scenes, rng)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=half):
            encoded = vae.encode(pictures * 2 - 1).latent_dist.mean
        latents.append(encoded.half().cpu())
        masks.append((cover * 255).round().to(torch.uint8).cpu())
        captions += [caption(s) for s in scenes]
        groups += [word_groups(s) for s in scenes]
        if len(latents) % 64 == 0:
            print(f"{len(captions)} scenes, {time.time() - began:.0f} s", flush=True)
    return {"latents": torch.cat(latents), "masks": torch.cat(masks), "tokens": tokenizer(captions),
            "groups": tokenizer.groups(captions, groups)}
