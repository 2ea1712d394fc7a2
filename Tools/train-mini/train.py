"""Trains the miniature Stable Diffusion of the drawn world, stage by stage, in one folder.

    python train.py tokenizer DIR
    python train.py vae DIR --minutes 13
    python train.py scenes DIR --count 25600
    torchrun --nproc-per-node 2 train.py unet DIR --minutes 90
    python train.py export DIR MODEL
    python train.py start DIR MODEL           # instead of all before `scenes`: go on from a model
"""
import argparse
import os
import shutil

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

from autoencoder import scaling_factor, train_autoencoder
from denoiser import train_denoiser
from export import export
from networks import device_and_precision, make_text_encoder, make_unet, make_vae
from scenes import encode_scenes
from tokens import Tokenizer, build_tokenizer


def load_vae(folder):
    """The autoencoder of `folder`/vae.pt and its scaling factor."""
    state, vae = torch.load(f"{folder}/vae.pt", map_location="cpu"), make_vae()
    vae.load_state_dict(state["vae"])
    return vae.to(device_and_precision()[0]).eval(), state["scale"]


def save_vae(vae, scale, folder):
    torch.save({"vae": vae.state_dict(), "scale": scale}, f"{folder}/vae.pt")


def start_stage(args):
    """Takes tokenizer, autoencoder and weights of a finished model as the start."""
    os.makedirs(args.folder, exist_ok=True)
    shutil.copytree(f"{args.model}/tokenizer", f"{args.folder}/tokenizer", dirs_exist_ok=True)
    vae = AutoencoderKL.from_pretrained(f"{args.model}/vae", torch_dtype=torch.float32)
    unet = UNet2DConditionModel.from_pretrained(f"{args.model}/unet", torch_dtype=torch.float32)
    text = CLIPTextModel.from_pretrained(f"{args.model}/text_encoder", dtype=torch.float32)
    save_vae(vae, vae.config.scaling_factor, args.folder)
    torch.save({"unet": unet.state_dict(), "text": text.state_dict()}, f"{args.folder}/start.pt")


def tokenizer_stage(args):
    """Learns a tokenizer from captions."""
    build_tokenizer(f"{args.folder}/tokenizer")


def vae_stage(args):
    """Trains the autoencoder from scratch."""
    vae = make_vae()
    train_autoencoder(vae, args.minutes, args.rate)
    save_vae(vae, scaling_factor(vae), args.folder)


def scenes_stage(args):
    """Draws scenes and keeps their latents, captions and masks."""
    vae, _ = load_vae(args.folder)
    scenes = encode_scenes(vae, Tokenizer(f"{args.folder}/tokenizer"), args.count, args.seed)
    torch.save(scenes, f"{args.folder}/scenes.pt")


def unet_stage(args):
    """Trains UNet and text encoder."""
    device, _ = device_and_precision()
    tokenizer, (_, scale) = Tokenizer(f"{args.folder}/tokenizer"), load_vae(args.folder)
    unet, text = make_unet().to(device), make_text_encoder(len(tokenizer.vocabulary)).to(device)
    if os.path.exists(f"{args.folder}/start.pt"):
        start = torch.load(f"{args.folder}/start.pt", map_location=device)
        unet.load_state_dict(start["unet"])
        text.load_state_dict(start["text"])
    scenes = torch.load(f"{args.folder}/scenes.pt")
    train_denoiser(unet, text, scenes, scale, tokenizer([""]), f"{args.folder}/unet.pt", args.minutes,
                   args.rate, args.batch)


def export_stage(args):
    """Writes the running averages as a model folder."""
    vae, _ = load_vae(args.folder)
    state = torch.load(f"{args.folder}/unet.pt", map_location="cpu")
    unet, text = make_unet(), make_text_encoder(len(Tokenizer(f"{args.folder}/tokenizer").vocabulary))
    unet.load_state_dict(state["unet_average"])
    text.load_state_dict(state["text_average"])
    export(unet, text, vae, state["scale"], f"{args.folder}/tokenizer", args.model)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    stages = parser.add_subparsers(dest="stage", required=True)

    def stage(name, run):
        sub = stages.add_parser(name, help=run.__doc__)
        sub.add_argument("folder")
        sub.set_defaults(run=run)
        return sub
    stage("tokenizer", tokenizer_stage)
    stage("start", start_stage).add_argument("model")
    stage("export", export_stage).add_argument("model")
    sub = stage("vae", vae_stage)
    sub.add_argument("--minutes", type=float, required=True)
    sub.add_argument("--rate", type=float, default=1.5e-3)
    sub = stage("scenes", scenes_stage)
    sub.add_argument("--count", type=int, default=25600)
    sub.add_argument("--seed", type=int, default=0)
    sub = stage("unet", unet_stage)
    sub.add_argument("--minutes", type=float, required=True)
    sub.add_argument("--rate", type=float, default=1e-3)
    sub.add_argument("--batch", type=int, default=24)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
