"""Hard attention: every query takes one position (Xu et al. 2015, arXiv 1502.03044)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, extreme, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.attention import KEY_MAJOR, turned
from nnlab.engine.rng import Stream
from nnlab.engine.values import Role, Value
from nnlab.i18n import _


class HardChoice(Operation):
    """choice = 1 at one key of each query, else 0: drawn with the weights as probabilities while training,
    the most probable one in evaluation.

    A draw has no slope.  The gradient is the straight-through estimator: it passes as if the choice were the
    weights (Bengio et al. 2013, arXiv 1308.3432).  Stages: ``cumulative`` is the running sum of the weights,
    ``mark`` the draw times its end; the first key above the mark is taken.  In evaluation ``cumulative``
    counts the keys with the largest weight, and the mark is ½.
    """

    kind: ClassVar[str] = "hard"
    formula: ClassVar[str] = "choice = 1 at one key drawn with the weights, else 0"
    backward_formula: ClassVar[str] = "dweights = dchoice, straight through"
    _formulas: ClassVar[tuple[str, ...]] = (
        "choice = [cumulative > mark]·[cumulative before it ≤ mark]",
        "cumulative = Σ weights up to this key",
        "mark = draw·cumulative of the last key",
        "draw from (seed, name, step), uniform between 0 and 1",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        each = (*shape[:3], 1)
        return [
            ("choice", shape, Role.INTERMEDIATE),
            ("cumulative", shape, Role.INTERMEDIATE),
            ("mark", each, Role.INTERMEDIATE),
            ("draw", each, Role.RANDOM),
        ]

    def axes(self, output: int) -> tuple[int, ...]:
        return KEY_MAJOR

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def departs(self) -> str:
        return _(
            "{layer} passes the gradient straight through a draw, as if the draw were the weights, and a "
            "small change draws the same",
            layer=self.path,
        )

    def forward(self, at: Buffers) -> list[Call]:
        p, (choice, cumulative, mark, draw) = turned(at.ins[0]), map(turned, at.outs)
        above, steps = at.scratch(*p.shape, dtype=bool), at.scratch(*p.shape)
        if at.training:
            calls = self._drawn(at, p, cumulative, mark, draw)
        else:
            calls = self._largest(at, p, cumulative)
            mark[...] = 0.5
        views = steps[:, :, :-1], steps[:, :, 1:], choice[:, :, :1], steps[:, :, :1], choice[:, :, 1:]
        return [*calls, partial(at.kernels.first_above, cumulative, mark, above, steps, *views)]

    def _drawn(self, at: Buffers, p: Array, cumulative: Array, mark: Array, draw: Array) -> list[Call]:
        stream = Stream(at.seed, self.outputs[3].name)
        shift, scale = at.kernels.xp.asarray(8, np.uint32), at.scalar(2.0**-24)
        return [
            partial(at.kernels.draw_uniform, stream, at.clock, shift, scale, draw),
            partial(at.kernels.sampled_position, p, draw, cumulative, cumulative[:, :, -1:], mark),
        ]

    def _largest(self, at: Buffers, p: Array, cumulative: Array) -> list[Call]:
        m, largest = at.scratch(*p.shape[:2], 1, p.shape[3]), at.scratch(*p.shape, dtype=bool)
        return [partial(at.kernels.largest_position, p, m, largest, cumulative)]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.gouts[0], at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        *query, key = index
        p, cumulative, last = at.x(0), at.out(1), at.shape(0)[3] - 1
        if output == 1:
            terms: list[Expression] = [p(*query, j) for j in range(key + 1)]
            if at.training:
                return total(terms)
            most = extreme("max", [p(*query, j) for j in range(last + 1)])
            return total([call("[≥ 0]", term - most) for term in terms])
        if output == 2:
            return at.out(3)(*query, 0) * cumulative(*query, last) if at.training else const(0.5)
        mark = at.out(2)(*query, 0)
        reached = call("[> 0]", cumulative(*query, key) - mark)
        if key == 0:
            return reached
        return reached * (const(1.0) - call("[> 0]", cumulative(*query, key - 1) - mark))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index)
