"""The runs of a bench as rows: what each was told, how its loss went, what it has come to."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.bench import Setup
from nnlab.session.grounds import ground_of
from nnlab.session.look import Look, table
from nnlab.session.sparks import curve_text, thinned
from nnlab.session.text import loss_at, number

if TYPE_CHECKING:
    from nnlab.session.bench import Bench
    from nnlab.training import Run

POINTS = 16
"""Signs of a small curve."""


@dataclass(frozen=True)
class Row:
    """One run where it stands.  ``settings`` are those in which the runs differ, ``curve`` its losses up to
    now, thinned to at most :data:`POINTS`; results are NaN where they have not been measured yet.
    """

    name: str
    current: bool
    twin: bool
    pinned: bool
    step: int
    epoch: int
    loss: float
    val_loss: float
    val_metric: float
    metric: str
    settings: str
    setup: Setup
    curve: tuple[float, ...]

    @property
    def marks(self) -> str:
        """In words: the current run, its twin, pinned."""
        marks = ((self.current, _("current")), (self.twin, _("twin")), (self.pinned, _("pinned")))
        return ", ".join(word for holds, word in marks if holds)


def run_rows(bench: Bench) -> list[Row]:
    """Pinned runs first, then the others as they were begun."""
    names = [*bench.pins, *(name for name in bench.runs if name not in bench.pins)]
    setups = [bench.setups[name].to_json() for name in names]
    telling = [key for key in Setup().to_json() if key == "optimizer" or len({s[key] for s in setups}) > 1]
    rows = [_row(bench, name, bench.runs[name], telling) for name in names]
    if not bench.grounds:
        return rows
    grounds = [ground_of(bench, name) for name in names]
    nets = len({ground.network_text for ground in grounds}) > 1
    sets = len({ground.data_text for ground in grounds}) > 1
    return [
        replace(row, settings=", ".join(filter(None, (
            ground.network_text if nets else "", ground.data_text if sets else "", row.settings
        ))))
        for row, ground in zip(rows, grounds)
    ]  # fmt: skip


def _row(bench: Bench, name: str, run: Run, telling: Sequence[str]) -> Row:
    setup = bench.setups[name]
    done = [row for row in run.history.epochs if row.step <= run.step_count]
    loss = loss_at(run)
    return Row(
        name,
        name == bench.current,
        name == bench.twin,
        name in bench.pins,
        run.step_count,
        run.epoch,
        math.nan if loss is None else loss,
        done[-1].val_loss if done else math.nan,
        done[-1].val_metric if done else math.nan,
        run.history.metric,
        ", ".join(setting_text(setup, key) for key in telling),
        setup,
        thinned(run.history.losses[: run.step_count].tolist(), POINTS),
    )


def setting_text(setup: Setup, key: str) -> str:
    """One setting as people write it: ``adam lr=0.1``, ``clip norm 1``."""
    value = setup.to_json()[key]
    if key == "optimizer":
        return str(value)
    name = {"batch_size": "batch"}.get(key, key)
    if isinstance(value, bool):
        return f"{name} {_('yes') if value else _('no')}"
    missing = {"batch_size": _("all"), "loss": _("auto")}.get(key, _("off"))
    return f"{name} {missing if value in (None, '', False) else value}"


def differing(one: Setup, other: Setup) -> list[str]:
    """The names of the settings in which two runs differ."""
    theirs = other.to_json()
    return [key for key, value in one.to_json().items() if value != theirs[key]]


def render_rows(rows: Sequence[Row], look: Look) -> list[str]:
    """The runs side by side; ``>`` stands before the current one, ``=`` before its twin, ``*`` before those
    that are pinned.
    """
    if not rows:
        return [_("there is no run yet; “step” or “run 5 epochs” begins one")]
    found = []
    for row in rows:
        signs = (">" if row.current else "=" if row.twin else " ") + ("*" if row.pinned else "")
        held = "" if math.isnan(row.val_loss) else number(row.val_loss, 4)
        metric = "" if math.isnan(row.val_metric) else f"{_(row.metric)} {number(row.val_metric, 4)}"
        loss = "–" if math.isnan(row.loss) and not row.step else number(row.loss)
        found.append(
            [
                row.marks if look.accessible else signs.rstrip(),
                row.name,
                str(row.step),
                loss,
                curve_text(row.curve, look),
                held,
                metric,
                row.settings,
            ]
        )
    heads = ["", _("run"), _("step"), _("loss"), _("curve"), _("validation loss"), _("metric"), _("settings")]
    used = [k for k in range(len(heads)) if any(row[k] for row in found)]
    rights = ["r" if k in (2, 3, 5) else " " for k in used]
    return table(look, [heads[k] for k in used], [[row[k] for k in used] for row in found], "".join(rights))


COLUMNS = ("run", "step", "epoch", "loss", "val_loss", "val_metric", "metric")
"""What stands in front of the settings in a file of runs."""


def holds_runs(path: Path) -> bool:
    """Whether the file at ``path`` looks like a table of runs."""
    try:
        with path.open("rb") as file:
            return file.readline(200).startswith(",".join(COLUMNS).encode())
    except OSError:
        return False


def to_csv(rows: Sequence[Row]) -> bytes:
    """A line for every run with all of its settings, for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    knobs = ["loss_function" if key == "loss" else key for key in Setup().to_json()]
    writer.writerow([*COLUMNS, *knobs])
    for row in rows:
        results = [_cell(value) for value in (row.loss, row.val_loss, row.val_metric)]
        settings = [_cell(value) for value in row.setup.to_json().values()]
        writer.writerow([row.name, row.step, row.epoch, *results, row.metric, *settings])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    """A cell; empty where there is nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)
