"""What can be undone and done again: mementos of the bench, the newest last.

Few are kept.  Older ones, and those that a resume skipped, are found again by doing the whole log again.
"""

from __future__ import annotations

from collections.abc import Callable

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.action import Action
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.bench import Bench, Memento

DEPTH = 50
"""Changes that can be undone at once,"""
BUDGET = 256 << 20
"""and the bytes that the runs of all of them may take: of large networks fewer are kept."""


class Changes:
    """The changes of one bench.  ``remember`` does the log again: the bench then, and all of its changes."""

    def __init__(self, remember: Callable[[], tuple[Bench, Changes]]) -> None:
        self._remember = remember
        self._done: list[Memento] = []
        self._undone: list[Memento] = []
        self._forgotten = False
        self._undone_forgotten = False
        self.budget = BUDGET
        self.going_on = False
        """Whether the last change is training that was still going on when it was written down."""

    def __len__(self) -> int:
        return len(self._done)

    def forget(self) -> None:
        """There are changes, and changes undone, that are not kept here."""
        self._forgotten = self._undone_forgotten = True

    def record(self, action: Action, before: Memento) -> None:
        """``action`` was done, and the bench was as ``before``.

        A stretch of training that was still going on when it was written down is one change with what
        follows it directly.
        """
        if isinstance(action, RunAction):
            if not self.going_on:
                self._push(before)
            self.going_on = action.going_on
        elif action.undoable or action.name in ("undo", "redo"):
            self.going_on = False
            if action.undoable:
                self._push(before)

    def _push(self, before: Memento) -> None:
        self._done.append(before)
        self._undone.clear()
        self._undone_forgotten = False
        while len(self._done) > DEPTH or (len(self._done) > 1 and self._memory() > self.budget):
            del self._done[0]
            self._forgotten = True

    def _memory(self) -> int:
        """Bytes of the runs that only undo keeps: those of the newest change lie on the bench as well."""
        from nnlab.training.footprint import memory_of

        here = {id(run) for run in self._done[-1].bench.runs.values()}
        kept = {id(run): run for before in self._done for run in before.bench.runs.values()}
        return memory_of(run for key, run in kept.items() if key not in here)

    def undo(self, bench: Bench) -> tuple[str, Bench]:
        """The text of the last change, and the bench as it was before it."""
        if not self._done and self._forgotten:
            bench = self._recall()
        if not self._done:
            raise NnlabError(_("there is nothing to undo"))
        before = self._done.pop()
        self._undone.append(Memento.of(bench, before.action))
        return before.action, before.restore()

    def redo(self, bench: Bench) -> tuple[str, Bench]:
        """The text of the change that was undone last, and the bench as it was after it."""
        if not self._undone and self._undone_forgotten:
            bench = self._recall()
        if not self._undone:
            raise NnlabError(_("there is nothing to do again"))
        after = self._undone.pop()
        self._done.append(Memento.of(bench, after.action))
        return after.action, after.restore()

    def _recall(self) -> Bench:
        bench, past = self._remember()
        self._done, self._undone = past._done, past._undone
        self._forgotten = self._undone_forgotten = False
        return bench
