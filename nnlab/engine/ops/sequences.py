"""From a sequence to one row, and back: the mean over time, and a row repeated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, call, const, extreme, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _


class MeanTime(Operation):
    """a (batch, C) = the mean of x (batch, time, C) over time; with ids (batch, time), where they are not 0.

    ``count`` (batch, 1), how many moments count, is then an output; where none does it is 1 and a is 0.
    """

    kind: ClassVar[str] = "meantime"
    formula: ClassVar[str] = "a = Σₜ xₜ / count"
    backward_formula: ClassVar[str] = "dx = da / count, 0 at padding"

    @property
    def masked(self) -> bool:
        return len(self.inputs) == 2

    @property
    def differentiable(self) -> tuple[Value, ...]:
        return tuple(value for value in super().differentiable if value is self.inputs[0])

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, *mask = inputs
        if len(x.shape) != 3 or any(ids.shape[1:] != x.shape[1:2] for ids in mask):
            raise NnlabError(
                _(
                    "{layer} takes a sequence (time, numbers), and as a mask one id for every moment; "
                    "it is given {shapes}",
                    layer=self.layer,
                    shapes=", ".join(shape_text(value.shape[1:]) for value in inputs),
                )
            )
        outputs = [("a", (x.shape[0], x.shape[2]), Role.INTERMEDIATE)]
        return [*outputs, *[("count", (x.shape[0], 1), Role.INTERMEDIATE)] * len(mask)]

    def formula_of(self, output: int) -> str:
        return "count = max(Σₜ [id ≠ 0], 1)" if output else self.formula

    def forward(self, at: Buffers) -> list[Call]:
        x, k = at.ins[0], at.kernels
        time = x.shape[1]
        share = at.kept("share", at.batch, time)
        calls: list[Call] = []
        if self.masked:
            ids, count = at.ins[1], at.outs[1]
            real, is_real = at.scratch(*ids.shape), at.scratch(*ids.shape, dtype=bool)
            zero, one = k.xp.zeros((), ids.dtype), at.ones(at.batch, 1)
            calls.append(
                partial(k.time_shares, ids, zero, is_real, real, at.ones(time, 1), one, count, share)
            )
        else:
            share[...] = 1 / time
        rows = at.outs[0].reshape(at.batch, 1, -1)
        return [*calls, partial(k.products, share.reshape(at.batch, 1, time), x, rows)]

    def backward(self, at: Buffers) -> list[Call]:
        (dx, *_none), da = at.gins, at.gouts[0]
        assert dx is not None
        assert da is not None
        share = at.kept("share", *dx.shape[:2])
        weights = share.reshape(*share.shape, 1)
        return [partial(at.kernels.multiply, weights, da.reshape(len(da), 1, -1), dx)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, j = index
        time = at.shape(0)[1]
        if output == 1:
            counted = [call("[≠ 0]", at.x(1)(n, t)) for t in range(time)]
            return extreme("max", [total(counted), const(1.0)])
        terms: list[Expression] = [at.x(0)(n, t, j) for t in range(time) if self._counts(at, n, t)]
        return total(terms or [const(0.0)]) / self._count(at, n)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, t, j = index
        return at.gout()(n, j) / self._count(at, n) if self._counts(at, n, t) else const(0.0)

    def _counts(self, at: View, n: int, t: int) -> bool:
        return not self.masked or at.x(1)(n, t).value != 0

    def _count(self, at: View, n: int) -> Expression:
        return at.out(1)(n, 0) if self.masked else const(at.shape(0)[1], "T")


@dataclass(eq=False)
class Repeat(Operation):
    """a (batch, times, C) = x (batch, C), the same at every moment."""

    times: int = 1

    kind: ClassVar[str] = "repeat"
    formula: ClassVar[str] = "aₜ = x"
    backward_formula: ClassVar[str] = "dx = Σₜ daₜ"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        if len(shape) != 2:
            raise NnlabError(
                _(
                    "{layer} repeats a row of numbers, but {before} gives shape {shape}",
                    layer=self.layer,
                    before=inputs[0].name,
                    shape=shape_text(shape[1:]),
                )
            )
        return [("a", (shape[0], self.times, shape[1]), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        x = at.ins[0]
        return [partial(at.kernels.copy, x.reshape(len(x), 1, -1), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        dx = at.gins[0]
        assert dx is not None
        return [partial(at.kernels.sum_axes, at.gouts[0], (1,), dx.reshape(len(dx), 1, -1))]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, _t, j = index
        return at.x(0)(n, j)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, j = index
        return total([at.gout()(n, t, j) for t in range(self.times)])
