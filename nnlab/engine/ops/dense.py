"""The dense (fully connected) layer's product, and a bias alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


def rows(x: Array) -> Array:
    """x (…, n) as a matrix (rows, n) over the same memory."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


@dataclass(eq=False)
class Dense(Operation):
    """z (batch, out) = x (batch, in) · W (in, out) + b (out,); without b the bias is left out.

    Further axes between batch and in, such as time, are kept: every position has the same W.  The bias is
    added in the same buffer as the product, so the weighted sum alone is not stored; where it can be, it is
    one more row of W and costs no call of its own.  ``letter`` is what z is called, such as q in attention.
    """

    letter: str = "z"

    kind: ClassVar[str] = "dense"
    formula: ClassVar[str] = "z = x·W + b"
    backward_formula: ClassVar[str] = "dx = dz·Wᵀ   dW = xᵀ·dz   db = Σ dz"

    @property
    def folds_bias(self) -> bool:
        return len(self.inputs) == 3

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, W = inputs[0], inputs[1]
        if len(x.shape) < 2 or x.shape[-1] != W.shape[0]:
            raise NnlabError(
                _(
                    "{layer} multiplies rows of {inside} numbers, but {before} gives shape {shape}; "
                    "put a flatten before it or change the size",
                    layer=self.layer,
                    inside=W.shape[0],
                    before=x.name,
                    shape=x.shape[1:],
                )
            )
        return [(self.letter, (*x.shape[:-1], W.shape[1]), Role.INTERMEDIATE)]

    def formula_of(self, output: int) -> str:
        return self.letter + self.formula.removeprefix("z")

    def forward(self, at: Buffers) -> list[Call]:
        x, W, *b = at.ins
        z = rows(at.outs[0])
        if at.folded is not None:
            return [partial(at.kernels.matmul, at.folded.x, at.folded.W, z)]
        if not b:
            return [partial(at.kernels.matmul, rows(x), W, z)]
        return [partial(at.kernels.dense, rows(x), W, b[0], at.scratch(*z.shape), z)]

    def backward(self, at: Buffers) -> list[Call]:
        x, W, *b = at.ins
        dx, dW, *db = at.gins
        dz = rows(at.gouts[0])
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.matmul, dz, W.T, rows(dx)))
        if at.folded is not None and at.folded.dW is not None:
            return [*calls, partial(at.kernels.matmul, at.folded.x.T, dz, at.folded.dW)]
        if dW is not None:
            calls.append(partial(at.kernels.matmul, rows(x).T, dz, dW))
        if b and db[0] is not None:
            calls.append(partial(at.kernels.sum_rows, dz, at.ones(len(dz)), db[0]))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        *n, j = index
        x, W = at.x(0), at.x(1)
        terms: list[Expression] = [x(*n, i) * W(i, j) for i in range(self.inputs[1].shape[0])]
        if len(self.inputs) == 3:
            terms.append(at.x(2)(j))
        return total(terms)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        dz = at.gout()
        if use == 0:
            *n, i = index
            W = at.x(1)
            return total([dz(*n, j) * W(i, j) for j in range(self.inputs[1].shape[1])])
        positions = list(np.ndindex(at.shape(0)[:-1]))
        if use == 1:
            i, j = index
            x = at.x(0)
            return total([x(*n, i) * dz(*n, j) for n in positions])
        return total([dz(*n, index[0]) for n in positions])


class Bias(Operation):
    """a (batch, units) = x (batch, units) + b (units,)."""

    kind: ClassVar[str] = "bias"
    formula: ClassVar[str] = "a = x + b"
    backward_formula: ClassVar[str] = "dx = da   db = Σ da"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("a", inputs[0].shape, Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        x, b = at.ins
        return [partial(at.kernels.add, x, b, at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        dx, db = at.gins
        (da,) = at.gouts
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.copy, da, dx))
        if db is not None:
            calls.append(partial(at.kernels.sum_rows, da, at.ones(at.batch), db))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return total([at.x(0)(*index), at.x(1)(index[-1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        if use == 0:
            return at.gout()(*index)
        return total([at.gout()(n, index[0]) for n in range(at.batch)])


class Tied(Operation):
    """z (batch, …, n) = x (batch, …, C) · Eᵀ + b (n,) with the table E (n, C) of an embedding.

    Every number of z compares x with one row of E.  So a network that reads words and writes words needs one
    table for both (Press and Wolf 2016, arXiv 1608.05859).
    """

    kind: ClassVar[str] = "tied"
    formula: ClassVar[str] = "z = x·Eᵀ + b"
    backward_formula: ClassVar[str] = "dx = dz·E   dE = dzᵀ·x   db = Σ dz"
    strided: ClassVar[bool] = False

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, E = inputs[0], inputs[1]
        if x.shape[-1] != E.shape[-1]:
            raise NnlabError(
                _(
                    "{layer} compares rows of {width} numbers with {table}, whose rows have {inside}; "
                    "make them the same",
                    layer=self.path,
                    width=x.shape[-1],
                    table=E.name,
                    inside=E.shape[-1],
                )
            )
        return [("z", (*x.shape[:-1], E.shape[0]), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        x, E, *b = at.ins
        z = rows(at.outs[0])
        if not b:
            return [partial(at.kernels.matmul, rows(x), E.T, z)]
        return [partial(at.kernels.dense, rows(x), E.T, b[0], at.scratch(*z.shape), z)]

    def backward(self, at: Buffers) -> list[Call]:
        x, E, *_b = at.ins
        dx, dE, *db = at.gins
        dz = rows(at.gouts[0])
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.matmul, dz, E, rows(dx)))
        if dE is not None:
            calls.append(partial(at.kernels.matmul, dz.T, rows(x), dE))
        if db and db[0] is not None:
            calls.append(partial(at.kernels.sum_rows, dz, at.ones(len(dz)), db[0]))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        *n, j = index
        terms: list[Expression] = [at.x(0)(*n, i) * at.x(1)(j, i) for i in range(self.inputs[1].shape[1])]
        if len(self.inputs) == 3:
            terms.append(at.x(2)(j))
        return total(terms)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        dz = at.gout()
        if use == 0:
            *n, i = index
            return total([dz(*n, j) * at.x(1)(j, i) for j in range(self.inputs[1].shape[0])])
        positions = list(np.ndindex(at.shape(0)[:-1]))
        if use == 1:
            j, i = index
            return total([dz(*n, j) * at.x(0)(*n, i) for n in positions])
        return total([dz(*n, index[0]) for n in positions])
