"""The network as columns of numbers: what each layer reads, sums, answers and learns.

Read off the graph of operations, so that a new kind of layer needs nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from nnlab.engine.values import Role as ValueRole

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.engine.values import Graph


@dataclass(frozen=True, slots=True)
class Column:
    """One layer.  ``pre`` and ``post`` name its first and last value (the same where it has one),
    ``weights`` (in, units) and ``bias`` (units,) its parameters, ``source`` the value it reads."""

    name: str
    text: str
    shape: tuple[int, ...]
    post: str
    pre: str = ""
    weights: str = ""
    bias: str = ""
    source: str = ""
    mask: str = ""

    @property
    def units(self) -> int:
        return prod(self.shape)

    @property
    def has_pre(self) -> bool:
        """Whether the layer first sums and then bends the sum."""
        return bool(self.pre) and self.pre != self.post

    @property
    def values(self) -> tuple[str, ...]:
        return (self.pre, self.post) if self.has_pre else (self.post,)

    def index(self, unit: int) -> tuple[int, ...]:
        """The index of ``unit`` among the numbers of one example."""
        index = []
        for size in reversed(self.shape):
            index.append(unit % size)
            unit //= size
        return tuple(reversed(index))


def columns_of(graph: Graph, texts: Mapping[str, str]) -> tuple[Column, ...]:
    """The input and every layer named in ``texts`` (name to notation), in order."""
    columns = [Column("input", "", tuple(graph.values["input"].shape[1:]), "input")]
    for name, text in texts.items():
        operations = [o for o in graph.operations if o.layer == name]
        if operations:
            columns.append(column_of(name, text, operations))
    return tuple(columns)


def column_of(name: str, text: str, operations: Sequence[Operation]) -> Column:
    """One layer.  Weights are its own where they lead from all it reads to all it answers: those of a
    convolution or a gate are reached by their addresses.  So are the numbers inside a layer of many
    operations; ``pre`` is what an activation bends.
    """
    first, last = operations[0], operations[-1]
    answer, summed = last.outputs[0], first.outputs[0]
    parameters = [v for o in operations for v in o.inputs if v.role is ValueRole.PARAMETER]
    drawn = [v.name for o in operations for v in o.outputs if v.role is ValueRole.RANDOM]
    shape = tuple(answer.shape[1:])
    source = first.inputs[0] if first.inputs else None
    whole = (source.size, prod(shape)) if source is not None else ()
    weights = next((v.name for v in parameters if v.shape == whole), "")
    plain = bool(weights) or all(len(v.shape) < 2 for v in parameters)
    return Column(
        name,
        text,
        shape,
        answer.name,
        summed.name if summed.shape == answer.shape and summed in last.inputs else answer.name,
        weights,
        next((v.name for v in parameters if plain and v.shape == shape), ""),
        source.name if source is not None else "",
        next((n for n in drawn if n.endswith(".mask")), ""),
    )
