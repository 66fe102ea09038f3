"""The product with a graph's matrix: every node takes from its neighbours."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, Reference, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _


class GraphProduct(Operation):
    """a (batch, nodes, C) = Â (nodes, nodes) · x (batch, nodes, C); Â may have a batch axis of its own.

    Row i of Â says how much node i takes from each node j.
    """

    kind: ClassVar[str] = "graph"
    formula: ClassVar[str] = "aᵢ = Σⱼ Âᵢⱼ·xⱼ"
    backward_formula: ClassVar[str] = "dx = Âᵀ·da   dÂ = Σ da·xᵀ"
    strided: ClassVar[bool] = False

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, A = inputs
        if len(x.shape) != 3 or A.shape[-2:] != (x.shape[1], x.shape[1]):
            raise NnlabError(
                _(
                    "{layer} takes nodes with numbers, such as 40×8, and a matrix of nodes by nodes, "
                    "such as 40×40; it is given {first} and {second}",
                    layer=self.path,
                    first=shape_text(x.shape[1:]),
                    second=shape_text(A.shape[-2:]),
                )
            )
        return [("a", x.shape, Role.INTERMEDIATE)]

    @property
    def shared(self) -> bool:
        """Whether one matrix serves the whole batch."""
        return len(self.inputs[1].shape) == 2

    def forward(self, at: Buffers) -> list[Call]:
        x, A = at.ins
        return [partial(at.kernels.products, A, x, at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        (x, A), (dx, dA), (da,) = at.ins, at.gins, at.gouts
        calls: list[Call] = []
        if dx is not None:
            calls.append(partial(at.kernels.products, A.swapaxes(-1, -2), da, dx))
        if dA is not None and not self.shared:
            calls.append(partial(at.kernels.products, da, x.transpose(0, 2, 1), dA))
        elif dA is not None:
            each = at.scratch(*x.shape[:2], x.shape[1])
            calls += [
                partial(at.kernels.products, da, x.transpose(0, 2, 1), each),
                partial(at.kernels.sum_axes, each, (0,), dA.reshape(1, *dA.shape)),
            ]
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, i, c = index
        return total([self._matrix(at, n, i, j) * at.x(0)(n, j, c) for j in range(at.shape(0)[1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        x, da = at.x(0), at.gout()
        if use == 0:
            n, j, c = index
            return total([self._matrix(at, n, i, j) * da(n, i, c) for i in range(at.shape(0)[1])])
        *own, i, j = index
        examples = own or range(at.batch)
        return total([da(n, i, c) * x(n, j, c) for n in examples for c in range(at.shape(0)[2])])

    def _matrix(self, at: View, n: int, i: int, j: int) -> Reference:
        return at.x(1)(i, j) if self.shared else at.x(1)(n, i, j)
