"""Embeddings and positions: rows of words, nearest ones, the map, and where gradients go."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.session.insight.plane import plane
from nnlab.session.moment import Moment
from nnlab.session.scene import Chart, Grid, Points, Scene, Table
from nnlab.tui.bench import blocks
from nnlab.tui.cells import rows_of

EMBEDDED = {
    "review-mean": "embed1", "names-rnn": "embed1", "name-or-place": "embed1", "reverse-gru": "embed2",
}  # fmt: skip
PLACED = {"review-transformer": "positions1", "fact-finder": "positions1"}


def of_kind(scene: Scene, kind: type) -> list:
    return [block for block in scene.blocks if isinstance(block, kind)]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), {**EMBEDDED, **PLACED}.items())
def test_every_number_is_that_of_the_run_and_stands_in_the_text(
    name: str, layer: str, backward: bool
) -> None:
    session = made(f"zoo {name}", "step")
    _moment, scene = scene_at(session, layer, backward)
    run = session.need_run()
    for grid in of_kind(scene, Grid):
        assert grid.values is not None
        rows, columns = grid.values.shape
        for row, column in ((0, 0), (rows - 1, columns - 1)):
            at = grid.places.at(row, column)
            assert grid.values[row, column] == float(run.array(at.value, at.part)[at.index])
    assert_facts(scene)


def test_the_rows_of_a_sentence_stand_beside_its_words() -> None:
    session = made("zoo name-or-place", "step")
    moment, scene = scene_at(session, "embed1.a[0,2,3]")
    grid = of_kind(scene, Grid)[0]
    data = session.need_data()
    ids = moment.input.tolist()
    assert grid.rows == tuple(data.vocabulary[k] or "·" for k in ids)
    W = session.need_run().array("embed1.W")
    assert np.array_equal(grid.values, W[ids])
    assert grid.frames[0].row == 2
    whole = of_kind(scene, Grid)[1]
    assert whole.frames[0].row == ids[2]


def test_the_nearest_words_are_those_with_the_largest_cosine() -> None:
    session = made("zoo review-mean", "run 2 epochs")
    _moment, scene = scene_at(session, "embed1.W[13,0]")
    vocabulary = session.need_data().vocabulary
    W = session.need_run().array("embed1.W").astype(float)
    lengths = np.linalg.norm(W, axis=1)
    cosines = {k: W[13] @ W[k] / lengths[13] / lengths[k] for k in range(2, len(W)) if k != 13}
    nearest = sorted(cosines, key=lambda k: -cosines[k])[:6]
    lines = of_kind(scene, Table)[0].lines[:6]
    assert [line.label for line in lines] == [vocabulary[k] for k in nearest]
    assert [line.value for line in lines] == pytest.approx([cosines[k] for k in nearest])
    assert lines[0].at == Address("embed1.W", (nearest[0], 0))


def test_the_map_shows_the_plane_in_which_rows_differ_most() -> None:
    session = made("zoo review-mean", "run 1 epoch")
    _moment, scene = scene_at(session, "embed1.a[0,1,0]")
    points = of_kind(scene, Points)[0]
    W = session.need_run().array("embed1.W").astype(float)
    centred = W - W.mean(0)
    spread = np.linalg.svd(centred, compute_uv=False)
    assert points.xy.var(0) * len(W) == pytest.approx(spread[:2] ** 2)
    share = spread[0] ** 2 / (spread**2).sum()
    assert points.note.startswith(f"{share:.0%}")
    assert points.names[points.chosen] == session.need_data().vocabulary[int(Moment.of(session).input[1])]


def test_a_table_of_one_number_a_word_lies_on_a_line() -> None:
    found = plane(np.array([[1.0], [2.0], [4.0]]))
    assert found.xy[:, 1].tolist() == [0, 0, 0]
    assert found.shares == (pytest.approx(1), 0)


def test_a_row_gets_its_gradient_from_every_place_its_word_stands() -> None:
    session = made("zoo review-mean", "step")
    moment, scene = scene_at(session, "embed1.a[0,0,3]", backward=True)
    table = of_kind(scene, Table)[0]
    run = session.need_run()
    word = int(moment.input[0])
    total = table.lines[-1]
    assert total.at == Address("embed1.W", (word, 3), "grad")
    parts = [line.value for line in table.lines[:-1]]
    assert sum(parts) == pytest.approx(total.value, rel=1e-4)
    told = [line for line in table.lines[:-1] if line.at is not None]
    assert all(run.array("input")[line.at.index[:2]] == word for line in told)


def test_a_word_that_is_not_in_the_batch_gets_no_gradient() -> None:
    session = made("zoo review-mean", "batch 1", "step")
    moment, run = Moment.of(session), session.need_run()
    absent = next(k for k in range(1, 30) if k not in moment.input)
    _moment, scene = scene_at(session, f"embed1.W[{absent},0].grad", backward=True)
    lines = of_kind(scene, Table)[0].lines
    assert "nowhere" in lines[0].label
    assert lines[-1].value == 0 == float(run.array("embed1.W", "grad")[absent, 0])


def test_waves_are_added_to_what_stands_there() -> None:
    session = made("zoo review-transformer", "step")
    _moment, scene = scene_at(session, "positions1.a[0,3,2]")
    there, where, both = of_kind(scene, Table)[0].lines
    assert there.value + where.value == pytest.approx(both.value, rel=1e-6)
    assert where.value == pytest.approx(np.sin(3 / 10_000 ** (2 / 16)), rel=1e-6)
    curve = of_kind(scene, Chart)[0].curves[0]
    assert curve.ys[3] == pytest.approx(where.value)


def test_a_learned_position_gets_its_gradient_from_every_row() -> None:
    session = made("zoo fact-finder", "batch 4", "step")
    _moment, scene = scene_at(session, "positions1.a[0,1,2]", backward=True)
    lines = of_kind(scene, Table)[0].lines
    total = lines[-1]
    assert total.at == Address("positions1.P", (1, 2), "grad")
    assert sum(line.value for line in lines[:-1]) == pytest.approx(total.value, rel=1e-4)
    assert len(lines) == 5


def test_names_on_a_map_do_not_cover_each_other() -> None:
    xy = np.array([[0.0, 0.0], [0.01, 0.0], [1.0, 1.0]])
    names = ("first", "second", "far")
    scene = Scene("map", (Points("points", xy, names=names, chosen=1),))
    picture = "\n".join(rows_of(blocks.draw(scene, None, 20, 60).cells))
    assert all(name in picture for name in names)


def test_a_sum_of_words_is_asked_with_enter() -> None:
    session = made("zoo review-mean", "step")
    _moment, scene = scene_at(session, "embed1.a[0,0,0]")
    lines = [line for line in of_kind(scene, Table)[0].lines if line.value is None]
    assert len(lines) == 2
    for line in lines:
        answer = session.execute(line.at.line)
        assert answer.payload.text == line.label
