"""Three people at one bench, all at once: nobody is stuck, and the log still replays to the same bits."""

import random
import threading
import time
from pathlib import Path

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.keyframe import keyframe_path

ACTIONS = [
    *(
        "run",
        "run 1 epoch",
        "pause",
        "lr 0.0{n}",
        "edit dense1.b[0] 0.{n}",
        "batch {n}",
        "undo",
        "redo",
        "seek 3",
    ),
    *(
        "explain dense1.W[0,1].grad",
        "step layer",
        "back",
        "branch",
        "switch main",
        "show history",
        "evaluate",
    ),
]


def stands(session: Session) -> dict[str, tuple[int, int, bool, bytes]]:
    return {
        name: (run.step_count, run.position, run.pending, run.settled_theta().tobytes())
        for name, run in session.runs.items()
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_threads_at_one_session_leave_a_log_that_replays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("nnlab.session.keyframe.SECONDS", 0.05)
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.background = True
    for action in ("data moons n=200", "net dense 6 relu | dropout 0.3 | dense 1", "step"):
        session.execute(action)
    until = time.monotonic() + 1.0
    bugs: list[BaseException] = []

    def person(number: int) -> None:
        chance = random.Random(100 * seed + number)
        while time.monotonic() < until:
            try:
                session.execute(chance.choice(ACTIONS).format(n=chance.randint(1, 9)))
            except NnlabError:
                pass
            except BaseException as bug:
                bugs.append(bug)
            session.trainer.frame()
            time.sleep(chance.uniform(0, 0.01))

    people = [threading.Thread(target=person, args=(n,), daemon=True) for n in range(3)]
    for one in people:
        one.start()
    for one in people:
        one.join(30)
    assert not any(one.is_alive() for one in people)
    assert bugs == []
    session.trainer.pause()
    assert session.trainer.failure is None
    session._writer.wait()
    session.log.close()
    quick = Session.resume(path)
    quick.log.close()
    assert stands(quick) == stands(session)
    keyframe_path(path).unlink()
    whole = Session.resume(path)
    whole.log.close()
    assert stands(whole) == stands(session)


def test_a_listener_that_waits_for_the_interface_does_not_block_a_pause() -> None:
    session = Session()
    for action in ("data moons n=200", "net dense 6 relu | dense 1"):
        session.execute(action)
    interface_is_free = threading.Event()

    def listen(text: str, _result: object) -> None:
        if text == "pause":
            assert interface_is_free.wait(20)

    session.subscribe(listen)
    session.trainer.start()
    time.sleep(0.02)
    session.execute("seek 0")
    interface_is_free.set()


def test_what_was_changed_before_the_first_step_is_there_after_resuming(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    for action in ("data moons n=200", "net dense 6 relu | dense 1", "edit dense1.b[0] 0.5"):
        session.execute(action)
    session._writer.write(session)
    session._writer.wait()
    session.log.close()
    again = Session.resume(path)
    again.log.close()
    assert again.run is not None
    assert again.run.value("dense1.b[0]") == 0.5
    assert stands(again) == stands(session)
