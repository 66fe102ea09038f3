"""A run at rest: something was changed after a step, so its update is applied and the next one not begun.

The parameters are new then, and with other settings the program may be another one; the passes of the last
step can still be looked at, in a twin of the run that stands before the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run


class Rest:
    """Where ``run`` rests, and its twin once somebody has looked."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._step = -1
        self._twin: Run | None = None

    def begin(self) -> None:
        """The run has been settled where it is."""
        self._step, self._twin = self.run.step_count, None

    def end(self) -> None:
        """Steps are about to be taken, perhaps while others read."""
        self._step, self._twin = -1, None

    def __bool__(self) -> bool:
        return self._step == self.run.step_count > 0 and not self.run.pending

    def seen(self) -> Run:
        """The run whose passes can be looked at: itself, or its twin.

        Raises NnlabError where nothing has been computed.
        """
        if self.run.pending:
            return self.run
        if not self:
            raise NnlabError(_("nothing has been computed here yet; take a step first"))
        if self._twin is None:
            self._twin = self.run.branch()
        return self._twin
