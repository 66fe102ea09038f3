"""Reading a run: addresses of values, gradients and updates, and what stands behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address, check_index, split_address
from nnlab.engine.clipping import NORM, explain_norm
from nnlab.engine.explain import Explanation
from nnlab.engine.expression import Expression, const
from nnlab.engine.maxnorm import MOVED
from nnlab.engine.maxnorm import NORM as MAX_NORM
from nnlab.engine.maxnorm import explain_norm as explain_column
from nnlab.engine.optimizers import columns
from nnlab.engine.program import host
from nnlab.engine.schedules import LR
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.living import explain_made

if TYPE_CHECKING:
    from nnlab.training.track import Track


WHOLE = {str(address): address for address in (NORM, LR)}
"""Numbers of an update that belong to no single parameter."""


def is_update(track: Track, address: Address) -> bool:
    """Whether ``address`` is part of an optimiser's update rather than of the passes."""
    if address in WHOLE.values():
        return True
    part = address.part
    return address.value in track.store and bool(part) and part.split("@")[0] != "grad"


def find_address(track: Track, text: str | Address) -> Address:
    """Parse and check an address: a value, a gradient, or a part of the update of a parameter.

    Raises NnlabError for unknown names and parts (nearest suggested) and indices out of range.
    """
    found = text if isinstance(text, Address) else _split(track, text)
    if found in WHOLE.values():
        return found
    if not is_update(track, found):
        return track.program.address(found)
    check_index(found, track.store.slices[found.value][2])
    _check_part(track, found.value, found.part)
    return found


def _check_part(track: Track, name: str, part: str) -> None:
    known = [part for _label, part in _columns(track, name) if part]
    if part not in known:
        raise NnlabError(
            _("{name} has no part “{part}”; it has {known}", name=name, part=part, known=", ".join(known))
        )


def _columns(track: Track, name: str) -> tuple[tuple[str, str], ...]:
    """The parts of an update of parameter ``name``."""
    return columns(track.machine.optimizer, name in track.machine.bounded(track.step_count))


def _split(track: Track, text: str) -> Address:
    head, index, tail = split_address(text)
    if head in WHOLE:
        return WHOLE[head]
    name, part = track.program.split_name(head)
    return Address(name, index, ".".join(p for p in (part, tail) if p))


def read_value(track: Track, address: Address) -> float:
    """The number at a checked address."""
    if address == LR:
        return track.machine.lr(max(1, track.step_count))
    if address == NORM:
        grad = host(track.store.grad)
        with np.errstate(over="ignore"):
            return float(np.sqrt(grad.dot(grad)))
    if is_update(track, address):
        parts = track.pending_update().parts
        return float(parts[address.part][track.store.position(address.value, address.index)])
    return track.program.read(address)


def read_array(track: Track, name: str, part: str = "") -> np.ndarray[Any, Any]:
    """A whole value, gradient or update part of a parameter, as a NumPy array (may be a view)."""
    if is_update(track, Address(name, (), part)):
        _check_part(track, name, part)
        return host(track.store.view(name, track.pending_update().parts[part]))
    return host(track.program.array(name, part))


def explain(track: Track, address: Address) -> Explanation:
    """The arithmetic behind the number at a checked address."""
    if not is_update(track, address):
        if (made := explain_made(track, address)) is not None:
            return made
        explained = track.program.explain(address, track.step_count)
        first = track.order.locate(max(1, track.step_count))[1] == 0
        if first and not address.part and address.value in track.store.streams:
            return replace(explained, note=_("0: an epoch begins, and nothing has been read before it"))
        return explained
    rule, value, step = track.machine.optimizer, read_value(track, address), track.step_count
    if address == NORM:
        formula = "‖grad‖ = √Σ grad²"
        expression = explain_norm(host(track.store.grad), lambda i: Address(*track.store.locate(i), "grad"))
        return Explanation(address, value, "update", "update", "norm", formula, step, expression)
    if address == LR:
        schedule, done = track.machine.schedule, max(1, step) - 1
        expression, formula = schedule.explain(done, rule.lr), schedule.formula_at(done)
        if (pace := track.machine.turn(step).pace) != 1:
            expression, formula = const(pace, "r") * expression, f"r·({formula})"
        return Explanation(address, value, "update", "update", schedule.name, formula, step, expression)
    layer = address.value.rsplit(".", 1)[0]
    if address.part in rule.state_names:
        note = _("carried over from the update before; 0 at the start")
        return Explanation(address, value, "update", layer, rule.name, rule.formula, step, None, note)
    element = track.store.position(address.value, address.index)
    context = track.pending_update().at(element, address.of(""))
    formula = rule.formula
    if address.part == MAX_NORM:
        formula, expression = "‖column‖ = √Σ moved²", _column_length(track, address)
    else:
        expression = rule.explain(address.part, context)
    if context.shortened and address.part == "new":
        formula = "new = moved · min(1, c / ‖column‖)"
    return Explanation(address, value, "update", layer, rule.name, formula, step, expression)


def _column_length(track: Track, address: Address) -> Expression:
    """The length of the column that ``address`` is in, of all its elements before they are shortened."""
    moved = host(track.store.view(address.value, track.pending_update().parts[MOVED]))
    places = list(np.ndindex(moved.shape[:-1]))
    unit = address.index[-1]
    column = np.array([moved[(*place, unit)] for place in places])
    return explain_column(column, lambda i: Address(address.value, (*places[i], unit), MOVED))


def ledger(track: Track, address: Address) -> list[tuple[str, Address, float]]:
    """One parameter's update in reading order: (label, address, value) from old to new."""
    if address.value not in track.store:
        raise NnlabError(
            _("{address} is not a parameter; the ledger is of weights and biases", address=address)
        )
    plain = Address(address.value, address.index)
    return [
        (label, plain.of(part), read_value(track, plain.of(part)))
        for label, part in _columns(track, address.value)
    ]
