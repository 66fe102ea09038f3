"""Where a learner answers a step of a lesson: numbers, a choice, an order, code.

Each form posts :class:`Answered` with the text that :meth:`LessonRun.submit` takes.  Number fields let keys
that are no part of a number through, so that space still steps and h still asks for a hint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, TextArea

from nnlab.i18n import _
from nnlab.tui.chrome import is_ascii
from nnlab.tui.ink import FAINT, MUTED
from nnlab.tui.prose import inline, wrapped
from nnlab.tui.python_colours import spans, styles
from nnlab.tui.rows import Draw, Row, Rows

Options = Sequence[tuple[str, str]]


class Answered(Message):
    """The learner commits to an answer."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class NumberField(Input):
    """Takes one number, or ``several``; every other key does what it does elsewhere."""

    DEFAULT_CSS = """
    NumberField {
        height: 3; border: round $border-blurred; background: $background; padding: 0 1; max-width: 44;
        &:focus { border: round $accent; background-tint: $background 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.out", show=False),
        Binding("ctrl+c", "app.quit", show=False),
    ]
    letters_pass = True
    several = False
    _SIGNS = "0123456789.,;+-−eE，、"

    def check_consume_key(self, key: str, character: str | None) -> bool:
        if character is None:
            return False
        standing = (
            "" if len(self.selected_text) == len(self.value) else self.value
        )  # the rest is written over
        if character in "eE":  # of 1e-3; alone it is a key
            return standing[-1:].isdigit()
        if character == " ":  # between two numbers; otherwise it steps
            return bool(standing) and (self.several or standing.rstrip().endswith((",", ";", "，")))
        return character in self._SIGNS

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # the field does not take it: it goes on to the screen

    @on(Input.Submitted)
    def _submit(self, message: Input.Submitted) -> None:
        message.stop()
        if self.value.strip():
            self.post_message(Answered(self.value.strip()))
            self.select_all()  # another answer is written over this one

    def clear_answered(self) -> None:
        """Make room for the next answer, unless it is being typed already."""
        if self.selected_text == self.value:
            self.value = ""


class ShapeField(NumberField):
    """Takes a shape: brackets, and ``x`` behind a number, are part of it."""

    _SIGNS = "0123456789,，、()（）[]×*"

    def check_consume_key(self, key: str, character: str | None) -> bool:
        if character in ("x", "X"):  # of 32x10; alone it is a key
            return self.selected_text != self.value and self.value.rstrip()[-1:].isdigit()
        return character not in ("e", "E") and super().check_consume_key(key, character)


class Choices(Rows):
    """One option, or several that are marked first."""

    DEFAULT_CSS = """
    Choices { margin: 0; }
    """

    def __init__(self, options: Options, *, many: bool, given: str = "") -> None:
        self._options = dict(options)
        self._many = many
        self._marked = {name.strip() for name in given.split(",")} & set(self._options)
        super().__init__([Row(name, self._draw(n, name)) for n, name in enumerate(self._options)])

    def _draw(self, n: int, name: str) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            ascii_only = is_ascii(self)
            marked = name in self._marked
            if self._many:
                sign = ("[x]" if marked else "[ ]") if ascii_only else ("▣" if marked else "□")
            else:
                sign = ("(*)" if marked else "( )") if ascii_only else ("◉" if marked else "○")
            pointer = (">" if ascii_only else "▌") if current else " "
            lead = Content.assemble(
                (f"{pointer} ", "bold $accent"), (f"{sign} ", "$accent" if marked or current else MUTED)
            )
            found = wrapped(inline(self._options[name]), max(8, width - lead.cell_length - 1))
            lines = [
                (lead if not y else Content(" " * lead.cell_length)) + line for y, line in enumerate(found)
            ]
            lines = [line.pad_right(max(0, width - line.cell_length)) for line in lines]
            return [line.stylize("on $panel") for line in lines] if current else lines

        return draw

    @property
    def answer(self) -> str:
        return " ".join(name for name in self._options if name in self._marked)

    def action_pick(self) -> None:
        if self._many:
            self._marked ^= {self.current}
            self.redraw()
            return
        self._marked = {self.current}
        self.redraw()
        self.post_message(Answered(self.current))

    def commit(self) -> None:
        """Answer with what is marked, or with what the cursor is on."""
        if not self._many:
            self.action_pick()
        elif self._marked:
            self.post_message(Answered(self.answer))


class Ordering(Rows):
    """Lines to bring into order: Enter takes one up and puts it down, ``d`` leaves one out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "carry(-1)", show=False),
        Binding("shift+down", "carry(1)", show=False),
        Binding("d,delete", "leave_out", show=False),
    ]

    def __init__(self, options: Options, given: str = "") -> None:
        self._options = dict(options)
        names = list(self._options)
        order = [
            names[int(word) - 1] for word in given.split() if word.isdigit() and 0 < int(word) <= len(names)
        ]
        left = [name for name in names if name not in order]
        self._order = order + left if order else names
        self._out = set(left) if order else set()
        self._held = ""
        super().__init__()
        self._lay()

    def _lay(self, current: str = "") -> None:
        self.show_rows([Row(name, self._draw(name)) for name in self._order], current)

    def _draw(self, name: str) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            ascii_only = is_ascii(self)
            held, out = name == self._held, name in self._out
            pointer = (">" if ascii_only else "▌") if current else " "
            place = [n for n in self._order if n not in self._out]
            number = "–" if out else f"{place.index(name) + 1}"
            grip = ("<>" if ascii_only else "↕") if held else " "
            lead = Content.assemble(
                (f"{pointer} ", "bold $accent"), (f"{number:>2} ", MUTED), (f"{grip} ", "bold $accent")
            )
            text = inline(self._options[name])
            if out:
                text = text.stylize(FAINT)
            found = wrapped(text, max(8, width - lead.cell_length - 1))
            lines = [
                (lead if not y else Content(" " * lead.cell_length)) + line for y, line in enumerate(found)
            ]
            lines = [line.pad_right(max(0, width - line.cell_length)) for line in lines]
            return [line.stylize("on $panel") for line in lines] if current or held else lines

        return draw

    @property
    def answer(self) -> str:
        names = list(self._options)
        return " ".join(str(names.index(name) + 1) for name in self._order if name not in self._out)

    def action_pick(self) -> None:
        self._held = "" if self._held else self.current
        self.redraw()

    def action_up(self) -> None:
        if self._held:
            self.action_carry(-1)
        else:
            super().action_up()

    def action_down(self) -> None:
        if self._held:
            self.action_carry(1)
        else:
            super().action_down()

    def action_carry(self, by: int) -> None:
        name = self.current
        at = self._order.index(name)
        if 0 <= at + by < len(self._order):
            self._order.insert(at + by, self._order.pop(at))
            self._lay(name)

    def action_leave_out(self) -> None:
        self._out ^= {self.current}
        self.redraw()

    def commit(self) -> None:
        self._held = ""
        self.redraw()
        self.post_message(Answered(self.answer))


class CodeField(TextArea):
    """A few lines of Python; F5 or Ctrl+R runs the tests, Esc leaves the field and ``c`` runs them too."""

    DEFAULT_CSS = """
    CodeField {
        height: auto; min-height: 6; max-height: 18; border: round $border-blurred; padding: 0;
        border-subtitle-color: $text-muted;
        background: $background;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "commit", show=False),
    ]

    def __init__(self, source: str) -> None:
        super().__init__(source, tab_behavior="indent", show_line_numbers=True, soft_wrap=False)
        self.cursor_blink = False
        self.border_subtitle = _("esc, then c runs the tests")

    # TextArea colours what tree-sitter finds; these two give it what Pygments finds instead.

    def _build_highlight_map(self) -> None:
        self._line_cache.clear()
        self._highlights.clear()
        self._highlights.update(spans(self.document.text))

    def _set_theme(self, theme: str) -> None:
        super()._set_theme(theme)
        if self.is_attached:
            self._theme.syntax_styles = styles(self.app.current_theme)

    def on_mount(self) -> None:
        self._set_theme(self.theme)

    async def on_key(self, event: events.Key) -> None:
        """Enter goes on under the first letter of the line, one level further in behind a colon.

        Esc is taken here: a text area would hand the focus to the next field in sight, which is this one
        again where it is the only one.
        """
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            await self.run_action("screen.out")
        if event.key != "enter" or self.read_only:
            return
        event.stop()
        event.prevent_default()
        row, column = min(self.selection.start, self.selection.end)
        before = self.document.get_line(row)[:column]
        indent = before[: len(before) - len(before.lstrip())]
        deeper = " " * self.indent_width if before.rstrip().endswith(":") else ""
        self.replace("\n" + indent + deeper, *self.selection, maintain_selection_offset=False)

    def commit(self) -> None:
        self.post_message(Answered(self.text))

    def action_commit(self) -> None:
        self.commit()
