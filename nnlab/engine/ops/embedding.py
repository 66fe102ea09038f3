"""Embedding: every id has a row of numbers that is learned."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, const, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.dense import rows
from nnlab.engine.values import Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


class Embedding(Operation):
    """a (batch, time, size) = the rows of W (vocabulary, size) that the ids (batch, time) name.

    It is the product of one-hot ids with W, without the product.  Ids are checked where they come from;
    here they have to lie in the vocabulary.
    """

    kind: ClassVar[str] = "embedding"
    formula: ClassVar[str] = "a = W[id] = one_hot(id)·W"
    backward_formula: ClassVar[str] = "dW[v] = Σ da, over the positions whose id is v"
    strided: ClassVar[bool] = False

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        ids, W = inputs
        if not ids.discrete:
            raise NnlabError(
                _(
                    "{layer} looks ids up, but {before} are no whole numbers",
                    layer=self.layer,
                    before=ids.name,
                )
            )
        return [("a", (*ids.shape, W.shape[1]), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        ids, W = at.ins
        return [partial(at.kernels.gather, W, ids, at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        da, dW = rows(at.gouts[0]), at.gins[1]
        ids, width = at.ins[0].reshape(-1, 1), da.shape[1]
        columns = at.kernels.xp.asarray(np.arange(width), np.intp)
        start, place = at.scratch(len(ids), 1, dtype=np.intp), at.scratch(*da.shape, dtype=np.intp)
        size = at.kernels.xp.asarray(width, np.intp)
        return [partial(at.kernels.scatter_rows, ids, da, size, columns, start, place, dW)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        *position, j = index
        return at.x(1)(self._id(at, *position), j)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        row, j = index
        positions = np.argwhere(at.whole(0) == row).tolist()
        return total([at.gout()(*position, j) for position in positions] or [const(0.0)])

    @staticmethod
    def _id(at: View, *position: int) -> int:
        return int(at.x(0)(*position).value)
