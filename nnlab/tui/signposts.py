"""Where the learner is in a lesson: its steps as a row of signs, and the question beside the bench."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nnlab.tui.ink import GOOD, MUTED, justified
from nnlab.tui.prose import inline, wrapped

if TYPE_CHECKING:
    from nnlab.lesson.state import StepView

Statuses = Sequence[tuple[str, str]]

DOTS = {"passed": "●", "skipped": "◌", "open": "○", "here": "◉"}
DOTS_ASCII = {"passed": "*", "skipped": "-", "open": ".", "here": "@"}


def dots(statuses: Statuses, here: int, ascii_only: bool, gap: str = "") -> Content:
    """One sign for every step: passed, left for later, open, and where we are."""
    signs = DOTS_ASCII if ascii_only else DOTS
    parts: list[Content] = []
    for n, (_id, status) in enumerate(statuses):
        look = "here" if n == here else status
        style = "bold $accent" if n == here else GOOD if status == "passed" else MUTED
        parts.append(Content.styled(signs[look], style))
    return Content(gap).join(parts)


def lesson_line(id: str, title: str, statuses: Statuses, index: int, width: int, ascii_only: bool) -> Content:
    """The lesson on the left, its steps on the right, with gaps between them where there is room."""
    left = Content.assemble((id.upper(), "bold $primary"), "  ", (title, "bold"))
    place = f"{index + 1}/{len(statuses)}"
    gap = " " if left.cell_length + 2 * len(statuses) + len(place) + 4 <= width else ""
    right = Content.assemble(dots(statuses, index, ascii_only, gap), "  ", (place, MUTED))
    return justified(left, right, width, ascii_only)


def reminder(view: StepView, width: int, ascii_only: bool) -> Content:
    """The question in two lines at most."""
    lines = wrapped(inline(view.question or view.title), max(20, width))
    more = ("..." if ascii_only else "…") if len(lines) > 2 else ""
    return Content("\n").join(lines[:2]) + more
