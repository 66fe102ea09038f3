"""Who is told what a session does: listeners to actions, and to epochs just finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nnlab.session.action import Result

if TYPE_CHECKING:
    from nnlab.training import EpochRow, Run

Listener = Callable[[str, Result], None]
ProgressListener = Callable[[list["EpochRow"]], None]


class Audience:
    """Actions are told to listeners in the thread that did them, outside of all locks."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._progress: list[ProgressListener] = []
        self._epochs = 0

    def join(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called after every action; the answer takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def follow(self, listener: ProgressListener) -> None:
        """Have ``listener`` called with epochs just finished."""
        self._progress.append(listener)

    def tell(self, result: Result) -> Result:
        for listener in list(self._listeners):
            listener(result.action, result)
        return result

    def catch_up(self, run: Run) -> None:
        """The epochs of ``run`` so far are nothing new."""
        self._epochs = len(run.history.epochs)

    def tell_epochs(self, run: Run, quiet: bool) -> None:
        """Tell of epochs finished since; nobody where it is to be ``quiet``."""
        rows = run.history.epochs[self._epochs :]
        if not self._progress or not rows:
            return
        self._epochs += len(rows)
        for listener in () if quiet else self._progress:
            listener(rows)
