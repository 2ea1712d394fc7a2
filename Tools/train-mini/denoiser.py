"""The stage that trains UNet and text encoder on encoded scenes."""
import collections
import math
import os
import time

import torch

from grounding import Grounding
from muon import Muon
from networks import RunningAverage, device_and_precision, kept_signal
from workers import Workers

GROUNDING_WEIGHT = .02
WEIGHT_DECAY = 1e-3
CAPTIONS_DROPPED = .1        # these learn the empty caption, which guidance needs
AVERAGE = .996               # per step: some 250 steps are remembered
WARM_UP = 50


def noise_levels(count, device):
    """Evenly spread random noise levels, so that every batch has early and late ones."""
    places = (torch.arange(count, device=device) + torch.rand(count, device=device)) / count
    return (places * 1000).long().clamp(max=999)[torch.randperm(count, device=device)]


def level_weight(kept):
    """Weight of the squared error of v: what noise levels count, by their alpha_bar.

    Errors of the picture weigh min(snr + 1, 8), but never less than .15 of those of v.
    """
    ratio = 1 / (1 - kept)       # snr + 1
    return (ratio.clamp(max=8) / ratio).clamp(min=.15)


class Optimizers:
    """Muon for the matrices inside the networks, AdamW for everything else."""

    def __init__(self, modules, rate):
        inner, outer = [], []
        for module in modules:
            for name, p in module.named_parameters():
                edge = any(part in name for part in ("embed", "conv_in", "conv_out"))
                (outer if edge or p.ndim < 2 else inner).append(p)
        self.rate = rate
        self.parts = (
            (Muon(inner, rate, weight_decay=WEIGHT_DECAY), 1.),
            (torch.optim.AdamW(outer, rate, betas=(.9, .99), weight_decay=WEIGHT_DECAY, fused=True), .5))

    def step(self, share):
        """A step at `share` of the full rate."""
        for optimizer, part in self.parts:
            for group in optimizer.param_groups:
                group["lr"] = self.rate * part * share
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self):
        return [optimizer.state_dict() for optimizer, _ in self.parts]

    def load(self, states):
        for (optimizer, _), state in zip(self.parts, states):
            optimizer.load_state_dict(state)


def rate_share(step, done):
    """Share of the full rate: a warm-up, a plateau, and the last 60 % of the stretch falling to 0."""
    return min(1, (step + 1) / WARM_UP) * min(1, max(0., 1 - done) / .6)


def v_loss(unet, text, latents, tokens, levels, kept, half):
    """Weighted squared error of the predicted v, and alpha_bar of every row."""
    noise, signal = torch.randn_like(latents), kept[levels]
    a, b = signal.sqrt().view(-1, 1, 1, 1), (1 - signal).sqrt().view(-1, 1, 1, 1)
    with torch.autocast(latents.device.type, dtype=torch.bfloat16, enabled=half):
        context = text(input_ids=tokens).last_hidden_state
        found = unet(a * latents + b * noise, levels, encoder_hidden_states=context).sample
    wrong = ((found.float() - (a * noise - b * latents)) ** 2).mean((1, 2, 3))
    return (level_weight(signal) * wrong).mean(), signal


class Stretch:
    """UNet and text encoder in training, with what the training remembers between stretches."""

    def __init__(self, unet, text, file, rate, device):
        self.unet, self.text, self.file = unet, text, file
        self.optimizers = Optimizers((unet, text), rate)
        self.step, self.minutes = 0, 0.
        state = torch.load(file, map_location=device) if os.path.exists(file) else None
        if state:
            unet.load_state_dict(state["unet"])
            text.load_state_dict(state["text"])
            self.optimizers.load(state["optimizers"])
            self.step, self.minutes = state["step"], state["minutes"]
        self.average = RunningAverage(unet, text)
        if state:
            self.average.copies[0].load_state_dict(state["unet_average"])
            self.average.copies[1].load_state_dict(state["text_average"])
            self.average.steps = self.step
        self.first, self.began = self.step, time.time()

    @property
    def elapsed(self):
        """Minutes since this stretch began."""
        return (time.time() - self.began) / 60

    def save(self, scale):
        """Writes the checkpoint, whole or not at all."""
        unet, text = (copy.state_dict() for copy in self.average.copies)
        torch.save({"unet": self.unet.state_dict(), "text": self.text.state_dict(), "unet_average": unet,
                    "text_average": text, "optimizers": self.optimizers.state(), "step": self.step,
                    "minutes": self.minutes + self.elapsed, "scale": scale}, self.file + ".new")
        os.replace(self.file + ".new", self.file)


def train_denoiser(unet, text, scenes, scale, empty, file, minutes, rate, batch):
    """Trains for a stretch of `minutes`; goes on from the checkpoint `file` where there is one.

    `empty` are the tokens of the empty caption, `batch` is the number of pictures of each worker.
    Writes `file` every five minutes and at the end.
    """
    device, half = device_and_precision()
    workers, stretch = Workers(device), Stretch(unet, text, file, rate, device)
    params = [*unet.parameters(), *text.parameters()]
    torch.manual_seed(1000 * stretch.step + workers.rank)
    grounding, kept, empty = Grounding(unet), kept_signal(device), empty.to(device)
    recent, saved, done = collections.deque([], 200), 0., 0.
    while done < 1:
        rows = torch.randint(len(scenes["latents"]), (batch,))
        latents, masks, tokens, groups = (
            scenes[k][rows].to(device) for k in ("latents", "masks", "tokens", "groups"))
        told = torch.rand(batch, 1, device=device) >= CAPTIONS_DROPPED
        error, signal = v_loss(unet, text, latents.float() * scale, torch.where(told, tokens, empty),
                               noise_levels(batch, device), kept, half)
        ground = grounding.loss(masks.float() / 255, groups * told, signal.sqrt())
        (error + GROUNDING_WEIGHT * ground).backward()
        *losses, done = workers.average(params, error.item(), ground.item(), stretch.elapsed / minutes)
        if not math.isfinite(losses[0]):
            raise SystemExit(f"after {stretch.step} steps the loss is {losses[0]}: take a smaller --rate")
        stretch.optimizers.step(rate_share(stretch.step - stretch.first, done))
        stretch.average.step(AVERAGE)
        stretch.step += 1
        recent.append(losses)
        if not workers.leads:
            continue
        if stretch.step % 50 == 0:
            pictures = (stretch.step - stretch.first) * batch * workers.count
            means = [sum(column) / len(recent) for column in zip(*recent)]
            print(f"{stretch.step} steps, {stretch.elapsed:.1f} min, {pictures / stretch.elapsed / 60:.1f} "
                  f"pictures/s, loss {means[0]:.4f}, grounding {means[1]:.4f}", flush=True)
        if stretch.elapsed > saved + 5:
            saved = stretch.elapsed
            stretch.save(scale)
    if workers.leads:
        stretch.save(scale)
