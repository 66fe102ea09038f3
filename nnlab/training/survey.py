"""Surveying: landscapes of the runs of one session, with what is dear kept from one to the next.

The ground of a range is computed once for a network and its data, the walk only grows.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.landscape import Axis, Landscape, within
from nnlab.training.terrain import Range, Terrain
from nnlab.training.walk import MOST, Leg, beginnings

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]

LARGEST = 1 << 24
"""Parameters times training examples of the largest network that is surveyed: some seconds of work."""
GROUNDS_KEPT, LEGS_KEPT = 4, 8
LAG = 10.0
"""While the other parameters train, computing the ground again takes one part in so many of the time."""


@dataclass(frozen=True)
class Site:
    """What has to be read where a run stands still, before the landscape can be computed elsewhere."""

    axes: tuple[Axis, ...]
    terrain: Terrain
    theta: Array
    legs: tuple[tuple[Leg, int], ...]
    frames: Array
    here: Array
    step: int
    gradient: Array | None
    next: Array | None
    moving: bool


@dataclass(frozen=True)
class Ground:
    """Losses with the other parameters (``rest``) as they stood, when they were made and how long it took."""

    losses: Array
    rest: bytes
    made: float
    seconds: float


class Survey:
    """Landscapes of the runs of one session."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._legs: list[Leg] = []
        self._terrain: tuple[tuple[object, ...], Terrain] | None = None
        self._grounds: dict[object, Ground] = {}
        self._sight: tuple[object, tuple[Range, ...]] = (None, ())

    def visit(self, run: Run, axes: Sequence[Axis], *, moving: bool = False) -> Site:
        """Read what is needed of ``run``; call it where the run stands still.  It takes milliseconds.

        ``moving`` says that training goes on, so that a dear ground may lag behind it.
        Raises NnlabError for numbers that are no parameters and for networks that are too large.
        """
        addresses = [parameter(run, axis.address) for axis in axes]
        if run.data.live is not None:
            raise NnlabError(
                _(
                    "the examples of {data} are made anew by every network, so there is no one loss to draw",
                    data=run.data.name,
                )
            )
        if run.store.size * len(run.data.split.train) > LARGEST:
            raise NnlabError(
                _("the landscape is drawn of small networks; {n} parameters are too many", n=run.store.size)
            )
        terrain = self._terrain_of(run, addresses)
        at = list(terrain.at)
        theta = host(run.store.theta).astype(np.float64)
        begins = beginnings(run)
        ends = [*begins[1:], max(begins[-1], run.step_count - run.pending)]
        return Site(
            axes=tuple(axes),
            terrain=terrain,
            theta=theta,
            legs=tuple((self._leg(run, *span, terrain.at), span[1]) for span in zip(begins, ends)),
            frames=_frames(run, begins[-1] + MOST, terrain.at),
            here=theta[at],
            step=run.step_count,
            gradient=host(run.store.grad).astype(np.float64)[at] if run.pending else None,
            next=host(run.settled_theta()).astype(np.float64)[at] if run.pending else None,
            moving=moving,
        )

    def _terrain_of(self, run: Run, addresses: Sequence[Address]) -> Terrain:
        config = run.config
        key = (run.network.text, config.loss, config.l1, config.l2, *addresses)
        kept = self._terrain
        if kept is None or kept[0][1:] != key or kept[0][0] is not run.data:
            kept = self._terrain = ((run.data, *key), Terrain(run, addresses))
        return kept[1]

    def _leg(self, run: Run, begin: int, end: int, at: tuple[int, ...]) -> Leg:
        kept = [leg for leg in self._legs if leg.begin == begin and leg.at == at and leg.fits(run, end)]
        leg = kept[0] if kept else Leg(run, begin, at)
        leg.foresee(run, end)
        self._legs = [leg, *(other for other in self._legs if other is not leg)][:LEGS_KEPT]
        return leg

    def draw(self, site: Site) -> Landscape:
        """The landscape of a site; may be called while the run trains."""
        with self._lock:
            terrain = site.terrain
            terrain.put(site.theta)
            walks = [leg.go(end) for leg, end in site.legs]
            walks[-1] = np.concatenate((walks[-1], site.frames, site.here[None]))
            ranges = self._ranges(site, walks)
            return Landscape(
                tuple(axis.address for axis in site.axes),
                ranges,
                self._losses(site, ranges),
                tuple(walks),
                site.here,
                terrain.loss(site.here),
                site.step,
                site.gradient,
                site.next,
            )

    def _ranges(self, site: Site, walks: Sequence[Array]) -> tuple[Range, ...]:
        """The ranges that were chosen; else what the walk asks for, kept while the run stays in sight."""
        chosen = [axis.range for axis in site.axes]
        start = walks[-1][0]
        key = (site.terrain, *chosen, *start)
        if self._sight[0] != key or not within(site.here, self._sight[1]):
            found = site.terrain.ranges(start, np.concatenate(walks))
            self._sight = key, tuple(one or other for one, other in zip(chosen, found))
        return self._sight[1]

    def _losses(self, site: Site, ranges: tuple[Range, ...]) -> Array:
        """The losses over ``ranges``, computed once; the other parameters are as they stand now."""
        rest = np.delete(site.theta, list(site.terrain.at)).tobytes()
        now, key = time.monotonic(), (site.terrain, ranges)
        kept = self._grounds.get(key)
        lagging = kept is not None and site.moving and now - kept.made < LAG * kept.seconds
        if kept is None or (kept.rest != rest and not lagging):
            losses = site.terrain.losses(ranges)
            kept = self._grounds[key] = Ground(losses, rest, now, time.monotonic() - now)
            while len(self._grounds) > GROUNDS_KEPT:
                del self._grounds[next(iter(self._grounds))]
        return kept.losses


def parameter(run: Run, text: str) -> Address:
    """The address of one parameter.  Raises NnlabError for anything else."""
    address = run.address(text)
    if address.part or address.value not in run.store:
        raise NnlabError(
            _("{address} is not a parameter; the landscape lies over weights and biases", address=address)
        )
    return address


def _frames(run: Run, step: int, at: tuple[int, ...]) -> Array:
    """Places (n, k) from keyframes behind ``step``, up to where the run stands."""
    found = {**run.timeline.frames, **run.timeline.ring}
    steps = sorted(s for s in found if step < s < run.step_count)
    return np.array([[float(found[s].theta[i]) for i in at] for s in steps]).reshape(len(steps), len(at))
