"""Where the learner is in a lesson: its steps in signs, the question beside the bench, what is passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nnlab.i18n import _
from nnlab.tui.guide import outcome
from nnlab.tui.ink import GOOD, MUTED, justified
from nnlab.tui.prose import inline, wrapped

if TYPE_CHECKING:
    from nnlab.lesson.state import StepView, Verdict

Statuses = Sequence[tuple[str, str]]

PARAGRAPH = "\n\n"
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


def reminder(view: StepView, verdict: Verdict | None, width: int, ascii_only: bool) -> Content:
    """In two lines at most: the question, or what was said of the answer."""
    text = view.question or view.title
    if verdict is not None and not verdict.predicted:
        judged = outcome(verdict, view.answer_form, ascii_only)
        text = f"{judged}{'' if judged.endswith('。') else ' '}{verdict.text.rpartition(PARAGRAPH)[2]}"
    lines = wrapped(inline(text), max(20, width))
    more = ("..." if ascii_only else "…") if len(lines) > 2 else ""
    return Content("\n").join(lines[:2]) + more


def told(verdict: Verdict, *, last: bool) -> str:
    """That a step is passed, and how; a prediction is answered, whatever it was."""
    if verdict.predicted:
        return _("answered; n ends the lesson") if last else _("answered; n goes on")
    if verdict.at:
        step = f"{verdict.at:,}"
        return (
            _("goal reached at step {step}; n ends the lesson", step=step)
            if last
            else _("goal reached at step {step}; n goes on", step=step)
        )
    return _("passed; n ends the lesson") if last else _("passed; n goes on")
