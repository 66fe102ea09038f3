"""A session changes only by actions, undoes exactly, and comes back from its file with the same bits."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Action, Result, Session, Words
from nnlab.session.keyframe import keyframe_path

START = ["data moons n=120 noise=0.2", "net dense 5 tanh | dense 1"]
LONG = [
    *START,
    "optimizer momentum lr=0.1",
    "step",
    "step layer",
    "explain dense1.W[0,1]",
    "predict dense2.z[0,0] 0.5",
    "run 3 epochs",
    "lr 0.05",
    "edit dense1.W[0,0] 2",
    "run 7 steps",
    "batch 9",
    "run 1 epoch",
    "seek 5",
    "edit dense1.b[0] 1",
    "run 4 steps",
    "branch fast lr=0.5",
    "run 2 epochs",
    "undo",
    "redo",
    "undo",
    "run until loss < 0.05",
    "switch main",
    "back 3",
    "back operation",
    "break loss is nan",
    "example 4",
]


def made(lines: list[str], path: Path | None = None) -> Session:
    session = Session(path)
    for line in lines:
        if line.startswith("run until"):
            session.execute("break step = 60")
        session.execute(line)
    return session


def bits(session: Session) -> dict[str, object]:
    """Everything that must be the same: numbers of every run, and where each stands."""
    runs = {
        name: (r.step_count, r.position, r.pending, r.settled_theta().tobytes(), r.history.losses.tobytes())
        for name, r in session.runs.items()
    }
    bench = session.bench
    return {
        "runs": runs,
        "reach": dict(bench.reach),
        "setups": dict(bench.setups),
        "rest": (
            bench.data_text,
            bench.network_text,
            bench.current,
            bench.example,
            bench.breaks,
            bench.grain,
        ),
    }


def test_a_replayed_session_is_bit_exact(tmp_path: Path) -> None:
    session = made(LONG, tmp_path / "s.nnl")
    session.log.close()
    again = Session.resume(tmp_path / "s.nnl")
    assert bits(again) == bits(session)
    assert again.differences == []


def test_a_session_resumed_from_its_keyframe_has_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = made(LONG, path)
    session.close()
    assert keyframe_path(path).exists()
    again = Session.resume(path)
    assert bits(again) == bits(session)
    for follow in (session, again):
        follow._replaying = True  # the first one has let go of its file
        follow.execute("run 20 steps")
        follow.execute("seek 3")
    assert bits(again) == bits(session)
    again.close()


def test_undo_reaches_behind_a_keyframe(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = made([*START, "run 5 steps"], path)
    before = bits(session)
    session.execute("lr 0.3")
    session.execute("run 9 steps")
    session.close()
    again = Session.resume(path)
    again.execute("undo")
    again.execute("undo")
    assert bits(again) == before
    again.close()


def test_redo_reaches_behind_a_keyframe(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = made([*START, "run 5 steps"], path)
    after = bits(session)
    session.execute("undo")
    session.execute("step")
    session.execute("undo")
    session.execute("redo")
    session.execute("undo")
    session.close()
    again = Session.resume(path)
    again.execute("redo")
    assert again.need_run().step_count == 1
    again.execute("undo")
    again.execute("run 5 steps")
    assert bits(again) == after
    again.close()


@pytest.mark.parametrize("number", [0, 1, 20, 100])
def test_a_damaged_keyframe_is_ignored(tmp_path: Path, number: int) -> None:
    path = tmp_path / "s.nnl"
    session = made([*START, "run 5 steps"], path)
    session.close()
    content = bytearray(keyframe_path(path).read_bytes())
    content[number] ^= 1
    keyframe_path(path).write_bytes(bytes(content))
    again = Session.resume(path)
    assert bits(again) == bits(session)
    again.close()


@pytest.mark.parametrize(
    "action",
    [
        "net dense 3 relu | dense 1",
        "data xor",
        "lr 0.5",
        "set batch=7 l2=0.01",
        "optimizer sgd lr=0.3",
        "schedule cosine 50",
        "clip norm 1",
        "loss mse",
        "seed 9",
        "edit dense1.W[0,0] 3",
        "step",
        "step layer",
        "step epoch",
        "back",
        "back operation",
        "seek 2",
        "branch other lr=0.2",
        "run 2 epochs",
        "insert 1 dropout 0.5",
        "resize dense1 7",
        "break step = 90",
        "point 1 1 a",
    ],
)
def test_undo_restores_exactly_and_redo_does_it_again(action: str) -> None:
    session = made([*START, "run 6 steps", "step operation"])
    before = bits(session)
    session.execute(action)
    after = bits(session)
    session.execute("undo")
    assert bits(session) == before
    session.execute("redo")
    assert bits(session) == after
    session.execute("undo")
    session.execute("run 8 steps")
    untouched = made([*START, "run 6 steps", "step operation", "run 8 steps"])
    assert bits(session) == bits(untouched)


def test_undo_of_many_changes_comes_to_the_beginning() -> None:
    session = made(LONG)
    undoable = len(session.changes)
    for _change in range(undoable):
        session.execute("undo")
    with pytest.raises(NnlabError):
        session.execute("undo")
    assert undoable >= 15
    assert session.data is None
    assert session.runs == {}


def test_acting_in_the_past_opens_a_branch_and_keeps_the_future() -> None:
    session = made([*START, "run 20 steps"])
    future = session.runs["main"].settled_theta().copy()
    session.execute("seek 10")
    session.execute("lr 0.5")
    assert session.current == "branch1"
    session.execute("run 5 steps")
    session.execute("switch main")
    session.execute("seek 20")
    assert np.array_equal(session.runs["main"].settled_theta(), future)


REFUSED = [
    "edit dense1.W[9,9] 1",
    "edit dense7.W[0,0] 1",
    "explain dense1.q[0]",
    "seek 99",
    "net dense 8 | flattn",
    "net dense 1000000000 | dense 1000000000",
    "insert 9 dense 3",
    "resize dense9 4",
    "loss nonsense",
    "optimizer adam lr=-1",
    "data moons n=1",
    "data file:/nowhere.csv",
    "switch nobody",
    "branch main",
    "branch x seed=3",
    "example 5000",
    "classify 1 2 3",
    "run",
    "run until dead(dense9) > 1%",
    "redo",
]


def test_a_refused_action_changes_nothing_and_is_not_logged() -> None:
    session = made([*START, "run 6 steps"])
    before, entries = bits(session), list(session.log.entries)
    for text in REFUSED:
        with pytest.raises(NnlabError):
            session.execute(text)
    assert bits(session) == before
    assert session.log.entries == entries


def test_hand_drawn_points_become_data_with_the_second_label() -> None:
    session = Session()
    session.execute("point 0 0 a")
    assert session.data is None
    session.execute("point 1 1 b")
    session.execute("net dense 2 tanh | dense 1")
    session.execute("step")
    assert session.data is not None
    assert len(session.data.x) == 2
    session.execute("points drop")
    assert session.data is None


def test_a_prediction_is_kept_and_meets_the_truth() -> None:
    session = made([*START, "step"])
    session.execute("predict dense2.z[0,0] 0.5")
    made_one = session.predictions[-1]
    assert made_one.truth == session.run.value("dense2.z[0,0]")  # type: ignore[union-attr]
    session.execute("step operation")
    session.execute("predict dense2.z[0,0] 0.5")
    assert session.predictions[-1].truth is None


def test_listeners_hear_every_action() -> None:
    session = Session()
    heard: list[str] = []
    stop = session.subscribe(lambda text, result: heard.append(text))
    session.execute("data   xor")
    session.execute("u")
    stop()
    session.execute("redo")
    assert heard == ["data xor", "undo"]


def test_importing_a_session_does_not_import_numpy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, nnlab.session.session, nnlab.session.plain, nnlab.settings\n"
        "nnlab.session.Session().execute('help')\n"
        "assert not {'numpy', 'rich', 'textual', 'nnlab.training'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_several_steps_are_a_run_that_breakpoints_stop() -> None:
    session = made([*START, "break step = 4"])
    assert session.execute("step 9").payload.reason == "break"  # type: ignore[union-attr]
    assert session.run is not None
    assert session.run.step_count == 4
    session.execute("undo")
    assert session.run is None


@dataclass(frozen=True)
class Answer(Action):
    """An action as a lesson would add it."""

    name = "answer"
    syntax = "answer TEXT"
    help = "answer the question of the lesson"
    example = "answer 42"
    category = "lesson"
    undoable = False

    text: str

    @classmethod
    def parse(cls, words: Words) -> "Answer":
        return cls(words.rest())

    def __str__(self) -> str:
        return f"answer {self.text}"

    def apply(self, session: Session) -> Result:
        return Result([self.text])


def test_other_rooms_add_actions_that_are_logged_and_skipped_where_unknown(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.extensions["answer"] = Answer
    assert session.execute("answer 42").lines == ["42"]
    assert "answer" in [c.text for c in session.complete("an")]
    session.close()
    known = Session.resume(path, extensions={"answer": Answer})
    assert known.differences == []
    known.close()
    unknown = Session.resume(path)
    assert "answer 42" in unknown.differences[0]
    assert unknown.history == ["answer 42"]
    unknown.close()


def test_a_network_that_does_not_fit_other_data_is_taken_away_and_said() -> None:
    session = made(["data xor", "net dense 2 tanh | dense 1"])
    told = " ".join(session.execute("data digits shape=8x8x1").lines)
    assert "the network is taken away: dense1 does not fit behind the input" in told
    assert session.network is None
    session.execute("net conv 4 3x3 relu | flatten | dense 10")
    assert session.execute("step").lines
    session = made(["data xor", "net dense 2 tanh | dense 1", "data digits shape=8x8x1", "undo"])
    assert session.need_data().name == "xor"
    assert session.need_network().text == "dense 2 tanh | dense 1"


@pytest.mark.parametrize(
    ("first", "second"), [("xor", "digits-cnn"), ("digits-cnn", "names-gru"), ("names-gru", "moons")]
)
def test_a_model_of_the_zoo_is_laid_out_in_the_place_of_another(first: str, second: str) -> None:
    session = made([f"zoo {first}", "step", f"zoo {second}"])
    assert session.execute("step").lines
