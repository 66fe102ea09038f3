"""Layers one behind the other, and the marks that let one read another further up: names, shapes, values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import Layer, Shape, shape_text

INPUT = "input"
"""The name of what the first layer works on."""
VERSUS = "versus"
"""The layer that parts a generator from its discriminator."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the shape ledger.  ``error`` is set on the first layer that does not fit."""

    name: str
    kind: str
    text: str
    input_shape: Shape | None
    output_shape: Shape | None
    parameters: int | None
    error: str = ""


def layer_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """``dense1``, ``dropout1``, ``dense2`` …: the kind and a count."""
    counts: dict[str, int] = {}
    names = []
    for layer in layers:
        word = layer.text.split()[0]
        counts[word] = counts.get(word, 0) + 1
        names.append(f"{word}{counts[word]}")
    return tuple(names)


def ledger(
    layers: Sequence[Layer], input_shape: Shape, inputs: Mapping[str, Shape] | None = None
) -> list[LedgerRow]:
    """Shapes and parameter counts, layer by layer; behind the first error shapes are unknown.

    ``inputs`` are the shapes of further inputs, by name.
    """
    rows: list[LedgerRow] = []
    shape: Shape | None = tuple(input_shape)
    known: dict[str, Shape] = {INPUT: tuple(input_shape), **(inputs or {})}
    before = _("the input")
    for name, layer in zip(layer_names(layers), layers):
        kind = layer.text.split()[0]
        if shape is None:
            rows.append(LedgerRow(name, kind, layer.text, None, None, None))
            continue
        try:
            others = [_read(known, wanted, layer) for wanted in layer.reads]
            output: Shape | None = layer.output_shape(shape, *others)
            count: int | None = layer.parameter_count(shape, *others)
            error = ""
            if layer.marks:
                _mark(known, layer.marks)
                known[layer.marks] = shape
        except NnlabError as problem:
            output, count = None, None
            error = _(
                "{name} does not fit behind {before} (shape {shape}): {problem}",
                name=name,
                before=before,
                shape=shape_text(shape),
                problem=problem,
            )
        rows.append(LedgerRow(name, kind, layer.text, shape, output, count, error))
        shape, before = output, name
    return rows


def _read(known: Mapping[str, Shape], wanted: str, layer: Layer) -> Shape:
    if wanted not in known:
        raise NnlabError(
            _(
                "nothing is called “{wanted}” here: mark a place before it with | as {wanted} |; "
                "known are {known}",
                wanted=wanted,
                known=", ".join(known),
            )
        )
    return known[wanted]


def _mark(known: Mapping[str, Shape], name: str) -> None:
    if name in known:
        raise NnlabError(_("the name “{name}” is taken; choose another", name=name))


def wire(graph: Graph, layers: Sequence[Layer], input_shape: Shape, inputs: Mapping[str, Shape]) -> Value:
    """Add ``layers`` and what they read to ``graph``; answers the output value."""
    known = _inputs(graph, layers, input_shape, inputs)
    return _chain(graph, list(zip(layer_names(layers), layers)), known[INPUT], known)


@dataclass(frozen=True, slots=True)
class Duel:
    """A generator and a discriminator in one graph: what was made, and the logits of real and made examples.

    ``players`` are the names of the parameters of each.
    """

    made: Value
    real: Value
    fake: Value
    players: Mapping[str, frozenset[str]]


def wire_duel(graph: Graph, layers: Sequence[Layer], input_shape: Shape, inputs: Mapping[str, Shape]) -> Duel:
    """Add both networks to ``graph``, the discriminator twice: on the input and on what was made."""
    known = _inputs(graph, layers, input_shape, inputs)
    named = list(zip(layer_names(layers), layers))
    middle = next(k for k, layer in enumerate(layers) if layer.kind == VERSUS)
    made = _chain(graph, named[:middle], known[INPUT], known)
    generator = frozenset(p.name for p in graph.parameters)
    real = _chain(graph, named[middle + 1 :], known[INPUT], dict(known))
    with graph.again("fake"):
        fake = _chain(graph, named[middle + 1 :], made, dict(known))
    discriminator = frozenset(p.name for p in graph.parameters) - generator
    return Duel(made, real, fake, {"discriminator": discriminator, "generator": generator})


def _inputs(
    graph: Graph, layers: Sequence[Layer], input_shape: Shape, inputs: Mapping[str, Shape]
) -> dict[str, Value]:
    whole = read_as_ids(layers)
    return {
        name: graph.value(name, (BATCH, *shape), Role.INPUT, discrete=name in whole)
        for name, shape in {INPUT: input_shape, **inputs}.items()
    }


def _chain(graph: Graph, named: Sequence[tuple[str, Layer]], x: Value, known: dict[str, Value]) -> Value:
    for name, layer in named:
        x = layer.build(graph, x, name, *(known[wanted] for wanted in layer.reads))
        if layer.marks:
            known[layer.marks] = x
    return x


def read_as_ids(layers: Sequence[Layer]) -> set[str]:
    """The inputs whose numbers are ids: those that a layer which takes ids works on."""
    return {name for name in ids_read(layers) if name}


def with_vocabularies(layers: Sequence[Layer], sizes: Mapping[str, int]) -> tuple[Layer, ...]:
    """``layers``, told how many ids there are in the inputs that ``sizes`` names."""
    return tuple(
        layer.with_vocabulary(sizes[name]) if sizes.get(name) else layer
        for layer, name in zip(layers, ids_read(layers))
    )


def vocabulary_sizes(layers: Sequence[Layer]) -> dict[str, int]:
    """How many ids each input may have: what the smallest embedding that reads it has a row for."""
    found: dict[str, int] = {}
    for layer, name in zip(layers, ids_read(layers)):
        if name and layer.vocabulary:
            found[name] = min(layer.vocabulary, found.get(name, layer.vocabulary))
    return found


def ids_read(layers: Sequence[Layer]) -> list[str]:
    """For every layer the input whose ids it takes, "" for the others."""
    found, at = [], INPUT
    for layer in layers:
        found.append(at if layer.takes_ids else "")
        if layer.kind == "from":
            at = layer.reads[0]
        elif layer.kind != "as":
            at = ""
    return found
