"""The report of a finished run, drawn by plotext: how weights are spread, and the runs over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.tui import report
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.bench.others import curve_of
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.ink import MUTED
from nnlab.tui.report import RGB, Report

if TYPE_CHECKING:
    from nnlab.tui.bench.bench import Bench


Array = NDArray[np.float64]


class ReportView(Vertical):
    """Two charts below each other in the place of the gauges; made when asked for, not on the frame path."""

    DEFAULT_CSS = """
    ReportView { width: 1fr; height: 1fr; display: none; }
    ReportView.-open { display: block; }
    ReportView > Static { height: 1; width: 1fr; background: $panel; padding: 0 1; }
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(id="report")
        self.bench = bench

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with Container(id="charts"):
            yield Report(id="weights")
            yield Report(id="runs")

    def open(self) -> None:
        """Send for the numbers as they are now; the charts come with them."""
        session = self.bench.session
        self.add_class("-open")
        back = _("g: {pages}", pages=_(PAGES["curves"].title))
        self.query_one("#heading", Static).update(
            Content.assemble(("4 ", MUTED), f"{_('gauges')}  {_('report')}   ", (back, MUTED))
        )
        run = session.run
        if run is None:
            return
        place = self.bench.stage.place
        names = [name for name in run.store if run.store[name].ndim == 2] or list(run.store)
        column = None if self.bench.moment is None or place is None else self.bench.moment.column(place.value)
        name = column.weights if column is not None and column.weights else names[0]

        def copied() -> tuple[Array, dict[str, tuple[Array, Array]]]:
            found = [curve_of(key, one.history) for key, one in session.runs.items() if one.history.count]
            losses = {
                f"{one.name} {_('val')}" if one.held else one.name: (one.steps, one.loss) for one in found
            }
            return np.array(run.array(name), float), losses

        def read() -> None:
            weights, losses = self.bench.at_boundary(copied)
            self.call_later(self._show, name, weights, losses)

        self.bench.in_reader(read)

    def _show(self, name: str, weights: Array, losses: dict[str, tuple[Array, Array]]) -> None:
        """The weights called ``name`` (in, units), and (steps, losses) of every run."""

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
