"""The update rules, one class each; :mod:`nnlab.engine.optimizer` says what they have in common.

Conventions are PyTorch's: Adam's ε is added after bias correction, momentum is v = μ·v + g, Nesterov's step
is g + μ·v, AdamW's decay is decoupled.
"""

from __future__ import annotations

import math
from functools import partial
from typing import ClassVar

from nnlab.engine.arguments import Argument
from nnlab.engine.expression import Expression, call, power, ref
from nnlab.engine.kernels import Kernels
from nnlab.engine.optimizer import BLOCK, FLUSH_BELOW, FLUSH_EVERY, Call, Optimizer, Scalar, columns
from nnlab.engine.schedules import LR
from nnlab.engine.update import Block, UpdateContext, Vector
from nnlab.i18n import _


def _rate(default: float) -> Argument:
    return Argument("lr", "lr", "positive", default, default)


_EPSILON = Argument("eps", "ε", "positive", 1e-8, 1e-8)


class SGD(Optimizer):
    name = "sgd"
    formula = "w ← w − lr·g"
    arguments: ClassVar[tuple[Argument, ...]] = (_rate(0.1),)

    @classmethod
    def help(cls) -> str:
        return _("stochastic gradient descent: a step against the gradient of each mini-batch")

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        return partial(kernels.sgd, on.theta, on.grad, *live, on.step)

    def _explain_step(self, context: UpdateContext) -> Expression:
        return -(ref(LR, context.lr) * context.ref("used"))


class GD(SGD):
    name = "gd"
    full_batch = True

    @classmethod
    def help(cls) -> str:
        return _("gradient descent: a step against the gradient of the whole training set")


class Momentum(Optimizer):
    name = "momentum"
    formula = "velocity ← μ·velocity + g;  w ← w − lr·velocity"
    arguments: ClassVar[tuple[Argument, ...]] = (_rate(0.01), Argument("mu", "μ", "fraction", 0.9, 0.9))
    state_names = ("velocity",)

    @classmethod
    def help(cls) -> str:
        return _("gradients add up to a velocity that friction slows down")

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        mu = scalar(self.values["mu"])
        return partial(kernels.momentum, on.theta, on.grad, *on.state, mu, *live, on.step)

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        return self._const("mu") * old + context.ref("used")

    def _explain_step(self, context: UpdateContext) -> Expression:
        return -(ref(LR, context.lr) * context.ref("velocity.new"))


class Nesterov(Momentum):
    name = "nesterov"
    formula = "velocity ← μ·velocity + g;  w ← w − lr·(g + μ·velocity)"

    @classmethod
    def help(cls) -> str:
        return _("momentum that looks ahead: the new velocity is applied once more to the step")

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        mu = scalar(self.values["mu"])
        return partial(kernels.nesterov, on.theta, on.grad, *on.state, mu, *live, on.step)

    def _explain_step(self, context: UpdateContext) -> Expression:
        ahead = context.ref("used") + self._const("mu") * context.ref("velocity.new")
        return -(ref(LR, context.lr) * ahead)


class AdaGrad(Optimizer):
    name = "adagrad"
    formula = "accumulator ← accumulator + g²;  w ← w − lr·g / (√accumulator + ε)"
    arguments: ClassVar[tuple[Argument, ...]] = (_rate(0.01), Argument("eps", "ε", "positive", 1e-10, 1e-10))
    state_names = ("accumulator",)

    @classmethod
    def help(cls) -> str:
        return _("each weight's step shrinks with all its past gradients")

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        eps = scalar(self.values["eps"])
        return partial(kernels.adagrad, on.theta, on.grad, *on.state, eps, *live, on.step)

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        return old + power(context.ref("used"), 2)

    def _explain_step(self, context: UpdateContext) -> Expression:
        below = call("√", context.ref("accumulator.new")) + self._const("eps")
        return -(ref(LR, context.lr) * context.ref("used") / below)


class RMSProp(Optimizer):
    name = "rmsprop"
    formula = "v ← α·v + (1 − α)·g²;  w ← w − lr·g / (√v + ε)"
    arguments: ClassVar[tuple[Argument, ...]] = (
        _rate(0.01),
        Argument("alpha", "α", "fraction", 0.99, 0.99),
        _EPSILON,
    )
    state_names = ("v",)

    @classmethod
    def help(cls) -> str:
        return _("each weight's gradient is divided by its recent root mean square")

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        alpha, eps = self.values["alpha"], scalar(self.values["eps"])
        fixed = scalar(alpha), scalar(1 - alpha), eps
        return partial(kernels.rmsprop, on.theta, on.grad, *on.state, *fixed, *live, on.step)

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        alpha = self._const("alpha")
        return alpha * old + (1.0 - alpha) * power(context.ref("used"), 2)

    def _explain_step(self, context: UpdateContext) -> Expression:
        below = call("√", context.ref("v.new")) + self._const("eps")
        return -(ref(LR, context.lr) * context.ref("used") / below)


class Adam(Optimizer):
    name = "adam"
    formula = (
        "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − lr·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)"
    )
    arguments: ClassVar[tuple[Argument, ...]] = (
        _rate(0.001),
        Argument("beta1", "β₁", "fraction", 0.9, 0.9),
        Argument("beta2", "β₂", "fraction", 0.999, 0.999),
        _EPSILON,
    )
    state_names = ("m", "v")

    @classmethod
    def help(cls) -> str:
        return _("mean gradient divided by its root mean square, both corrected for their start at zero")

    def _scalars(self, t: int, lr: float) -> tuple[float, ...]:
        # The kernel divides by √v + ε·√(1−β₂ᵗ): the correction of v costs no pass over the vector.
        root = math.sqrt(1 - self.values["beta2"] ** t)
        return -lr * root / (1 - self.values["beta1"] ** t), self.values["eps"] * root

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        return partial(kernels.adam, on.theta, on.grad, *on.state, *self._betas(scalar), *live, on.step)

    def _betas(self, scalar: Scalar) -> list[Vector]:
        beta1, beta2 = self.values["beta1"], self.values["beta2"]
        return [scalar(number) for number in (beta1, 1 - beta1, beta2, 1 - beta2)]

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        beta = self._const("beta1" if name == "m" else "beta2")
        used = context.ref("used")
        return beta * old + (1.0 - beta) * (used if name == "m" else power(used, 2))

    def _explain_step(self, context: UpdateContext) -> Expression:
        mean = context.ref("m.new") / (1.0 - power(self._const("beta1"), context.t))
        square = context.ref("v.new") / (1.0 - power(self._const("beta2"), context.t))
        return -(ref(LR, context.lr) * mean / (call("√", square) + self._const("eps")))


class AdamW(Adam):
    name = "adamw"
    formula = Adam.formula + " − lr·λ·w"
    arguments = (*Adam.arguments, Argument("weight_decay", "λ", "non-negative", 0.01, 0.01))

    @classmethod
    def help(cls) -> str:
        return _("Adam with weight decay that does not pass through the moments")

    def _scalars(self, t: int, lr: float) -> tuple[float, ...]:
        return (*super()._scalars(t, lr), -lr * self.values["weight_decay"])

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        betas = self._betas(scalar)
        return partial(kernels.adamw, on.theta, on.grad, *on.state, *betas, *live, on.step, on.spare)

    def _explain_step(self, context: UpdateContext) -> Expression:
        lr = ref(LR, context.lr)
        return super()._explain_step(context) - lr * self._const("weight_decay") * context.ref("")


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (GD, SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
}

__all__ = ["BLOCK", "FLUSH_BELOW", "FLUSH_EVERY", "OPTIMIZERS", "Optimizer", "columns"]
