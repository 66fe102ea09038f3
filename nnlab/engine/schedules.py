"""Learning-rate schedules: the learning rate as a pure function of the step.

``step`` counts the updates made before this one: the first update is made at step 0.  Texts:
``constant``, ``step 100 0.5``, ``exponential 0.99``, ``cosine 1000 floor=0.001``, ``linear 1000``, and
``warmup 100`` before any of them (``warmup 100 cosine 1000``: the cosine begins when the warm-up is over).
"""

from __future__ import annotations

import math
from typing import ClassVar

from nnlab.engine.address import Address
from nnlab.engine.arguments import Argument, Written, check_all, plain, read_arguments, split_words, unknown
from nnlab.engine.expression import Expression, call, const, power
from nnlab.errors import NnlabError
from nnlab.i18n import _

LR = Address("lr")
"""The learning rate of the pending update, as a number of its own to ask for."""


class Schedule(Written):
    """One schedule; ``base`` is the optimiser's learning rate (lr₀ in formulas)."""

    name: ClassVar[str]
    formula: ClassVar[str]
    arguments: ClassVar[tuple[Argument, ...]] = ()

    def __init__(self, **values: float) -> None:
        self.values = check_all(self.name, self.arguments, values)

    @staticmethod
    def parse(text: str) -> Schedule:
        """Read a schedule's text; an empty text is ``constant``."""
        parts: list[list[str]] = []
        for word in split_words(text) or ["constant"]:
            if word.lower() in SCHEDULES:
                parts.append([word.lower()])
            elif parts and (word[0] in "0123456789.+-" or "=" in word or word.lower() in ("nan", "inf")):
                parts[-1].append(word)
            else:
                message = _("“{word}” is not a learning-rate schedule", word=word)
                raise unknown(word, list(SCHEDULES), message)
        head, *rest = (_build(words) for words in parts)
        if not rest:
            return head
        if not isinstance(head, Warmup) or len(rest) > 1 or isinstance(rest[0], Warmup):
            raise NnlabError(
                _(
                    "“{text}”: only a warm-up can come before another schedule: warmup 100 cosine 1000",
                    text=text,
                )
            )
        return Warmup(then=rest[0], **head.values)

    @property
    def text(self) -> str:
        """The normal form: defaults left out, required numbers by place, the others by name."""
        words = [self.name]
        for argument in self.arguments:
            value = self.values[argument.name]
            if argument.default is None:
                words.append(plain(value))
            elif value != argument.default:
                words.append(f"{argument.name}={plain(value)}")
        return " ".join(words)

    @classmethod
    def help(cls) -> str:
        raise NotImplementedError

    def value(self, step: int, base: float) -> float:
        """The learning rate of the update at ``step``."""
        raise NotImplementedError

    def formula_at(self, step: int) -> str:
        """The rule in force at ``step``."""
        return self.formula

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        """:meth:`value` as an expression of lr₀ and the step; ``step`` is counted from ``since`` on."""
        raise NotImplementedError


def _base(base: float) -> Expression:
    return const(base, "lr₀")


def _since(step: int, since: int) -> Expression:
    return const(step + since, "step") - float(since) if since else const(step, "step")


class Constant(Schedule):
    name = "constant"
    formula = "lr = lr₀"

    @classmethod
    def help(cls) -> str:
        return _("the same learning rate at every step")

    def value(self, step: int, base: float) -> float:
        return base

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        return _base(base)


class StepDecay(Schedule):
    name = "step"
    formula = "lr = lr₀·factor^⌊step / every⌋"
    arguments = (
        Argument("every", "every", "count", 100),
        Argument("factor", "factor", "factor", 0.1, 0.1),
    )

    @classmethod
    def help(cls) -> str:
        return _("multiply the learning rate by a factor every so many steps")

    def value(self, step: int, base: float) -> float:
        return float(base * self.values["factor"] ** (step // int(self.values["every"])))

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        times = step // int(self.values["every"])
        return _base(base) * power(const(self.values["factor"], "factor"), times)


class Exponential(Schedule):
    name = "exponential"
    formula = "lr = lr₀·rate^step"
    arguments = (Argument("rate", "rate", "factor", 0.99),)

    @classmethod
    def help(cls) -> str:
        return _("multiply the learning rate by the same rate at every step")

    def value(self, step: int, base: float) -> float:
        return float(base * self.values["rate"] ** step)

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        return _base(base) * power(const(self.values["rate"], "rate"), step)


class Cosine(Schedule):
    name = "cosine"
    formula = "lr = floor + (lr₀ − floor)·(1 + cos(π·step / total)) / 2, and floor after total steps"
    arguments = (
        Argument("total", "total", "count", 1000),
        Argument("floor", "floor", "non-negative", 0.0, 0.0),
    )

    @classmethod
    def help(cls) -> str:
        return _("fall from the learning rate to a floor along half a cosine, then stay there")

    def value(self, step: int, base: float) -> float:
        total, floor = self.values["total"], self.values["floor"]
        if step >= total:
            return floor
        return floor + (base - floor) * (1 + math.cos(math.pi * step / total)) / 2

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        total, floor = const(self.values["total"], "total"), const(self.values["floor"], "floor")
        if step >= total.value:
            return floor
        angle = const(math.pi, "π") * _since(step, since) / total
        return floor + (_base(base) - floor) * (1.0 + call("cos", angle)) / 2.0


class Linear(Schedule):
    name = "linear"
    formula = "lr = floor + (lr₀ − floor)·(1 − step / total), and floor after total steps"
    arguments = (
        Argument("total", "total", "count", 1000),
        Argument("floor", "floor", "non-negative", 0.0, 0.0),
    )

    @classmethod
    def help(cls) -> str:
        return _("fall from the learning rate to a floor in a straight line, then stay there")

    def value(self, step: int, base: float) -> float:
        total, floor = self.values["total"], self.values["floor"]
        return floor if step >= total else floor + (base - floor) * (1 - step / total)

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        total, floor = const(self.values["total"], "total"), const(self.values["floor"], "floor")
        if step >= total.value:
            return floor
        return floor + (_base(base) - floor) * (1.0 - _since(step, since) / total)


class Warmup(Schedule):
    name = "warmup"
    formula = "lr = lr₀·(step + 1) / steps while step < steps, then the next schedule from its beginning"
    arguments = (Argument("steps", "steps", "count", 100),)

    def __init__(self, then: Schedule | None = None, **values: float) -> None:
        super().__init__(**values)
        self.then = then or Constant()

    @classmethod
    def help(cls) -> str:
        return _("rise in a straight line to the learning rate, then follow another schedule")

    @property
    def text(self) -> str:
        own = f"{self.name} {plain(self.values['steps'])}"
        return own if isinstance(self.then, Constant) else f"{own} {self.then.text}"

    def value(self, step: int, base: float) -> float:
        steps = int(self.values["steps"])
        return base * (step + 1) / steps if step < steps else self.then.value(step - steps, base)

    def formula_at(self, step: int) -> str:
        steps = int(self.values["steps"])
        return self.formula if step < steps else self.then.formula_at(step - steps)

    def explain(self, step: int, base: float, since: int = 0) -> Expression:
        steps = int(self.values["steps"])
        if step >= steps:
            return self.then.explain(step - steps, base, steps)
        return _base(base) * (const(step, "step") + 1.0) / const(steps, "steps")


def _build(words: list[str]) -> Schedule:
    kind = SCHEDULES[words[0]]
    return kind(**read_arguments(kind.name, kind.arguments, words[1:]))


SCHEDULES: dict[str, type[Schedule]] = {
    kind.name: kind for kind in (Constant, StepDecay, Exponential, Cosine, Linear, Warmup)
}
