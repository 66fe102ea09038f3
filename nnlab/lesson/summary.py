"""What a learner has done, as a text that can be printed or handed in.

It states what is in the progress file and nothing more: nobody has watched, and nothing was graded.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnlab.i18n import _, current_language
from nnlab.lesson.find import LessonEntry, find_lessons
from nnlab.lesson.render import wrap
from nnlab.tracks import track_title

if TYPE_CHECKING:
    from nnlab.store import Answer, LessonRow, Progress


WIDTH = 80
"""Columns of a page that is printed."""


@dataclass(slots=True)
class Count:
    """What the answers to one lesson, or to all, come to."""

    predictions: int = 0
    right: int = 0
    hints: int = 0
    met: set[tuple[str, str, str]] = field(default_factory=set)
    """(lesson, step, misconception) that an answer showed"""
    overcome: set[tuple[str, str, str]] = field(default_factory=set)
    """those after which the same step, or its question days later, was answered right"""


def counted(answers: Sequence[Answer], hints: int) -> Count:
    """What ``answers``, in the order given, come to; only the first prediction of a step counts."""
    count = Count(hints=hints)
    predicted: set[tuple[str, str]] = set()
    for answer in answers:
        place = (answer.lesson, answer.step)
        if answer.kind == "predict" and place not in predicted:
            predicted.add(place)
            count.predictions += 1
            count.right += answer.ok
        if answer.misconception:
            count.met.add((*place, answer.misconception))
        if answer.ok:
            count.overcome |= {key for key in count.met if key[:2] == place}
        elif answer.misconception:
            count.overcome.discard((*place, answer.misconception))
    return count


def summary(progress: Progress, folders: Sequence[str] = (), name: str = "") -> list[str]:
    """The lines of the summary; ``name`` is put on it as given."""
    rows = progress.lessons()
    entries = find_lessons(folders)
    answers = progress.answers()
    states = {lesson: progress.steps(lesson) for lesson in rows}
    hints = sum(
        int(state.get(key, 0))
        for kept in states.values()
        for state in kept.values()
        for key in ("hints", "hints_before")
    )
    lines = [_("nnlab: what {name} has done", name=name) if name else _("nnlab: what was done"), _today(), ""]
    for track in dict.fromkeys(entry.track for entry in entries):
        begun = [entry for entry in entries if entry.track == track and entry.name in rows]
        if begun:
            lines += [track_title(track), *(_lesson_line(e, rows[e.name], states[e.name]) for e in begun), ""]
    if not rows:
        return [*lines, _("No lesson has been begun yet.")]
    return [*lines, *_totals(rows, counted(answers, hints), answers), "", *wrap(_honest(), WIDTH)]


def _lesson_line(entry: LessonEntry, row: LessonRow, kept: dict[str, dict[str, object]]) -> str:
    passed = sum(
        state.get("status") == "passed" or bool(state.get("passed_before")) for state in kept.values()
    )
    if row.finished and not passed:
        state = _("known beforehand, {date}", date=_date(row.finished))
    elif row.finished:
        state = _("done {date}, {n} steps", date=_date(row.finished), n=passed)
    else:
        state = _("begun {date}, {n} steps", date=_date(row.started), n=passed)
    return f"  {entry.id.upper():<4} {entry.title(current_language())}: {state}"


def _totals(rows: dict[str, LessonRow], count: Count, answers: Sequence[Answer]) -> list[str]:
    finished = sum(bool(row.finished) for row in rows.values())
    minutes = round(sum(row.seconds for row in rows.values()) / 60)
    recalled = [answer for answer in answers if answer.kind == "recall"]
    lines = [
        _("Lessons done: {done}, begun: {begun}. Time at them: about {n} minutes.",
          done=finished, begun=len(rows), n=minutes),
        _("Predictions made before the result was seen: {n}, right: {right}.",
          n=count.predictions, right=count.right),
        _("Hints taken: {n}.", n=count.hints),
        _("Misconceptions met: {met}; answered right after them: {overcome}.",
          met=len(count.met), overcome=len(count.overcome)),
    ]  # fmt: skip
    if recalled:
        right = sum(answer.ok for answer in recalled)
        lines.append(
            _("Questions that came back after days: {n}, right: {right}.", n=len(recalled), right=right)
        )
    return lines


def _honest() -> str:
    return _(
        "This is what the progress file of this computer says. Nothing was graded or supervised, and a wrong "
        "prediction is part of learning."
    )


def _today() -> str:
    return _date(time.time())


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds))
