"""Generator against discriminator: what is real, what is made, and what the judge says all around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.network.saliency import input_gradients
from nnlab.training.judging import sample_classes

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run

Array = np.ndarray[Any, Any]
SAMPLES = 400
LINE = 41
"""Places on the line of one number."""
GRID = (24, 36)
"""Places up and across the plane of two numbers."""
CELLS = (12, 18)
"""Cells up and across in which points of two numbers are counted."""
ARROWS = 24
MOMENTS = 6


@dataclass(frozen=True)
class Referee:
    """How many of the data's classes are made after each of ``steps``; ``of`` there are."""

    steps: tuple[int, ...]
    found: tuple[int, ...]
    of: int

    @property
    def collapsed(self) -> bool:
        """Whether classes that were made once are not made any more."""
        return bool(self.found) and self.found[-1] < max(self.found)


@dataclass(frozen=True)
class Duel:
    """``real`` and ``made`` (n, numbers), and the probability of being real that the judge gives each, (n,).

    ``places`` are where it was asked all over: (LINE,) of one number, else (2, ranges) the two ranges of
    ``ground``; ``ground`` its answers there, (LINE,) or (rows, columns) with row 0 at the top, None of more
    than two numbers.  ``arrows`` (m, 4): x, y, dx, dy, the way the judge would have a made point go.
    ``shape`` is that of a picture, where the data are pictures.
    """

    real: Array
    made: Array
    judged_real: Array
    judged_made: Array
    places: Array
    ground: Array | None
    arrows: Array | None
    shape: tuple[int, int] | None
    referee: Referee | None
    game: Game


@dataclass(frozen=True)
class Game:
    """Who has taken the last step (``stepped``, "" before the first), whose is ``next``, and who takes steps
    at all (``turns``); ``root`` names the loss of the last step, which was ``loss``.
    """

    stepped: str
    next: str
    turns: str
    root: str
    loss: float


def game(run: Run) -> Game:
    """Whose turn it was and is."""
    machine, step = run.machine, run.step_count
    last = machine.turn(step)
    stepped = last.player if step else ""
    loss = run.loss if step else float("nan")
    return Game(stepped, machine.turn(step + 1).player, run.config.turns, last.root, loss)


def duel(session: Workbench) -> Duel:
    """Of the run as it is, and what was made at moments of its past."""
    data, run = session.need_data(), session.need_run()
    rows = data.split.train[:SAMPLES]
    real = data.x[rows].reshape(len(rows), -1).astype(np.float64)
    made = run.samples(SAMPLES).reshape(SAMPLES, -1).astype(np.float64)
    numbers = real.shape[1]
    places: Array = np.zeros(0)
    ground: Array | None = None
    arrows: Array | None = None
    low, high = np.minimum(real.min(0), made.min(0)), np.maximum(real.max(0), made.max(0))
    rim = (high - low) * 0.08 + 1e-9
    low, high = low - rim, high + rim
    if numbers == 1:
        places = np.linspace(low[0], high[0], LINE)
        ground = judged(run, places[:, None])
    elif numbers == 2:
        places = np.stack((low, high), axis=1)
        xs, ys = np.linspace(low[0], high[0], GRID[1]), np.linspace(high[1], low[1], GRID[0])
        ground = judged(run, np.array([[x, y] for y in ys for x in xs])).reshape(GRID)
        arrows = _arrows(run, made[:ARROWS])
    shape = data.image_shape
    return Duel(
        real, made, judged(run, real), judged(run, made), places, ground, arrows, shape, _referee(run),
        game(run),
    )  # fmt: skip


def density(values: Array, places: Array) -> Array:
    """How many of ``values`` (n, 2) lie in each cell of the plane, (rows, columns), row 0 at the top."""
    ranges = [tuple(map(float, reach)) for reach in places]
    counts, _x, _y = np.histogram2d(values[:, 0], values[:, 1], bins=(CELLS[1], CELLS[0]), range=ranges)
    return np.asarray(counts.T[::-1])


def judged(run: Run, x: Array) -> Array:
    """The judge's probability that ``x`` (n, numbers) are real, (n,)."""
    shaped = x.astype(np.float32).reshape(len(x), *run.network.input_shape)
    logits = run.network.predict(shaped).reshape(len(x), -1)[:, 0].astype(np.float64)
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))))


def _arrows(run: Run, made: Array) -> Array:
    x = made.astype(np.float32).reshape(len(made), *run.network.input_shape)
    slopes = input_gradients(run.network, x, [0] * len(x)).reshape(len(x), -1)
    return np.concatenate((made, slopes), axis=1)


def _referee(run: Run) -> Referee | None:
    """None where the data have no classes, and before the first step."""
    if run.data.classes < 2 or not run.step_count:
        return None
    from nnlab.training.studies.spread import moments

    steps, twin, found = moments(run.step_count, MOMENTS), run.branch(), []
    for step in steps:
        twin.seek(step)
        found.append(int(sample_classes(twin)))
    return Referee(steps, tuple(found), run.data.classes)
