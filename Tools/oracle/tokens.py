"""Added tokens and `tokenizer.json`, by transformers: goldens of what stands beside a vocabulary.

    python tokens.py ../../Tests/engine/Fixtures/models/tiny-sd2/tokenizer ../../Tests/Fixtures

Writes `added-tokens.json`, a list of folders (files to write beside the vocabulary, or in its place) with
texts and their ids, and the folder `tokenizer-json` as transformers 5 saves one.
"""
import json, pathlib, shutil, sys, tempfile

from transformers import CLIPTokenizer

TEXTS = [
    "a photo of <cat-toy>", "A <CAT-TOY>, red", "x<cat-toy>y <cat-toy><cat-toy>", "a <Dog> <dog> <DOG>!",
    "word words sword word,", "sks sksx xsks SKS", "<a>b <a><a>b x<a>", "CAFE\u0301 caf\u00e9 cafe\u0301x", "red! <|endoftext|> !",
    "<style-1> <style-10> <style-100>",
]


def token(content, **more):
    return {"content": content, "lstrip": False, "rstrip": False, "normalized": True, "single_word": False,
            "special": False} | more


def cases(size, config):
    def decoder(*tokens):
        return {"tokenizer_config.json": config | {"added_tokens_decoder": {str(size + i): t for i, t in enumerate(tokens)}}}

    listed = ["<cat-toy>", "sks", "<a>", "<a>b", "<a><a>", "caf\u00e9"]
    yield "listed", {"added_tokens.json": {t: size + i for i, t in enumerate(listed)}}
    yield "listed-special", {
        "added_tokens.json": {"<cat-toy>": size, "<Dog>": size + 1},
        "special_tokens_map.json": {"pad_token": "!", "additional_special_tokens": ["<cat-toy>"]},
    }
    yield "decoder", decoder(
        token("<cat-toy>", normalized=False), token("word", normalized=False, single_word=True),
        token("<Dog>", special=True, normalized=False), token("<style-1>"), token("<style-10>"),
        token("sks", lstrip=True, rstrip=True), token("<style-100>", normalized=False))
    # What the settings list is all there is.
    yield "decoder-goes-before", decoder(token("<dog>")) | {"added_tokens.json": {"<cat-toy>": size}}
    yield "further-special", {"tokenizer_config.json": config | {"additional_special_tokens": ["<cat-toy>", token("<Dog>", __type="AddedToken", special=True)]}}


def main(base, fixtures):
    config = json.loads((base / "tokenizer_config.json").read_text())
    size = len(json.loads((base / "vocab.json").read_text()))
    goldens = []

    def add(name, folder, files):
        tokenizer = CLIPTokenizer.from_pretrained(folder)
        rows = [{"text": t, "ids": tokenizer(t, add_special_tokens=False)["input_ids"]} for t in TEXTS]
        goldens.append({"name": name, "files": {k: json.dumps(v) for k, v in files.items()}, "cases": rows})
        return tokenizer

    with tempfile.TemporaryDirectory() as scratch:
        for name, files in cases(size, config):
            folder = pathlib.Path(scratch) / name
            folder.mkdir()
            for path in base.iterdir():
                shutil.copyfile(path, folder / path.name)
            for file, value in files.items():
                (folder / file).write_text(json.dumps(value))
            tokenizer = add(name, folder, files)
            if name == "decoder":
                whole = fixtures / "tokenizer-json"
                tokenizer.save_pretrained(whole)
                add("tokenizer-json", whole, {})
    (fixtures / "added-tokens.json").write_text(json.dumps(goldens, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
