"""Keyframes: snapshots that a run can be replayed from, kept under a memory budget.

Two kinds: *track* keyframes laid down while training, thinned with age (the older, the further apart),
and a dense *ring* around the cursor, filled while a seek replays, so that stepping back is quick.
"""

from __future__ import annotations

import bisect
import time
from dataclasses import dataclass
from typing import Any

Array = Any
REPLAY_SECONDS = 0.02
"""Aim: a seek replays about this much work while the budget allows."""
SHARE = 0.005
"""Keyframes may take this much of the time of training, so those of large networks stand further apart,"""
LONGEST_REPLAY = 0.25
"""but not further than this."""
RING = 64
"""Most keyframes kept around the cursor."""
TRACK = 2048
"""Most keyframes on the track: beyond that, looking for one costs more than replaying."""

FINE = time.get_clock_info("thread_time").resolution < 1e-4  # on Windows it ticks 64 times a second
clock = time.thread_time if FINE else time.perf_counter
"""What steps are timed with: what else the machine does must not bring keyframes closer together."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """State after ``step`` updates: θ (n,), the optimiser's vectors, each (n,), and the network's states."""

    step: int
    theta: Array
    state: dict[str, Array]

    @property
    def nbytes(self) -> int:
        return int(self.theta.nbytes) + sum(int(v.nbytes) for v in self.state.values())


class Timeline:
    """Keyframes of one run by step, never more than ``budget`` bytes."""

    def __init__(self, budget: int):
        self.budget = budget
        self.frames: dict[int, Keyframe] = {}
        self.ring: dict[int, Keyframe] = {}
        self.spacing = 100

    @property
    def nbytes(self) -> int:
        return sum(f.nbytes for f in (*self.frames.values(), *self.ring.values()))

    def pace(self, seconds_per_step: float, seconds_per_keyframe: float = 0.0) -> None:
        """Set the spacing from the measured time of a step and of a keyframe."""
        between = min(LONGEST_REPLAY, max(REPLAY_SECONDS, seconds_per_keyframe / SHARE))
        self.spacing = max(1, int(between / max(seconds_per_step, 1e-7)))

    def add(self, frame: Keyframe) -> None:
        """Keep ``frame`` on the track, making room where the budget or :data:`TRACK` is passed."""
        self.frames[frame.step] = frame
        limit = max(2, min(TRACK, (self.budget - self._ring_bytes()) // max(frame.nbytes, 1)))
        while len(self.frames) > limit:
            self._thin()

    def _ring_bytes(self) -> int:
        return sum(f.nbytes for f in self.ring.values())

    def _thin(self) -> None:
        """The older half loses every other frame: done again and again, spacing grows with age."""
        steps = sorted(self.frames)
        for step in steps[1 : max(2, len(steps) // 2) : 2]:
            del self.frames[step]

    def add_ring(self, frame: Keyframe) -> None:
        """Keep ``frame`` near the cursor; the ring never takes more than a quarter of the budget."""
        if frame.step in self.frames:
            return
        self.ring[frame.step] = frame
        limit = max(2, min(RING, self.budget // 4 // max(frame.nbytes, 1)))
        while len(self.ring) > limit:
            far = max(self.ring, key=lambda s: abs(s - frame.step))
            del self.ring[far]
        while len(self.frames) > 2 and self.nbytes > self.budget:
            self._thin()

    def before(self, step: int) -> Keyframe:
        """The latest keyframe at or before ``step``; there is always one at 0."""
        found = self._latest(self.frames, step)
        near = self._latest(self.ring, step)
        if near is not None and (found is None or near.step > found.step):
            return near
        assert found is not None, "the timeline always keeps the keyframe of step 0"
        return found

    @staticmethod
    def _latest(frames: dict[int, Keyframe], step: int) -> Keyframe | None:
        steps = sorted(frames)
        place = bisect.bisect_right(steps, step)
        return frames[steps[place - 1]] if place else None

    def truncate(self, step: int) -> None:
        """Forget everything after ``step``."""
        self.frames = {s: f for s, f in self.frames.items() if s <= step}
        self.ring = {s: f for s, f in self.ring.items() if s <= step}

    def shared(self, step: int) -> Timeline:
        """A timeline for a branch at ``step``: the keyframes up to there, the arrays shared."""
        twin = Timeline(self.budget)
        twin.frames = {s: f for s, f in self.frames.items() if s <= step}
        twin.spacing = self.spacing
        return twin
