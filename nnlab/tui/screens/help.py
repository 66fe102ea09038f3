"""``?``: what can be done on the screen one is on; Enter does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen

from nnlab.i18n import _
from nnlab.tui.chrome import is_ascii
from nnlab.tui.keys import Key, grouped, key_name
from nnlab.tui.prose import Prose, wrapped
from nnlab.tui.rows import Draw, Row, Rows, text_row

if TYPE_CHECKING:
    from nnlab.tui.screens.base import NnlabScreen


class HelpScreen(ModalScreen[None]):
    """The words of a screen and its keys, in a window over it."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", show=False)]

    def __init__(self, screen: NnlabScreen) -> None:
        super().__init__()
        self.about = screen

    def compose(self) -> ComposeResult:
        box = Vertical(id="box")
        box.border_title = _("Help: {screen}", screen=self.about.help_title())
        box.border_subtitle = _("enter does it, esc closes")
        with box, VerticalScroll(can_focus=False):
            yield Prose(self.about.help_text(), id="words")
            yield Rows(self._rows(), id="keys")

    def on_mount(self) -> None:
        self.query_one(Rows).focus(scroll_visible=False)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        for title, keys in grouped(tuple(self.about.all_keys())):
            rows.append(text_row())
            rows.append(text_row(Content.styled(title, "bold $primary")))
            rows += [Row(key.id, self._draw(key)) for key in keys]
        return rows

    def _draw(self, key: Key) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            ascii_only = is_ascii(self)
            pointer = (">" if ascii_only else "▌") if current else " "
            shown = " ".join(key_name(name, ascii_only=ascii_only) for name in key.told)
            if key.id == "move" and ascii_only:
                shown = _("arrows")
            lines = []
            for n, part in enumerate(wrapped(Content(_(key.help)), width - 17)):
                label = Content("" if n else shown)
                line = Content.assemble(
                    (f"{pointer if not n or not ascii_only else ' '} ", "bold $accent"),
                    label.pad_right(15 - label.cell_length).stylize("bold $accent"),
                    part.stylize("bold") if current else part,
                )
                line = line.pad_right(max(0, width - line.cell_length))
                lines.append(line.stylize("on $panel") if current else line)
            return lines

        return draw

    @on(Rows.Picked)
    def _picked(self, message: Rows.Picked) -> None:
        """Close, then press the chosen key on the screen below."""
        message.stop()
        app, id = self.app, message.id
        key = next(key for _title, keys in grouped((id,)) for key in keys)
        self.dismiss()
        if id != "move":
            app.call_after_refresh(app.simulate_key, key.keys[0])

    def on_click(self, event: Click) -> None:
        """Beside the words, or on the frame, a click closes."""
        under, _region = self.get_widget_at(*event.screen_offset)
        if under is self or under is self.query_one("#box"):
            self.dismiss()

    async def action_dismiss(self, result: None = None) -> None:
        self.dismiss(result)
