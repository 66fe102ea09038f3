"""Activation functions: each works element by element, but softmax, which works along the last axis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.kernels import EXP_FLOOR, GELU_CUBE, GELU_SCALE
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _

SMALL = 2000
"""Below this many elements sign() makes a faster relu mask than a bool array (measured)."""


class Elementwise(Operation):
    """a = f(z), element by element; shape kept."""

    by_example: ClassVar[bool] = True

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("a", inputs[0].shape, Role.INTERMEDIATE)]


class Identity(Elementwise):
    kind: ClassVar[str] = "identity"
    formula: ClassVar[str] = "a = z"
    backward_formula: ClassVar[str] = "dz = da"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.ins[0], at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.gouts[0], at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return at.x(0)(*index)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index)


class StepFunction(Elementwise):
    """Rosenblatt's threshold unit.  Its slope is 0 wherever it has one, so no gradient passes."""

    kind: ClassVar[str] = "step"
    formula: ClassVar[str] = "a = [z ≥ 0]"
    backward_formula: ClassVar[str] = "dz = 0"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.step, at.ins[0], at.scalar(0.0), at.mask(0), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.fill, at.scalar(0.0), at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return call("[≥ 0]", at.x(0)(*index))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index) * const(0.0)


class ReLU(Elementwise):
    """a = max(z, 0).  The slope at z = 0 is taken as 0, as torch and JAX do."""

    kind: ClassVar[str] = "relu"
    formula: ClassVar[str] = "a = max(z, 0)"
    backward_formula: ClassVar[str] = "dz = da·[z > 0]"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.relu, at.ins[0], at.scratch(*at.outs[0].shape), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        a, da, dz = at.outs[0], at.gouts[0], at.gins[0]
        if a.size < SMALL:
            return [partial(at.kernels.relu_backward, a, da, at.scratch(*a.shape), dz)]
        return [partial(at.kernels.relu_backward_large, a, da, at.scalar(0.0), at.mask(0), dz)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return extreme("max", [at.x(0)(*index), const(0.0)])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index) * call("[> 0]", at.x(0)(*index))


@dataclass(eq=False)
class LeakyReLU(Elementwise):
    """a = max(z, s·z) with slope s < 1; at z = 0 the slope is s."""

    slope: float = 0.01

    kind: ClassVar[str] = "leaky_relu"
    formula: ClassVar[str] = "a = max(z, s·z)"
    backward_formula: ClassVar[str] = "dz = da·([z > 0]·(1 − s) + s)"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.leaky_relu, at.ins[0], at.scalar(self.slope), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        # s as the buffers hold it, so that (1 − s) + s is the 1 of the formula.
        slope = at.scalar(self.slope)
        rest = at.scalar(1.0) - slope
        return [
            partial(
                at.kernels.leaky_relu_backward,
                at.ins[0],
                at.gouts[0],
                at.scalar(0.0),
                rest,
                slope,
                at.mask(0),
                at.gins[0],
            )
        ]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        z = at.x(0)(*index)
        return extreme("max", [z, const(self.slope, "s") * z])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        slope = const(self.slope, "s")
        return at.gout()(*index) * (call("[> 0]", at.x(0)(*index)) * (const(1.0) - slope) + slope)


class Sigmoid(Elementwise):
    kind: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "a = σ(z) = 1/(1 + e⁻ᶻ)"
    backward_formula: ClassVar[str] = "dz = da·a·(1 − a)"

    def forward(self, at: Buffers) -> list[Call]:
        z, a = at.ins[0], at.outs[0]
        return [partial(at.kernels.sigmoid, z, at.ones(*z.shape, value=-EXP_FLOOR), at.scalar(1.0), a)]

    def backward(self, at: Buffers) -> list[Call]:
        return [
            partial(at.kernels.sigmoid_backward, at.outs[0], at.gouts[0], at.scalar(1.0), at.gins[0]),
        ]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return logistic(at.x(0)(*index))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        a = at.out()(*index)
        return at.gout()(*index) * a * (const(1.0) - a)


class Tanh(Elementwise):
    kind: ClassVar[str] = "tanh"
    formula: ClassVar[str] = "a = tanh(z)"
    backward_formula: ClassVar[str] = "dz = da·(1 − a²)"

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.tanh, at.ins[0], at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.tanh_backward, at.outs[0], at.gouts[0], at.scalar(1.0), at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return call("tanh", at.x(0)(*index))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(*index) * (const(1.0) - power(at.out()(*index), 2))


class GELU(Elementwise):
    """Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016, arXiv 1606.08415)."""

    kind: ClassVar[str] = "gelu"
    formula: ClassVar[str] = "a = ½z(1 + u),  u = tanh(√(2/π)(z + 0.044715z³))"
    backward_formula: ClassVar[str] = "dz = da·(½(1 + u) + ½z(1 − u²)·√(2/π)(1 + 3·0.044715z²))"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("a", inputs[0].shape, Role.INTERMEDIATE), ("u", inputs[0].shape, Role.INTERMEDIATE)]

    def formula_of(self, output: int) -> str:
        return self.formula if output == 0 else "u = tanh(√(2/π)(z + 0.044715z³))"

    def forward(self, at: Buffers) -> list[Call]:
        a, u = at.outs
        constants = [at.scalar(v) for v in (GELU_SCALE, GELU_CUBE, 1.0, 0.5)]
        return [partial(at.kernels.gelu, at.ins[0], *constants, u, a)]

    def backward(self, at: Buffers) -> list[Call]:
        u = at.outs[1]
        constants = [at.scalar(v) for v in (GELU_SCALE, 3 * GELU_CUBE, 1.0, 0.5)]
        scratch = at.scratch(*u.shape)
        z, da, dz = at.ins[0], at.gouts[0], at.gins[0]
        return [partial(at.kernels.gelu_backward, z, u, da, *constants, scratch, dz)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        z = at.x(0)(*index)
        if output == 1:
            return call("tanh", const(GELU_SCALE, "√(2/π)") * (z + const(GELU_CUBE) * power(z, 3)))
        return const(0.5) * z * (const(1.0) + at.out(1)(*index))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        z, u = at.x(0)(*index), at.out(1)(*index)
        inner = const(GELU_SCALE, "√(2/π)") * (const(1.0) + const(3 * GELU_CUBE) * power(z, 2))
        slope = const(0.5) * (const(1.0) + u) + const(0.5) * z * (const(1.0) - power(u, 2)) * inner
        return at.gout()(*index) * slope


def floored(exponent: Expression) -> Expression:
    """An exponent as the kernels take it: below −80 it counts as −80."""
    if exponent.evaluate() < EXP_FLOOR:
        return extreme("max", [exponent, const(EXP_FLOOR)])
    return exponent


def logistic(z: Expression) -> Expression:
    """σ(z) as the kernels compute it."""
    return call("σ", floored(z))


def shifted_exp(z: Expression, maximum: Expression) -> Expression:
    """exp(z − max) as the kernels compute it."""
    return call("exp", floored(z - maximum))


def row_maximum(at: Buffers, z: Array, m: Array) -> Call:
    """The call that writes the largest of each row of z (batch, k) into m (batch, 1)."""
    starts = at.kernels.xp.arange(0, z.size, z.shape[1])
    return partial(at.kernels.row_maximum, z.reshape(-1), starts, m[:, 0])


class Softmax(Operation):
    """p (batch, k) = exp(z − max z)/Σ exp(z − max z) along the last axis; its stages are values too.

    Outputs: ``a`` the probabilities, ``max`` (batch, 1) and ``sum`` (batch, 1).
    """

    kind: ClassVar[str] = "softmax"
    formula: ClassVar[str] = "aₖ = exp(zₖ − max)/Σⱼ exp(zⱼ − max)"
    backward_formula: ClassVar[str] = "dzₖ = aₖ·(daₖ − Σⱼ daⱼ·aⱼ)"
    _formulas: ClassVar[tuple[str, ...]] = (
        "aₖ = exp(zₖ − max)/sum",
        "max = maxⱼ zⱼ",
        "sum = Σⱼ exp(zⱼ − max)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        if len(shape) != 2:
            raise NnlabError(
                _("softmax works on rows of scores, but it is given shape {shape}", shape=shape[1:])
            )
        return [
            ("a", shape, Role.INTERMEDIATE),
            ("max", (BATCH, 1), Role.INTERMEDIATE),
            ("sum", (BATCH, 1), Role.INTERMEDIATE),
        ]

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def forward(self, at: Buffers) -> list[Call]:
        (z,), (p, m, s) = at.ins, at.outs
        floor, ones, u = at.ones(*z.shape, value=EXP_FLOOR), at.ones(z.shape[1], 1), at.scratch(*z.shape)
        return [row_maximum(at, z, m), partial(at.kernels.softmax, z, m, floor, ones, u, s, p)]

    def backward(self, at: Buffers) -> list[Call]:
        p = at.outs[0]
        u, r = at.scratch(*p.shape), at.scratch(at.batch, 1)
        ones = at.ones(p.shape[1], 1)
        return [partial(at.kernels.softmax_backward, p, at.gouts[0], ones, u, r, at.gins[0])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, k = index
        z, width = at.x(0), self.inputs[0].shape[1]
        if output == 0:
            return shifted_exp(z(n, k), at.out(1)(n, 0)) / at.out(2)(n, 0)
        if output == 1:
            return extreme("max", [z(n, j) for j in range(width)])
        return total([shifted_exp(z(n, j), at.out(1)(n, 0)) for j in range(width)])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, k = index
        p, dp = at.out(0), at.gout(0)
        mixed = total([dp(n, j) * p(n, j) for j in range(self.inputs[0].shape[1])])
        return p(n, k) * (dp(n, k) - mixed)
