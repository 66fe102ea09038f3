"""Which units of a run are taken out, and the numbers that they come back with.

Nothing is remembered beside the changes of the run: an ablation keeps there what it took away, and putting a
unit back is a change of weights to those numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network
from nnlab.network.ablation import made_from
from nnlab.network.surgery import ABLATE, units_of

if TYPE_CHECKING:
    from nnlab.training.track import Change, Numbers

Unit = tuple[str, int]


def taken_out(changes: Sequence[Change]) -> dict[Unit, Numbers]:
    """The units, by layer and number, that are taken out after ``changes``, with the numbers they had."""
    found: dict[Unit, Numbers] = {}
    for change in changes:
        for unit, numbers in _units(change).items():
            found[unit] = numbers
        put = set(change.weights)
        for unit in [unit for unit, numbers in found.items() if put and set(numbers) <= put]:
            del found[unit]
    return found


def _units(change: Change) -> dict[Unit, Numbers]:
    """What an ablation took away, by the unit; every unit has as many numbers."""
    if not change.surgery.startswith(ABLATE):
        return {}
    layer, units = units_of(change.surgery.split()[1:])
    share = len(change.before) // len(units)
    return {(layer, unit): change.before[k * share : (k + 1) * share] for k, unit in enumerate(units)}


def before(changes: Sequence[Change], network: Network, text: str) -> Numbers:
    """What ``text`` takes away from ``network``, where it is an ablation; nothing for other surgery.

    Raises NnlabError where a unit is named twice or taken out already.
    """
    word, *rest = text.split()
    if word != ABLATE:
        return ()
    layer, units = units_of(rest)
    out = taken_out(changes)
    for place, unit in enumerate(units):
        if (layer, unit) in out or unit in units[:place]:
            raise NnlabError(
                _("unit {unit} of {layer} is taken out already; “restore {layer} {unit}” puts it back",
                  unit=unit, layer=layer)
            )  # fmt: skip
    return tuple(
        (name, (*map(int, index), column), float(host(network.store[name])[(*index, column)]))
        for unit in units
        for name, columns in made_from(network, network.store, layer, [unit])
        for column in columns
        for index in np.ndindex(network.store[name].shape[:-1])
    )


def restoring(changes: Sequence[Change], layer: str, units: Sequence[int]) -> tuple[Numbers, list[str]]:
    """The numbers of the units that are to be put back, and their names.

    Raises NnlabError where none, or not all of those that are named, are taken out.
    """
    out = taken_out(changes)
    wanted = [unit for unit in out if (not layer or unit[0] == layer) and (not units or unit[1] in units)]
    if not wanted or len(wanted) < len(set(units)):
        if not out:
            raise NnlabError(_("nothing is taken out"))
        there = ", ".join(f"{name} {unit}" for name, unit in out)
        raise NnlabError(_("that is not taken out; what is: {units}", units=there))
    return sum((out[unit] for unit in wanted), ()), [f"{name}[{unit}]" for name, unit in wanted]
