"""Losses: one number per example (``loss.each``), their mean over the batch (``loss``).

A loss is the root of the backward pass, dL/dL = 1, or one summand of a total that counts it with a weight.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.kernels import EXP_FLOOR
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.activations import floored, logistic, row_maximum, shifted_exp
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


def times_arriving(at: Buffers, share: float) -> tuple[list[Call], Array]:
    """``share``·dL/d(first output) as a 0-d array, and the calls that make it: none at the root."""
    number = at.scalar(share)
    if at.root:
        return [], number
    scale = at.scratch()
    return [partial(at.kernels.multiply, at.gouts[0], number, scale)], scale


def arriving(at: View, slope: Expression) -> Expression:
    """``slope``·dL/d(first output), which is not written where it is 1."""
    weight = at.gout()()
    return slope if weight.value == 1.0 else weight * slope


class Loss(Operation):
    """Shared by all losses: inputs (prediction, target), outputs ``loss`` first, ``loss.each`` second."""

    phase: ClassVar[str] = "loss"
    formulas: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[tuple[str, ...]] = ()
    any_shape: ClassVar[bool] = False
    """Whether an example may have more axes than one: all its numbers count alike."""

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        prediction, target = inputs
        if prediction.shape != target.shape or (len(prediction.shape) != 2 and not self.any_shape):
            raise NnlabError(
                _(
                    "the loss compares shape {out} of the network with shape {target} of the targets; "
                    "make the last layer give {wanted} numbers",
                    out=prediction.shape[1:],
                    target=target.shape[1:],
                    wanted=target.shape[-1],
                )
            )
        outputs = self.losses()
        for name in self.extra:
            shape = prediction.shape if name == "p" else (BATCH, 1)
            outputs.append((name, shape, Role.INTERMEDIATE))
        return outputs

    @staticmethod
    def losses() -> list[tuple[str, tuple[int, ...], Role]]:
        """The outputs that all losses have."""
        return [("", (), Role.LOSS), ("each", (BATCH, 1), Role.LOSS)]

    def formula_of(self, output: int) -> str:
        return self.formulas[output]

    def mean(self, at: Buffers) -> Call:
        loss, each = at.outs[0], at.outs[1]
        return partial(at.kernels.weighted_sum, each[:, 0], at.ones(at.batch, value=1 / at.batch), loss)

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 0:
            each = at.out(1)
            return total([each(n, 0) for n in range(at.batch)]) / const(at.batch, "B")
        return self.explain_stage(at, output, index)

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        raise NotImplementedError


def explain_softmax(at: View, output: int, index: tuple[int, ...]) -> Expression:
    """The stages that losses of scores z (…, classes) have in common: outputs p (2), max (3) and sum (4)."""
    *place, k = index
    z, width = at.x(0), at.shape(0)[-1]
    if output == 2:
        return shifted_exp(z(*place, k), at.out(3)(*place, 0)) / at.out(4)(*place, 0)
    if output == 3:
        return extreme("max", [z(*place, j) for j in range(width)])
    return total([shifted_exp(z(*place, j), at.out(3)(*place, 0)) for j in range(width)])


def explain_surprise(at: View, place: tuple[int, ...]) -> Expression:
    """−ln p of the class that the ids (input 1) name at ``place``; 0 where they name none."""
    chosen = int(at.x(1)(*place).value)
    if chosen < 0:
        return const(0.0)
    return total([call("ln", at.out(4)(*place, 0)), at.out(3)(*place, 0), -at.x(0)(*place, chosen)])


class MeanSquaredError(Loss):
    """each = mean over the outputs of (a − t)²; loss = mean over the batch (as torch's MSELoss)."""

    kind: ClassVar[str] = "mse"
    formula: ClassVar[str] = "L = mean (a − t)²"
    backward_formula: ClassVar[str] = "da = 2(a − t)/(B·K)"
    formulas: ClassVar[tuple[str, ...]] = ("L = Σ eachₙ / B", "each = Σₖ (aₖ − tₖ)² / K")

    any_shape: ClassVar[bool] = True

    def forward(self, at: Buffers) -> list[Call]:
        a, t = (x.reshape(at.batch, -1) if x.ndim > 2 else x for x in at.ins)
        width = a.shape[1]
        share, u = at.ones(width, 1, value=1 / width), at.scratch(*a.shape)
        return [partial(at.kernels.squared_error, a, t, share, u, at.outs[1]), self.mean(at)]

    def backward(self, at: Buffers) -> list[Call]:
        a, t = at.ins
        calls, scale = times_arriving(at, 2 / a.size)
        return [*calls, partial(at.kernels.difference_scaled, a, t, scale, at.gins[0])]

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, places = index[0], list(np.ndindex(at.shape(0)[1:]))
        a, t = at.x(0), at.x(1)
        return total([power(a(n, *k) - t(n, *k), 2) for k in places]) / const(len(places), "K")

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        count = const(at.batch, "B") * const(prod(at.shape(0)[1:]), "K")
        return arriving(at, const(2.0) * (at.x(0)(*index) - at.x(1)(*index)) / count)


class BinaryCrossEntropy(Loss):
    """From logits: each = mean over the outputs of max(z, 0) − z·t + ln(1 + e^−|z|), which never overflows.

    ``loss.p`` = σ(z) is the probability of class 1.
    """

    kind: ClassVar[str] = "bce"
    formula: ClassVar[str] = "L = mean −(t·ln p + (1 − t)·ln(1 − p)),  p = σ(z)"
    backward_formula: ClassVar[str] = "dz = (p − t)/(B·K)"
    extra: ClassVar[tuple[str, ...]] = ("p",)
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = Σₖ (max(zₖ, 0) − zₖ·tₖ + ln(1 + exp(−|zₖ|))) / K",
        "p = σ(z)",
    )

    def forward(self, at: Buffers) -> list[Call]:
        (z, t), (_loss, each, p) = at.ins, at.outs
        width = z.shape[1]
        share, u = at.ones(width, 1, value=1 / width), at.scratch(*z.shape)
        v, zeros, ceiling = (at.ones(*z.shape, value=x) for x in (0.0, 0.0, -EXP_FLOOR))
        return [
            partial(at.kernels.binary_cross_entropy, z, t, zeros, ceiling, share, u, v, each),
            partial(at.kernels.sigmoid, z, ceiling, at.scalar(1.0), p),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        p, t = at.outs[2], at.ins[1]
        calls, scale = times_arriving(at, 1 / (at.batch * p.shape[1]))
        return [*calls, partial(at.kernels.difference_scaled, p, t, scale, at.gins[0])]

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        z, t = at.x(0), at.x(1)
        if output == 2:
            return logistic(z(*index))
        n, width = index[0], self.inputs[0].shape[1]
        terms: list[Expression] = []
        for k in range(width):
            logit = z(n, k)
            terms.append(extreme("max", [logit, const(0.0)]))
            terms.append(-(logit * t(n, k)))
            terms.append(call("ln", const(1.0) + call("exp", floored(-call("abs", logit)))))
        return total(terms) / const(width, "K")

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        count = const(at.batch, "B") * const(self.inputs[0].shape[1], "K")
        return arriving(at, (at.out(2)(*index) - at.x(1)(*index)) / count)


class SoftmaxCrossEntropy(Loss):
    """From logits and one-hot targets: each = ln Σₖ exp(zₖ − max) + max − Σₖ tₖ·zₖ, one fused operation.

    ``loss.p`` are the softmax probabilities, ``loss.max`` and ``loss.sum`` the stages in between.
    """

    kind: ClassVar[str] = "cross_entropy"
    formula: ClassVar[str] = "L = mean −ln p(target),  p = softmax(z)"
    backward_formula: ClassVar[str] = "dz = (p − t)/B"
    extra: ClassVar[tuple[str, ...]] = ("p", "max", "sum")
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ eachₙ / B",
        "each = ln(sum) + max − Σₖ tₖ·zₖ  = −ln p(target)",
        "pₖ = exp(zₖ − max)/sum",
        "max = maxⱼ zⱼ",
        "sum = Σⱼ exp(zⱼ − max)",
    )

    def forward(self, at: Buffers) -> list[Call]:
        (z, t), (_loss, each, p, m, s) = at.ins, at.outs
        floor, ones = at.ones(*z.shape, value=EXP_FLOOR), at.ones(z.shape[1], 1)
        u, zt = at.scratch(*z.shape), at.scratch(at.batch, 1)
        return [
            row_maximum(at, z, m),
            partial(at.kernels.softmax_cross_entropy, z, t, m, floor, ones, u, zt, s, p, each),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        p, t = at.outs[2], at.ins[1]
        calls, scale = times_arriving(at, 1 / at.batch)
        return [*calls, partial(at.kernels.difference_scaled, p, t, scale, at.gins[0])]

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output != 1:
            return explain_softmax(at, output, index)
        n, z, t = index[0], at.x(0), at.x(1)
        terms: list[Expression] = [call("ln", at.out(4)(n, 0)), at.out(3)(n, 0)]
        return total(terms + [-(t(n, j) * z(n, j)) for j in range(self.inputs[0].shape[1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return arriving(at, (at.out(2)(*index) - at.x(1)(*index)) / const(at.batch, "B"))
