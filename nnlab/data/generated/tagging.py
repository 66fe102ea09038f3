"""Sentences from templates with a tag for every word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET
from nnlab.data.generated.draws import Draws, Options
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING
from nnlab.data.text.words import Words

# Words with their tag behind a slash; a slot stands for a word that the template alone does not give away.
NAMED = ("jordan", "paris", "chelsea", "florence", "austin", "sydney", "madison", "dakota")
NAME_OR_PLACE = (
    "{a}/name lives in {b}/place .",
    "{a}/place is a city near {b}/place .",
    "{a}/name called {b}/name today .",
    "{a}/place was built before {b}/place .",
)
DEEDS = ("chased", "helped", "saw", "followed", "heard", "pushed")
ANIMALS = ("dog", "cat", "cow", "fox", "bird", "goat", "horse", "pig")
WHO_DID_WHAT = (
    "the {a}/who {deed}/did the {b}/whom .",
    "the {a}/whom was {deed}/did by the {b}/who .",
)


def name_or_place(name: str, options: Options) -> Raw:
    """Eight words that may be a name or a place, x (n, 7); y: name, place or other, for every word."""
    draw = Draws(options)
    first = draw.pick("first", len(NAMED))
    second = (first + 1 + draw.pick("second", len(NAMED) - 1)) % len(NAMED)
    slots = [{"a": NAMED[a], "b": NAMED[b]} for a, b in zip(first.tolist(), second.tolist())]
    return tagged(draw, NAME_OR_PLACE, slots, NAMED, ("other", "name", "place"))


def who_did_what(name: str, options: Options) -> Raw:
    """ "the DOG chased the CAT" and "the CAT was chased by the DOG", x (n, 8); y: who did what to whom."""
    draw = Draws(options)
    first = draw.pick("first", len(ANIMALS))
    second = (first + 1 + draw.pick("second", len(ANIMALS) - 1)) % len(ANIMALS)
    deeds = draw.words("deed", DEEDS)
    slots = [
        {"a": ANIMALS[a], "b": ANIMALS[b], "deed": deed}
        for a, b, deed in zip(first.tolist(), second.tolist(), deeds)
    ]
    return tagged(draw, WHO_DID_WHAT, slots, (*ANIMALS, *DEEDS), ("other", "who", "did", "whom"))


def tagged(
    draw: Draws,
    templates: Sequence[str],
    slots: Sequence[Mapping[str, str]],
    filling: Sequence[str],
    tags: tuple[str, ...],
) -> Raw:
    """Row i is template i mod their number with its slots filled; words without a tag have the first one."""
    rows = [templates[row % len(templates)].format_map(slots[row]).split() for row in range(draw.n)]
    plain = [word for text in templates for word in text.split() if "/" not in word]
    words = Words((PADDING, *dict.fromkeys([*plain, *filling])))
    pairs = [[(word.partition("/")[0], word.partition("/")[2] or tags[0]) for word in row] for row in rows]
    return Raw(
        pad([[words.ids[word] for word, _tag in row] for row in pairs]),
        pad([[tags.index(tag) for _word, tag in row] for row in pairs], fill=NO_TARGET),
        "tokens", target_names=("tags",), axes=("position",),
        vocabulary=words.vocabulary, target_vocabulary=tags, tokenizer=words,
    )  # fmt: skip
