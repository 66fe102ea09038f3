"""Optimisers: one fused update of the flat parameter vector, and the arithmetic of each of its numbers.

Parameters, gradient and state are flat vectors (n,).  :meth:`Optimizer.bind` returns ``update(t, lr)``,
which changes them in place without allocating; ``t`` is the number of this update since the state was
zero, 1 for the first.  At the end of a training step the update is only pending; :meth:`Optimizer.preview`
runs the same kernel on copies for whoever looks, and :meth:`Optimizer.explain` gives the expression behind
every part of one element (:mod:`nnlab.engine.update` holds both):

``used``  the gradient after clipping      ``m.new`` ``v.new`` ``velocity.new`` ``accumulator.new``
``step``  what is added to the parameter   ``new``   the parameter after the update

Conventions are PyTorch's: Adam's ε is added after bias correction, momentum is v = μ·v + g, Nesterov's step
is g + μ·v, AdamW's decay is decoupled.  Before every update that :data:`FLUSH_EVERY` divides, state
below :data:`FLUSH_BELOW` becomes zero, because denormal numbers make arithmetic many times slower.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, TypeAlias

import numpy as np

from nnlab.engine.arguments import Argument, Written, check_all, plain, read_arguments, split_words, unknown
from nnlab.engine.clipping import Clipping
from nnlab.engine.expression import Expression, call, const, power, ref
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.schedules import LR
from nnlab.engine.unroll import unroll
from nnlab.engine.update import Block, Preview, UpdateContext, Vector
from nnlab.errors import NnlabError
from nnlab.i18n import _

Update: TypeAlias = Callable[[int, float], None]
Call: TypeAlias = Callable[[], None]
Scalar: TypeAlias = Callable[[float], Vector]

BLOCK = 32768
"""Elements worked on at a time: five float32 vectors of it fit a second-level cache of 1 MB.  Blocks of
8,192 take 1.3 times as long for 109,386 parameters, through the calls they add."""
FLUSH_EVERY = 100
FLUSH_BELOW = 2.0**-100  # 8e-31, the same number in float32 and float64


def one_by_one(calls: list[Call]) -> Call:
    """A call that makes ``calls``, for an update that is made once and not worth unrolling."""

    def run() -> None:
        for work in calls:
            work()

    return run


class Optimizer(Written):
    """An update rule with its hyper-parameters; immutable."""

    name: ClassVar[str]
    formula: ClassVar[str]
    arguments: ClassVar[tuple[Argument, ...]]
    state_names: ClassVar[tuple[str, ...]] = ()
    full_batch: ClassVar[bool] = False  # the run takes the whole training set as one batch

    def __init__(self, **values: float) -> None:
        self.values = check_all(self.name, self.arguments, values)

    @staticmethod
    def parse(text: str) -> Optimizer:
        """Read ``adam``, ``adam 0.03`` or ``adam lr=0.03 beta1=0.9``."""
        words = split_words(text)
        if not words:
            raise NnlabError(_("name an optimiser: {names}", names=", ".join(OPTIMIZERS)))
        kind = OPTIMIZERS.get(words[0].lower())
        if kind is None:
            message = _("“{word}” is not an optimiser", word=words[0])
            raise unknown(words[0], list(OPTIMIZERS), message)
        return kind(**read_arguments(kind.name, kind.arguments, words[1:]))

    @property
    def text(self) -> str:
        """The normal form: the learning rate always, the others where they are not the default."""
        words = [self.name]
        for argument in self.arguments:
            value = self.values[argument.name]
            if argument.name == "lr" or value != argument.default:
                words.append(f"{argument.name}={plain(value)}")
        return " ".join(words)

    @property
    def lr(self) -> float:
        return self.values["lr"]

    def replace(self, **values: float) -> Optimizer:
        """The same rule with some hyper-parameters changed."""
        return type(self)(**{**self.values, **values})

    @classmethod
    def help(cls) -> str:
        raise NotImplementedError

    @classmethod
    def defaults(cls) -> dict[str, float]:
        return check_all(cls.name, cls.arguments, {})

    def new_state(self, theta: Vector, kernels: Kernels | None = None) -> dict[str, Vector]:
        """State of an optimiser that has not seen a gradient: zeros (n,) by name."""
        xp = (kernels or table()).xp
        return {name: xp.zeros_like(theta) for name in self.state_names}

    def bind(
        self, theta: Vector, grad: Vector, state: Mapping[str, Vector], kernels: Kernels | None = None
    ) -> Update:
        """``update(t, lr)``: one in-place update of ``theta`` (n,) and ``state`` (each (n,)) from ``grad``.

        ``kernels`` is the kernel table, NumPy's by default.  Nothing is allocated and no number is brought
        to the host when the update runs.
        """
        kernels = kernels or table()
        block = min(theta.size, BLOCK) if isinstance(theta, np.ndarray) else theta.size
        step = kernels.xp.empty(block, theta.dtype)
        return self._bind(kernels, theta, grad, state, step, join=lambda calls: unroll(calls, kernels))

    def preview(
        self,
        theta: Vector,
        grad: Vector,
        state: Mapping[str, Vector],
        t: int,
        lr: float,
        clip: Clipping | None = None,
        kernels: Kernels | None = None,
    ) -> Preview:
        """What ``update(t, lr)`` would do, bit for bit; nothing given is changed."""
        kernels = kernels or table()
        used = grad.copy()
        norm = kernels.xp.zeros((), grad.dtype)
        if clip is not None:
            clip.bind(grad, used, kernels, norm)()
        new, step = theta.copy(), kernels.xp.zeros_like(theta)
        after = {name: state[name].copy() for name in self.state_names}
        self._bind(kernels, new, used, after, step)(t, lr)
        parts: dict[str, Vector] = {"": theta.copy(), "grad": grad.copy(), "used": used}
        parts |= {name: state[name].copy() for name in self.state_names}
        parts |= {f"{name}.new": vector for name, vector in after.items()}
        parts |= {"step": step, "new": new}
        return Preview(parts, t, lr, clip, float(norm) if clip is not None else math.nan)

    def _bind(
        self,
        kernels: Kernels,
        theta: Vector,
        grad: Vector,
        state: Mapping[str, Vector],
        step: Vector,
        join: Callable[[list[Call]], Call] = one_by_one,
    ) -> Update:
        """The update in blocks of the size of ``step``: scratch, or (n,) to keep what is added to theta."""
        xp, dtype, block = kernels.xp, theta.dtype, max(step.size, 1)

        def scalar(value: float) -> Vector:
            return xp.full((), value, dtype)  # type: ignore[no-any-return]

        live = [scalar(0.0) for _value in self._scalars(1, 1.0)]
        spare = xp.empty(block, dtype)
        above, below = xp.empty(block, bool), xp.empty(block, bool)
        limits = scalar(-FLUSH_BELOW), scalar(FLUSH_BELOW), scalar(0.0)
        calls: list[Call] = []
        flushes: list[Call] = []
        for start in range(0, theta.size, block):
            part = slice(start, start + block)
            size = theta[part].size
            states = [state[name][part] for name in self.state_names]
            vectors = Block(theta[part], grad[part], states, step[:size], spare[:size])
            calls.append(self._kernel(kernels, scalar, live, vectors))
            masks = above[:size], below[:size]
            flushes += [partial(kernels.flush, vector, *limits, *masks) for vector in states]
        scalars, run = self._scalars, join(calls)

        def update(t: int, lr: float) -> None:
            for slot, value in zip(live, scalars(t, lr)):
                slot[...] = value
            if t % FLUSH_EVERY == 0:
                for flush in flushes:
                    flush()
            run()

        return update

    def _scalars(self, t: int, lr: float) -> tuple[float, ...]:
        """The numbers of the kernel that change from step to step, computed in float64."""
        return (-lr,)

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        """The kernel call for one block; ``live`` holds the numbers of :meth:`_scalars` as 0-d arrays."""
        raise NotImplementedError

    def explain(self, part: str, context: UpdateContext) -> Expression:
        """The expression behind ``part`` of one element: used, NAME.new, step or new."""
        if part == "used":
            grad = context.ref("grad")
            return context.clip.explain(grad, context.norm) if context.clip else grad
        if part == "step":
            return self._explain_step(context)
        if part == "new":
            return context.ref("") + context.ref("step")
        name = part.removesuffix(".new")
        if part == name or name not in self.state_names:
            known = ["used", *(f"{n}.new" for n in self.state_names), "step", "new"]
            message = _("{name} has no part “{part}” to explain", name=self.name, part=part)
            raise unknown(part, known, message)
        old: Expression = context.ref(name)
        if context.t % FLUSH_EVERY == 0 and 0 < abs(context.numbers[name]) < FLUSH_BELOW:
            old = const(0.0, "[≥ 2⁻¹⁰⁰]") * old
        return self._explain_state(name, old, context)

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        raise NotImplementedError

    def _explain_step(self, context: UpdateContext) -> Expression:
        raise NotImplementedError

    def _const(self, name: str) -> Expression:
        symbol = next(a.symbol for a in self.arguments if a.name == name)
        return const(self.values[name], symbol)


def columns(optimizer: Optimizer) -> tuple[tuple[str, str], ...]:
    """The ledger of one parameter in reading order: (label, part)."""
    state = [(label, part) for n in optimizer.state_names for label, part in ((n, n), (f"{n}′", f"{n}.new"))]
    old = ((_("old"), ""), (_("gradient"), "grad"), (_("used"), "used"))
    return (*old, *state, (_("step"), "step"), (_("new"), "new"))


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
