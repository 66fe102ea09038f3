"""The loss of a text: softmax cross-entropy at every position that has a target."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, extreme, total
from nnlab.engine.kernels import EXP_FLOOR
from nnlab.engine.operation import Array, Buffers, Call, Inferred, View
from nnlab.engine.ops.activations import row_maximum
from nnlab.engine.ops.losses import Loss, arriving, explain_softmax, explain_surprise
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


def surprise(at: Buffers, z: Array, ids: Array, p: Array, m: Array, s: Array, nll: Array) -> list[Call]:
    """Calls that write nll (batch, …) = −ln p(id), and the stages of p = softmax(z) over the last axis.

    Where an id is below 0, nll is of no meaning yet.  The one-hot rows are kept as ``hot``.
    """
    classes, n = z.shape[-1], nll.size
    rows, flat = z.reshape(n, classes), ids.reshape(n, 1)
    hot, u, zt = at.kept("hot", n, classes), at.scratch(n, classes), at.scratch(n, 1)
    floor, ones = at.ones(n, classes, value=EXP_FLOOR), at.ones(classes, 1)
    maxima, every, hit = m.reshape(n, 1), at.kernels.xp.arange(classes), at.scratch(n, classes, dtype=bool)
    return [
        partial(at.kernels.one_hot, flat, every, hit, hot),
        row_maximum(at, rows, maxima),
        partial(
            at.kernels.softmax_cross_entropy,
            rows, hot, maxima, floor, ones, u, zt, s.reshape(n, 1), p.reshape(n, classes), nll.reshape(n, 1),
        ),
    ]  # fmt: skip


class TokenCrossEntropy(Loss):
    """From logits z (batch, time, classes) and ids t (batch, time), −1 where nothing is asked.

    Positions may have more axes, such as the rows and columns of a picture.  ``each`` (batch, time) is
    ln Σₖ exp(zₖ − max) + max − z[t], 0 where nothing is asked; ``loss`` their sum over ``loss.count``, how
    many positions ask.  ``loss.p`` are the probabilities.
    """

    kind: ClassVar[str] = "token_cross_entropy"
    formula: ClassVar[str] = "L = mean −ln p(target) over the positions with a target,  p = softmax(z)"
    backward_formula: ClassVar[str] = "dz = (p − [k = target])/count"
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ each / count",
        "each = ln(sum) + max − z[target] = −ln p(target)",
        "pₖ = exp(zₖ − max)/sum",
        "max = maxⱼ zⱼ",
        "sum = Σⱼ exp(zⱼ − max)",
        "count = Σ [target ≥ 0]",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        logits, ids = inputs
        if len(logits.shape) < 3 or logits.shape[1:-1] != ids.shape[1:] or not ids.discrete:
            raise NnlabError(
                _(
                    "the loss of a text compares scores (time, classes) with ids (time,); it is given shapes "
                    "{scores} and {ids}",
                    scores=logits.shape[1:],
                    ids=ids.shape[1:],
                )
            )
        places = (BATCH, *ids.shape[1:])
        return [
            ("", (), Role.LOSS),
            ("each", places, Role.LOSS),
            ("p", logits.shape, Role.INTERMEDIATE),
            ("max", (*places, 1), Role.INTERMEDIATE),
            ("sum", (*places, 1), Role.INTERMEDIATE),
            ("count", (), Role.INTERMEDIATE),
        ]

    def forward(self, at: Buffers) -> list[Call]:
        (z, ids), (loss, each, p, m, s, count) = at.ins, at.outs
        n = each.size
        flat, zero = ids.reshape(n, 1), at.kernels.xp.zeros((), ids.dtype)
        asked = at.kept("asked", n, 1)
        return [
            partial(at.kernels.asked, flat, zero, at.scratch(n, 1, dtype=bool), asked),
            *surprise(at, z, ids, p, m, s, each),
            partial(
                at.kernels.masked_mean,
                each.reshape(n), asked.reshape(n), at.ones(n), at.scalar(1.0), count, loss,
            ),
        ]  # fmt: skip

    def backward(self, at: Buffers) -> list[Call]:
        (dz, *_none), (arrives, *_others) = at.gins, at.gouts
        if dz is None:
            return []
        classes = dz.shape[-1]
        p, flat = at.outs[2].reshape(-1, classes), dz.reshape(-1, classes)
        hot, asked = at.kept("hot", *p.shape), at.kept("asked", len(p), 1)
        work = at.kernels.token_cross_entropy_backward
        calls: list[Call] = [partial(work, p, hot, asked, at.outs[5], at.scratch(*p.shape), flat)]
        return calls if at.root else [*calls, partial(at.kernels.multiply, dz, arrives, dz)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 0:
            places = [n for n in np.ndindex(at.shape(1)) if at.x(1)(*n).value >= 0]
            return total([at.out(1)(*n) for n in places] or [const(0.0)]) / at.out(5)()
        return self.explain_stage(at, output, index)

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 5:
            counted = total([call("[≥ 0]", at.x(1)(*n)) for n in np.ndindex(at.shape(1))])
            return extreme("max", [counted, const(1.0)])
        return explain_surprise(at, index) if output == 1 else explain_softmax(at, output, index)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        *place, k = index
        target = int(at.x(1)(*place).value)
        if target < 0:
            return const(0.0)
        p: Expression = at.out(2)(*index)
        return arriving(at, (p - const(1.0) if k == target else p) / at.out(5)())
