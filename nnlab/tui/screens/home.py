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
from nnlab.tracks import TRACKS, track_title
from nnlab.tui.atlas import Stop, Way
from nnlab.tui.brief import (
    MARKS,
    MARKS_ASCII,
    about_row,
    about_stop,
    about_track,
    about_way,
    brief_of,
    facts_of,
    mark_of,
    row_text,
)
from nnlab.tui.capabilities import GlyphSet
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.emblem import emblem
from nnlab.tui.ink import BAD, GOOD, MUTED, justified
from nnlab.tui.keys import bindings
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


WAYS = "ways"
FOLD = 22
"""Columns of a closed heading before the signs of its lessons."""


class HomeScreen(NnlabScreen):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("enter", "know")]

    def __init__(self) -> None:
        super().__init__()
        self._opened: dict[str, bool] = {}

    def body(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(id="masthead")
            with Horizontal(id="columns"):
                with VerticalScroll(id="map", can_focus=False):
                    yield Rows(id="menu")
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="details")
            yield Static(id="brief")

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
        return ("move", "enter", "know") if self._lesson_here else ("move", "enter")

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
            opened = self._is_open(f"track:{track}")
            rows.append(Row(f"track:{track}", self._fold(track_title(track), opened, stops)))
            if opened:
                rows += [Row(f"lesson:{stop.name}", self._lesson(stop)) for stop in stops]
        rows += [*self._ways(), text_row(), self._heading(_("Laboratory"))]
        rows += [
            Row("lab", self._entry(_("New bench"), _("build and train a network of your own"))),
            Row("data", self._entry(_("Own data"), _("a table, arrays, or points drawn by hand"))),
            Row(
                "summary",
                self._entry(_("What you have done"), _("as a text to print")),
            ),
            Row("settings", self._entry(_("Settings"), _("language, colours, motion, speed"))),
        ]
        menu = self.query_one("#menu", Rows)
        top = next(row.id for row in rows if row.id and not row.id.startswith("track:"))
        menu.show_rows(rows, menu.current if self._moved else top)
        self._tell_about(menu.current)
        self.show_keys()

    _moved = False

    def _is_open(self, id: str) -> bool:
        """Whether a track, or the list of ways, shows what is in it: as chosen, else where the learner is."""
        if id in self._opened:
            return self._opened[id]
        atlas = app_of(self).atlas
        track = id.partition(":")[2]
        if track not in TRACKS:  # a pack of one's own; the ways are shown on request
            return id != WAYS
        here = [atlas.stop(atlas.latest), atlas.next_stop]
        return track in {stop.track for stop in here if stop is not None}

    def _ways(self) -> list[Row]:
        """The ready-made ways, and under them, if opened, each with how far it is."""
        atlas = app_of(self).atlas
        if not atlas.ways:
            return []
        opened, followed = self._is_open(WAYS), atlas.way(atlas.followed)
        rows = [
            Row(
                WAYS, self._fold(_("Ways through the course"), opened, (), followed.title if followed else "")
            )
        ]
        return rows + [Row(f"way:{way.name}", self._way(way)) for way in atlas.ways if opened]

    def _way(self, way: Way) -> Draw:
        def draw(width: int, current: bool) -> list[Content]:
            atlas = app_of(self).atlas
            signs = ("(*)", "( )") if is_ascii(self) else ("◉", "○")
            chosen = way.name == atlas.followed
            left = Content.assemble(
                (signs[0] if chosen else signs[1], "$accent" if chosen else MUTED), "  ",
                (way.title, _title(current)),
            )  # fmt: skip
            stops = [id for sitting in way.sittings for id in sitting]
            done = sum(stop.finished for stop in atlas.route(way))
            right = _("{done} of {count} done", done=done, count=len(stops))
            return [self._line(left, right, "$accent" if chosen else MUTED, width, current)]

        return draw

    def _fold(self, title: str, opened: bool, stops: Sequence[Stop] = (), right: str = "") -> Draw:
        """A heading that opens and closes; closed, the signs of its lessons stand behind it."""

        def draw(width: int, current: bool) -> list[Content]:
            ascii_only = is_ascii(self)
            marks = MARKS_ASCII if ascii_only else MARKS
            sign = ("v" if opened else ">") if ascii_only else ("▾" if opened else "▸")
            signs = [
                Content.styled(
                    marks[mark_of(stop)], {"done": GOOD, "begun": "$accent", "open": MUTED}[mark_of(stop)]
                )
                for stop in stops
            ]
            left = Content.assemble((f"{sign} ", MUTED), (title, "bold $primary"))
            if not opened and signs:
                left = left.pad_right(max(1, FOLD - left.cell_length)) + Content(" ").join(signs)
            done = sum(stop.finished for stop in stops)
            told = _("{done} of {count} done", done=done, count=len(stops)) if stops else right
            return [self._line(left, told, MUTED, width, current)]

        return draw

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
        atlas = app_of(self).atlas
        following = atlas.next_stop
        if atlas.followed and following is not None and following.name != atlas.latest:
            rows.append(
                Row("continue:way", self._go_on(f"{following.id}  {following.title}", _("next on your way")))
            )
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
            return (_("done") if stop.taken else _("known")), color
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

    # -- ways and the fast track ----------------------------------------------------------------

    def _follow(self, name: str) -> None:
        """Follow a way, or none any more."""
        app = app_of(self)
        chosen = "" if name == app.atlas.followed else name

        def keep() -> None:
            from nnlab.lesson.ways import CHOSEN

            if app.progress is not None:
                app.progress.put_note(CHOSEN, chosen)

        app.do(keep, lambda _none: app.survey())

    @property
    def _lesson_here(self) -> str:
        """The name of the lesson under the cursor that is not done."""
        kind, _colon, name = self.query_one("#menu", Rows).current.partition(":")
        stop = app_of(self).atlas.stop(name) if kind == "lesson" else None
        return stop.name if stop is not None and not stop.finished and not stop.trouble else ""

    def action_know(self) -> None:
        """One question of the lesson under the cursor; right, the lesson counts as known."""
        if name := self._lesson_here:
            app_of(self).open_known(name)

    # -- details --------------------------------------------------------------------------------

    @on(Rows.Moved)
    def _cursor_moved(self, message: Rows.Moved) -> None:
        self._moved = True
        self._tell_about(message.id)
        self.show_keys()

    def _tell_about(self, id: str) -> None:
        """In full beside the map where there is room, in three lines below it where there is none."""
        width = max(24, self.size.width - 66 - 15)
        self.query_one("#details", Static).update(self._about(id, min(width, 84)))
        self.query_one("#brief", Static).update(self._brief(id, self.size.width - 6))

    def _stop_of(self, id: str) -> Stop | None:
        """The lesson that a row is about."""
        atlas, (kind, _colon, name) = app_of(self).atlas, id.partition(":")
        if id == "continue:way":
            return atlas.next_stop
        name = atlas.latest if id == "continue:lesson" else name
        return atlas.stop(name) if kind in ("lesson", "continue") else None

    def _about(self, id: str, width: int) -> Content:
        atlas, ascii_only = app_of(self).atlas, is_ascii(self)
        kind, _colon, name = id.partition(":")
        if (stop := self._stop_of(id)) is not None:
            return about_stop(stop, width, ascii_only)
        if kind == "track":
            return about_track(atlas, name, width, ascii_only)
        if kind == "way" and (way := atlas.way(name)) is not None:
            return about_way(atlas, way, width, ascii_only)
        return about_row(kind, width, ascii_only)

    def _brief(self, id: str, width: int) -> Content:
        atlas, ascii_only = app_of(self).atlas, is_ascii(self)
        kind, _colon, name = id.partition(":")
        if (stop := self._stop_of(id)) is not None:
            return brief_of(stop.trouble or stop.promise, facts_of(stop, ascii_only), width, ascii_only)
        if kind == "track":
            ids = [stop.id for stop in atlas.stops if stop.track == name]
            return brief_of("", " ".join(ids), width, ascii_only)
        if kind == "way" and (way := atlas.way(name)) is not None:
            return brief_of(way.about, " ".join(stop.id for stop in atlas.route(way)), width, ascii_only)
        return brief_of(row_text(kind), "", width, ascii_only)

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
        elif kind == "track" or id == WAYS:
            self._opened[id] = not self._is_open(id)
            self._moved = True
            self.fill()
        elif kind == "way":
            self._follow(name)
        elif id == "continue:way" and app.atlas.next_stop is not None:
            app.open_lesson(app.atlas.next_stop.name)
        elif id == "summary":
            app.open_summary()
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
