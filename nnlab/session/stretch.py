"""Training as the log has it: a stretch that is begun, written down while it goes on, and ended.

The log says how far a stretch came, ``run to step 1234``, with what had been asked for in the note; while it
goes on a line ends with …, so that a crash loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.session.actions.training import Run as RunAction
from nnlab.session.bench import Memento
from nnlab.session.goal import Ending, Goal

if TYPE_CHECKING:
    from nnlab.session.session import Session


class Stretch:
    """The stretch of training at hand, from what was last written down; there may be none."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked = ""
        """The action that asked for it."""
        self.goes_on = False
        """Whether its end will be written down as one that others follow: a log is done again."""
        self._before: Memento | None = None

    def begin(self, asked: str, before: Memento | None = None) -> None:
        """Training as ``asked`` begins, on the bench as it is, or was ``before``."""
        self.asked = asked
        self._before = before or Memento.of(self.session.bench, asked)

    def mark(self, going_on: bool, note: str = "going on") -> None:
        """Write down how far training has come since it was last written down."""
        run, log = self.session.run, self.session.log
        if self._before is None or run is None:
            return
        here = RunAction(Goal("to", run.step_count), going_on)
        if going_on and log.entries and log.entries[-1].text == str(here):
            return
        self.session.record(here, self._before, f"{self.asked}: {note}")

    def cut(self) -> None:
        """The bench was changed by hand: what follows is a change of its own."""
        self.begin(self.asked)

    def end(self, ending: Ending) -> None:
        """Training has ended: write down where, and what had been asked for."""
        self.mark(going_on=self.goes_on and ending.reason == "reached", note=ending.reason)
        self._before = None
