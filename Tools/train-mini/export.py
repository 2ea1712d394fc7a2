"""Writes a trained model as a diffusers folder with float16 weights."""
import glob
import json
import os
import shutil

import torch
from diffusers import DDIMScheduler

INDEX = {
    "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.31.0",
    "feature_extractor": [None, None], "safety_checker": [None, None], "image_encoder": [None, None],
    "requires_safety_checker": False, "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}


def export(unet, text, vae, scale, tokenizer, model):
    """Writes the networks (made float16) and the tokenizer's folder to the folder `model`."""
    vae.register_to_config(scaling_factor=scale)
    for name, network in (("text_encoder", text), ("unet", unet), ("vae", vae)):
        network.to("cpu", torch.float16).save_pretrained(f"{model}/{name}")
        for file in glob.glob(f"{model}/{name}/*.safetensors"):
            os.chmod(file, 0o644)
    DDIMScheduler(
        beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction",
    ).save_pretrained(f"{model}/scheduler")
    shutil.copytree(tokenizer, f"{model}/tokenizer", dirs_exist_ok=True)
    with open(os.path.join(model, "model_index.json"), "w") as file:
        json.dump(INDEX, file, indent=1)
