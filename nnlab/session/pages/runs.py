"""The runs of the bench: settings, a small curve, the result; Enter goes to one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.runtable import Row, run_rows
from nnlab.session.scene import Chart, Curve, Deed, Line, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.training import Run

DRAWN = 5
"""Curves in one chart: more tell nobody anything."""


@dataclass(frozen=True)
class Found:
    """The rows of the table, and curves: of the current run, its twin and those that are pinned first."""

    rows: tuple[Row, ...]
    curves: tuple[Curve, ...]


def fits(session: Session) -> bool:
    return len(session.runs) > 1


def read(session: Session) -> Found:
    rows = run_rows(session.bench)
    first = sorted(rows, key=lambda row: not (row.current or row.twin or row.pinned))
    chosen = [row.name for row in first if session.runs[row.name].history.count][:DRAWN]
    return Found(tuple(rows), losses(session, chosen))


def losses(session: Session, names: list[str]) -> tuple[Curve, ...]:
    """The loss of some runs in the same measure: on the validation part by epochs, else of every batch."""
    runs = {name: session.runs[name] for name in names}
    held = all(len(_held(run)) > 1 for run in runs.values())
    return tuple(_curve(name, run, held) for name, run in runs.items())


def _held(run: Run) -> list[tuple[int, float]]:
    """(step, validation loss) of every epoch that has one."""
    return [(row.step, row.val_loss) for row in list(run.history.epochs) if not isnan(row.val_loss)]


def _curve(name: str, run: Run, held: bool) -> Curve:
    if held:
        steps, losses = zip(*_held(run))
        return Curve(f"{name} {_('val')}", np.array(losses), np.array(steps, float))
    batches = run.history.losses.copy()
    return Curve(name, batches, np.arange(1.0, len(batches) + 1))


def scene(found: Found) -> Scene:
    """A line for every run, what can be done to the current one, and the curves over each other."""
    table = Table("", tuple(_line(row) for row in found.rows), digits=4)
    chart = Chart(_("loss of every run"), found.curves, _("step"))
    rule = _("enter: work on that run")
    others = (line.at for line in table.lines if line.at is not None)
    return Scene(_("runs"), (table, _deeds(found), chart), rule, next(others, None))


def _line(row: Row) -> Line:
    results = [_("step {step}", step=row.step)]
    if not isnan(row.val_metric):
        results.append(f"{_(row.metric)} {number(row.val_metric, 4)}")
    marks = f" ({row.marks})" if row.marks else ""
    return Line(
        row.name + marks,
        None if isnan(row.loss) and not row.step else row.loss,
        None if row.current else Deed(f"switch {row.name}"),
        f"{', '.join(results)}  {row.settings}",
        "chosen" if row.current else "plain",
        curve=row.curve,
    )


def _deeds(found: Found) -> Table:
    """What is done to the current run; a line that ends in a blank is to be gone on with."""
    name = next(row.name for row in found.rows if row.current)
    lines = (
        Line(_("a twin beside it"), at=Deed("twin "), note="twin fast lr=0.3 from=0"),
        Line(_("another name"), at=Deed(f"rename {name} ")),
        Line(_("pin it, or let it go"), at=Deed(f"pin {name}")),
        Line(_("the table as a file"), at=Deed("export runs runs.csv force")),
    )
    return Table("", lines)


PAGE = ScenePage("runs", N_("runs"), fits, read, scene)
