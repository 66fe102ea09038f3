"""How long a lesson takes: an estimate from its words and what its steps ask for."""

from __future__ import annotations

from nnlab.lesson.prose import LessonProse
from nnlab.lesson.step import Lesson

WORDS_A_MINUTE = 180
"""Below the 238 of silent reading of non-fiction (Brysbaert 2019): there are formulas between the words."""
SECONDS = {
    "read": 10,
    "quiz": 45,
    "predict": 45,
    "explain": 45,
    "watch": 60,
    "train": 60,
    "order": 75,
    "build": 90,
    "be": 90,
    "debug": 120,
    "tune": 150,
    "code": 240,
}
"""What a step of a kind takes beside the reading.  Guesses, until there are enough learners' times."""
READ_BY_ALL = ("prose", "question", "option", "after", "measured")


def estimated_minutes(lesson: Lesson, prose: LessonProse) -> float:
    """Minutes for a learner who makes no mistake and needs no hint; ``prose`` is the English one."""
    words = sum(
        len(text.split())
        for step in lesson.steps
        for (field, _name), text in prose.step(step.id).texts.items()
        if field in READ_BY_ALL
    )
    return words / WORDS_A_MINUTE + sum(SECONDS[step.kind] for step in lesson.steps) / 60
