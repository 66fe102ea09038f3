"""The long answer of an action, such as ``show history``: its lines in a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.session.look import wrap
from nnlab.width import columns

if TYPE_CHECKING:
    from nnlab.tui.app import NnlabApp

FRAME = 8
"""Columns of the border, the room within it, and the scroll bar."""


class AnswerScreen(ModalScreen[None]):
    """Lines of text over the screen; any way out closes it."""

    DEFAULT_CSS = """
    AnswerScreen {
        align: center middle;
        & > Vertical {
            width: auto; max-width: 96%; min-width: 40; height: auto; max-height: 90%;
            background: $surface; border: round $border; padding: 0 2;
        }
        VerticalScroll { height: auto; max-height: 100%; width: auto; }
        #text { width: auto; height: auto; padding: 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space,q", "dismiss", show=False),
        Binding("colon", "command", show=False),
        *(Binding(str(n), f"open({n})", show=False) for n in range(1, 10)),
    ]

    def __init__(self, title: str, lines: Sequence[str], opens: Sequence[str] = ()) -> None:
        """``opens`` are action lines that the digits do, as the text says."""
        super().__init__()
        self._title, self._lines, self._opens = title, list(lines), list(opens)

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = Content(self._title)
        box.border_subtitle = _("a number opens, esc closes") if self._opens else _("esc closes")
        with box, VerticalScroll():
            yield Static(id="text")

    def on_resize(self) -> None:
        """Sentences are broken where the window ends; tables and pictures stay as they are."""
        room = int(0.96 * self.app.size.width) - FRAME
        lines = [
            part
            for line in self._lines
            for part in (wrap(line, room) if columns(line) > room and "  " not in line else [line])
        ]
        self.query_one("#text", Static).update(Content("\n".join(lines)))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_open(self, number: int) -> None:
        """What a card leads to: a lesson, or something on a bench of its own."""
        if number > len(self._opens):
            return
        line = self._opens[number - 1]
        verb, _space, name = line.partition(" ")
        app: NnlabApp = self.app  # type: ignore[assignment]
        self.dismiss()
        if verb == "lesson":
            app.open_lesson(name)
        else:
            app.open_lab(resume=False, then=lambda: app.act(line))

    def on_click(self, event: Click) -> None:
        """A line of what a card opens is as good as its number; beside the text a click closes."""
        under, _region = self.get_widget_at(*event.screen_offset)
        if under is self or isinstance(under, Vertical):
            self.dismiss()
        elif event.widget is not None and event.widget.id == "text":
            rows = str(self.query_one("#text", Static).content).splitlines()
            offset = event.get_content_offset(event.widget)
            row = rows[offset.y].split() if offset is not None and offset.y < len(rows) else []
            if len(row) > 1 and row[0].isdigit() and " ".join(row[1:]) in self._opens:
                self.action_open(int(row[0]))

    async def action_dismiss(self, result: None = None) -> None:
        self.dismiss(result)

    async def action_command(self) -> None:
        """The next action: the window makes way for the action line."""
        self.dismiss()
        self.app.call_later(self.app.simulate_key, "colon")
