"""Distributions to be imitated: a bell on a line, a ring of clouds on the plane."""

from __future__ import annotations

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Draws, Options


def bell(name: str, options: Options) -> Raw:
    """Normal numbers x (n, 1) of the options' ``mean`` and deviation ``std``; nothing is asked of them."""
    x = float(options["mean"]) + float(options["std"]) * Draws(options).normal("x", 1)
    return Raw(x, None, "regression", ("x",), target_names=("x",))


def ring(name: str, options: Options) -> Raw:
    """``modes`` normal clouds (n, 2) evenly on a circle of radius 2; y (n,) is the cloud of each point."""
    modes = int(options["modes"])
    draw = Draws(options)
    y = draw.balanced(modes)
    angle = 2 * np.pi * y / modes
    centre = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = centre + float(options["noise"]) * draw.normal("noise", 2)
    return Raw(x, y, "multiclass", ("x1", "x2"), tuple(map(str, range(modes))), ("cloud",))
