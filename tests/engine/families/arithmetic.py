"""Arithmetic on whole values, and numbers put elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from case_kit import Case, Size, parameter, squared, uniform

from nnlab.engine.operation import Operation
from nnlab.engine.ops import (
    Add,
    Concat,
    Dense,
    Detach,
    Flatten,
    GraphProduct,
    Multiply,
    Reshape,
    Scale,
    Slice,
    Stack,
    Transpose,
)
from nnlab.engine.values import BATCH, Graph, Role, Value


def mean_square(a, others):
    from torch.nn import functional as F

    return F.mse_loss(a.flatten(1), others["target"])


def flat(graph: Graph, a: Value) -> str:
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def case(operation: Operation | Callable[[], Operation], twin: Callable[..., Any], *shapes: Any) -> Case:
    """Parameters x, y … of ``shapes`` behind the batch (a text names the width) → operation → squares."""

    def build(graph: Graph, size: Size) -> str:
        inputs = []
        for name, shape in zip("xyz", shapes):
            lengths = [size.width if n == "width" else n for n in shape]
            inputs.append(parameter(graph, name, size.batch, *lengths))
        return flat(graph, graph.apply(operation(), *inputs)[0])

    return Case(build, lambda p, others: mean_square(twin(*(p[name] for name in p)), others))


def detached(graph: Graph, size: Size) -> str:
    """x·W with nothing flowing back to x, which is an input and no parameter: its slope is not 0."""
    x = graph.value("x", (BATCH, size.width), Role.INPUT)
    W, V = parameter(graph, "layer1.W", size.width, 2), parameter(graph, "layer2.W", size.width, 2)
    (a,) = graph.apply(Detach("layer1"), x)
    return squared(graph, graph.apply(Add("sum"), *products(graph, a, W, x, V))[0])


def products(graph: Graph, a: Value, W: Value, b: Value, V: Value) -> tuple[Value, Value]:
    return graph.apply(Dense("first"), a, W)[0], graph.apply(Dense("second"), b, V)[0]


def detached_twin(p, others):
    x = others["x"]
    return mean_square(x.detach() @ p["layer1.W"] + x @ p["layer2.W"], others)


def graph_product(graph: Graph, size: Size) -> str:
    """One matrix for the batch: a parameter of nodes by nodes."""
    x = parameter(graph, "x", size.batch, size.width, 2)
    A = parameter(graph, "layer1.A", size.width, size.width)
    return flat(graph, graph.apply(GraphProduct("layer1"), x, A)[0])


def graph_twin(p, others):
    return mean_square(p["layer1.A"] @ p["x"], others)


def stacked(x, y):
    import torch

    return torch.stack([x, y], 1)


def joined(axis):
    def twin(*values):
        import torch

        return torch.cat(values, axis)

    return twin


CASES = {
    "add": case(lambda: Add("layer1"), lambda x, y: x + y, ["width"], ["width"]),
    "add:spread": case(
        lambda: Add("layer1"), lambda x, y: x + y[:, None], [3, "width"], ["width"]
    ),
    "mul": case(lambda: Multiply("layer1"), lambda x, y: x * y, ["width"], ["width"]),
    "mul:spread": case(
        lambda: Multiply("layer1"), lambda x, y: x * y, [2, 3, "width"], [2, 1, "width"]
    ),
    "scale": case(lambda: Scale("layer1", 1.7), lambda x: 1.7 * x, ["width"]),
    "detach": Case(
        detached, detached_twin, lambda program, seed: {"x": uniform(program, "x", seed)}
    ),
    "graph": Case(graph_product, graph_twin),
    "graph:each": case(
        lambda: GraphProduct("layer1"), lambda x, A: A @ x, ["width", 2], ["width", "width"]
    ),
    "reshape": case(
        lambda: Reshape("layer1", (2, 3)), lambda x: x.reshape(len(x), 2, 3), [3, 2]
    ),
    "slice": case(lambda: Slice("layer1", 1, 1, 3), lambda x: x[:, 1:3], [4, "width"]),
    "slice:one": case(
        lambda: Slice("layer1", 2, 1, 2, drop=True), lambda x: x[:, :, 1], ["width", 3]
    ),
    "concat": case(
        lambda: Concat("layer1"), joined(-1), [2, "width"], [2, 1], [2, 3]
    ),
    "concat:first": case(lambda: Concat("layer1", 1), joined(1), [2, "width"], [1, "width"]),
    "stack": case(lambda: Stack("layer1"), stacked, ["width"], ["width"]),
    "transpose": case(
        lambda: Transpose("layer1"), lambda x: x.transpose(1, 2), [2, "width"]
    ),
    "transpose:three": case(
        lambda: Transpose("layer1", (3, 1, 2)), lambda x: x.permute(0, 3, 1, 2), [2, 3, "width"]
    ),
}  # fmt: skip
