"""What a run is told: loss, optimiser, batch size and the rest, checked once."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from nnlab.data.augment.notation import Augmentation
from nnlab.engine.clipping import Clipping
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.schedules import Schedule
from nnlab.errors import NnlabError
from nnlab.given import whole_number, written
from nnlab.i18n import _
from nnlab.training.losses import LossRule, default_loss

if TYPE_CHECKING:
    from nnlab.data import Dataset


TURNS = ("both", "discriminator", "generator")
"""Who takes steps where two networks play against each other."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Every field is plain text or a number, so that a configuration can be logged and read back."""

    loss: str
    optimizer: str
    batch_size: int = 32
    seed: int = 1
    schedule: str = "constant"
    clip: str = "none"
    l1: float = 0.0
    l2: float = 0.0
    maxnorm: float = 0.0
    sparse: bool = False
    freeze: str = ""
    augment: str = ""
    dtype: str = "float32"
    shuffle: bool = True
    turns: str = "both"

    @classmethod
    def make(cls, data: Dataset, outputs: int, duel: bool = False, **given: Any) -> RunConfig:
        """Fill in what is not given from the task of ``data``, normalise texts, check everything.

        Raises NnlabError with the field's name, what was given and what would work.
        """
        config = cls(loss=default_loss(data, outputs, duel), optimizer="adam")
        return config.changed(**{k: v for k, v in given.items() if v is not None})

    def changed(self, **changes: Any) -> RunConfig:
        """A configuration with some fields replaced; ``lr`` replaces that of the optimiser."""
        lr = changes.pop("lr", None)
        known = {f.name for f in fields(self)}
        for name in changes:
            if name not in known:
                raise NnlabError(
                    _(
                        "a run has no setting “{name}”; it has {known}",
                        name=name,
                        known=", ".join(sorted(known)),
                    )
                )
        if isinstance(changes.get("optimizer"), Optimizer):
            changes["optimizer"] = changes["optimizer"].text
        config = replace(self, **_read(changes))
        rule = Optimizer.parse(config.optimizer)
        if lr is not None:
            rule = rule.replace(lr=lr)
        clip = Clipping.parse(config.clip)
        config = replace(
            config,
            loss=LossRule.parse(config.loss).text,
            optimizer=rule.text,
            schedule=Schedule.parse(config.schedule).text,
            augment=str(Augmentation.parse(config.augment)),
            clip=clip.text if clip else "none",
        )
        config.check()
        return config

    def check(self) -> None:
        if self.batch_size < 1:
            raise NnlabError(_("batch size {n} must be a whole number from 1", n=self.batch_size))
        for name in ("l1", "l2", "maxnorm"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise NnlabError(_("{name} {value} must be 0 or a positive number", name=name, value=value))
        if self.turns not in TURNS:
            raise NnlabError(
                _("turns {turns} is unknown; choose {known}", turns=self.turns, known=", ".join(TURNS))
            )
        if self.dtype not in ("float32", "float64"):
            raise NnlabError(_("dtype {dtype} is unknown; choose float32 or float64", dtype=self.dtype))

    @property
    def rule(self) -> Optimizer:
        return Optimizer.parse(self.optimizer)

    def rows(self, data: Dataset) -> int:
        """How many examples a full batch has."""
        examples = len(data.split.train)
        return examples if self.rule.full_batch else min(self.batch_size, examples)

    @property
    def loss_rule(self) -> LossRule:
        return LossRule.parse(self.loss)


def _read(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with whole numbers as Python's own; raises NnlabError where a kind is wrong."""
    kinds = {f.name: f.type for f in fields(RunConfig)}
    read = dict(changes)
    for name, value in changes.items():
        if kinds[name] == "int":
            read[name] = whole_number(_("batch size") if name == "batch_size" else name, value)
        elif kinds[name] == "str":
            default = getattr(RunConfig("cross_entropy", "adam lr=0.01"), name)
            written(name, value, default)
    return read
