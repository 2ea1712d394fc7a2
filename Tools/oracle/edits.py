"""What is asked for: a source, its edits, and what an edit does to attention maps step by step."""
import dataclasses
import math

import torch

from prompts import refine_mapper, replace_mapper


@dataclasses.dataclass
class Source:
    """A picture to make."""
    prompt: str
    seed: int = 0
    steps: int = 50
    guidance: float = 7.5
    negative: str = ""
    scheduler: str = "ddim"
    self_max: int | None = None     # side of the largest self-attention maps that may be injected


@dataclasses.dataclass
class Edit:
    """A variant of a source.  Windows are fractions of the steps, counted from the noisy end."""
    prompt: str
    mode: str = "auto"              # auto, replace, refine or none
    tau: tuple = (0., .8)           # when the source's cross-attention maps are injected
    tau_words: dict = dataclasses.field(default_factory=dict)     # the same for words of the edit's prompt
    self_tau: tuple = (0., .4)      # when its self-attention maps are
    weights: dict = dataclasses.field(default_factory=dict)       # word of the edit's prompt: factor
    weight_tau: tuple = (0., 1.)
    blend: tuple | None = None      # (source words, edit words) outside of which the source's latents stay
    blend_substract: tuple | None = None
    blend_threshold: tuple = (.3, .3)
    blend_start: float = .2


def window(fractions, steps):
    """First step of a window and the first after it."""
    return tuple(min(steps, max(0, math.floor(f * steps + 1e-9))) for f in fractions)


class Plan:
    """An edit of one source, ready to be applied to maps."""

    def __init__(self, edit, source, target, steps):
        self.edit, self.target, length = edit, target, source.length
        self.mode = edit.mode
        if self.mode == "auto":
            self.mode = "replace" if len(source.words) == len(target.words) else "refine"
        if self.mode == "replace":
            self.shares = replace_mapper(source, target)
        if self.mode == "refine":
            self.places, self.shown = refine_mapper(source, target)
        first, last = window(edit.tau, steps)
        self.alpha = torch.zeros(steps, length)
        self.alpha[first:last] = 1
        for word, fractions in edit.tau_words.items():
            first, last = window(fractions, steps)
            for token in target.tokens_of(word):
                self.alpha[:, token] = 0
                self.alpha[first:last, token] = 1
        self.factors = torch.ones(length)
        for word, factor in edit.weights.items():
            self.factors[target.tokens_of(word)] = factor
        self.weighted, self.self_steps = window(edit.weight_tau, steps), window(edit.self_tau, steps)

    def cross(self, source, own, step):
        """The cross-attention map (heads, pixels, tokens) that the edit uses at a step."""
        if self.mode == "replace":
            injected = torch.einsum("hps,se->hpe", source, self.shares)
        elif self.mode == "refine":
            injected = source[:, :, self.places] * self.shown + own * (1 - self.shown)
        else:
            injected = source
        used = self.alpha[step] * injected + (1 - self.alpha[step]) * own
        return used * self.factors if self.weighted[0] <= step < self.weighted[1] else used

    def takes_self(self, step):
        """Whether the source's self-attention is injected at a step."""
        return self.self_steps[0] <= step < self.self_steps[1]

    def blends(self, step, steps):
        """Whether local blend acts after a step."""
        return bool(self.edit.blend) and step >= math.floor(self.edit.blend_start * steps + 1e-9)
