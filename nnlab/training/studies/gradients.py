"""Whether gradients reach the first layers: their size layer by layer, and units that are stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine import ops
from nnlab.engine.program import host
from nnlab.training.diagnostics import LayerSigns, layer_signs

if TYPE_CHECKING:
    from nnlab.training.run import Run

ENDS: dict[type, tuple[float, float]] = {ops.Tanh: (-1.0, 1.0), ops.Sigmoid: (0.0, 1.0)}
NEAR = 0.03
"""A unit within this share of an end of its range is saturated: its slope is next to nothing."""
FACTOR = 1e3
"""How many times smaller or larger the gradient of the first layer may be than that of the last."""


@dataclass(frozen=True)
class Warmth:
    """``signs`` of every layer with parameters, from the input on, and the share of ``saturated`` answers by
    layer, of layers that bend with tanh or sigmoid.  ``learning`` are the layers that this step moves: not
    those that are frozen, nor the network whose turn it is not."""

    signs: tuple[LayerSigns, ...]
    saturated: dict[str, float]
    learning: frozenset[str]

    @property
    def ratio(self) -> float:
        """Gradient of the first layer over that of the last, of those that learn; NaN of fewer than two."""
        moved = [sign.gradient for sign in self.signs if sign.layer in self.learning]
        return moved[0] / moved[-1] if len(moved) > 1 and moved[-1] else float("nan")

    @property
    def verdict(self) -> str:
        """vanishing, exploding, healthy, or nothing where there is only one layer."""
        if np.isnan(self.ratio):
            return ""
        if self.ratio < 1 / FACTOR:
            return "vanishing"
        return "exploding" if self.ratio > FACTOR else "healthy"


def warmth(run: Run) -> Warmth:
    """At the step just computed."""
    saturated = {}
    for operation in run.program.graph.operations:
        ends = ENDS.get(type(operation))
        if ends is not None and run.step_count:
            values = host(run.program.values[operation.outputs[0].name]).astype(np.float64)
            low, high = ends
            near = NEAR * (high - low)
            stuck = (values < low + near) | (values > high - near)
            saturated[operation.layer] = float(stuck.mean())
    learning = frozenset(name.rsplit(".", 1)[0] for name in run.program.wrt)
    return Warmth(tuple(layer_signs(run)), saturated, learning)
