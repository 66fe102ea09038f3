"""A bias folded into a product: one more row of the weights, and a column of ones in what they multiply.

[x 1]·[W; b] is one call where x·W + b are three, and the gradients of W and b are one product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

from nnlab.engine.operation import Folded, Operation
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role

Array = Any


def with_ones(graph: Graph, store: ParameterStore) -> set[str]:
    """Names of the values behind which a column of ones pays, because a layer folds its bias.

    An input is gathered into rows that have the one already, if nobody else reads it.  Another value has to
    be copied, which costs less than the bias where the layer is not much narrower than the value.
    """
    readers: dict[str, list[Operation]] = {}
    for operation in graph.operations:
        for value in operation.inputs:
            readers.setdefault(value.name, []).append(operation)
    names = set()
    for name, operations in readers.items():
        folding = [operation for operation in operations if foldable(operation, name, store)]
        width = sum(operation.outputs[0].shape[-1] for operation in folding)
        if graph.values[name].role is Role.INPUT:
            pays = bool(folding) and len(folding) == len(operations)
        else:
            pays = name in graph.producers and bool(folding)
            pays = pays and graph.values[name].shape[-1] <= 2 * width
        if pays:
            names.add(name)
    return names


def foldable(operation: Operation, x: str, store: ParameterStore) -> bool:
    """Whether ``operation`` reads x alone, and its bias lies behind its weights."""
    if not operation.folds_bias or operation.makes_ones or operation.inputs[0].name != x:
        return False
    W, b = operation.inputs[1].name, operation.inputs[2].name
    return store.block(W, b, store.theta) is not None


def folded(
    operation: Operation, x: Array | None, store: ParameterStore, uses: Mapping[str, Sized]
) -> Folded | None:
    """x with its ones, W with b below it, and their gradient, where each pair lies together."""
    if not operation.folds_bias or (x is None and not operation.makes_ones):
        return None
    W, b = operation.inputs[1].name, operation.inputs[2].name
    block = store.block(W, b, store.theta)
    if block is None:
        return None
    alone = all(len(uses.get(name, ())) == 1 for name in (W, b))
    gradient = store.block(W, b, store.grad) if alone else None
    return Folded(None if x is None else x.reshape(-1, x.shape[-1]), block, gradient)
