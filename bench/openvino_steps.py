"""One guided step and a decoded picture in OpenVINO, for comparison: prints one JSON object.

    python bench/openvino_steps.py MODEL [--steps N] [--threads N] [--dtype f32|bf16]

The networks are converted from PyTorch and run by OpenVINO's CPU plugin with its own attention.
"""

import argparse
import json
import os
import statistics
import time

started = time.clock_gettime(time.CLOCK_BOOTTIME)

import openvino
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel


def anonymous_bytes():
    """What the process holds beside mapped files (proc(5), status)."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


class NoiseModel(torch.nn.Module):
    """A UNet whose inputs are tensors by place, as the converter wants them."""

    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, context):
        return self.unet(sample, timestep, encoder_hidden_states=context).sample


class Decoder(torch.nn.Module):
    """The decoding half of an autoencoder."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latents):
        return self.vae.decode(latents).sample


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    core = openvino.Core()
    core.set_property("CPU", {
        "INFERENCE_NUM_THREADS": options.threads,
        "INFERENCE_PRECISION_HINT": options.dtype,
        "PERFORMANCE_HINT": "LATENCY",
    })

    def compiled(module, inputs):
        model = openvino.convert_model(module, example_input=inputs)
        model.reshape([list(tensor.shape) for tensor in inputs])
        request = core.compile_model(model, "CPU").create_infer_request()
        arrays = [tensor.numpy() for tensor in inputs]
        return lambda: request.infer(arrays)

    unet = UNet2DConditionModel.from_pretrained(f"{options.model}/unet").eval()
    side, window = unet.config.sample_size, 77
    step = compiled(NoiseModel(unet), (
        torch.randn(2, unet.config.in_channels, side, side),
        torch.tensor(500),
        torch.randn(2, window, unet.config.cross_attention_dim),
    ))
    del unet
    vae = AutoencoderKL.from_pretrained(f"{options.model}/vae").eval()
    decode = compiled(Decoder(vae), (torch.randn(1, vae.config.latent_channels, side, side),))
    del vae
    kinds, most = {"step": step, "decode": decode}, 0

    def seconds(work):
        nonlocal most
        begin = time.perf_counter()
        work()
        took = time.perf_counter() - begin
        most = max(most, anonymous_bytes())
        return took

    seconds(step)
    cold = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    for work in kinds.values():
        seconds(work)
    times = {name: [] for name in kinds}
    for _ in range(options.steps):
        for name, work in kinds.items():
            times[name].append(seconds(work))
    print(json.dumps({
        "program": f"OpenVINO {openvino.__version__}",
        "dtype": options.dtype,
        "threads": options.threads,
        "coldStartSeconds": cold,
        "anonymousBytes": most,
        "rows": [
            {"id": name, "seconds": statistics.median(list), "range": [min(list), max(list)]}
            for name, list in times.items()
        ],
    }))


main()
