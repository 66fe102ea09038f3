"""The rows of the store as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson of one learner; times are seconds since 1970, 0 where it has not happened."""

    lesson: str
    at_step: str
    started: float
    touched: float
    finished: float
    seconds: float
    passed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was typed."""

    lesson: str
    step: str
    kind: str
    text: str
    ok: bool
    misconception: str
    hints: int
    at: float


@dataclass(frozen=True, slots=True)
class RecallRow:
    """A question that comes back: when, right answers in a row, and what the scheduler keeps."""

    lesson: str
    step: str
    due: float
    rung: int
    card: str = ""
