"""Training that is done again from a log, with a word now and then where it takes long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.training import Run

ReplayListener = Callable[[int, int], None]
"""Told (step, last step)."""

SECONDS = 1.0
"""Between two words: whoever waits longer than that wants to know for what."""


def catch_up(run: Run, target: int, tell: ReplayListener | None = None) -> None:
    """Train ``run`` on to ``target``, telling (step, target) about once a second.

    Raises NnlabError where the memory does not take so many steps.
    """
    run.history.require(target)
    steps, told = 64, time.monotonic()
    while run.step_count < target:
        began = time.monotonic()
        if run.run_to(min(target, run.step_count + steps)).reason != "done":
            return
        now = time.monotonic()
        if now - began < SECONDS / 8:
            steps *= 2
        if tell is not None and now - told > SECONDS and run.step_count < target:
            told = now
            tell(run.step_count, target)
