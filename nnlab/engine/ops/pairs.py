"""Two rows of numbers compared."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


class Dot(Operation):
    """z (batch, 1) = Σ x·y over rows x and y (batch, k): how well two embeddings go together.

    With the biases of both added it is the score of a matrix factorisation (Koren et al. 2009).
    """

    kind: ClassVar[str] = "dot"
    formula: ClassVar[str] = "z = Σₖ xₖ·yₖ"
    backward_formula: ClassVar[str] = "dx = dz·y   dy = dz·x"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, y = inputs
        if len(x.shape) != 2 or x.shape != y.shape:
            raise NnlabError(
                _(
                    "{layer} multiplies two rows of equally many numbers; it is given shapes {x} and {y}",
                    layer=self.layer,
                    x=x.shape[1:],
                    y=y.shape[1:],
                )
            )
        return [("z", (BATCH, 1), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        x, y = at.ins
        ones, u = at.ones(x.shape[1], 1), at.scratch(*x.shape)
        return [partial(at.kernels.row_dot, x, y, ones, u, at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        (x, y), (dx, dy), (dz,) = at.ins, at.gins, at.gouts
        return [
            partial(at.kernels.row_dot_backward, dz, other, gradient)
            for other, gradient in ((y, dx), (x, dy))
            if gradient is not None
        ]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, _one = index
        return total([at.x(0)(n, k) * at.x(1)(n, k) for k in range(self.inputs[0].shape[1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(index[0], 0) * at.x(1 - use)(*index)
