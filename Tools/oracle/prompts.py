"""Prompts as words and tokens, and how the tokens of an edit's prompt correspond to those of its source."""
import re

import torch


class Prompt:
    """A prompt with the token span of every word; words are parted by white space, token 0 is the start."""

    def __init__(self, text, tokenizer):
        self.text, self.length, self.tokenizer = " ".join(text.split()), tokenizer.model_max_length, tokenizer
        self.words = self.text.split(" ") if self.text else []
        self.spans, ids = [], [tokenizer.bos_token_id]
        for word in self.words:
            pieces = self.pieces(word)
            self.spans.append(list(range(len(ids), len(ids) + len(pieces))))
            ids += pieces
        self.used = tokenizer(self.text, truncation=False)["input_ids"]      # start to end, not padded
        assert self.used == ids + [tokenizer.eos_token_id], (self.text, self.used, ids)
        assert len(self.used) <= self.length, f"'{text}' is longer than the text encoder's window"
        self.ids = self.used + [tokenizer.pad_token_id] * (self.length - len(self.used))

    def pieces(self, text):
        """Token numbers of a piece of text, without start and end."""
        return self.tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"]

    def tokens_of(self, phrase):
        """Token places of a phrase: 'cat', 'pea soup', 'cat#2' (the second one), '@3' (a place)."""
        if phrase.startswith("@"):
            return [int(phrase[1:])]
        match = re.fullmatch(r"(.*?)#(\d+)", phrase)
        phrase, nth = (match[1], int(match[2])) if match else (phrase, None)
        wanted, hits = [bare(w) for w in phrase.split()], []
        for first in range(len(self.words) - len(wanted) + 1):
            if [bare(w) for w in self.words[first:first + len(wanted)]] == wanted:
                hits.append([t for i, w in enumerate(wanted, first) for t in self.tokens_inside(i, w)])
        if not hits or (nth and nth > len(hits)):
            raise KeyError(f"'{phrase}' is not in '{self.text}'")
        return hits[nth - 1] if nth else sum(hits, [])

    def tokens_inside(self, index, wanted):
        """The tokens of word number `index` that spell `wanted`, without punctuation around it."""
        start = self.words[index].lower().find(wanted)
        lead = len(self.pieces(self.words[index][:start])) if start > 0 else 0
        return self.spans[index][lead:lead + len(self.pieces(wanted))]


def bare(word):
    """A word in small letters without punctuation around it."""
    return re.sub(r"^\W+|\W+$", "", word.lower()) or word.lower()


def replace_mapper(source, edit):
    """M[s, e]: the share of source token s in edit token e.  Both prompts have the same number of words."""
    if len(source.words) != len(edit.words):
        raise ValueError("replace needs the same number of words")
    length = source.length
    shares = torch.zeros(length, length)
    shares[0, 0] = 1
    for old, new, s, e in zip(source.words, edit.words, source.spans, edit.spans):
        if old != new and len(s) != len(e):
            for place in e:
                shares[s, place] = 1 / len(e)
        else:
            shares[s, e] = 1
    i = source.spans[-1][-1] + 1 if source.words else 1
    j = edit.spans[-1][-1] + 1 if edit.words else 1
    for place in range(j, length):               # end and padding one to one; what is left repeats the last
        shares[min(i + place - j, length - 1), place] = 1
    return shares


def refine_mapper(source, edit):
    """(m, a): edit token n shows source token m[n] where a[n] is 1, and its own map where it is 0."""
    x, y, length = source.used, edit.used, source.length
    score = torch.zeros(len(x) + 1, len(y) + 1, dtype=torch.int64)
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            match = score[i - 1, j - 1] + (1 if x[i - 1] == y[j - 1] else -1)
            score[i, j] = max(score[i, j - 1], score[i - 1, j], match)
    places, shown = torch.zeros(length, dtype=torch.int64), torch.zeros(length)
    i, j = len(x), len(y)
    while i > 0 or j > 0:                        # ties: a new token, then a dropped one, then a match
        if j > 0 and (i == 0 or score[i, j] == score[i, j - 1]):
            j -= 1
        elif i > 0 and (j == 0 or score[i, j] == score[i - 1, j]):
            i -= 1
        else:
            i, j = i - 1, j - 1
            places[j], shown[j] = i, 1
    for n in range(len(y), length):
        places[n], shown[n] = min(len(x) + n - len(y), length - 1), 1
    return places, shown
