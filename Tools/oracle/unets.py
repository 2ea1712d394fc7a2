"""UNets of other shapes than the published ones, by diffusers: goldens of what their configs mean.

    python unets.py ../../Tests/engine/Fixtures

A case is a tiny model, some fields of its UNet's config with other values, and the weights that such a
UNet wants of those that are there.
"""
import json, pathlib, sys

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

CASES = {
    "no-middle": ("tiny-sd1", {"mid_block_type": None}),
    "residual-middle": ("tiny-sd2", {"mid_block_type": "UNetMidBlock2D"}),
    "layers-of-their-own": (
        "tiny-sdxl",
        {
            "transformer_layers_per_block": [0, [1], [2]],
            "reverse_transformer_layers_per_block": [[2, 1], [1, 1], 0],
            "only_cross_attention": [True, False, False],
            "cross_attention_dim": [5, 72, 72],
        },
    ),
}


def main(fixtures):
    tensors, index = {}, []
    for number, (name, (model, fields)) in enumerate(CASES.items()):
        folder = fixtures / "models" / model / "unet"
        config = json.loads((folder / "config.json").read_text()) | fields
        unet = UNet2DConditionModel.from_config(config).eval()
        there = load_file(folder / "diffusion_pytorch_model.safetensors")
        unet.load_state_dict({key: there[key].float() for key in unet.state_dict()})
        draw = torch.Generator().manual_seed(number)
        width = config["cross_attention_dim"]
        width = width[-1] if isinstance(width, list) else width
        sample = torch.randn(1, 4, 16, 24, generator=draw)
        states = torch.randn(1, 7, width, generator=draw)
        extra = {}
        if config.get("addition_embed_type"):
            pooled = config["projection_class_embeddings_input_dim"] - 6 * config["addition_time_embed_dim"]
            extra = {
                "text_embeds": torch.randn(1, pooled, generator=draw),
                "time_ids": torch.tensor([[64.0, 96, 0, 0, 64, 96]]),
            }
            tensors[f"{name}/pooled"] = extra["text_embeds"][0].clone()
        with torch.no_grad():
            output = unet(sample, 321, states, added_cond_kwargs=extra).sample
        tensors |= {f"{name}/sample": sample, f"{name}/states": states[0].clone(), f"{name}/output": output}
        index.append({"name": name, "model": model, "fields": fields})
    save_file(tensors, fixtures / "goldens" / "unets.safetensors")
    (fixtures / "goldens" / "unets.json").write_text(json.dumps(index, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
