"""Help about one kind of layer: how it is written, what it computes, shapes, an example, its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.formula_words import in_words
from nnlab.session.look import Look, table, wrap

if TYPE_CHECKING:
    from nnlab.network import Network
    from nnlab.network.layers import LayerKind


def render_layer(kind: LayerKind, look: Look | None = None) -> list[str]:
    """The page of ``kind``; formula, shapes and parameters are those of the network that is its example."""
    from nnlab.network import Network
    from nnlab.network.layers import shape_text
    from nnlab.network.layers.reference import REFERENCES

    look, told = look or Look(), REFERENCES[kind.word]
    network = Network.parse(told.example, told.shape, inputs=told.inputs)
    row = next(row for row in network.ledger() if row.kind == kind.word)
    formulas = [told.formula] if told.formula else _formulas(network, row.name)
    lines = wrap(f"{kind.word}: {_(kind.help)}", look.width)
    lines += wrap(_("written as: {syntax}", syntax=kind.syntax), look.width)
    if kind.arguments:
        rows = [[a.name, _(a.help)] for a in kind.arguments]
        lines += ["", *table(look, [_("option"), _("meaning")], rows), ""]
    for formula in formulas:
        lines += wrap(_("formula: {formula}", formula=in_words(formula)), look.width)
    lines += wrap(
        _(
            "shapes: {before} → {behind}, {n:,} parameters",
            before=shape_text(row.input_shape or ()),
            behind=shape_text(row.output_shape or ()),
            n=row.parameters or 0,
        ),
        look.width,
    )
    lines += wrap(_("for example: {example}", example=f"net {told.example}"), look.width)
    if told.source:
        return lines + wrap(_("source: {source}", source=told.source), look.width)
    return [*lines, _("source: a word of nnlab's notation; it moves numbers and learns nothing")]


def _formulas(network: Network, layer: str) -> list[str]:
    """What the operations of a layer compute, each formula once."""
    from nnlab.engine.values import Graph

    graph = Graph()
    (network.build_duel if network.duel else network.build)(graph)
    return list(dict.fromkeys(op.formula for op in graph.operations if op.layer == layer))
