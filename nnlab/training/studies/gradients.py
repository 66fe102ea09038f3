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
    layer, of layers that bend with tanh or sigmoid."""

    signs: tuple[LayerSigns, ...]
    saturated: dict[str, float]

    @property
    def ratio(self) -> float:
        """Gradient of the first layer over that of the last; NaN where there are fewer than two."""
        if len(self.signs) < 2 or not self.signs[-1].gradient:
            return float("nan")
        return self.signs[0].gradient / self.signs[-1].gradient

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
    return Warmth(tuple(layer_signs(run)), saturated)
