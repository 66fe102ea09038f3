"""Which examples stand in which batch: a function of (seed, epoch), so that any step can be found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.rng import permutation
from nnlab.training.streams import stream_rows

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Segment:
    """From ``step`` steps on (and epoch ``epoch``), batches have ``size`` examples."""

    step: int
    epoch: int
    size: int


class BatchOrder:
    """Epochs of shuffled batches over n training rows; the last batch of an epoch may be smaller.

    Steps and epochs count from 1.  A change of batch size begins a new epoch.  With ``streams`` rows are not
    shuffled: batches go on from one another, see :func:`stream_rows`.
    """

    def __init__(self, n: int, seed: int, shuffle: bool, size: int, streams: int = 0):
        self.n, self.seed, self.shuffle, self.streams = n, seed, shuffle, streams
        self.begin(size)
        self._epoch = -1
        self._rows: Array = np.arange(n)

    def begin(self, size: int) -> None:
        """Batches of ``size`` from the first step on; later changes are forgotten."""
        self.segments = [Segment(0, 0, min(size, self.n))]

    def resize(self, step: int, size: int) -> None:
        """From step ``step`` + 1 on, batches have ``size`` examples."""
        begun = self.epochs_begun(step)
        self.segments = [s for s in self.segments if s.step < step]
        self.segments.append(Segment(step, begun, min(size, self.n)))

    def segment(self, step: int) -> Segment:
        """The segment that step number ``step`` (from 1) belongs to."""
        for segment in reversed(self.segments):
            if segment.step < step:
                return segment
        return self.segments[0]

    def steps_per_epoch(self, step: int) -> int:
        return -(-self.n // self.segment(step).size)

    def epochs_begun(self, step: int) -> int:
        """How many epochs have begun (perhaps ended) after ``step`` steps."""
        if step == 0:
            return 0
        segment = self.segment(step)
        return segment.epoch + -(-(step - segment.step) // self.steps_per_epoch(step))

    def locate(self, step: int) -> tuple[int, int, int]:
        """(epoch from 1, first position, batch size) of step number ``step`` (from 1)."""
        segment = self.segment(step)
        per = -(-self.n // segment.size)
        done, within = divmod(step - 1 - segment.step, per)
        start = within * segment.size
        return segment.epoch + done + 1, start, min(segment.size, self.n - start)

    def ends_epoch(self, step: int) -> bool:
        """Whether step number ``step`` is the last of its epoch."""
        if step == 0:
            return False
        _epoch, start, size = self.locate(step)
        return start + size == self.n

    def last_step(self, epochs: int, step: int) -> int:
        """The step that ends the ``epochs``-th epoch counted from where ``step`` stands now."""
        segment = self.segment(step + 1)
        per = -(-self.n // segment.size)
        return segment.step + ((step - segment.step) // per + epochs) * per

    def rows(self, epoch: int) -> Array:
        """The training rows in the order of ``epoch`` (from 1), (n,)."""
        if self.streams:
            return stream_rows(self.n, self.streams, self._size_of(epoch))
        if not self.shuffle:
            return self._rows
        if epoch != self._epoch:
            self._rows = permutation(self.seed, "shuffle", epoch, self.n)
            self._epoch = epoch
        return self._rows

    def _size_of(self, epoch: int) -> int:
        """The size of the batches of ``epoch`` (from 1)."""
        return next(s.size for s in reversed(self.segments) if s.epoch < max(epoch, 1))

    def step_with(self, row: int, step: int) -> int:
        """Of the epoch that step number ``step`` (from 1) belongs to, the step that learns from ``row``."""
        epoch, start, _size = self.locate(step)
        size = self.segment(step).size
        position = int(np.flatnonzero(self.rows(epoch) == row)[0])
        return step - start // size + position // size

    def batch(self, step: int) -> Array:
        """The training rows of step number ``step`` (from 1)."""
        epoch, start, size = self.locate(step)
        return self.rows(epoch)[start : start + size]
