"""Batch normalisation (Ioffe and Szegedy 2015, arXiv 1502.03167)."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, series, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.dense import rows
from nnlab.engine.ops.sums import numbers, products
from nnlab.engine.values import BATCH, Role, Value
from nnlab.i18n import _

EPSILON = 1e-5
"""As PyTorch; Keras takes 1e-3."""
MOMENTUM = 0.1
"""The share of the new batch in the running statistics, as PyTorch; Keras gives that of the old, 0.99."""


class BatchNorm(Operation):
    """a = γ·normalised + β: over the batch every channel gets mean 0 and variance 1, then a learned scale.

    Inputs x (batch, …, C), γ (C,), β (C,) and the states running mean (C,) and running variance (C,).  The
    stages are values too: ``mean``, ``variance`` (C,) and ``normalised``; ``next_mean`` and ``next_variance``
    are what the states become, the variance times n/(n − 1), with n the numbers of a channel.

    In evaluation the running statistics take the place of the batch's, and so they do in training where a
    batch holds one number for each channel, such as a last batch of one row: it has no variance.
    """

    kind: ClassVar[str] = "batchnorm"
    formula: ClassVar[str] = "a = γ·(x − mean)/√(variance + ε) + β"
    backward_formula: ClassVar[str] = (
        "dx = γ·(da − Σda/n − normalised·Σ(da·normalised)/n)/√(variance + ε)"
        "   dγ = Σ da·normalised   dβ = Σ da"
    )
    _formulas: ClassVar[tuple[str, ...]] = (
        "a = γ·normalised + β",
        "mean = Σ x/n over the batch",
        "variance = Σ (x − mean)²/n over the batch",
        "normalised = (x − mean)/√(variance + ε)",
        "next_mean = 0.9·running_mean + 0.1·mean",
        "next_variance = 0.9·running_variance + 0.1·variance·n/(n − 1)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        channels = shape[-1:]
        stages = ("mean", channels), ("variance", channels), ("normalised", shape)
        following = ("next_mean", channels), ("next_variance", channels)
        return [(suffix, of, Role.INTERMEDIATE) for suffix, of in (("a", shape), *stages, *following)]

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def refuses(self, batch: int) -> str:
        if self.count(batch) > 1:
            return ""
        return _(
            "{layer} compares the examples of a batch, and a batch of 1 has nothing to compare; use "
            "batches of 2 or more",
            layer=self.path,
        )

    def count(self, batch: int) -> int:
        """How many numbers a channel has in a batch."""
        return prod(batch if n == BATCH else n for n in self.inputs[0].shape[:-1])

    # ------------------------------------------------------------------ running

    def forward(self, at: Buffers) -> list[Call]:
        x, gamma, beta, running_mean, running_variance = at.ins
        a, mean, variance, normalised, next_mean, next_variance = at.outs
        kernels, flat = at.kernels, rows(x)
        n = len(flat)
        channel = at.scratch(len(gamma))
        calls: list[Call]
        if at.training and n > 1:
            share, keep, take = at.ones(n, value=1 / n), at.scalar(1 - MOMENTUM), at.scalar(MOMENTUM)
            unbiased = at.scalar(MOMENTUM * n / (n - 1))
            calls = [
                partial(kernels.batch_statistics, flat, share, at.scratch(*flat.shape), mean, variance),
                partial(kernels.moving_average, running_mean, mean, keep, take, channel, next_mean),
                partial(
                    kernels.moving_average, running_variance, variance, keep, unbiased, channel, next_variance
                ),
            ]
        else:
            calls = [partial(kernels.copy, running_mean, out) for out in (mean, next_mean)]
            calls += [partial(kernels.copy, running_variance, out) for out in (variance, next_variance)]
        eps = at.scalar(EPSILON)
        return [
            *calls,
            partial(
                kernels.batch_norm, flat, gamma, beta, eps, mean, variance, channel, rows(normalised), rows(a)
            ),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        dx, dgamma, dbeta, *_states = at.gins
        gamma, variance, normalised = at.ins[1], at.outs[2], rows(at.outs[3])
        da: Array = rows(at.gouts[0])
        n, width = da.shape
        kernels, eps, u, r = at.kernels, at.scalar(EPSILON), at.scratch(n, width), at.scratch(width)
        sums = [g if g is not None else at.scratch(width) for g in (dgamma, dbeta)]
        fixed = not at.training or n == 1
        calls: list[Call] = []
        if not fixed or dgamma is not None or dbeta is not None:
            calls.append(partial(kernels.batch_norm_parameters, da, normalised, at.ones(n), u, *sums))
        if dx is None:
            return calls
        if fixed:
            return [*calls, partial(kernels.fixed_norm_backward, da, gamma, variance, eps, r, rows(dx))]
        part = at.scalar(1 / n)
        return [
            *calls,
            partial(
                kernels.batch_norm_backward, da, normalised, gamma, variance, eps, part, *sums, r,
                at.scratch(width), u, rows(dx),
            ),
        ]  # fmt: skip

    # ------------------------------------------------------------------ explaining

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        c = index[-1]
        mean, variance = at.out(1)(c), at.out(2)(c)
        if output == 0:
            return total([at.x(1)(c) * at.out(3)(*index), at.x(2)(c)])
        if output == 3:
            return (at.x(0)(*index) - mean) / self._deviation(at, c)
        of_mean = output in (1, 4)
        state = at.x(3 if of_mean else 4)(c)
        n = self.count(at.batch)
        if not at.training or n == 1:
            return state
        if output > 2:
            new = mean if of_mean else variance * (const(n, "n") / const(n - 1))
            return total([const(1 - MOMENTUM) * state, const(MOMENTUM) * new])
        places = self._places(at, c)
        x = at.x(0)
        if of_mean:
            return numbers(places, x, lambda: at.whole(0)) / const(n, "n")
        squares = (at.whole(0)[..., c].reshape(-1) - mean.value) ** 2
        return series(squares, lambda i: power(x(*places[i]) - mean, 2)) / const(n, "n")

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        c = index[-1]
        da, normalised, places = at.gout(), at.out(3), self._places(at, c)
        all_da = numbers(places, da, lambda: at.whole_gradient(0))
        if use == 2:
            return all_da
        pairs = [(place, place) for place in places]
        mixed = products(pairs, da, normalised, lambda: at.whole_gradient(0), lambda: at.whole_output(3))
        if use == 1:
            return mixed
        outer = at.x(1)(c) / self._deviation(at, c)
        if not at.training or len(places) == 1:
            return outer * da(*index)
        n = const(len(places), "n")
        return outer * (da(*index) - all_da / n - normalised(*index) * (mixed / n))

    def _deviation(self, at: View, c: int) -> Expression:
        return call("√", at.out(2)(c) + const(EPSILON, "ε"))

    def _places(self, at: View, c: int) -> list[tuple[int, ...]]:
        return [(*place, c) for place in np.ndindex(at.shape(0)[:-1])]
