"""Sentences with hidden words, to be guessed from both sides, and a few labels to learn from afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET, Split
from nnlab.data.generated.draws import Draws, Options
from nnlab.data.text.masking import choose_hidden, mask_tokens
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING
from nnlab.data.text.words import Words
from nnlab.i18n import _

CLS, MASK = "[cls]", "[mask]"
SPECIAL = (PADDING, MASK, CLS)
ADJECTIVES = ("old", "small", "young", "brown")

FOOD = {
    "cat": "fish", "dog": "bone", "rabbit": "carrot", "monkey": "banana", "panda": "bamboo", "bird": "seed",
}  # fmt: skip
HABITAT_VERBS = ("eats", "finds", "hides", "likes")
PLACES = ("at home", "in town", "by day", "at night")

GROUPS = {
    "pets": (("cat", "dog", "kitten", "puppy"), ("fish", "bone", "milk", "meat")),
    "farm": (("cow", "horse", "sheep", "goat"), ("grass", "hay", "clover", "corn")),
    "birds": (("robin", "sparrow", "finch", "wren"), ("seed", "worm", "berry", "beetle")),
}
GROUP_VERBS = ("eats", "finds", "likes")


def habitat(name: str, options: Options) -> Raw:
    """ "[cls] the ADJECTIVE ANIMAL VERB its FOOD PLACE .", words hidden: x (n, 10); y: the hidden words.

    Every animal has one food, so either tells the other.  ``hide=animal`` hides the animal alone.
    """
    draw = Draws(options)
    animals = draw.words("animal", tuple(FOOD))
    parts = (draw.words(part, words) for part, words in
             (("adjective", ADJECTIVES), ("verb", HABITAT_VERBS), ("place", PLACES)))  # fmt: skip
    sentences = [
        [CLS, "the", adjective, animal, verb, "its", FOOD[animal], *place.split(), "."]
        for animal, adjective, verb, place in zip(animals, *parts)
    ]
    places = dict.fromkeys(word for place in PLACES for word in place.split())
    words = Words((*SPECIAL, "the", "its", ".", *ADJECTIVES, *FOOD, *HABITAT_VERBS, *FOOD.values(), *places))
    return _hidden(
        sentences, words, float(options["rate"]), draw.seed, alone=3 * (options["hide"] == "animal")
    )


def groups(name: str, options: Options) -> Raw:
    """ "[cls] the ADJECTIVE ANIMAL VERB its FOOD .", of three groups whose animals and foods go together.

    - ``form=hidden``: words hidden, x (n, 8); y: the hidden words.
    - ``form=labelled``: x (n, 8); y: the group.  Training has one sentence of each group, with animals and
      foods of the first two; validation and test have only animals and foods of the last two.
    """
    every = [word for animals, foods in GROUPS.values() for word in (*animals, *foods)]
    words = Words((*SPECIAL, "the", "its", ".", *ADJECTIVES, *GROUP_VERBS, *every))
    draw = Draws(options)
    if options["form"] == "labelled":
        return _few_labels(words, draw)
    which = draw.balanced(len(GROUPS)).tolist()
    return _hidden(_group_sentences(draw, which, range(4)), words, float(options["rate"]), draw.seed)


def _group_sentences(draw: Draws, which: Sequence[int], among: Sequence[int]) -> list[list[str]]:
    """A sentence for every row, of the group in ``which``, with animals and foods at the places ``among``."""
    members = tuple(GROUPS.values())
    animal, food = (draw.pick(part, len(among)).tolist() for part in ("animal", "food"))
    adjective, verb = draw.words("adjective", ADJECTIVES), draw.words("verb", GROUP_VERBS)
    return [
        [CLS, "the", adjective[k], members[group][0][among[animal[k]]],
         verb[k], "its", members[group][1][among[food[k]]], "."]
        for k, group in enumerate(which)
    ]  # fmt: skip


def _few_labels(words: Words, draw: Draws) -> Raw:
    """Three labelled sentences, one a group; the other n − 3 ask about words that were never labelled."""
    which = draw.balanced(len(GROUPS))
    known = _group_sentences(draw, which.tolist(), (0, 1))[: len(GROUPS)]
    new = _group_sentences(draw, which.tolist(), (2, 3))[len(GROUPS) :]
    rows = np.arange(draw.n)
    half = len(GROUPS) + (draw.n - len(GROUPS)) // 2
    parts = Split(rows[: len(GROUPS)], rows[len(GROUPS) : half], rows[half:])
    note = _("trains on one sentence of each group, whatever the split; the other words were never labelled")
    return Raw(
        pad([[words.ids[word] for word in sentence] for sentence in known + new]), which, "multiclass",
        class_names=tuple(GROUPS), target_names=("group",), notes=(note,), axes=("position",), split=parts,
        vocabulary=words.vocabulary, tokenizer=words,
    )  # fmt: skip


def _hidden(sentences: Sequence[Sequence[str]], words: Words, rate: float, seed: int, alone: int = 0) -> Raw:
    """Hide words of the sentences; ``alone`` is the one position that is hidden, 0 for any."""
    ids = pad([[words.ids[word] for word in sentence] for sentence in sentences])
    ordinary = np.arange(len(SPECIAL), len(words.vocabulary))
    if alone:
        x, y = ids.copy(), np.full_like(ids, NO_TARGET)
        x[:, alone], y[:, alone] = words.ids[MASK], ids[:, alone]
    else:
        where = choose_hidden(ids >= len(SPECIAL), rate, seed)
        x, y = mask_tokens(ids, where, mask=words.ids[MASK], ordinary=ordinary, seed=seed)
    return Raw(
        x, y, "tokens", target_names=("hidden words",), axes=("position",), vocabulary=words.vocabulary,
        target_vocabulary=words.vocabulary, tokenizer=words, target_tokenizer=words,
    )  # fmt: skip
