"""Settings, made from their table: arrows change a value, it takes effect and is kept at once."""

from __future__ import annotations

from dataclasses import fields
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from nnlab.errors import NnlabError
from nnlab.i18n import LANGUAGES, N_, _
from nnlab.session.pace import LADDER
from nnlab.settings import SCHEMA, Setting, Settings, Value
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.ink import FAINT, MUTED, cut
from nnlab.tui.keys import bindings
from nnlab.tui.prose import Prose
from nnlab.tui.rows import Draw, Row, Rows
from nnlab.tui.screens.base import NnlabScreen
from nnlab.tui.themes import theme_titles

NAMES = {
    "language": N_("Language"),
    "theme": N_("Theme"),
    "glyphs": N_("Signs"),
    "color": N_("Colours"),
    "motion": N_("Motion"),
    "speed": N_("Speed"),
    "threads": N_("Threads"),
    "device": N_("Device"),
    "kernels": N_("Kernels"),
    "splash": N_("Title picture"),
    "accessible": N_("Sentences"),
}
EXPLAINED = {
    "language": N_("The language of the interface and the lessons; **auto** follows the environment "
                   "(`NNLAB_LANG`, `LC_ALL`, `LANG`). Lessons that are not translated appear in English."),
    "theme": N_("Dark, light, high contrast, and a pair of colours that people with a colour vision "
                "deficiency "
                "tell apart. No theme says anything by colour alone."),
    "glyphs": N_("What pictures are drawn with. **braille** is finest, **blocks** works with most "
                 "fonts, **ascii** "
                 "with every one. If you see boxes or gaps, go one down."),
    "color": N_("How many colours the terminal is sent. **auto** reads `COLORTERM`, `TERM` and "
                "`NO_COLOR`; over "
                "ssh a terminal with millions of colours may need **true**."),
    "motion": N_("**full** moves values from where they are to where they go; **reduced** shows the "
                 "result at once."),
    "speed": N_("Steps a second of training that goes on until you pause it (key **r**); 0 is flat out. "
                "On the bench **<** and **>** change it. `run 5 epochs` and other runs with an end always go "
                "flat out."),
    "threads": N_("Threads of linear algebra. One is fastest for small networks and gives the same bits "
                  "every time; "
                  "a change takes effect at the next start."),
    "device": N_("**auto** computes on a GPU where it is faster, **cpu** and **gpu** insist; a change "
                 "takes effect "
                 "with the next bench."),
    "kernels": N_("What computes on the CPU: **numba** is faster and gives other last digits, "
                  "**auto** is **numpy**; a change takes effect at the next start."),
    "splash": N_("The picture beside the name on Home."),
    "accessible": N_("In the plain form (`nnlab --plain`): sentences instead of tables and pictures, "
                     "for screen "
                     "readers and Braille displays."),
}  # fmt: skip
LADDERS: dict[str, tuple[float, ...]] = {
    "speed": tuple(speed or 0 for speed in LADDER),
    "threads": (1, 2, 4, 8, 16),
}


class SettingsScreen(NnlabScreen):
    """One row for every setting; what it does stands below."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "change(-1)", show=False),
        Binding("right", "change(1)", show=False),
        *bindings("out"),
    ]

    def body(self) -> ComposeResult:
        with Vertical(id="frame"):
            yield Static(id="title")
            with VerticalScroll(can_focus=False):
                yield Rows(id="settings")
            field = Input(id="value", compact=True)
            field.cursor_blink = False  # a blinking cursor keeps an idle app busy
            yield field
            yield Prose(id="explained")

    def settle(self) -> None:
        super().settle()
        self.query_one("#title", Static).update(Content.styled(_("Settings"), "bold $primary"))
        rows = self.query_one("#settings", Rows)
        rows.show_rows([Row(name, self._draw(SCHEMA[name])) for name in NAMES])
        rows.focus()
        self._explain(rows.current)

    def keys_here(self) -> tuple[str, ...]:
        return ("move", "enter", "out")

    def key_labels(self) -> dict[str, str]:
        return {"move": _("choose and change"), "enter": _("next value"), "out": _("back")}

    def help_title(self) -> str:
        return _("Settings")

    def help_text(self) -> str:
        return _(
            "Up and down choose a setting, left and right change its value. A change takes effect and "
            "is kept "
            "at once. On a number, Enter lets you type it."
        )

    # -- drawing --------------------------------------------------------------------------------

    def _value(self, name: str) -> Value:
        value: Value = getattr(app_of(self).settings, name)
        return value

    def _shown(self, name: str) -> str:
        value = self._value(name)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name == "language" and value in LANGUAGES:
            return LANGUAGES[str(value)]
        if name == "theme":
            from nnlab.tui.app import THEME_NAMES

            return theme_titles()[THEME_NAMES[str(value)]]
        if name == "speed" and not value:
            return _("flat out")
        return value if isinstance(value, str) else f"{value:g}"

    def _draw(self, setting: Setting) -> Draw:
        name = setting.name

        def draw(width: int, current: bool) -> list[Content]:
            ascii_only = is_ascii(self)
            left, right = ("<", ">") if ascii_only else ("◂", "▸")
            pointer = (">" if ascii_only else "▌") if current else " "
            title = Content.styled(_(NAMES[name]), "bold" if current else "")
            shown = Content.styled(self._shown(name), "bold $accent" if current else "$accent")
            arrow = "$foreground" if current else FAINT
            words = max(Content(_(one.help)).cell_length for one in SCHEMA.values())
            line = Content.assemble(
                (f"{pointer} ", "bold $accent"),
                title.pad_right(max(1, 18 - title.cell_length)),
                (f"{left} ", arrow),
                shown.pad_right(max(0, 20 - shown.cell_length)),
                (f" {right}", arrow),
                "   ",
                (_(setting.help) if width >= 47 + words else "", MUTED),  # it stands below as well
            )
            line = cut(line, width, ascii_only)
            line = line.pad_right(max(0, width - line.cell_length))
            return [line.stylize("on $panel") if current else line]

        return draw

    @on(Rows.Moved)
    def _moved(self, message: Rows.Moved) -> None:
        self._explain(message.id)

    def _explain(self, name: str) -> None:
        self.query_one("#explained", Prose).show(_(EXPLAINED[name]) if name else "")

    # -- changing -------------------------------------------------------------------------------

    def _choices(self, name: str) -> list[Value]:
        setting, value = SCHEMA[name], self._value(name)
        if isinstance(value, bool):
            return [True, False]
        if setting.choices:
            return list(setting.choices)
        return sorted({*LADDERS.get(name, ()), float(value)}, key=lambda n: (n == 0, n))  # 0: the fastest

    def action_change(self, way: int) -> None:
        name = self.query_one("#settings", Rows).current
        choices = self._choices(name)
        at = choices.index(self._value(name)) + way
        cyclic = not isinstance(choices[0], float) or isinstance(choices[0], bool)
        if cyclic or 0 <= at < len(choices):
            value = choices[at % len(choices)]
            self._set(name, int(value) if name == "threads" else value)

    def _set(self, name: str, value: object) -> bool:
        try:
            app_of(self).change_setting(name, value)
        except NnlabError as error:
            self.say(str(error), "bad")
            return False
        self.query_one("#settings", Rows).redraw()
        later = name in ("threads", "device", "kernels")
        self.say(_("kept; takes effect later, see below") if later else _("kept"), "good")
        return True

    @on(Rows.Picked)
    def _picked(self, message: Rows.Picked) -> None:
        message.stop()
        if message.id not in LADDERS:
            self.action_change(1)
            return
        field = self.query_one("#value", Input)
        field.value = f"{self._value(message.id):g}"
        field.display = True
        field.border_title = _(NAMES[message.id])
        field.focus()

    @on(Input.Submitted)
    def _typed(self, message: Input.Submitted) -> None:
        message.stop()
        if message.input.id == "value" and self._set(
            self.query_one("#settings", Rows).current, message.value
        ):
            self._close_field()

    def _close_field(self) -> None:
        self.query_one("#value", Input).display = False
        self.query_one("#settings", Rows).focus()

    def action_out(self) -> None:
        if self.query_one("#value", Input).display:
            self._close_field()
        else:
            self.action_leave()


assert set(NAMES) == set(SCHEMA) == set(EXPLAINED) == {field.name for field in fields(Settings)}
