"""Pooling, normalisation, dropout, layers between images: winners, steps, masks, and the text of it all."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Histogram, Note, Scene, Table, flat
from nnlab.session.session import Session
from nnlab.session.trainer import Frame

IMAGES = (
    "data digits shape=8x8x1",
    "net conv 4 3x3 relu pad=same | maxpool 2 | batchnorm | upsample 2 | avgpool 3 stride=2 pad=same "
    "| dropout 0.3 | tanh | flatten | dense 12 | batchnorm | layernorm | dropout 0.5 | dense 10",
    "batch 6",
    "run 3 steps",
)
SEQUENCES = (
    "data waves n=40",
    "net conv1d 5 3 relu | maxpool 3 stride=2 | layernorm | avgpool 2 | globalmaxpool | dense 3",
    "batch 6",
    "run 3 steps",
)
WHOLE = (
    "data digits shape=8x8x1",
    "net conv 3 3x3 relu | globalavgpool | dense 10",
    "batch 6",
    "run 2 steps",
)
LAYERS = [
    *(("images", layer) for layer in (
        "maxpool1", "batchnorm1", "upsample1", "avgpool1", "dropout1", "tanh1", "flatten1", "batchnorm2",
        "layernorm1", "dropout2",
    )),
    *(("sequences", layer) for layer in ("maxpool1", "layernorm1", "avgpool1", "globalmaxpool1")),
    ("whole", "globalavgpool1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    return {"images": made(*IMAGES), "sequences": made(*SEQUENCES), "whole": made(*WHOLE)}


def grids(scene: Scene) -> dict[str, Grid]:
    return {b.title: b for b in flat(scene.blocks) if isinstance(b, Grid)}


def value(scene: Scene, label: str) -> float:
    lines = [line for b in flat(scene.blocks) if isinstance(b, Table) for line in b.lines]
    found = next(line.value for line in lines if line.label == label)
    assert found is not None
    return found


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_every_number_is_the_one_at_its_address_and_in_the_text(
    sessions: dict[str, Session], name: str, layer: str, backward: bool
) -> None:
    moment, scene = scene_at(sessions[name], layer, backward)
    seen = 0
    for block in flat(scene.blocks):
        if isinstance(block, Table):
            places = [(line.at, line.value) for line in block.lines if isinstance(line.at, Address)]
        elif isinstance(block, Grid) and block.values is not None and block.places is not None:
            places = [(block.places.at(*cell), float(v)) for cell, v in np.ndenumerate(block.values)]
        else:
            continue
        for at, number in places:
            if isinstance(at, Address) and number is not None and np.isfinite(number):
                seen += 1
                assert number == moment.number(at), at
    assert seen > 5
    assert_facts(scene)


def test_the_marked_winner_is_the_largest_number_of_its_window(sessions: dict[str, Session]) -> None:
    run = sessions["images"].need_run()
    x = run.array("conv1.a")[0, :, :, 1]
    _moment, scene = scene_at(sessions["images"], "maxpool1.a[0,2,3,1]")
    mask = grids(scene)["conv1.a channel 1"].marks["winner"]
    assert mask.sum() == 16  # one for each of 4 · 4 windows
    for i in range(4):
        for j in range(4):
            window = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
            assert mask[window].sum() == 1
            assert x[window][mask[window]] == x[window].max()


def test_winners_of_overlapping_windows_along_a_sequence(sessions: dict[str, Session]) -> None:
    moment, scene = scene_at(sessions["sequences"], "maxpool1.a[0,4,2]")
    x = moment.run.array("conv1d1.a")[moment.row]
    mask = grids(scene)["conv1d1.a channels × time"].marks["winner"]
    starts = range(0, 2 * moment.shape("maxpool1.a")[1], 2)
    expected = {start + int(np.argmax(x[start : start + 3, 2])) for start in starts}
    assert set(np.flatnonzero(mask[2])) == expected
    assert not mask[[0, 1, 3, 4]].any()


def test_a_tie_is_said_and_only_then() -> None:
    session = made("data digits shape=8x8x1", "net maxpool 2 | flatten | dense 10", "batch 4", "step")
    x = session.need_run().array("input")[0, :, :, 0]
    told = {}
    for i in range(4):
        for j in range(4):
            _moment, scene = scene_at(session, f"maxpool1.a[0,{i},{j},0]")
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            same = int((window == window.max()).sum())
            notes = [b.text for b in scene.blocks if isinstance(b, Note) and "tie" in b.text]
            assert bool(notes) == (same > 1)
            told[same] = notes
    assert 1 in told
    assert any(str(n) in notes[0] for n, notes in told.items() if n > 1)


def test_what_comes_back_to_an_input_is_what_its_windows_send(sessions: dict[str, Session]) -> None:
    for name, layer, source in (
        ("images", "maxpool1", "conv1.a"),
        ("images", "avgpool1", "upsample1.a"),
        ("sequences", "maxpool1", "conv1d1.a"),
        ("whole", "globalavgpool1", "conv1.a"),
    ):
        moment = Moment.of(sessions[name])
        moment.flip = not moment.backward
        column = moment.column(layer)
        assert column is not None
        gradient = moment.array(source, "grad")
        assert gradient is not None
        own = np.abs(gradient[moment.row])
        place = (int(i) for i in np.unravel_index(own.argmax(), own.shape))
        at = Address(source, (moment.row, *place), "grad")
        scene = views.scene_of(moment, column, at, at)
        assert scene is not None
        lines = next(b for b in scene.blocks if isinstance(b, Table)).lines
        assert lines[-1].value == moment.number(at)
        assert sum(line.value or 0.0 for line in lines[:-1]) == pytest.approx(lines[-1].value, abs=1e-6)
        assert_facts(scene, at)


@pytest.mark.parametrize(
    ("name", "layer"), [("images", "batchnorm1"), ("images", "batchnorm2"), ("sequences", "layernorm1")]
)
def test_the_four_steps_are_arithmetic_one_after_the_other(
    sessions: dict[str, Session], name: str, layer: str
) -> None:
    _moment, scene = scene_at(sessions[name], layer)
    x, mean, variance = value(scene, "x"), value(scene, "1 mean"), value(scene, "2 variance")
    normalised = value(scene, "3 normalised")
    assert normalised == pytest.approx((x - mean) / (variance + 1e-5) ** 0.5, abs=1e-5)
    after = value(scene, "γ") * normalised + value(scene, "β")
    assert value(scene, "4 scale and shift") == pytest.approx(after, abs=1e-5)


def test_the_spread_counts_the_channel_over_the_batch_before_and_after(sessions: dict[str, Session]) -> None:
    run = sessions["images"].need_run()
    _moment, scene = scene_at(sessions["images"], "batchnorm1.a[0,1,1,2]")
    spread = next(b for b in scene.blocks if isinstance(b, Histogram))
    for (_label, counts), name in zip(spread.counts, ("maxpool1.a", "batchnorm1.a")):
        assert counts.tolist() == np.histogram(run.array(name)[..., 2], spread.edges)[0].tolist()
        assert counts.sum() == 6 * 4 * 4


def test_train_and_eval_statistics_stand_side_by_side(sessions: dict[str, Session]) -> None:
    run = sessions["images"].need_run()
    _moment, scene = scene_at(sessions["images"], "batchnorm2.a[0,5]")
    assert value(scene, "mean, of this batch") == run.value("batchnorm2.mean[5]")
    assert value(scene, "mean, running") == run.value("batchnorm2.running_mean[5]")
    assert value(scene, "variance, running, after this step") == run.value("batchnorm2.next_variance[5]")


def test_scale_and_shift_are_edited_where_they_stand() -> None:
    session = made(*IMAGES)
    _moment, scene = scene_at(session, "batchnorm2.a[0,5]")
    assert scene.editable == ("batchnorm2.gamma", "batchnorm2.beta")
    session.execute("edit batchnorm2.beta[5] 3")
    moment = Moment.of(session, trying=True)
    before = Moment.of(made(*IMAGES, "edit batchnorm2.beta[5] 2"), trying=True)
    at = Address("batchnorm2.a", (0, 5))
    assert (moment.number(at) or 0) - (before.number(at) or 0) == pytest.approx(1, abs=1e-5)


def test_dropout_shows_the_mask_of_the_step_and_how_many_it_kept(sessions: dict[str, Session]) -> None:
    run = sessions["images"].need_run()
    mask = run.array("dropout2.mask")[0]
    _moment, scene = scene_at(sessions["images"], "dropout2.a[0,3]")
    assert value(scene, "let through") == np.count_nonzero(mask)
    assert value(scene, "rate") == 0.5
    assert value(scene, "scale 1/(1 − rate)") == 2.0
    assert value(scene, "a") == value(scene, "x") * value(scene, "mask")


def test_an_upsampled_pixel_knows_the_one_it_was_made_from(sessions: dict[str, Session]) -> None:
    moment, scene = scene_at(sessions["images"], "upsample1.a[0,5,3,2]")
    assert value(scene, "x") == moment.number(Address("batchnorm1.a", (0, 2, 1, 2)))
    assert value(scene, "a") == value(scene, "x")


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), [*LAYERS, ("images", "conv1"), ("sequences", "conv1d1")])
def test_while_training_goes_on_a_layer_shows_what_was_copied_of_it(
    sessions: dict[str, Session], name: str, layer: str, backward: bool
) -> None:
    session = sessions[name]
    run, still = session.need_run(), Moment.of(session)
    still.flip = backward != still.backward
    values = {}
    for key in still.wanted(layer):
        value, _part, part = key.partition("@part:")
        if not part or value in run.program.gradients:
            values[key] = run.array(value, part)
    frame = Frame(step=run.step_count, running=True, values=values, rows=run.batch_indices)
    moment = Moment.of(session, backward, frame)
    column = moment.column(layer)
    assert column is not None
    at = views.first_at(moment, column)
    scene = views.scene_of(moment, column, at, at)
    assert scene is not None
    assert_facts(scene, at)
    known = [b for b in flat(scene.blocks) if isinstance(b, Grid) and b.places is not None]
    assert known
    assert all(b.values is not None for b in known)
    for grid in known:
        home = grid.places.find(at) if grid.places is not None else None
        if home is not None and grid.values is not None:
            assert grid.values[home] == run.array(at.value, at.part)[at.index]


def test_every_layer_of_an_image_network_has_a_picture_in_the_overview(sessions: dict[str, Session]) -> None:
    moment = Moment.of(sessions["images"])
    for column in moment.columns[1:8]:
        assert views.overview_of(moment, column, views.first_at(moment, column)) is not None, column.name
