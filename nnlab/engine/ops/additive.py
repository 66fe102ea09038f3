"""Additive scores, the attention of the first translators (Bahdanau et al. 2014, arXiv 1409.0473)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, View
from nnlab.engine.ops.attention import KEY_MAJOR, Scores, group, head_of, turned
from nnlab.engine.values import Role, Value


@dataclass(eq=False)
class AdditiveScores(Scores):
    """scores = Σ w·u with u = tanh(q + k) for every query and key; w (C,) is learned.

    ``u`` (batch, queries, keys, C) is a value too; in memory its keys come before its queries.
    """

    kind: ClassVar[str] = "additive_scores"
    formula: ClassVar[str] = "scores = Σ_d w·tanh(q + k), hidden ones held down"
    backward_formula: ClassVar[str] = (
        "dq = Σ_key dscores·w·(1 − u²)   dk = Σ_query dscores·w·(1 − u²)   dw = Σ dscores·u"
    )
    given: ClassVar[int] = 3

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        (scores,) = super().infer(inputs)
        queries, keys = inputs[0], inputs[1]
        return [scores, ("u", (*queries.shape[:2], keys.shape[1], queries.shape[2]), Role.INTERMEDIATE)]

    def axes(self, output: int) -> tuple[int, ...]:
        return KEY_MAJOR if output == 0 else (0, 2, 1, 3)

    def formula_of(self, output: int) -> str:
        return "u = tanh(q + k)" if output else "scores = Σ_d w·u, hidden ones held down"

    def pieces(self, whole: Array) -> list[Array]:
        """The views (…, D) of ``whole`` (…, C) that belong to the heads."""
        width = whole.shape[-1]
        own = [group(width, self.heads, head) for head in range(self.heads)]
        return [whole[..., numbers.start : numbers.stop] for numbers in own]

    def forward(self, at: Buffers) -> list[Call]:
        q, k, w = at.ins[:3]
        z, u = turned(at.outs[0]), at.outs[1].transpose(0, 2, 1, 3)
        return [
            partial(at.kernels.additive_features, q[:, None], k[:, :, None], u),
            *(
                partial(at.kernels.products, part, weights[:, None], z[:, head, :, :, None])
                for head, (part, weights) in enumerate(zip(self.pieces(u), self.pieces(w)))
            ),
            *self.held(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        w, u = at.ins[2], at.outs[1].transpose(0, 2, 1, 3)
        dq, dk, dw = at.gins[:3]
        calls, dz = self.passed(at)
        spread, product = at.scratch(*u.shape), at.scratch(*u.shape)
        for head, part in enumerate(self.pieces(spread)):
            calls.append(partial(at.kernels.copy, dz[:, head, :, :, None], part))
        if dw is not None:
            calls.append(partial(at.kernels.multiply, spread, u, product))
            calls.append(partial(at.kernels.sum_axes, product, (0, 1, 2), dw.reshape(1, 1, 1, -1)))
        if dq is None and dk is None:
            return calls
        calls.append(partial(at.kernels.multiply, spread, w, spread))
        calls.append(partial(at.kernels.tanh_backward, u, spread, at.scalar(1.0), product))
        if dq is not None:
            calls.append(partial(at.kernels.sum_axes, product, (1,), dq[:, None]))
        if dk is not None:
            calls.append(partial(at.kernels.sum_axes, product, (2,), dk[:, :, None]))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 1:
            n, query, key, c = index
            return call("tanh", at.x(0)(n, query, c) + at.x(1)(n, key, c))
        n, head, query, key = index
        own = group(at.shape(0)[2], self.heads, head)
        return self.limited(at, index, total([at.x(2)(c) * at.out(1)(n, query, key, c) for c in own]))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        batch, queries, width = at.shape(0)
        keys = at.shape(1)[1]
        c = index[-1]
        head = head_of(width, self.heads, c)
        if use == 2:
            places = list(np.ndindex(batch, queries, keys))
        else:
            n, position, _c = index
            pairs = [(position, key) for key in range(keys)] if use == 0 else []
            pairs = pairs or [(query, position) for query in range(queries)]
            places = [(n, *pair) for pair in pairs]
        terms = []
        for n, query, key in places:
            if self.hidden(at, n, query, key) is None:
                d, u = at.gout()(n, head, query, key), at.out(1)(n, query, key, c)
                terms.append(d * u if use == 2 else d * at.x(2)(c) * (const(1.0) - power(u, 2)))
        return total(terms)
