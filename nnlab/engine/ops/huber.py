"""Huber's loss: squared for small errors, straight for large ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, const, extreme, total
from nnlab.engine.operation import Buffers, Call, Inferred, View
from nnlab.engine.ops.losses import Loss, arriving, times_arriving
from nnlab.engine.values import Role, Value


@dataclass(eq=False)
class Huber(Loss):
    """each = mean over the outputs of e²/2 where |e| ≤ δ, and of δ·(|e| − δ/2) beyond (Huber 1964).

    Both are c·(e − c/2), where ``loss.e`` is the error a − t and ``loss.c`` the error cut off at ±δ, which is
    also the gradient: no single example can pull harder than δ.
    """

    delta: float = 1.0

    any_shape: ClassVar[bool] = True
    kind: ClassVar[str] = "huber"
    formula: ClassVar[str] = "L = mean c·(e − c/2),  e = a − t,  c = e cut off at ±δ"
    backward_formula: ClassVar[str] = "da = c/(B·K)"
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = Σₖ cₖ·(eₖ − cₖ/2) / K",
        "e = a − t",
        "c = max(−δ, min(e, δ))",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        stages = [(name, inputs[0].shape, Role.INTERMEDIATE) for name in ("e", "c")]
        return [*super().infer(inputs), *stages]

    def forward(self, at: Buffers) -> list[Call]:
        a, t, e, c = (x.reshape(at.batch, -1) for x in (*at.ins, *at.outs[2:]))
        each, width = at.outs[1], a.shape[1]
        low, high = (at.ones(*a.shape, value=v) for v in (-self.delta, self.delta))
        share, u = at.ones(width, 1, value=1 / width), at.scratch(*a.shape)
        half = at.scalar(0.5)
        return [partial(at.kernels.huber, a, t, low, high, half, share, u, e, c, each), self.mean(at)]

    def backward(self, at: Buffers) -> list[Call]:
        c = at.outs[3]
        calls, scale = times_arriving(at, 1 / c.size)
        return [*calls, partial(at.kernels.multiply, c, scale, at.gins[0])]

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, places = index[0], list(np.ndindex(at.shape(0)[1:]))
        e, c, delta = at.out(2), at.out(3), const(self.delta, "δ")
        if output == 2:
            return at.x(0)(*index) - at.x(1)(*index)
        if output == 3:
            return extreme("max", [-delta, extreme("min", [e(*index), delta])])
        costs = [c(n, *k) * (e(n, *k) - c(n, *k) / const(2.0)) for k in places]
        return total(costs) / const(len(places), "K")

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        count = const(at.batch, "B") * const(prod(at.shape(0)[1:]), "K")
        return arriving(at, at.out(3)(*index) / count)
