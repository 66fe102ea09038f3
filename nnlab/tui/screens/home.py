"""Home: the course with progress, what to continue, the lab, own data, settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.tracks import track_title
from nnlab.tui.atlas import Stop
from nnlab.tui.capabilities import GlyphSet
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.emblem import emblem
from nnlab.tui.ink import BAD, GOOD, MUTED, justified
from nnlab.tui.keys import bindings
from nnlab.tui.prose import lay_out
from nnlab.tui.rows import Draw, Row, Rows, text_row
from nnlab.tui.screens.base import NnlabScreen
from nnlab.tui.shelf import Kept

WIDE = 112
LOGO = (
    "            █        █   ",
    "█▀▀▄  █▀▀▄  █  ▄▀▀█  █▀▀▄",
    "█  █  █  █  █  ▀▄▄█  █▄▄▀",
)
LOGO_ASCII = ("", "n n l a b", "")
MARKS = {"done": "●", "begun": "◐", "open": "○"}
MARKS_ASCII = {"done": "*", "begun": "+", "open": "-"}
DOTS = {"passed": "●", "skipped": "◌", "open": "○", "here": "◉"}
DOTS_ASCII = {"passed": "*", "skipped": "-", "open": ".", "here": "@"}


def masthead(width: int, ascii_only: bool, picture: bool) -> Content:
    """The name, what this is, and on a wide screen a picture of what it is about."""
    logo = LOGO_ASCII if ascii_only else LOGO
    words = (
        Content(""),
        Content.styled(_("A glass-box laboratory for neural networks"), "bold"),
        Content.styled(_("Build it. Step it. Open any number. Rewind."), MUTED),
    )
    lines = [Content.styled(mark.ljust(28), "$primary") + text for mark, text in zip(logo, words)]
    if width < WIDE:
        return Content("\n").join(lines)
    lines = [Content(""), *lines, Content("")]
    if picture and not ascii_only:
        drawn = emblem()
        room = width - 9 - drawn[0].cell_length
        lines = [line.pad_right(room - line.cell_length) + row for line, row in zip(lines, drawn)]
    return Content("\n").join(lines)


def mark_of(stop: Stop) -> str:
    return "done" if stop.finished else "begun" if stop.begun else "open"


class HomeScreen(NnlabScreen):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("enter")]

    def body(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(id="masthead")
            with Horizontal(id="columns"):
                with VerticalScroll(id="map", can_focus=False):
                    yield Rows(id="menu")
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="details")

    def settle(self) -> None:
        super().settle()
        self.fill()
        self.query_one("#menu", Rows).focus()

    def fit(self, width: int, height: int) -> None:
        super().fit(width, height)
        self.set_class(width >= WIDE, "-wide")
        self.query_one("#masthead", Static).update(
            masthead(
                width,
                app_of(self).capabilities.glyphs < GlyphSet.BRAILLE,
                app_of(self).settings.splash,
            )
        )
        self._tell_about(self.query_one("#menu", Rows).current)

    def on_screen_resume(self) -> None:
        app_of(self).survey()

    def keys_here(self) -> tuple[str, ...]:
        return ("move", "enter")

    def key_labels(self) -> dict[str, str]:
        return {"enter": _("open"), "leave": _("quit")}

    def help_title(self) -> str:
        return _("Home")

    def help_text(self) -> str:
        return _(
            "Home shows the course and everything else there is. The arrows move, Enter opens.\n\n"
            "**Lessons** are worked through step by step; nothing is locked, and every answer is kept at "
            "once. The sign before a lesson says how far it is: {open} not begun, {begun} begun, {done} "
            "done.\n\n"
            "The **lab** is a bench without a plan: choose data, build a network, train it, step it "
            "forward and "
            "backward, and open any number on the screen.",
            **(MARKS_ASCII if is_ascii(self) else MARKS),
        )

    # -- rows -----------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show what the app knows now: titles at first, marks when the store has been read."""
        app = app_of(self)
        rows: list[Row] = []
        rows += self._continuing(app.kept, app.atlas.stop(app.atlas.latest), app.atlas.due)
        for track in app.atlas.tracks:
            stops = [stop for stop in app.atlas.stops if stop.track == track]
            rows.append(self._heading(track_title(track), stops))
            rows += [Row(f"lesson:{stop.name}", self._lesson(stop)) for stop in stops]
            rows.append(text_row())
        rows.append(self._heading(_("Laboratory")))
        rows += [
            Row("lab", self._entry(_("New bench"), _("build and train a network of your own"))),
            Row("data", self._entry(_("Own data"), _("a table, arrays, or points drawn by hand"))),
            Row("settings", self._entry(_("Settings"), _("language, colours, motion, speed"))),
        ]
        menu = self.query_one("#menu", Rows)
        top = next(row.id for row in rows if row.id)
        menu.show_rows(rows, menu.current if self._moved else top)
        self._tell_about(menu.current)

    _moved = False

    def _continuing(self, kept: Kept | None, stop: Stop | None, due: int) -> list[Row]:
        """What was left last comes first; a session that was cut off says so."""
        found: list[tuple[float, Row]] = []
        if stop is not None:
            where = _("step {n} of {count}", n=stop.at + 1, count=len(stop.steps))
            found.append(
                (stop.touched, Row("continue:lesson", self._go_on(f"{stop.id}  {stop.title}", where)))
            )
        if kept is not None:
            what = kept.network or kept.data or _("your bench")
            where = _("cut off, nothing lost") if kept.cut_off else _("{n} actions", n=kept.actions)
            found.append((kept.touched, Row("continue:lab", self._go_on(f"{_('Lab')}  {what}", where))))
        rows = [row for _touched, row in sorted(found, key=lambda pair: -pair[0])]
        if due:
            rows.append(Row("recall", self._go_on(_("Questions that come back"), _("{n} due", n=due))))
        return [self._heading(_("Continue")), *rows, text_row()] if rows else []

    def _heading(self, title: str, stops: Sequence[Stop] = ()) -> Row:
        done = sum(stop.finished for stop in stops)
        count = _("{done} of {count} done", done=done, count=len(stops)) if stops else ""

        def draw(width: int, current: bool) -> list[Content]:
            left = Content.styled(title, "bold $primary")
            return [justified(left, Content.styled(count, MUTED), width - 1) + " "]

        return Row("", draw)

    def _lesson(self, stop: Stop) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            marks = MARKS_ASCII if is_ascii(self) else MARKS
            mark = mark_of(stop)
            color = {"done": GOOD, "begun": "$accent", "open": MUTED}[mark]
            left = Content.assemble(
                (marks[mark], color), "  ", (f"{stop.id:<4}", MUTED), (stop.title, _title(current))
            )
            return [self._line(left, *self._state_of(stop, color), width, current)]

        return draw

    def _state_of(self, stop: Stop, color: str) -> tuple[str, str]:
        if stop.trouble:
            return _("cannot be read"), BAD
        if stop.finished:
            return _("done"), color
        if stop.begun:
            return _("step {n} of {count}", n=stop.at + 1, count=len(stop.steps)), color
        return (_("{n} min", n=stop.minutes), MUTED) if stop.minutes else ("", "")

    def _go_on(self, title: str, where: str) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            sign = ">" if is_ascii(self) else "▶"
            left = Content.assemble((sign, "$accent"), "  ", (title, _title(current)))
            return [self._line(left, where, "$accent", width, current)]

        return draw

    def _entry(self, title: str, words: str) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            sign = "+" if is_ascii(self) else "◇"
            left = Content.assemble((sign, MUTED), "  ", (title, _title(current)))
            return [self._line(left, words, MUTED, width, current)]

        return draw

    def _line(self, left: Content, right: str, style: str, width: int, current: bool) -> Content:
        pointer = (">" if is_ascii(self) else "▌") if current else " "
        lead = Content.styled(f"{pointer} ", "bold $accent")
        line = lead + justified(left, Content.styled(right, style), width - 3, is_ascii(self)) + " "
        return line.stylize("on $panel") if current else line

    # -- details --------------------------------------------------------------------------------

    @on(Rows.Moved)
    def _cursor_moved(self, message: Rows.Moved) -> None:
        self._moved = True
        self._tell_about(message.id)

    def _tell_about(self, id: str) -> None:
        details = self.query_one("#details", Static)
        width = max(24, self.size.width - 66 - 15)
        details.update(self._about(id, min(width, 84)))

    def _about(self, id: str, width: int) -> Content:
        app = app_of(self)
        kind, _colon, name = id.partition(":")
        if id == "continue:lesson":
            kind, name = "lesson", app.atlas.latest
        stop = app.atlas.stop(name) if kind == "lesson" else None
        if stop is not None:
            return self._about_stop(stop, width)
        texts = {
            "continue": _("Your last bench, exactly as you left it: data, network, training, and every "
                          "step of "
                          "the way, which can be run backwards."),
            "lab": _("An empty bench. Choose data, lay layers side by side, train, and open any number "
                     "to see the "
                     "arithmetic that made it.\n\nThe first lines could be:\n\n```\ndata moons\n"
                     "net dense 8 tanh | dense 1\nrun 20 epochs\n```"),
            "data": _("Bring a table (`.csv`), arrays (`.npz`, `.npy`), or draw points on the plane.\n\n"
                      "```\ndata file:flowers.csv target=species\npoint 0.5 -1 red\n```"),
            "recall": _("What you learned days ago, asked again with other numbers. Fifteen seconds each."),
            "settings": _("Everything that can be chosen, each with a sentence that says what it does."),
        }  # fmt: skip
        title = {
            "recall": _("Questions that come back"), "continue": _("Continue your bench"),
            "lab": _("New bench"), "data": _("Own data"), "settings": _("Settings"),
        }.get(kind, "")  # fmt: skip
        lines = [
            Content.styled(title, "bold"),
            Content(""),
            *lay_out(texts.get(kind, ""), width, is_ascii(self)),
        ]
        return Content("\n").join(lines)

    def _about_stop(self, stop: Stop, width: int) -> Content:
        ascii_only = is_ascii(self)
        dots = DOTS_ASCII if ascii_only else DOTS
        lines: list[Content] = [
            Content.assemble((stop.id, "bold $primary"), "  ", (stop.title, "bold")),
            Content(""),
        ]
        if stop.trouble:
            return Content("\n").join([*lines, *lay_out(stop.trouble, width, ascii_only)])
        lines += lay_out(stop.promise, width, ascii_only)
        facts = [_("{n} minutes", n=stop.minutes)] if stop.minutes else []
        if stop.needs:
            facts.append(_("builds on {lessons}", lessons=" ".join(need.upper() for need in stop.needs)))
        separator = "  -  " if ascii_only else "  ·  "
        lines += [Content(""), Content.styled(separator.join(facts), MUTED), Content("")]
        for n, step in enumerate(stop.steps):
            here = stop.begun and not stop.finished and n == stop.at
            look = "here" if here else step.status
            style = "$accent" if here else GOOD if step.status == "passed" else MUTED
            title = Content.styled(step.title, "bold" if here else "")
            lines.append(
                justified(
                    Content.assemble((f"{dots[look]}  ", style)) + title,
                    Content.styled(_(step.kind), MUTED),
                    width,
                    ascii_only,
                )
            )
        return Content("\n").join(lines)

    # -- opening --------------------------------------------------------------------------------

    @on(Rows.Picked)
    def _picked(self, message: Rows.Picked) -> None:
        message.stop()
        self.open(message.id)

    def action_enter(self) -> None:
        self.open(self.query_one("#menu", Rows).current)

    def open(self, id: str) -> None:
        app = app_of(self)
        kind, _colon, name = id.partition(":")
        if kind == "lesson":
            app.open_lesson(name)
        elif id == "continue:lesson":
            app.open_lesson(app.atlas.latest)
        elif id == "continue:lab":
            app.open_lab(resume=True)
        elif id == "recall":
            app.open_recall()
        elif id == "lab":
            app.open_lab(resume=False)
        elif id == "data":
            app.open_lab(resume=False, typed="data file:")
        elif id == "settings":
            app.open_settings()


def _title(current: bool) -> str:
    return "bold $foreground" if current else "$foreground"
