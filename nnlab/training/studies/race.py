"""Several optimisers from one start: their losses, and their ways on a plane through the loss of the network.

The plane goes through the start in the two directions along which the ways spread most (principal components
of all their points, Li et al. 2018, arXiv 1712.09913, section 7); the ground is the loss on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.optimizer import Optimizer
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.studies.duels import require_one_loss
from nnlab.training.studies.errand import Errand
from nnlab.training.terrain import DEAR, Terrain

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
RUNNERS = ("sgd", "momentum", "adam")
STEPS = 100
EXAMPLES = (32, 256)
"""Training examples the ground is the mean loss of, the fewer the larger the network is."""
WORK = 1 << 21
"""Numbers of the network times examples that a place of the ground may cost."""
GROUND, COARSE = (20, 30), (10, 15)
ROOM = 0.15
LARGEST = 200_000
"""Parameters of the largest network whose ways are kept."""


@dataclass(frozen=True)
class Runner:
    """One optimiser's way: its places on the plane (points, 2) at ``steps`` (points,), and the loss of every
    step."""

    optimizer: str
    steps: Array
    places: Array
    losses: Array
    broke: bool


@dataclass(frozen=True)
class Race:
    """``start`` is the step the runners set out from; ``ground`` (rows, columns) the loss over ``ranges`` of
    the two directions, row 0 at the top; ``shares`` of the spread of all ways that each direction holds."""

    start: int
    runners: tuple[Runner, ...]
    ranges: tuple[tuple[float, float], tuple[float, float]]
    ground: Array
    shares: tuple[float, float]


def race(
    run: Run,
    optimizers: tuple[str, ...] = RUNNERS,
    steps: int = STEPS,
    start: int = 0,
    errand: Errand | None = None,
) -> Race:
    """Train a twin of ``run`` from step ``start`` with each optimiser, on the same batches; the run stays.

    ``optimizers`` are as they are written in ``optimizer``.  Raises NnlabError for unknown ones, and for
    networks with too many parameters; so too for duels and data that depend on the network, and where
    ``errand`` is stopped.
    """
    errand = errand or Errand()
    require_one_loss(run)
    if run.store.size > LARGEST:
        raise NnlabError(
            _(
                "a race keeps the ways of all weights; {n:,} are too many, up to {most:,} do",
                n=run.store.size,
                most=LARGEST,
            )
        )
    if run.data.live is not None:
        raise NnlabError(
            _(
                "the examples of {data} depend on the network, so there is no common ground",
                data=run.data.name,
            )
        )
    texts = [Optimizer.parse(text).text for text in optimizers]
    errand.expects(steps * len(texts) + GROUND[0])
    ways = [_way(run, text, steps, start, errand) for text in texts]
    origin = ways[0][1][0]
    plane, shares = _plane(np.concatenate([thetas for _at, thetas, _losses, _broke in ways]) - origin)
    runners = tuple(
        Runner(text, at, (thetas - origin) @ plane.T, losses, broke)
        for text, (at, thetas, losses, broke) in zip(texts, ways)
    )
    ranges = _ranges(np.concatenate([runner.places for runner in runners]))
    return Race(start, runners, ranges, _ground(run, origin, plane, ranges, errand), shares)


def _way(run: Run, text: str, steps: int, start: int, errand: Errand) -> tuple[Array, Array, Array, bool]:
    """Steps, θ at each of them (points, n), losses (steps,), and whether a number went bad."""
    with errand.lock:
        twin = run.branch(start)
    twin.settle()
    twin.set(optimizer=text)
    every = max(1, steps // 40)
    at, thetas, losses, broke = [start], [host(twin.store.theta).astype(np.float64).copy()], [], False
    for step in range(1, steps + 1):
        broke = twin.step().reason == "nan"
        losses.append(twin.loss)
        errand.step()
        theta = host(twin.settled_theta()).astype(np.float64)
        if broke or not np.isfinite(theta).all():
            broke = True
            break
        if step % every == 0 or step == steps:
            at.append(start + step)
            thetas.append(theta.copy())
    return np.array(at), np.stack(thetas), np.array(losses), broke


def _plane(points: Array) -> tuple[Array, tuple[float, float]]:
    """Two orthonormal directions (2, n) that hold most of ``points`` (m, n), and their shares of it."""
    powers, mixes = np.linalg.eigh(points @ points.T)  # (m, m): far fewer points than parameters
    whole = float(powers.sum()) or 1.0
    plane, shares = np.zeros((2, points.shape[1])), [0.0, 0.0]
    for k in range(min(2, len(powers))):
        power = float(powers[-1 - k])
        if power > 1e-12 * whole:
            plane[k] = mixes[:, -1 - k] @ points / np.sqrt(power)
            shares[k] = power / whole
    return plane, (shares[0], shares[1])


def _ranges(places: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    low, high = places.min(axis=0), places.max(axis=0)
    room = np.maximum((high - low) * ROOM, 1e-3 * max(1.0, float(np.abs(places).max())))
    return (
        (float(low[0] - room[0]), float(high[0] + room[0])),
        (float(low[1] - room[1]), float(high[1] + room[1])),
    )


def _ground(
    run: Run, origin: Array, plane: Array, ranges: tuple[tuple[float, float], ...], errand: Errand
) -> Array:
    # Of a convolution few weights make many numbers, so both are counted.
    numbers = sum(value.size for value in run.machine.graph.values.values())
    examples = min(EXAMPLES[1], max(EXAMPLES[0], WORK // numbers))
    with errand.lock:
        terrain = Terrain(run, (), examples)
    rows, columns = GROUND if numbers * examples < DEAR else COARSE
    found = np.empty((rows, columns))
    for r, y in enumerate(np.linspace(ranges[1][1], ranges[1][0], rows)):
        for c, x in enumerate(np.linspace(*ranges[0], columns)):
            terrain.put(origin + x * plane[0] + y * plane[1])
            found[r, c] = terrain.loss(())
        errand.step()
    return found
