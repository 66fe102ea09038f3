"""What Home tells about the lesson, the track or the way under the cursor."""

from __future__ import annotations

from textual.content import Content

from nnlab.i18n import N_, _
from nnlab.tracks import track_title
from nnlab.tui.atlas import Atlas, Stop, Way
from nnlab.tui.ink import GOOD, MUTED, cut, justified
from nnlab.tui.keys import KEYS
from nnlab.tui.prose import lay_out

MARKS = {"done": "●", "begun": "◐", "open": "○"}
MARKS_ASCII = {"done": "*", "begun": "+", "open": "-"}
DOTS = {"passed": "●", "skipped": "◌", "open": "○", "here": "◉"}
DOTS_ASCII = {"passed": "*", "skipped": "-", "open": ".", "here": "@"}


def mark_of(stop: Stop) -> str:
    return "done" if stop.finished else "begun" if stop.begun else "open"


def about_stop(stop: Stop, width: int, ascii_only: bool) -> Content:
    """A lesson: promise, minutes, what it builds on, what one can do after it, what is not so, steps."""
    lines = [Content.assemble((stop.id, "bold $primary"), "  ", (stop.title, "bold")), Content("")]
    if stop.trouble:
        return Content("\n").join([*lines, *lay_out(stop.trouble, width, ascii_only)])
    lines += lay_out(stop.promise, width, ascii_only)
    lines += [Content(""), Content.styled(facts_of(stop, ascii_only), MUTED), Content("")]
    for objective in stop.objectives:
        lines += lay_out(f"- {objective}", width, ascii_only)
    if stop.misconception:
        lines += [Content(""), *lay_out(f"**{_('Not so:')}** {stop.misconception}", width, ascii_only)]
    if stop.objectives or stop.misconception:
        lines.append(Content(""))
    lines += _steps(stop, width, ascii_only)
    if not stop.finished:
        known = _(
            "Known already? {key} asks one question, and it counts as known.", key=f"`{KEYS['know'].shown}`"
        )
        lines += [Content(""), *lay_out(known, width, ascii_only)]
    return Content("\n").join(lines)


def facts_of(stop: Stop, ascii_only: bool) -> str:
    facts = [_("{n} minutes", n=stop.minutes)] if stop.minutes else []
    if stop.needs:
        facts.append(_("builds on {lessons}", lessons=" ".join(need.upper() for need in stop.needs)))
    return ("  -  " if ascii_only else "  ·  ").join(facts)


def _steps(stop: Stop, width: int, ascii_only: bool) -> list[Content]:
    dots = DOTS_ASCII if ascii_only else DOTS
    lines = []
    for n, step in enumerate(stop.steps):
        here = stop.begun and not stop.finished and n == stop.at
        look = "here" if here else step.status
        style = "$accent" if here else GOOD if step.status == "passed" else MUTED
        title = Content.styled(step.title, "bold" if here else "")
        left = Content.assemble((f"{dots[look]}  ", style)) + title
        lines.append(justified(left, Content.styled(_(step.kind), MUTED), width, ascii_only))
    return lines


def brief_of(text: str, facts: str, width: int, ascii_only: bool) -> Content:
    """Two lines of what it is and one of facts, where there is no room for more."""
    lines = lay_out(text, width, ascii_only)[: 2 if facts else 3] if text else []
    return Content("\n").join([*lines, *([Content.styled(facts, MUTED)] if facts else [])])


def about_track(atlas: Atlas, track: str, width: int, ascii_only: bool) -> Content:
    """A track: its lessons with their promises."""
    lines = [Content.styled(track_title(track), "bold")]
    for stop in atlas.stops:
        if stop.track == track:
            lines += [Content(""), _row(stop, width, ascii_only), *lay_out(stop.promise, width, ascii_only)]
    return Content("\n").join(lines)


def about_way(atlas: Atlas, way: Way, width: int, ascii_only: bool) -> Content:
    """A way: for whom it is, and its lessons by sitting."""
    here = {stop.id.lower(): stop for stop in atlas.stops}
    lines = [Content.styled(way.title, "bold"), Content(""), *lay_out(way.about, width, ascii_only)]
    for number, sitting in enumerate(way.sittings, 1):
        title = _("sitting {n}", n=number) if len(way.sittings) > 1 else ""
        lines += [Content(""), Content.styled(title, MUTED)] if title else [Content("")]
        for id in sitting:
            lines.append(
                _row(here[id], width, ascii_only)
                if id in here
                else Content.styled(f"   {id.upper():<4}{_('not here')}", MUTED)
            )
    told = (
        _("You follow this way; Enter leaves it.")
        if way.name == atlas.followed
        else _("Enter follows this way.")
    )
    return Content("\n").join([*lines, Content(""), Content.styled(told, MUTED)])


def _row(stop: Stop, width: int, ascii_only: bool) -> Content:
    marks = MARKS_ASCII if ascii_only else MARKS
    style = {"done": GOOD, "begun": "$accent", "open": MUTED}[mark_of(stop)]
    line = Content.assemble((marks[mark_of(stop)], style), "  ", (f"{stop.id:<4}", MUTED), stop.title)
    return cut(line, width, ascii_only)


ROWS = {
    "continue": (N_("Continue your bench"), N_(
        "Your last bench, exactly as you left it: data, network, training, and every step of the way, which "
        "can be run backwards.")),
    "lab": (N_("New bench"), N_(
        "An empty bench. Choose data, lay layers side by side, train, and open any number to see the "
        "arithmetic that made it.\n\nThe first lines could be:\n\n```\ndata moons\n"
        "net dense 8 tanh | dense 1\nrun 20 epochs\n```")),
    "data": (N_("Own data"), N_(
        "Bring a table (`.csv`), arrays (`.npz`, `.npy`), or draw points on the plane.\n\n"
        "```\ndata file:flowers.csv target=species\npoint 0.5 -1 red\n```")),
    "recall": (N_("Questions that come back"), N_(
        "What you learned days ago, asked again with other numbers. Fifteen seconds each.")),
    "ways": (N_("Ways through the course"), N_(
        "Ready-made ways through the course, for one lab or for a term. The next lesson of the one that you "
        "follow stands under “Continue”; nothing is locked on any of them.")),
    "summary": (N_("What you have done"), N_(
        "Everything you have done here in one text, to print or to hand in: lessons and dates, predictions, "
        "hints, misconceptions met and overcome.")),
    "settings": (N_("Settings"), N_(
        "Everything that can be chosen, each with a sentence that says what it does.")),
}  # fmt: skip
"""Rows of Home that are no lesson: (title, what it is)."""


def row_text(kind: str) -> str:
    return _(ROWS[kind][1]) if kind in ROWS else ""


def about_row(kind: str, width: int, ascii_only: bool) -> Content:
    """A row that is no lesson, track or way."""
    title = _(ROWS[kind][0]) if kind in ROWS else ""
    return Content("\n").join(
        [Content.styled(title, "bold"), Content(""), *lay_out(row_text(kind), width, ascii_only)]
    )
