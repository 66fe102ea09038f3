"""Positions added to what stands there, fixed waves or learned (Vaswani et al. 2017, arXiv 1706.03762)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _

SLOWEST = 10_000.0


class Waves(Operation):
    """a (batch, T, C) = x + p, where p (T, C) holds waves of many lengths: sin and cos by turns."""

    kind: ClassVar[str] = "positions"
    formula: ClassVar[str] = "a = x + p"
    backward_formula: ClassVar[str] = "dx = da"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        check_sequence(self.path, shape)
        return [("a", shape, Role.INTERMEDIATE), ("p", shape[1:], Role.INTERMEDIATE)]

    def formula_of(self, output: int) -> str:
        if output == 0:
            return self.formula
        return "p[t,2i] = sin(t / 10000^(2i/C)),  p[t,2i+1] = cos(t / 10000^(2i/C))"

    def forward(self, at: Buffers) -> list[Call]:
        a, p = at.outs
        p[...] = at.kernels.xp.asarray(waves(*p.shape).astype(at.dtype))
        return [partial(at.kernels.add, at.ins[0], p, a)]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.gouts[0], at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 0:
            return total([at.x(0)(*index), at.out(1)(*index[1:])])
        t, c = index
        width = at.shape(0)[2]
        power = f"{c - c % 2}/{width}"
        length = const(SLOWEST ** ((c - c % 2) / width), f"10000^({power})")
        return call("cos" if c % 2 else "sin", const(t) / length)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index)


def waves(length: int, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(length, width) in float64."""
    c = np.arange(width)
    angles = np.arange(length)[:, None] / SLOWEST ** ((c - c % 2) / width)
    return np.where(c % 2, np.cos(angles), np.sin(angles))


def check_sequence(layer: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 3:
        raise NnlabError(
            _(
                "{layer} needs a sequence of rows, such as 16×32, but shape {shape} arrives",
                layer=layer,
                shape=shape_text(shape[1:]),
            )
        )


class LearnedPositions(Operation):
    """a (batch, T, C) = x + P of the first T places; P (N, C) is learned and knows N places."""

    kind: ClassVar[str] = "learned_positions"
    formula: ClassVar[str] = "a = x + P"
    backward_formula: ClassVar[str] = "dx = da   dP = Σ da over the batch"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape, known = inputs[0].shape, inputs[1].shape[0]
        check_sequence(self.path, shape)
        if shape[1] > known:
            raise NnlabError(
                _(
                    "{layer} knows {known} places, but the sequence is {length} long; "
                    "give it longest={length} or a shorter sequence",
                    layer=self.path,
                    known=known,
                    length=shape[1],
                )
            )
        return [("a", shape, Role.INTERMEDIATE)]

    def used(self, P: Array) -> Array:
        """The rows of P that a sequence of this length reads."""
        return P[: self.inputs[0].shape[1]]

    def forward(self, at: Buffers) -> list[Call]:
        x, P = at.ins
        return [partial(at.kernels.add, x, self.used(P), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        dx, dP = at.gins
        da: Array = at.gouts[0]
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.copy, da, dx))
        if dP is not None:
            ones, rows = at.ones(at.batch), da.reshape(at.batch, -1)
            calls.append(partial(at.kernels.sum_rows, rows, ones, self.used(dP).reshape(-1)))
            rest = dP[self.inputs[0].shape[1] :]
            if rest.size:
                calls.append(partial(at.kernels.fill, at.scalar(0.0), rest))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return total([at.x(0)(*index), at.x(1)(*index[1:])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        if use == 0:
            return at.gout()(*index)
        if index[0] >= at.shape(0)[1]:
            return const(0.0)
        return total([at.gout()(n, *index) for n in range(at.batch)])
