"""The study that a session is on: who looks can see how far it is, and stop it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.training.studies.errand import Errand

Listener = Callable[[int, int], None]
"""Told (steps done, steps in all)."""


class Errands:
    """At most one at a time: whoever acts acts alone."""

    def __init__(self, lock: AbstractContextManager[object]) -> None:
        self._lock = lock
        self.listener: Listener | None = None
        self.now: Errand | None = None

    def stop(self) -> bool:
        """Have the study at hand end at its next step; False where there is none."""
        now = self.now
        if now is not None:
            now.stop()
        return now is not None

    @contextlib.contextmanager
    def begun(self) -> Iterator[Errand]:
        """A study that can be stopped, in a terminal with Ctrl-C."""
        from nnlab.training.studies.errand import Errand

        self.now = errand = Errand(self._lock, self.listener)
        try:
            with _ctrl_c(errand):
                yield errand
        finally:
            self.now = None


@contextlib.contextmanager
def _ctrl_c(errand: Errand) -> Iterator[None]:
    """Ctrl-C stops at the next step instead of breaking it in the middle."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: errand.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
