"""One guided step and a decoded picture in OpenVINO, for comparison.

The networks are converted from PyTorch and run by OpenVINO's CPU plugin with its own attention.
"""

import measuring

import openvino
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig


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
    options = measuring.options(__doc__)
    torch.set_grad_enabled(False)
    core = openvino.Core()
    core.set_property("CPU", {
        "INFERENCE_NUM_THREADS": options.threads,
        "INFERENCE_PRECISION_HINT": options.dtype,
        "PERFORMANCE_HINT": "LATENCY",
    })

    def compiled(module, inputs):
        model = openvino.convert_model(module, example_input=inputs)
        model.reshape({place: list(tensor.shape) for place, tensor in enumerate(inputs)})
        request = core.compile_model(model, "CPU").create_infer_request()
        arrays = [tensor.numpy() for tensor in inputs]
        return lambda: request.infer(arrays)

    unet = UNet2DConditionModel.from_pretrained(f"{options.model}/unet").eval()
    side = unet.config.sample_size
    window = CLIPTextConfig.from_pretrained(f"{options.model}/text_encoder").max_position_embeddings
    step = compiled(NoiseModel(unet), (
        torch.randn(2, unet.config.in_channels, side, side),
        torch.tensor(500),
        torch.randn(2, window, unet.config.cross_attention_dim),
    ))
    del unet
    vae = AutoencoderKL.from_pretrained(f"{options.model}/vae").eval()
    decode = compiled(Decoder(vae), (torch.randn(1, vae.config.latent_channels, side, side),))
    del vae
    measuring.Measurement({"step": (step, 1), "decode": (decode, 1)}).report(
        f"OpenVINO {openvino.__version__}", options)


main()
