"""What is known of a learner at a step: what is kept, what a skin shows, what an answer was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

OPEN, PASSED, SKIPPED = "open", "passed", "skipped"
STAYS = ("status", "hints", "tries", "seconds", "bench", "passed_before", "hints_before")
"""What is kept of a step that was written anew."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to an answer.

    ``ok``: right (so far); ``passed``: the step is passed, which a prediction is even when it is wrong;
    ``text``: what to read; ``misconception``: its id, or ""; ``detail``: what exactly was found.
    ``predicted``: a prediction, which is kept and never marked down, with the truth in ``reveal`` beside
    what was ``given``; ``bet``: an earlier prediction that this step settles, beside what was ``measured``.
    ``at``: the training step at which a run that goes on was seen to be where the step wants it, else 0.
    """

    ok: bool
    passed: bool
    text: str
    misconception: str = ""
    detail: str = ""
    reveal: str = ""
    given: str = ""
    predicted: bool = False
    bet: str = ""
    measured: str = ""
    at: int = 0


@dataclass(slots=True)
class StepState:
    """What is kept of one step (plain data)."""

    status: str = OPEN
    hints: int = 0
    tries: int = 0
    given: str = ""
    draft: str = ""
    seconds: float = 0.0
    entered: bool = False
    task: str = ""
    """What ``Lesson.signature`` said of the step when it was entered."""
    bench: str = ""
    prepared: Any = None
    numbers: dict[str, float] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)
    passed_before: int = 0
    hints_before: int = 0
    """How often it was passed, and hints taken, before the lesson was begun anew."""

    def anew(self) -> StepState:
        """The step as nobody has seen it, with the record of what was done."""
        return StepState(
            seconds=self.seconds,
            passed_before=self.passed_before + (self.status == PASSED),
            hints_before=self.hints_before + self.hints,
        )

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: dict[str, Any], task: str = "") -> StepState:
        """What was kept; where the step was written anew since (it is ``task`` now) only how far it was.

        An answer to another question, and the truth of one, would not be understood any more; unfinished
        typing is, where the answer still has the same form.
        """
        kept = {name: value for name, value in data.items() if name in cls.__slots__}
        if task and kept.get("task") != task:
            form = str(kept.get("task") or "code").partition(" ")[0]  # only code had drafts before
            stays = (*STAYS, "draft") if form == task.partition(" ")[0] else STAYS
            kept = {name: kept[name] for name in stays if name in kept}
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Plot:
    """The picture of a curve step: its ends and axes, what was drawn, and what was measured once it is told.

    Values stand at even places from the left end to the right.
    """

    across: tuple[float, float]
    up: tuple[float, float]
    across_name: str
    up_name: str
    drawn: Sequence[float] = ()
    measured: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class StepView:
    """All a skin needs to show a step; ``cards`` are (name, title) of what may be read beside it."""

    lesson: str
    index: int
    count: int
    kind: str
    id: str
    title: str
    prose: str
    question: str
    answer_form: str
    options: Sequence[tuple[str, str]]
    status: str
    given: str
    draft: str
    hints: Sequence[str]
    missing: Sequence[str] = ()
    blanks: Sequence[tuple[str, str]] = ()
    gauge: str = ""
    plot: Plot | None = None
    cards: Sequence[tuple[str, str]] = ()
    probes: tuple[int, int] | None = None
    """(made, allowed) where a fault is to be found with few probes."""
    sight: str = ""
    """The action line that shows what the last answer got wrong."""
