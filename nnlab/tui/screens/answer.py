"""The long answer of an action, such as ``show history``: its lines in a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.session.look import wrap
from nnlab.width import columns

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
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title, self._lines = title, list(lines)

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = Content(self._title)
        box.border_subtitle = _("esc closes")
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

    async def action_dismiss(self, result: None = None) -> None:
        self.dismiss(result)

    async def action_command(self) -> None:
        """The next action: the window makes way for the action line."""
        self.dismiss()
        self.app.call_later(self.app.simulate_key, "colon")
