"""The report of a finished run, drawn by plotext: how weights are spread, and the runs over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical

from nnlab.i18n import _
from nnlab.tui import report
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.report import RGB, Report

if TYPE_CHECKING:
    from nnlab.tui.bench.bench import Bench


class ReportView(Vertical):
    """Two charts below each other in the place of the gauges; made when asked for, not on the frame path."""

    DEFAULT_CSS = """
    ReportView { width: 1fr; height: 1fr; display: none; }
    ReportView.-open { display: block; }
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(id="report")
        self.bench = bench

    def compose(self) -> ComposeResult:
        yield Report(id="weights")
        yield Report(id="runs")

    def open(self) -> None:
        """Charts of the runs as they are now."""
        session = self.bench.session
        self.add_class("-open")
        run = session.run
        if run is None:
            return
        place = self.bench.stage.place
        names = [name for name in run.store if run.store[name].ndim == 2] or list(run.store)
        column = None if self.bench.moment is None or place is None else self.bench.moment.column(place.value)
        name = column.weights if column is not None and column.weights else names[0]
        with session.lock:
            weights = np.array(run.array(name), float)
            losses = {
                key: (np.array(one.history.steps, float), np.array(one.history.losses, float))
                for key, one in session.runs.items()
                if one.history.count
            }

        def spread(width: int, height: int, colors: list[RGB], caps: Capabilities) -> list[str]:
            return report.histogram(weights, width, height, title=name, color=colors[0], caps=caps)

        def compared(width: int, height: int, colors: list[RGB], caps: Capabilities) -> list[str]:
            title = _("loss of every run")
            return report.comparison(
                losses, width, height, title=title, x_name=_("step"), colors=colors, caps=caps
            )

        self.query_one("#weights", Report).show(spread)
        self.query_one("#runs", Report).show(compared)

    def shut(self) -> None:
        self.remove_class("-open")
