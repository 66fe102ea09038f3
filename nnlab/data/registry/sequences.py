"""Sequences of signs by rule."""

from __future__ import annotations

from nnlab.data.registry.options import SEED, choice, length, made, rows, split
from nnlab.data.spec import DatasetSpec
from nnlab.i18n import N_

GROUP = N_("sequences")


def _digits(name: str, help_text: str) -> DatasetSpec:
    return made(
        name,
        "tokens",
        help_text,
        "generated.sequences:digits",
        rows(10_000),
        length(8, 1, 64, N_("digits of a row")),
        choice("decoder", N_("yes: with the input “previous” for a decoder, and id 0 to begin"), "no", "yes"),
        split("80/10/10"),
        SEED,
        shape=(8,),
        outputs=10,
        group=GROUP,
    )


SPECS = (
    _digits("reverse", N_("digits, to be written from the last to the first")),
    _digits("sort", N_("digits, to be written from the least to the largest")),
    _digits("copy", N_("digits, to be written as they are")),
    made(
        "brackets",
        "binary",
        N_("strings of () and []: is every bracket closed in turn?"),
        "generated.sequences:brackets",
        rows(4000, high=400_000),
        split("80/10/10"),
        SEED,
        shape=(20,),
        group=GROUP,
    ),
)
