"""The work of `p2p-worker bench` in PyTorch with diffusers, for comparison.

`step` is one guided step: the UNet on a batch of two, with PyTorch's fused attention. `recording` is
the same with every attention map materialised, as prompt-to-prompt code on PyTorch has to. `injecting`
is the latter on the rows of so many lanes, per lane. `decode` and `encode` are the autoencoder and the
text encoder. The scheduler's arithmetic is left out, in PyTorch's favour.
"""

import measuring

import time

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


def product_peak(dtype):
    """GFLOP/s of one large product, the best of some."""
    a, b = torch.randn(2048, 1024, dtype=dtype), torch.randn(1024, 1024, dtype=dtype)
    peak = 0
    for _ in range(15):
        begin = time.perf_counter()
        torch.mm(a, b)
        peak = max(peak, 2e-9 * 2048 * 1024 * 1024 / (time.perf_counter() - begin))
    return peak


def main():
    options = measuring.options(__doc__)
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[options.dtype]

    def load(kind, folder):
        return kind.from_pretrained(f"{options.model}/{folder}", torch_dtype=dtype).eval()

    text = load(CLIPTextModel, "text_encoder")
    unet = load(UNet2DConditionModel, "unet")
    vae = load(AutoencoderKL, "vae")
    side, fused = unet.config.sample_size, dict(unet.attn_processors)
    ids = torch.zeros(1, text.config.max_position_embeddings, dtype=torch.long)
    states = text(ids).last_hidden_state
    latents = torch.randn(1, unet.config.in_channels, side, side, dtype=dtype)

    def noise_model(rows, materialised=False):
        sample = torch.randn(rows, unet.config.in_channels, side, side, dtype=dtype)
        context = states.expand(rows, -1, -1).contiguous()

        def step():
            unet.set_attn_processor(MaterialisedAttention() if materialised else dict(fused))
            unet(sample, torch.tensor(500), encoder_hidden_states=context)

        return step

    lanes = options.lanes
    measuring.Measurement({
        "step": (noise_model(2), 1),
        "recording": (noise_model(2, materialised=True), 1),
        "injecting": (noise_model(2 * lanes, materialised=True), lanes),
        "decode": (lambda: vae.decode(latents), 1),
        "encode": (lambda: text(ids), 1),
    }).report(f"PyTorch {torch.__version__}", options, peakGFLOPs=product_peak(dtype))


main()
