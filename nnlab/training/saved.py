"""What a run is beyond its script, as plain arrays: taken from one run and put into another."""

from __future__ import annotations

from typing import Any

from nnlab.engine.program import host
from nnlab.training.history import EpochRow
from nnlab.training.timeline import Keyframe
from nnlab.training.track import Track


def state_of(track: Track) -> dict[str, Any]:
    """Step, θ, states and the optimiser's vectors with every update applied, and the history."""
    settled = track.pending_update() if track.pending else None
    arrays = dict(settled.state) if settled else {k: v.copy() for k, v in track.machine.state.items()}
    arrays |= {**track.settled().states, **track.settled_streams()}
    return {
        "step": track.step_count,
        "theta": host(track.settled_theta()).copy(),
        "state": {name: host(vector) for name, vector in arrays.items()},
        "losses": track.history.losses.copy(),
        "epochs": list(track.history.epochs),
    }


def put_state(track: Track, state: dict[str, Any]) -> None:
    """Go on from what :func:`state_of` gave, on a run with the same script."""
    step, asarray = int(state["step"]), track.store.xp.asarray
    vectors = {name: asarray(vector) for name, vector in state["state"].items()}
    frame = Keyframe(step, asarray(state["theta"]), vectors)
    track.timeline.add(frame)
    room = track.history.room(step)
    room[1 : step + 1] = state["losses"][:step]
    track.history.count = max(track.history.count, step)
    track.history.epochs = [row if isinstance(row, EpochRow) else EpochRow(*row) for row in state["epochs"]]
    track.restore_frame(frame)
