"""What a case of an operation is made of.

A case is a small graph around one operation that ends in one number, and the same number in PyTorch.
Whatever the operation reads and can be differentiated by is a parameter, so that its gradient can be
compared.  The name of a case is the operation's kind, or ``kind:variant``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.engine import rng
from nnlab.engine.ops import MeanSquaredError
from nnlab.engine.program import Program
from nnlab.engine.values import Graph, Role, Value


@dataclass(frozen=True)
class Size:
    batch: int
    width: int


def nothing(program: Program, seed: int) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Case:
    """``build`` adds the graph and answers the name of the number it ends in.

    ``twin`` is that number in PyTorch, from tensors of our parameters (with gradients) and of every other
    leaf of our program (inputs, targets, draws, states; whole numbers as long), both by name.  ``fill`` gives
    the numbers of inputs by name; those of ``target`` are uniform unless given.  ``true_slope`` is False
    where the gradient is cut on purpose and so is not the slope of the number.
    """

    build: Callable[[Graph, Size], str]
    twin: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
    fill: Callable[[Program, int], dict[str, Any]] = nothing
    true_slope: bool = True

    def __call__(self, graph: Graph, size: Size) -> str:
        return self.build(graph, size)


def parameter(graph: Graph, name: str, *shape: int) -> Value:
    return graph.value(name, shape, Role.PARAMETER, name.split(".")[0])


def rows(graph: Graph, size: Size) -> Value:
    return parameter(graph, "x", size.batch, size.width)


def squared(graph: Graph, a: Value) -> str:
    """End in the mean squared error of ``a`` (rows, n); flatten first what has more axes."""
    graph.apply(MeanSquaredError("loss"), a, graph.value("target", a.shape, Role.TARGET))
    return "loss"


def uniform(program: Program, name: str, seed: int) -> Any:
    return rng.uniform(seed, name, 0, program.graph.values[name].concrete(program.batch), program.dtype)
