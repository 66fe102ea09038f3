"""The plane to draw on, in the stage's place."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from nnlab.i18n import _
from nnlab.tui.bench import points
from nnlab.tui.bench.points import LABELS, Easel
from nnlab.tui.bench.spots import Picture, Sight
from nnlab.tui.bench.view import View
from nnlab.tui.themes import Role


class EaselView(View):
    """Arrows move the cross-hair, space or a click drops a point, digits choose its class."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "drop", show=False),
        Binding("backspace,delete", "take", show=False),
        *(Binding(str(label), f"label({label})", show=False) for label in range(LABELS)),
    ]
    number = "1"
    easel = Easel()

    def heading(self) -> tuple[str, str, int]:
        return _("draw points"), "", Role.MUTED

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        bench = self.bench
        data = bench.session.data
        plane = bench.readings.plane if data is not None and data.name == "points" else None
        return points.draw(self.easel, bench.session.bench.points, plane, height, width, sight)

    def action_go(self, direction: str) -> None:
        rows, columns = points.area(self.size.height - 1, self.size.width)
        self.easel = self.easel.move(direction, rows, columns)
        self.redraw()

    def action_label(self, label: int) -> None:
        self.easel = Easel(self.easel.x, self.easel.y, label)
        self.redraw()

    def action_drop(self) -> None:
        self.bench.act(self.easel.action)

    def action_take(self) -> None:
        self.bench.act("points drop")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        rows, columns = points.area(self.size.height - 1, self.size.width)
        row, column = event.y - 2, event.x - 1
        if 0 <= row < rows and 0 <= column < columns:
            x, y = column / max(1, columns - 1), 1 - row / max(1, rows - 1)
            self.easel = Easel(x, y, self.easel.label)
            self.action_drop()
        elif row == rows + 1:
            label = (event.x - 1) // 6
            if 0 <= label < LABELS:
                self.action_label(label)
