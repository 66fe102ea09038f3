"""Weight penalties: what large weights cost, added to the loss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, series, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.arrange import unravel
from nnlab.engine.values import Role, Value


@dataclass(eq=False)
class Penalty(Operation):
    """P = λ₁·Σ|w| + λ₂/2·Σw² over the weights given (biases are left alone)."""

    l1: float = 0.0
    l2: float = 0.0

    kind: ClassVar[str] = "penalty"
    formula: ClassVar[str] = "P = λ₁·Σ|w| + λ₂/2·Σw²"
    backward_formula: ClassVar[str] = "dw = λ₁·sign(w) + λ₂·w"
    phase: ClassVar[str] = "loss"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("", (), Role.LOSS)]

    def forward(self, at: Buffers) -> list[Call]:
        (out,) = at.outs
        part = at.scratch()
        calls: list[Call] = [partial(at.kernels.fill, at.scalar(0.0), out)]
        for w in at.ins:
            flat = w.reshape(-1)
            if self.l1:
                ones, u = at.ones(flat.size), at.scratch(flat.size)
                calls.append(
                    partial(at.kernels.absolute_penalty, flat, at.scalar(self.l1), ones, u, part, out)
                )
            if self.l2:
                calls.append(partial(at.kernels.squared_penalty, flat, at.scalar(self.l2 / 2), part, out))
        return calls

    def backward(self, at: Buffers) -> list[Call]:
        return [
            partial(
                at.kernels.penalty_backward,
                w,
                at.scalar(self.l1),
                at.scalar(self.l2),
                at.scratch(*w.shape),
                dw,
            )
            for w, dw in zip(at.ins, at.gins)
            if dw is not None
        ]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        wholes = [at.whole(k).reshape(-1) for k in range(len(self.inputs))]
        ends = np.cumsum([len(whole) for whole in wholes])  # the weights stand one behind the other
        weights = np.concatenate(wholes)  # (n,)

        def weight(i: int) -> Expression:
            k = int(np.searchsorted(ends, i, side="right"))
            return at.x(k)(*unravel(i - int(ends[k]) + len(wholes[k]), self.inputs[k].shape))

        def cost(i: int) -> Expression:
            if self.l1 and i < len(weights):
                return const(self.l1, "λ₁") * call("abs", weight(i))
            return const(self.l2 / 2, "λ₂/2") * power(weight(i % len(weights)), 2)

        with np.errstate(over="ignore"):
            absolute = [self.l1 * np.abs(weights)] if self.l1 else []
            squared = [self.l2 / 2 * weights**2] if self.l2 else []
        return series(np.concatenate([*absolute, *squared, []]), cost)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        w = at.x(use)(*index)
        terms: list[Expression] = []
        if self.l1:
            terms.append(const(self.l1, "λ₁") * call("sign", w))
        if self.l2:
            terms.append(const(self.l2, "λ₂") * w)
        return total(terms)


class Total(Operation):
    """total = loss + penalty + …; dL/d(each summand) = 1, which losses and penalties take for granted."""

    kind: ClassVar[str] = "total"
    formula: ClassVar[str] = "total = loss + penalty"
    backward_formula: ClassVar[str] = "dloss = 1   dpenalty = 1"
    phase: ClassVar[str] = "loss"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("", (), Role.LOSS)]

    def formula_of(self, output: int) -> str:
        return "total = " + " + ".join(value.name for value in self.inputs)

    def backward_formula_of(self, use: int) -> str:
        return f"d{self.inputs[use].name} = 1"

    def forward(self, at: Buffers) -> list[Call]:
        first, second, *more = at.ins
        calls: list[Call] = [partial(at.kernels.add, first, second, at.outs[0])]
        return calls + [partial(at.kernels.accumulate, x, at.outs[0]) for x in more]

    def backward(self, at: Buffers) -> list[Call]:
        one = at.scalar(1.0)
        return [partial(at.kernels.fill, one, g) for g in at.gins if g is not None]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return total([at.x(k)() for k in range(len(self.inputs))])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return const(1.0)
