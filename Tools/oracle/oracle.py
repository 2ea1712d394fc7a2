"""A plain reference of prompt-to-prompt editing on diffusers models of one text encoder.

Slow on purpose: every map is made and kept whole.  PyTorch, float32, on the CPU.

    model = Model("path/to/diffusers/folder")
    run = model.run(Source("a red circle", seed=3, steps=10), [Edit("a blue circle", tau=(0, .8))])
    run.latents[row][step]      # row 0 is the source; step 0 is the noise, the last one the picture
"""
import dataclasses
import json

import torch
import torch.nn.functional as F
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler,
                       PNDMScheduler, UNet2DConditionModel)
from transformers import CLIPTextModel, CLIPTokenizer

from edits import Edit, Plan, Source
from prompts import Prompt

__all__ = ["Edit", "Model", "Run", "Source"]

SCHEDULERS = {
    "ddim": (DDIMScheduler, {"clip_sample": False, "set_alpha_to_one": False}),
    "pndm": (PNDMScheduler, {"skip_prk_steps": True, "set_alpha_to_one": False}),
    "euler": (EulerDiscreteScheduler, {}),
    "dpmpp_2m": (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++", "solver_order": 2}),
}
KEPT = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "prediction_type", "steps_offset")


@dataclasses.dataclass
class Site:
    """An attention of the UNet: the how many-th of its kind (self, cross) in its stage (down, mid, up)."""
    stage: str
    index: int
    kind: str


class Processor:
    """Attention written out: the map passes through a hook before it meets the values."""

    def __init__(self, site, model):
        self.site, self.model = site, model

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        x, heads = hidden_states, attn.heads
        context = x if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = (attn.head_to_batch_dim(p) for p in (attn.to_q(x), attn.to_k(context), attn.to_v(context)))
        maps = (torch.bmm(q, k.transpose(1, 2)) * attn.scale).softmax(-1)
        if self.model.control:
            rows = maps.view(x.shape[0], heads, *maps.shape[1:])
            maps = self.model.control(rows, self.site).reshape(maps.shape)
        return attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(torch.bmm(maps, v))))


class Control:
    """What the edits of one run do to the maps of a pass, and the sums of maps that blend reads."""

    def __init__(self, plans, guided, control_size, self_pixels):
        self.plans, self.rows = plans, 1 + len(plans)
        self.off = self.rows if guided else 0        # rows of the empty caption come first
        self.size, self.self_pixels = control_size, self_pixels
        self.step, self.sums = 0, {}

    def __call__(self, maps, site):
        maps, source = maps.clone(), maps[self.off]
        pixels = maps.shape[2]
        for row, plan in enumerate(self.plans, self.off + 1):
            if site.kind == "cross":
                maps[row] = plan.cross(source, maps[row], self.step)
            elif pixels <= self.self_pixels and plan.takes_self(self.step):
                maps[row] = source
        if site.kind == "cross" and site.stage != "mid" and pixels == self.size[0] * self.size[1]:
            seen = maps[self.off:].reshape(self.rows, maps.shape[1], *self.size, -1)
            key = (site.stage, site.index)
            self.sums[key] = self.sums[key] + seen if key in self.sums else seen
        return maps

    def mean(self):
        """Mean over sites: (rows, heads, r, c, tokens)."""
        return torch.stack(list(self.sums.values())).mean(0)


@dataclasses.dataclass
class Run:
    """What a run gave."""
    latents: list            # [row][step] (channels, rows, columns)
    timesteps: list          # what the UNet was called with
    masks: dict              # (row, step): what local blend let change
    mean_maps: list          # [row] (tokens, rows, columns): mean over sites, heads and steps
    margin: float            # how close a blended map came to its threshold


class Model:
    """A diffusers folder of the Stable Diffusion 1.x or 2.x kind."""

    def __init__(self, folder):
        self.folder, self.control = folder, None
        self.tokenizer = CLIPTokenizer.from_pretrained(f"{folder}/tokenizer")
        self.text = CLIPTextModel.from_pretrained(f"{folder}/text_encoder").float().eval()
        single = {"torch_dtype": torch.float32}
        self.unet = UNet2DConditionModel.from_pretrained(f"{folder}/unet", **single).eval()
        self.vae = AutoencoderKL.from_pretrained(f"{folder}/vae", **single).eval()
        counts, processors = {}, {}
        for name in self.unet.attn_processors:                    # in call order within a stage
            stage, kind = name.split("_")[0], "self" if ".attn1." in name else "cross"
            index = counts.get((stage, kind), 0)
            counts[stage, kind] = index + 1
            processors[name] = Processor(Site(stage, index, kind), self)
        self.unet.set_attn_processor(processors)

    def prompt(self, text):
        return Prompt(text, self.tokenizer)

    @torch.no_grad()
    def encode(self, text):
        """The context of a prompt, (1, tokens, width)."""
        return self.text(torch.tensor([self.prompt(text).ids])).last_hidden_state

    @torch.no_grad()
    def decode(self, latents):
        """A picture (3, rows, columns) from 0 to 1."""
        picture = self.vae.decode(latents[None] / self.vae.config.scaling_factor).sample[0]
        return (picture / 2 + .5).clamp(0, 1)

    def control_size(self, rows, columns):
        """Size of the maps that blend reads and the largest that self-attention injects by default.

        It is that of the coarsest cross-attention whose shorter side is at least 12, else of the finest.
        """
        blocks = enumerate(self.unet.config.down_block_types)
        sizes = [(rows >> i, columns >> i) for i, block in blocks if "CrossAttn" in block]
        return ([size for size in sizes if min(size) >= 12] or sizes[:1])[-1]

    def scheduler(self, name, steps):
        with open(f"{self.folder}/scheduler/scheduler_config.json") as file:
            config = json.load(file)
        kind, settings = SCHEDULERS[name]
        kept = {key: config[key] for key in KEPT if key in config}
        made = kind(**kept, **settings, timestep_spacing=config.get("timestep_spacing", "leading"))
        made.set_timesteps(steps)
        return made

    def noise(self, seed, size=None):
        """The first latents of a seed."""
        rows, columns = size or (self.unet.config.sample_size,) * 2
        generator = torch.Generator().manual_seed(seed)
        return torch.randn((1, self.unet.config.in_channels, rows, columns), generator=generator)

    @torch.no_grad()
    def run(self, source, edits=(), size=None):
        """The source and its edits, side by side."""
        steps, guided, rows = source.steps, source.guidance > 1, 1 + len(edits)
        scheduler, prompt = self.scheduler(source.scheduler, steps), self.prompt(source.prompt)
        plans = [Plan(edit, prompt, self.prompt(edit.prompt), steps) for edit in edits]
        context = torch.cat([self.encode(text) for text in (source.prompt, *(e.prompt for e in edits))])
        if guided:
            context = torch.cat([self.encode(source.negative).expand(rows, -1, -1), context])
        x = self.noise(source.seed, size).expand(rows, -1, -1, -1).clone()
        control_size = self.control_size(*x.shape[2:])
        self_pixels = source.self_max ** 2 if source.self_max else control_size[0] * control_size[1]
        self.control = control = Control(plans, guided, control_size, self_pixels)
        run = Run([[row.clone()] for row in x], scheduler.timesteps.tolist(), {}, [], 1.)
        x = x * scheduler.init_noise_sigma
        try:
            for number, level in enumerate(scheduler.timesteps):
                again = source.scheduler == "pndm"                 # its first step takes two passes
                control.step, sums = max(0, number - 1) if again else number, dict(control.sums)
                given = scheduler.scale_model_input(torch.cat([x, x] if guided else [x]), level)
                found = self.unet(given, level, encoder_hidden_states=context).sample
                if guided:
                    free, told = found.chunk(2)
                    found = free + source.guidance * (told - free)
                x = scheduler.step(found, level, x).prev_sample
                if again and number == 0:
                    control.sums = sums
                    continue
                self.blend(x, prompt, plans, control, steps, run)
                for row, latents in zip(x, run.latents):
                    latents.append(row.clone())
        finally:
            self.control = None
        run.mean_maps = list(control.mean().mean(1).permute(0, 3, 1, 2) / steps)
        return run

    def blend(self, x, prompt, plans, control, steps, run):
        """Puts the source's latents wherever an edit's local blend says so."""
        for row, plan in enumerate(plans, 1):
            if plan.blends(control.step, steps):
                mask, margin = blend_mask(control.mean(), prompt, plan, row, x.shape[2:])
                run.masks[row, control.step], run.margin = mask, min(run.margin, margin)
                x[row] = torch.where(mask, x[row], x[0])


def blend_mask(maps, prompt, plan, row, size):
    """Where an edit may differ from its source, and the least distance of a map from its threshold."""
    margins = []

    def region(words, threshold, widened):
        either = torch.zeros(size, dtype=torch.bool)
        for which, spoken, chosen in ((0, prompt, words[0]), (row, plan.target, words[1])):
            tokens = sum((spoken.tokens_of(word) for word in chosen), [])
            heat = maps[which].mean(0)[..., tokens].sum(-1)[None, None]
            if widened:
                heat = F.max_pool2d(heat, 3, 1, 1)
            heat = F.interpolate(heat, size=size)[0, 0]
            heat = heat / heat.max()
            margins.append((heat - threshold).abs().min().item())
            either |= heat > threshold
        return either
    edit = plan.edit
    mask = region(edit.blend, edit.blend_threshold[0], True)
    if edit.blend_substract:
        mask &= ~region(edit.blend_substract, edit.blend_threshold[1], False)
    return mask, min(margins)
