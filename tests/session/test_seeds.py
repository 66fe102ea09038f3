"""Several seeds: each run has the numbers it would have alone, groups say what they differ in and how far
their runs lie apart, and the run at hand stays as it is.
"""

from __future__ import annotations

import math
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from nnlab.engine import memory
from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.seeds import Group, groups_of, span_text

BENCH = ("data moons n=80", "net dense 4 tanh | dense 1", "optimizer sgd lr=0.1", "run 3 steps")


def made(*lines: str, path: Path | None = None) -> Session:
    session = Session(path)
    for line in (*BENCH, *lines):
        session.execute(line)
    return session


def groups(session: Session) -> list[Group]:
    return groups_of(session.bench)


def test_each_run_is_the_one_that_its_seed_gives_alone() -> None:
    session = made("seeds 3 batch=8 run 2 epochs")
    for seed in (1, 2, 3):
        alone = Session()
        for line in (*BENCH[:3], "batch 8", f"seed {seed}", "run 2 epochs"):
            alone.execute(line)
        run = session.runs[f"s{seed}"]
        np.testing.assert_array_equal(run.history.losses, alone.need_run().history.losses)
        assert session.bench.setups[f"s{seed}"] == alone.bench.setup
    assert groups(session)[0].values == tuple(
        session.runs[f"s{seed}"].history.epochs[-1].val_metric for seed in (1, 2, 3)
    )


def test_the_run_at_hand_and_its_knobs_stay() -> None:
    session = made()
    losses, setup = session.need_run().history.losses.copy(), session.bench.setup
    session.execute("seeds 2 lr=0.5 run 5 steps")
    assert (session.current, session.bench.setup, session.need_run().step_count) == ("main", setup, 3)
    np.testing.assert_array_equal(session.need_run().history.losses, losses)


def test_values_of_a_knob_are_groups_named_by_what_differs() -> None:
    session = made("seeds 2 batch=8,16 run 1 epoch")
    assert [group.told for group in groups(session)] == ["batch 8", "batch 16"]
    assert list(session.runs) == ["main", "batch8-s1", "batch8-s2", "batch16-s1", "batch16-s2"]


def test_a_knob_turned_in_between_is_told_apart_too() -> None:
    session = made("seeds 2 run 1 epoch", "batch 4", "seeds 2 run 1 epoch")
    assert [group.told for group in groups(session)] == ["batch 32", "batch 4"]


def test_without_a_length_they_train_as_far_as_the_run_at_hand() -> None:
    assert made("seeds 2").runs["s2"].step_count == 3
    fresh = Session()
    for line in BENCH[:3]:
        fresh.execute(line)
    with pytest.raises(NnlabError, match="how long"):
        fresh.execute("seeds 2")


def test_the_same_setting_again_takes_the_place_of_its_runs() -> None:
    session = made("seeds 3 run 1 epoch", "seeds 2 run 2 epochs")
    assert list(session.runs) == ["main", "s1", "s2"]
    assert groups(session)[0].epochs == 2


def test_a_run_that_somebody_works_on_is_not_taken_away() -> None:
    session = made("seeds 2 run 1 epoch", "switch s2", "seeds 2 run 1 epoch")
    assert session.current == "s2"
    assert [group.names for group in groups(session)] == [("s1", "s2-2")]


def test_a_run_that_was_changed_no_longer_counts() -> None:
    session = made("seeds 3 run 1 epoch", "switch s2", "edit dense1.b[0] 3")
    assert groups(session)[0].names == ("s1", "s3")


def test_a_new_name_stays_in_the_group() -> None:
    session = made("seeds 2 run 1 epoch", "rename s2 other")
    assert groups(session)[0].names == ("s1", "other")


def test_undo_takes_them_away_and_redo_brings_them_back() -> None:
    session = made("seeds 2 run 1 epoch")
    before = groups(session)
    session.execute("undo")
    assert (list(session.runs), groups(session)) == (["main"], [])
    session.execute("redo")
    assert groups(session) == before


@pytest.mark.parametrize("from_keyframe", [True, False])
def test_a_resumed_session_has_them(tmp_path: Path, from_keyframe: bool) -> None:
    session = made("seeds 2 batch=8,16 run 1 epoch", path=tmp_path / "a.nnl")
    before = groups(session)
    session.close()
    if not from_keyframe:
        for keyframe in tmp_path.glob("*.keyframe"):
            keyframe.unlink()
    assert groups(Session.resume(tmp_path / "a.nnl")) == before


def test_numbers_that_break_down_are_told() -> None:
    session = Session()
    for line in ("data iris", "net dense 8 relu | dense 3", 'seeds 2 optimizer="sgd lr=1e30" run 9 steps'):
        told = session.execute(line).lines
    assert "all broke down" in told[0]


def test_spans_are_told_in_words() -> None:
    ten = [0.86, 0.87, 0.88, 0.89, 0.89, 0.89, 0.9, 0.9, 0.91, 0.91]
    assert span_text(ten, percent=True) == "ten seeds: 86–91 %, median 89"
    assert span_text([0.25, 0.5, 0.125], percent=False) == "three seeds: 0.125 to 0.5, median 0.25"
    assert span_text([0.971, 0.968], percent=True) == "two seeds: 96.8–97.1 %, median 97.0"
    assert span_text([0.5, 0.5], percent=True) == "two seeds: each 50 %"
    assert span_text([0.5, 0.6, math.nan], percent=True) == "three seeds: 50–60 %, median 55; 1 broke down"


def test_it_tells_how_far_it_is_to_the_last_step() -> None:
    session, told = made(), list[tuple[int, int]]()
    session.errands.listener = lambda done, of: told.append((done, of))
    session.execute("seeds 2 batch=8,16 run 1 epoch")
    assert told == sorted(told)
    per = {size: math.ceil(len(session.need_data().split.train) / size) for size in (8, 16)}
    assert told[-1] == (2 * sum(per.values()),) * 2


def test_stopped_it_leaves_the_bench_as_it_was() -> None:
    session = made()
    session.errands.listener = lambda done, _of: os.kill(os.getpid(), signal.SIGINT) if done > 3 else None
    with pytest.raises(NnlabError, match="nothing on the bench has changed"):
        session.execute("seeds 3 run 100 epochs")
    assert list(session.runs) == ["main"]
    assert "seeds" not in " ".join(session.history)


def test_more_than_memory_holds_is_refused_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    session = made()
    monkeypatch.setattr(memory, "available_bytes", lambda: 10_000)
    with pytest.raises(NnlabError, match="take fewer seeds"):
        session.execute("seeds 9 run 1 epoch")
    assert list(session.runs) == ["main"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("seeds 1 run 1 epoch", "at least 2"),
        ("seeds 21 run 1 epoch", "at most 20"),
        ("seeds 3 btach=1 run 1 epoch", "did you mean “batch”"),
        ("seeds 3 seed=4 run 1 epoch", "a knob"),
        ("seeds 3 batch= run 1 epoch", "batch needs values"),
        ("seeds 3 batch=8 batch=16 run 1 epoch", "given twice"),
        ("seeds 3 batch=0,1 run 1 epoch", "at least 1"),
        ("seeds 20 batch=1,2,3 run 1 epoch", "too many"),
        ("seeds 3 run until loss < 1", "how long"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(NnlabError, match=sentence):
        made(line)
