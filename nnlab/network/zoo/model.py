"""What a model of the zoo is: a short script and the goal it reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nnlab.errors import NnlabError
from nnlab.i18n import _

_GOAL = re.compile(r"^(?P<measure>\w+)\s*(?P<sign><=|>=)\s*(?P<value>[-+0-9.eE]+)(?P<percent>%?)$")


@dataclass(frozen=True, slots=True)
class Goal:
    """``measure`` at least (``>=``) or at most (``<=``) ``value``; what can be measured stands in
    :data:`nnlab.training.measures.MEASURES`.
    """

    measure: str
    sign: str
    value: float
    percent: bool = False

    @classmethod
    def parse(cls, text: str) -> Goal:
        """Read ``best_val_accuracy >= 95%``; raises NnlabError where it is not of that form."""
        found = _GOAL.match(text.strip())
        if found is None:
            raise NnlabError(_("“{text}” is not a goal; write one like best_val_accuracy >= 95%", text=text))
        share = 100 if found["percent"] else 1
        return cls(found["measure"], found["sign"], float(found["value"]) / share, bool(found["percent"]))

    def reached(self, measured: float) -> bool:
        return measured >= self.value if self.sign == ">=" else measured <= self.value

    def shown(self, value: float) -> str:
        return f"{value * 100:.1f}%" if self.percent else f"{value:.4g}"

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Model:
    """``actions`` lay data, network and knobs out, as somebody would type them; ``length`` says how long.

    ``then`` is what follows the training, such as fine-tuning; the goals are measured behind it.
    ``source`` is where the architecture comes from.  ``seconds`` is what training took on one core of a
    server of 2026, for a reader who wonders whether to wait.
    """

    name: str
    title: str
    about: str
    source: str
    actions: tuple[str, ...]
    length: str
    goals: tuple[str, ...]
    seconds: float
    seed: int = 1
    then: tuple[str, ...] = ()

    @property
    def layout(self) -> tuple[str, ...]:
        """Everything before the training."""
        return (f"seed {self.seed}", *self.actions)

    @property
    def script(self) -> tuple[str, ...]:
        """Everything from an empty bench to the trained network."""
        return (*self.layout, f"run {self.length}", *self.then)
