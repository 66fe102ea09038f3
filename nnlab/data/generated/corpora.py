"""Texts to go on writing: names, a tiny grammar, poems."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET
from nnlab.data.generated.draws import Draws, Options
from nnlab.data.generated.sequences import shifted
from nnlab.data.shipped import text
from nnlab.data.text.characters import Characters
from nnlab.data.text.corpus import language_model
from nnlab.data.text.pairs import BytePairs
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING, Tokenizer
from nnlab.data.text.words import Words
from nnlab.engine.rng import uniform

LEARNERS: dict[str, Callable[[str], Tokenizer]] = {
    "char": Characters.learn,
    "word": Words.learn,
    "bpe": BytePairs.learn,
}
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")


def names(name: str, options: Options) -> Raw:
    """Given names letter by letter: x (n, T) begins with id 0, y (n, T) is the name and id 0, the end."""
    signs = Characters((PADDING, *LETTERS))
    y = pad([[*signs.encode(line).tolist(), 0] for line in text("names").split()], fill=NO_TARGET)
    return Raw(
        shifted(y), y, "tokens", target_names=("next letter",), axes=("position",),
        vocabulary=signs.vocabulary, target_vocabulary=signs.vocabulary,
        tokenizer=signs, target_tokenizer=signs,
    )  # fmt: skip


ADJECTIVES, NOUNS = ("big", "red", "old", "shy"), ("cat", "dog", "bird", "fox")
VERBS = ("sees", "likes", "finds")
SENTENCES = [
    f"the {a} {n} {v} the {b} {m}.\n"
    for a, n, v, b, m in product(ADJECTIVES, NOUNS, VERBS, ADJECTIVES, NOUNS)
]
"""All 4 · 4 · 3 · 4 · 4 = 768 of them, each as likely as the other: a line has an entropy of ln 768 nats."""


def grammar(name: str, options: Options) -> Raw:
    """Lines "the ADJECTIVE NOUN VERB the ADJECTIVE NOUN.", sign by sign.

    ``plant`` is a line that is put among the first half of them ``times`` times.
    """
    draw = Draws(options)
    lines = [SENTENCES[k] for k in draw.pick("sentence", len(SENTENCES)).tolist()]
    planted = [f"{options['plant']}\n"] * int(options["times"]) if options["plant"] else []
    signs = Characters.learn("".join([*SENTENCES, *planted]))
    places = uniform(draw.seed, "data.plant", 0, len(planted), np.float64) * draw.n / 2
    for line, place in zip(planted, places.tolist()):
        lines.insert(int(place), line)
    context, stride, split = int(options["context"]), int(options["stride"]), str(options["split"])
    return language_model("".join(lines), signs, context, stride, split)


def tang(name: str, options: Options) -> Raw:
    """Quatrains of the Tang dynasty, one a line, sign by sign."""
    lines = [line.partition("\t")[2] for line in text("tang").splitlines()]
    return _poems("".join(f"{line}\n" for line in lines[: int(options["poems"])]), options)


def verse(name: str, options: Options) -> Raw:
    """Four English poems, sign by sign, word by word, or in pieces of byte pairs."""
    return _poems(text("verse"), options)


def _poems(poems: str, options: Options) -> Raw:
    learn = LEARNERS[str(options.get("tokens", "char"))]
    context, stride, split = int(options["context"]), int(options["stride"]), str(options["split"])
    return language_model(poems, learn(poems), context, stride, split)
