"""The three networks of a miniature Stable Diffusion, their noise schedule and running averages."""
import copy

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from tokens import MAX_LENGTH

SIZE, LATENT_SIZE, WIDTH = 64, 16, 128


def make_text_encoder(vocabulary):
    """A CLIP text encoder for a vocabulary whose last two tokens are start and end."""
    config = CLIPTextConfig(
        vocab_size=vocabulary, max_position_embeddings=MAX_LENGTH, hidden_act="quick_gelu",
        bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1,
        hidden_size=WIDTH, projection_dim=WIDTH, intermediate_size=4 * WIDTH,
        num_hidden_layers=3, num_attention_heads=4)
    config._attn_implementation = "eager"       # faster than the fused one for networks this small
    return CLIPTextModel(config)


def make_unet():
    """A denoiser with cross-attention at all three sizes, so that edits act everywhere."""
    return UNet2DConditionModel(
        sample_size=LATENT_SIZE, in_channels=4, out_channels=4, cross_attention_dim=WIDTH,
        down_block_types=("CrossAttnDownBlock2D",) * 3, up_block_types=("CrossAttnUpBlock2D",) * 3,
        block_out_channels=(64, 96, 128), layers_per_block=1, attention_head_dim=4, norm_num_groups=16)


def make_vae():
    """An autoencoder from 64 x 64 pictures to 16 x 16 latents of four channels and back."""
    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, sample_size=SIZE,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(16, 32, 64), layers_per_block=1, norm_num_groups=8)


def kept_signal(device="cpu"):
    """alpha_bar of the 1000 noise levels: Stable Diffusion's scaled-linear schedule."""
    betas = torch.linspace(.00085 ** .5, .012 ** .5, 1000, device=device) ** 2
    return torch.cumprod(1 - betas, 0)


def device_and_precision():
    """The device to train on, and whether its products are fast in bfloat16."""
    if torch.cuda.is_available():
        return "cuda", True
    try:
        with open("/proc/cpuinfo") as file:
            return "cpu", "avx512_bf16" in file.read()
    except OSError:
        return "cpu", False


class RunningAverage:
    """Exponential averages of modules' weights: what is exported and sampled."""

    def __init__(self, *modules):
        self.modules = modules
        self.copies = [copy.deepcopy(m).requires_grad_(False) for m in modules]
        self.steps = 0

    @torch.no_grad()
    def step(self, decay):
        """One step towards the weights of now; early steps count more."""
        self.steps += 1
        share = 1 - min(decay, (1 + self.steps) / (10 + self.steps))
        for module, average in zip(self.modules, self.copies):
            torch._foreach_lerp_(list(average.parameters()), [p.detach() for p in module.parameters()], share)
