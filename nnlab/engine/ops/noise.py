"""Numbers out of nothing: what a generator begins with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from nnlab.engine.operation import Buffers, Call, Inferred, Operation
from nnlab.engine.rng import Stream
from nnlab.engine.values import BATCH, Role


@dataclass(eq=False)
class Noise(Operation):
    """a (batch, width): standard normals drawn anew for every step from (seed, name, step)."""

    width: int = 1

    kind: ClassVar[str] = "noise"
    formula: ClassVar[str] = "a drawn from N(0, 1) by (seed, name, step)"
    backward_formula: ClassVar[str] = "a draw has no gradient"

    def infer(self, inputs: object) -> Inferred:
        return [("a", (BATCH, self.width), Role.RANDOM)]

    def forward(self, at: Buffers) -> list[Call]:
        return [
            partial(at.kernels.gaussian_noise, Stream(at.seed, self.outputs[0].name), at.clock, at.outs[0])
        ]
