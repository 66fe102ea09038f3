"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.rng import Stream
from nnlab.engine.values import Role, Value


@dataclass(eq=False)
class Dropout(Operation):
    """a = x·mask; the mask is 0 with probability ``rate``, else 1/(1 − rate) (Srivastava et al. 2014).

    The mask is drawn anew for every step from (seed, name, step), the same in every precision: a number is
    kept where its 32 random bits are at least rate·2³².  In evaluation a = x.
    """

    rate: float = 0.5

    kind: ClassVar[str] = "dropout"
    formula: ClassVar[str] = "a = x·mask"
    backward_formula: ClassVar[str] = "dx = da·mask"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("a", inputs[0].shape, Role.INTERMEDIATE), ("mask", inputs[0].shape, Role.RANDOM)]

    def formula_of(self, output: int) -> str:
        return (
            self.formula if output == 0 else "mask = [u ≥ rate]/(1 − rate),  u drawn from (seed, name, step)"
        )

    def forward(self, at: Buffers) -> list[Call]:
        x, (a, mask) = at.ins[0], at.outs
        if not at.training:
            mask[...] = 1
            return [partial(at.kernels.copy, x, a)]
        stream = Stream(at.seed, self.outputs[1].name)
        threshold = at.kernels.xp.asarray(min(round(self.rate * 2**32), 2**32 - 1), np.uint32)
        scale, keep = at.scalar(1 / (1 - self.rate)), at.mask(1)
        return [
            partial(at.kernels.dropout_mask, stream, at.clock, threshold, scale, keep, mask),
            partial(at.kernels.multiply, x, mask, a),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        if at.gins[0] is None:
            return []
        return [partial(at.kernels.multiply, at.gouts[0], at.outs[1], at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if not at.training:
            return at.x(0)(*index)
        return at.x(0)(*index) * at.out(1)(*index)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index) * at.out(1)(*index)
