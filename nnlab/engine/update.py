"""One update looked at: its vectors, its parts, the numbers of one parameter in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.clipping import Clipping
from nnlab.engine.expression import Reference, ref

Vector: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class UpdateContext:
    """One parameter in one update: its address and the numbers of all its parts.

    ``numbers`` is keyed by part: ``""`` the parameter, ``grad``, ``used``, the state (``m``, ``m.new``, …),
    ``step``, ``new``.  ``norm`` is the length of the whole gradient, read only by clipping; ``limit``, where
    it is not 0, bounds the new parameter, and ``max_norm`` the length of its column.
    """

    address: Address
    numbers: Mapping[str, float]
    t: int
    lr: float
    clip: Clipping | None = None
    norm: float = math.nan
    limit: float = 0.0
    max_norm: float = 0.0

    @property
    def held(self) -> bool:
        """Whether this parameter stays 0 where it is 0."""
        return not math.isnan(self.numbers.get("kept", math.nan))

    @property
    def shortened(self) -> bool:
        """Whether this parameter has a column whose length is bounded."""
        return bool(self.max_norm) and not math.isnan(self.numbers["norm"])

    def ref(self, part: str) -> Reference:
        return ref(self.address.of(part), self.numbers[part])


@dataclass(frozen=True, slots=True)
class Preview:
    """A pending update, computed on copies; every part is a flat vector (n,)."""

    parts: Mapping[str, Vector]
    t: int
    lr: float
    clip: Clipping | None
    norm: float
    limit: float = 0.0
    max_norm: float = 0.0

    @property
    def used(self) -> Vector:
        return self.parts["used"]

    @property
    def step(self) -> Vector:
        return self.parts["step"]

    @property
    def new(self) -> Vector:
        return self.parts["new"]

    @property
    def state(self) -> dict[str, Vector]:
        """The state after the update, by its name."""
        return {n.removesuffix(".new"): v for n, v in self.parts.items() if n.endswith(".new")}

    def at(self, element: int, address: Address) -> UpdateContext:
        """The numbers of flat ``element``, which a reader knows as ``address``."""
        numbers = {part: float(vector[element]) for part, vector in self.parts.items()}
        return UpdateContext(
            address, numbers, self.t, self.lr, self.clip, self.norm, self.limit, self.max_norm
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Views of some elements of every flat vector, and scratch of the same size."""

    theta: Vector
    grad: Vector
    state: list[Vector]
    step: Vector
    spare: Vector
