"""The line in which a text of one's own is typed: at every key the network reads what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import own_text
from nnlab.session.moment import Moment
from nnlab.session.views import said
from nnlab.session.words import quoted
from nnlab.tui.ink import BAD, MUTED

if TYPE_CHECKING:
    from textual.widget import Widget

    from nnlab.tui.bench.bench import Bench

WORDS = 6
"""Positions whose answers are told in the line."""


class TextInput(Input):
    """The field: enter keeps the text, escape goes back to what was followed before."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "close", show=False)]

    def action_close(self) -> None:
        line = self.parent.parent if self.parent is not None else None
        if isinstance(line, TypingLine):
            line.close(keep=False)


class TypingLine(Vertical):
    """Lies under the bench while a text is typed; the stage above shows what every layer makes of it."""

    DEFAULT_CSS = """
    TypingLine {
        dock: bottom; height: 2; display: none; background: $panel;
        & > Horizontal { height: 1; background: $surface; }
        & > Horizontal > #label { width: auto; padding: 0 1; color: $accent; text-style: bold; }
        & > Horizontal > TextInput {
            border: none; height: 1; padding: 0; width: 1fr; background: $surface;
            &:focus { border: none; }
        }
        & > #said { height: 1; padding: 0 1; background: $panel; }
    }
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        self._kept = ""
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(_("your text:"), id="label")
            yield TextInput(select_on_focus=False)
        yield Static(id="said")

    @property
    def input(self) -> TextInput:
        return self.query_one(TextInput)

    def open(self) -> None:
        """With the text that is followed, or the example's: typing replaces it, the arrows go into it."""
        session = self.bench.session
        self._kept, self._before = session.bench.own, self.screen.focused
        data = session.need_data()
        text = self._kept or data.text(int(data.split.train[session.example]))
        self.display = True
        self.input.cursor_blink = False
        self.input.value = text.replace("\n", " ")
        self.input.focus()
        self.input.select_all()

    def close(self, keep: bool) -> None:
        """Leave the line; what was typed stays on the stage where it is kept."""
        text, session = self.input.value, self.bench.session
        self.display = False
        if keep and text.strip():
            self.bench.act(f"read {quoted(text)}")
        else:
            kept = self._kept
            self.bench.quietly(lambda: setattr(session.bench, "own", kept))
        place = self._before
        (place if place is not None and place.is_attached else self.bench).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value
        if self.display and text.strip():
            self.bench.quietly(lambda: self.read(text))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.close(keep=True)

    def read(self, text: str) -> None:
        """In the reader's thread: follow ``text``, and tell what is said to it or why it cannot be read."""
        session = self.bench.session
        try:
            reader = session.follow_own(text)
            told = answer(Moment.of(session))
            if reader.own.unread:
                told += "   " + _("not known: {words}", words=", ".join(reader.own.unread))
            ink = MUTED
        except NnlabError as error:
            told, ink = str(error), BAD
        self.app.call_from_thread(self._tell, told, ink)

    def _tell(self, told: str, ink: str) -> None:
        if self.is_mounted:
            self.query_one("#said", Static).update(f"[{ink}]{told.replace('[', chr(92) + '[')}[/]")


def answer(moment: Moment) -> str:
    """What the network says, in one line."""
    found = own_text.said(moment)
    if found is not None:
        each = "  ".join(f"{label} {value:.0%}" for label, value in zip(found.labels, found.outputs))
        return _("it says: {answer}", answer=f"{found.answer}   ({each})")
    if not said.fits(moment, moment.output):
        return ""
    block = said.told(moment, moment.output)
    near = next((k for k, line in enumerate(block.lines) if line.role == "chosen"), 0)
    lines = block.lines[max(0, near - WORDS // 2) :][:WORDS]
    return "   ".join(f"{line.label} {line.value:.0%}" for line in lines if line.value is not None)
