"""A byte-pair tokenizer in CLIP's format, learnt from the captions of the drawn world."""
import collections
import json
import os
import random
import re

import torch

from world import caption, draw_scene

MAX_LENGTH = 32
MERGES = 76          # few enough that some words have several tokens
START, END = "<|startoftext|>", "<|endoftext|>"


def byte_symbols():
    """CLIP's printable stand-in for each of the 256 bytes."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [b for b in range(256) if b not in printable]
    symbols = {b: chr(b) for b in printable}
    symbols.update({b: chr(256 + i) for i, b in enumerate(others)})
    return symbols


def letters(word, symbols):
    """The symbols of a word, the last one marked as the word's end."""
    found = [symbols[b] for b in word.encode()]
    return found[:-1] + [found[-1] + "</w>"]


def merged(pieces, pair):
    """`pieces` with every occurrence of `pair` made one."""
    out, i = [], 0
    while i < len(pieces):
        if tuple(pieces[i:i + 2]) == pair:
            out.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            out.append(pieces[i])
            i += 1
    return out


def learn_merges(words, symbols, count):
    """The `count` most frequent merges in `words` (a counter), and each word's pieces after them."""
    splits, merges = {w: letters(w, symbols) for w in words}, []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, number in words.items():
            for pair in zip(splits[word], splits[word][1:]):
                pairs[pair] += number
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        splits = {w: merged(s, best) for w, s in splits.items()}
    return merges, splits


def build_tokenizer(folder, count=MERGES, captions=20000):
    """Writes the four files of a CLIP tokenizer."""
    rng, words, symbols = random.Random(1), collections.Counter(), byte_symbols()
    for _ in range(captions):
        words.update(re.findall(r"[a-z]+", caption(draw_scene(rng))))
    merges, splits = learn_merges(words, symbols, count)
    alphabet = list(symbols.values())
    vocabulary = alphabet + [a + "</w>" for a in alphabet] + ["".join(m) for m in merges] + [START, END]
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": MAX_LENGTH, **special,
              "do_lower_case": True, "add_prefix_space": False, "errors": "replace"}

    os.makedirs(folder, exist_ok=True)
    for name, content in (("vocab", {t: i for i, t in enumerate(vocabulary)}), ("tokenizer_config", config),
                          ("special_tokens_map", special)):
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump(content, file, indent=None if name == "vocab" else 1, ensure_ascii=False)
    with open(f"{folder}/merges.txt", "w") as file:
        file.write("#version: 0.2\n" + "".join(" ".join(m) + "\n" for m in merges))
    several = sorted(w for w, s in splits.items() if len(s) > 1)
    print(len(vocabulary), "tokens; words of several:", ", ".join(several))


class Tokenizer:
    """Turns lower-case captions into token numbers; reads the files that `build_tokenizer` wrote."""

    def __init__(self, folder):
        with open(f"{folder}/vocab.json") as file:
            self.vocabulary = json.load(file)
        with open(f"{folder}/merges.txt") as file:
            lines = file.read().split("\n")[1:]
        self.ranks = {tuple(line.split()): i for i, line in enumerate(lines) if line}
        self.symbols, self.known = byte_symbols(), {}

    def word(self, word):
        """Token numbers of one word."""
        if word not in self.known:
            pieces = letters(word, self.symbols)
            while True:
                pairs = [p for p in zip(pieces, pieces[1:]) if p in self.ranks]
                if not pairs:
                    break
                pieces = merged(pieces, min(pairs, key=self.ranks.get))
            self.known[word] = [self.vocabulary[p] for p in pieces]
        return self.known[word]

    def __call__(self, captions):
        """Token numbers (captions, MAX_LENGTH), padded with the end token."""
        out = torch.full((len(captions), MAX_LENGTH), self.vocabulary[END])
        for row, text in zip(out, captions):
            ids = [t for w in text.split() for t in self.word(w)][:MAX_LENGTH - 2]
            row[:len(ids) + 1] = torch.tensor([self.vocabulary[START]] + ids)
        return out

    def groups(self, captions, word_groups):
        """The groups of the captions' words as groups of their tokens, (captions, MAX_LENGTH)."""
        out = torch.zeros(len(captions), MAX_LENGTH, dtype=torch.uint8)
        for row, text, groups in zip(out, captions, word_groups):
            words = text.split()
            assert len(words) == len(groups), (text, groups)
            spread = [g for w, g in zip(words, groups) for _ in self.word(w)][:MAX_LENGTH - 2]
            row[1:1 + len(spread)] = torch.tensor(spread, dtype=torch.uint8)
        return out
