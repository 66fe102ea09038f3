"""The network as columns of numbers: what each layer reads, sums, answers and learns.

Read off the graph of operations, so that a new kind of layer needs nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from nnlab.engine.values import Role as ValueRole

if TYPE_CHECKING:
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
    source = graph.values["input"]
    columns = [Column("input", "", tuple(source.shape[1:]), "input")]
    for name, text in texts.items():
        operations = [o for o in graph.operations if o.layer == name]
        if not operations:
            continue
        first, last = operations[0], operations[-1]
        parameters = [v for o in operations for v in o.inputs if v.role is ValueRole.PARAMETER]
        drawn = [v.name for o in operations for v in o.outputs if v.role is ValueRole.RANDOM]
        columns.append(
            Column(
                name,
                text,
                tuple(last.outputs[0].shape[1:]),
                last.outputs[0].name,
                first.outputs[0].name,
                next((v.name for v in parameters if len(v.shape) == 2), ""),
                next((v.name for v in parameters if len(v.shape) == 1), ""),
                first.inputs[0].name,
                drawn[0] if drawn else "",
            )
        )
    return tuple(columns)
