"""Words that several families of actions read in the same way."""

from __future__ import annotations

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.words import Words

GRAINS = ("operation", "layer", "batch", "epoch")


def grain(words: Words) -> str:
    """One of the four grains; a step is a batch."""
    plural = words.peek().lower().removesuffix("s")
    if plural in ("operation", "layer", "epoch"):
        words.take("")
        return plural
    if words.peek().lower() in ("batches", "step", "steps"):
        words.take("")
        return "batch"
    return words.choice(GRAINS, _("a grain of stepping"))


def normal_text(words: Words, kind: str) -> str:
    """The rest of the line, a text of ``kind`` (a key of ``EXPECTED``), in its normal form."""
    from nnlab.session.vocabulary import EXPECTED, normal

    start = words.index
    text = words.rest()
    if not text:
        raise words.missing(_(EXPECTED[kind]))
    try:
        return normal(kind, text)
    except NnlabError as error:
        words.index = start
        raise words.fail(str(error)) from None
