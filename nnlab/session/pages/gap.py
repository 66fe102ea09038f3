"""The gap between training and validation, and from where on the network learns by heart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Chart, Curve, Deed, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]
SHOWN = 8
"""Epochs that are listed, the newest ones."""
RISEN = 1.05
"""Times the least validation loss from which on a rise is worth a word."""


@dataclass(frozen=True)
class Gap:
    """Losses after each epoch, (epochs,) each, and the steps they were measured at."""

    epochs: Array
    steps: Array
    train: Array
    held: Array

    @property
    def best(self) -> int:
        """The place of the least validation loss."""
        return int(np.nanargmin(self.held))

    @property
    def overfits(self) -> bool:
        """Whether validation has risen from its least while training has gone on falling."""
        now = len(self.held) - 1
        return bool(
            self.best < now
            and self.held[now] > RISEN * self.held[self.best]
            and self.train[now] < self.train[self.best]
        )


def fits(session: Session) -> bool:
    """Once an epoch is over, where validation has rows of its own."""
    run = session.run
    if run is None or np.array_equal(run.data.split.train, run.data.split.validation):
        return False
    return any(np.isfinite(row.val_loss) for row in run.history.epochs)


def read(session: Session) -> Gap:
    rows = [row for row in session.need_run().history.epochs if np.isfinite(row.val_loss)]
    columns = ([getattr(row, name) for row in rows] for name in ("epoch", "step", "train_loss", "val_loss"))
    epochs, steps, train, held = (np.array(column, float) for column in columns)
    return Gap(epochs, steps, train, held)


def scene(found: Gap) -> Scene:
    """Both curves with the best epoch marked, the gap epoch by epoch, and what can be done about it."""
    best, now = found.best, len(found.held) - 1
    least = number(found.held[best], 4)
    blocks: list[Block] = []
    if found.overfits:
        told = _(
            "learning by heart since epoch {epoch}: validation rose from {least} to {now}",
            epoch=int(found.epochs[best]), least=least, now=number(found.held[now], 4),
        )  # fmt: skip
        blocks.append(Note(told, "bad"))
    else:
        blocks.append(Note(_("validation is at its best, {least}, in epoch {epoch}", least=least,
                             epoch=int(found.epochs[best])), "good"))  # fmt: skip
    curves = (Curve(_("train"), found.train, found.steps), Curve(_("validation"), found.held, found.steps))
    blocks.append(Chart(_("loss"), curves, _("step"), ((float(found.steps[best]), _("best")),)))
    blocks.append(table(found))
    if found.overfits:
        deeds = (
            Line(_("go back to the best epoch"), None, Deed("seek best")),
            Line(_("stop five epochs after the best, next time"), None, Deed("patience 5")),
            Line(_("shrink weights a little"), None, Deed("l2 0.001")),
        )
        blocks.append(Table(_("what can be done"), deeds))
    return Scene(_("training and validation"), tuple(blocks))


def table(found: Gap) -> Table:
    """Validation loss less training loss."""
    places = sorted({found.best, *range(max(0, len(found.held) - SHOWN), len(found.held))})
    lines = tuple(
        Line(
            _("epoch {epoch}", epoch=int(found.epochs[k])),
            float(found.held[k] - found.train[k]),
            note=_(
                "train {train}, validation {held}",
                train=number(found.train[k], 4),
                held=number(found.held[k], 4),
            ),
            role="chosen" if k == found.best else "plain",
        )
        for k in places
    )
    return Table(_("gap; the best epoch is marked"), lines, "signed", digits=4)


def _brief(loss: float) -> str:
    return number(loss, 4)


PAGE = ScenePage("gap", N_("gap"), fits, read, scene)
