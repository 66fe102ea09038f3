"""A run at rest: something was changed after a step, so its update is applied and the next one not begun.

The parameters are new then, and with other settings the program may be another one; the passes of the last
step can still be looked at, in a copy of the run that stands before the change.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from nnlab.engine.asked import Asked, Made
from nnlab.engine.values import Role
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.engine.explain import Explanation
    from nnlab.engine.program import Program
    from nnlab.training.run import Run


class Rest:
    """Where ``run`` rests, and its twin, which stands before the change.

    ``edited`` says that weights were changed: what the last step computed does not fit them any more.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.edited = False
        self._step = -1
        self._twin: Run | None = None

    def hold(self) -> None:
        """Something is about to be changed: what the last step computed stays readable."""
        if self.run.pending:
            self._twin, self.edited = still(self.run), False
        elif not self:
            self._twin, self.edited = None, False

    def begin(self, edited: bool = False) -> None:
        """The run has been settled where it is; ``edited`` says that weights were changed too."""
        self._step, self.edited = self.run.step_count, self.edited or edited

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

    def noted(self, explanation: Explanation) -> Explanation:
        """With the step it is of, and that what was changed since has no part in it."""
        note = _("of step {n}; what was changed since counts from the next step on", n=self.run.step_count)
        return replace(explanation, note=" ".join(filter(None, (explanation.note, note))))


def still(run: Run) -> Run:
    """``run`` as it stands with its update pending, to be read while ``run`` is settled and changed.

    Parameters, states and the update are copies; the passes are those in the buffers of the program, so it
    is good until ``run`` computes again.
    """
    preview, step, turn = run.pending_update(), run.step_count, run.machine.turn(run.step_count)
    twin, machine, program = copy(run), copy(run.machine), _held(run.program)
    machine.store, machine.clock = program.store, [step]
    machine.programs = {(program.batch, turn): program}
    twin.machine, twin.store, twin.order = machine, program.store, copy(run.order)
    twin._preview = step, preview
    twin.position, twin.rest = len(run.events), Rest(twin)
    return twin


def _held(program: Program) -> Program:
    """``program`` with copies of the parameters and states that its last pass read."""
    held, store = copy(program), program.store.twin()
    store.streams = {name: stream.copy() for name, stream in program.store.streams.items()}
    values = dict(program.values)  # made now, from the parameters of that pass, what it left out
    for name, value in program.graph.values.items():
        if value.role is Role.PARAMETER:
            values[name] = store[name]
        elif value.role is Role.STATE:
            values[name] = store.stream(name, program.batch) if value.by_row else store.states[name]
    held.store, held.values = store, Asked(values, Made())
    return held
