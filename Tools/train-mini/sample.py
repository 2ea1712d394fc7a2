"""Draws a sheet of captions with a model in training.

    python sample.py DIR SHEET.png [--count 64] [--guidance 3] [--caption "a red star" ...]
"""
import argparse
import random

import torch

from networks import LATENT_SIZE, device_and_precision, kept_signal, make_text_encoder, make_unet
from tokens import Tokenizer
from train import load_vae
from world import caption, draw_scene, sheet

STEPS = 20


class Sampler:
    """The running averages of a checkpoint, ready to draw."""

    def __init__(self, folder, file="unet.pt"):
        self.device, self.half = device_and_precision()
        self.tokenizer = Tokenizer(f"{folder}/tokenizer")
        self.vae, self.scale = load_vae(folder)
        state = torch.load(f"{folder}/{file}", map_location="cpu")
        self.unet, self.text = make_unet(), make_text_encoder(len(self.tokenizer.vocabulary))
        self.unet.load_state_dict(state["unet_average"])
        self.text.load_state_dict(state["text_average"])
        for network in (self.unet, self.text):
            network.to(self.device).eval()
        self.about = f"{state['step']} steps, {state['minutes']:.1f} minutes"

    @torch.no_grad()
    def draw(self, captions, guidance=3., seed=0):
        """Pictures (captions, 3, 64, 64) from 0 to 1, by DDIM."""
        count, kept = len(captions), kept_signal(self.device)
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn((count, 4, LATENT_SIZE, LATENT_SIZE), generator=generator).to(self.device)
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.half):
            ids = self.tokenizer([""] * count + captions).to(self.device)
            context = self.text(input_ids=ids).last_hidden_state
            for level in range(1000 - 1000 // STEPS + 1, 0, -(1000 // STEPS)):
                v = self.unet(torch.cat([x, x]), level, encoder_hidden_states=context).sample.float()
                free, told = v.chunk(2)
                v = free + guidance * (told - free)
                now, then = kept[level], kept[max(level - 1000 // STEPS, 0)]
                clean = now.sqrt() * x - (1 - now).sqrt() * v
                noise = now.sqrt() * v + (1 - now).sqrt() * x
                x = then.sqrt() * clean + (1 - then).sqrt() * noise
        return (self.vae.decode(x / self.scale).sample / 2 + .5).clamp(0, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("sheet")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--guidance", type=float, default=3.)
    parser.add_argument("--caption", action="append", help="captions of your own")
    args = parser.parse_args()
    rng, sampler = random.Random(5), Sampler(args.folder)
    captions = args.caption or [caption(draw_scene(rng, held_out=())) for _ in range(args.count)]
    sheet(sampler.draw(captions, args.guidance)).save(args.sheet)
    print(sampler.about)
    for number, text in enumerate(captions):
        print(f"{number // 8},{number % 8} {text}")


if __name__ == "__main__":
    main()
