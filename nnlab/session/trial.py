"""A forward pass on trial: what a network answers to one example with its weights as they are right now.

After an edit the weights are new and no step has been taken with them.  Whoever changes a kernel wants to see
the map change at once, so the example is passed through, as in evaluation: dropout off, running statistics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.program import Program, host
from nnlab.training.feeds import TARGET

if TYPE_CHECKING:
    from nnlab.training import Run

Array = np.ndarray[Any, Any]


class Trial:
    """The values of row ``row`` of the data set, each with a batch of one."""

    def __init__(self, run: Run, row: int) -> None:
        machine, settled = run.machine, run.settled()
        store = run.store.twin()
        store.theta[...] = settled.theta
        store.put_states(settled.states)
        self.row = row
        self.program = Program(
            machine.graph, store, 1, training=False, seed=run.config.seed, kernels=machine.kernels
        )
        for name, column in {**machine.inputs, TARGET: machine.targets}.items():
            self.program.values[name][...] = machine.kernels.xp.asarray(column[row : row + 1])
        self.program.forward()

    def array(self, name: str) -> Array | None:
        """A whole value, (1, …); None where it is none of the network's."""
        value = self.program.values.get(name)
        return None if value is None else host(value)

    def holds(self, address: Address) -> bool:
        """Whether the pass has made the number at ``address``: of its only example, and no gradient."""
        array = None if address.part else self.array(address.value)
        return array is not None and all(i < n for i, n in zip(address.index, array.shape))

    def explain(self, address: Address, step: int) -> Explanation:
        return self.program.explain(address, step)


_LAST: WeakKeyDictionary[Run, Trial] = WeakKeyDictionary()
"""The newest pass of each run: pictures are drawn many times between two edits, and each edit makes a run."""


_WITHHELD: WeakSet[Run] = WeakSet()


def withhold(run: Run) -> None:
    """No pass is made on trial with ``run`` as it stands: a question may be about to be asked of it.

    The next edit makes another run, which is passed through again.
    """
    _WITHHELD.add(run)


def trial_of(run: Run, row: int) -> Trial | None:
    """The pass of ``row`` where ``run`` rests after an edit.

    None elsewhere, and where states go on from batch to batch: an example alone says nothing there.
    """
    if run.pending or not run.rest.edited or run.program.graph.streams or run in _WITHHELD:
        return None
    kept = _LAST.get(run)
    if kept is None or kept.row != row:
        kept = _LAST[run] = Trial(run, row)
    return kept
