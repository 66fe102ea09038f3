"""Data parallelism in one process: a batch is cut into shards, each worker's gradient computed by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.studies.duels import require_one_loss

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Worker:
    """Its number of ``rows``, the mean ``loss`` over them, and the gradient of that loss, (parameters,)."""

    rows: int
    loss: float
    gradient: Array


@dataclass(frozen=True)
class Workers:
    """``whole`` is the gradient of all rows in one batch; ``workers`` hold a shard of the same rows each."""

    whole: Array
    workers: tuple[Worker, ...]

    @property
    def batch(self) -> int:
        return sum(worker.rows for worker in self.workers)

    @property
    def total(self) -> Array:
        """The gradients added up."""
        return self._weighed(np.ones(len(self.workers)))

    @property
    def plain(self) -> Array:
        """Their mean, every worker counting the same."""
        return self._weighed(np.full(len(self.workers), 1 / len(self.workers)))

    @property
    def weighted(self) -> Array:
        """Their mean, every row counting the same; what an all-reduce has to give."""
        return self._weighed(np.array([worker.rows / self.batch for worker in self.workers]))

    def _weighed(self, weights: Array) -> Array:
        mixed: Array = weights @ np.stack([worker.gradient for worker in self.workers])
        return mixed

    def error(self, gradient: Array) -> float:
        """|gradient − whole| / |whole|."""
        return self.length(gradient - self.whole)

    def length(self, gradient: Array) -> float:
        """|gradient| / |whole|."""
        return float(np.linalg.norm(gradient) / np.linalg.norm(self.whole))


def equal_shards(run: Run, count: int) -> tuple[int, ...]:
    """The rows of each of ``count`` workers, alike but for one; NnlabError where there are fewer rows."""
    rows = len(run.order.batch(max(1, run.step_count)))
    if count > rows:
        raise NnlabError(_("the batch has {n} rows, too few for {count} workers", n=rows, count=count))
    return tuple(rows // count + (k < rows % count) for k in range(count))


def workers(run: Run, shards: Sequence[int]) -> Workers:
    """The batch of the current step (the first one, before any), cut into ``shards`` of so many rows.

    All are computed at the weights of now; the run stays as it is.  Raises NnlabError for duels, for shards
    that do not add up to the batch, and where gradients are not finite or all 0.
    """
    require_one_loss(run)
    step = max(1, run.step_count)
    batch = run.order.batch(step)
    if sum(shards) != len(batch) or min(shards) < 1:
        raise NnlabError(
            _(
                "the batch has {n} rows; shards of {shards} rows do not add up to it",
                n=len(batch),
                shards=" + ".join(map(str, shards)),
            )
        )
    twin = run.branch()
    found = Workers(
        _work(twin, batch, step).gradient,
        tuple(_work(twin, rows, step) for rows in np.split(batch, np.cumsum(shards)[:-1])),
    )
    require_finite(np.stack([found.whole, *(worker.gradient for worker in found.workers)]))
    if not found.whole.any():
        raise NnlabError(
            _("the gradient of the whole batch is 0 in every parameter, so there is nothing to share out")
        )
    return found


def _work(run: Run, rows: Array, step: int) -> Worker:
    """Loss and gradient over ``rows`` of the training part, the gradient in float64."""
    machine = run.machine
    program = machine.program(len(rows), step)
    machine.clock[0] = step
    machine.loader(program)(machine.kernels.xp.asarray(rows))
    for work in program.calls:
        work()
    loss = float(program.values[program.loss or "loss"])
    return Worker(len(rows), loss, host(run.store.grad).astype(np.float64))
