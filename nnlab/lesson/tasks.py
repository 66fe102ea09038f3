"""What a task is: one question of a step, its truth, and how an answer to it is judged.

A task computes its truth from the bench when its step is entered (:meth:`Task.prepare`, plain data
that is kept with the progress), judges an answer against it, and can produce the reference
attempts that must pass and the known wrong ones that must be diagnosed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nnlab.lesson.bench import Bench


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody does at a step: action lines, then answers."""

    actions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ("",)


@dataclass(slots=True)
class Context:
    """What a task judges against.  ``memory`` is kept between answers and across restarts."""

    bench: Bench
    prepared: Any = None
    seen: set[str] = field(default_factory=set)
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``ok``: right so far; ``done``: nothing more is asked.  ``say`` names a prose text with ``values``."""

    ok: bool
    done: bool
    misconception: str = ""
    detail: str = ""
    say: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    given: str = ""


def right(given: str = "", detail: str = "") -> Judgement:
    return Judgement(True, True, given=given, detail=detail)


def wrong(misconception: str = "", detail: str = "", given: str = "") -> Judgement:
    return Judgement(False, False, misconception, detail, given=given)


class Task(Protocol):
    """One question.  ``answer_form`` tells a skin what to show: an input, a list, an editor, nothing."""

    @property
    def answer_form(self) -> str: ...

    def prepare(self, bench: Bench) -> Any:
        """The truth, as plain data (JSON), read from the bench."""

    def judge(self, answer: str, context: Context) -> Judgement: ...

    def reveal(self, context: Context) -> str:
        """The right answer, for the reveal of a prediction and after the third hint."""

    def solutions(self, context: Context) -> list[Attempt]: ...

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        """Pairs of (misconception that must be named, or "" for any failure, attempt)."""

    def texts(self) -> set[tuple[str, str]]:
        """The (field, name) texts that the prose must have."""

    def reference_lines(self) -> tuple[str, ...]:
        """The actions of a learner who does this task well; they lead to the next step's bench."""
