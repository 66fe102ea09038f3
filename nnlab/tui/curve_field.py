"""A curve drawn by the learner on a small grid, with the arrows or the mouse; later the measured one over it.

The pen stands at one of :data:`PLACES` even places.  Up and down move the height there, left and right go
to the next place; between places that were drawn the line is straight, outside of them it is level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from nnlab.i18n import _
from nnlab.tui.answers import Answered
from nnlab.tui.canvas import CellCanvas

if TYPE_CHECKING:
    from nnlab.lesson.state import Plot
    from nnlab.tui.encoder import Cells

PLACES = 17
LEVELS = 20
"""Heights that the arrows reach between the lower and the upper edge."""


class CurveField(CellCanvas, can_focus=True):
    """Posts :class:`Answered` with the heights at all places on Enter, and :class:`Drawn` at every change."""

    DEFAULT_CSS = """
    CurveField { height: 12; width: 1fr; max-width: 62; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "raise(1)", show=False),
        Binding("down", "raise(-1)", show=False),
        Binding("shift+up,pageup", "raise(5)", show=False),
        Binding("shift+down,pagedown", "raise(-5)", show=False),
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
        Binding("home", "go(-99)", show=False),
        Binding("end", "go(99)", show=False),
        Binding("delete,backspace", "wipe", show=False),
        Binding("enter", "answer", show=False),
        Binding("escape", "screen.out", show=False),
    ]

    class Drawn(Message):
        """The curve has changed; ``draft`` is how it is kept until it is answered."""

        def __init__(self, draft: str) -> None:
            self.draft = draft
            super().__init__()

    def __init__(self, plot: Plot, draft: str = "") -> None:
        super().__init__(id="field")
        self.plot = plot
        self.at = 0
        self.heights: list[float | None] = _from_draft(draft) or [None] * PLACES
        self._pressed = -1

    # -- the curve ------------------------------------------------------------------------------

    @property
    def drawn(self) -> list[float]:
        """The value at every place, [] while nothing is drawn."""
        known = [(at, height) for at, height in enumerate(self.heights) if height is not None]
        if not known:
            return []
        import numpy as np

        low, high = self.plot.up
        places, heights = zip(*known)
        return [low + (high - low) * float(h) for h in np.interp(range(PLACES), places, heights)]

    @property
    def open(self) -> bool:
        """Whether it can still be drawn."""
        return not self.plot.measured

    def show(self, plot: Plot) -> None:
        """The plot as it stands now, measured too once that is told."""
        self.plot = plot
        self.redraw()

    def _change(self) -> None:
        self.redraw()
        self.post_message(self.Drawn(",".join("" if h is None else f"{h:.3f}" for h in self.heights)))

    def action_raise(self, by: int) -> None:
        if not self.open:
            return
        before = self.heights[self.at]
        if before is None:  # the line as it stands here, or the middle
            low, high = self.plot.up
            drawn = self.drawn
            before = (drawn[self.at] - low) / (high - low) if drawn else 0.5
        self.heights[self.at] = min(1.0, max(0.0, round(before * LEVELS + by) / LEVELS))
        self._change()

    def action_go(self, by: int) -> None:
        self.at = min(PLACES - 1, max(0, self.at + by))
        self.redraw()

    def action_wipe(self) -> None:
        if self.open:
            self.heights[self.at] = None
            self._change()

    def action_answer(self) -> None:
        """Answer with what is drawn."""
        drawn = self.drawn
        if self.open and drawn:
            self.post_message(Answered(" ".join(f"{value:.6g}" for value in drawn)))

    # -- the mouse ------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.capture_mouse()
        self._pressed = -1
        self._pen(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._pen(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        self._pressed = -1

    def _pen(self, event: events.MouseEvent) -> None:
        """The height under the pointer; the places it went past since the last event get the line between."""
        area = self._area
        if area is None or not self.open:
            return
        top, bottom, left = area
        width, height = self.size.width - left, bottom - top
        at = round(min(max(event.x - left, 0), width - 1) / max(1, width - 1) * (PLACES - 1))
        reached = 1 - min(max(event.y - top, 0), height - 1) / max(1, height - 1)
        before = self.heights[self._pressed] if self._pressed >= 0 else None
        if before is not None and self._pressed != at:
            step = 1 if at > self._pressed else -1
            for passed in range(self._pressed + step, at, step):
                share = (passed - self._pressed) / (at - self._pressed)
                self.heights[passed] = before + (reached - before) * share
        self.heights[at] = reached
        self.at = self._pressed = at
        self._change()

    # -- the picture ----------------------------------------------------------------------------

    _area: tuple[int, int, int] | None = None

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def picture(self, width: int, height: int) -> Cells | None:
        import numpy as np

        from nnlab.tui import curves
        from nnlab.tui.bench.charts import plot_area
        from nnlab.tui.palette import CATEGORY

        plot = self.plot
        left, right = plot.across
        drawn = np.array(plot.drawn or self.drawn)
        series = [
            curves.Series(
                _("drawn"), drawn, np.linspace(left, right, len(drawn)), CATEGORY, bool(plot.measured)
            )
        ]
        if plot.measured:
            measured = np.array(plot.measured)
            places = np.linspace(left, right, len(measured))
            series.insert(0, curves.Series(_("measured"), measured, places, CATEGORY + 1, 0))
        pen = left + (right - left) * self.at / (PLACES - 1)
        cells = curves.chart(
            height, width, series, x_range=plot.across, y_range=plot.up, title=plot.up_name,
            x_name=plot.across_name, cursor=pen if self.has_focus and self.open else None,
            caps=self.capabilities,
        )  # fmt: skip
        self._area = plot_area(cells)
        return cells


def _from_draft(draft: str) -> list[float | None]:
    """The heights of a draft; [] where it is none."""
    try:
        heights = [float(part) if part else None for part in draft.split(",")]
    except ValueError:
        return []
    return heights if len(heights) == PLACES else []
