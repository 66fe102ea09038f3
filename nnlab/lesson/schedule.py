"""When a question comes back: FSRS, the scheduler of the ``fsrs`` package, with whole days between reviews.

J. Ye et al., "A Stochastic Shortest Path Algorithm for Optimizing Spaced Repetition Scheduling" (2022).
What it keeps of a question is its state, stability and difficulty, and when it was asked last; the store
holds them as JSON text.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fsrs import Card

    from nnlab.store import RecallRow

DAY = 86400.0
TOMORROW = timedelta(days=1)
"""When a question that was answered wrong is asked again."""
LADDER = (2.0, 5.0, 14.0, 40.0)
"""Days of the ladder that was climbed before; a row that still stands on it goes on from its interval."""
DIFFICULTY = 5.0
"""Of a question that comes from the ladder: the middle of FSRS's scale from 1 to 10."""


def first(now: float, clean: bool) -> tuple[float, str]:
    """(when, what is kept) of a question whose step was just passed; ``clean``: without hint or slip."""
    return _reviewed(_card(None, now), "Good" if clean else "Hard", now)


def after(row: RecallRow | None, ok: bool, now: float) -> tuple[float, str]:
    """(when, what is kept) after an answer to the question of ``row``."""
    return _reviewed(_card(row, now), "Good" if ok else "Again", now)


def _card(row: RecallRow | None, now: float) -> Card:
    from fsrs import Card, State

    if row is None:
        return Card(card_id=1, due=_moment(now))
    card = Card(card_id=1, state=State.Review, due=_moment(now))
    if row.card:
        kept = json.loads(row.card)
        card.state, card.step = State(kept["state"]), kept["step"]
        card.stability, card.difficulty = kept["stability"], kept["difficulty"]
        card.last_review = _moment(kept["asked"])
    else:
        days = LADDER[min(row.rung, len(LADDER) - 1)] if row.rung >= 0 else 1.0
        card.stability, card.difficulty = days, DIFFICULTY
        card.last_review = _moment(row.due - days * DAY)
    return card


def _reviewed(card: Card, rating: str, now: float) -> tuple[float, str]:
    from fsrs import Rating, Scheduler

    scheduler: Any = Scheduler(learning_steps=(), relearning_steps=(TOMORROW,), enable_fuzzing=False)
    card, _log = scheduler.review_card(card, Rating[rating], _moment(now))
    kept = {
        "state": int(card.state),
        "step": card.step,
        "stability": card.stability,
        "difficulty": card.difficulty,
        "asked": now,
    }
    return card.due.timestamp(), json.dumps(kept)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
