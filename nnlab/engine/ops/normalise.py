"""Layer normalisation (Ba, Kiros and Hinton 2016, arXiv 1607.06450)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.dense import rows
from nnlab.engine.values import Role, Value

EPSILON = 1e-5
"""As PyTorch; Keras takes 1e-3."""


class LayerNorm(Operation):
    """a = γ·normalised + β: each row along the last axis gets mean 0 and variance 1, then a learned scale.

    Inputs x (batch, …, C), γ (C,), β (C,).  The stages are values too: ``mean`` and ``variance``
    (batch, …, 1) and ``normalised``, in the shape of x.
    """

    kind: ClassVar[str] = "layernorm"
    formula: ClassVar[str] = "a = γ·(x − mean)/√(variance + ε) + β"
    backward_formula: ClassVar[str] = (
        "dx = (g − Σg/C − normalised·Σ(g·normalised)/C)/√(variance + ε),  g = γ·da"
        "   dγ = Σ da·normalised   dβ = Σ da"
    )
    _formulas: ClassVar[tuple[str, ...]] = (
        "a = γ·normalised + β",
        "mean = Σ x / C",
        "variance = Σ (x − mean)² / C",
        "normalised = (x − mean)/√(variance + ε)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        row = (*shape[:-1], 1)
        return [
            ("a", shape, Role.INTERMEDIATE),
            ("mean", row, Role.INTERMEDIATE),
            ("variance", row, Role.INTERMEDIATE),
            ("normalised", shape, Role.INTERMEDIATE),
        ]

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def forward(self, at: Buffers) -> list[Call]:
        x, gamma, beta = at.ins
        a, mean, variance, normalised = map(rows, at.outs)
        n, width = a.shape
        share, eps = at.ones(width, 1, value=1 / width), at.scalar(EPSILON)
        scratch = at.scratch(n, width), at.scratch(n, 1)
        return [
            partial(
                at.kernels.layer_norm, rows(x), gamma, beta, share, eps, *scratch,
                mean, variance, normalised, a,
            )
        ]  # fmt: skip

    def backward(self, at: Buffers) -> list[Call]:
        (dx, dgamma, dbeta), gamma = at.gins, at.ins[1]
        da, variance, normalised = rows(at.gouts[0]), rows(at.outs[2]), rows(at.outs[3])
        n, width = da.shape
        share, eps, u = at.ones(width, 1, value=1 / width), at.scalar(EPSILON), at.scratch(n, width)
        calls: list[Call] = []
        if dgamma is not None or dbeta is not None:
            wanted = [g if g is not None else at.scratch(width) for g in (dgamma, dbeta)]
            calls.append(partial(at.kernels.layer_norm_parameters, da, normalised, at.ones(n), u, *wanted))
        if dx is not None:
            scratch = u, at.scratch(n, 1), at.scratch(n, 1)
            calls.append(
                partial(
                    at.kernels.layer_norm_backward, da, normalised, variance, gamma, share, eps,
                    *scratch, rows(dx),
                )
            )  # fmt: skip
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        *n, c = index
        x, width = at.x(0), at.shape(0)[-1]
        if output == 0:
            return total([at.x(1)(c) * at.out(3)(*index), at.x(2)(c)])
        if output == 1:
            return total([x(*n, i) for i in range(width)]) / const(width, "C")
        mean = at.out(1)(*n, 0)
        if output == 2:
            return total([power(x(*n, i) - mean, 2) for i in range(width)]) / const(width, "C")
        return (x(*index) - mean) / self._deviation(at, n)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        da, normalised = at.gout(), at.out(3)
        *n, c = index
        if use > 0:
            terms = [da(*p, c) * normalised(*p, c) if use == 1 else da(*p, c) for p in self._rows(at)]
            return total(terms)
        width, gamma = at.shape(0)[-1], at.x(1)
        g = [gamma(i) * da(*n, i) for i in range(width)]
        C = const(width, "C")
        mixed = total([g[i] * normalised(*n, i) for i in range(width)])
        return (g[c] - total(list(g)) / C - normalised(*index) * mixed / C) / self._deviation(at, n)

    def _deviation(self, at: View, n: list[int]) -> Expression:
        return call("√", at.out(2)(*n, 0) + const(EPSILON, "ε"))

    def _rows(self, at: View) -> list[tuple[int, ...]]:
        return list(np.ndindex(at.shape(0)[:-1]))
