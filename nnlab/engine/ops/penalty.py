"""Weight penalties, and the total of a loss and everything else that is to be small."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, number, power, series, total
from nnlab.engine.operation import Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.arrange import unravel
from nnlab.engine.ops.losses import arriving, times_arriving
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
        first, l1 = times_arriving(at, self.l1)
        second, l2 = times_arriving(at, self.l2)
        return [
            *first,
            *second,
            *(
                partial(at.kernels.penalty_backward, w, l1, l2, at.scratch(*w.shape), dw)
                for w, dw in zip(at.ins, at.gins)
                if dw is not None
            ),
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
        return arriving(at, total(terms))


@dataclass(eq=False)
class Total(Operation):
    """total = Σ wᵢ·lossᵢ over losses and penalties; every weight is 1 unless ``weights`` are given."""

    weights: tuple[float, ...] = ()

    kind: ClassVar[str] = "total"
    formula: ClassVar[str] = "total = Σ wᵢ·Lᵢ"
    backward_formula: ClassVar[str] = "dLᵢ = wᵢ"
    phase: ClassVar[str] = "loss"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        if not self.weights:
            self.weights = (1.0,) * len(inputs)
        return [("", (), Role.LOSS)]

    def formula_of(self, output: int) -> str:
        return "total = " + " + ".join(self._counted(v.name, w) for v, w in zip(self.inputs, self.weights))

    def backward_formula_of(self, use: int) -> str:
        return f"d{self.inputs[use].name} = {number(self.weights[use])}"

    @staticmethod
    def _counted(name: str, weight: float) -> str:
        return name if weight == 1 else f"{number(weight)}·{name}"

    def forward(self, at: Buffers) -> list[Call]:
        (out,) = at.outs
        calls: list[Call] = []
        counted = []
        for loss, weight in zip(at.ins, self.weights):
            counted.append(loss if weight == 1 else at.scratch())
            if weight != 1:
                calls.append(partial(at.kernels.multiply, loss, at.scalar(weight), counted[-1]))
        first, *others = counted
        if not others:
            return [*calls, partial(at.kernels.copy, first, out)]
        calls.append(partial(at.kernels.add, first, others[0], out))
        return calls + [partial(at.kernels.accumulate, other, out) for other in others[1:]]

    def backward(self, at: Buffers) -> list[Call]:
        calls: list[Call] = []
        for gradient, weight in zip(at.gins, self.weights):
            if gradient is not None:
                made, scale = times_arriving(at, weight)
                calls += [*made, partial(at.kernels.fill, scale, gradient)]
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        return total(
            [at.x(k)() if w == 1 else const(w, f"w{k + 1}") * at.x(k)() for k, w in enumerate(self.weights)]
        )

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return arriving(at, const(self.weights[use]))
