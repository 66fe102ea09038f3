"""kill -9 at random moments of a session and of a lesson: nothing but the last unfinished action is missing.

``NNLAB_KILLS=50`` makes it fifty trials of each kind.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from nnlab.session import Session
from nnlab.session.log import read
from nnlab.store import Progress

KILLS = int(os.environ.get("NNLAB_KILLS", "6"))
ACTIONS = (
    "step", "step 3", "step layer", "run 1 epoch", "run 40 steps", "lr 0.0{n}", "edit dense1.W[0,0] 0.{n}",
    "undo", "redo", "back", "seek 2",
    "branch lr=0.{n}", "batch {n}", "optimizer sgd lr=0.{n}", "run", "pause",
)  # fmt: skip


def entries(path: Path) -> list[str]:
    return [entry.text for entry in read(path.read_bytes(), path)[1]] if path.exists() else []


def bits(path: Path) -> tuple[int, bytes]:
    """Where the session of ``path`` stands, to the last bit."""
    session = Session.resume(path)
    session.close()
    if session.data is None or session.network is None:  # undone
        return 0, b""
    run = session.need_run()  # made when it is first wanted; the screen wants it at once
    return run.step_count, b"".join(np.asarray(v).tobytes() for v in run.network.parameters.values())


def wait_for(app, holds, seconds):
    """Whether ``holds`` within ``seconds``, the screen being read meanwhile."""
    end = time.monotonic() + seconds
    while not holds():
        app.read(0.005)
        if time.monotonic() > end:
            return False
    return True


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_session_is_continued_where_it_was(start, home, tmp_path, seed):
    chance = random.Random(seed)
    app = start()
    app.at_home()
    app.act("data moons n=60", "moons n=60", "1 stage")
    app.act("net dense 3 tanh | dense 1", "dense2")
    path = home / "nnlab" / "data" / "sessions" / "lab-1.nnl"
    acknowledged: list[str] = entries(path)
    assert len(acknowledged) == 2
    for _action in range(chance.randrange(1, 12)):
        line = chance.choice(ACTIONS).format(n=chance.randrange(1, 9))
        app.keys(f":{line}\r")
        # Some are refused where they stand, and a seek to where one is logs nothing: no long wait for those.
        wait_for(app, lambda before=acknowledged: len(entries(path)) > len(before), 0.4)
        found = entries(path)
        assert found[: len(acknowledged)] == acknowledged
        acknowledged = found
    app.keys(f":{chance.choice(ACTIONS).format(n=3)}\r")
    wait_for(app, lambda: False, chance.uniform(0.0, 0.4))
    app.kill()

    kept = entries(path)
    assert kept[: len(acknowledged)] == acknowledged
    copy = tmp_path / "copy.nnl"
    shutil.copy(path, copy)  # without its keyframe: replayed from the start
    again = start()
    again.at_home()
    again.until("Continue", "dense 3 tanh | dense 1")
    again.until("cut off")
    again.keys("home", "enter")
    again.until("1 stage")
    again.keys("Q")
    assert again.ended() == 0
    assert entries(path)[: len(kept)] == kept
    assert bits(path) == bits(copy)


def answers(home: Path) -> list[str]:
    progress = Progress(home / "nnlab" / "data" / "progress.db")
    found = [answer.text for answer in progress.answers("a1_neuron", "add-up")]
    progress.close()
    return found


def learner_in_the_app(start):
    app = start()
    app.at_home()
    app.keys("enter")
    app.until("/10")
    app.quiet()
    if app.shows("1/10"):
        app.keys("n")
    app.until("What is z?", "2/10")
    app.quiet()
    return app, lambda n: app.keys(*["backspace"] * 4, str(n), "enter")


def learner_in_plain(start):
    app = start("lesson", "run", "a1", "--plain", size=(100, 400))
    app.until("nnlab>")
    if app.shows("[1/10]"):
        app.keys("next\r")
    app.until("What is z?")
    return app, lambda n: app.keys(f"answer {n}\r")


@pytest.mark.parametrize("learner", [learner_in_the_app, learner_in_plain])
def test_a_killed_lesson_keeps_every_answer_and_its_place(start, home, learner):
    chance = random.Random(5)
    given: list[str] = []
    for trial in range(KILLS):
        app, answer = learner(start)
        if trial:
            assert app.shows("2/10") or app.shows("[2/10]")  # the place is kept
        for n in range(chance.randrange(1, 4)):
            before = len(given)
            answer(10 * trial + n + 2)
            assert wait_for(app, lambda before=before: len(answers(home)) > before, 20)
            given = answers(home)
        answer(999)
        wait_for(app, lambda: False, chance.uniform(0.0, 0.05))
        app.kill()
        found = answers(home)
        assert found[: len(given)] == given
        assert len(found) <= len(given) + 1
        given = found
    assert len(given) >= KILLS
    again = start()
    again.at_home()
    again.until("Continue", "step 2 of 10")
