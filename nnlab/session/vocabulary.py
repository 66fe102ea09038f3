"""The words that rooms below understand, read from their registries when they are needed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from nnlab.i18n import N_

if TYPE_CHECKING:
    from nnlab.training.conditions import Condition

EXPECTED = {
    "optimizer": N_("an optimiser such as adam lr=0.01"),
    "schedule": N_("a schedule such as cosine 500"),
    "clip": N_("a way of clipping such as norm 1"),
    "augment": N_("changes such as shift:1 noise:0.1"),
    "condition": N_("a condition such as loss < 0.1"),
    "loss": N_("a loss such as mse, or auto"),
}


def normal(kind: str, text: str) -> str:
    """``text`` in the normal form of its kind.  Raises NnlabError where it cannot be read."""
    return str(_READERS[kind](text))


def _optimizer(text: str) -> str:
    from nnlab.engine.optimizers import Optimizer

    return Optimizer.parse(text).text


def _schedule(text: str) -> str:
    from nnlab.engine.schedules import Schedule

    return Schedule.parse(text).text


def _augment(text: str) -> str:
    from nnlab.data.augment import Augmentation

    return str(Augmentation.parse(text))


def _clip(text: str) -> str:
    from nnlab.engine.clipping import Clipping

    rule = Clipping.parse(text)
    return rule.text if rule else "none"


def _condition(text: str) -> str:
    from nnlab.training.conditions import Condition

    return Condition.parse(text).text


def _loss(text: str) -> str:
    from nnlab.training.losses import LossRule

    return LossRule.parse(text).text


_READERS = {
    "optimizer": _optimizer,
    "schedule": _schedule,
    "clip": _clip,
    "augment": _augment,
    "condition": _condition,
    "loss": _loss,
}


@lru_cache(maxsize=32)
def stop_conditions(breaks: tuple[str, ...], goal: str, patience: int = 0) -> tuple[Condition, ...]:
    """The conditions that stop a run: its own goal first, then the breakpoints, then the end of patience."""
    from nnlab.training.conditions import Condition

    stalled = (out_of_patience(patience),) if patience else ()
    return tuple(Condition.parse(text) for text in (*((goal,) if goal else ()), *breaks, *stalled))


def out_of_patience(epochs: int) -> str:
    """The condition under which training has gone on for too long without a better epoch."""
    return f"val_loss stalls {epochs}"
