"""The numbers of the current run and of its twin, told apart: the same place, and what it holds in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.twin import require_twin, twin_of

if TYPE_CHECKING:
    from nnlab.engine.address import Address
    from nnlab.session.bench import Bench
    from nnlab.training import Run

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Pair:
    """The numbers of one value in both runs, of the same shape; NaN where the twin has no such number."""

    own: Array
    twin: Array

    @property
    def difference(self) -> Array:
        """The twin's minus one's own: what the other choice has changed."""
        return self.twin - self.own


def matched(own: Array, theirs: Array, own_rows: Array | None, their_rows: Array | None) -> Array | None:
    """``theirs`` in the shape of ``own``: of a value with a row for each example of the batch (``rows`` of
    the data set, None for other values) the same examples.  None where shapes do not fit.
    """
    if own_rows is None or their_rows is None or np.array_equal(own_rows, their_rows):
        return as_floats(theirs) if own.shape == theirs.shape else None
    if own.shape[1:] != theirs.shape[1:]:
        return None
    found = np.full(own.shape, np.nan, as_floats(own).dtype)
    place = {int(row): k for k, row in enumerate(their_rows.tolist())}
    for k, row in enumerate(own_rows.tolist()):
        if row in place:
            found[k] = theirs[place[row]]
    return found


def as_floats(array: Array) -> Array:
    """``array`` in floats: masks and indices can be told apart too."""
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def pair_of(bench: Bench, name: str, part: str = "") -> Pair:
    """A whole value, gradient or update part in both runs.  Raises NnlabError where it cannot be compared."""
    run, twin = bench.run, require_twin(bench)
    assert run is not None
    run, twin = run.on_show, twin.on_show
    if name not in twin.program.graph.values:
        raise NnlabError(_("the twin has no value {value}: its network is another one", value=name))
    if is_batched(run, name) and not same_data(run, twin):
        raise NnlabError(
            _("the two runs learn from other data, so {value} is not about the same examples", value=name)
        )
    own, theirs = np.asarray(run.array(name, part)), np.asarray(twin.array(name, part))
    batched = is_batched(run, name)
    rows = (run.batch_indices, twin.batch_indices) if batched else (None, None)
    found = matched(own, theirs, *rows)
    if found is None:
        raise NnlabError(_("{value} has other shapes in the two runs", value=name))
    return Pair(as_floats(own), found)


def same_data(run: Run, other: Run) -> bool:
    """Whether examples of two runs can be the same."""
    return run.data is other.data


def is_batched(run: Run, name: str) -> bool:
    """Whether a value has a row for each example of the batch."""
    value = run.program.graph.values.get(name)
    return value is not None and bool(value.shape) and value.shape[0] == -1


def numbers_at(bench: Bench, address: Address) -> tuple[float | None, float | None]:
    """The number at ``address`` in the current run and in its twin, None where it is not known."""
    run, twin = bench.run, twin_of(bench)
    if run is None or twin is None:
        return None, None
    pair = pair_of(bench, address.value, address.part)
    own = float(pair.own[address.index]) if known(run, address) else None
    theirs = float(pair.twin[address.index]) if known(twin, address) else None
    return own, None if theirs is not None and np.isnan(theirs) and not _has(twin, run, address) else theirs


def address_there(bench: Bench, address: Address) -> Address | None:
    """Where the number at ``address`` stands in the twin, in whose batch its example may lie in another row;
    None where the twin has no such number.
    """
    run, twin = bench.run, twin_of(bench)
    if run is None or twin is None:
        return None
    if not is_batched(run.on_show, address.value):
        return address
    rows = twin.on_show.batch_indices.tolist()
    row = int(run.on_show.batch_indices[address.index[0]])
    return replace(address, index=(rows.index(row), *address.index[1:])) if row in rows else None


def known(run: Run, address: Address) -> bool:
    """Whether the tape of ``run`` has come to ``address``."""
    run = run.on_show
    return run.tape.known(address) if run.pending else not address.part and address.value in run.store


def _has(twin: Run, run: Run, address: Address) -> bool:
    """Whether the example of ``address`` is in the batch of ``twin`` too."""
    if not is_batched(run, address.value):
        return True
    return bool(np.isin(run.batch_indices[address.index[0]], twin.batch_indices))
