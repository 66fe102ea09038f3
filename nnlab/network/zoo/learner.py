"""What a learner of the zoo is that has no gradients: steps to watch, and the goal they lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

Measured = dict[str, float]


class Step(NamedTuple):
    """One step: what happened, and how good the learner is now, measured when somebody asks."""

    text: str
    measure: Callable[[], Measured]


@dataclass(frozen=True, slots=True)
class Learner:
    """``steps(seed)`` learns, one step at a time; the last one is measured by ``goals``.

    ``settings`` say what is learnt from and how, a line each.  ``unit`` is what a step is called.  The rest
    is as for a :class:`~nnlab.network.zoo.model.Model`.
    """

    name: str
    title: str
    about: str
    source: str
    settings: tuple[str, ...]
    unit: str
    steps: Callable[[int], Iterator[Step]]
    goals: tuple[str, ...]
    seconds: float
    seed: int = 1
