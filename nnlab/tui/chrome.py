"""What every screen has at its foot: the message line, the key bar, and a word when it is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.tui.capabilities import LEAST, GlyphSet
from nnlab.tui.ink import BAD, GOOD, MUTED
from nnlab.tui.keys import Hint

if TYPE_CHECKING:
    from nnlab.tui.app import NnlabApp

WIDTH, HEIGHT = LEAST
KINDS = {
    "info": ("", ""),
    "good": ("✓", GOOD),
    "bad": ("!", BAD),
    "busy": ("…", MUTED),
}


def is_ascii(widget: Widget) -> bool:
    """Whether only ASCII signs may be drawn."""
    capabilities = getattr(widget.app, "capabilities", None)
    return capabilities is not None and capabilities.glyphs is GlyphSet.ASCII


class MessageLine(Static):
    """One sentence about what was done or why it cannot be; up to three lines where it is long."""

    DEFAULT_CSS = """
    MessageLine {
        dock: bottom; height: auto; min-height: 1; max-height: 4; padding: 0 1; margin-bottom: 1;
        background: $background;
    }
    """

    def say(self, text: str, kind: str = "info") -> None:
        sign, style = KINDS[kind]
        if text and is_ascii(self):
            from nnlab.session.look import to_ascii

            sign, text = {"✓": "*", "…": "."}.get(sign, sign), to_ascii(text)
        lead = Content.styled(f"{sign} ", f"bold {style}") if sign else Content("")
        body = MUTED if kind in ("info", "busy") else "$foreground"
        self.text, self.kind = text, kind
        self.update(lead + Content.styled(text, body) if text else "")

    text = ""
    kind = "info"


class KeyBar(Widget):
    """The keys that work now, the most useful ones first; each entry can be clicked."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; width: 100%; background: $footer-background; color: $foreground; }
    """

    left: reactive[tuple[Hint, ...]] = reactive(())
    right: reactive[tuple[Hint, ...]] = reactive(())

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, str]] = []
        self._hover = ""

    def show(self, left: list[Hint], right: list[Hint]) -> None:
        self.left, self.right = tuple(left), tuple(right)

    def render(self) -> Content:
        width = self.size.width
        used = sum(_width(hint) for hint in self.right) + 1
        fitting: list[Hint] = []
        for hint in self.left:
            if used + _width(hint) <= width - 1:
                fitting.append(hint)
                used += _width(hint)
        parts: list[Content] = [Content(" ")]
        self._places, x = [], 1
        for hint in fitting:
            parts.append(self._entry(hint))
            self._places.append((x, x + _width(hint) - 2, hint.key))
            x += _width(hint)
        gap = max(0, width - x - sum(_width(hint) for hint in self.right) + 1)
        parts.append(Content(" " * gap))
        x += gap
        for hint in self.right:
            parts.append(self._entry(hint))
            self._places.append((x, x + _width(hint) - 2, hint.key))
            x += _width(hint)
        return Content.assemble(*parts).truncate(width)

    def _entry(self, hint: Hint) -> Content:
        label = "bold underline" if hint.key == self._hover else "$foreground 75%"
        return Content.assemble((hint.shown, "bold $accent"), " ", (hint.label, label), "  ")

    def _at(self, x: int) -> str:
        return next((key for start, end, key in self._places if start <= x < end), "")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if (key := self._at(event.x)) != self._hover:
            self._hover = key
            self.refresh()

    def on_leave(self) -> None:
        self._hover = ""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        if key := self._at(event.x):
            event.stop()
            self.app.simulate_key(key)


def _width(hint: Hint) -> int:
    """Cells of an entry, with the two blanks behind it."""
    return cell_len(hint.shown) + 1 + cell_len(hint.label) + 2


class TooSmall(Static):
    """Covers a screen that is smaller than what it is drawn for, until it grows."""

    DEFAULT_CSS = """
    TooSmall {
        layer: cover; width: 100%; height: 100%; display: none; content-align: center middle;
        text-align: center; background: $background; padding: 0 2;
    }
    """

    def judge(self, width: int, height: int) -> bool:
        """Show or hide for this size; answers whether it covers."""
        small = width < WIDTH or height < HEIGHT
        if small:
            self.update(
                _(
                    "this terminal is {width}x{height}; the app needs {least}\n\n"
                    "make it larger, press p to go on in the plain form, or q to leave",
                    width=width,
                    height=height,
                    least=f"{WIDTH}x{HEIGHT}",
                )
            )
        self.display = small
        return small


def app_of(widget: Widget) -> NnlabApp:
    """The running app, typed."""
    from nnlab.tui.app import NnlabApp

    app = widget.app
    assert isinstance(app, NnlabApp)
    return app
