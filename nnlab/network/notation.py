"""The network notation: ``dense 10 relu | dropout 0.5 | dense 10``, one layer between bars or newlines."""

from __future__ import annotations

import re
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import LAYERS, Layer
from nnlab.network.layers.argument import READERS, unknown_word

LONGEST = 200
"""Layers one network may have: far beyond anything a learner builds, small enough to stay quick."""


def parse_layers(text: str) -> tuple[Layer, ...]:
    """The layers written in ``text``.

    Raises NnlabError that names the layer and the word, says what was expected and suggests the nearest.
    """
    pieces = [piece.strip() for piece in re.split(r"[|\n]", text) if piece.strip()]
    if not pieces:
        raise NnlabError(_("the network is empty; write layers like: dense 8 relu | dense 2"))
    if len(pieces) > LONGEST:
        raise NnlabError(_("{n} layers are too many; at most {most}", n=len(pieces), most=LONGEST))
    return tuple(parse_layer(piece, position) for position, piece in enumerate(pieces, 1))


def format_layers(layers: tuple[Layer, ...]) -> str:
    return " | ".join(layer.text for layer in layers)


def parse_layer(text: str, position: int = 1) -> Layer:
    """One layer from its notation."""
    word, *rest = text.split()
    kind = LAYERS.get(word.lower())
    if kind is None:
        raise unknown_word(_("layer {n}", n=position), word, list(LAYERS))
    values: dict[str, Any] = {}
    positional = [a for a in kind.arguments if not a.keyword]
    for piece in rest:
        name, equals, value = piece.partition("=")
        if equals:
            argument = next((a for a in kind.arguments if a.name == name.lower()), None)
            if argument is None:
                names = [a.name for a in kind.arguments]
                raise unknown_word(_("layer {n} ({kind})", n=position, kind=kind.word), name, names)
        else:
            open_ = [a for a in positional if a.name not in values]
            if not open_:
                raise NnlabError(
                    _(
                        "layer {n}: “{piece}” is one word too many; write {syntax}",
                        n=position,
                        piece=piece,
                        syntax=kind.syntax,
                    )
                )
            # A switch is known by its name, wherever it stands: lstm 8 all, lstm 8 bi.
            switches = (a for a in open_ if a.kind == "switch" and a.name == piece.lower())
            argument, value = next(switches, open_[0]), piece
        if argument.name in values:
            raise NnlabError(
                _("layer {n}: {name} is given twice in “{text}”", n=position, name=argument.name, text=text)
            )
        where = _("layer {n} ({kind})", n=position, kind=kind.word)
        values[argument.name] = READERS[argument.kind](argument, value, where)
    for argument in kind.arguments:
        if argument.required and argument.name not in values:
            raise NnlabError(
                _(
                    "layer {n}: {kind} needs {name}; write {syntax}",
                    n=position,
                    kind=kind.word,
                    name=argument.name,
                    syntax=kind.syntax,
                )
            )
    return kind.make(**values)
