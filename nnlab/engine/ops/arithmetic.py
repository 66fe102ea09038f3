"""Arithmetic on whole values: sum, product, multiple, and a gradient that is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import ClassVar

from nnlab.engine.expression import Expression, const, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.activations import Elementwise
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _

Shape = tuple[int, ...]


def spread(shape: Shape, to: Shape) -> Shape:
    """``shape`` with ones put in behind the batch axis, until it has as many axes as ``to``."""
    return (shape[0], *[1] * (len(to) - len(shape)), *shape[1:])


class Pairwise(Operation):
    """Each number of x with one of y, in the shape of x.

    y may have length 1 where x has more, or lack axes behind the batch: then each of its numbers meets
    several of x, and its gradient is the sum over them.
    """

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, y = inputs
        wide = spread(y.shape, x.shape)
        if len(wide) != len(x.shape) or any(n not in (1, m) for n, m in zip(wide[1:], x.shape[1:])):
            raise NnlabError(
                _(
                    "{layer} joins shape {first} with shape {second}; the two must be the same",
                    layer=self.path,
                    first=shape_text(x.shape[1:]),
                    second=shape_text(y.shape[1:]),
                )
            )
        return [("a", x.shape, Role.INTERMEDIATE)]

    def place(self, at: View, index: Shape) -> Shape:
        """Where in y the number stands that meets x[index]."""
        wide = spread(at.shape(1), at.shape(0))
        met = [0 if n == 1 else i for i, n in zip(index, wide)]
        return (met[0], *met[1 + len(wide) - len(at.shape(1)) :])

    def places(self, at: View, index: Shape) -> list[Shape]:
        """All places of x that meet y[index]."""
        shape = at.shape(0)
        start, wide = spread(index, shape), spread(at.shape(1), shape)
        start = (start[0], *[0] * (len(shape) - len(index)), *index[1:])
        return list(product(*(range(m) if n == 1 else (i,) for i, n, m in zip(start, wide, shape))))


def widened(x: Array, y: Array) -> Array:
    """y with axes of length 1 where it lacks those of x."""
    return y.reshape(spread(y.shape, x.shape))


def gathered(at: Buffers, whole: Array, dy: Array) -> Call:
    """The call that adds up ``whole``, in the shape of x, into the numbers of dy that each part met."""
    out = widened(whole, dy)
    axes = tuple(axis for axis, (n, m) in enumerate(zip(out.shape, whole.shape)) if n != m)
    return partial(at.kernels.sum_axes, whole, axes, out) if axes else partial(at.kernels.copy, whole, out)


class Add(Pairwise):
    """a = x + y: the sum of a residual connection."""

    kind: ClassVar[str] = "add"
    formula: ClassVar[str] = "a = x + y"
    backward_formula: ClassVar[str] = "dx = da   dy = da"

    def forward(self, at: Buffers) -> list[Call]:
        x, y = at.ins
        return [partial(at.kernels.add, x, widened(x, y), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        (dx, dy), (da,) = at.gins, at.gouts
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.copy, da, dx))
        if dy is not None:
            calls.append(gathered(at, da, dy))
        return calls

    def explain(self, at: View, output: int, index: Shape) -> Expression:
        return total([at.x(0)(*index), at.x(1)(*self.place(at, index))])

    def explain_backward(self, at: View, use: int, index: Shape) -> Expression:
        if use == 0:
            return at.gout()(*index)
        return total([at.gout()(*place) for place in self.places(at, index)])


class Multiply(Pairwise):
    """a = x·y, element by element: a gate."""

    kind: ClassVar[str] = "mul"
    formula: ClassVar[str] = "a = x·y"
    backward_formula: ClassVar[str] = "dx = da·y   dy = da·x"

    def forward(self, at: Buffers) -> list[Call]:
        x, y = at.ins
        return [partial(at.kernels.multiply, x, widened(x, y), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        (x, y), (dx, dy), (da,) = at.ins, at.gins, at.gouts
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.multiply, da, widened(x, y), dx))
        if dy is not None and x.size == y.size:
            calls.append(partial(at.kernels.multiply, da, x, widened(x, dy)))
        elif dy is not None:
            whole = at.scratch(*x.shape)
            calls += [partial(at.kernels.multiply, da, x, whole), gathered(at, whole, dy)]
        return calls

    def explain(self, at: View, output: int, index: Shape) -> Expression:
        return at.x(0)(*index) * at.x(1)(*self.place(at, index))

    def explain_backward(self, at: View, use: int, index: Shape) -> Expression:
        if use == 0:
            return at.gout()(*index) * at.x(1)(*self.place(at, index))
        return total([at.gout()(*place) * at.x(0)(*place) for place in self.places(at, index)])


@dataclass(eq=False)
class Scale(Elementwise):
    """a = s·x with a number s that is not learned."""

    factor: float = 1.0

    kind: ClassVar[str] = "scale"
    formula: ClassVar[str] = "a = s·x"
    backward_formula: ClassVar[str] = "dx = s·da"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.multiply, at.ins[0], at.scalar(self.factor), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.multiply, at.gouts[0], at.scalar(self.factor), at.gins[0])]

    def explain(self, at: View, output: int, index: Shape) -> Expression:
        return const(self.factor, "s") * at.x(0)(*index)

    def explain_backward(self, at: View, use: int, index: Shape) -> Expression:
        return const(self.factor, "s") * at.gout()(*index)


class Detach(Elementwise):
    """a = x, and no gradient flows back: what stands before learns nothing through here."""

    kind: ClassVar[str] = "detach"
    formula: ClassVar[str] = "a = x"
    backward_formula: ClassVar[str] = "dx = 0"

    @property
    def differentiable(self) -> tuple[Value, ...]:
        return ()

    def departs(self) -> str:
        return _("{layer} lets no gradient back, and a change goes through it all the same", layer=self.path)

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.ins[0], at.outs[0])]

    def explain(self, at: View, output: int, index: Shape) -> Expression:
        return at.x(0)(*index)
