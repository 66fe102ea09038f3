"""Training in the background: live actions at step boundaries, the same bits on replay, quick answers."""

import threading
import time
from pathlib import Path

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session

DIGITS = ["data digits scale=unit", "net dense 10 relu | dense 8 relu | dense 10", "lr 0.01"]


def started(path: Path | None = None, lines: list[str] = DIGITS) -> Session:
    session = Session(path)
    for line in lines:
        session.execute(line)
    return session


def theta(session: Session) -> bytes:
    return session.need_run().settled_theta().tobytes()


def test_live_actions_are_logged_with_their_step_and_replay_to_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = started(path)
    session.trainer.start()
    for action in ("lr 0.02", "edit dense1.W[0,0] 0.5", "batch 16", "explain dense1.W[0,1].grad", "lr 0.003"):
        time.sleep(0.03)
        session.execute(action)
    time.sleep(0.03)
    ending = session.trainer.pause()
    assert ending is not None
    assert ending.reason == "paused"
    texts = session.history
    for action in ("lr 0.02", "batch 16", "lr 0.003"):
        assert texts[texts.index(action) - 1].startswith("run to step ")
    assert texts[-1] == f"run to step {ending.step}"
    session.log.close()
    again = Session.resume(path)
    assert again.need_run().step_count == ending.step
    assert theta(again) == theta(session)
    for _undone in range(3):
        session._replaying = True  # its file belongs to the other one now
        assert session.execute("undo").lines == again.execute("undo").lines
        assert theta(again) == theta(session)
        assert again.need_run().step_count == session.need_run().step_count
    again.close()


def test_training_in_the_background_gives_the_same_bits_as_in_one_go() -> None:
    watched, plain = started(), started()
    watched.trainer.start("3 epochs")
    while watched.trainer.running:
        watched.trainer.frame()
        time.sleep(0.005)
    plain.execute("run 3 epochs")
    assert theta(watched) == theta(plain)
    assert watched.history == plain.history


def test_an_answer_does_not_wait_for_training_that_runs_flat_out() -> None:
    """Half of them within 50 ms even where tests run beside it; benchmarks/alive.py measures the others."""
    session = started()
    session.trainer.start()
    waits = []
    for _look in range(40):
        begun = time.perf_counter()
        session.trainer.frame()
        session.execute("select dense1.W[0,1]")
        waits.append(time.perf_counter() - begun)
        time.sleep(0.005)
    session.trainer.pause()
    assert sorted(waits)[len(waits) // 2] < 0.05


def test_a_frame_is_a_copy_of_what_was_wanted() -> None:
    session = started()
    session.trainer.wanted = frozenset({"dense1.W", "nobody.W"})
    session.trainer.start()
    deadline = time.monotonic() + 5
    while session.trainer.frame().step == 0 and time.monotonic() < deadline:
        time.sleep(0.005)
    frame = session.trainer.frame()
    kept = frame.values["dense1.W"].copy()
    time.sleep(0.02)
    session.trainer.pause()
    assert (frame.values["dense1.W"] == kept).all()
    assert set(frame.values) == {"dense1.W"}
    last = session.trainer.frame()
    assert not last.running
    assert last.step == session.need_run().step_count
    assert last.ending is not None
    assert last.ending.reason == "paused"


def test_a_breakpoint_stops_at_the_very_step_and_says_why() -> None:
    session = started()
    session.execute("break step = 37")
    session.trainer.start("5 epochs")
    ending = session.trainer.wait(20)
    assert ending is not None
    assert (ending.reason, ending.step) == ("break", 37)
    assert "step = 37" in ending.text
    assert session.history[-1] == "run to step 37"


def test_numbers_that_break_down_stop_the_run_and_say_where() -> None:
    session = started(lines=["data sine", "net dense 8 relu | dense 1", "optimizer sgd lr=1e18"])
    result = session.execute("run 50 steps")
    assert result.payload.reason == "nan"  # type: ignore[union-attr]
    assert "step" in result.lines[0]


def test_actions_that_cannot_be_live_pause_first() -> None:
    session = started()
    session.trainer.start()
    time.sleep(0.02)
    session.execute("seek 1")
    assert not session.trainer.running
    assert session.need_run().step_count == 1


def test_a_refused_live_action_does_not_disturb_training() -> None:
    session = started()
    session.trainer.start()
    with pytest.raises(NnlabError):
        session.execute("edit dense9.W[0,0] 1")
    assert session.trainer.running
    session.trainer.pause()


def test_submit_does_not_wait() -> None:
    session = started()
    session.trainer.start()
    future = session.submit("lr 0.005")
    assert future.result(5).action == "lr 0.005"
    session.trainer.pause()
    assert session.need_run().lr == 0.005


def test_the_speed_can_be_slow_and_pause_is_still_quick() -> None:
    session = started()
    session.trainer.speed = 5.0
    session.trainer.start()
    time.sleep(0.3)
    begun = time.perf_counter()
    session.trainer.pause()
    assert time.perf_counter() - begun < 0.1
    assert session.need_run().step_count <= 4


def test_training_until_a_pause_keeps_to_the_speed_and_a_run_with_an_end_goes_flat_out() -> None:
    session = started()
    session.trainer.speed = 20.0
    session.trainer.start()
    time.sleep(0.5)
    session.trainer.pause()
    assert session.need_run().step_count <= 15
    begun = time.perf_counter()
    session.trainer.start("400 steps")
    session.trainer.wait(20)
    assert time.perf_counter() - begun < 400 / 20


def test_another_speed_counts_at_once() -> None:
    session = started()
    session.trainer.speed = 1.0
    session.trainer.start()
    time.sleep(0.1)
    session.trainer.speed = None
    time.sleep(0.3)
    session.trainer.pause()
    assert session.need_run().step_count > 100


def test_listeners_hear_when_background_training_ends() -> None:
    session = started()
    heard, done = [], threading.Event()

    def listen(text: str, result: object) -> None:
        heard.append(text)
        if text == "pause":
            done.set()

    session.subscribe(listen)
    session.background = True
    session.execute("run 1 epoch")
    assert done.wait(20)
    assert heard == ["run 1 epoch", "pause"]


def test_a_keyframe_is_kept_while_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.session.keyframe.SECONDS", 0.05)
    session = started(tmp_path / "s.nnl")
    session.trainer.start()
    time.sleep(0.4)
    ending = session.trainer.pause()
    assert ending is not None
    marks = [t for t in session.history if t.startswith("run to step") and t.endswith("…")]
    assert marks
    session._writer.wait()
    session.log.close()
    again = Session.resume(tmp_path / "s.nnl")
    assert theta(again) == theta(session)
    again.execute("undo")
    assert again.need_run().step_count == 0
    again.close()


def past(session: Session, step: int, seconds: float = 20.0) -> bool:
    """Whether training comes to more than ``step`` steps."""
    deadline = time.monotonic() + seconds
    while (there := session.need_run().step_count <= step) and time.monotonic() < deadline:
        time.sleep(0.002)
    return not there


def test_training_stands_aside_while_the_interface_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.session.trainer.ASIDE", 60.0)
    session = started()
    session.trainer.start()
    assert past(session, 100)
    session.trainer.step_aside()
    time.sleep(0.1)
    before = session.need_run().step_count
    assert not past(session, before, 0.1)
    session.trainer.go_on()
    assert past(session, before)
    ending = session.trainer.pause()
    assert ending is not None
    assert ending.reason == "paused"


def test_work_left_for_a_step_boundary_is_done_while_training_stands_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nnlab.session.trainer.ASIDE", 60.0)
    session = started()
    session.trainer.start()
    session.trainer.step_aside()
    assert session.submit("lr 0.005").result(5).action == "lr 0.005"
    session.trainer.pause()


def test_an_interface_that_never_says_go_on_holds_nothing_up() -> None:
    session = started()
    session.trainer.start()
    session.trainer.step_aside()
    assert past(session, session.need_run().step_count + 200)
    session.trainer.pause()
