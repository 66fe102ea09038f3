"""Where a run stands, as the tape shows it: the events of the step, and the whole run around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.manifest import Event

if TYPE_CHECKING:
    from nnlab.training import Run
    from nnlab.training.conditions import Condition


@dataclass(frozen=True)
class Track:
    """What the tape shows of a run.

    ``step`` is the step the events belong to, ``at`` how many are taken, ``reach`` the furthest one trained;
    ``branches`` (step, name) where other runs leave or join this one, ``keyframes`` where a seek can begin,
    ``stops`` the steps at which breakpoints stop it, ``breaks`` how many breakpoints there are in all.
    """

    events: tuple[Event, ...] = ()
    position: int = 0
    step: int = 0
    at: int = 0
    epoch: int = 0
    batch: int = 0
    batches: int = 1
    reach: int = 0
    grain: str = "batch"
    run: str = "main"
    keyframes: tuple[int, ...] = ()
    branches: tuple[tuple[int, str], ...] = ()
    epochs: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    breaks: int = 0
    running: bool = False


def track_of(
    run: Run, name: str, others: dict[str, Run], reach: int, grain: str, breaks: Sequence[Condition] = ()
) -> Track:
    """The track of ``run`` where it stands."""
    tape = run.tape
    branches = tuple((_parting(run, other), key) for key, other in others.items() if other is not run)
    return Track(
        tape.events,
        tape.position,
        tape.step,
        run.step_count,
        tape.epoch,
        tape.batch,
        tape.batches,
        max(reach, run.last_step),
        grain,
        name,
        tuple(sorted(run.timeline.frames)),
        branches,
        tuple(row.step for row in run.history.epochs),
        tuple(step for one in breaks if (step := one.step_in(run)) is not None),
        len(breaks),
    )


def _parting(one: Run, other: Run) -> int:
    """The step up to which two runs have the same losses."""
    a, b = one.history.losses, other.history.losses
    n = min(len(a), len(b))
    differ = np.flatnonzero(a[:n] != b[:n])
    return int(differ[0]) if len(differ) else n
