"""The losses a run can make small: one table for runs, sessions, the command line and help.

A loss is written as its name and perhaps a number: ``mse``, ``huber delta=0.5``.  Its arithmetic is an
operation of the engine; here stands what it asks of data and network, and how the outputs that it trains are
read as answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nnlab.engine import ops
from nnlab.engine.arguments import Argument, Written, plain, read_arguments, split_words, unknown
from nnlab.engine.operation import Operation
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

if TYPE_CHECKING:
    from nnlab.data import Dataset

Array = np.ndarray[Any, Any]
Targets = Literal["classes", "numbers", "tokens", "none"]


def as_they_are(output: Array) -> Array:
    return output


def probability(output: Array) -> Array:
    """σ(z) of logits, each for itself."""
    return np.asarray(0.5 + 0.5 * np.tanh(output / 2))


def probabilities(output: Array) -> Array:
    """softmax(z) of logits (n, classes)."""
    with np.errstate(invalid="ignore"):  # of a diverged network: NaN
        shifted = np.exp(output - output.max(axis=-1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class LossKind:
    """One loss of the table.

    ``operation`` takes (name, **values of ``arguments``).  ``targets`` is what outputs are compared with:
    ``classes`` (rows of 0 and a 1), ``numbers``, ``tokens`` (an id at each place of a text) or ``none``.
    ``compose`` puts a loss of several operations together; then ``operation`` is the last of them.
    ``signed`` says that it may be below 0.
    ``tasks`` are the tasks of data it fits.  ``single`` says whether one output may decide between two
    classes, and then class 1 is answered above ``threshold``.  ``answers`` turns outputs into what is shown.
    """

    name: str
    operation: Callable[..., Operation]
    help: str
    targets: Targets
    tasks: tuple[str, ...]
    single: bool = True
    threshold: float = 0.5
    answers: Callable[[Array], Array] = as_they_are
    arguments: tuple[Argument, ...] = ()
    compose: Callable[..., Value] | None = None
    signed: bool = False

    def chosen(self, outputs: Array) -> Array:
        """The class that each row of network outputs (n, …, outputs) stands for, (n, …).

        The largest output, ties to the lower class; of a single output class 1 above the threshold.
        """
        if outputs.shape[-1] > 1:
            return np.asarray(outputs.argmax(axis=-1))
        return (outputs[..., 0] > self.threshold).astype(np.int64)


CLASSES = ("binary", "multiclass")
EVERY = (*CLASSES, "regression")
PACE = Argument("pace", "r", "positive", 0.2, 1.0)
ROUNDS = Argument("rounds", "k", "count", 2, 1)
REWARDS = "rewards"
"""The input that says what actions brought."""


def _game(name: str, help_: str, *more: Argument) -> LossKind:
    """A rule of the game of generator and discriminator; ``game`` in the engine's table.

    ``pace`` is the learning rate of the generator over that of the discriminator, ``rounds`` how many steps
    the discriminator takes for one of the generator, ``limit`` bounds the discriminator's weights.
    """

    def discriminator(layer: str, **_numbers: float) -> Operation:
        return ops.DiscriminatorLoss(layer, game=name)

    arguments = (PACE, ROUNDS, *more)
    return LossKind(name, discriminator, help_, "none", (), arguments=arguments, signed=True)


def _reinforce(graph: Graph, out: Value, actions: Value, gamma: float, baseline: float) -> Value:
    """Rewards to returns, returns to advantages over a baseline, and the loss of the policy ``out``."""
    if REWARDS not in graph.values:
        raise NnlabError(
            _(
                "loss reinforce learns from what actions bring, and these data have no “{rewards}”; "
                "choose data that are walks, such as grid4-walks",
                rewards=REWARDS,
            )
        )
    (returns,) = graph.apply(ops.Returns("returns", gamma), graph.values[REWARDS])
    advantage, *_stages = graph.apply(ops.Advantage("baseline", baseline), returns, actions)
    return graph.apply(ops.PolicyLoss("loss"), out, actions, advantage)[0]


LOSSES: dict[str, LossKind] = {
    kind.name: kind
    for kind in (
        LossKind(
            "cross_entropy",
            ops.SoftmaxCrossEntropy,
            N_("softmax cross-entropy: −ln of the probability of the right class"),
            "classes",
            CLASSES,
            single=False,
            answers=probabilities,
        ),
        LossKind(
            "bce",
            ops.BinaryCrossEntropy,
            N_("binary cross-entropy of a logit: −ln of the probability of the right answer"),
            "classes",
            CLASSES,
            threshold=0.0,
            answers=probability,
        ),
        LossKind(
            "mse",
            ops.MeanSquaredError,
            N_("mean squared error"),
            "numbers",
            EVERY,
        ),
        LossKind(
            "huber",
            ops.Huber,
            N_("Huber’s: squared up to an error of delta, straight beyond, so that outliers pull less"),
            "numbers",
            EVERY,
            arguments=(Argument("delta", "δ", "positive", 1.0, 1.0),),
        ),
        LossKind(
            "hinge",
            ops.Hinge,
            N_("hinge: what each score lacks of being right by 1; a support vector machine"),
            "classes",
            CLASSES,
            threshold=0.0,
        ),
        LossKind(
            "multi_hinge",
            ops.MultiHinge,
            N_("multi-class hinge: what the right class lacks of leading every other by 1"),
            "classes",
            CLASSES,
            single=False,
        ),
        LossKind(
            "token_cross_entropy",
            ops.TokenCrossEntropy,
            N_("cross-entropy at every position of a text that has a target"),
            "tokens",
            ("tokens",),
            single=False,
            answers=probabilities,
        ),
        LossKind(
            "reinforce",
            lambda name, **_numbers: ops.PolicyLoss(name),
            N_("policy gradient: −ln π of each action done, times what it brought more than usual"),
            "tokens",
            ("tokens",),
            single=False,
            answers=probabilities,
            arguments=(
                Argument("gamma", "γ", "factor", 0.9, 0.9),
                Argument("baseline", "share", "non-negative", 1.0, 1.0),
            ),
            compose=_reinforce,
            signed=True,
        ),
        LossKind(
            "distillation",
            lambda name, **_numbers: ops.SoftmaxCrossEntropy(name),
            N_("cross-entropy with the classes and, by weight, with what a teacher says at a temperature"),
            "classes",
            CLASSES,
            single=False,
            answers=probabilities,
            arguments=(
                Argument("temperature", "T", "positive", 4.0, 4.0),
                Argument("weight", "w", "share", 0.9, 0.9),
            ),
        ),
        _game("minimax", N_("generator against discriminator, as first written down: one number, two signs")),
        _game("non_saturating", N_("the same game, with a gradient where the generator is bad")),
        _game("least_squares", N_("the same game with squared errors")),
        _game(
            "wasserstein",
            N_("the same game with plain scores and bounded weights"),
            Argument("limit", "c", "positive", 0.01, 0.01),
        ),
    )
}

USUAL = {
    "multiclass": "cross_entropy",
    "binary": "bce",
    "regression": "mse",
    "tokens": "token_cross_entropy",
}
"""The loss of a task where none is asked for."""


class LossRule(Written):
    """A loss with its numbers: ``LossRule.parse("mse")``."""

    def __init__(self, kind: LossKind, values: dict[str, float]):
        self.kind, self.values = kind, values

    @staticmethod
    def parse(text: str) -> LossRule:
        """Read ``mse`` or ``huber delta=0.5``; NnlabError with the nearest name where there is none such."""
        words = split_words(text)
        if not words:
            raise NnlabError(_("name a loss: {names}", names=", ".join(LOSSES)))
        kind = LOSSES.get(words[0].lower())
        if kind is None:
            raise unknown(words[0], list(LOSSES), _("“{word}” is not a loss", word=words[0]))
        return LossRule(kind, read_arguments(kind.name, kind.arguments, words[1:]))

    @property
    def text(self) -> str:
        """The normal form; numbers where they are not the default."""
        changed = [a for a in self.kind.arguments if self.values[a.name] != a.default]
        return " ".join([self.kind.name, *(f"{a.name}={plain(self.values[a.name])}" for a in changed)])

    def operation(self, name: str = "loss") -> Operation:
        return self.kind.operation(name, **self.values)

    def add(self, graph: Graph, out: Value, target: Value) -> Value:
        """The loss of ``out`` against ``target``, added to ``graph``."""
        if self.kind.compose is not None:
            return self.kind.compose(graph, out, target, **self.values)
        return graph.apply(self.operation(), out, target)[0]


def default_loss(data: Dataset, outputs: int, duel: bool = False) -> str:
    """The usual loss for the task; two outputs for two classes call for softmax, a duel for its game."""
    if duel:
        return "non_saturating"
    if data.live is not None and data.live.loss:
        return data.live.loss
    if data.task == "binary" and outputs == 2:
        return "cross_entropy"
    return USUAL[data.task]


def fitting(task: str, single: bool | None = None) -> str:
    """The names of the losses that fit a task, for a sentence; ``single`` asks for that alone.

    Left out are those that need more than a target.
    """
    return ", ".join(
        kind.name
        for kind in LOSSES.values()
        if task in kind.tasks and (single is None or kind.single == single) and kind.compose is None
    )
