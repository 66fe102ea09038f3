"""Losses with a margin: being right is not enough, it has to be right by a distance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.operation import Buffers, Call, Inferred, View
from nnlab.engine.ops.losses import Loss, arriving, times_arriving
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


class Hinge(Loss):
    """Every score for itself, with y = 2t − 1 = ±1: each = mean over the outputs of max(0, 1 − y·z).

    One output and targets 0 and 1 make a linear support vector machine; more outputs and one-hot targets,
    one such machine for each class against the rest.  ``loss.m`` is the margin y·z.
    """

    kind: ClassVar[str] = "hinge"
    formula: ClassVar[str] = "L = mean max(0, 1 − y·z),  y = 2t − 1"
    backward_formula: ClassVar[str] = "dz = −y·[m < 1]/(B·K)"
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = Σₖ max(0, 1 − mₖ) / K",
        "m = (2t − 1)·z",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [*super().infer(inputs), ("m", inputs[0].shape, Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        (z, t), (_loss, each, m) = at.ins, at.outs
        width, one = z.shape[1], at.scalar(1.0)
        share, zeros, u = at.ones(width, 1, value=1 / width), at.scratch(*z.shape), at.scratch(*z.shape)
        return [
            partial(at.kernels.margins, z, t, at.scalar(2.0), one, m),
            partial(at.kernels.hinge, m, one, zeros, share, u, each),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        m, t = at.outs[2], at.ins[1]
        calls, scale = times_arriving(at, 1 / (at.batch * m.shape[1]))
        two, one, u = at.scalar(2.0), at.scalar(1.0), at.scratch(*m.shape)
        step = partial(at.kernels.hinge_backward, m, t, two, one, scale, at.mask(2), u, at.gins[0])
        return [*calls, step]

    def _sign(self, at: View, index: tuple[int, ...]) -> Expression:
        return const(2.0) * at.x(1)(*index) - const(1.0)

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 2:
            return self._sign(at, index) * at.x(0)(*index)
        n, width = index[0], self.inputs[0].shape[1]
        short = [extreme("max", [const(0.0), const(1.0) - at.out(2)(n, k)]) for k in range(width)]
        return total(short) / const(width, "K")

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        count = const(at.batch, "B") * const(self.inputs[0].shape[1], "K")
        short = call("[> 0]", const(1.0) - at.out(2)(*index))
        return arriving(at, -(self._sign(at, index) * short) / count)


class MultiHinge(Loss):
    """The right class shall score 1 more than every other: each = mean over the classes of what is missing.

    From scores and one-hot targets (Weston and Watkins 1999; torch's MultiMarginLoss).  ``loss.y`` is the
    score of the right class, ``loss.m`` what is missing against each other class.
    """

    kind: ClassVar[str] = "multi_hinge"
    formula: ClassVar[str] = "L = mean max(0, 1 + zₖ − y) over the wrong classes,  y = z(target)"
    backward_formula: ClassVar[str] = "dzₖ = ([mₖ > 0] − tₖ·Σⱼ [mⱼ > 0])/(B·K)"
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = Σₖ mₖ / K",
        "y = Σₖ tₖ·zₖ",
        "mₖ = (1 − tₖ)·max(0, 1 + zₖ − y)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        stages = [("y", (BATCH, 1), Role.INTERMEDIATE), ("m", inputs[0].shape, Role.INTERMEDIATE)]
        return [*super().infer(inputs), *stages]

    def forward(self, at: Buffers) -> list[Call]:
        (z, t), (_loss, each, y, m) = at.ins, at.outs
        width = z.shape[1]
        ones, share = at.ones(width, 1), at.ones(width, 1, value=1 / width)
        zeros, u = at.scratch(*z.shape), at.scratch(*z.shape)
        one = at.scalar(1.0)
        return [
            partial(at.kernels.multi_hinge, z, t, one, zeros, ones, share, u, y, m, each),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        m, t = at.outs[3], at.ins[1]
        calls, scale = times_arriving(at, 1 / (at.batch * m.shape[1]))
        ones, c, u = at.ones(m.shape[1], 1), at.scratch(at.batch, 1), at.scratch(*m.shape)
        zero, mask = at.scalar(0.0), at.mask(3)
        step = partial(at.kernels.multi_hinge_backward, m, t, zero, ones, scale, mask, c, u, at.gins[0])
        return [*calls, step]

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, k = index
        z, t, m, classes = at.x(0), at.x(1), at.out(3), range(self.inputs[0].shape[1])
        if output == 1:
            return total([m(n, j) for j in classes]) / const(len(classes), "K")
        if output == 2:
            return total([t(n, j) * z(n, j) for j in classes])
        missing = extreme("max", [const(0.0), const(1.0) + z(n, k) - at.out(2)(n, 0)])
        return (const(1.0) - t(n, k)) * missing

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, k = index
        classes = range(self.inputs[0].shape[1])
        on = [call("[> 0]", at.out(3)(n, j)) for j in classes]
        count = const(at.batch, "B") * const(len(classes), "K")
        return arriving(at, (on[k] - at.x(1)(n, k) * total(on)) / count)


@dataclass(eq=False)
class Triplet(Loss):
    """Rows of like things shall lie nearer than rows of unlike ones, by ``margin`` (Schroff et al. 2015).

    Inputs: anchor, positive (like it) and negative (unlike it), each (batch, k).  ``near`` and ``far`` are
    the squared distances (batch, 1) from the anchor.
    """

    margin: float = 1.0

    kind: ClassVar[str] = "triplet"
    formula: ClassVar[str] = "L = mean max(0, |a − p|² − |a − n|² + margin)"
    backward_formula: ClassVar[str] = (
        "da = 2·[each > 0]·(n − p)/B   dp = 2·[each > 0]·(p − a)/B   dn = 2·[each > 0]·(a − n)/B"
    )
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = max(0, near − far + margin)",
        "near = Σₖ (aₖ − pₖ)²",
        "far = Σₖ (aₖ − nₖ)²",
    )
    _slopes: ClassVar[tuple[tuple[int, int], ...]] = ((2, 1), (1, 0), (0, 2))
    """For each input the two whose difference its gradient is."""

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        anchor, *others = (value.shape for value in inputs)
        if len(anchor) != 2 or any(shape != anchor for shape in others):
            raise NnlabError(
                _(
                    "a triplet loss compares three rows of equally many numbers, not shapes {shapes}",
                    shapes=", ".join(str(value.shape[1:]) for value in inputs),
                )
            )
        names = ("near", "far")
        return [*self.losses(), *((name, (BATCH, 1), Role.INTERMEDIATE) for name in names)]

    def forward(self, at: Buffers) -> list[Call]:
        (a, p, n), (_loss, each, near, far) = at.ins, at.outs
        ones, u, zeros = at.ones(a.shape[1], 1), at.scratch(*a.shape), at.scratch(at.batch, 1)
        return [
            partial(at.kernels.squared_distance, a, p, ones, u, near),
            partial(at.kernels.squared_distance, a, n, ones, u, far),
            partial(at.kernels.triplet, near, far, at.scalar(self.margin), zeros, each),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        each, rows = at.outs[1], at.scratch(*at.ins[0].shape)
        calls, scale = times_arriving(at, 2 / at.batch)
        on, zero = at.scratch(at.batch, 1), at.scalar(0.0)
        calls = [*calls, partial(at.kernels.active_rows, each, zero, scale, at.mask(1), on, rows)]
        for (plus, minus), gradient in zip(self._slopes, at.gins):
            if gradient is not None:
                x, y = at.ins[plus], at.ins[minus]
                calls.append(partial(at.kernels.difference_times, x, y, rows, gradient))
        return calls

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n = index[0]
        if output == 1:
            apart = at.out(2)(n, 0) - at.out(3)(n, 0) + const(self.margin, "margin")
            return extreme("max", [const(0.0), apart])
        a, other = at.x(0), at.x(output - 1)
        return total([power(a(n, k) - other(n, k), 2) for k in range(self.inputs[0].shape[1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        plus, minus = self._slopes[use]
        on = const(2.0) * call("[> 0]", at.out(1)(index[0], 0))
        return arriving(at, on * (at.x(plus)(*index) - at.x(minus)(*index)) / const(at.batch, "B"))
