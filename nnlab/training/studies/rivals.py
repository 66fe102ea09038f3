"""One weight, one gradient, every optimiser: what each makes of it, and the loss if all weights move so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.optimizers import OPTIMIZERS
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.probes import Probe

if TYPE_CHECKING:
    from nnlab.engine.optimizer import Optimizer
    from nnlab.training.run import Run


@dataclass(frozen=True, slots=True)
class Rival:
    """What one optimiser makes of the gradient: ``state`` before and after by name, the step, the new weight,
    and the loss of the same batch once every weight has moved by its rule.

    ``own`` is the run's optimiser, with the state it has by now; the others begin here.
    """

    optimizer: str
    formula: str
    state: tuple[tuple[str, float, float], ...]
    step: float
    new: float
    loss: float
    own: bool


@dataclass(frozen=True)
class Rivals:
    """``value`` and ``gradient`` of the weight at ``address``, the learning rate all use, the loss before."""

    address: Address
    value: float
    gradient: float
    lr: float
    loss: float
    rows: tuple[Rival, ...]


def rivals(run: Run, address: Address) -> Rivals:
    """Every optimiser on the gradient of the pending step, clipped and with the learning rate as in the run.

    Raises NnlabError where ``address`` is no weight, or no step was taken yet.
    """
    if address.value not in run.store.slices:
        raise NnlabError(
            _("{address} is not a weight; put the cursor on one such as dense1.W[0,0]", address=address)
        )
    seen = run.rest.seen()
    preview = seen.pending_update()
    at = run.store.position(address.value, address.index)
    lr, probe = preview.lr, Probe(seen)
    rows = []
    for kind in OPTIMIZERS.values():
        if kind.full_batch:
            continue
        own = type(seen.machine.optimizer) is kind
        rule = seen.machine.optimizer if own else kind()
        rows.append(_rival(seen, rule, at, own, probe))
    rows.sort(key=lambda row: not row.own)
    value, gradient = (float(preview.parts[part][at]) for part in ("", "grad"))
    return Rivals(address.of(""), value, gradient, lr, probe.loss(), tuple(rows))


def _rival(run: Run, rule: Optimizer, at: int, own: bool, probe: Probe) -> Rival:
    if own:
        found = run.pending_update()
    else:
        machine = run.machine
        fresh = rule.new_state(machine.store.theta, machine.kernels)
        with np.errstate(all="ignore"):
            found = machine.preview_by(rule, fresh, 1, run.step_count)
    parts = {name: float(host(vector)[at]) for name, vector in found.parts.items()}
    state = tuple((name, parts[name], parts[f"{name}.new"]) for name in rule.state_names)
    loss = probe.loss_at(host(found.parts["new"]))
    return Rival(rule.name, rule.formula, state, parts["step"], parts["new"], loss, own)
