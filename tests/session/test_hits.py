"""Breakpoints that have stopped training: how often, where, and what could be tried."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session, keyframe
from nnlab.session.bench import Hit
from nnlab.session.experiments import stopped
from nnlab.session.pages import page_scene
from nnlab.session.scene import Deed, Table

BENCH = ("data moons n=80", "net dense 4 relu | dense 1")


def session(*lines: str, path: Path | None = None) -> Session:
    made = Session(path)
    for line in (*BENCH, *lines):
        made.execute(line)
    return made


def test_hits_are_counted_for_the_breakpoint_that_held() -> None:
    made = session("break step = 3", "break epoch = 4", "run 20 steps", "run 20 steps", "run 5 steps")
    assert made.bench.hits == (Hit("step = 3", "main", 3, 1), Hit("epoch = 4", "main", 8, 1))
    made.execute("seek 0")
    made.execute("run 20 steps")
    assert made.execute("breaks").lines == [
        "1  step = 3   hit 2 times, last at step 3 of main",
        "2  epoch = 4  hit once, at step 8 of main",
    ]
    made.execute("unbreak 1")
    assert [hit.condition for hit in made.bench.hits] == ["epoch = 4"]


def test_a_goal_of_a_run_is_no_hit() -> None:
    assert session("break step = 9", "run until step = 4").bench.hits == ()


def test_a_hit_in_the_twin_names_it() -> None:
    made = session("lr 1e-6", "break loss < 0.3", "twin fast lr=0.3", "run 900 steps")
    assert made.bench.hits[-1].run == "fast"
    assert made.execute("rename fast quick").lines
    assert made.bench.hits[-1].run == "quick"


@pytest.mark.parametrize("with_keyframe", [True, False])
def test_a_session_resumes_with_its_hits(tmp_path: Path, with_keyframe: bool) -> None:
    path = tmp_path / "s.nnl"
    made = session("break step = 3", "run 9 steps", "break |grad| > 0.0001", "run 9 steps", path=path)
    made.close()
    if not with_keyframe:
        keyframe.keyframe_path(path).unlink()
    again = Session.resume(path)
    assert again.bench.hits == made.bench.hits
    assert len(again.bench.hits) == 2
    again.close()


def test_undo_takes_a_hit_back() -> None:
    assert session("break step = 3", "run 9 steps", "undo").bench.hits == ()


CASES = {
    "too large": ("break |grad(dense1)| > 0.0001", "run 9 steps"),
    "too small": ("break |grad(dense1)| < 100", "run 9 steps"),
    "dead": ("lr 1", "break dead(dense1) > 20%", "run 900 steps"),
    "reached": ("break loss < 1", "run 90 steps"),
    "at a step": ("break step = 30", "run 90 steps"),
    "stalled": ("lr 1", "break val_loss rises 1", "run 90 epochs"),
    "broken": ("loss mse", "optimizer sgd lr=1e30", "break loss is nan", "run 90 steps"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_three_experiments_fit_every_hit_and_can_be_done(name: str) -> None:
    made = session(*CASES[name])
    found = stopped(made.bench)
    assert found is not None
    assert len(found.experiments) == 3
    for experiment in found.experiments:
        made.execute(experiment.line)
        assert made.parse(experiment.line).name in ("twin", "seek", "evaluate", "show")
        made.execute(f"seek {found.hit.step}")


def test_the_number_that_weighs_most_is_named_and_explained() -> None:
    made = session(*CASES["too large"])
    found = stopped(made.bench)
    assert found is not None
    assert found.address is not None
    assert found.explanation is not None
    sizes = {name: np.abs(made.need_run().array(name, "grad")) for name in ("dense1.W", "dense1.b")}
    assert abs(found.explanation.value) == max(float(each.max()) for each in sizes.values())
    assert found.measured > 0.0001
    made.execute("step")
    later = stopped(made.bench)
    assert later is not None
    assert later.address is None
    assert later.experiments == ()


def test_the_answer_of_training_says_what_to_look_at_and_to_try() -> None:
    made = session("break |grad| > 0.0001")
    lines = made.execute("run 9 steps").lines
    assert any(line.startswith("look at: explain dense") for line in lines)
    assert sum(line.startswith("  twin ") for line in lines) == 2


def test_an_epoch_ends_once() -> None:
    made = session("break epoch = 3", "run 50 epochs")
    assert made.need_run().step_count == 6
    made.execute("run 50 epochs")
    assert made.need_run().step_count > 100


def test_a_breakpoint_that_is_off_stops_nothing_until_it_is_on_again() -> None:
    made = session("break step = 3", "break step = 6", "break off 1", "run 9 steps")
    assert made.need_run().step_count == 6
    assert made.execute("breaks").lines[0] == "1  step = 3  off"
    for line in ("seek 0", "break on 1", "run 9 steps"):
        made.execute(line)
    assert made.need_run().step_count == 3


def test_a_condition_is_changed_in_its_place_and_its_hits_are_forgotten() -> None:
    made = session("break step = 3", "break epoch = 4", "run 9 steps", "break 1 step = 5")
    assert made.bench.breaks == ("step = 5", "epoch = 4")
    assert made.bench.hits == ()
    made.execute("run 9 steps")
    assert made.need_run().step_count == 5


def test_another_condition_in_the_place_of_one_that_rests_acts() -> None:
    made = session("break step = 3", "break off 1", "break 1 step = 5", "run 9 steps")
    assert made.need_run().step_count == 5


def test_undo_turns_a_breakpoint_on_again() -> None:
    assert session("break step = 3", "break off 1", "undo").bench.acting == ("step = 3",)


@pytest.mark.parametrize("with_keyframe", [True, False])
def test_a_session_resumes_with_its_resting_breakpoints(tmp_path: Path, with_keyframe: bool) -> None:
    path = tmp_path / "s.nnl"
    made = session("break step = 3", "break step = 9", "break off 1", "run 4 steps", path=path)
    made.close()
    if not with_keyframe:
        keyframe.keyframe_path(path).unlink()
    again = Session.resume(path)
    assert again.bench.acting == ("step = 9",)
    assert again.bench.breaks == ("step = 3", "step = 9")
    again.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("break off 2", "there is no breakpoint 2; there are 1"),
        ("break 2 step = 9", "there is no breakpoint 2; there are 1"),
        ("break 1 step = 3", "there is already a breakpoint “step = 3”"),
        ("break 1", "a condition such as loss < 0.1 is missing"),
    ],
)
def test_what_cannot_be_changed_is_refused(line: str, told: str) -> None:
    made = session("break step = 3")
    with pytest.raises(NnlabError, match=told):
        made.execute(line)
    assert made.bench.breaks == ("step = 3",)


def test_conditions_are_completed_behind_a_number_too() -> None:
    made = session("break step = 3")
    texts = [offer.text for offer in made.complete("break ")]
    assert {"on", "off", "1", "loss < 0.1"} <= set(texts)
    assert "loss < 0.1" in [offer.text for offer in made.complete("break 1 ")]
    assert [offer.text for offer in made.complete("break off ")] == ["1"]
    assert "rises 5" in [offer.text for offer in made.complete("break 1 val_loss ")]


def test_the_screen_of_breakpoints_has_a_key_for_everything() -> None:
    made = session("break step = 3", "break step = 9", "break off 2", "run 20 steps")
    scene = page_scene(made, "breaks")
    lines = {line.label: line for b in scene.blocks if isinstance(b, Table) for line in b.lines}
    assert isinstance(lines["1  step = 3"].at, Deed)
    keys = lines["1  step = 3"].at.keys
    assert keys["write"] == "break 1 step = 3"
    for key, breaks, acting in (
        ("lower", ("step = 3", "step = 9"), ()),
        ("raise", ("step = 3", "step = 9"), ("step = 3",)),
        ("remove", ("step = 9",), ()),
    ):
        made.execute(keys[key])
        assert (made.bench.breaks, made.bench.acting) == (breaks, acting)
    assert "off; not yet" in lines["2  step = 9"].note


def test_conditions_that_are_offered_can_be_had() -> None:
    made = session("run 4 steps")
    scene = page_scene(made, "breaks")
    offers = [line for b in scene.blocks if isinstance(b, Table) for line in b.lines if line.label != "…"]
    assert offers[0].label == "step = 5"
    assert len(offers) == 5
    for line in offers:
        assert isinstance(line.at, Deed)
        made.execute(line.at.line)
    assert len(made.bench.breaks) == 5
