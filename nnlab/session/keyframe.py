"""Where a session stands, as one file beside its log: resuming reads it and replays only what came after.

The file is a line of magic, a SHA-256 of the rest, and an ``.npz`` without pickles.  It holds the bench as
JSON, and for each run its configuration, changes, losses and a few keyframes: the one just before its step
(the step itself is computed again, so that activations and the pending update are there), and some spread
over its past (so that seeking need not begin at zero).  It knows the log it belongs to by a digest of the
actions it covers; where anything does not fit it is ignored, and the log is replayed from the start.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.session.bench import Bench, Hit, Place, Prediction, Setup
from nnlab.session.files import write_atomically

if TYPE_CHECKING:
    from nnlab.engine.kernels import Kernels
    from nnlab.session.session import Session
    from nnlab.training import Run
    from nnlab.training.track import Numbers

MAGIC = b"nnlab keyframe 1\n"
TEACHER = "teacher"
"""The name of the array of what the teacher of a distillation says."""
WEIGHTS = "weights."
"""Before the names of arrays that a network was loaded with."""
SECONDS = 5.0
"""Between two keyframes at most, so that resuming never does much again."""
PAST_BYTES = 4 << 20
"""Keyframes of the past that are written along: enough for hundreds of a small network."""

_logger = logging.getLogger(__name__)


def keyframe_path(log: Path) -> Path:
    return log.with_name(log.name + ".keyframe")


class KeyframeWriter:
    """Writes keyframes in a thread of its own: what they hold is never changed once it is collected."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._written_at = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether the newest keyframe is as old as one may be."""
        return time.monotonic() - self._written_at > SECONDS

    @property
    def busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def write(self, session: Session) -> None:
        """Collect now, write beside training."""
        assert session.log.path is not None
        self._written_at = time.monotonic()
        path, bench = keyframe_path(session.log.path), _bench_json(session.bench)
        entries = len(session.log.entries)
        meta: dict[str, Any] = {
            "entries": entries,
            "digest": session.log.digest(entries),
            "going_on": session.changes.going_on,
            "bench": bench,
            "runs": {},
        }
        arrays: dict[str, Any] = {f"{WEIGHTS}{k}": v for k, v in (session.bench.weights or {}).items()}
        if session.data is not None and session.data.teacher is not None:
            arrays[TEACHER] = session.data.teacher
        for number, (name, run) in enumerate(session.bench.runs.items()):
            meta["runs"][name] = _run_json(run, f"{number}", arrays)
        self._thread = threading.Thread(target=_write, args=(path, meta, arrays), name="keyframe")
        self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None


def _write(path: Path, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
    import numpy as np

    memory = io.BytesIO()
    text = json.dumps(meta).encode()
    np.savez(memory, meta=np.frombuffer(text, np.uint8), **arrays)
    body = memory.getvalue()
    try:
        write_atomically(path, MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    except NnlabError as error:  # the log is what counts; without a keyframe resuming only takes longer
        _logger.info("%s", error)


def load(session: Session, path: Path) -> int:
    """Put the bench of the keyframe at ``path`` in place; answers how many actions of the log it covers."""
    log = session.log
    try:
        content = path.read_bytes()
    except OSError:
        return 0
    head = len(MAGIC) + 65
    body = content[head:]
    if content[:head] != MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n":
        return 0
    import numpy as np

    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        meta = json.loads(arrays["meta"].tobytes())
        covered = int(meta["entries"])
        if covered > len(log.entries) or meta["digest"] != log.digest(covered):
            return 0
        try:
            session.bench = _bench_from(session, meta, arrays)
            session.changes.going_on = bool(meta["going_on"])
        except (NnlabError, LookupError, TypeError, ValueError):
            # A data file has gone, or another version of nnlab wrote this: the replay of the log will say so.
            session.bench = Bench(setups={"main": Setup(seed=session.seed)})
            return 0
    return covered


# -- the bench ----------------------------------------------------------------------------------------


def _bench_json(bench: Bench) -> dict[str, Any]:
    return {
        "data": bench.data_text,
        "network": bench.network_text,
        "setups": {name: setup.to_json() for name, setup in bench.setups.items()},
        "reach": bench.reach,
        "current": bench.current,
        "example": bench.example,
        "own": bench.own,
        "sampling": list(bench.sampling),
        "selection": str(bench.selection) if bench.selection is not None else "",
        "grain": bench.grain,
        "breaks": bench.breaks,
        "resting": bench.resting,
        "hits": [asdict(hit) for hit in bench.hits],
        "twin": bench.twin,
        "pins": bench.pins,
        "seeded": bench.seeded,
        "points": bench.points,
        "axes": [asdict(axis) for axis in bench.axes],
        "predictions": [asdict(p) for p in bench.predictions],
    }


def _bench_from(session: Session, meta: dict[str, Any], arrays: Any) -> Bench:
    from nnlab.training.landscape import Axis

    found = meta["bench"]
    session.bench = bench = Bench(setups={"main": Setup(seed=session.seed)})
    bench.points = tuple((x, y, label) for x, y, label in found["points"])
    if found["data"] == "points":
        labels = {label for _x, _y, label in bench.points}
        session.use_data(session.points_data() if len(labels) > 1 else None, "points")
    elif found["data"]:
        from nnlab.data import load as load_data

        session.use_data(load_data(found["data"]), found["data"])
    if TEACHER in arrays.files and bench.data is not None:
        bench.data = replace(bench.data, teacher=arrays[TEACHER])
    if found["network"]:
        session.use_network(found["network"])
    kept = {name[len(WEIGHTS) :]: arrays[name] for name in arrays.files if name.startswith(WEIGHTS)}
    bench.weights = kept or None
    bench.setups = {name: Setup(**setup) for name, setup in found["setups"].items()}
    bench.reach = {name: int(step) for name, step in found["reach"].items()}
    bench.current, bench.example, bench.grain = found["current"], found["example"], found["grain"]
    bench.own = found.get("own", "")
    temperature, top_k, top_p = found.get("sampling", bench.sampling)
    bench.sampling = float(temperature), int(top_k), float(top_p)
    bench.breaks, bench.resting = tuple(found["breaks"]), tuple(found.get("resting", ()))
    bench.hits = tuple(Hit(**hit) for hit in found["hits"])
    bench.twin, bench.pins = found["twin"], tuple(found["pins"])
    bench.seeded = tuple(tuple(group) for group in found.get("seeded", ()))
    bench.axes = tuple(
        Axis(axis["address"], axis["range"] and tuple(axis["range"])) for axis in found["axes"]
    )
    bench.predictions = tuple(Prediction(**p) for p in found["predictions"])
    for name, run in meta["runs"].items():
        bench.runs[name] = _run_from(session, run, arrays)
    if found["selection"]:
        bench.selection = session.address(found["selection"])
    return bench


# -- runs ---------------------------------------------------------------------------------------------


def _run_json(run: Run, prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """The plain part of a run; its arrays go into ``arrays`` under ``prefix``."""
    from nnlab.engine.program import host

    arrays[f"{prefix}.losses"] = run.history.losses.copy()
    steps = _chosen(run)
    for step in steps:
        frame = run.timeline.before(step)
        arrays[f"{prefix}.{step}.theta"] = host(frame.theta)
        for name, vector in frame.state.items():
            arrays[f"{prefix}.{step}.state.{name}"] = host(vector)
    return {
        "prefix": prefix,
        "config": asdict(run.first_config),
        "changes": [
            [c.step, list(c.weights), list(c.settings), c.surgery, list(c.before)] for c in run.changes
        ],
        "epochs": [list(asdict(row).values()) for row in run.history.epochs],
        "place": list(asdict(Place.of(run)).values()),
        "frames": steps,
    }


def _numbers(listed: list[Any]) -> Numbers:
    """Parameters with their numbers, as JSON lists them."""
    return tuple((name, tuple(index), value) for name, index, value in listed)


def _chosen(run: Run) -> list[int]:
    """The steps whose keyframes are written: the start, the one to resume from, and some of the past."""
    timeline = run.timeline
    needed = {0, timeline.before(max(0, run.step_count - 1)).step}
    past = sorted(timeline.frames)
    room = PAST_BYTES // max(timeline.frames[0].nbytes, 1)
    if 0 < room < len(past):
        past = [past[i * len(past) // room] for i in range(room)]
    return sorted(needed | set(past if room else ()))


def _run_from(session: Session, found: dict[str, Any], arrays: Any) -> Run:
    from nnlab.network import Network
    from nnlab.training import Change, EpochRow, Run
    from nnlab.training.timeline import Keyframe

    built, config, prefix = session.need_network(), found["config"], found["prefix"]
    network = Network.parse(built.text, built.input_shape, config["seed"], built.inputs)

    def begun(kernels: Kernels) -> Run:
        return Run(network.copy(), session.need_data(), **config, kernels=kernels)

    device = session.device_for(begun)
    run = Run(network, session.need_data(), **config, kernels=device.kernels)
    session.computing_with(device)
    run.changes = [
        Change(
            step,
            _numbers(weights),
            tuple((name, value) for name, value in settings),
            surgery,
            _numbers(before),
        )
        for step, weights, settings, surgery, before in found["changes"]
    ]
    for step in found["frames"]:
        head = f"{prefix}.{step}.state."
        state = {name[len(head) :]: arrays[name] for name in arrays.files if name.startswith(head)}
        run.timeline.add(Keyframe(step, arrays[f"{prefix}.{step}.theta"], state))
    losses = arrays[f"{prefix}.losses"]
    run.history.room(len(losses))[1 : len(losses) + 1] = losses
    run.history.count = len(losses)
    run.history.epochs = [EpochRow(*row) for row in found["epochs"]]
    # A new run stands at step 0 too, but without what was changed there.
    run.restore_frame(run.timeline.before(0))
    Place(*found["place"]).put(run)
    return run
