"""What could stand next where layers are written: a word of the notation, an option, a value of one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.network.layers.argument import Argument
    from nnlab.session.session import Session

Offer = tuple[str, str]
"""A word and what it means."""
MOST = 50
"""Completions offered at once."""


def layers(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """A layer at its beginning; behind that the next bar, and the layer's options."""
    from nnlab.network.layers import ACTIVATIONS, LAYERS

    begins = (
        before[-1] == "|" or len(before) == 1 or (before[0] in ("insert", "replace") and len(before) == 2)
    )
    if begins:
        for name, kind in LAYERS.items():
            yield name, _(kind.help)
        return
    yield "|", _("the next layer")
    layer = next((w for w in reversed(before) if w in LAYERS), "")
    if not layer:
        return
    arguments = LAYERS[layer].arguments
    if any(a.kind == "activation" for a in arguments):
        for name in ACTIVATIONS:
            yield name, _("activation")
    written = before[len(before) - list(reversed(before)).index(layer) :]
    for argument in arguments:
        if not any(w == argument.name or w.startswith(f"{argument.name}=") for w in written):
            yield from _argument(session, before, word, argument)


def _argument(session: Session, before: Sequence[str], word: str, argument: Argument) -> Iterator[Offer]:
    """The option itself, or what may stand behind its ``=``."""
    if word.startswith(f"{argument.name}="):
        for value in _values(session, before, argument):
            yield f"{argument.name}={value}", _(argument.help)
    elif argument.keyword:
        yield f"{argument.name}=", _(argument.help)
    elif argument.kind == "switch":
        yield argument.name, _(argument.help)
    elif argument.kind in ("choice", "name"):
        for value in _values(session, before, argument):
            yield value, _(argument.help)


def _values(session: Session, before: Sequence[str], argument: Argument) -> Iterator[str]:
    if argument.kind in ("flag", "switch"):
        yield from ("yes", "no")
    elif argument.kind == "init":
        from nnlab.engine.initializers import INITIALIZERS

        yield from INITIALIZERS
    elif argument.kind == "name":
        yield from (w for mark, w in itertools.pairwise(before) if mark == "as")
        yield "input"
        yield from session.data.inputs if session.data is not None else ()
    else:
        yield from argument.choices
