"""A place of the bench on screen: a title line, a picture below it, and a cursor over the picture's spots."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from nnlab.tui.bench.spots import Picture, Sight, Spot, beside
from nnlab.tui.canvas import CellCanvas
from nnlab.tui.cells import Cells, blank, clip, fill, in_ascii, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.tui.bench.bench import Bench


class View(CellCanvas, can_focus=True):
    """Subclasses give :meth:`heading` and :meth:`draw`; it hears :class:`Moved` and :class:`Entered`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go('up')", show=False),
        Binding("down", "go('down')", show=False),
        Binding("left", "go('left')", show=False),
        Binding("right", "go('right')", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("enter", "enter", show=False),
    ]
    DEFAULT_CSS = """
    View { width: 1fr; height: 1fr; }
    """
    number = ""
    titled = True

    class Moved(Message):
        """The cursor of a view stands on another target."""

        def __init__(self, view: View, target: Hashable) -> None:
            self.view, self.target = view, target
            super().__init__()

    class Entered(Message):
        """Enter, or a second click, on a target."""

        def __init__(self, view: View, target: Hashable) -> None:
            self.view, self.target = view, target
            super().__init__()

    def __init__(self, bench: Bench, id: str) -> None:
        super().__init__(id=id)
        self.bench = bench
        self.target: Hashable = None
        self.shown: Picture | None = None

    # -- for subclasses -------------------------------------------------------------------------

    def heading(self) -> tuple[str, str, int]:
        """Title, what stands at the right of it, and the ink of that."""
        return "", "", Role.MUTED

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        return Picture(blank(height, width))

    # -- drawing --------------------------------------------------------------------------------

    @property
    def sight(self) -> Sight:
        return Sight(self.capabilities, self.has_focus, self.bench.progress)

    def picture(self, width: int, height: int) -> Cells:
        cells = blank(height, width)
        top = 1 if self.titled else 0
        picture = self.draw(max(0, height - top), width, self.sight)
        paste(cells, top, 0, picture.cells)
        self.shown = picture.moved(top)
        if self.titled:
            self._title(cells, width)
        return cells if self.capabilities.unicode else in_ascii(cells)

    def _title(self, cells: Cells, width: int) -> None:
        title, note, ink = self.heading()
        ground = Role.SELECTION if self.has_focus else Role.PANEL
        fill(cells, 0, 0, 1, width, " ", Role.MUTED, ground)
        mark = ("▌" if self.capabilities.unicode else ">") if self.has_focus else " "
        at = text(cells, 0, 0, f"{mark}{self.number} ", Role.ACCENT if self.has_focus else Role.MUTED)
        at += text(cells, 0, at, clip(title, max(0, width - at)), Role.TEXT)
        room = width - at - 2
        if room > 4 and note:
            note = clip(note, room)
            text(cells, 0, width - columns(note) - 1, note, ink)

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    # -- the cursor -----------------------------------------------------------------------------

    def stand(self, target: Hashable) -> None:
        """Put the cursor on ``target`` and tell the bench."""
        if target is not None:
            self.target = target
            self.post_message(self.Moved(self, target))
            self.redraw()

    def action_go(self, direction: str) -> None:
        if self.shown is not None:
            spot = beside(self.shown, self.target, direction)
            if spot is not None:
                self.stand(spot.target)

    def action_end(self, side: int) -> None:
        if self.shown is not None and self.shown.spots:
            self.stand(self.shown.spots[0 if side < 0 else -1].target)

    def action_page(self, step: int) -> None:
        for _row in range(8):
            self.action_go("down" if step > 0 else "up")

    def action_enter(self) -> None:
        self.post_message(self.Entered(self, self.target))

    def spot_at(self, y: int, x: int) -> Spot | None:
        """What lies under the mouse."""
        return None if self.shown is None else self.shown.spot_at(y, x)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        spot = self.spot_at(event.y, event.x)
        if spot is None:
            return
        again = spot.target == self.target
        self.stand(spot.target)
        if again or event.chain > 1:
            self.post_message(self.Entered(self, spot.target))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_go("down")

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_go("up")
