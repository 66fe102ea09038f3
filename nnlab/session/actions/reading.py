"""Words that several families of actions read in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.words import Words, number_text, options_text

if TYPE_CHECKING:
    from nnlab.session.action import Action

Readers: TypeAlias = Mapping[str, Callable[[Words], Any]]
"""What reads the value of each option, by its name; the names are those of the action's fields."""

_NAME = re.compile(r"[^\W\d][\w-]*")
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


def run_name(words: Words) -> str:
    """A name for a new run."""
    name = words.take(_("the name of a run"))
    if not _NAME.fullmatch(name) or name == "off":
        raise words.fail(_("“{name}” is no name for a run: use letters, digits, - and _", name=name), back=1)
    return name


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


def options(words: Words, readers: Readers) -> dict[str, Any]:
    """All remaining words, which are options ``name=value``, each read by its own reader."""
    return {name: readers[name](Words(value)) for name, value in words.options(tuple(readers))}


def changed_options(action: Action, plain: Action, readers: Readers) -> str:
    """The options in which ``action`` differs from ``plain``, as they are written."""
    changed = [
        (name, _option_text(value))
        for name in readers
        if (value := getattr(action, name)) != getattr(plain, name)
    ]
    return options_text(changed)


def _option_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return number_text(value) if isinstance(value, float) else str(value)
