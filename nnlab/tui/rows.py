"""A list to walk with the arrows, the wheel and the mouse; its owner draws each row.

Home, ``?``, settings, answers and completion are all made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

Draw = Callable[[int, bool], Sequence[Content]]
"""``draw(width, current)`` gives the lines of a row, each at most ``width`` cells wide."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; one without an ``id`` is a heading or a gap and is walked past."""

    id: str
    draw: Draw


def text_row(content: Content | str = "") -> Row:
    """A heading or a gap."""
    shown = content if isinstance(content, Content) else Content(content)
    return Row("", lambda width, current: [shown.truncate(width, ellipsis=True)])


class Rows(Widget, can_focus=True):
    """Rows under a cursor.  Posts :class:`Moved` when it moves and :class:`Picked` on Enter or a click."""

    DEFAULT_CSS = """
    Rows { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "up", show=False),
        Binding("down", "down", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    cursor: reactive[int] = reactive(-1)

    class Moved(Message):
        def __init__(self, rows: Rows, id: str) -> None:
            self.rows, self.id = rows, id
            super().__init__()

        @property
        def control(self) -> Rows:
            return self.rows

    class Picked(Message):
        def __init__(self, rows: Rows, id: str) -> None:
            self.rows, self.id = rows, id
            super().__init__()

        @property
        def control(self) -> Rows:
            return self.rows

    def __init__(
        self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[Row] = []
        self._spans: list[int] = []  # line → row
        self._width = 0
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[Row], current: str = "") -> None:
        """Other rows; the cursor stays on the row of the same name where there is one."""
        wanted = current or self.current
        self._rows = list(rows)
        at = next((n for n, row in enumerate(self._rows) if row.id and row.id == wanted), None)
        if at is None:
            at = next((n for n, row in enumerate(self._rows) if row.id), -1)
        self.set_reactive(Rows.cursor, at)
        self.refresh(layout=True)

    @property
    def current(self) -> str:
        """The id of the row under the cursor, or ""."""
        return self._rows[self.cursor].id if 0 <= self.cursor < len(self._rows) else ""

    def go(self, id: str) -> None:
        for n, row in enumerate(self._rows):
            if row.id == id:
                self.cursor = n

    def redraw(self) -> None:
        """Draw the rows again; their owner's state has changed."""
        self.refresh(layout=True)

    # -- drawing --------------------------------------------------------------------------------

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        self._spans = []
        focused = self.has_focus or not self.can_focus
        for n, row in enumerate(self._rows):
            drawn = list(row.draw(width, n == self.cursor and focused))
            lines += drawn
            self._spans += [n] * len(drawn)
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._lines(width)))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh(layout=True)
        if old != new and self.current:
            self.call_after_refresh(self._show_cursor)
            self.post_message(self.Moved(self, self.current))

    def _show_cursor(self) -> None:
        parent = self.parent
        mine = [y for y, row in enumerate(self._spans) if row == self.cursor]
        if isinstance(parent, VerticalScroll) and mine:
            before = max(0, mine[0] - 1)  # keep a heading in sight
            y = before + self.virtual_region.y
            parent.scroll_to_region(Region(0, y, 1, mine[-1] - before + 2), animate=False, force=True)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # -- moving ---------------------------------------------------------------------------------

    def _step(self, by: int) -> None:
        at = self.cursor + by
        while 0 <= at < len(self._rows):
            if self._rows[at].id:
                self.cursor = at
                return
            at += by

    def action_up(self) -> None:
        self._step(-1)

    def action_down(self) -> None:
        self._step(1)

    def action_first(self) -> None:
        self.cursor = -1
        self._step(1)

    def action_last(self) -> None:
        self.cursor = len(self._rows)
        self._step(-1)

    def action_page(self, way: int) -> None:
        for _each in range(8):
            self._step(way)

    def action_pick(self) -> None:
        if self.current:
            self.post_message(self.Picked(self, self.current))

    def _row_at(self, y: int) -> int:
        return self._spans[y] if 0 <= y < len(self._spans) else -1

    def on_click(self, event: events.Click) -> None:
        at = self._row_at(event.y - (self.content_region.y - self.region.y))
        if at >= 0 and self._rows[at].id:
            event.stop()
            self.cursor = at
            self.action_pick()
