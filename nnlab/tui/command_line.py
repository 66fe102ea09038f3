"""The action line ``:``, with completion while typing, history, and errors under the word they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from nnlab.i18n import _
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.ink import BAD, MUTED, cut
from nnlab.tui.messages import Act
from nnlab.tui.rows import Draw, Row, Rows

if TYPE_CHECKING:
    from nnlab.errors import NnlabError
    from nnlab.session.completion import Completion

MOST = 8
"""Completions in sight at once."""


class ActionInput(Input):
    """The field itself: Tab completes, the vertical arrows walk completions or history."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right", "complete", show=False),
        Binding("up", "older", show=False),
        Binding("down", "newer", show=False),
        Binding("escape,ctrl+c", "close", show=False),
    ]

    @property
    def line(self) -> CommandLine:
        return next(node for node in self.ancestors if isinstance(node, CommandLine))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "complete" and self.cursor_position < len(self.value):
            return False  # the arrow moves the text cursor
        return super().check_action(action, parameters)

    def action_complete(self) -> None:
        self.line.complete()

    def action_older(self) -> None:
        self.line.up()

    def action_newer(self) -> None:
        self.line.down()

    def action_close(self) -> None:
        self.line.close()


class CommandLine(Vertical):
    """Lies over the foot of a screen while an action is typed."""

    DEFAULT_CSS = """
    CommandLine {
        layer: over; dock: bottom; height: auto; max-height: 14; display: none; background: $panel;
        & > Rows { max-height: 8; height: auto; padding: 0 1; background: $panel; }
        & > Horizontal { height: 1; background: $surface; }
        & > Horizontal > #colon { width: 3; padding: 0 1; color: $accent; text-style: bold; }
        & > Horizontal > ActionInput {
            border: none; height: 1; padding: 0; width: 1fr; background: $surface;
            &:focus { border: none; }
        }
        & > #trouble { height: auto; max-height: 3; padding: 0 1; background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._offers: list[Completion] = []
        self._walked = False  # the arrows have moved in the completions
        self._place = 0  # in the history, counted from its end
        self._typed = ""
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        completions = Rows()
        completions.can_focus = False
        yield completions
        with Horizontal():
            yield Static(":", id="colon")
            yield ActionInput(select_on_focus=False)
        yield Static(id="trouble")

    @property
    def input(self) -> ActionInput:
        return self.query_one(ActionInput)

    @property
    def is_open(self) -> bool:
        return bool(self.display)

    def open(self, text: str = "") -> None:
        """Show the line with ``text`` typed; focus comes back where it was when it closes."""
        if not self.is_open:
            self._before = self.screen.focused
        self.display = True
        self._place = 0
        self.input.cursor_blink = False
        self.input.value = text
        self.input.cursor_position = len(text)
        self.input.focus()
        self._tell()
        self._offer(text)

    def engine_is_there(self) -> None:
        """What was typed before it was loaded can be completed now."""
        if self.is_open:
            self._offer(self.input.value)

    def close(self) -> None:
        self.display = False
        if self._before is not None and self._before.is_attached and self._before.focusable:
            self._before.focus()
        else:
            self.screen.set_focus(None)
        self._before = None

    # -- completion -----------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()
        self._offer(event.value)

    def _offer(self, text: str) -> None:
        self._offers = app_of(self).completions(text)
        self._walked = False
        rows = self.query_one(Rows)
        rows.show_rows([Row(str(n), self._draw(offer)) for n, offer in enumerate(self._offers[:MOST])], "0")
        rows.display = bool(self._offers)

    def _draw(self, offer: Completion) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            column = max((cell_len(o.text) for o in self._offers[:MOST]), default=0) + 2
            sign = (">" if is_ascii(self) else "▸") if current else " "
            name = Content.styled(f"{sign} {offer.text}", "bold $accent" if current else "$foreground")
            name = name.pad_right(max(0, column + 2 - name.cell_length))
            whole = name + Content.styled(_(offer.help), MUTED)
            return [cut(whole, width, is_ascii(self))]

        return draw

    def complete(self) -> None:
        """Put the completion under the cursor into the line; what all have in common goes first."""
        if not self._offers:
            return
        rows = self.query_one(Rows)
        chosen = self._offers[max(0, rows.cursor)]
        head = self.input.value[: chosen.start]
        typed = self.input.value[chosen.start :]
        common = _common([offer.text for offer in self._offers])
        text = chosen.text if self._walked or len(common) <= len(typed) else common
        ends = text == chosen.text and not text.endswith(("=", ":", "/", "[", "."))
        self.input.value = head + text + (" " if ends else "")
        self.input.cursor_position = len(self.input.value)

    def up(self) -> None:
        rows = self.query_one(Rows)
        if self._offers and (self._walked or self.input.value) and rows.cursor > 0:
            rows.action_up()
        else:
            self._history(1)

    def down(self) -> None:
        if self._place:
            self._history(-1)
        elif self._offers:
            rows = self.query_one(Rows)
            if self._walked or self.input.value:
                rows.action_down()
            self._walked = True

    @on(Rows.Picked)
    def _picked(self, message: Rows.Picked) -> None:
        message.stop()
        self._walked = True
        self.complete()
        self.input.focus()

    def _history(self, by: int) -> None:
        past = app_of(self).past_actions()
        place = min(max(0, self._place + by), len(past))
        if place == self._place:
            return
        if self._place == 0:
            self._typed = self.input.value
        self._place = place
        text = past[-place] if place else self._typed
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.cursor_position = len(text)
        self._offers = []
        self.query_one(Rows).display = False

    # -- doing ----------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self.close()
        elif app_of(self).loaded:
            self._do(text)
        else:
            self.close()
            app_of(self).queue(text)

    def _do(self, text: str) -> None:
        """Send the action up; one that cannot be read stays in the field, with what is wrong under it.

        One that turns out to be impossible (a file that is not there) comes back, to be mended.
        """
        error = app_of(self).action_error(text)
        if error is not None:
            self._tell(*error)
            return
        front = self.screen

        def mend(error: NnlabError) -> None:
            if self.is_attached and self.app.screen is front and not self.is_open:
                self.open(text)
                self._tell(str(error))
            else:
                app_of(self).say(str(error), "bad")

        self.close()
        self.post_message(Act(text, otherwise=mend))

    def _tell(self, sentence: str = "", position: int = 0, length: int = 0) -> None:
        """Show what is wrong, under its word; without a sentence, what the keys do."""
        trouble = self.query_one("#trouble", Static)
        if not sentence:
            trouble.update(
                Content.assemble(
                    *(
                        part
                        for key, label in (
                            ("tab", _("complete")),
                            ("enter", _("do it")),
                            ("up" if is_ascii(self) else "↑", _("earlier actions")),
                            ("esc", _("close")),
                        )
                        for part in ((key, "bold $accent"), f" {label}   ")
                    )
                )
            )
            return
        before = 2 + cell_len(self.input.value[:position])
        seen = bool(length) and before + length < self.size.width  # else the line has been scrolled
        lead = Content.styled(" " * before + "^" * length, "bold $error") + "\n" if seen else Content("")
        trouble.update(lead + Content.styled(f"! {sentence}", BAD))


def _common(words: list[str]) -> str:
    """What all words begin with."""
    first, last = min(words), max(words)
    for at, char in enumerate(first):
        if at >= len(last) or char != last[at]:
            return first[:at]
    return first
