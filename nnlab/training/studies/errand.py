"""A study of many steps on a twin of a run: how far it is, and whether anybody still waits for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from nnlab.errors import NnlabError
from nnlab.i18n import _


class Errand:
    """``lock`` is held while the run itself is read; the steps of its twin need none.

    ``tell(done, of)`` is called at every step, in the thread that studies.
    """

    def __init__(
        self,
        lock: AbstractContextManager[object] | None = None,
        tell: Callable[[int, int], None] | None = None,
    ) -> None:
        self.lock: AbstractContextManager[object] = lock if lock is not None else nullcontext()
        self.done = self.of = 0
        self._tell = tell
        self._stopped = False

    def stop(self) -> None:
        """Have it end at its next step; from any thread."""
        self._stopped = True

    def expects(self, steps: int) -> None:
        """It will take ``steps`` steps in all."""
        self.of = steps

    def step(self, count: int = 1) -> None:
        """``count`` more are done.  Raises NnlabError where it was stopped."""
        self.done += count
        if self._stopped:
            raise NnlabError(
                _("stopped after {done} of {of} steps; nothing on the bench has changed",
                  done=self.done, of=self.of)
            )  # fmt: skip
        if self._tell is not None:
            self._tell(self.done, self.of)
