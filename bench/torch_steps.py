"""The work of `p2p-worker bench` in PyTorch with diffusers, for comparison: prints one JSON object.

    python bench/torch_steps.py MODEL [--dtype f32|bf16] [--steps N] [--threads N] [--size H W]

`step` is one guided step: the UNet on a batch of two, with PyTorch's fused attention. `recording` is
the same with every attention map materialised, as prompt-to-prompt code on PyTorch has to. `injecting`
is the latter on the rows of so many lanes, per lane. `decode` and `encode` are the autoencoder and the
text encoder. The scheduler's arithmetic is left out, in PyTorch's favour.
"""

import argparse
import json
import os
import statistics
import time

started = time.clock_gettime(time.CLOCK_BOOTTIME)

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel


class MaterialisedAttention:
    """Attention by two products and a softmax, so that the map exists between them."""

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(context))
        value = attn.head_to_batch_dim(attn.to_v(context))
        scores = torch.bmm(query, key.transpose(1, 2)) * attn.scale
        mixed = torch.bmm(scores.softmax(-1), value)
        return attn.to_out[0](attn.batch_to_head_dim(mixed))


def anonymous_bytes():
    """What the process holds beside mapped files (proc(5), status)."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--size", type=int, nargs=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[options.dtype]

    def load(kind, folder):
        return kind.from_pretrained(f"{options.model}/{folder}", torch_dtype=dtype).eval()

    text = load(CLIPTextModel, "text_encoder")
    unet = load(UNet2DConditionModel, "unet")
    vae = load(AutoencoderKL, "vae")
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    height, width = options.size or [unet.config.sample_size * scale] * 2
    shape = (unet.config.in_channels, height // scale, width // scale)
    window = text.config.max_position_embeddings
    ids = torch.zeros(1, window, dtype=torch.long)
    states = text(ids).last_hidden_state

    def noise_model(rows):
        sample = torch.randn(rows, *shape, dtype=dtype)
        context = states.expand(rows, -1, -1).contiguous()
        return lambda: unet(sample, torch.tensor(500), encoder_hidden_states=context)

    fused = unet.attn_processors
    step, lanes = noise_model(2), noise_model(2 * options.lanes)
    latents = torch.randn(1, *shape, dtype=dtype)
    most = 0

    def seconds(work, materialised=False):
        nonlocal most
        unet.set_attn_processor(MaterialisedAttention() if materialised else dict(fused))
        begin = time.perf_counter()
        work()
        took = time.perf_counter() - begin
        most = max(most, anonymous_bytes())
        return took

    kinds = {
        "step": (step, False, 1),
        "recording": (step, True, 1),
        "injecting": (lanes, True, options.lanes),
        "decode": (lambda: vae.decode(latents), False, 1),
        "encode": (lambda: text(ids), False, 1),
    }
    seconds(step)
    cold = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    for work, materialised, _ in kinds.values():
        seconds(work, materialised)
    times = {name: [] for name in kinds}
    for _ in range(options.steps):
        for name, (work, materialised, count) in kinds.items():
            times[name].append(seconds(work, materialised) / count)
    a = torch.randn(2048, 1024)
    b = torch.randn(1024, 1024)
    peak = 0
    for _ in range(15):
        begin = time.perf_counter()
        torch.mm(a, b)
        peak = max(peak, 2e-9 * 2048 * 1024 * 1024 / (time.perf_counter() - begin))
    print(json.dumps({
        "program": f"PyTorch {torch.__version__}",
        "dtype": options.dtype,
        "threads": options.threads,
        "peakGFLOPs": peak,
        "coldStartSeconds": cold,
        "anonymousBytes": most,
        "rows": [
            {"id": name, "seconds": statistics.median(list), "range": [min(list), max(list)]}
            for name, list in times.items()
        ],
    }))


main()
