"""Vital signs of a network in training: dead units, gradient sizes, how far updates go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine import ops
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
RECTIFIERS = (ops.ReLU,)
MANY_DEAD = 0.3
"""The share of dead units that is worth a word."""


@dataclass(frozen=True, slots=True)
class LayerSigns:
    """One layer with parameters: sizes are root-mean-square over its weights.

    ``ratio`` is the update's size over the weights' size; about 1e-3 is healthy.  Both are NaN where no
    update has been computed.  ``dead`` is the share of relu units that answered 0 to every example of the
    batch, NaN where there is no relu; of ``examples`` there were so many.
    """

    layer: str
    weight: float
    gradient: float
    update: float
    ratio: float
    dead: float
    examples: int

    @property
    def healthy(self) -> bool:
        """Whether updates are neither lost in the weights nor throw them about."""
        return math.isnan(self.ratio) or 1e-4 <= self.ratio <= 2e-2

    @property
    def troubles(self) -> list[str]:
        """What is wrong with the layer, in words."""
        found = []
        if self.dead > MANY_DEAD:
            share = f"{self.dead:.0%}"
            found.append(
                _(
                    "{layer}: {share} of its units answer 0 to this whole batch of {n} examples",
                    layer=self.layer, share=share, n=self.examples,
                )
                if self.examples > 1
                else _("{layer}: {share} of its units answer 0 to the example at hand",
                       layer=self.layer, share=share)
            )  # fmt: skip
        if 0 < self.gradient < 1e-7:
            found.append(_("{layer}: its gradient has all but vanished", layer=self.layer))
        if self.gradient > 100:
            found.append(_("{layer}: its gradient explodes; clip it or lower lr", layer=self.layer))
        if self.ratio > 0.05:
            found.append(_("{layer}: steps are large beside the weights; lower lr", layer=self.layer))
        return found


def dead_units(run: Run, layer: str) -> Array:
    """Which relu units of ``layer`` gave 0 for every example of the current batch, (units,) bool.

    Raises NnlabError where the layer has no relu.
    """
    activation = host(run.program.values[rectifier(run, layer)])
    return np.asarray(~(activation.reshape(-1, activation.shape[-1]) > 0).any(axis=0))


def rectifier(run: Run, layer: str) -> str:
    """The value that the relu of ``layer`` makes."""
    for operation in run.machine.graph.operations:
        if operation.layer == layer and isinstance(operation, RECTIFIERS):
            return operation.outputs[0].name
    raise NnlabError(_("{layer} has no relu, so no unit of it can be dead", layer=layer))


def require(run: Run, quantity: str, layer: str) -> None:
    """Raises NnlabError where ``layer`` has nothing to measure ``quantity`` (dead, grad, update) by."""
    if quantity == "dead":
        rectifier(run, layer)
    else:
        _names(run, layer)


def dead_share(run: Run, layer: str) -> float:
    return float(dead_units(run, layer).mean())


def _vector(run: Run, layer: str, flat: Any) -> Array:
    names = _names(run, layer)
    return np.concatenate([host(run.store.view(n, flat)).reshape(-1) for n in names]).astype(np.float64)


def _names(run: Run, layer: str) -> list[str]:
    """The parameters of ``layer``; of all layers where it is empty."""
    names = [n for n in run.store if not layer or n.startswith(f"{layer}.")]
    if not names:
        raise NnlabError(_("{layer} has no parameters", layer=layer or _("the network")))
    return names


def gradient_norm(run: Run, layer: str = "") -> float:
    """√Σ grad² over the parameters of ``layer``, or of all layers."""
    return float(np.linalg.norm(_vector(run, layer, run.store.grad)))


def update_norm(run: Run, layer: str = "") -> float:
    """√Σ step² over the parameters of ``layer``, or of all layers, for the pending update."""
    return float(np.linalg.norm(_vector(run, layer, run.pending_update().step)))


def layer_signs(run: Run) -> list[LayerSigns]:
    """A row for every layer with parameters, at the step just computed."""
    rows = []
    step = run.pending_update().step if run.pending else np.full(run.store.size, np.nan)
    rectified = {o.layer for o in run.program.graph.operations if isinstance(o, RECTIFIERS)}
    layers = dict.fromkeys(name.rsplit(".", 1)[0] for name in run.store)
    for layer in layers:
        weight, gradient, update = (
            _rms(_vector(run, layer, flat)) for flat in (run.store.theta, run.store.grad, step)
        )
        dead = dead_share(run, layer) if layer in rectified and run.step_count else float("nan")
        ratio = update / weight if weight else float("nan")
        rows.append(LayerSigns(layer, weight, gradient, update, ratio, dead, run.program.batch))
    return rows


def _rms(vector: Array) -> float:
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.mean(vector * vector))) if len(vector) else 0.0
