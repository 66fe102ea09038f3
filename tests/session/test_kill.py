"""kill -9 at any moment: the next start has everything that was acknowledged."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from nnlab.session import Session, keyframe
from nnlab.session.keyframe import keyframe_path
from nnlab.session.log import read

KILLS = 50
ACTIONS = [
    *(
        "step",
        "step layer",
        "run 3 steps",
        "run 1 epoch",
        "lr 0.0{n}",
        "edit dense1.W[0,0] {n}",
        "undo",
        "redo",
    ),
    *("seek 2", "back", "branch b{n}", "switch main", "explain dense1.W[0,0].grad", "BACKGROUND"),
    *("twin t{n} lr=0.{n}", "twin b{n}", "twin off", "pin main", "break step = 1{n}"),
]


def learner(path: Path, acknowledge: int, seed: int) -> None:
    """Works on the session at ``path`` for ever, writing the length of the log after every action."""
    keyframe.SECONDS = 0.01
    chance = random.Random(seed)
    if path.exists() and path.stat().st_size:
        session = Session.resume(path)
    else:
        session = Session(path)
    if session.network is None:
        session.execute("data moons n=60")
        session.execute("net dense 3 tanh | dense 1")
    n = 0
    while True:
        n += 1
        action = chance.choice(ACTIONS).format(n=n % 9 + 1)
        try:
            if action == "BACKGROUND":
                session.trainer.start("60 steps")
                session.execute("lr 0.02")
                session.trainer.wait()
            else:
                session.execute(action)
        except Exception as error:  # refused in this place, for example an undo of nothing
            if type(error).__name__ not in ("NnlabError", "ActionError"):
                os.write(acknowledge, f"bug {error!r}\n".encode())
                raise
        os.write(acknowledge, f"{len(session.log.entries)}\n".encode())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_nothing_acknowledged_is_lost_in_fifty_kills(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    chance = random.Random(1)
    warm = Session()  # what children import, they get from here
    for action in ("data moons n=60", "net dense 3 tanh | dense 1", "step", "explain dense1.W[0,0].grad"):
        warm.execute(action)
    before: list[str] = []
    for kill in range(KILLS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                learner(path, writer, kill)
            finally:
                os._exit(1)
        os.close(writer)
        begun = b""
        if kill % 4:  # at work; every fourth is killed while it may still be starting
            begun = os.read(reader, 1)
        time.sleep(chance.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader) as acknowledged:
            lines = (begun.decode() + acknowledged.read()).split("\n")
        assert not [line for line in lines if line.startswith("bug")], lines
        told = max([len(before), *(int(line) for line in lines[:-1])])
        content = path.read_bytes() if path.exists() else b""
        entries = [e.text for e in read(content, path)[1]] if content else []
        assert entries[: len(before)] == before
        assert told <= len(entries)
        before = entries
        if kill % 10 == 9:
            resumes_with_the_bits_of_a_full_replay(path)
    assert len(before) > 10


def resumes_with_the_bits_of_a_full_replay(path: Path) -> None:
    quick = Session.resume(path)
    quick.log.close()
    keyframe_path(path).unlink(missing_ok=True)
    whole = Session.resume(path)
    whole.log.close()
    assert quick.runs.keys() == whole.runs.keys()
    for name in ("twin", "pins", "hits", "breaks"):
        assert getattr(quick.bench, name) == getattr(whole.bench, name), name
    for name, run in quick.runs.items():
        other = whole.runs[name]
        assert (run.step_count, run.position, run.pending) == (
            other.step_count,
            other.position,
            other.pending,
        )
        assert run.settled_theta().tobytes() == other.settled_theta().tobytes()
