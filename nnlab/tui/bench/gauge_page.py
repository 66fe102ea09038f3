"""A page of the gauges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import Picture, Sight

Draw = Callable[[Readings, int, int, Sight], Picture]


@dataclass(frozen=True, slots=True)
class GaugePage:
    """A page: its title, where it makes sense, and how it is drawn; a ``light`` one may stand beside others
    without having been asked for."""

    name: str
    title: str
    fits: Callable[[Readings], bool]
    draw: Draw
    light: bool = True
