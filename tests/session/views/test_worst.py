"""Worst cases: the rows of the largest loss, of every kind of data, as what they are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from facts import assert_facts

from nnlab.errors import NnlabError
from nnlab.session.pages import fitting, page_scene
from nnlab.session.scene import Deed, Grid, Table, Wall, flat
from nnlab.session.session import Session
from nnlab.training.studies.hardest import _by_row, hardest

BLOCK_OF = {
    "iris": Grid,
    "digits-cnn": Wall,
    "brackets-gru": Table,
    "waveforms": Table,
    "which-way": Wall,
    "sine-forecast": Table,
    "pixel-labels": Wall,
    "gridworld-policy": Table,
    "gridworld-q": Table,
    "communities": Table,
    "box-finder": Wall,
}


@lru_cache(maxsize=20)
def trained(model: str) -> Session:
    session = Session()
    session.execute(f"zoo {model}")
    session.execute("run 6 steps")
    return session


@pytest.mark.parametrize("model", BLOCK_OF)
def test_every_kind_of_data_shows_its_worst_rows_in_picture_and_words(model: str) -> None:
    session = trained(model)
    assert "worst" in fitting(session)
    scene = page_scene(session, "worst")
    assert isinstance(list(flat(scene.blocks))[-1], BLOCK_OF[model])
    assert_facts(scene)


@pytest.mark.parametrize("model", BLOCK_OF)
def test_the_worst_comes_first_and_the_mean_is_that_of_the_evaluation(model: str) -> None:
    run = trained(model).need_run()
    part = "validation" if len(run.data.split.validation) else "train"
    found = hardest(run, part)
    assert (np.diff(found.losses) <= 0).all()
    assert found.losses[0] >= found.mean
    assert 0 < found.share <= 1 or (np.isnan(found.share) and run.data.live is not None)
    if found.n == len(run.data.split.part(part)) and run.data.live is None and run.data.task != "tokens":
        assert found.mean == pytest.approx(run.evaluate(part).loss, rel=1e-5)


def test_the_loss_of_a_row_is_that_of_its_answer() -> None:
    run = trained("iris").need_run()
    found = hardest(run, "validation", most=3)
    for k, row in enumerate(found.rows.tolist()):
        share = run.predict(run.data.x[row : row + 1])[0, int(run.data.y[row])]
        assert found.losses[k] == pytest.approx(-np.log(share), rel=1e-4)
        assert found.chosen[k] == run.decide(run.data.x[row : row + 1])[1][0]


def test_a_row_can_be_asked_about_and_a_training_row_is_followed() -> None:
    session = trained("iris")
    table = next(b for b in page_scene(session, "worst").blocks if isinstance(b, Table))
    assert isinstance(table.lines[0].at, Deed)
    assert session.execute(table.lines[0].at.line).lines
    alone = Session()
    for line in ("data iris split=100/0/0", "net dense 3", "run 5 steps"):
        alone.execute(line)
    table = next(b for b in page_scene(alone, "worst").blocks if isinstance(b, Table))
    assert isinstance(table.lines[0].at, Deed)
    alone.execute(table.lines[0].at.line)
    row = int(alone.need_data().split.train[alone.example])
    assert table.lines[0].label == f"row {row}"


def test_walks_are_made_alike_every_time() -> None:
    run = trained("gridworld-policy").need_run()
    one, two = hardest(run, "train"), hardest(run, "train")
    np.testing.assert_array_equal(one.rows, two.rows)
    np.testing.assert_array_equal(one.made["target"], two.made["target"])


def test_a_generator_has_no_worst_cases() -> None:
    session = trained("gan-ring")
    assert "worst" not in fitting(session)
    with pytest.raises(NnlabError, match="asked nothing that could be wrong"):
        hardest(session.need_run(), "train")


def test_what_is_asked_of_nobody_makes_no_row_easier() -> None:
    each = np.array([[3.0, 0.0, 0.0], [1.0, 2.0, 0.0]])
    targets = np.array([[4, -1, -1], [4, 5, -1]])
    assert _by_row(each, targets).tolist() == [3.0, 1.5]
    assert _by_row(np.zeros((1, 3)), np.full((1, 3), -1)).tolist() == [0.0]
    assert _by_row(each, np.zeros((2, 3))).tolist() == [1.0, 1.0]
