"""The two losses of a generative adversarial network, under the rules of the game that are in use.

D gives one logit z for each sample, high where it holds the sample for real; p = σ(z).  A rule says what one
logit costs in three places: D looking at a real sample, D looking at a generated one, and G where D looks at
what it generated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple, Protocol

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.kernels import EXP_FLOOR
from nnlab.engine.operation import Array, Buffers, Call, Inferred, View
from nnlab.engine.ops.activations import floored, logistic
from nnlab.engine.ops.losses import Loss, arriving, times_arriving
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


class Cost(Protocol):
    """What one logit z costs, and how much more when z grows.

    ``text`` is the cost in symbols, ``slope_text`` its slope.  ``probable`` says that it is a function of
    p = σ(z), which is then a value of its own and given as ``p``; elsewhere p is z itself.
    """

    @property
    def text(self) -> str: ...
    @property
    def slope_text(self) -> str: ...
    @property
    def probable(self) -> bool: ...
    def forward(self, at: Buffers, z: Array, p: Array, cost: Array) -> list[Call]: ...
    def backward(self, at: Buffers, p: Array, dz: Array) -> list[Call]: ...
    def explain(self, z: Expression) -> Expression: ...
    def slope(self, p: Expression) -> Expression: ...


@dataclass(frozen=True)
class LogCost:
    """sign·(−ln p) where ``goal`` is 1, sign·(−ln(1 − p)) where it is 0: cross-entropy with one answer."""

    goal: float
    sign: float = 1.0
    probable: ClassVar[bool] = True

    @property
    def text(self) -> str:
        return ("" if self.sign < 0 else "−") + ("ln p" if self.goal else "ln(1 − p)")

    @property
    def slope_text(self) -> str:
        return ("−" if self.sign < 0 else "") + ("(p − 1)" if self.goal else "p")

    def forward(self, at: Buffers, z: Array, p: Array, cost: Array) -> list[Call]:
        share, u, v = at.ones(1, 1, value=self.sign), at.scratch(*z.shape), at.scratch(*z.shape)
        zeros, ceiling = at.scratch(*z.shape), at.ones(*z.shape, value=-EXP_FLOOR)
        goal = at.scalar(self.goal)
        return [
            partial(at.kernels.binary_cross_entropy, z, goal, zeros, ceiling, share, u, v, cost),
            partial(at.kernels.sigmoid, z, ceiling, at.scalar(1.0), p),
        ]

    def backward(self, at: Buffers, p: Array, dz: Array) -> list[Call]:
        calls, scale = times_arriving(at, self.sign / at.batch)
        return [*calls, partial(at.kernels.difference_scaled, p, at.scalar(self.goal), scale, dz)]

    def explain(self, z: Expression) -> Expression:
        soft = call("ln", const(1.0) + call("exp", floored(-call("abs", z))))
        terms = [extreme("max", [z, const(0.0)]), soft, *([-z] if self.goal else [])]
        return total([-t for t in terms] if self.sign < 0 else terms)

    def slope(self, p: Expression) -> Expression:
        difference = p - const(self.goal) if self.goal else p
        return difference if self.sign > 0 else -difference


@dataclass(frozen=True)
class SquareCost:
    """½·(z − goal)²."""

    goal: float
    probable: ClassVar[bool] = False

    @property
    def text(self) -> str:
        return f"½·{self.slope_text}²"

    @property
    def slope_text(self) -> str:
        return f"(z − {self.goal:g})" if self.goal else "z"

    def forward(self, at: Buffers, z: Array, p: Array, cost: Array) -> list[Call]:
        half, u = at.ones(1, 1, value=0.5), at.scratch(*z.shape)
        return [partial(at.kernels.squared_error, z, at.scalar(self.goal), half, u, cost)]

    def backward(self, at: Buffers, p: Array, dz: Array) -> list[Call]:
        calls, scale = times_arriving(at, 1 / at.batch)
        return [*calls, partial(at.kernels.difference_scaled, p, at.scalar(self.goal), scale, dz)]

    def explain(self, z: Expression) -> Expression:
        return const(0.5) * power(self.slope(z), 2)

    def slope(self, p: Expression) -> Expression:
        return p - const(self.goal) if self.goal else p


@dataclass(frozen=True)
class PlainCost:
    """sign·z."""

    sign: float
    probable: ClassVar[bool] = False

    @property
    def text(self) -> str:
        return "−z" if self.sign < 0 else "z"

    @property
    def slope_text(self) -> str:
        return "−1" if self.sign < 0 else "1"

    def forward(self, at: Buffers, z: Array, p: Array, cost: Array) -> list[Call]:
        return [partial(at.kernels.multiply, z, at.scalar(self.sign), cost)]

    def backward(self, at: Buffers, p: Array, dz: Array) -> list[Call]:
        calls, scale = times_arriving(at, self.sign / at.batch)
        return [*calls, partial(at.kernels.fill, scale, dz)]

    def explain(self, z: Expression) -> Expression:
        return -z if self.sign < 0 else z

    def slope(self, p: Expression) -> Expression:
        return const(self.sign)


class Game(NamedTuple):
    """What a logit costs: D on a real sample, D on a generated one, G on what it generated."""

    real: Cost
    generated: Cost
    generator: Cost


GAMES: dict[str, Game] = {
    "minimax": Game(LogCost(1), LogCost(0), LogCost(0, -1)),
    "non_saturating": Game(LogCost(1), LogCost(0), LogCost(1)),
    "least_squares": Game(SquareCost(1), SquareCost(0), SquareCost(1)),
    "wasserstein": Game(PlainCost(-1), PlainCost(1), PlainCost(-1)),
}
"""The original game and its variant with a gradient where G is bad (Goodfellow et al. 2014), least squares
(Mao et al. 2017), and Wasserstein (Arjovsky et al. 2017), whose D must have its weights clipped."""


@dataclass(eq=False)
class AdversarialLoss(Loss):
    """Shared by both sides: ``each`` is the sum of what the inputs, logits (batch, 1), cost."""

    game: str = "non_saturating"

    names: ClassVar[tuple[str, ...]] = ()
    """Stages: the cost of each input, where there is more than one."""

    @property
    def costs(self) -> tuple[Cost, ...]:
        raise NotImplementedError

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        if self.game not in GAMES:
            raise NnlabError(
                _("there is no game “{game}”; choose {known}", game=self.game, known=", ".join(GAMES))
            )
        for value in inputs:
            if value.shape[1:] != (1,):
                raise NnlabError(
                    _(
                        "{layer} reads one logit for each sample, but {before} gives shape {shape}; end the "
                        "discriminator in dense 1",
                        layer=self.layer,
                        before=value.name,
                        shape=value.shape[1:],
                    )
                )
        column, outputs = (BATCH, 1), self.losses()
        outputs += [(name, column, Role.LOSS) for name in self.names]
        if self.costs[0].probable:
            labels = [f"p_{name}" for name in self.names] or ["p"]
            outputs += [(label, column, Role.INTERMEDIATE) for label in labels]
        return outputs

    def formula_of(self, output: int) -> str:
        texts, stages = [cost.text for cost in self.costs], len(self.names)
        if output == 0:
            return "L = Σ eachₙ / B"
        if output == 1:
            return "each = " + (" + ".join(self.names) or texts[0])
        return f"{self.names[output - 2]} = {texts[output - 2]}" if output < 2 + stages else "p = σ(z)"

    def backward_formula_of(self, use: int) -> str:
        return f"dz = {self.costs[use].slope_text}/B"

    def forward(self, at: Buffers) -> list[Call]:
        _loss, each, *stages = at.outs
        columns = stages[: len(self.names)] or [each]
        probabilities = stages[len(self.names) :] or at.ins
        calls: list[Call] = []
        for cost, z, p, column in zip(self.costs, at.ins, probabilities, columns):
            calls += cost.forward(at, z, p, column)
        if self.names:
            calls.append(partial(at.kernels.add, *columns, each))
        return [*calls, self.mean(at)]

    def backward(self, at: Buffers) -> list[Call]:
        probabilities = at.outs[2 + len(self.names) :] or at.ins
        calls: list[Call] = []
        for cost, p, dz in zip(self.costs, probabilities, at.gins):
            if dz is not None:
                calls += cost.backward(at, p, dz)
        return calls

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        stages = len(self.names)
        if output == 1 and stages:
            return total([at.out(2 + k)(*index) for k in range(stages)])
        if output >= 2 + stages:
            return logistic(at.x(output - 2 - stages)(*index))
        k = max(0, output - 2)
        return self.costs[k].explain(at.x(k)(*index))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        cost = self.costs[use]
        p = at.out(2 + len(self.names) + use) if cost.probable else at.x(use)
        return arriving(at, cost.slope(p(*index)) / const(at.batch, "B"))


@dataclass(eq=False)
class DiscriminatorLoss(AdversarialLoss):
    """What D pays: inputs are its logits of real and of generated samples, each (batch, 1).

    ``real`` and ``generated`` are the two summands of ``each``.  Where D answers ½ everywhere, the loss of
    the games with logarithms is 2·ln 2.
    """

    kind: ClassVar[str] = "discriminator"
    formula: ClassVar[str] = "L = mean (real + generated)"
    backward_formula: ClassVar[str] = "dz = (slope of the cost)/B"
    names: ClassVar[tuple[str, ...]] = ("real", "generated")

    @property
    def costs(self) -> tuple[Cost, ...]:
        return GAMES[self.game][:2]


@dataclass(eq=False)
class GeneratorLoss(AdversarialLoss):
    """What G pays: the input is D's logits (batch, 1) of what it generated."""

    kind: ClassVar[str] = "generator"
    formula: ClassVar[str] = "L = mean cost of D's logit"
    backward_formula: ClassVar[str] = "dz = (slope of the cost)/B"

    @property
    def costs(self) -> tuple[Cost, ...]:
        return GAMES[self.game][2:]
